//! What a statement may do: select from the views with the usual functions. Everything else is refused
//! while the statement is prepared, and the refusal says what it was.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::{Connection, ErrorCode};

use super::super::views;
use crate::error::Error;

/// Why a question has no answer.
#[derive(Debug)]
pub enum Unanswered {
    /// There is no statement.
    Nothing,
    /// There is more than one statement.
    Several,
    /// It would do something else than read, in words that follow "it would".
    Refused(&'static str),
    /// There is no such view, or it is a table behind them.
    NoView(String),
    /// There is no such column; in this view, where one is known.
    NoColumn {
        /// The name that was asked for.
        name: String,
        /// The view.
        view: Option<String>,
    },
    /// There is no such function, or it is not allowed.
    NoFunction(String),
    /// It cannot be read; at this character, counted from 1, where that is known.
    Malformed {
        /// What is wrong.
        message: String,
        /// Where.
        at: Option<usize>,
    },
    /// Something in it cannot be worked out.
    Failed(String),
    /// It was stopped from outside.
    Stopped,
    /// It takes more memory than a question may, or makes a value that is too long.
    TooLarge,
    /// The ledger cannot be read, or the answer cannot be taken.
    Ledger(Error),
}

/// The first thing that was refused while a statement was prepared.
pub type Refusal = Arc<Mutex<Option<Unanswered>>>;

/// Functions that only work out a value from their arguments.
const FUNCTIONS: &str = "\
    abs acos acosh asin asinh atan atan2 atanh avg ceil ceiling char coalesce concat concat_ws \
    cos cosh count cume_dist current_date current_time current_timestamp date datetime dec_avg \
    dec_sum degrees dense_rank exp first_value floor format glob group_concat hex if ifnull iif \
    instr json json_array json_array_length json_extract json_group_array json_group_object \
    json_object json_quote json_type json_valid julianday lag last_value lead length like \
    likelihood likely ln log log10 log2 lower ltrim max min mod nth_value ntile nullif \
    octet_length percent_rank pi pow power printf quote radians random rank replace round \
    row_number rtrim sign sin sinh sqrt strftime string_agg substr substring sum tan tanh time \
    timediff trim trunc typeof unhex unicode unistr unixepoch unlikely upper -> ->>";

/// The name of the view below a view that is asked.
pub fn inner(schema: &str, view: &str) -> String {
    format!("{schema}_{view}")
}

/// From now on the connection only reads the views; the tables in the schema are read through their
/// inner views.
pub fn install(connection: &mut Connection, schema: String) -> rusqlite::Result<Refusal> {
    let refusal = Refusal::default();
    let kept = Arc::clone(&refusal);
    connection.authorizer(Some(move |context: AuthContext<'_>| {
        match verdict(&context, &schema) {
            Ok(()) => Authorization::Allow,
            Err(unanswered) => {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                kept.get_or_insert(unanswered);
                Authorization::Deny
            }
        }
    }))?;
    Ok(refusal)
}

/// Forgets what was refused before.
pub fn forget(refusal: &Refusal) {
    drop(refused(refusal));
}

/// What was refused.
pub fn refused(refusal: &Refusal) -> Option<Unanswered> {
    refusal
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take()
}

#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "what SQLite may learn to do is refused as well"
)]
fn verdict(context: &AuthContext<'_>, schema: &str) -> Result<(), Unanswered> {
    // A view cannot be asked for by an inner name, and a question cannot take one.
    let inside = context
        .accessor
        .is_some_and(|view| view.starts_with(schema));
    let would = match context.action {
        AuthAction::Select => return Ok(()),
        AuthAction::Read {
            table_name,
            column_name,
        } => {
            // Of a table that an inner view joins and the question needs nothing of, SQLite asks
            // outside of that view; but by its whole name, which a question cannot know.
            let joined = column_name.is_empty() && context.database_name == Some(schema);
            let is_view = views::VIEWS.iter().any(|(name, _)| *name == table_name)
                || table_name.starts_with(schema);
            return if inside || is_view || joined {
                Ok(())
            } else {
                Err(Unanswered::NoView(table_name.to_owned()))
            };
        }
        AuthAction::Function { function_name } => {
            let name = function_name.to_ascii_lowercase();
            return if inside || FUNCTIONS.split(' ').any(|known| known == name) {
                Ok(())
            } else {
                Err(Unanswered::NoFunction(function_name.to_owned()))
            };
        }
        AuthAction::Insert { .. } | AuthAction::Update { .. } | AuthAction::Delete { .. } => {
            "write"
        }
        AuthAction::Recursive => "repeat itself (WITH RECURSIVE), which may never end",
        AuthAction::Attach { .. } | AuthAction::Detach { .. } => "attach or detach a database",
        AuthAction::Pragma { .. } => "look at or change a setting (PRAGMA)",
        AuthAction::Transaction { .. } | AuthAction::Savepoint { .. } => {
            "begin or end a transaction"
        }
        _ => "change the schema",
    };
    Err(Unanswered::Refused(would))
}

/// Why a statement cannot be prepared, from what SQLite says of it.
pub fn not_understood(
    sql: &str,
    error: rusqlite::Error,
    failed: impl Fn(&rusqlite::Error) -> Error,
) -> Unanswered {
    if matches!(error, rusqlite::Error::MultipleStatement) {
        return Unanswered::Several;
    }
    let offset = if let rusqlite::Error::SqlInputError { offset, .. } = &error {
        usize::try_from(*offset).ok()
    } else {
        None
    };
    let unanswered = stopped(error, failed);
    let Unanswered::Failed(message) = unanswered else {
        return unanswered;
    };
    let named = |what: &str| message.strip_prefix(what).map(str::to_owned);
    if let Some(name) = named("no such table: ") {
        return Unanswered::NoView(name);
    }
    if let Some(name) = named("no such function: ") {
        return Unanswered::NoFunction(name);
    }
    // SQLite's own advice about quotes is kept.
    if let Some(name) = named("no such column: ").filter(|name| !name.contains('"')) {
        return Unanswered::NoColumn { name, view: None };
    }
    let at = offset.and_then(|offset| sql.get(..offset));
    Unanswered::Malformed {
        message,
        at: at.map(|before| before.chars().count() + 1),
    }
}

/// Why an answer ended before its end.
pub fn stopped(error: rusqlite::Error, failed: impl Fn(&rusqlite::Error) -> Error) -> Unanswered {
    let code = error.sqlite_error_code();
    let is = |wanted: ErrorCode| code == Some(wanted);
    if is(ErrorCode::OperationInterrupted) {
        Unanswered::Stopped
    } else if is(ErrorCode::OutOfMemory) || is(ErrorCode::TooBig) {
        Unanswered::TooLarge
    } else if let rusqlite::Error::SqlInputError { msg, .. } = error {
        Unanswered::Failed(msg)
    } else if let (true, rusqlite::Error::SqliteFailure(_, Some(message))) =
        (is(ErrorCode::Unknown), &error)
    {
        Unanswered::Failed(message.clone())
    } else if matches!(error, rusqlite::Error::NulError(_)) {
        Unanswered::Failed("it holds a zero byte".to_owned())
    } else {
        Unanswered::Ledger(failed(&error))
    }
}

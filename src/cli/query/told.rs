//! Why a question has no answer, in words.

use super::super::console::interrupted;
use crate::error::{Error, ErrorKind};
use crate::ledger::{Unanswered, Views};
use crate::report::nearest;

/// Why there is no answer, and what to do.
pub fn told(unanswered: Unanswered, views: &Views, timeout: u64) -> Error {
    let list = views.list();
    let names = || list.iter().map(|view| view.name);
    let wrong = |message: String| Error::usage(format!("query: {message}"));
    match unanswered {
        Unanswered::Nothing => wrong("there is no statement".to_owned())
            .hint("llmcost query 'select * from llm_daily_costs'"),
        Unanswered::Several => {
            wrong("there is more than one statement".to_owned()).hint("ask one at a time")
        }
        Unanswered::Refused(what) => {
            wrong(format!("it only reads the views; this would {what}")).hint("ask with one SELECT")
        }
        Unanswered::NoView(name) => {
            let error = wrong(format!("there is no view {name}"));
            match name.rsplit_once('.') {
                Some((_, view)) if names().any(|known| known == view) => {
                    error.hint(format!("Say {view} alone"))
                }
                Some(_) | None => error.hint(nearest::hint(&name, names())),
            }
        }
        Unanswered::NoColumn { name, view } => {
            let of = |wanted: &str| list.iter().find(|held| held.name == wanted);
            let columns: Vec<&str> = view
                .as_deref()
                .and_then(of)
                .map_or_else(|| list.iter().collect(), |view| vec![view])
                .into_iter()
                .flat_map(|view| view.columns.iter().map(|column| column.name.as_str()))
                .collect();
            let plain = name.rsplit('.').next().unwrap_or(&name);
            let hint = match nearest::nearest(plain, columns.iter().copied()) {
                Some(close) => format!("Did you mean {close}?"),
                None => "`llmcost query` lists the columns of every view".to_owned(),
            };
            let of = view.map_or_else(String::new, |view| format!(" in {view}"));
            wrong(format!("there is no column {name}{of}")).hint(hint)
        }
        Unanswered::NoFunction(name) => wrong(format!("the function {name} is not available"))
            .hint("SQLite's usual functions are, and dec_sum and dec_avg"),
        Unanswered::Malformed { message, at } => {
            let at = at.map_or_else(String::new, |at| format!(" (at character {at})"));
            wrong(format!("{message}{at}"))
        }
        Unanswered::Failed(message) => wrong(message),
        Unanswered::Stopped if interrupted() => Error::new(ErrorKind::Interrupted, "interrupted"),
        Unanswered::Stopped => wrong(format!("it took longer than {timeout} s and was stopped"))
            .hint("narrow it, or give it longer with --timeout SECONDS"),
        Unanswered::TooLarge => wrong("it needs more memory than a question may take".to_owned())
            .hint("select fewer rows or columns"),
        Unanswered::Ledger(error) => error,
    }
}

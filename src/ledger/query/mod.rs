//! Questions in SQL over the public views, and nothing else: read-only, one statement, bounded in time
//! and memory. [`guard`] says what a statement may do, [`functions`] keeps decimal text exact.
//!
//! The views are made anew for the connection, so that a ledger file cannot bring its own. Each
//! stands on an inner view, and the tables below in a schema, under names that nobody can guess: no
//! question can call them.

mod columns;
mod document;
mod functions;
mod guard;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Statement, params_from_iter};

use super::{expressions, open, views};
use crate::error::{Error, Result};

pub use columns::{Column, ColumnKind};
pub use document::Document;
pub use guard::Unanswered;

/// Instructions of SQLite's machine between two looks at the clock.
const STEPS: i32 = 10_000;

/// Most memory that a question may take, in bytes; large sorts go to temporary files long before.
const MEMORY: u32 = 512 * 1024 * 1024;

/// Longest values, statements and patterns, in bytes.
const LIMITS: [(Limit, i32); 6] = [
    (Limit::SQLITE_LIMIT_LENGTH, 16 * 1024 * 1024),
    (Limit::SQLITE_LIMIT_SQL_LENGTH, 256 * 1024),
    (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1_000),
    (Limit::SQLITE_LIMIT_VARIABLE_NUMBER, 10_000),
    (Limit::SQLITE_LIMIT_ATTACHED, 0),
    (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
];

/// One view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Its name.
    pub name: &'static str,
    /// What it has one row per.
    pub one_row_per: &'static str,
    /// Its columns, in order.
    pub columns: Vec<Column>,
}

/// One value of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Datum {
    /// Unknown or not stated.
    Null,
    /// A whole number.
    Integer(i64),
    /// A binary fraction, in the fewest digits that mean it.
    Real(String),
    /// Text; decimal numbers are text, too.
    Text(String),
    /// Bytes, in hexadecimal.
    Bytes(String),
}

/// A question.
#[derive(Debug, Clone, Copy)]
pub enum Question<'q> {
    /// One `SELECT`.
    Sql(&'q str),
    /// The same without SQL.
    Document(&'q Document),
}

/// The views of a ledger, open for questions.
pub struct Views {
    connection: Connection,
    path: PathBuf,
    list: Vec<View>,
    refusal: guard::Refusal,
    migration: Option<open::Migration>,
}

/// A question that was understood.
pub struct Answer<'v> {
    /// The names of the columns, in order; two may be alike.
    pub columns: Vec<String>,
    statement: Statement<'v>,
    values: Vec<Value>,
    path: &'v Path,
}

impl Views {
    /// Opens the views of a ledger. A question is stopped as soon as the function says no; it is
    /// asked again and again.
    ///
    /// # Errors
    /// When there is no ledger, or it cannot be read.
    pub fn open(path: &Path, go_on: impl FnMut() -> bool + Send + 'static) -> Result<Self> {
        let ((connection, migration), schema) = open::attached(path)?;
        let views = Self::prepare(connection, schema, path, go_on);
        let views = views.map_err(|error| open::failed(path, &error))?;
        Ok(Self { migration, ..views })
    }

    /// Whether the ledger had to be brought to this program's schema when it was opened.
    pub fn migration(&self) -> Option<&open::Migration> {
        self.migration.as_ref()
    }

    fn prepare(
        mut connection: Connection,
        schema: String,
        path: &Path,
        mut go_on: impl FnMut() -> bool + Send + 'static,
    ) -> rusqlite::Result<Self> {
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
        // Before the views are made: another place for temporary things empties the one before.
        connection.execute_batch(&format!(
            "PRAGMA temp_store=FILE; PRAGMA hard_heap_limit={MEMORY};"
        ))?;
        functions::register(&connection)?;
        let tables = tables(&connection, &schema)?;
        let list = views::VIEWS
            .iter()
            .map(|view| make(&connection, &schema, &tables, *view))
            .collect::<rusqlite::Result<Vec<View>>>()?;
        for (limit, value) in LIMITS {
            connection.set_limit(limit, value)?;
        }
        let refusal = guard::install(&mut connection, schema)?;
        connection.progress_handler(STEPS, Some(move || !go_on()))?;
        Ok(Self {
            connection,
            path: path.to_path_buf(),
            list,
            refusal,
            migration: None,
        })
    }

    /// The views, with their columns.
    pub fn list(&self) -> &[View] {
        &self.list
    }

    /// Understands a question; nothing is read yet.
    ///
    /// # Errors
    /// When it is malformed, or asks for more than the views.
    pub fn ask(&self, question: Question<'_>) -> Result<Answer<'_>, Unanswered> {
        let (sql, values) = match question {
            Question::Sql(sql) => (sql.to_owned(), Vec::new()),
            Question::Document(document) => document.to_sql(&self.list)?,
        };
        guard::forget(&self.refusal);
        let prepared = self.connection.prepare(&sql);
        let statement = prepared.map_err(|error| self.not_understood(&sql, error))?;
        if statement.is_explain() != 0 {
            return Err(Unanswered::Refused(
                "explain how it is worked out (EXPLAIN)",
            ));
        }
        if !statement.readonly() {
            return Err(Unanswered::Refused("write"));
        }
        if statement.column_count() == 0 {
            return Err(Unanswered::Nothing);
        }
        if statement.parameter_count() != values.len() {
            return Err(Unanswered::Failed(
                "it has parameters, and there is nothing to put in their place".to_owned(),
            ));
        }
        Ok(Answer {
            columns: statement.column_names().map(str::to_owned).collect(),
            statement,
            values,
            path: &self.path,
        })
    }

    fn not_understood(&self, sql: &str, error: rusqlite::Error) -> Unanswered {
        guard::refused(&self.refusal)
            .unwrap_or_else(|| guard::not_understood(sql, error, |error| self.failed(error)))
    }

    fn failed(&self, error: &rusqlite::Error) -> Error {
        open::failed(&self.path, error)
    }
}

impl Answer<'_> {
    /// Hands every row to a function.
    ///
    /// # Errors
    /// When it takes too long or too much, something in it cannot be worked out, or the function
    /// fails.
    pub fn for_each(
        &mut self,
        take: &mut dyn FnMut(Vec<Datum>) -> Result<()>,
    ) -> Result<(), Unanswered> {
        let path = self.path;
        let stopped =
            |error: rusqlite::Error| guard::stopped(error, |error| open::failed(path, error));
        let width = self.columns.len();
        let values = params_from_iter(std::mem::take(&mut self.values));
        let mut rows = self.statement.query(values).map_err(stopped)?;
        while let Some(row) = rows.next().map_err(stopped)? {
            let data = (0..width).map(|at| row.get_ref(at).map(datum));
            let data = data.collect::<rusqlite::Result<Vec<Datum>>>();
            take(data.map_err(stopped)?).map_err(Unanswered::Ledger)?;
        }
        Ok(())
    }
}

fn datum(value: ValueRef<'_>) -> Datum {
    match value {
        ValueRef::Null => Datum::Null,
        ValueRef::Integer(number) => Datum::Integer(number),
        ValueRef::Real(number) => Datum::Real(number.to_string()),
        ValueRef::Text(text) => Datum::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Datum::Bytes(hexadecimal(bytes)),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The tables of the ledger.
fn tables(connection: &Connection, schema: &str) -> rusqlite::Result<Vec<String>> {
    let list = format!("SELECT name FROM {schema}.sqlite_schema WHERE type = 'table'");
    let mut list = connection.prepare(&list)?;
    let names = list.query_map([], |row| row.get(0))?;
    names.collect()
}

/// Makes a view as it is asked for, above an inner one that reads the tables by their whole names.
fn make(
    connection: &Connection,
    schema: &str,
    tables: &[String],
    (name, one_row_per): (&'static str, &'static str),
) -> rusqlite::Result<View> {
    let mut text = views::text_of(name, &expressions::record());
    for table in tables {
        for word in ["FROM", "JOIN"] {
            text = text.replace(
                &format!("{word} {table} "),
                &format!("{word} {schema}.{table} "),
            );
        }
    }
    let inner = guard::inner(schema, name);
    connection.execute_batch(&format!("CREATE TEMP VIEW {inner} AS {text}"))?;
    let mut list = connection.prepare("SELECT name FROM pragma_table_info(?1) ORDER BY cid")?;
    let names = list.query_map([&inner], |row| row.get(0))?;
    let columns = names
        .map(|name| name.map(Column::named))
        .collect::<rusqlite::Result<Vec<Column>>>()?;
    let selected: Vec<String> = columns.iter().map(Column::selected).collect();
    connection.execute_batch(&format!(
        "CREATE TEMP VIEW {name} AS SELECT {} FROM {inner}",
        selected.join(", ")
    ))?;
    Ok(View {
        name,
        one_row_per,
        columns,
    })
}

//! Databases of other programs → JSON documents, one per row. Opened for reading only; only tables
//! that are known are read, and of them only columns that state usage, never prompts or answers.
//!
//! A database that has just been written to keeps its newest rows beside itself. It is then read
//! together with them, under SQLite's own locks; otherwise in place, without a lock or a file left
//! behind.

use std::io::Read;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row, Statement};

use super::beside;
use super::schemas::{Column, Kind, SCHEMAS, Schema, WITHOUT_COUNTS};
use crate::error::{Error, Fault};

/// How SQLite files begin.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// The largest value that is taken from a row, in bytes.
const LARGEST: i32 = 64 << 20;

/// A database whose tables are known.
pub struct Database {
    path: PathBuf,
    connection: Connection,
    schema: &'static Schema,
}

/// What a database turned out to be.
pub(super) enum Known {
    /// It has a table that is read.
    Read(Box<Database>),
    /// It is of a tool that is known, whose usage cannot be read from it: why.
    Unreadable(&'static str),
    /// Another program's.
    Foreign,
}

/// One row as a JSON document.
pub struct Document {
    /// The JSON text, or why there is none.
    pub text: Result<String, Fault>,
    /// The row, from 1; 0 for what stands beside the database.
    pub line: u64,
    /// The table and the number of the row in it.
    pub pointer: String,
}

/// Whether a file that begins with these bytes is a database.
pub(super) fn is_database(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

impl Database {
    /// Opens a database.
    ///
    /// # Errors
    /// When it cannot be opened, or is no database behind its first bytes.
    pub(super) fn open(path: &Path) -> Result<Known, Fault> {
        let connection = connect(path).map_err(|error| fault(&error))?;
        // A file that is no database is found out by the first question, whatever it is.
        let asked = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()));
        match asked.map_err(|error| (is_damage(&error), fault(&error))) {
            Err((true, _)) => return Ok(Known::Unreadable("a damaged database")),
            Err((false, fault)) => return Err(fault),
            Ok(()) => {}
        }
        let fits = |schema: &&Schema| schema.fits(|table| columns(&connection, table));
        if let Some(schema) = SCHEMAS.iter().find(fits) {
            let path = path.to_owned();
            return Ok(Known::Read(Box::new(Self {
                path,
                connection,
                schema,
            })));
        }
        let mut known = WITHOUT_COUNTS.iter();
        let found = known.find(|(table, column, _)| {
            columns(&connection, table)
                .iter()
                .any(|name| name == column)
        });
        Ok(found.map_or(Known::Foreign, |(_, _, why)| Known::Unreadable(why)))
    }

    /// What it is, for provenance.
    pub fn format(&self) -> String {
        format!("sqlite:{}", self.schema.name)
    }

    /// Hands out what stands beside it, as of line 0, and then its rows in their order.
    ///
    /// # Errors
    /// What `take` returns. Damage of the database is no error but the last document.
    pub fn each(&self, take: &mut dyn FnMut(Document) -> Result<(), Error>) -> Result<(), Error> {
        if let Some(beside) = &self.schema.beside {
            let names = names(&self.connection, self.schema.table, beside.column);
            beside::each(&self.path, beside, &names, &mut |text| {
                take(Document {
                    text: Ok(text),
                    line: 0,
                    pointer: format!("/{}", self.schema.table),
                })
            })?;
        }
        let (sql, columns) = self.schema.query(|table| columns(&self.connection, table));
        let mut line = 0;
        let mut read = || -> rusqlite::Result<Result<(), Error>> {
            let mut statement: Statement<'_> = self.connection.prepare(&sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                line += 1;
                let rowid: i64 = row.get(0)?;
                let document = Document {
                    text: text(self.schema.name, &columns, row)?,
                    line,
                    pointer: format!("/{}/{rowid}", self.schema.table),
                };
                if let Err(error) = take(document) {
                    return Ok(Err(error));
                }
            }
            Ok(Ok(()))
        };
        match read() {
            Ok(done) => done,
            Err(error) => take(Document {
                text: Err(fault(&error)),
                line: line + 1,
                pointer: format!("/{}", self.schema.table),
            }),
        }
    }
}

/// Whether rows stand beside a database that are not in its file yet, so that neither its size nor its
/// time tells of them.
pub fn has_newer_rows(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!("{name}-wal"));
    beside.metadata().is_ok_and(|metadata| metadata.len() > 0)
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let mode = if has_newer_rows(path) {
        "mode=ro"
    } else {
        "immutable=1"
    };
    let connection = Connection::open_with_flags(format!("file:{}?{mode}", escaped(path)), flags)?;
    for (option, on) in [
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
    ] {
        connection.set_db_config(option, on)?;
    }
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LARGEST)?;
    Ok(connection)
}

/// A path as a URI writes it.
fn escaped(path: &Path) -> String {
    let mut escaped = String::new();
    for c in path.to_string_lossy().chars() {
        match c {
            '?' => escaped.push_str("%3f"),
            '#' => escaped.push_str("%23"),
            '%' => escaped.push_str("%25"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// The columns of a table; none where there is no such table (a view is none).
fn columns(connection: &Connection, table: &str) -> Vec<String> {
    let read = || -> rusqlite::Result<Vec<String>> {
        let mut statement = connection.prepare(
            "SELECT c.name FROM sqlite_schema AS s, pragma_table_info(s.name) AS c \
             WHERE s.type = 'table' AND s.name = ?1",
        )?;
        let names = statement.query_map([table], |row| row.get(0))?;
        names.collect()
    };
    read().unwrap_or_default()
}

/// What the rows are of, by a column; none where that cannot be asked.
fn names(connection: &Connection, table: &str, column: &str) -> Vec<String> {
    let read = || -> rusqlite::Result<Vec<String>> {
        let sql = format!("SELECT DISTINCT {column} FROM {table} ORDER BY 1");
        let mut statement = connection.prepare(&sql)?;
        let names = statement.query_map([], |row| row.get::<_, Option<String>>(0))?;
        names.filter_map(Result::transpose).collect()
    };
    read().unwrap_or_default()
}

/// A row as JSON text. The first column is the number of the row.
fn text(name: &str, columns: &[&Column], row: &Row<'_>) -> rusqlite::Result<Result<String, Fault>> {
    let mut fields = vec![format!("\"llmcost.table\":{}", quoted(name))];
    for (n, column) in columns.iter().enumerate() {
        let value = match (row.get_ref(n + 1)?, column.kind) {
            (ValueRef::Null, _) => continue,
            (ValueRef::Integer(number), _) => number.to_string(),
            (ValueRef::Text(bytes), Kind::Plain) => quoted(&String::from_utf8_lossy(bytes)),
            (ValueRef::Text(bytes) | ValueRef::Blob(bytes), Kind::Json) => match json(bytes) {
                Some(json) => json,
                None => return Ok(Err(Fault::field(column.name, "is not valid JSON"))),
            },
            (ValueRef::Blob(_) | ValueRef::Real(_), _) => {
                return Ok(Err(Fault::field(column.name, "is of an unexpected type")));
            }
        };
        fields.push(format!("{}:{value}", quoted(column.name)));
    }
    Ok(Ok(format!("{{{}}}", fields.join(","))))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// JSON text from a value, which may be compressed.
fn json(bytes: &[u8]) -> Option<String> {
    const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
    let mut text = String::new();
    if bytes.starts_with(ZSTD) {
        let most = u64::try_from(LARGEST).ok()?;
        let decoder = zstd::Decoder::new(bytes).ok()?;
        decoder.take(most).read_to_string(&mut text).ok()?;
    } else {
        text.push_str(std::str::from_utf8(bytes).ok()?);
    }
    let checked = serde_json::from_str::<&serde_json::value::RawValue>(&text);
    checked.is_ok().then_some(text)
}

fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(
        error.sqlite_error_code(),
        Some(DatabaseCorrupt | NotADatabase)
    )
}

fn fault(error: &rusqlite::Error) -> Fault {
    Fault::new(match error.sqlite_error_code() {
        _ if is_damage(error) => "the database is damaged",
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
            "the database is locked by the program that writes it; read it again later"
        }
        Some(rusqlite::ErrorCode::CannotOpen) => {
            "the database cannot be opened beside the program that writes it; copy it with its -wal file"
        }
        Some(rusqlite::ErrorCode::TooBig) => "a row of the database is larger than 64 MiB",
        _ => "the database cannot be read",
    })
}

//! Opening a ledger: only one that is ours, with everything that could run inside it off. In this
//! order: the file itself ([`file`]), what stands in it ([`content`]), and only then anything that writes.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

use super::content::{self, Content};
use super::file::{self, Header};
use super::names::{has_journal, has_log, uri};
use super::{backup, remote, schema};
use crate::error::{Error, ErrorKind, Result};

/// How long a busy ledger is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a lock that SQLite does not wait for is tried again.
const STEP: Duration = Duration::from_millis(20);

/// What to do about a ledger that cannot be trusted.
pub const GO_BACK: &str =
    "go back to a backup, or ingest the logs again into another ledger: --ledger FILE";

/// What a ledger file may ask of us at most: the length of a value in bytes, files attached to it, and
/// triggers that set off triggers.
const LIMITS: [(Limit, i32); 3] = [
    (Limit::SQLITE_LIMIT_LENGTH, 16 << 20),
    (Limit::SQLITE_LIMIT_ATTACHED, 0),
    (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 1),
];

/// A ledger that was brought to this program's schema when it was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// The schema that it had.
    pub from: u32,
    /// Where it stands as it was.
    pub backup: PathBuf,
}

/// An open ledger, and what had to be done for it.
pub type Opened = (Connection, Option<Migration>);

/// Opens a ledger for writing; creates or migrates it where needed.
///
/// # Errors
/// When the file is not ours, newer than this program, changed by something else, or cannot be opened.
pub fn for_writing(path: &Path) -> Result<Opened> {
    writing(path, remote::journal_mode)
}

fn writing(path: &Path, journal_mode: fn(&Path) -> &'static str) -> Result<Opened> {
    if file::inspect(path)? == Header::Missing {
        file::create(path)?;
    }
    match file::inspect(path)? {
        Header::Missing | Header::Unmarked => {}
        Header::Empty => file::keep_private(path)?,
        Header::Foreign => return Err(foreign(path)),
        Header::Ours { version } => check_version(path, version.into())?,
    }
    let failed = |error: rusqlite::Error| failed(path, &error);
    let real = file::real(path);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let connection = Connection::open_with_flags(&real, flags).map_err(failed)?;
    harden(&connection).map_err(failed)?;
    let content = content::look(&connection).map_err(failed)?;
    if content != Content::Nothing {
        accept(path, content)?;
    }
    prepare_writing(&connection, journal_mode(&real)).map_err(failed)?;
    let migration = bring_up(&connection, path, &real)?;
    Ok((connection, migration))
}

/// Opens an existing ledger for reading, also where nothing can be written beside it.
///
/// # Errors
/// When there is none, or as [`for_writing`].
pub fn for_reading(path: &Path) -> Result<Opened> {
    let real = file::real(path);
    let is_old = there(path)?.is_some_and(|version| version < schema::VERSION);
    // What a killed process has left half done is taken back by whoever writes next.
    let migration = if is_old || has_journal(&real) {
        for_writing(path)?.1
    } else {
        None
    };
    let connection = read_only(path, &real)?;
    begin_reading(&connection).map_err(|error| failed(path, &error))?;
    Ok((connection, migration))
}

/// All that is asked from now on sees one state of the ledger, whatever others write meanwhile: sums and
/// their parts, rows and their segments. It ends with the connection, or when this is called again.
pub fn begin_reading(connection: &Connection) -> rusqlite::Result<()> {
    // SQLite ends it by itself after some errors.
    if !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK")?;
    }
    connection.execute_batch("BEGIN")
}

/// Opens an existing ledger for reading, whatever its schema.
///
/// # Errors
/// As [`for_reading`].
pub fn as_it_is(path: &Path) -> Result<Connection> {
    there(path)?;
    read_only(path, &file::real(path))
}

/// The schema of a ledger that must be there, where its header says one.
fn there(path: &Path) -> Result<Option<u32>> {
    match file::inspect(path)? {
        Header::Missing | Header::Empty => Err(none(path)),
        Header::Foreign => Err(foreign(path)),
        Header::Unmarked => Ok(None),
        Header::Ours { version } => {
            check_version(path, version.into())?;
            Ok(Some(version))
        }
    }
}

/// The file is not opened in any other way here: closing it again would take away the locks that this
/// process may hold on it.
fn read_only(path: &Path, real: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let looked_at = |connection: Connection| {
        harden(&connection)?;
        let content = content::look(&connection)?;
        Ok((connection, content))
    };
    let plain = Connection::open_with_flags(real, flags).and_then(looked_at);
    let opened = match plain {
        // A WAL ledger on a read-only medium needs its side files unless it is called immutable.
        Err(error) if is_shut(&error) && !has_log(real) => {
            let flags = flags | OpenFlags::SQLITE_OPEN_URI;
            Connection::open_with_flags(uri(real, "immutable=1"), flags).and_then(looked_at)
        }
        plain => plain,
    };
    let (connection, content) = opened.map_err(|error| failed(path, &error))?;
    accept(path, content)?;
    Ok(connection)
}

/// Brings a ledger to the current schema, in one transaction and behind a copy of what it was.
fn bring_up(connection: &Connection, path: &Path, real: &Path) -> Result<Option<Migration>> {
    let failed = |error: rusqlite::Error| failed(path, &error);
    if schema::version_of(connection).map_err(failed)? == schema::VERSION {
        return Ok(None);
    }
    let begun = Transaction::new_unchecked(connection, TransactionBehavior::Immediate);
    let transaction = begun.map_err(failed)?;
    // Another process may have migrated it while this one waited for the lock.
    let from = schema::version_of(&transaction).map_err(failed)?;
    if from >= schema::VERSION {
        return Ok(None);
    }
    let migration = if from > 0 {
        // Another connection reads what was committed, while this one keeps all others from writing.
        let before = read_only(path, real)?;
        let backup = backup::beside((&before, path), from)?;
        Some(Migration { from, backup })
    } else {
        None
    };
    let migrated = schema::migrate(&transaction, from).and_then(|()| transaction.commit());
    migrated.map_err(failed)?;
    Ok(migration)
}

/// Opens an existing ledger for reading, not as `main` but as a schema whose name nobody can guess;
/// that name comes with it. `main` is empty.
///
/// # Errors
/// As [`for_reading`].
pub fn attached(path: &Path) -> Result<(Opened, String)> {
    // Whatever there is to be said against the file is said here.
    let (_, migration) = for_reading(path)?;
    let real = &file::real(path);
    let attach = || -> rusqlite::Result<(Opened, String)> {
        let connection = Connection::open_in_memory()?;
        harden(&connection)?;
        connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 1)?;
        let name = "SELECT 's' || lower(hex(randomblob(16)))";
        let name: String = connection.query_row(name, [], |row| row.get(0))?;
        let attach = format!("ATTACH ?1 AS {name}");
        match connection.execute(&attach, [uri(real, "mode=ro")]) {
            // As above: a medium on which nothing can be written.
            Err(error) if is_shut(&error) && !has_log(real) => {
                connection.execute(&attach, [uri(real, "immutable=1")])?;
            }
            attached => drop(attached?),
        }
        Ok(((connection, migration.clone()), name))
    };
    attach().map_err(|error| failed(path, &error))
}

/// Whether a file says of itself that it is a ledger.
pub fn is_ours(path: &Path) -> bool {
    matches!(file::inspect(path), Ok(Header::Ours { .. }))
}

/// A private ledger that is gone when it is closed: in memory while small, in an unnamed temporary
/// file when it grows.
pub fn scratch() -> Result<Connection> {
    let open = || -> rusqlite::Result<Connection> {
        let connection = Connection::open("")?;
        harden(&connection)?;
        connection.execute_batch("PRAGMA page_size=16384; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-32768;")?;
        schema::migrate(&connection, 0)?;
        Ok(connection)
    };
    open().map_err(|error| {
        Error::new(
            ErrorKind::Ledger,
            format!("no temporary ledger: {}", reason(&error)),
        )
    })
}

/// What SQLite says, without any SQL or value.
pub fn reason(error: &rusqlite::Error) -> String {
    match error.sqlite_error() {
        Some(error) => format!("{:?} (SQLite code {})", error.code, error.extended_code),
        None => "unexpected data in the ledger".to_owned(),
    }
}

/// An error of the ledger at a path.
pub fn failed(path: &Path, error: &rusqlite::Error) -> Error {
    let damaged = matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
    );
    let what = if damaged {
        "the ledger is damaged"
    } else {
        "the ledger cannot be used"
    };
    let message = format!("{what}: {}", reason(error));
    let told = Error::new(ErrorKind::Ledger, message).at(path, None);
    if damaged {
        told.hint(GO_BACK)
    } else if is_busy(error) {
        told.hint("another llmcost is writing to it; try again when it is done")
    } else if error.sqlite_error_code() == Some(ErrorCode::DiskFull) {
        told.hint("make room on the disk; nothing was changed")
    } else {
        told
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

/// Whether nothing can be made or written where the file stands.
fn is_shut(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly)
    )
}

/// Goes on only with what llmcost has made.
fn accept(path: &Path, content: Content) -> Result<()> {
    match content {
        Content::Ours => Ok(()),
        Content::Nothing => Err(none(path)),
        Content::Foreign => Err(foreign(path)),
        Content::Newer(version) => check_version(path, version),
        Content::Altered(wrong) => {
            let message =
                format!("the ledger was changed by something else: {wrong}; it was not touched");
            Err(Error::new(ErrorKind::Ledger, message)
                .at(path, None)
                .hint(GO_BACK))
        }
    }
}

fn none(path: &Path) -> Error {
    Error::new(ErrorKind::Ledger, "there is no ledger yet")
        .at(path, None)
        .hint("make one with: llmcost ingest PATH")
}

fn foreign(path: &Path) -> Error {
    Error::new(
        ErrorKind::Ledger,
        "this file is not an llmcost ledger; it was not touched",
    )
    .at(path, None)
    .hint("name another file with --ledger")
}

fn check_version(path: &Path, version: i64) -> Result<()> {
    if (0..=i64::from(schema::VERSION)).contains(&version) {
        return Ok(());
    }
    let message = format!(
        "the ledger has schema {version}, this llmcost knows {} at most; it was not touched",
        schema::VERSION
    );
    Err(Error::new(ErrorKind::Ledger, message)
        .at(path, None)
        .hint("use the newer llmcost that wrote it"))
}

/// Nothing that a file brings along may run: no triggers, no views, no functions in its schema.
fn harden(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(PATIENCE)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    for (limit, most) in LIMITS {
        connection.set_limit(limit, most)?;
    }
    connection.execute_batch(
        "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;",
    )?;
    // References are looked after by `verify`: asking for each at every row would cost more than the row.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, false)?;
    connection.set_prepared_statement_cache_capacity(256);
    Ok(())
}

/// `synchronous` stands before `journal_mode`, so that creating the log is durable as well.
fn prepare_writing(connection: &Connection, journal_mode: &str) -> rusqlite::Result<()> {
    connection.execute_batch(
        "PRAGMA page_size=16384; PRAGMA synchronous=EXTRA; PRAGMA cache_size=-32768;",
    )?;
    begin_log(connection, journal_mode)?;
    connection.execute_batch("PRAGMA journal_size_limit=0;")
}

/// Switching to the log needs the file alone and does not wait for it, so that we do.
fn begin_log(connection: &Connection, mode: &str) -> rusqlite::Result<()> {
    let mut left = PATIENCE;
    let switch = format!("PRAGMA journal_mode={mode}");
    loop {
        let switched = connection.query_row(&switch, [], |_| Ok(()));
        match switched {
            Err(error) if is_busy(&error) && !left.is_zero() => {
                std::thread::sleep(STEP);
                left = left.saturating_sub(STEP);
            }
            other => return other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ledger_moves_between_machines_and_keeps_what_it_holds() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        let modes: [fn(&Path) -> &'static str; 3] = [|_| "WAL", |_| "TRUNCATE", |_| "WAL"];
        for (runs, mode) in (1..).zip(modes) {
            let (connection, _) = writing(&path, mode).unwrap();
            let one = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, String>(0));
            let held = one("PRAGMA journal_mode").unwrap().to_uppercase();
            assert_eq!(held, mode(&path));
            connection
                .execute("INSERT INTO word(text) VALUES(?1)", [runs.to_string()])
                .unwrap();
            drop(connection);
            let read = for_reading(&path).unwrap().0;
            let count = read.query_row("SELECT COUNT(*) FROM word", [], |row| row.get(0));
            assert_eq!(count, Ok(runs));
        }
    }
}

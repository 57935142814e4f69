//! Opening a ledger file: only one that is ours, with everything that could run inside it off.

use std::fs::{self, File, OpenOptions};
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::names::{has_log, uri};
use super::schema;
use crate::error::{Error, ErrorKind, Result};

/// `lcst`: marks a SQLite file as one of our ledgers.
pub const APPLICATION_ID: u32 = 0x6c63_7374;
/// How long a busy ledger is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a lock that SQLite does not wait for is tried again.
const STEP: Duration = Duration::from_millis(20);

/// What the first hundred bytes of a file say.
enum Header {
    Missing,
    Empty,
    Ours {
        version: u32,
    },
    /// A SQLite file without any mark: another process may be making a ledger of it just now, whose
    /// first transaction is still beside the file.
    Unmarked,
    Foreign,
}

/// Opens a ledger for writing; creates or migrates it where needed.
///
/// # Errors
/// When the file is not ours, newer than this program, or cannot be opened.
pub fn for_writing(path: &Path) -> Result<Connection> {
    let header = inspect(path)?;
    match header {
        Header::Missing | Header::Empty => create(path)?,
        Header::Foreign => return Err(foreign(path)),
        Header::Ours { version } => check_version(path, version)?,
        Header::Unmarked => {}
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let connection =
        Connection::open_with_flags(path, flags).map_err(|error| failed(path, &error))?;
    harden(&connection).map_err(|error| failed(path, &error))?;
    if is_foreign(&connection).map_err(|error| failed(path, &error))? {
        return Err(foreign(path));
    }
    prepare_writing(&connection).map_err(|error| failed(path, &error))?;
    schema::migrate(&connection).map_err(|error| failed(path, &error))?;
    Ok(connection)
}

/// Opens an existing ledger for reading, also where nothing can be written beside it.
///
/// # Errors
/// When there is none, or as [`for_writing`].
pub fn for_reading(path: &Path) -> Result<Connection> {
    match inspect(path)? {
        Header::Missing | Header::Empty => {
            return Err(Error::new(ErrorKind::Ledger, "there is no ledger yet")
                .at(path, None)
                .hint("make one with: llmcost ingest PATH"));
        }
        Header::Foreign => return Err(foreign(path)),
        Header::Ours { version } => {
            check_version(path, version)?;
            if version != schema::VERSION {
                drop(for_writing(path)?);
            }
        }
        Header::Unmarked => {}
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let plain = Connection::open_with_flags(path, flags);
    let plain =
        plain.and_then(|connection| is_foreign(&connection).map(|foreign| (connection, foreign)));
    let connection = match plain {
        Ok((_, true)) => return Err(foreign(path)),
        Ok((connection, false)) => connection,
        // A WAL ledger on a read-only medium needs its side files unless it is called immutable.
        Err(_) if !has_log(path) => {
            let flags = flags | OpenFlags::SQLITE_OPEN_URI;
            Connection::open_with_flags(uri(path, "immutable=1"), flags)
                .map_err(|error| failed(path, &error))?
        }
        Err(error) => return Err(failed(path, &error)),
    };
    harden(&connection).map_err(|error| failed(path, &error))?;
    Ok(connection)
}

/// Opens an existing ledger for reading, not as `main` but as a schema whose name nobody can guess;
/// that name comes with it. `main` is empty.
///
/// # Errors
/// As [`for_reading`].
pub fn attached(path: &Path) -> Result<(Connection, String)> {
    // Whatever there is to be said against the file is said here.
    drop(for_reading(path)?);
    let attach = || -> rusqlite::Result<(Connection, String)> {
        let connection = Connection::open_in_memory()?;
        harden(&connection)?;
        let name = "SELECT 's' || lower(hex(randomblob(16)))";
        let name: String = connection.query_row(name, [], |row| row.get(0))?;
        let attach = format!("ATTACH ?1 AS {name}");
        match connection.execute(&attach, [uri(path, "mode=ro")]) {
            // As above: a medium on which nothing can be written.
            Err(_) if !has_log(path) => {
                connection.execute(&attach, [uri(path, "immutable=1")])?;
            }
            attached => drop(attached?),
        }
        Ok((connection, name))
    };
    attach().map_err(|error| failed(path, &error))
}

/// Whether a file says of itself that it is a ledger.
pub fn is_ours(path: &Path) -> bool {
    matches!(inspect(path), Ok(Header::Ours { .. }))
}

/// A private ledger that is gone when it is closed: in memory while small, in an unnamed temporary
/// file when it grows.
pub fn scratch() -> Result<Connection> {
    let open = || -> rusqlite::Result<Connection> {
        let connection = Connection::open("")?;
        harden(&connection)?;
        connection.execute_batch("PRAGMA page_size=16384; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536;")?;
        schema::migrate(&connection)?;
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
    let busy = is_busy(error);
    let full = matches!(
        error.sqlite_error_code(),
        Some(rusqlite::ErrorCode::DiskFull)
    );
    let error = Error::new(
        ErrorKind::Ledger,
        format!("the ledger cannot be used: {}", reason(error)),
    )
    .at(path, None);
    if busy {
        error.hint("another llmcost is writing to it; try again when it is done")
    } else if full {
        error.hint("make room on the disk; nothing was changed")
    } else {
        error
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked)
    )
}

fn inspect(path: &Path) -> Result<Header> {
    let metadata = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Header::Missing),
        Err(error) => return Err(unreadable(path, &error)),
        Ok(metadata) => metadata,
    };
    if !metadata.is_file() {
        let what = if metadata.is_dir() {
            "a directory"
        } else {
            "no regular file"
        };
        return Err(
            Error::new(ErrorKind::Ledger, format!("the ledger is {what}"))
                .at(path, None)
                .hint("name a file with --ledger"),
        );
    }
    if metadata.len() == 0 {
        return Ok(Header::Empty);
    }
    let mut bytes = [0_u8; 100];
    let mut file = File::open(path).map_err(|error| unreadable(path, &error))?;
    if file.read_exact(&mut bytes).is_err()
        || bytes.get(..16) != Some(b"SQLite format 3\0".as_slice())
    {
        return Ok(Header::Foreign);
    }
    let number = |at: usize| {
        let field = bytes
            .get(at..at + 4)
            .and_then(|field| <[u8; 4]>::try_from(field).ok());
        field.map_or(0, u32::from_be_bytes)
    };
    Ok(match (number(68), number(60)) {
        (APPLICATION_ID, version) => Header::Ours { version },
        (0, 0) => Header::Unmarked,
        _ => Header::Foreign,
    })
}

/// Whether an open file is neither a ledger nor empty. Looks through its log, too, and writes nothing.
fn is_foreign(connection: &Connection) -> rusqlite::Result<bool> {
    // The mark comes with the first things in it, so it is looked at after them.
    let count = "SELECT count(*) FROM sqlite_schema";
    let things: i64 = match connection.query_row(count, [], |row| row.get(0)) {
        Ok(things) => things,
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) => {
            return Ok(true);
        }
        Err(error) => return Err(error),
    };
    let mark: u32 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    Ok(mark != APPLICATION_ID && (mark != 0 || things > 0))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::new(
        ErrorKind::Ledger,
        format!("the ledger cannot be read: {}", error.kind()),
    )
    .at(path, None)
}

fn foreign(path: &Path) -> Error {
    Error::new(
        ErrorKind::Ledger,
        "this file is not an llmcost ledger; it was not touched",
    )
    .at(path, None)
    .hint("name another file with --ledger")
}

fn check_version(path: &Path, version: u32) -> Result<()> {
    if version > schema::VERSION {
        let message = format!(
            "the ledger has schema {version}, this llmcost knows {} at most; it was not touched",
            schema::VERSION
        );
        return Err(Error::new(ErrorKind::Ledger, message)
            .at(path, None)
            .hint("use the newer llmcost that wrote it"));
    }
    Ok(())
}

/// Creates the file readable by its owner alone, before SQLite writes to it; SQLite gives its side
/// files the same mode.
fn create(path: &Path) -> Result<()> {
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        fs::create_dir_all(folder).map_err(|error| unreadable(path, &error))?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .map(drop)
        .map_err(|error| unreadable(path, &error))
}

/// Nothing that a file brings along may run: no triggers, no views, no functions in its schema.
fn harden(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(PATIENCE)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    connection.execute_batch(
        "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;",
    )?;
    // References are looked after by `verify`: asking for each at every row would cost more than the row.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, false)?;
    connection.set_prepared_statement_cache_capacity(256);
    Ok(())
}

/// `synchronous` stands before `journal_mode`, so that creating the log is durable as well.
fn prepare_writing(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "PRAGMA page_size=16384; PRAGMA synchronous=EXTRA; PRAGMA cache_size=-65536;",
    )?;
    begin_log(connection)?;
    connection.execute_batch("PRAGMA journal_size_limit=0;")
}

/// Switching to the log needs the file alone and does not wait for it, so that we do.
fn begin_log(connection: &Connection) -> rusqlite::Result<()> {
    let mut left = PATIENCE;
    loop {
        let switched = connection.query_row("PRAGMA journal_mode=WAL", [], |_| Ok(()));
        match switched {
            Err(error) if is_busy(&error) && !left.is_zero() => {
                std::thread::sleep(STEP);
                left = left.saturating_sub(STEP);
            }
            other => return other,
        }
    }
}

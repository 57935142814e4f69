//! A copy of a ledger that is whole, whoever writes to the ledger meanwhile: SQLite makes it from one
//! state of it.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::limits::Limit;

use super::{names, open};
use crate::atomic::Draft;
use crate::error::{Error, ErrorKind, Result};

/// Names that are tried for a copy that nobody has named.
const NAMES: u32 = 1_000;

/// Copies an open ledger as it stands, whatever its schema, to a file of its own.
///
/// # Errors
/// When the ledger cannot be read, or the copy cannot be put there.
pub fn copy((connection, ledger): (&Connection, &Path), target: &Path, force: bool) -> Result<()> {
    if is_same(ledger, target) {
        let error = Error::usage("a ledger cannot be its own backup").at(target, None);
        return Err(error.hint("name another file"));
    }
    if names::has_log(target) {
        // The log of the file that is replaced would be taken for the copy's own.
        let error = Error::new(ErrorKind::Output, "this file is a database in use");
        return Err(error.at(target, None).hint("name another file"));
    }
    let draft = Draft::begin(target, force)?;
    let Some(name) = draft.path().to_str() else {
        return Err(Error::usage("the name of a backup must be UTF-8").at(target, None));
    };
    // A copy is made through an attached file.
    let copied = connection
        .set_limit(Limit::SQLITE_LIMIT_ATTACHED, 1)
        .and_then(|_| connection.execute("VACUUM INTO ?1", [name]));
    copied.map_err(|error| not_made(target, &error))?;
    draft.publish()
}

/// Copies an open ledger beside itself, under a name that says its schema.
///
/// # Errors
/// As [`copy`].
pub fn beside((connection, ledger): (&Connection, &Path), schema: u32) -> Result<PathBuf> {
    let name = |number: u32| {
        let mut name = ledger.as_os_str().to_owned();
        name.push(format!(".schema-{schema}"));
        if number > 1 {
            name.push(format!(".{number}"));
        }
        name.push(".backup");
        PathBuf::from(name)
    };
    let free = (1..NAMES)
        .map(name)
        .find(|path| path.symlink_metadata().is_err());
    let target = free.unwrap_or_else(|| name(NAMES));
    copy((connection, ledger), &target, false)?;
    Ok(target)
}

fn not_made(target: &Path, error: &rusqlite::Error) -> Error {
    let message = format!("the backup was not made: {}", open::reason(error));
    Error::new(ErrorKind::Output, message).at(target, None)
}

fn is_same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

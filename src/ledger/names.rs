//! The names of a ledger file: as SQLite opens it with an option, and of what it keeps beside it.

use std::path::{Path, PathBuf};

/// The log, its index, and the journal of a ledger that is being made.
pub fn beside(path: &Path) -> [PathBuf; 3] {
    ["-wal", "-shm", "-journal"].map(|end| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        name.into()
    })
}

/// Whether the file has a log or a journal beside it, without which it is not whole.
pub fn has_log(path: &Path) -> bool {
    let [log, _, _] = beside(path);
    holds(&log) || has_journal(path)
}

/// Whether a transaction that made the file, or began its log, was not finished.
pub fn has_journal(path: &Path) -> bool {
    let [_, _, journal] = beside(path);
    holds(&journal)
}

fn holds(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|file| file.len() > 0)
}

/// The name by which SQLite opens a file with an option.
pub fn uri(path: &Path, option: &str) -> String {
    let authority = if path.is_absolute() { "//" } else { "" };
    format!("file:{authority}{}?{option}", percent_encoded(path))
}

fn percent_encoded(path: &Path) -> String {
    let mut encoded = String::new();
    for byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-~".contains(byte) {
            encoded.push(char::from(*byte));
        } else {
            encoded.extend(['%', hex(byte >> 4), hex(byte & 15)]);
        }
    }
    encoded
}

fn hex(digit: u8) -> char {
    char::from_digit(digit.into(), 16).unwrap_or('0')
}

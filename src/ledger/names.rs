//! The names of a ledger file: as SQLite opens it with an option, and of the log beside it.

use std::path::Path;

/// Whether the file has a log beside it, which may hold more than the file.
pub fn has_log(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    Path::new(&log).exists()
}

/// The name by which SQLite opens a file with an option.
pub fn uri(path: &Path, option: &str) -> String {
    let authority = if path.is_absolute() { "//" } else { "" };
    format!("file:{authority}{}?{option}", percent_encoded(path))
}

fn percent_encoded(path: &Path) -> String {
    let mut encoded = String::new();
    for byte in path.to_string_lossy().bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.extend(['%', hex(byte >> 4), hex(byte & 15)]);
        }
    }
    encoded
}

fn hex(digit: u8) -> char {
    char::from_digit(digit.into(), 16).unwrap_or('0')
}

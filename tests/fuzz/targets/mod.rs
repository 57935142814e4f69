//! What the fuzz targets do with the bytes that they are given. `tests/fuzz` replays the seeds through
//! the same functions; `fuzz/` runs them on millions of inputs.
// A target fails by a panic, like a test.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

pub mod asked;
pub mod book;
pub mod database;
pub mod documents;
pub mod formats;
pub mod json;
pub mod ledger;
pub mod numbers;
pub mod query;
pub mod rendered;
pub mod source;
pub mod texts;
mod told;

use std::path::PathBuf;

/// A target: its name, and what it does with some bytes.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: [Target; 12] = [
    ("json", json::run),
    ("numbers", numbers::run),
    ("texts", texts::run),
    ("source", source::run),
    ("documents", documents::run),
    ("database", database::run),
    ("book", book::run),
    ("formats", formats::run),
    ("asked", asked::run),
    ("query", query::run),
    ("rendered", rendered::run),
    ("ledger", ledger::run),
];

/// Runs one target.
pub fn run(name: &str, bytes: &[u8]) {
    let found = TARGETS.iter().find(|(known, _)| *known == name);
    let (_, target) = found.unwrap_or_else(|| panic!("{name} is no target"));
    target(bytes);
}

/// The bytes as text, as far as they are text.
fn text(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap(),
    }
}

/// A folder of this process in memory, where there is such a disk.
fn folder(name: &str) -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    let base = if memory.is_dir() {
        memory
    } else {
        std::env::temp_dir()
    };
    let folder = base.join(format!("llmcost-fuzz-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

//! Writes the hostile corpus: files and ledgers that attack, each with what must become of it.
//!
//! `cargo run --example hostile -- FOLDER` writes the same bytes every time: a folder per case, and
//! `manifest.json`. `tests/hostile` reads all of it on every run; `tests/faults/hostile.py` measures
//! time and memory besides.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)] // a failing generator may stop

mod cases;
mod identity;
mod json_texts;
mod ledgers;
mod numbers;
mod packed;
mod privacy;
mod shapes;

use std::path::PathBuf;

fn main() {
    let folder = std::env::args_os().nth(1).expect("a folder");
    let folder = PathBuf::from(folder);
    let cases = cases::write(&folder);
    let ledgers = ledgers::write(&folder);
    let manifest = serde_json::json!({"cases": cases, "ledgers": ledgers});
    std::fs::write(folder.join("manifest.json"), format!("{manifest:#}\n")).unwrap();
    println!("{} files, {} ledgers", cases.len(), ledgers.len());
}

//! Writes logs to measure with: the same bytes every time, of any number of records, with the totals
//! that any reader must find in them. Every call is one of 40 models, 5,000 users and 90 days; one in
//! 200 is written again; prompts, tool inputs and tool results hold objects named `usage` that are none.
//!
//! `cargo run --release --example corpus -- chat|messages|rows|transcripts FOLDER RECORDS [SEED]`
//!
//! FOLDER gets the log, and its rates as `prices.yaml` (for llmcost) and `prices.csv` (for others).
//! The totals go to standard output as one JSON object.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::format_push_string,
    clippy::print_stdout
)] // a failing generator may stop

mod calls;
mod logs;

use std::path::Path;

use logs::{Kind, write};

const USAGE: &str = "usage: corpus chat|messages|rows|transcripts FOLDER RECORDS [SEED]";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut words = arguments.iter().map(String::as_str);
    let mut word = || words.next();
    let (kind, folder) = (word().expect(USAGE), word().expect(USAGE));
    let kind = Kind::ALL.into_iter().find(|one| one.name() == kind);
    let records = word().and_then(|word| word.parse().ok()).expect(USAGE);
    let seed = word().map_or(1, |word| word.parse().expect(USAGE));
    let totals = write(kind.expect(USAGE), Path::new(folder), records, seed);
    println!("{}", totals.json());
}

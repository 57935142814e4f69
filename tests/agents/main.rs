//! Transcripts of coding agents as they lie on a disk: copied, resumed, forked, growing, in databases,
//! and named only by their path. Nothing counts twice, whatever is read first.

// Clippy lets tests unwrap, panic and index, but not the functions that tests share.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../common/torn.rs"]
mod common_torn;
#[path = "../common/home.rs"]
mod home;

mod again;
mod claude;
mod codex;
mod databases;
mod decoys;
mod places;
mod torn;
mod totals;

use home::Home;
use serde_json::Value as Json;

/// The sum of one column over everything in the ledger.
pub(crate) fn total(home: &Home, column: &str) -> String {
    let report = home.json("report");
    let mut sums = report["totals"].as_array().unwrap().iter();
    let sum = sums.next().map_or("0", |sum| sum[column].as_str().unwrap());
    assert!(sums.next().is_none(), "one currency was expected");
    sum.to_owned()
}

/// All records of the ledger.
pub(crate) fn records(home: &Home) -> Vec<Json> {
    let lines = home.ok("records --format jsonl");
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Every order of three things.
pub const ORDERS: [[usize; 3]; 6] = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
];

//! Reads the transcripts of coding agents in a corpus folder with an `INDEX.jsonl`, sample by sample
//! (files that one test of another tool reads together are one sample), and compares what is read
//! with every number that the index states. What differs for a known reason stands in `explained.rs`.
//!
//! `cargo run --example transcripts -- FOLDER [--list WORD] [--only TEXT] [--require-agree PER_CENT]
//! [--torture]`
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr
)] // a failing check may stop

mod asserted;
mod explained;
mod figures;
mod table;
#[path = "../../tests/common/torn.rs"]
mod torn;
mod torture;
mod verdict;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use asserted::checks;
use explained::REASONS;
use figures::calls;
use llmcost::ingest::Outcomes;
use llmcost::ledger::{Entry, Ledger};
use serde_json::Value as Json;
use table::Table;
use torn::{entries, read_into};

const USAGE: &str = "usage: transcripts FOLDER [--list WORD]
       [--only TEXT] [--require-agree PER_CENT] [--torture]";

#[derive(Default)]
struct Sample {
    kind: String,
    paths: Vec<String>,
    expected: Json,
}

/// What reading some files gave.
pub struct Reading {
    /// The records.
    entries: Vec<Entry>,
    /// What became of each file.
    outcomes: Outcomes,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = arguments.first().expect(USAGE);
    let option = |name: &str| {
        let pairs = arguments.windows(2).find(|pair| pair[0] == name);
        pairs.map(|pair| pair[1].as_str())
    };
    let only = option("--only").unwrap_or_default();
    let mut samples = samples(Path::new(folder));
    samples.retain(|name, _| name.contains(only));
    if arguments.iter().any(|word| word == "--torture") {
        return torture::run(samples.values().map(|sample| sample.paths.as_slice()));
    }
    let mut table = Table::default();
    let mut used = BTreeSet::new();
    for (name, sample) in &samples {
        let found = verdict::judge(name, &checks(&sample.expected), &read(&sample.paths));
        let lines = table.add(&sample.kind, &found, option("--list"));
        for line in lines {
            println!("{name}\n    {line}");
        }
        let reason = explained::reason(name);
        used.extend(
            reason
                .filter(|_| found.needs_reason())
                .map(|(part, ..)| *part),
        );
    }
    let mut needless = REASONS.iter().filter(|(part, ..)| !used.contains(part));
    if only.is_empty() {
        for (part, ..) in needless.by_ref() {
            println!("an explanation that is not needed: {part}");
        }
    }
    table.finish(option("--require-agree"))
}

fn samples(folder: &Path) -> BTreeMap<String, Sample> {
    let index = fs::read_to_string(folder.join("INDEX.jsonl")).expect("an INDEX.jsonl");
    let mut samples: BTreeMap<String, Sample> = BTreeMap::new();
    for line in index.lines() {
        let row: Json = serde_json::from_str(line).unwrap();
        let (kind, path) = (row["kind"].as_str().unwrap(), row["path"].as_str().unwrap());
        let Some(kind) = kind.strip_prefix("agent-") else {
            continue;
        };
        let parts: Vec<&str> = path.split('/').collect();
        let depth = match (kind, parts.get(2)) {
            ("codex-forks", _) => 8,
            (_, Some(&"tests")) if parts[1].contains("ccusage") => 4,
            (_, Some(part)) if parts[1].contains("codeburn") && *part != "tests" => 4,
            _ => parts.len(),
        };
        let name = parts[..depth.min(parts.len())].join("/");
        let sample = samples.entry(name).or_default();
        kind.clone_into(&mut sample.kind);
        let path = folder.join(path).to_str().unwrap().to_owned();
        sample.paths.push(path);
        if !row["expected"].is_null() {
            sample.expected = row["expected"].clone();
        }
    }
    samples
}

/// Reads files into a ledger of their own.
fn read(paths: &[String]) -> Reading {
    let mut ledger = Ledger::scratch().unwrap();
    let outcomes = read_into(&mut ledger, paths);
    Reading {
        entries: calls(entries(&ledger)),
        outcomes,
    }
}

//! Reads the transcripts of coding agents in a corpus folder with an `INDEX.jsonl`, sample by sample
//! (files that one test of another tool reads together are one sample), and compares what is read
//! with every number that the index states. What differs for a known reason stands in `explained.rs`.
//!
//! `cargo run --example transcripts -- FOLDER [--list VERDICT] [--only TEXT] [--require-agree PER_CENT]
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
#[path = "../../tests/common/torn.rs"]
mod torn;
mod torture;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use asserted::{Check, checks};
use explained::{Kind, REASONS};
use figures::{calls, holds, ways};
use llmcost::ingest::Outcomes;
use llmcost::ledger::{Entry, Ledger};
use serde_json::Value as Json;
use torn::{entries, read_into};

const USAGE: &str = "usage: transcripts FOLDER [--list VERDICT]
       [--only TEXT] [--require-agree PER_CENT] [--torture]";

const VERDICTS: [&str; 7] = [
    "agree",
    "explained",
    "differ",
    "incomplete",
    "silent",
    "unsupported",
    "unknown",
];

/// What became of one sample.
enum Verdict {
    /// All that is stated holds.
    Agree,
    /// Something that is stated does not hold, for a reviewed reason.
    Explained(&'static str),
    /// Something that is stated does not hold.
    Differ(String),
    /// What is stated is not all in the sample: why.
    Incomplete(&'static str),
    /// It is recognised, and no number is stated.
    Silent,
    /// It is recognised as what cannot be read: why.
    Unsupported(String),
    /// Nobody knows what it is.
    Unknown(String),
}

impl Verdict {
    fn parts(self) -> (usize, String) {
        match self {
            Self::Agree => (0, String::new()),
            Self::Explained(why) => (1, why.to_owned()),
            Self::Differ(what) => (2, what),
            Self::Incomplete(why) => (3, why.to_owned()),
            Self::Silent => (4, String::new()),
            Self::Unsupported(why) => (5, why),
            Self::Unknown(what) => (6, what),
        }
    }
}

#[derive(Default)]
struct Sample {
    kind: String,
    paths: Vec<String>,
    expected: Json,
}

/// What reading some files gave.
struct Reading {
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
    let mut used = BTreeSet::new();
    let mut table: BTreeMap<String, [usize; 7]> = BTreeMap::new();
    for (name, sample) in &samples {
        let (column, detail) = judge(name, sample).parts();
        let reason = explained::reason(name);
        used.extend(reason.filter(|_| column > 0).map(|(part, ..)| *part));
        table.entry(sample.kind.clone()).or_default()[column] += 1;
        if option("--list") == Some(VERDICTS[column]) {
            println!("{name}\n    {detail}");
        }
    }
    if only.is_empty() {
        for (part, ..) in REASONS {
            if !used.contains(part) {
                println!("an explanation that is not needed: {part}");
            }
        }
    }
    finish(&table, option("--require-agree"))
}

/// Prints the table; fails where too few agree or something differs without an explanation.
fn finish(table: &BTreeMap<String, [usize; 7]>, required: Option<&str>) -> ExitCode {
    let print = |kind: &str, counts: &[usize; 7]| {
        let cells: Vec<String> = counts.iter().map(|count| format!("{count:>12}")).collect();
        println!(
            "{kind:<20}{:>8}{}",
            counts.iter().sum::<usize>(),
            cells.concat()
        );
    };
    println!(
        "{:<20}{:>8}{}",
        "kind",
        "samples",
        VERDICTS.map(|word| format!("{word:>12}")).concat()
    );
    let mut all = [0; 7];
    for (kind, counts) in table {
        print(kind, counts);
        for (sum, count) in all.iter_mut().zip(counts) {
            *sum += count;
        }
    }
    print("all", &all);
    let [agree, explained, differ, ..] = all;
    let stated = (agree + explained + differ).max(1);
    let tenths = |part: usize| part * 1000 / stated;
    let shown = |tenths: usize| format!("{}.{} %", tenths / 10, tenths % 10);
    println!(
        "{stated} state something: {} agree, {} agree or are explained",
        shown(tenths(agree)),
        shown(tenths(agree + explained))
    );
    let Some(required) = required else {
        return ExitCode::SUCCESS;
    };
    let floor: usize = required.parse().expect(USAGE);
    if tenths(agree) < floor * 10 || differ > 0 {
        eprintln!("{required} % were to agree, and nothing was to differ without a reason");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
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

fn judge(name: &str, sample: &Sample) -> Verdict {
    let reading = read(&sample.paths);
    let stated = checks(&sample.expected);
    let wrong: Vec<&Check> = stated
        .iter()
        .filter(|check| !holds(check, &reading.entries))
        .collect();
    if !stated.is_empty() && wrong.is_empty() {
        return Verdict::Agree;
    }
    let reason = explained::reason(name);
    let unreadable = unreadable(&reading);
    match (reason, unreadable) {
        (Some((_, Kind::Explained, why)), _) => Verdict::Explained(why),
        (Some((_, Kind::Incomplete, why)), _) => Verdict::Incomplete(why),
        (Some((_, Kind::Unsupported, why)), _) => Verdict::Unsupported((*why).to_owned()),
        (None, Some(why)) => Verdict::Unsupported(why),
        (None, None) if !wrong.is_empty() => {
            Verdict::Differ(format!("stated {wrong:?}\n    read {}", told(&reading)))
        }
        (None, None) if is_known(&reading) => Verdict::Silent,
        (None, None) => Verdict::Unknown(told(&reading)),
    }
}

/// Why nothing of a sample can be read, where that is so.
fn unreadable(reading: &Reading) -> Option<String> {
    let mut sources = reading.outcomes.sources.iter();
    let is_unreadable = sources.any(|source| source.status == "unreadable");
    let reject = reading.outcomes.rejects.first()?;
    (is_unreadable && reading.entries.is_empty()).then(|| reject.reason.clone())
}

/// Whether a sample of which nothing is stated is taken for what it is.
fn is_known(reading: &Reading) -> bool {
    let sources = &reading.outcomes.sources;
    let mut ignored = reading.outcomes.ignored.keys();
    !reading.entries.is_empty()
        || sources
            .iter()
            .any(|source| source.format.starts_with("sqlite:"))
        || ignored.any(|kind| kind.contains("transcript"))
}

/// What was read, in short.
fn told(reading: &Reading) -> String {
    let entries = reading.entries.iter();
    let counts: Vec<_> = entries
        .map(|entry| {
            ways(&entry.record)
                .into_iter()
                .filter(|(_, count)| *count > 0)
                .collect::<Vec<_>>()
        })
        .collect();
    let costs: Vec<_> = reading
        .entries
        .iter()
        .map(|entry| {
            (
                entry.receipt.cost.map(|cost| cost.exact().to_string()),
                entry
                    .record
                    .reported_cost
                    .as_ref()
                    .map(|cost| cost.amount.clone()),
            )
        })
        .collect();
    let formats: Vec<_> = reading
        .outcomes
        .sources
        .iter()
        .map(|source| (source.status, &source.format, &source.reason))
        .collect();
    let rejects: Vec<_> = reading
        .outcomes
        .rejects
        .iter()
        .map(|reject| &reject.reason)
        .collect();
    format!(
        "{counts:?} {costs:?}\n    {formats:?} ignored {:?} rejected {rejects:?}",
        reading.outcomes.ignored
    )
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

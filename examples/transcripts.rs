//! Reads the transcripts of coding agents in a corpus folder with an `INDEX.jsonl`, sample by sample
//! (files that one test of another tool reads together are one sample), and compares what is read
//! with the numbers that the test asserts.
//!
//! `cargo run --example transcripts -- FOLDER [--list] [--only TEXT]`
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)] // a failing check may stop

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use llmcost::envelopes::Formats;
use llmcost::ingest::{self, Options, Plan};
use llmcost::ledger::Ledger;
use llmcost::pricing::Prices;
use llmcost::source;
use llmcost::usage::{Meter, Timestamp, UsageRecord};
use serde_json::Value as Json;

/// Token counts of one record or of all, as other tools name them.
type Figures = BTreeMap<&'static str, BTreeSet<u64>>;

#[derive(Default)]
struct Sample {
    kind: String,
    paths: Vec<String>,
    expected: Json,
}

#[derive(Default)]
struct Tally {
    samples: u32,
    agree: u32,
    differ: u32,
    silent: u32,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = arguments.first().expect("a corpus folder");
    let only = arguments
        .iter()
        .position(|word| word == "--only")
        .map(|at| arguments[at + 1].clone());
    let list = arguments.iter().any(|word| word == "--list");
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for (name, sample) in samples(Path::new(folder)) {
        if only
            .as_ref()
            .is_some_and(|only| !name.contains(only.as_str()))
        {
            continue;
        }
        let records = read(&sample.paths);
        let asserted = checks(&sample.expected);
        let wrong: Vec<&Check> = asserted
            .iter()
            .filter(|check| !holds(check, &records))
            .collect();
        let tally = tallies.entry(sample.kind.clone()).or_default();
        tally.samples += 1;
        match (asserted.is_empty(), wrong.is_empty()) {
            (true, _) => tally.silent += 1,
            (false, true) => tally.agree += 1,
            (false, false) => tally.differ += 1,
        }
        if list && !wrong.is_empty() {
            println!(
                "{name}\n  asserted {wrong:?}\n  read {} records {:?}",
                records.len(),
                figures(&records)
            );
        }
    }
    println!(
        "{:<28} {:>8} {:>8} {:>8} {:>8}",
        "kind", "samples", "agree", "differ", "silent"
    );
    for (kind, tally) in &tallies {
        let Tally {
            samples,
            agree,
            differ,
            silent,
        } = tally;
        println!("{kind:<28} {samples:>8} {agree:>8} {differ:>8} {silent:>8}");
    }
}

fn samples(folder: &Path) -> BTreeMap<String, Sample> {
    let index = fs::read_to_string(folder.join("INDEX.jsonl")).expect("an INDEX.jsonl");
    let mut samples: BTreeMap<String, Sample> = BTreeMap::new();
    for line in index.lines() {
        let row: Json = serde_json::from_str(line).unwrap();
        let (kind, path) = (row["kind"].as_str().unwrap(), row["path"].as_str().unwrap());
        if !kind.starts_with("agent-") {
            continue;
        }
        let parts: Vec<&str> = path.split('/').collect();
        let depth = match (kind, parts.get(2)) {
            ("agent-codex-forks", _) => 8,
            (_, Some(&"tests")) if parts[1].contains("ccusage") => 4,
            (_, Some(part)) if parts[1].contains("codeburn") && *part != "tests" => 4,
            _ => parts.len(),
        };
        let name = parts[..depth.min(parts.len())].join("/");
        let sample = samples.entry(name).or_default();
        kind.clone_into(&mut sample.kind);
        sample
            .paths
            .push(folder.join(path).to_str().unwrap().to_owned());
        if !row["expected"].is_null() {
            sample.expected = row["expected"].clone();
        }
    }
    samples
}

fn read(paths: &[String]) -> Vec<UsageRecord> {
    let mut ledger = Ledger::scratch().unwrap();
    let sources = source::expand(paths).unwrap();
    let plan = Plan {
        sources: &sources,
        formats: &Formats::builtin().unwrap(),
        options: &Options::default(),
        prices: &Prices::bundled(),
        now: Timestamp::parse("2026-11-22").unwrap(),
        clock: Timestamp::parse("2026-11-22").unwrap(),
        version: "0",
        strict: false,
        absolute: false,
        retry_rejected: false,
        dry: false,
    };
    ingest::ingest(&mut ledger, &plan, &mut |_| true).unwrap();
    let mut records = Vec::new();
    let mut take = |entry: &llmcost::ledger::Entry| {
        records.push(entry.record.clone());
        Ok(())
    };
    ledger.for_each(&mut take).unwrap();
    records
}

/// Something that a test asserts.
#[derive(Debug)]
enum Check {
    Records(usize),
    Figure(&'static str, u64),
    Sum(&'static str, u64),
}

/// What tests call counts, and what they mean.
const NAMES: &[(&str, &str)] = &[
    ("cache_creation_input_tokens", "cache_write"),
    ("cache_read_input_tokens", "cache_read"),
    ("cached_input_tokens", "cache_read"),
    ("reasoning_output_tokens", "reasoning"),
    ("input_tokens", "input"),
    ("output_tokens", "output"),
    ("cacheCreationInputTokens", "cache_write"),
    ("cacheReadInputTokens", "cache_read"),
    ("cachedInputTokens", "cache_read"),
    ("reasoningTokens", "reasoning"),
    ("inputTokens", "input"),
    ("outputTokens", "output"),
    ("totalOutput(", "output"),
    ("totalInput(", "input"),
];

fn checks(expected: &Json) -> Vec<Check> {
    let mut checks = Vec::new();
    for (name, field) in [
        ("input", "input"),
        ("cached", "cache_read"),
        ("output", "output"),
        ("reasoning", "reasoning"),
    ] {
        if let Some(number) = expected["family_truth_delta_method"][name].as_u64() {
            checks.push(Check::Sum(field, number));
        }
    }
    let asserts = expected["asserts"].as_array().cloned().unwrap_or_default();
    for text in asserts.iter().filter_map(Json::as_str) {
        for (before, after) in [
            ("entries.len(), ", ")"),
            ("events.len(), ", ""),
            ("(calls).toHaveLength(", ")"),
            ("calls.length).toBe(", ")"),
        ] {
            let found = text.split_once(before).and_then(|(_, rest)| number(rest));
            if let Some((count, rest)) = found
                && rest.starts_with(after)
            {
                checks.push(Check::Records(usize::try_from(count).unwrap()));
            }
        }
        if text.contains("entries.is_empty()") || text.contains("(calls).toEqual([])") {
            checks.push(Check::Records(0));
        }
        for (name, field) in NAMES {
            for (at, _) in text.match_indices(name) {
                let is_word = !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
                let rest =
                    text[at + name.len()..].trim_start_matches(|c: char| " ).,:".contains(c));
                let rest = rest.strip_prefix("toBe(").unwrap_or(rest);
                let rest = rest.strip_prefix("+ ").unwrap_or(rest);
                if let (true, Some((number, _))) = (is_word, number(rest)) {
                    checks.push(Check::Figure(field, number));
                }
            }
        }
    }
    checks
}

fn number(text: &str) -> Option<(u64, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '_')
        .unwrap_or(text.len());
    let digits = text[..end].replace('_', "");
    Some((digits.parse().ok()?, &text[end..]))
}

/// Every count in the ways in which tools state it: with and without what is inside of it.
fn figures(records: &[UsageRecord]) -> Figures {
    let mut figures = Figures::new();
    let mut all = BTreeMap::<&str, u64>::new();
    for record in records {
        for (name, count) in counts(record) {
            figures.entry(name).or_default().insert(count);
            *all.entry(name).or_default() += count;
        }
    }
    for (name, count) in all {
        figures.entry(name).or_default().insert(count);
    }
    figures
}

fn counts(record: &UsageRecord) -> Vec<(&'static str, u64)> {
    let of = |meter: &Meter| {
        let count = record.quantity(meter).exact().to_integer();
        count
            .ok()
            .and_then(|count| u64::try_from(count).ok())
            .unwrap_or_default()
    };
    let (read, output, reasoning) = (
        of(&Meter::CACHE_READ),
        of(&Meter::OUTPUT),
        of(&Meter::REASONING),
    );
    let written = of(&Meter::CACHE_WRITE) + of(&Meter::CACHE_WRITE_1H);
    let input = of(&Meter::INPUT) + of(&Meter::INPUT_TOOL);
    vec![
        ("input", input),
        ("input", input + read),
        ("input", input + read + written),
        ("cache_read", read),
        ("cache_write", written),
        ("output", output),
        ("output", output + reasoning),
        ("reasoning", reasoning),
    ]
}

fn holds(check: &Check, records: &[UsageRecord]) -> bool {
    match check {
        Check::Records(count) => records.len() == *count,
        Check::Figure(_, 0) => true,
        Check::Figure(name, count) => {
            figures(records)
                .get(name)
                .is_some_and(|held| held.contains(count))
                || sums(records, name).contains(count)
        }
        Check::Sum(name, count) => sums(records, name).contains(count),
    }
}

/// The sums of a count over all records, in the ways in which tools state it.
fn sums(records: &[UsageRecord], name: &str) -> BTreeSet<u64> {
    let mut sums: Vec<u64> = Vec::new();
    for record in records {
        let ways = counts(record).into_iter().filter(|(way, _)| *way == name);
        for (n, (_, count)) in ways.enumerate() {
            match sums.get_mut(n) {
                Some(sum) => *sum += count,
                None => sums.push(count),
            }
        }
    }
    sums.into_iter().collect()
}

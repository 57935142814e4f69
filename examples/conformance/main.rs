//! Reads a corpus folder with an `INDEX.jsonl` and says, by provider and shape, what is read
//! exactly as stated, what differs (with the field), and what is ignored, failed, unknown or
//! rejected; then, by provider, how our cost stands to the one that bodies state.
//!
//! `cargo run --example conformance -- FOLDER [--list KIND] [--only TEXT] [--require-exact 99.5]
//! [--require-stated xai=95]...`
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::wildcard_enum_match_arm
)] // a failing check may stop

mod counts;
mod kept;
#[path = "../../tests/common/reading.rs"]
mod reading;
mod stated;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use counts::{NO_BILL, Verdict, judge};
use llmcost::envelopes::Formats;
use llmcost::ingest::Options;
use llmcost::pricing::Prices;
use serde_json::Value as Json;
use stated::Comparison;

const USAGE: &str =
    "usage: conformance FOLDER [--list exact|differs|unknown|failed|ignored|rejected|stated]
       [--only TEXT] [--require-exact PER_CENT] [--require-stated PROVIDER=PER_CENT]...";

/// The values of an option, which may be repeated.
fn values_of<'a>(arguments: &'a [String], name: &str) -> Vec<&'a str> {
    let pairs = arguments.windows(2).filter(|pair| pair[0] == name);
    pairs.map(|pair| pair[1].as_str()).collect()
}

/// A percentage with at most one decimal, in tenths.
fn tenths(per_cent: &str) -> usize {
    let (whole, tenth) = per_cent.split_once('.').unwrap_or((per_cent, "0"));
    let digit = |text: &str| text.parse::<usize>().expect(USAGE);
    digit(whole) * 10 + digit(tenth).min(9)
}

/// What all samples came to.
#[derive(Default)]
struct Tally {
    table: BTreeMap<(String, String), BTreeMap<&'static str, usize>>,
    total: BTreeMap<&'static str, usize>,
    stated: usize,
    exact: usize,
    costs: usize,
    costs_kept: usize,
    comparison: Comparison,
}

impl Tally {
    fn sample(&mut self, folder: &Path, line: &str, list: Option<&str>, with: &With) {
        let sample: Json = serde_json::from_str(line).unwrap();
        let text = |name: &str| sample[name].as_str().unwrap_or_default().to_owned();
        let (path, shape) = (text("path"), text("shape"));
        let outcomes = reading::read_file(&folder.join(&path), &with.options, &with.formats);
        let verdict = judge(&sample, &outcomes);
        if let Some(cost) = kept::stated_cost(&folder.join(&path)) {
            self.costs += 1;
            let kept = kept::cost_kept(&cost, &outcomes.records);
            self.costs_kept += usize::from(kept);
            if !kept {
                println!("cost lost: {path} states {}", cost.0);
            }
        }
        self.comparison.add(&path, &outcomes.records, &with.prices);
        let tell = |what: &str| {
            println!(
                "{what} {path} [{shape}] {} {}",
                verdict.word(),
                verdict.detail()
            );
        };
        let no_bill = NO_BILL.contains(&shape.as_str()) && matches!(verdict, Verdict::Ignored(_));
        let counts = sample["expected"]["stated"].as_object();
        if !no_bill && counts.is_some_and(|counts| !counts.is_empty()) {
            self.stated += 1;
            self.exact += usize::from(verdict == Verdict::Exact);
            if verdict != Verdict::Exact {
                tell("not exact:");
            }
        }
        if list == Some(verdict.word()) {
            tell("-");
        }
        *self.total.entry(verdict.word()).or_default() += 1;
        let row = self
            .table
            .entry((text("provider"), shape.clone()))
            .or_default();
        *row.entry(verdict.word()).or_default() += 1;
    }

    fn print(&self, samples: bool) {
        println!(
            "{:<18} {:<44} exact differs unknown failed ignored rejected",
            "provider", "shape"
        );
        for ((provider, shape), counts) in &self.table {
            let count = |word: &str| counts.get(word).copied().unwrap_or(0);
            println!(
                "{provider:<18} {shape:<44} {:>5} {:>7} {:>7} {:>6} {:>7} {:>8}",
                count("exact"),
                count("differs"),
                count("unknown"),
                count("failed"),
                count("ignored"),
                count("rejected"),
            );
        }
        self.comparison.print(samples);
        let Self { stated, exact, .. } = self;
        println!("\nall: {:?}", self.total);
        println!(
            "samples that state their cost: {}, kept to the digit: {}",
            self.costs, self.costs_kept
        );
        println!("samples that state billable usage: {stated}, read exactly: {exact}");
    }
}

/// What every sample is read and priced with.
struct With {
    formats: Formats,
    options: Options,
    prices: Prices,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(folder) = arguments.first().map(Path::new) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let with = With {
        formats: Formats::builtin(),
        options: Options::default(),
        prices: Prices::bundled(),
    };
    let list = values_of(&arguments, "--list").pop();
    let only = values_of(&arguments, "--only");
    let index = fs::read_to_string(folder.join("INDEX.jsonl")).unwrap();
    let mut tally = Tally::default();
    for line in index.lines() {
        if only.iter().all(|only| line.contains(only)) {
            tally.sample(folder, line, list, &with);
        }
    }
    tally.print(list == Some("stated"));
    let mut enough = tally.costs == tally.costs_kept;
    for per_cent in values_of(&arguments, "--require-exact") {
        enough &= tally.exact * 1000 >= tally.stated * tenths(per_cent);
    }
    for floor in values_of(&arguments, "--require-stated") {
        let (provider, per_cent) = floor.split_once('=').expect(USAGE);
        let reached = tally
            .comparison
            .reaches(provider, per_cent.parse().expect(USAGE));
        if !reached {
            println!("fewer than {per_cent} % of what {provider} states is reproduced");
        }
        enough &= reached;
    }
    if enough {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

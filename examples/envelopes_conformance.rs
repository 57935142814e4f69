//! Reads a folder of envelope samples with an `INDEX.jsonl` through the real pipeline and says, by
//! kind, how many are recognised, agree with what the index states, differ, or are not supported.
//!
//! `cargo run --example envelopes_conformance -- FOLDER [--list WORD] [--only TEXT] [--skip PREFIX]
//! [--require-agree PER_CENT]`
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::print_stdout,
    clippy::print_stderr
)] // a failing check may stop

#[path = "../tests/common/reading.rs"]
mod reading;

use std::collections::BTreeMap;
use std::path::Path;

use llmcost::envelopes::Formats;
use llmcost::ingest::Options;
use llmcost::usage::{Direction, UsageRecord};
use reading::{Outcomes, read_file};
use serde_json::Value as Json;

/// What became of one sample.
enum Verdict {
    /// It gives what the index states.
    Agrees,
    /// It does not, and the index is wrong: why.
    Theirs(&'static str),
    /// It does not: what differs.
    Differs(String),
    /// Read, and the index states nothing.
    Read(usize),
    /// Nothing in it bills: the kinds.
    Nothing(String),
    /// Something in it was rejected: why.
    Rejected(String),
}

impl Verdict {
    fn column(&self) -> usize {
        match self {
            Self::Agrees => 0,
            Self::Theirs(_) => 1,
            Self::Differs(_) => 2,
            Self::Read(_) => 3,
            Self::Nothing(_) => 4,
            Self::Rejected(_) => 5,
        }
    }
}

const WORDS: [&str; 6] = ["agrees", "theirs", "differs", "read", "nothing", "rejected"];

/// Samples of which the index states what is not so, and the evidence.
const REASONS: &[(&str, &str)] = &[(
    "test_compatible_api_with_tool_calls_without_id",
    "output 12 and 6 are stated, but the bodies' own totals hold 62 and 28 tokens more: thoughts, which Google \
     bills as output and its OpenAI dialect shows in the total only",
)];

fn side(record: &UsageRecord, direction: Direction) -> u64 {
    let items = record.items.iter();
    let wanted = items.filter(|item| item.meter.direction() == direction);
    let counts = wanted.map(|item| item.quantity.exact().to_integer().unwrap_or(0));
    counts.map(i64::unsigned_abs).sum()
}

fn meter(record: &UsageRecord, names: &[&str]) -> u64 {
    let items = record.items.iter();
    let wanted = items.filter(|item| names.contains(&item.meter.name()));
    let counts = wanted.map(|item| item.quantity.exact().to_integer().unwrap_or(0));
    counts.map(i64::unsigned_abs).sum()
}

fn number(value: &Json) -> Option<u64> {
    value
        .as_u64()
        .or_else(|| value.as_str().and_then(|text| text.parse().ok()))
}

/// Names and numbers of a quoted object.
fn quoted_counts(quoted: &Json) -> Vec<(String, u64)> {
    let texts = quoted.as_array().into_iter().flatten();
    let texts = texts.filter_map(Json::as_str);
    let parts = texts.flat_map(|text| text.split(['{', ',', '}']));
    let pairs = parts.filter_map(|part| part.trim().split_once(':'));
    pairs
        .filter_map(|(name, number)| Some((name.trim().to_owned(), number.trim().parse().ok()?)))
        .collect()
}

/// What differs from the index; `None` when it states no tokens that can be compared, and no other number
/// of records.
fn differences(expected: &Json, records: &[UsageRecord]) -> Option<Vec<String>> {
    let main: Vec<&UsageRecord> = records.iter().filter(|r| r.part.is_none()).collect();
    let mut wrong = Vec::new();
    let mut compared = false;
    let mut compare = |what: &str, wanted: Option<u64>, read: u64| {
        let Some(wanted) = wanted else { return };
        compared |= what != "records";
        if wanted != read {
            wrong.push(format!("{what}: stated {wanted}, read {read}"));
        }
    };
    let total = |direction| main.iter().map(|record| side(record, direction)).sum();
    let meters = |names: &[&str]| main.iter().map(|record| meter(record, names)).sum();
    let stated = |name: &str| expected.get(name).and_then(number);
    compare("records", stated("records"), main.len() as u64);
    compare("records", stated("billable_records"), main.len() as u64);
    for name in ["input", "prompt_tokens", "llm.token_count.prompt"] {
        compare(name, stated(name), total(Direction::Input));
    }
    for name in ["output", "completion_tokens", "llm.token_count.completion"] {
        compare(name, stated(name), total(Direction::Output));
    }
    for (name, names) in [
        (
            "llm.token_count.prompt_details.cache_read",
            &["cache_read"][..],
        ),
        (
            "llm.token_count.completion_details.reasoning",
            &["reasoning"],
        ),
        ("llm.token_count.prompt_details.audio", &["input_audio"]),
        (
            "llm.token_count.completion_details.audio",
            &["output_audio"],
        ),
    ] {
        compare(name, stated(name), meters(names));
    }
    // The provider's own counts, as they stand in the sample: `usage: { input_tokens: 7, … }`.
    for (name, number) in quoted_counts(&expected["langfuse_normalised_usage"]) {
        let names: &[&str] = match name.as_str() {
            "input_tokens" | "inputTokens" => &["input"],
            "output_tokens" | "outputTokens" => &["output", "reasoning"],
            "cache_read_input_tokens" | "cacheReadInputTokens" => &["cache_read"],
            "cache_creation_input_tokens" | "cacheWriteInputTokens" => {
                &["cache_write", "cache_write_1h"]
            }
            _ => continue,
        };
        compare(&name, Some(number), meters(names));
    }
    let mut left = main.clone();
    let (mut lone, mut sum) = (Vec::new(), (0, 0));
    for body in expected["per_response_body"]
        .as_array()
        .into_iter()
        .flatten()
    {
        let usage = &body["normalised"][0]["usage"];
        let (Some(input), Some(output)) = (
            number(&usage["input_tokens"]),
            number(&usage["output_tokens"]),
        ) else {
            continue;
        };
        compared = true;
        let equal = |record: &&UsageRecord| {
            side(record, Direction::Input) == input && side(record, Direction::Output) == output
        };
        if let Some(at) = left.iter().position(equal) {
            left.remove(at);
        } else {
            sum = (sum.0 + input, sum.1 + output);
            lone.push(format!(
                "{}: no record with {input} in and {output} out",
                body["model"]
            ));
        }
    }
    // A call that states the usage of each model inside of it is a record for each of them.
    let parts = records.iter().filter(|record| record.part.is_some());
    let rest: Vec<&UsageRecord> = left.into_iter().chain(parts).collect();
    let of_rest = |direction| {
        rest.iter()
            .map(|record| side(record, direction))
            .sum::<u64>()
    };
    if (of_rest(Direction::Input), of_rest(Direction::Output)) != sum {
        wrong.extend(lone);
    }
    (compared || !wrong.is_empty()).then_some(wrong)
}

fn judge(sample: &Json, outcomes: &Outcomes) -> Verdict {
    if let Some(reason) = outcomes.rejected.first() {
        return Verdict::Rejected(reason.clone());
    }
    match differences(&sample["expected"], &outcomes.records) {
        Some(wrong) if wrong.is_empty() => Verdict::Agrees,
        Some(wrong) => {
            let path = sample["path"].as_str().unwrap_or_default();
            match REASONS.iter().find(|(part, _)| path.contains(part)) {
                Some((_, why)) => Verdict::Theirs(why),
                None => Verdict::Differs(wrong.join(", ")),
            }
        }
        None if outcomes.records.is_empty() => {
            let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
            for kind in &outcomes.ignored {
                *kinds.entry(kind).or_default() += 1;
            }
            let kinds = kinds.iter();
            let kinds: Vec<String> = kinds.map(|(kind, n)| format!("{n} × {kind}")).collect();
            Verdict::Nothing(kinds.join(", "))
        }
        None => Verdict::Read(outcomes.records.len()),
    }
}

fn main() -> std::process::ExitCode {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().expect("a folder with an INDEX.jsonl");
    let (mut list, mut only, mut skip) = (String::new(), String::new(), None);
    let mut required: usize = 0;
    while let (Some(flag), Some(value)) = (arguments.next(), arguments.next()) {
        match flag.as_str() {
            "--list" => list = value,
            "--only" => only = value,
            "--skip" => skip = Some(value),
            "--require-agree" => required = value.parse().expect("a percentage"),
            _ => panic!("{flag} is no flag"),
        }
    }
    let folder = Path::new(&folder);
    let (formats, options) = (Formats::builtin(), Options::default());
    let mut table: BTreeMap<String, [usize; 6]> = BTreeMap::new();
    let index = std::fs::read_to_string(folder.join("INDEX.jsonl")).unwrap();
    for line in index.lines() {
        let sample: Json = serde_json::from_str(line).unwrap();
        let (path, kind) = (
            sample["path"].as_str().unwrap(),
            sample["kind"].as_str().unwrap(),
        );
        if !path.contains(&only) || skip.as_ref().is_some_and(|skip| kind.starts_with(skip)) {
            continue;
        }
        let outcomes = read_file(&folder.join(path), &options, &formats);
        let verdict = judge(&sample, &outcomes);
        table.entry(kind.to_owned()).or_default()[verdict.column()] += 1;
        if list == WORDS[verdict.column()] {
            let detail = match verdict {
                Verdict::Agrees => String::new(),
                Verdict::Theirs(why) => why.to_owned(),
                Verdict::Read(records) => format!("{records} records"),
                Verdict::Differs(detail) | Verdict::Nothing(detail) | Verdict::Rejected(detail) => {
                    detail
                }
            };
            println!("{path}\n    {detail}");
        }
    }
    println!(
        "{:<36}{:>8}{}",
        "kind",
        "samples",
        WORDS.map(|word| format!("{word:>10}")).concat()
    );
    for (kind, counts) in &table {
        let cells = counts.map(|count| format!("{count:>10}")).concat();
        println!("{kind:<36}{:>8}{cells}", counts.iter().sum::<usize>());
    }
    let sum = |column: usize| table.values().map(|counts| counts[column]).sum::<usize>();
    let (agree, theirs, differ) = (sum(0), sum(1), sum(2));
    let stated = agree + theirs + differ;
    let tenths = agree * 1000 / stated.max(1);
    println!(
        "states token totals: {stated}, agree: {agree} ({}.{} %), the index is wrong: {theirs}, \
         unexplained: {differ}",
        tenths / 10,
        tenths % 10
    );
    if tenths < required * 10 || required > 0 && differ > 0 {
        eprintln!("{required} % were to agree, and nothing was to differ without a reason");
        return std::process::ExitCode::FAILURE;
    }
    std::process::ExitCode::SUCCESS
}

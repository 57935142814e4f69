//! Reads a corpus folder with an `INDEX.jsonl` and says, by provider and shape, what is read
//! exactly as stated, what differs (with the field), and what is ignored, failed, unknown or
//! rejected.
//!
//! `cargo run --example conformance -- FOLDER [--list KIND] [--only TEXT] [--require-exact 99.5]`
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::too_many_lines,
    clippy::wildcard_enum_match_arm
)] // a failing check may stop

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use llmcost::envelopes::Formats;
use llmcost::ingest::{Documents, Options, Outcome, Spot};
use llmcost::source::{self, Frame, Opened};
use llmcost::usage::{Direction, Field, NoteKind, Status, UsageRecord};
use serde_json::Value as Json;

/// What became of one sample.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Exact,
    Differs(String),
    Unknown(String),
    Failed,
    Ignored(String),
    Rejected(String),
}

impl Verdict {
    fn word(&self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Differs(_) => "differs",
            Self::Unknown(_) => "unknown",
            Self::Failed => "failed",
            Self::Ignored(_) => "ignored",
            Self::Rejected(_) => "rejected",
        }
    }

    fn detail(&self) -> &str {
        match self {
            Self::Differs(detail)
            | Self::Unknown(detail)
            | Self::Ignored(detail)
            | Self::Rejected(detail) => detail,
            Self::Exact | Self::Failed => "",
        }
    }
}

struct Outcomes {
    records: Vec<UsageRecord>,
    ignored: Vec<String>,
    rejected: Vec<String>,
}

fn read(path: &Path, options: &Options, formats: &Formats) -> Outcomes {
    let found = source::expand(&[path.to_str().unwrap().to_owned()])
        .unwrap()
        .remove(0);
    let mut documents = Documents::new(formats, options);
    let mut outcomes = Outcomes {
        records: Vec::new(),
        ignored: Vec::new(),
        rejected: Vec::new(),
    };
    match source::open(&found).unwrap() {
        Opened::Source(mut source) => {
            let spot = |line: u64| Spot {
                line,
                ..Spot::default()
            };
            while let Some(frame) = source.next_frame().unwrap() {
                match frame {
                    Frame::Value { text, line, .. } => documents.value(text, spot(line)),
                    Frame::Event { text, line, .. } => documents.event(text, spot(line)),
                    Frame::StreamEnd { .. } => documents.stream_end(),
                    Frame::Line { line, .. }
                    | Frame::Text {
                        first_line: line, ..
                    } => documents.ignore(spot(line), "text"),
                    Frame::Other { line, .. } => {
                        documents.ignore(spot(line), "values without fields");
                    }
                    Frame::Broken { reason, .. } => outcomes.rejected.push(reason.to_string()),
                }
            }
        }
        Opened::Database(..) => outcomes.ignored.push("a database".to_owned()),
        Opened::Skipped(reason) => outcomes.ignored.push(reason.to_owned()),
        Opened::Rejected(fault) => outcomes.rejected.push(fault.to_string()),
    }
    documents.finish();
    for found in documents.take() {
        match found.outcome {
            Outcome::Record(record, _) => outcomes.records.push(*record),
            Outcome::Ignored(kind) => outcomes.ignored.push(kind),
            Outcome::Rejected(fault) => outcomes.rejected.push(fault.to_string()),
        }
    }
    outcomes
}

/// Stated counts that are kept for audit and not billed, by the shape they stand in, and why.
const NOT_BILLED: &[(&str, &str)] = &[
    ("cohere.", "cached_tokens"), // a part of `tokens`; Cohere bills `billed_units`
    ("google.", "tool_use_prompt_tokens"), // free where they come from Search
];

/// Shapes that state counts and are no bill of their own, so that they are ignored by kind.
const NO_BILL: &[&str] = &[
    "bedrock.count_tokens",   // what a prompt would hold
    "google.cachedContent",   // what is stored; storage is billed by time
    "object.thread.run.step", // repeats its run
    "openai.batch",           // repeats its lines
];

/// Whether a count is one that is not billed, and is kept for audit all the same.
fn kept_for_audit(shape: &str, name: &str, wanted: u64, records: &[&UsageRecord]) -> bool {
    let known = NOT_BILLED
        .iter()
        .any(|(start, count)| shape.contains(start) && name == *count);
    let digits = format!(":{wanted}");
    known
        && records.iter().any(|record| {
            record
                .raw_usage
                .as_ref()
                .is_some_and(|raw| raw.replace(".0", "").contains(&digits))
        })
}

fn sum(records: &[&UsageRecord], names: &[&str]) -> u64 {
    let items = records.iter().flat_map(|record| &record.items);
    let wanted = items.filter(|item| names.contains(&item.meter.name()));
    wanted
        .map(|item| {
            item.quantity
                .exact()
                .to_integer()
                .unwrap_or(0)
                .unsigned_abs()
        })
        .sum()
}

fn side(records: &[&UsageRecord], direction: Direction) -> u64 {
    let items = records.iter().flat_map(|record| &record.items);
    let wanted = items.filter(|item| item.meter.direction() == direction);
    wanted
        .map(|item| {
            item.quantity
                .exact()
                .to_integer()
                .unwrap_or(0)
                .unsigned_abs()
        })
        .sum()
}

const READS: &[&str] = &["cache_read", "cache_read_audio", "cache_read_image"];
const WRITES: &[&str] = &[
    "cache_write",
    "cache_write_30m",
    "cache_write_1h",
    "cache_write_12h",
    "cache_write_24h",
];

/// What our disjoint meters say where the source states `name`: the values that are right for the
/// conventions in use (input with or without cache, output with or without reasoning).
fn ours(name: &str, records: &[&UsageRecord]) -> Option<Vec<u64>> {
    let input = side(records, Direction::Input);
    let output = side(records, Direction::Output);
    let reads = sum(records, READS);
    let writes = sum(records, WRITES);
    let tool = sum(records, &["input_tool"]);
    let reasoning = sum(records, &["reasoning"]);
    Some(match name {
        "input_tokens"
        | "billed_input_tokens"
        | "prompt_token_count"
        | "inputTextTokenCount"
        | "input_token_count"
        | "prompt_eval_count" => {
            let citation = sum(records, &["citation"]);
            vec![
                input,
                input - reads - writes,
                input - tool,
                input - citation,
                input - sum(records, &["input_audio"]),
            ]
        }
        "output_tokens"
        | "billed_output_tokens"
        | "generated_tokens"
        | "generation_token_count"
        | "generated_token_count"
        | "eval_count" => vec![output, output - reasoning],
        "total_tokens" => {
            let stated: Vec<u64> = records
                .iter()
                .filter_map(|r| r.stated_total?.exact().to_integer().ok())
                .map(i64::unsigned_abs)
                .collect();
            vec![
                input + output,
                input + output - reasoning,
                stated.iter().sum(),
            ]
        }
        "cache_read_input_tokens"
        | "in_cached_tokens"
        | "cached_tokens"
        | "num_cached_tokens"
        | "cache_read_tokens"
        | "prompt_cache_hit_tokens" => vec![reads],
        "prompt_cache_miss_tokens" => vec![input - reads],
        "cache_creation_input_tokens" | "in_cache_write_tokens" | "cache_write_tokens" => {
            vec![writes]
        }
        "cache_creation_5m" => vec![sum(records, &["cache_write"])],
        "cache_creation_1h" => vec![sum(records, &["cache_write_1h"])],
        "thinking_tokens" | "out_reasoning_tokens" | "reasoning_tokens" => vec![reasoning],
        "tool_use_prompt_tokens" => vec![tool],
        "web_search_requests" => vec![sum(records, &["web_search"])],
        "web_fetch_requests" => vec![sum(records, &["web_fetch"])],
        "billed_search_units" => vec![sum(records, &["search_unit"])],
        "billed_images" => vec![sum(records, &["image"]), sum(records, &["input_image"])],
        "in_audio_tokens" => vec![sum(records, &["input_audio", "cache_read_audio"])],
        "in_image_tokens" => vec![sum(records, &["input_image", "cache_read_image"])],
        "out_audio_tokens" => vec![sum(records, &["output_audio"])],
        "out_image_tokens" => vec![sum(records, &["output_image"])],
        _ => return None,
    })
}

fn stated_number(value: &Json) -> Option<u64> {
    let text = value.to_string();
    let text = text.strip_suffix(".0").unwrap_or(&text);
    text.parse().ok()
}

fn judge(sample: &Json, outcomes: &Outcomes) -> Verdict {
    let expected = &sample["expected"];
    if let Some(reason) = outcomes.rejected.first() {
        return Verdict::Rejected(reason.clone());
    }
    if outcomes.records.is_empty() {
        return Verdict::Ignored(outcomes.ignored.first().cloned().unwrap_or_default());
    }
    let main: Vec<&UsageRecord> = outcomes
        .records
        .iter()
        .filter(|r| r.part.is_none())
        .collect();
    let mine: Vec<&UsageRecord> = if main.is_empty() {
        outcomes.records.iter().collect()
    } else {
        main
    };
    let shape = sample["shape"].as_str().unwrap_or_default();
    let mut differences = differences(expected, shape, &mine);
    // A file may hold several bills where its source states one of them.
    if mine.len() > 1
        && mine
            .iter()
            .any(|record| self::differences(expected, shape, &[record]).is_empty())
    {
        differences.clear();
    }
    if !differences.is_empty() {
        return Verdict::Differs(differences.join(", "));
    }
    let stated = expected["stated"]
        .as_object()
        .is_some_and(|stated| !stated.is_empty());
    if stated {
        return Verdict::Exact;
    }
    if mine.iter().any(|record| record.status == Status::Failed) {
        return Verdict::Failed;
    }
    let gap = mine
        .iter()
        .flat_map(|record| &record.notes)
        .find(|note| note.kind == NoteKind::Gap);
    match gap {
        Some(note) => Verdict::Unknown(note.text.clone()),
        None if mine.iter().all(|record| record.items.is_empty()) => {
            Verdict::Unknown("SILENT ZERO".into())
        }
        None => Verdict::Exact,
    }
}

fn differences(expected: &Json, shape: &str, records: &[&UsageRecord]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, value) in expected["stated"].as_object().into_iter().flatten() {
        let (Some(wanted), Some(possible)) = (stated_number(value), ours(name, records)) else {
            continue;
        };
        if !possible.contains(&wanted) && !kept_for_audit(shape, name, wanted, records) {
            wrong.push(format!("{name}: stated {wanted}, read {possible:?}"));
        }
    }
    for (name, field) in [("model", Field::ResponseModel), ("id", Field::ResponseId)] {
        if let Some(wanted) = expected[name].as_str().filter(|wanted| !wanted.is_empty()) {
            let said = records.iter().any(|record| {
                record.facts.get_text(field).is_some_and(|said| {
                    said == wanted || wanted.rsplit('/').next() == said.rsplit('/').next()
                })
            });
            if !said {
                let found = records
                    .first()
                    .and_then(|r| r.facts.get_text(field))
                    .unwrap_or("none");
                wrong.push(format!("{name}: stated {wanted}, read {found}"));
            }
        }
    }
    wrong
}

/// Where bodies state their own cost.
const COSTS: &[&str] = &[
    "/usage/cost",
    "/usage/cost/total_cost",
    "/usage/cost_in_usd_ticks",
    "/cost/usd",
];

/// The cost that a whole JSON body states, as it is written.
fn stated_cost(path: &Path) -> Option<(String, bool)> {
    let text = fs::read_to_string(path).ok()?;
    let raw = llmcost::json::Raw::parse(text.trim()).ok()?;
    let pointer = COSTS.iter().find(|pointer| {
        raw.at(pointer)
            .and_then(llmcost::json::Raw::digits)
            .is_some()
    })?;
    Some((
        raw.at(pointer)?.digits()?.to_owned(),
        pointer.ends_with("ticks"),
    ))
}

/// Whether the stated cost stands on a record to the digit.
fn cost_kept(cost: &(String, bool), records: &[UsageRecord]) -> bool {
    let exact = |text: &str| llmcost::money::Exact::parse(text).ok();
    records
        .iter()
        .filter_map(|record| record.reported_cost.as_ref())
        .any(|reported| {
            let wanted = exact(&cost.0).and_then(|number| {
                if cost.1 {
                    number.shift(-10).ok()
                } else {
                    Some(number)
                }
            });
            reported.amount == cost.0 || exact(&reported.amount) == wanted && wanted.is_some()
        })
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value_of = |name: &str| {
        arguments
            .iter()
            .position(|a| a == name)
            .and_then(|at| arguments.get(at + 1))
    };
    let (Some(folder), list, only) = (arguments.first(), value_of("--list"), value_of("--only"))
    else {
        eprintln!(
            "usage: conformance FOLDER [--list exact|differs|unknown|failed|ignored|rejected] [--only TEXT]"
        );
        return ExitCode::from(2);
    };
    let folder = Path::new(folder);
    let index = fs::read_to_string(folder.join("INDEX.jsonl")).unwrap();
    let (formats, options) = (Formats::builtin().unwrap(), Options::default());
    let mut table: BTreeMap<(String, String), BTreeMap<&'static str, usize>> = BTreeMap::new();
    let (mut costs, mut costs_kept) = (0_usize, 0_usize);
    let (mut stated, mut exact, mut total) =
        (0_usize, 0_usize, BTreeMap::<&'static str, usize>::new());
    for line in index.lines() {
        let sample: Json = serde_json::from_str(line).unwrap();
        let text = |name: &str| sample[name].as_str().unwrap_or_default().to_owned();
        if only.is_some_and(|only| !line.contains(only.as_str())) {
            continue;
        }
        let outcomes = read(&folder.join(text("path")), &options, &formats);
        let verdict = judge(&sample, &outcomes);
        if let Some(cost) = stated_cost(&folder.join(text("path"))) {
            costs += 1;
            let kept = cost_kept(&cost, &outcomes.records);
            costs_kept += usize::from(kept);
            if !kept {
                println!("cost lost: {} states {}", text("path"), cost.0);
            }
        }
        let no_bill =
            NO_BILL.contains(&text("shape").as_str()) && matches!(verdict, Verdict::Ignored(_));
        if !no_bill
            && sample["expected"]["stated"]
                .as_object()
                .is_some_and(|stated| !stated.is_empty())
        {
            stated += 1;
            exact += usize::from(verdict == Verdict::Exact);
            if verdict != Verdict::Exact {
                println!(
                    "not exact: {} [{}] {} {}",
                    text("path"),
                    text("shape"),
                    verdict.word(),
                    verdict.detail()
                );
            }
        }
        if list.is_some_and(|list| list == verdict.word()) {
            println!(
                "{} {} [{}] {}",
                verdict.word(),
                text("path"),
                text("shape"),
                verdict.detail()
            );
        }
        *total.entry(verdict.word()).or_default() += 1;
        *table
            .entry((text("provider"), text("shape")))
            .or_default()
            .entry(verdict.word())
            .or_default() += 1;
    }
    println!(
        "{:<18} {:<44} exact differs unknown failed ignored rejected",
        "provider", "shape"
    );
    for ((provider, shape), counts) in &table {
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
    println!("all: {total:?}");
    println!("samples that state their cost: {costs}, kept to the digit: {costs_kept}");
    println!("samples that state billable usage: {stated}, read exactly: {exact}");
    let wanted: Option<usize> =
        value_of("--require-exact").and_then(|tenths| tenths.replace('.', "").parse().ok());
    let enough = wanted.is_none_or(|wanted| exact * 1000 >= stated * wanted) && costs == costs_kept;
    if enough {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

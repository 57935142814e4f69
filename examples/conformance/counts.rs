//! Compares what was read with every count that the index of the corpus states.

use llmcost::usage::{Direction, Field, NoteKind, Status, UsageRecord};
use serde_json::Value as Json;

use crate::reading::Outcomes;

/// What became of one sample.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    Exact,
    Differs(String),
    Unknown(String),
    Failed,
    Ignored(String),
    Rejected(String),
}

impl Verdict {
    /// Its word in tables.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Differs(_) => "differs",
            Self::Unknown(_) => "unknown",
            Self::Failed => "failed",
            Self::Ignored(_) => "ignored",
            Self::Rejected(_) => "rejected",
        }
    }

    /// What exactly.
    pub fn detail(&self) -> &str {
        match self {
            Self::Differs(detail)
            | Self::Unknown(detail)
            | Self::Ignored(detail)
            | Self::Rejected(detail) => detail,
            Self::Exact | Self::Failed => "",
        }
    }
}

/// Stated counts that are kept for audit and not billed, by the shape they stand in, and why.
const NOT_BILLED: &[(&str, &str)] = &[
    ("cohere.", "cached_tokens"), // a part of `tokens`; Cohere bills `billed_units`
    ("google.", "tool_use_prompt_tokens"), // free where they come from Search
];

/// Shapes that state counts and are no bill of their own, so that they are ignored by kind.
pub const NO_BILL: &[&str] = &[
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

/// What became of a sample.
pub fn judge(sample: &Json, outcomes: &Outcomes) -> Verdict {
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

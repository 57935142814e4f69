//! Rows of counters: what applications, gateways and exports write instead of a response. A model
//! and token counts under any of their usual names, flat or in an object of their own.
//!
//! Counts in a provider's own usage object are read as that provider means them. For all others the
//! arithmetic of the total decides what is inside of what (`row_counts`).

use super::google_usage::{self, METADATA, ToolTokens};
use super::row_counts::Counts;
use super::row_names::{Role, role};
use super::{Adapter, Context, Reader, Reading, anthropic, bedrock, openai_usage};
use crate::error::Fault;
use crate::json::{Kind, Names, Object, Raw, plain};
use crate::usage::{Field, UsageRecord};

/// `{"model":"…","input_tokens":…,"output_tokens":…}`, `{"model":"…","usage":{…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "row",
    docs: "docs/formats.md",
    recognizes: |row| {
        is_put_together(row)
            || model(row).is_some() && (holder(row).is_some() || counts(row, false))
    },
    reader: Reader::Row(read),
};

/// The name that marks a row which a format has put together.
const MARK: &str = "llmcost.row";

/// Names of the model that served, without case and punctuation, best first.
const MODELS: &[&str] = &[
    "responsemodel",
    "resolvedmodel",
    "genairesponsemodel",
    "modelused",
    "upstreammodel",
    "model",
    "modelid",
    "modelname",
    "llmmodel",
    "aimodel",
    "llmmodelname",
    "genairequestmodel",
    "requestmodel",
    "requestedmodel",
    "modelrequested",
    "deployment",
    "deploymentname",
    "engine",
];

/// Names of objects that hold counts.
const HOLDERS: &[&str] = &[
    "usage",
    "tokens",
    "tokenusage",
    "usagemetadata",
    "metrics",
    "tokencounts",
    "tokencount",
    "llmusage",
    "cost",
];

/// Those that hold other numbers as well.
const MIXED: &[&str] = &["metrics", "cost"];

fn is_put_together(row: &Object<'_>) -> bool {
    row.names(MARK)
}

/// The model that a row names.
fn model(row: &Object<'_>) -> Option<String> {
    let strings = row
        .entries()
        .filter(|(_, value)| value.kind() == Kind::String);
    let mut named: Vec<(usize, Raw<'_>)> = strings
        .filter_map(|(name, value)| Some((model_rank(name)?, value)))
        .collect();
    // Of fields whose names are one the first counts, so the order of equals stays.
    named.sort_by_key(|(rank, _)| *rank);
    named.dedup_by_key(|(rank, _)| *rank);
    named.into_iter().find_map(|(_, value)| value.word())
}

/// How good a name is for the model.
fn model_rank(name: &str) -> Option<usize> {
    thread_local! { static KNOWN: Names<Option<usize>> = const { Names::new() }; }
    let rank = |name: &str| {
        let name = plain(name);
        MODELS.iter().position(|wanted| *wanted == name)
    };
    KNOWN.with(|known| known.of(name, rank))
}

/// Whether an object of this name may hold counts, and then whether it holds nothing else.
fn holds_counts(name: &str) -> Option<bool> {
    thread_local! { static KNOWN: Names<Option<bool>> = const { Names::new() }; }
    let holds = |name: &str| {
        let name = plain(name);
        let held = HOLDERS.contains(&name.as_str());
        held.then(|| !MIXED.contains(&name.as_str()))
    };
    KNOWN.with(|known| known.of(name, holds))
}

/// The object of their own that holds the counts of a row, and whether it holds nothing else, so that
/// `input` in it is a count.
fn holder<'a>(row: &Object<'a>) -> Option<(Object<'a>, bool)> {
    let mut inner = row.entries().filter_map(|(name, value)| {
        let only_counts = holds_counts(name)?;
        let object = value.object()?;
        counts(&object, only_counts).then_some((object, only_counts))
    });
    inner.next()
}

/// Whether an object holds a count that makes it a row.
fn counts(object: &Object<'_>, inside: bool) -> bool {
    object.entries().any(|(name, value)| {
        let digit = |byte: u8| byte.is_ascii_digit() || byte == b'.';
        let number = value.digits().is_some_and(|digits| {
            value.kind() == Kind::Number || !digits.is_empty() && digits.bytes().all(digit)
        });
        number && role(name, inside).is_some_and(Role::makes_a_row)
    })
}

/// Whether a field by this name may be a model or a count, or hold counts; of others a row is known whatever
/// they say.
pub fn looks_at(name: &str) -> bool {
    let is_count = [true, false]
        .iter()
        .any(|inside| role(name, *inside).is_some());
    is_count || model_rank(name).is_some() || holds_counts(name).is_some() || name == MARK
}

pub(super) fn read(row: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
    let mut record = UsageRecord::of("text", "chat");
    record
        .facts
        .text(Field::Provider, context.text(Field::Provider));
    let stated = model(row).filter(|_| context.text(Field::ResponseModel).is_none());
    record
        .facts
        .text(Field::ResponseModel, context.model(stated.as_deref()));
    modality(&mut record);
    if is_put_together(row) {
        let counts = Counts::put_together(row)?;
        record.raw_usage = Some(counts.raw());
        counts.state(&mut record);
        of_meters(&mut record);
        let stated = [Field::Modality, Field::OperationType];
        for field in stated
            .into_iter()
            .filter(|field| context.text(*field).is_some())
        {
            record.facts.text(field, context.text(field));
        }
        return Ok(record.into());
    }
    match holder(row) {
        Some((holder, inside)) => usage(&mut record, &holder, inside)?,
        None if counts(row, false) => usage(&mut record, row, false)?,
        None => return Ok(Reading::ignored("row without counts")),
    }
    Ok(record.into())
}

/// Reads a usage object of anybody: a provider's own as that provider means it, others by the
/// arithmetic of the total. `inside` says that it holds counts and nothing else.
pub(super) fn usage(
    record: &mut UsageRecord,
    holder: &Object<'_>,
    inside: bool,
) -> Result<(), Fault> {
    match dialect(holder) {
        Dialect::Google => {
            google_usage::usage(record, holder, &METADATA, ToolTokens::Billed)?;
        }
        Dialect::Anthropic => anthropic::usage(record, holder)?,
        Dialect::Bedrock => bedrock::usage(record, holder)?,
        Dialect::OpenAi => {
            let provider = record.facts.get_text(Field::Provider).map(str::to_owned);
            openai_usage::read(record, holder, provider.as_deref())?;
        }
        Dialect::None => {
            let counts = Counts::read(holder, inside)?;
            record.raw_usage = Some(counts.raw());
            counts.state(record);
        }
    }
    Ok(())
}

/// What a model's name says of what it does, where a row says no more.
pub(super) fn modality(record: &mut UsageRecord) {
    let model = record.facts.get_text(Field::ResponseModel);
    if model.is_some_and(|model| model.contains("embed")) {
        record.facts.text(Field::Modality, Some("embedding"));
        record.facts.text(Field::OperationType, Some("embedding"));
    }
}

/// What the meters say of what a call did, where none of them counts tokens.
fn of_meters(record: &mut UsageRecord) {
    let mut names = record.items.iter().map(|item| item.meter.name());
    let (modality, operation) = match (names.next(), names.next()) {
        (Some("character"), None) => ("audio", Some("speech")),
        (Some("audio_second"), None) => ("audio", None),
        (Some("video_second"), None) => ("video", Some("video")),
        (Some("music_second" | "song"), None) => ("music", Some("music")),
        (Some("image" | "megapixel"), None) => ("image_create", Some("image")),
        _ => return,
    };
    record.facts.text(Field::Modality, Some(modality));
    record.facts.remove(Field::OperationType);
    record.facts.text(Field::OperationType, operation);
}

/// Whose usage object it is, told by names that only they use together.
enum Dialect {
    Google,
    Anthropic,
    Bedrock,
    OpenAi,
    None,
}

fn dialect(usage: &Object<'_>) -> Dialect {
    let any = |names: &[&str]| names.iter().any(|name| usage.is_kind(name, Kind::Number));
    let details = usage.entries().any(|(name, value)| {
        value.kind() == Kind::Object
            && (name.ends_with("_tokens_details") || name.ends_with("_token_details"))
    });
    let writes = ["cache_creation", "server_tool_use"];
    let anthropic = any(&["cache_creation_input_tokens", "cache_read_input_tokens"])
        || writes
            .iter()
            .any(|name| usage.peek(name).and_then(Raw::object).is_some());
    if any(&[
        "promptTokenCount",
        "candidatesTokenCount",
        "prompt_token_count",
    ]) {
        Dialect::Google
    } else if any(&["inputTokens"]) && any(&["cacheReadInputTokens", "cacheWriteInputTokens"]) {
        Dialect::Bedrock
    } else if details && any(&["prompt_tokens", "input_tokens"]) {
        Dialect::OpenAi
    } else if anthropic && any(&["input_tokens"]) && !any(&["total_tokens", "prompt_tokens"]) {
        Dialect::Anthropic
    } else {
        Dialect::None
    }
}

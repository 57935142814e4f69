//! The shared reading of Google's token counts into disjoint meters, for every API of the family.
//!
//! The prompt includes what was cached; thoughts and the results of server tools stand beside the
//! prompt and the candidates. The total is a witness only.
//! <https://ai.google.dev/api/generate-content#UsageMetadata>

use super::google_modality::{self as by, Split};
use crate::error::Fault;
use crate::json::Object;
use crate::money::Quantity;
use crate::usage::{Field, Meter, UsageRecord};

/// What one API calls the counts: spellings of the wire, then those of dumped SDK objects.
pub struct Names {
    prompt: &'static [&'static str],
    cached: &'static [&'static str],
    output: &'static [&'static str],
    thoughts: &'static [&'static str],
    tool: &'static [&'static str],
    total: &'static [&'static str],
    prompt_split: &'static [&'static str],
    cached_split: &'static [&'static str],
    output_split: &'static [&'static str],
    /// Fields that are read elsewhere or bill nothing.
    known: &'static [&'static str],
}

/// One side of a call: the spellings of its count, those of its list by modality, and its name.
pub type Side = (
    &'static [&'static str],
    &'static [&'static str],
    &'static str,
);

impl Names {
    /// What the model read.
    pub fn prompt_side(&self) -> Side {
        (self.prompt, self.prompt_split, "prompt")
    }

    /// What it wrote.
    pub fn output_side(&self) -> Side {
        (self.output, self.output_split, "output")
    }
}

/// `usageMetadata` of generateContent, embedContent and the Live API.
pub const METADATA: Names = Names {
    prompt: &["promptTokenCount", "prompt_token_count"],
    cached: &["cachedContentTokenCount", "cached_content_token_count"],
    output: &[
        "candidatesTokenCount",
        "responseTokenCount",
        "candidates_token_count",
        "response_token_count",
    ],
    thoughts: &["thoughtsTokenCount", "thoughts_token_count"],
    tool: &["toolUsePromptTokenCount", "tool_use_prompt_token_count"],
    total: &["totalTokenCount", "total_token_count"],
    prompt_split: &[
        "promptTokensDetails",
        "promptTokenDetails",
        "prompt_tokens_details",
        "prompt_token_details",
    ],
    cached_split: &["cacheTokensDetails", "cache_tokens_details"],
    output_split: &[
        "candidatesTokensDetails",
        "responseTokensDetails",
        "candidates_tokens_details",
        "response_tokens_details",
    ],
    known: &[
        "toolUsePromptTokensDetails",
        "tool_use_prompt_tokens_details",
    ],
};

/// `usage` of the Interactions API. <https://ai.google.dev/gemini-api/docs/interactions>
pub const INTERACTION: Names = Names {
    prompt: &["total_input_tokens"],
    cached: &["total_cached_tokens"],
    output: &["total_output_tokens"],
    thoughts: &["total_thought_tokens", "total_reasoning_tokens"],
    tool: &["total_tool_use_tokens"],
    total: &["total_tokens"],
    prompt_split: &["input_tokens_by_modality"],
    cached_split: &["cached_tokens_by_modality"],
    output_split: &["output_tokens_by_modality"],
    // The raw prompt holds the results of search, which are free.
    known: &[
        "tool_use_tokens_by_modality",
        "grounding_tool_count",
        "raw_prompt_token",
        "raw_prompt_tokens",
    ],
};

/// What is to be done with the results of server tools that were fed back to the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToolTokens {
    /// Code execution, URL context and file search: input.
    Billed,
    /// Search and Maps grounding: free beside their fee.
    /// <https://ai.google.dev/gemini-api/docs/pricing>
    Free,
    /// Both kinds of tools ran and only the sum is known.
    Mixed,
}

/// The spelling that is in use: the first name that holds something.
pub fn spelled(object: &Object<'_>, names: &'static [&'static str]) -> &'static str {
    let held = names.iter().copied().find(|name| object.has(name));
    held.or(names.first().copied()).unwrap_or_default()
}

/// Reads all counts of a usage object.
pub fn usage(
    record: &mut UsageRecord,
    usage: &Object<'_>,
    names: &Names,
    tools: ToolTokens,
) -> Result<(), Fault> {
    record.raw_usage = Some(usage.numbers_only());
    tier(record, usage)?;
    let count = |names| usage.count(spelled(usage, names));
    let prompt = count(names.prompt)?;
    let output = count(names.output)?.unwrap_or_default();
    let thoughts = count(names.thoughts)?.unwrap_or_default();
    let tool = count(names.tool)?.unwrap_or_default();
    input(record, usage, names, prompt)?;
    let split = by::split(record, usage, names.output_split)?.unwrap_or_default();
    let parts = by::parts(record, output, split, "the output by modality");
    by::state(record, parts, by::output_meter);
    record.add(Meter::REASONING, thoughts);
    tool_tokens(record, tool, tools);
    let stated = [prompt.unwrap_or_default(), output, thoughts, tool];
    witness(record, count(names.total)?, &stated);
    usage.ignore(names.known);
    record.warn_unread(usage);
    modality(record);
    Ok(())
}

/// Input and cache reads. Cached tokens are a part of the prompt, in each modality.
fn input(
    record: &mut UsageRecord,
    usage: &Object<'_>,
    names: &Names,
    prompt: Option<Quantity>,
) -> Result<(), Fault> {
    let cached = usage.count_or_zero(spelled(usage, names.cached))?;
    let listed = by::split(record, usage, names.prompt_split)?.unwrap_or_default();
    let listed_cached = by::split(record, usage, names.cached_split)?;
    let Some(prompt) = prompt else {
        record.gap("the usage object does not state the prompt's tokens");
        record.add(Meter::CACHE_READ, cached);
        return Ok(());
    };
    let read = by::parts(record, prompt, listed, "the prompt by modality");
    let listed_cached = listed_cached.unwrap_or_else(|| sole_modality(record, &read, cached));
    let reused = by::parts(record, cached, listed_cached, "the cache reads by modality");
    if let Some(fresh) = by::subtract(&read, &reused) {
        by::state(record, fresh, by::input_meter);
        by::state(record, reused, by::cache_meter);
        return Ok(());
    }
    if prompt >= cached {
        record.doubt("more of a modality was cached than the prompt holds, so it is not split");
    }
    let fresh = record.rest(prompt, cached, "the cached part");
    record.add(Meter::INPUT, fresh);
    record.add(Meter::CACHE_READ, cached);
    Ok(())
}

/// What was cached of a prompt of one modality is of that modality; otherwise it is taken as text.
fn sole_modality(record: &mut UsageRecord, prompts: &Split, cached: Quantity) -> Split {
    if cached.is_zero() {
        return Split::new();
    }
    let mut used = prompts.iter().filter(|(_, count)| !count.is_zero());
    if let (Some((only, _)), None) = (used.next(), used.next()) {
        return Split::from([(*only, cached)]);
    }
    record.doubt("cache reads are not split by modality; text is assumed");
    Split::new()
}

fn tool_tokens(record: &mut UsageRecord, tokens: Quantity, tools: ToolTokens) {
    if tokens.is_zero() {
        return;
    }
    match tools {
        ToolTokens::Billed => record.add(Meter::INPUT_TOOL, tokens),
        ToolTokens::Free => {
            record.warn(format!(
                "{tokens} tokens of grounding results are not billed"
            ));
            if record.facts.get_text(Field::Provider) == Some("vertex") {
                record.doubt("grounding results are taken as free on Vertex too");
            }
        }
        ToolTokens::Mixed => {
            record.doubt("tool tokens are partly free grounding results; all are billed here");
            record.add(Meter::INPUT_TOOL, tokens);
        }
    }
}

/// The total bills nothing. One that is larger than its parts hides a count that may bill.
fn witness(record: &mut UsageRecord, total: Option<Quantity>, parts: &[Quantity]) {
    record.stated_total = total;
    let sum = parts
        .iter()
        .try_fold(Quantity::ZERO, |sum, part| sum.plus(*part));
    match (total, sum) {
        (Some(total), Ok(sum)) if total > sum => {
            record.doubt("the stated total is larger than its parts");
        }
        (Some(total), Ok(sum)) if total < sum => {
            record.warn("the stated total is smaller than its parts");
        }
        _ => {}
    }
}

/// The served tier of AI Studio or the traffic type of Vertex; numbers are those of the proto.
/// <https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/GenerateContentResponse>
fn tier(record: &mut UsageRecord, usage: &Object<'_>) -> Result<(), Fault> {
    let names = ["serviceTier", "service_tier", "trafficType", "traffic_type"];
    for name in names {
        let Some(word) = usage.text(name)? else {
            continue;
        };
        let word = word
            .rsplit('.')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        match (name.starts_with("traffic"), word.as_str()) {
            (true, "0" | "1" | "traffic_type_unspecified" | "on_demand")
            | (false, "service_tier_unspecified" | "unspecified") => {}
            (true, "2" | "provisioned_throughput") => {
                record.attribute("plan", Some("provisioned"));
            }
            (true, "3") => record.tier(Some("priority")),
            (true, "4") => record.tier(Some("flex")),
            (true, word) if word.starts_with("on_demand_") => {
                record.tier(word.strip_prefix("on_demand_"));
            }
            (_, word) if word.bytes().all(|byte| byte.is_ascii_digit()) => {
                record.doubt("the service tier is a number that is not documented");
            }
            (_, word) => record.tier(Some(word.strip_prefix("service_tier_").unwrap_or(word))),
        }
    }
    Ok(())
}

/// What was made decides the modality, else what was read.
fn modality(record: &mut UsageRecord) {
    let kinds = [
        (Meter::OUTPUT_IMAGE, "image_create"),
        (Meter::OUTPUT_VIDEO, "video"),
        (Meter::OUTPUT_AUDIO, "audio"),
        (Meter::INPUT_VIDEO, "video"),
        (Meter::INPUT_AUDIO, "audio"),
        (Meter::INPUT_IMAGE, "image_read"),
    ];
    let used = kinds
        .iter()
        .find(|(meter, _)| !record.quantity(meter).is_zero());
    if let (Some((_, word)), Some("text")) = (used, record.facts.get_text(Field::Modality)) {
        record.facts.text(Field::Modality, Some(word));
    }
}

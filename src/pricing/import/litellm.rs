//! LiteLLM's list: one flat object per model, prices per single unit, tiers and context in the key
//! names, no dates.
//! <https://docs.litellm.ai/docs/provider_registration/add_model_pricing>

use super::super::receipt::Per;
use super::draft::{Draft, DraftPeriod, DraftRate, When};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};

/// Entries that are no models.
const NO_MODELS: [&str; 2] = ["sample_spec", "fallback_generalizations"];

/// Prices per token, which we quote per million.
const TOKENS: &[(&str, &str)] = &[
    ("input_cost_per_token", "input"),
    ("output_cost_per_token", "output"),
    ("cache_read_input_token_cost", "cache_read"),
    ("cache_creation_input_token_cost", "cache_write"),
    (
        "cache_creation_input_token_cost_above_1hr",
        "cache_write_1h",
    ),
    ("input_cost_per_audio_token", "input_audio"),
    ("output_cost_per_audio_token", "output_audio"),
    ("cache_read_input_audio_token_cost", "cache_read_audio"),
    ("input_cost_per_image_token", "input_image"),
    ("output_cost_per_image_token", "output_image"),
    ("cache_read_input_image_token_cost", "cache_read_image"),
    ("output_cost_per_reasoning_token", "reasoning"),
    ("citation_cost_per_token", "citation"),
];

/// Prices per other unit, which mean one thing in one mode only.
const OTHERS: &[(&str, &str, &str)] = &[
    ("image_generation", "output_cost_per_image", "image"),
    (
        "audio_transcription",
        "input_cost_per_second",
        "audio_second",
    ),
    ("video_generation", "output_cost_per_second", "video_second"),
    (
        "video_generation",
        "output_cost_per_video_per_second",
        "video_second",
    ),
    ("rerank", "input_cost_per_query", "search_unit"),
    ("ocr", "ocr_cost_per_page", "page"),
];

/// Tiers, as they end or stand inside a key.
const TIERS: &[(&str, &str)] = &[
    ("_batches", "batch"),
    ("_flex", "flex"),
    ("_priority", "priority"),
];

/// The models of a list.
pub fn drafts(text: &str) -> Result<Vec<Draft>, Fault> {
    let list = Raw::parse(text)?.object();
    let list = list.ok_or_else(|| Fault::new("it is not an object of models"))?;
    let models = list.entries().filter(|(name, _)| !NO_MODELS.contains(name));
    let drafts: Vec<Draft> = models
        .filter_map(|(name, value)| draft(name, &value.object()?))
        .collect();
    if drafts.is_empty() {
        return Err(Fault::new("no entry has a litellm_provider"));
    }
    Ok(drafts)
}

fn draft(name: &str, entry: &Object<'_>) -> Option<Draft> {
    let theirs = entry.peek("litellm_provider")?.string()?;
    let provider = provider(&theirs);
    // Most names begin with their provider, which is no part of what a response states.
    let bare = name
        .split_once('/')
        .filter(|(begin, _)| *begin == theirs || self::provider(begin) == provider);
    let mut draft = Draft::new(provider, bare.map_or(name, |(_, bare)| bare));
    // `1024-x-1024/model`: the size is in the name, and nothing says how it is to be split.
    if name.contains("-x-") || name.contains(['*', '?']) {
        draft.odd.push("(name)".to_owned());
        return Some(draft);
    }
    let mode = entry.peek("mode").and_then(Raw::string).unwrap_or_default();
    let mut period = DraftPeriod::default();
    for (key, value) in entry.entries() {
        match read(key, value, &mode) {
            Read::Rate(when, rate) if when == When::default() => period.rates.push(rate),
            Read::Rate(when, rate) => period.ruled.entry(when).or_default().push(rate),
            Read::Odd => draft.odd.push(key.to_owned()),
            Read::Nothing => {}
        }
    }
    draft.periods.push(period);
    Some(draft)
}

/// Their provider names that are parts of a provider, or another spelling that only they have.
fn provider(theirs: &str) -> &str {
    let known = [
        ("vertex_ai", "vertex"),
        ("bedrock", "bedrock"),
        ("cohere", "cohere"),
        ("azure_ai", "azure"),
        ("text-completion-openai", "openai"),
        ("together_ai", "together"),
        ("fireworks_ai", "fireworks"),
    ];
    let family = known.iter().find(|(begin, _)| theirs.starts_with(begin));
    family.map_or(theirs, |(_, ours)| ours)
}

enum Read {
    Rate(When, DraftRate),
    Odd,
    Nothing,
}

fn read(key: &str, value: Raw<'_>, mode: &str) -> Read {
    let about_money = key.contains("cost") || key.contains("pric");
    if !about_money || value.kind() == Kind::Null {
        return Read::Nothing;
    }
    let (bare, when) = split(key);
    let tokens = TOKENS.iter().find(|(name, _)| *name == bare);
    let tokens = tokens.map(|(_, meter)| (*meter, Per::Million, 6));
    let mut others = OTHERS.iter();
    let other = others.find(|(of, name, _)| *of == mode && *name == bare);
    let other = other.map(|(_, _, meter)| (*meter, Per::Each, 0));
    let rate = tokens.or(other);
    let rate = rate.and_then(|unit| DraftRate::new(key, unit, value));
    rate.map_or(Read::Odd, |rate| Read::Rate(when, rate))
}

/// A key without its tier and its context, which stand in either order.
fn split(key: &str) -> (String, When) {
    let mut bare = key.to_owned();
    let mut when = When::default();
    for (mark, tier) in TIERS {
        if let Some(at) = bare.find(mark) {
            bare.replace_range(at..at + mark.len(), "");
            when.tier = Some(*tier);
        }
    }
    if let Some((begin, rest)) = bare.split_once("_above_")
        && let Some((edge, end)) = rest.split_once("k_tokens")
        && let Ok(edge) = edge.parse::<u64>()
        && let Some(edge) = edge.checked_mul(1_000)
    {
        when.above = Some(edge);
        bare = format!("{begin}{end}");
    }
    (bare, when)
}

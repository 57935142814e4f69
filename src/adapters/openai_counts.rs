//! The counts of one usage object of the OpenAI dialect, as they are stated: under which names, in
//! which details, and what is left out. What they mean for each other is `openai_usage`'s matter.

use crate::error::Fault;
use crate::json::Object;
use crate::money::Quantity;
use crate::usage::{Meter, UsageRecord};

const PROMPT: &[&str] = &["prompt_tokens", "input_tokens"];
const COMPLETION: &[&str] = &["completion_tokens", "output_tokens"];
/// The Assistants API and Writer spell it in the singular.
const PROMPT_DETAILS: &[&str] = &[
    "prompt_tokens_details",
    "prompt_token_details",
    "input_tokens_details",
    "input_token_details",
];
const COMPLETION_DETAILS: &[&str] = &[
    "completion_tokens_details",
    "completion_token_details",
    "output_tokens_details",
    "output_token_details",
];
/// Where vendors put the cached count beside or instead of the details.
const CACHED: &[&str] = &[
    "cached_tokens",
    "num_cached_tokens",
    "cache_read_input_tokens",
    "prompt_cache_hit_tokens",
];
const WRITTEN: &[&str] = &[
    "cache_write_tokens",
    "cache_creation_input_tokens",
    "cache_creation_tokens",
];
const LIFETIMES: &[(&str, Meter)] = &[
    ("ttl_30m_tokens", Meter::CACHE_WRITE_30M),
    ("ttl_12h_tokens", Meter::CACHE_WRITE_12H),
    ("ephemeral_5m_input_tokens", Meter::CACHE_WRITE),
    ("ephemeral_1h_input_tokens", Meter::CACHE_WRITE_1H),
    ("ephemeral_24h_input_tokens", Meter::CACHE_WRITE_24H),
];
/// Known details. Predictions are inside the completion, whether accepted or not.
const KNOWN_DETAILS: &[&str] = &[
    "text_tokens",
    "accepted_prediction_tokens",
    "rejected_prediction_tokens",
    "tool_output_tokens",
];

/// The counts as stated, with what is absent as zero.
#[derive(Debug, Default)]
pub struct Counts {
    pub prompt: Quantity,
    pub completion: Quantity,
    pub total: Option<Quantity>,
    pub cached: Quantity,
    pub written: Vec<(Meter, Quantity)>,
    pub written_total: Quantity,
    pub audio_in: Quantity,
    pub image_in: Quantity,
    pub video_in: Quantity,
    pub reasoning: Quantity,
    pub audio_out: Quantity,
    pub image_out: Quantity,
}

impl Counts {
    /// Reads all counts of a usage object.
    pub fn read(record: &mut UsageRecord, usage: &Object<'_>) -> Result<Self, Fault> {
        let mut counts = Self::default();
        counts.read_totals(record, usage)?;
        let details = first_object(usage, PROMPT_DETAILS)?;
        counts.read_details(record, usage, details.as_ref())?;
        counts.read_writes(record, usage, details.as_ref())?;
        Ok(counts)
    }

    fn read_totals(&mut self, record: &mut UsageRecord, usage: &Object<'_>) -> Result<(), Fault> {
        let prompt = first(usage, PROMPT)?;
        let completion = first(usage, COMPLETION)?;
        self.total = usage.count("total_tokens")?;
        self.prompt = prompt.unwrap_or_default();
        self.completion = completion.unwrap_or_default();
        match (prompt, completion, self.total) {
            (Some(_), Some(_), _) => {}
            (None, None, None) => record.gap("the usage object states no token counts"),
            (None, None, Some(total)) => {
                record.doubt("only the total is stated; it is counted as input");
                self.prompt = total;
            }
            // Legacy completions leave out a count of zero, which their total confirms.
            (Some(prompt), None, Some(total)) => self.completion = left(record, total, prompt),
            (Some(_), None, None) => record.gap("completion_tokens is not stated"),
            (None, Some(completion), Some(total)) => {
                record.doubt("prompt_tokens is not stated; it is taken from the total");
                self.prompt = left(record, total, completion);
            }
            (None, Some(_), None) => record.gap("prompt_tokens is not stated"),
        }
        Ok(())
    }

    fn read_details(
        &mut self,
        record: &mut UsageRecord,
        usage: &Object<'_>,
        details: Option<&Object<'_>>,
    ) -> Result<(), Fault> {
        let mut cached = Vec::new();
        if let Some(details) = details {
            cached.extend(all(details, CACHED)?);
            self.audio_in = details.count_or_zero("audio_tokens")?;
            self.image_in = details.count_or_zero("image_tokens")?;
            self.video_in = details.count_or_zero("video_tokens")?;
            details.ignore(KNOWN_DETAILS);
            details.ignore(WRITTEN);
            details.ignore(&["cache_write_tokens_details"]);
            record.warn_unread(details);
        }
        if let Some(details) = first_object(usage, COMPLETION_DETAILS)? {
            self.reasoning = details.count_or_zero("reasoning_tokens")?;
            self.audio_out = details.count_or_zero("audio_tokens")?;
            self.image_out = details.count_or_zero("image_tokens")?;
            details.ignore(KNOWN_DETAILS);
            record.warn_unread(&details);
        }
        let flat = usage.count_or_zero("reasoning_tokens")?;
        if self.reasoning.is_zero() {
            self.reasoning = flat;
        }
        cached.extend(all(usage, CACHED)?);
        self.cached = agreed(record, &cached, "cached");
        let miss = usage.count("prompt_cache_miss_tokens")?;
        if miss.is_some_and(|miss| sum_of(&[miss, self.cached]) != Ok(self.prompt)) {
            record.doubt("cache hits and misses do not add up to prompt_tokens");
        }
        Ok(())
    }

    /// Writes by lifetime; what no lifetime claims has the vendor's default one.
    fn read_writes(
        &mut self,
        record: &mut UsageRecord,
        usage: &Object<'_>,
        details: Option<&Object<'_>>,
    ) -> Result<(), Fault> {
        let mut stated = all(usage, WRITTEN)?;
        let mut splits = vec![usage.object("cache_creation")?];
        if let Some(details) = details {
            stated.extend(all(details, WRITTEN)?);
            splits.push(details.object("cache_write_tokens_details")?);
        }
        let stated = agreed(record, &stated, "written");
        let mut listed = Quantity::ZERO;
        for split in splits.iter().flatten() {
            for (name, meter) in LIFETIMES {
                let tokens = split.count_or_zero(name)?;
                listed = sum_of(&[listed, tokens])?;
                self.written.push((meter.clone(), tokens));
            }
            record.warn_unread(split);
        }
        if stated > listed {
            if !listed.is_zero() {
                record.doubt("the cache writes by lifetime add up to less than their total; the rest takes the default lifetime");
            }
            let rest = record.rest(stated, listed, "the cache writes by lifetime");
            self.written.push((Meter::CACHE_WRITE, rest));
        } else if stated < listed && !stated.is_zero() {
            record.doubt("the cache writes by lifetime add up to more than their total");
        }
        self.written_total = stated.max(listed);
        Ok(())
    }
}

/// What a total leaves for the count that is not stated.
fn left(record: &mut UsageRecord, total: Quantity, stated: Quantity) -> Quantity {
    total.minus(stated).unwrap_or_else(|_| {
        record.doubt("total_tokens is smaller than the count it should contain");
        Quantity::ZERO
    })
}

/// The first of several fields that state the same, and a doubt where they do not agree.
fn agreed(record: &mut UsageRecord, stated: &[Quantity], what: &str) -> Quantity {
    let mut counts = stated.iter().copied().filter(|count| !count.is_zero());
    let count = counts.next().unwrap_or_default();
    if counts.any(|other| other != count) {
        record.doubt(format!(
            "several fields state the {what} tokens, and they differ"
        ));
    }
    count
}

fn all(object: &Object<'_>, names: &[&str]) -> Result<Vec<Quantity>, Fault> {
    let mut counts = Vec::new();
    for name in names {
        counts.extend(object.count(name)?);
    }
    Ok(counts)
}

/// The first of them that is stated; the others are read, too.
fn first(object: &Object<'_>, names: &[&str]) -> Result<Option<Quantity>, Fault> {
    let mut first = None;
    for name in names {
        first = first.or(object.count(name)?);
    }
    Ok(first)
}

fn first_object<'a>(object: &Object<'a>, names: &[&str]) -> Result<Option<Object<'a>>, Fault> {
    let mut found = None;
    for name in names {
        found = found.or(object.object(name)?);
    }
    Ok(found)
}

/// The sum, or why it cannot be kept.
pub fn sum_of(quantities: &[Quantity]) -> Result<Quantity, Fault> {
    let sum = quantities
        .iter()
        .try_fold(Quantity::ZERO, |sum, next| sum.plus(*next));
    sum.map_err(|error| Fault::field("usage", format!("the sum of the counts {error}")))
}

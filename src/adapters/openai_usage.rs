//! One usage object of the OpenAI dialect → disjoint meters. Chat, completion, stream, Responses
//! and batch readers share it: both spellings of the names (`prompt_tokens`, `input_tokens`) mean
//! the same. <https://platform.openai.com/docs/api-reference/chat/object#chat-object-usage>
//!
//! The dialect says that cached, written, audio and image tokens are inside the prompt, and that
//! reasoning and audio are inside the completion. Some vendors count otherwise under the same
//! names. The arithmetic of the total decides where it can; the vendor only where it cannot.

use super::openai_charges;
use super::openai_counts::{Counts, sum_of};
use crate::error::Fault;
use crate::json::{Kind, Object};
use crate::money::Quantity;
use crate::usage::{Field, Meter, UsageRecord};

/// Known, and billed by nothing or read elsewhere: durations, rates, and counts that repeat others.
const KNOWN: &[&str] = &[
    "service_tier",
    "queue_time",
    "prompt_time",
    "completion_time",
    "total_time",
    "latency_checkpoint",
    "request_count",
    "search_context_size",
    "audio_prompt_tokens",
    "prompt_audio_seconds",
    "avg_tok_per_sec",
    "avg_prompt_tok_per_sec",
    "avg_compl_tok_per_sec",
    "total_time_sec",
    "total_prompt_time_sec",
    "total_completion_time_sec",
    "citation_tokens",
    "type",
];
/// Which counts stand beside the prompt and the completion instead of in them.
#[derive(Debug, Default)]
struct Beside {
    audio: bool,
    reasoning: bool,
    cache: bool,
    /// What the total holds and no count explains.
    unexplained: Quantity,
}

/// Reads a usage object into a record whose model is already known: meters, tier, total, fees and
/// the vendor's own cost. `vendor` is whose dialect it is in, if anything says so. Counts add up
/// where a response states several usage objects.
///
/// # Errors
/// When a count is there but is no whole number of at least zero.
pub fn read(
    record: &mut UsageRecord,
    usage: &Object<'_>,
    vendor: Option<&str>,
) -> Result<(), Fault> {
    record.raw_usage = Some(usage.numbers_only());
    record.tier(usage.text("service_tier")?);
    let mut counts = Counts::read(record, usage)?;
    if let Some(total) = counts.total {
        record.stated_total = Some(sum_of(&[record.stated_total.unwrap_or_default(), total])?);
    }
    let beside = counts.beside(record, usage, vendor)?;
    counts.input(record, &beside);
    counts.output(record, &beside);
    seconds(record, usage)?;
    openai_charges::in_usage(record, usage, vendor)?;
    usage.ignore(KNOWN);
    record.warn_unread(usage);
    Ok(())
}

/// Audio by the second, where no count of tokens says the same.
fn seconds(record: &mut UsageRecord, usage: &Object<'_>) -> Result<(), Fault> {
    if usage.is_kind("prompt_audio_seconds", Kind::Number)
        && record.quantity(&Meter::INPUT_AUDIO).is_zero()
    {
        record.add(
            Meter::AUDIO_SECOND,
            usage.quantity("prompt_audio_seconds")?.unwrap_or_default(),
        );
    }
    Ok(())
}

impl Counts {
    /// The arithmetic of the total decides where it can, the vendor where it cannot.
    fn beside(
        &mut self,
        record: &mut UsageRecord,
        usage: &Object<'_>,
        vendor: Option<&str>,
    ) -> Result<Beside, Fault> {
        let sum = sum_of(&[self.prompt, self.completion])?;
        let cache = sum_of(&[self.cached, self.written_total])?;
        let mut beside = Beside::default();
        if let Some(total) = self.total {
            beside.unexplained = total.minus(sum).unwrap_or_else(|_| {
                record.warn("total_tokens is smaller than the counts it should be the sum of");
                Quantity::ZERO
            });
        }
        // Mistral counts audio beside the prompt, and older bodies state it only in the total.
        // <https://docs.mistral.ai/capabilities/audio/>
        let mistral = vendor == Some("mistral");
        if mistral && self.audio_in.is_zero() && usage.is_kind("prompt_audio_seconds", Kind::Number)
        {
            self.audio_in = beside.unexplained;
        }
        beside.audio = beside.explain(self.audio_in) || mistral && self.total.is_none();
        // xAI's chat states reasoning inside the total only; Vercel and Perplexity leave it out of
        // that as well.
        beside.reasoning = beside.explain(self.reasoning)
            || matches!(vendor, Some("vercel" | "perplexity"))
            || vendor == Some("xai") && self.total.is_none() && usage.has("completion_tokens");
        beside.cache = beside.explain(cache) || self.cache_beside(record, vendor);
        beside.hidden(record, vendor);
        Ok(beside)
    }

    fn cache_beside(&self, record: &mut UsageRecord, vendor: Option<&str>) -> bool {
        let larger = self.cached.max(self.written_total);
        if larger.is_zero() {
            return false;
        }
        if vendor == Some("vercel") {
            record.doubt(
                "whether this gateway counts cached tokens in prompt_tokens is not documented",
            );
        }
        let grok = record
            .facts
            .get_text(Field::ResponseModel)
            .is_some_and(|model| model.starts_with("grok-"));
        if vendor == Some("azure") && grok {
            record.doubt("Azure counts cached tokens of this model beside prompt_tokens; whether it bills them is not documented");
            return true;
        }
        if larger > self.prompt {
            record.doubt("the cached or written count is larger than the prompt that should contain it, so it is counted beside it");
        }
        larger > self.prompt
    }

    fn input(&self, record: &mut UsageRecord, beside: &Beside) {
        let mut rest = self.prompt;
        if beside.cache {
            record.add(Meter::CACHE_READ, self.cached);
            self.add_writes(record);
        } else {
            self.input_cache(record, &mut rest);
        }
        if beside.audio {
            record.add(Meter::INPUT_AUDIO, self.audio_in);
        } else {
            if !self.cached.is_zero() && !self.audio_in.is_zero() {
                record.doubt("the cached count is not split by modality; it is counted as text");
            }
            let audio = (Meter::INPUT_AUDIO, self.audio_in);
            take(record, &mut rest, audio, "the audio count");
        }
        let image = (Meter::INPUT_IMAGE, self.image_in);
        take(record, &mut rest, image, "the image count");
        let video = (Meter::INPUT_VIDEO, self.video_in);
        take(record, &mut rest, video, "the video count");
        record.add(Meter::INPUT, rest);
    }

    /// Takes cached and written tokens out of the prompt.
    fn input_cache(&self, record: &mut UsageRecord, rest: &mut Quantity) {
        let cached = (Meter::CACHE_READ, self.cached);
        take(record, rest, cached, "the cached count");
        if let Ok(unwritten) = rest.minus(self.written_total) {
            *rest = unwritten;
            self.add_writes(record);
        } else {
            record.doubt("cached and written tokens overlap; they are counted as cached only");
        }
    }

    fn add_writes(&self, record: &mut UsageRecord) {
        for (meter, tokens) in &self.written {
            record.add(meter.clone(), *tokens);
        }
    }

    fn output(&self, record: &mut UsageRecord, beside: &Beside) {
        let mut rest = self.completion;
        if beside.reasoning {
            record.add(Meter::REASONING, self.reasoning);
        } else if self.reasoning > rest {
            record
                .warn("reasoning_tokens is larger than completion_tokens, so it is not split off");
        } else {
            let reasoning = (Meter::REASONING, self.reasoning);
            take(record, &mut rest, reasoning, "the reasoning count");
        }
        let audio = (Meter::OUTPUT_AUDIO, self.audio_out);
        take(record, &mut rest, audio, "the audio output count");
        let image = (Meter::OUTPUT_IMAGE, self.image_out);
        take(record, &mut rest, image, "the image output count");
        record.add(Meter::OUTPUT, rest);
    }
}

impl Beside {
    /// Whether this count is exactly what the total holds beyond prompt and completion.
    fn explain(&mut self, count: Quantity) -> bool {
        let explained = !count.is_zero() && count == self.unexplained;
        if explained {
            self.unexplained = Quantity::ZERO;
        }
        explained
    }

    /// Gemini's compatible endpoint shows its thinking nowhere but in the total.
    fn hidden(&self, record: &mut UsageRecord, vendor: Option<&str>) {
        if self.unexplained.is_zero() {
            return;
        }
        let model = record
            .facts
            .get_text(Field::ResponseModel)
            .unwrap_or_default();
        let gemini = model
            .rsplit('/')
            .next()
            .is_some_and(|name| name.starts_with("gemini-"));
        if gemini && !self.reasoning && !matches!(vendor, Some("vercel" | "openrouter")) {
            record.add(Meter::REASONING, self.unexplained);
        } else {
            record.doubt("total_tokens is larger than the counts it should be the sum of");
        }
    }
}

/// Moves a part of `rest` to its own meter. A part that is larger stays where it was, with a doubt.
fn take(record: &mut UsageRecord, rest: &mut Quantity, part: (Meter, Quantity), what: &str) {
    let (meter, part) = part;
    let left = record.rest(*rest, part, what);
    if part <= *rest {
        *rest = left;
        record.add(meter, part);
    }
}

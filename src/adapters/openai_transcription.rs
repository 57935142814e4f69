//! Transcriptions and translations of audio: OpenAI, Azure, Groq, Mistral, OpenRouter, xAI.
//!
//! Billed by tokens or by seconds, as the usage says. The body mostly names no model.
//! <https://platform.openai.com/docs/api-reference/audio/json-object>

use super::modal_usage::{self, Undivided};
use super::{Adapter, Context, Reader, Reading, stated_cost};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};
use crate::usage::{Field, Meter, UsageRecord};

/// `{"text":…,"usage":{"type":"tokens"|"duration",…}}`, or with `duration` and `segments`.
pub const ADAPTER: Adapter = Adapter {
    id: "openai.transcription",
    docs: "https://platform.openai.com/docs/api-reference/audio/json-object",
    recognizes,
    reader: Reader::Body(read),
};

/// All that a transcription may hold; a text beside anything else is somebody else's.
const NAMES: &[&str] = &[
    "text",
    "usage",
    "model",
    "task",
    "language",
    "languages",
    "duration",
    "segments",
    "words",
    "logprobs",
    "x_groq",
    "finish_reason",
    "speakers",
    "type",
];

/// A bare `{"text":…}` is what old bodies look like, and every other file with text: it is not read.
fn recognizes(body: &Object<'_>) -> bool {
    let timed = body.is_kind("segments", Kind::Array) || body.names("language");
    let usage = body.is_kind("usage", Kind::Object) && (timed || !body.has("model"));
    body.is_kind("text", Kind::String)
        && body.keys().all(|name| NAMES.contains(&name))
        && (usage || timed && (body.has("duration") || body.has("segments")) || body.has("x_groq"))
}

fn read(body: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
    let mut record = UsageRecord::of("audio", "transcription");
    let usage = body.object("usage")?;
    let model = context.model(body.text("model")?.as_deref());
    record.facts.text(Field::ResponseModel, model);
    record
        .facts
        .text(Field::Provider, provider(body, usage.as_ref()));
    let groq = body.object("x_groq")?;
    let id = groq.as_ref().map_or(Ok(None), |groq| groq.text("id"))?;
    record.facts.text(Field::ResponseId, id);
    let chars = body.peek("text").map_or(0, Raw::char_count);
    record.facts.count(Field::ResponseLengthChars, chars);
    if let Some(usage) = &usage {
        read_usage(&mut record, usage)?;
    }
    let heard = [Meter::AUDIO_SECOND, Meter::INPUT_AUDIO];
    if heard.iter().all(|meter| record.quantity(meter).is_zero()) {
        read_duration(&mut record, body, context)?;
    }
    Ok(record.into())
}

fn provider(body: &Object<'_>, usage: Option<&Object<'_>>) -> Option<&'static str> {
    let word = body
        .peek("words")
        .and_then(|words| words.at("/0"))
        .and_then(Raw::object);
    let states = |name: &str| usage.is_some_and(|usage| usage.has(name));
    if body.has("x_groq") {
        Some("groq")
    } else if states("prompt_audio_seconds") {
        Some("mistral")
    } else if states("cost") {
        Some("openrouter")
    } else if usage.is_none() && word.is_some_and(|word| word.has("text")) {
        // Its words hold `text` where OpenAI's hold `word`.
        Some("xai")
    } else {
        None
    }
}

/// The usage of a transcription: of a body, a stream, or a realtime session's input.
pub fn read_usage(record: &mut UsageRecord, usage: &Object<'_>) -> Result<(), Fault> {
    record.raw_usage = Some(usage.numbers_only());
    stated_cost::read(record, usage)?;
    record.tier(usage.text("service_tier")?);
    if let Some(seconds) = usage.quantity("seconds")? {
        record.add(Meter::AUDIO_SECOND, seconds);
    } else if usage.has("prompt_tokens") {
        mistral(record, usage)?;
    } else {
        let split = usage.has("input_token_details") || usage.has("input_tokens_details");
        if !split && modal_usage::states_tokens(usage) {
            record.doubt("the input is not split into audio and text; it is taken as audio");
        }
        let input = Meter::INPUT_AUDIO;
        modal_usage::tokens(
            record,
            usage,
            &Undivided {
                input,
                ..Undivided::default()
            },
        )?;
    }
    usage.ignore(&["type", "total_tokens", "num_cached_tokens"]);
    record.warn_unread(usage);
    Ok(())
}

/// Mistral counts the audio beside the prompt, in tokens and in seconds; which of them bills is the
/// price book's to say. <https://docs.mistral.ai/capabilities/audio>
fn mistral(record: &mut UsageRecord, usage: &Object<'_>) -> Result<(), Fault> {
    let prompt = usage.count_or_zero("prompt_tokens")?;
    let completion = usage.count_or_zero("completion_tokens")?;
    let total = usage.count("total_tokens")?;
    record.stated_total = total;
    record.add(Meter::INPUT, prompt);
    record.add(Meter::OUTPUT, completion);
    let seconds = usage.quantity("prompt_audio_seconds")?.unwrap_or_default();
    record.add(Meter::AUDIO_SECOND, seconds);
    let details = usage.object("prompt_tokens_details")?;
    let stated = match &details {
        Some(details) => details.count("audio_tokens")?,
        None => None,
    };
    let rest = total.and_then(|total| {
        total
            .minus(prompt)
            .and_then(|rest| rest.minus(completion))
            .ok()
    });
    record.add(Meter::INPUT_AUDIO, stated.or(rest).unwrap_or_default());
    if let Some(details) = details {
        details.ignore(&["cached_tokens"]);
        record.warn_unread(&details);
    }
    Ok(())
}

/// Without usage the length of the audio bills, as far as anything states it.
fn read_duration(
    record: &mut UsageRecord,
    body: &Object<'_>,
    context: &Context<'_>,
) -> Result<(), Fault> {
    let stated = body.quantity("duration")?;
    match stated.or_else(|| context.quantity("seconds")) {
        Some(seconds) => record.add(Meter::AUDIO_SECOND, seconds),
        None => record.gap("neither usage nor the length of the audio is stated"),
    }
    if stated.is_some() && record.facts.get_text(Field::Provider) != Some("xai") {
        record.doubt("the billed seconds are not stated; the length of the audio is taken");
    }
    Ok(())
}

//! The shared reading of Anthropic usage, for whole messages and for streams.
//!
//! `input_tokens` counts only what is neither read from nor written to the cache, so nothing is
//! subtracted from it. <https://docs.claude.com/en/api/messages#response-usage>

use super::{Context, shared};
use crate::error::Fault;
use crate::json::Object;
use crate::money::Quantity;
use crate::usage::{Field, Meter, NoteKind, ReportedCost, UsageRecord};

/// Fields of a usage object that are read elsewhere or bill nothing.
const KNOWN: &[&str] = &[
    "cost_details",
    "is_byok",
    "iterations",
    "service_tier",
    "inference_geo",
    "speed",
    "fallback_credit",
];

/// Reads token counts, searches, tier, speed and geography into a record.
pub fn usage(record: &mut UsageRecord, usage: &Object<'_>) -> Result<(), Fault> {
    record.raw_usage = Some(usage.numbers_only());
    match (usage.count("input_tokens")?, usage.count("output_tokens")?) {
        (Some(_), Some(_)) => {}
        (None, None) => record.gap("the usage object states no token counts"),
        // A stream without its start has said so.
        (None, Some(_)) if record.notes.iter().any(|note| note.kind == NoteKind::Gap) => {}
        (None, Some(_)) => record.gap("input_tokens is not stated"),
        (Some(_), None) => record.gap("output_tokens is not stated"),
    }
    tokens(record, usage)?;
    if let Some(tools) = usage.object("server_tool_use")? {
        record.add(
            Meter::WEB_SEARCH,
            tools.count_or_zero("web_search_requests")?,
        );
        let searches = tools.count_or_zero("web_search_requests")?.exact();
        record
            .facts
            .integer(Field::WebSearchCount, searches.to_integer().ok());
        record.add(Meter::WEB_FETCH, tools.count_or_zero("web_fetch_requests")?);
        record.warn_unread(&tools);
    }
    record.tier(usage.text("service_tier")?);
    record.attribute("speed", usage.text("speed")?);
    let geo = usage.text("inference_geo")?;
    record.attribute("geo", geo.as_deref());
    record
        .facts
        .text(Field::Region, geo.filter(|geo| geo != "not_available"));
    if let Some(credit) = usage.object("fallback_credit")?
        && credit
            .object("status")?
            .is_some_and(|status| status.is("type", "redeemed"))
    {
        record.doubt("a fallback credit was redeemed; its amount is not in the response");
    }
    reported_cost(record, usage)?;
    usage.ignore(KNOWN);
    record.warn_unread(usage);
    Ok(())
}

/// OpenRouter serves this shape with the money it charged.
/// <https://openrouter.ai/docs/use-cases/usage-accounting>
fn reported_cost(record: &mut UsageRecord, usage: &Object<'_>) -> Result<(), Fault> {
    let Some(amount) = usage.number_text("cost")? else {
        return Ok(());
    };
    if usage.flag("is_byok")? == Some(true) {
        record.warn(
            "the reported cost is the gateway's fee only: the call ran on the user's own key",
        );
    }
    record.reported_cost = Some(ReportedCost {
        amount,
        currency: "USD".to_owned(),
        field: "usage.cost".to_owned(),
    });
    Ok(())
}

/// The token counts of a usage object or of one of its iterations.
pub fn tokens(record: &mut UsageRecord, usage: &Object<'_>) -> Result<(), Fault> {
    record.add(Meter::INPUT, usage.count_or_zero("input_tokens")?);
    record.add(
        Meter::CACHE_READ,
        usage.count_or_zero("cache_read_input_tokens")?,
    );
    writes(record, usage)?;
    let output = usage.count_or_zero("output_tokens")?;
    let thinking = match usage.object("output_tokens_details")? {
        Some(details) => {
            let thinking = details.count_or_zero("thinking_tokens")?;
            record.warn_unread(&details);
            thinking
        }
        None => Quantity::ZERO,
    };
    if let Ok(spoken) = output.minus(thinking) {
        record.add(Meter::OUTPUT, spoken);
        record.add(Meter::REASONING, thinking);
    } else {
        record.warn("thinking_tokens is larger than output_tokens, so it is not split off");
        record.add(Meter::OUTPUT, output);
    }
    Ok(())
}

/// Cache writes by lifetime. What the split leaves over is billed at the default lifetime.
fn writes(record: &mut UsageRecord, usage: &Object<'_>) -> Result<(), Fault> {
    let total = usage.count("cache_creation_input_tokens")?;
    let Some(split) = usage.object("cache_creation")? else {
        record.add(Meter::CACHE_WRITE, total.unwrap_or_default());
        if total.is_some_and(|total| !total.is_zero()) {
            record.doubt("cache writes are not split by lifetime; the default lifetime is assumed");
        }
        return Ok(());
    };
    let short = split.count_or_zero("ephemeral_5m_input_tokens")?;
    let hour = split.count_or_zero("ephemeral_1h_input_tokens")?;
    let day = split.count_or_zero("ephemeral_24h_input_tokens")?;
    record.warn_unread(&split);
    record.add(Meter::CACHE_WRITE_1H, hour);
    record.add(Meter::CACHE_WRITE_24H, day);
    let listed = short.plus(hour).and_then(|sum| sum.plus(day));
    let listed =
        listed.map_err(|error| split.fault("ephemeral_1h_input_tokens", &error.to_string()))?;
    let rest = match total.map(|total| total.minus(listed)) {
        None => Quantity::ZERO,
        Some(Ok(rest)) => rest,
        Some(Err(_)) => {
            record.doubt("the cache writes by lifetime add up to more than their total");
            Quantity::ZERO
        }
    };
    if !rest.is_zero() {
        record.doubt("the cache writes by lifetime add up to less than their total; the rest takes the default lifetime");
    }
    let short = short
        .plus(rest)
        .map_err(|error| usage.fault("cache_creation", &error.to_string()))?;
    record.add(Meter::CACHE_WRITE, short);
    Ok(())
}

/// Id, model, and which host served it.
pub fn header(
    record: &mut UsageRecord,
    message: &Object<'_>,
    context: &Context<'_>,
) -> Result<(), Fault> {
    let id = message.text("id")?;
    let model = message.text("model")?;
    let proven = match id.as_deref() {
        Some(id) if id.starts_with("msg_bdrk_") => Some("bedrock"),
        Some(id) if id.starts_with("msg_vrtx_") => Some("vertex"),
        Some(id) if id.starts_with("gen-") => Some("openrouter"),
        _ => None,
    };
    provider(record, proven, model.as_deref(), context);
    record.facts.text(Field::ResponseId, id);
    record.facts.text(Field::ResponseModel, model);
    Ok(())
}

/// Who served it: what the response proves, else what is known from outside. Otherwise a Claude is
/// Anthropic's, and a model of somebody else behind this dialect is nobody's.
pub fn provider(
    record: &mut UsageRecord,
    proven: Option<&str>,
    model: Option<&str>,
    context: &Context<'_>,
) {
    let likely = match model {
        Some(model) if model.contains("anthropic.claude") => Some("bedrock"),
        Some(model) if !model.contains("claude") => None,
        _ => Some("anthropic"),
    };
    let provider = proven.or(context.text(Field::Provider)).or(likely);
    record.facts.text(Field::Provider, provider);
}

/// The failure that an error body or event describes.
pub fn fail(record: &mut UsageRecord, body: &Object<'_>) -> Result<(), Fault> {
    if let Some(error) = body.object("error")? {
        let failure = shared::failure(None, &error)?;
        record.status = failure.status;
        record.facts.fill_from(&failure.facts);
    }
    record
        .facts
        .text(Field::RequestId, body.text("request_id")?);
    Ok(())
}

/// Whether a content block is a call of a tool, the caller's or a hosted one.
pub fn is_tool_call(block: &Object<'_>) -> bool {
    block.is("type", "tool_use") || block.is("type", "server_tool_use")
}

/// The counts that Bedrock appends to the last chunk of a stream; whether there are any.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/inference-invoke.html>
pub fn invocation_metrics(record: &mut UsageRecord, body: &Object<'_>) -> Result<bool, Fault> {
    let Some(metrics) = body.object("amazon-bedrock-invocationMetrics")? else {
        return Ok(false);
    };
    record.raw_usage = Some(metrics.numbers_only());
    for (name, meter) in [
        ("inputTokenCount", Meter::INPUT),
        ("cacheReadInputTokenCount", Meter::CACHE_READ),
        ("cacheWriteInputTokenCount", Meter::CACHE_WRITE),
        ("outputTokenCount", Meter::OUTPUT),
    ] {
        record.add(meter, metrics.count_or_zero(name)?);
    }
    Ok(true)
}

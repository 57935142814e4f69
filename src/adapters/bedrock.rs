//! What the Bedrock shapes share: token usage, latency, and the payload inside a stream event.
//!
//! `inputTokens` counts only what is neither read from nor written to the cache.
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html>

use std::borrow::Cow;

use super::{probe, shared, stated_cost};
use crate::error::Fault;
use crate::json::Object;
use crate::money::Quantity;
use crate::usage::{Field, Meter, UsageRecord};

/// A record that Bedrock served; its model is in the request's URL only.
pub fn record(modality: &str, operation: &str) -> UsageRecord {
    let mut record = UsageRecord::of(modality, operation);
    record.facts.text(Field::Provider, Some("bedrock"));
    record
}

/// Reads the usage object of Converse and of Nova.
pub fn usage(record: &mut UsageRecord, usage: &Object<'_>) -> Result<(), Fault> {
    record.raw_usage = Some(usage.numbers_only());
    let input = usage.count("inputTokens")?;
    let output = usage.count("outputTokens")?;
    if input.is_none() && output.is_none() {
        record.gap("the usage object states no token counts");
    }
    let read = either(usage, "cacheReadInputTokens", "cacheReadInputTokenCount")?;
    let written = either(usage, "cacheWriteInputTokens", "cacheWriteInputTokenCount")?;
    let (input, output) = (input.unwrap_or_default(), output.unwrap_or_default());
    record.add(Meter::INPUT, input);
    record.add(Meter::OUTPUT, output);
    record.add(Meter::CACHE_READ, read);
    writes(record, usage, written)?;
    record.stated_total = usage.count("totalTokens")?;
    witness(record, &[input, output, read, written]);
    if usage
        .object("serverToolUsage")?
        .is_some_and(|tools| !tools.is_empty())
    {
        record.gap("usage.serverToolUsage counts hosted tools whose fees are not known");
    }
    gateway_estimate(record, usage)?;
    record.warn_unread(usage);
    Ok(())
}

/// Two spellings of one count: an older version of the API mirrors the fields under other names.
fn either(usage: &Object<'_>, name: &str, mirror: &str) -> Result<Quantity, Fault> {
    let (stated, mirrored) = (usage.count(name)?, usage.count(mirror)?);
    Ok(stated.or(mirrored).unwrap_or_default())
}

/// Cache writes by lifetime. What `cacheDetails` does not list takes the default lifetime.
fn writes(record: &mut UsageRecord, usage: &Object<'_>, total: Quantity) -> Result<(), Fault> {
    let mut listed = Quantity::ZERO;
    for detail in usage.objects("cacheDetails")? {
        let tokens = detail.count_or_zero("inputTokens")?;
        let meter = match detail.text("ttl")?.as_deref() {
            Some("5m") => Meter::CACHE_WRITE,
            Some("1h") => Meter::CACHE_WRITE_1H,
            _ => continue,
        };
        listed = sum(&detail, &[listed, tokens])?;
        record.add(meter, tokens);
    }
    match total.minus(listed) {
        Ok(rest) if rest.is_zero() => {}
        Ok(rest) => {
            record.add(Meter::CACHE_WRITE, rest);
            record.doubt("cache writes without a lifetime take the default lifetime");
        }
        Err(_) => record.doubt("the cache writes by lifetime add up to more than their total"),
    }
    Ok(())
}

fn sum(object: &Object<'_>, parts: &[Quantity]) -> Result<Quantity, Fault> {
    let mut parts = parts.iter();
    let sum = parts.try_fold(Quantity::ZERO, |sum, part| sum.plus(*part));
    sum.map_err(|error| object.fault("inputTokens", &error.to_string()))
}

/// The total tells whether cached tokens stand beside `inputTokens`. `InvokeModel` leaves it out for
/// streams, and nothing documents its cache counts.
fn witness(record: &mut UsageRecord, parts: &[Quantity; 4]) {
    let sum = parts
        .iter()
        .try_fold(Quantity::ZERO, |sum, part| sum.plus(*part))
        .ok();
    let [_, _, read, written] = parts;
    match record.stated_total {
        Some(total) if Some(total) != sum => {
            record.doubt("totalTokens is not the sum of input, output and cached tokens");
        }
        None if !read.is_zero() || !written.is_zero() => {
            record.doubt("whether inputTokens contains the cached tokens is not documented here");
        }
        Some(_) | None => {}
    }
}

/// A gateway in front of Bedrock that writes its own estimate into the usage object.
fn gateway_estimate(record: &mut UsageRecord, usage: &Object<'_>) -> Result<(), Fault> {
    let Some(gateway) = usage.object("pydantic_ai_gateway")? else {
        return Ok(());
    };
    if let Some(amount) = gateway.number_text("cost_estimate")? {
        record.reported_cost = Some(stated_cost::dollars(
            amount,
            gateway.path_of("cost_estimate"),
        ));
    }
    Ok(())
}

/// Tier, latency class and latency, as Converse states them beside the usage.
pub fn circumstances(record: &mut UsageRecord, body: &Object<'_>) -> Result<(), Fault> {
    if let Some(tier) = body.object("serviceTier")? {
        record.tier(tier.text("type")?);
    }
    if let Some(performance) = body.object("performanceConfig")? {
        record.attribute("latency", performance.text("latency")?);
    }
    if let Some(metrics) = body.object("metrics")? {
        record.facts.integer(
            Field::LatencyMs,
            shared::millis(metrics.exact("latencyMs")?, 0),
        );
    }
    Ok(())
}

/// `amazon-bedrock-invocationMetrics`, which ends every `InvokeModelWithResponseStream`.
pub fn invocation_times(record: &mut UsageRecord, metrics: &Object<'_>) -> Result<(), Fault> {
    let latency = shared::millis(metrics.exact("invocationLatency")?, 0);
    let first = shared::millis(metrics.exact("firstByteLatency")?, 0);
    record.facts.integer(Field::LatencyMs, latency);
    record.facts.integer(Field::TtfbMs, first);
    Ok(())
}

/// The name of those metrics.
pub const METRICS: &str = "amazon-bedrock-invocationMetrics";

/// The JSON inside an `InvokeModelWithResponseStream` event: as a decoder left it beside the bytes,
/// or from their base64. `None` when the event holds no JSON object.
pub fn payload<'a>(event: &Object<'a>) -> Option<Cow<'a, str>> {
    let chunk = match probe::object(event, "chunk") {
        Some(chunk) => chunk,
        None if event.keys().all(|name| matches!(name, "bytes" | "p")) => {
            event.raw().object().filter(|event| event.has("bytes"))?
        }
        None => return None,
    };
    if let Some(decoded) = chunk.peek("decoded") {
        return decoded.object().map(|_| Cow::Borrowed(decoded.as_str()));
    }
    let text = String::from_utf8(decode_base64(&probe::word(&chunk, "bytes")?)?).ok()?;
    text.trim_start()
        .starts_with('{')
        .then_some(Cow::Owned(text))
}

fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for symbol in text.bytes().filter(|symbol| *symbol != b'=') {
        let value = match symbol {
            b'A'..=b'Z' => symbol - b'A',
            b'a'..=b'z' => symbol - b'a' + 26,
            b'0'..=b'9' => symbol - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0xFFFF;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xFF).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_what_it_stands_for() {
        assert_eq!(decode_base64("eyJhIjoxfQ==").unwrap(), b"{\"a\":1}");
        assert_eq!(decode_base64("eyJhIjoxMn0").unwrap(), b"{\"a\":12}");
        assert_eq!(decode_base64("no base64!"), None);
    }
}

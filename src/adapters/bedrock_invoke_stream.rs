//! Bedrock InvokeModelWithResponseStream, one decoded chunk per value, of the families that have no
//! stream format of their own: Titan text, Llama, Mistral and Cohere Command.
//!
//! The last chunk carries `amazon-bedrock-invocationMetrics`, whatever the family. Counts of the
//! family itself serve only where those are missing; they are cumulative, so the last one counts.

use super::{Adapter, Chunk, Context, Fold, Reader, Reading, StreamReader};
use super::{bedrock, bedrock_guardrail, probe, shared};
use crate::error::Fault;
use crate::json::{Object, Raw};
use crate::money::Quantity;
use crate::usage::{Field, Meter, Status, UsageRecord};

/// `{"outputText":…}`, `{"generation":…}`, `{"outputs":[{"text":…}]}` … with the metrics at the end
pub const ADAPTER: Adapter = Adapter {
    id: "bedrock.invoke_stream",
    docs: "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModelWithResponseStream.html",
    recognizes,
    reader: Reader::Stream(StreamReader {
        chunk,
        open: || Box::new(Stream::default()),
    }),
};

/// The names of one family's chunks, all of which are there.
const FAMILIES: &[&[&str]] = &[
    &["outputText", "index"],
    &["generation", "generation_token_count"],
    &["text", "is_finished"],
];

/// Marks of streams that have a format of their own.
const OTHERS: &[&str] = &["type", "metadata", "event_type", "choices", "completion"];

/// Fields in which a chunk says why the model stopped.
const REASONS: &[&str] = &["completionReason", "stop_reason", "finish_reason"];

fn recognizes(chunk: &Object<'_>) -> bool {
    let family = || FAMILIES.iter().any(|names| probe::names(chunk, names));
    !OTHERS.iter().any(|name| chunk.has(name))
        && (chunk.has(bedrock::METRICS) || family() || mistral(chunk).is_some())
}

fn mistral<'a>(chunk: &Object<'a>) -> Option<Object<'a>> {
    let output = probe::first(chunk, "outputs")?;
    probe::only(&output, &["text", "stop_reason"]).then_some(output)
}

fn reason(chunk: &Object<'_>) -> Option<String> {
    let own = REASONS.iter().find_map(|name| probe::word(chunk, name));
    own.or_else(|| probe::word(&mistral(chunk)?, "stop_reason"))
}

/// The first chunk states the prompt's tokens, except for families that state none.
fn chunk(chunk: &Object<'_>) -> Chunk {
    Chunk {
        id: None,
        opens: chunk.has("inputTextTokenCount") || chunk.has("prompt_token_count"),
        closes: chunk.has(bedrock::METRICS) || reason(chunk).is_some(),
    }
}

#[derive(Default)]
struct Stream {
    chars: u64,
    input: Option<Quantity>,
    output: Option<Quantity>,
    reason: Option<String>,
    metrics: Option<String>,
    guardrail: Option<String>,
    not_bedrock: bool,
}

impl Fold for Stream {
    fn push(&mut self, chunk: &Object<'_>) -> Result<(), Fault> {
        for name in ["outputText", "generation", "text"] {
            self.chars += probe::chars(chunk, name);
        }
        self.chars += mistral(chunk).map_or(0, |output| probe::chars(&output, "text"));
        for name in ["inputTextTokenCount", "prompt_token_count"] {
            self.input = chunk.count(name)?.or(self.input);
        }
        for name in ["totalOutputTextTokenCount", "generation_token_count"] {
            self.output = chunk.count(name)?.or(self.output);
        }
        self.reason = reason(chunk).or(self.reason.take());
        // Cohere's own platform streams the same chunks, without the metrics.
        self.not_bedrock |= chunk.names("is_finished");
        let keep = |raw: Raw<'_>| raw.as_str().to_owned();
        self.metrics = chunk
            .get(bedrock::METRICS)?
            .map(keep)
            .or(self.metrics.take());
        let guardrail = chunk
            .get("amazon-bedrock-trace")?
            .and_then(|trace| trace.at("/guardrail"));
        self.guardrail = guardrail.map(keep).or(self.guardrail.take());
        Ok(())
    }

    fn finish(self: Box<Self>, _context: &Context<'_>) -> Result<Reading, Fault> {
        let mut record = UsageRecord::of("text", "completion");
        if self.metrics.is_some() || !self.not_bedrock {
            record.facts.text(Field::Provider, Some("bedrock"));
        }
        if self.reason.is_none() && self.metrics.is_none() && self.output.is_none() {
            record.status = Status::Partial;
        }
        record.finished(self.reason.as_deref());
        shared::Counted {
            chars: self.chars,
            tool_calls: 0,
        }
        .state(&mut record);
        match self.metrics.as_deref() {
            Some(metrics) => measured(&mut record, &Object::parse(metrics)?)?,
            None => self.counted(&mut record),
        }
        let trace = self.guardrail.as_deref().map(Raw::parse).transpose()?;
        let guardrail = bedrock_guardrail::part(trace)?;
        Ok(Reading::Records(
            std::iter::once(record).chain(guardrail).collect(),
        ))
    }
}

impl Stream {
    fn counted(&self, record: &mut UsageRecord) {
        if self.input.is_none() {
            record.gap("the stream does not state its input tokens");
        }
        if self.output.is_none() {
            record.gap("the stream does not state its output tokens");
        }
        record.add(Meter::INPUT, self.input.unwrap_or_default());
        record.add(Meter::OUTPUT, self.output.unwrap_or_default());
    }
}

fn measured(record: &mut UsageRecord, metrics: &Object<'_>) -> Result<(), Fault> {
    record.raw_usage = Some(metrics.numbers_only());
    bedrock::invocation_times(record, metrics)?;
    record.add(Meter::INPUT, metrics.count_or_zero("inputTokenCount")?);
    record.add(Meter::OUTPUT, metrics.count_or_zero("outputTokenCount")?);
    record.add(
        Meter::CACHE_READ,
        metrics.count_or_zero("cacheReadInputTokenCount")?,
    );
    let written = metrics.count_or_zero("cacheWriteInputTokenCount")?;
    if !written.is_zero() {
        record.doubt("cache writes without a lifetime take the default lifetime");
    }
    record.add(Meter::CACHE_WRITE, written);
    if !metrics.has("inputTokenCount") {
        record.gap("the metrics do not state the input tokens");
    }
    record.warn_unread(metrics);
    Ok(())
}

//! Spans of Braintrust, as its API and its exports hand them out.

use super::span::{Rank, Span};
use super::{Adapter, Held, Reader, each, open, shared};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};

/// `{"span_id":…,"root_span_id":…,"span_attributes":{"type":"llm"},"metrics":{…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "trace.braintrust",
    docs: "https://www.braintrust.dev/docs/reference/api/Logs",
    recognizes: |value| {
        let first = |name: &&str| value.peek(name)?.at("/0")?.object();
        let mut firsts = LISTS.iter().filter_map(first);
        is_span(value) || firsts.any(|first| is_span(&first))
    },
    reader: Reader::Transcript(|| open(hold)),
};

const ATTRIBUTES: &[(&str, &str)] = &[
    ("/metrics/prompt_tokens", "usage.prompt_tokens"),
    ("/metrics/completion_tokens", "usage.completion_tokens"),
    ("/metrics/tokens", "usage.total_tokens"),
    ("/metrics/prompt_cached_tokens", "usage.cached_tokens"),
    (
        "/metrics/prompt_cache_creation_tokens",
        "usage.cache_creation_tokens",
    ),
    (
        "/metrics/completion_reasoning_tokens",
        "usage.reasoning_tokens",
    ),
    ("/metrics/prompt_audio_tokens", "usage.input_audio_tokens"),
    (
        "/metrics/completion_audio_tokens",
        "usage.output_audio_tokens",
    ),
    ("/metrics/time_to_first_token", "time_to_first_token"),
    ("/metrics/estimated_cost", "usage.cost"),
    ("/metadata/model", "gen_ai.response.model"),
    ("/metadata/provider", "gen_ai.provider.name"),
    ("/metadata/user_id", "user.id"),
    ("/metadata/session_id", "session.id"),
    ("/tags", "tag.tags"),
];

/// Lists of spans: of the fetch API, and of a query's answer.
const LISTS: &[&str] = &["events", "data"];

fn is_span(value: &Object<'_>) -> bool {
    value.is_kind("span_attributes", Kind::Object) && value.has("span_id")
}

fn hold(value: &Object<'_>, held: &mut Held) -> Result<(), Fault> {
    if is_span(value) {
        held.spans.push((String::new(), span_of(value)?));
        return Ok(());
    }
    for (pointer, span) in each(value, LISTS) {
        held.spans.push((pointer, span_of(&span)?));
    }
    Ok(())
}

fn span_of(value: &Object<'_>) -> Result<Span, Fault> {
    let mut span = Span::new();
    span.within = Some("braintrust");
    span.trace = value.text("root_span_id")?;
    span.id = value.text("span_id")?;
    span.parent = value.list("span_parents")?.next().and_then(Raw::word);
    // A row that is merged into an earlier one completes it.
    span.in_parts = value.flag("_is_merge")? == Some(true);
    let about = value.object("span_attributes")?;
    let kind = about
        .as_ref()
        .map(|about| about.text("type"))
        .transpose()?
        .flatten();
    span.rank = kind.map(|kind| match kind.as_str() {
        "llm" => Rank::Call,
        _ => Rank::Around,
    });
    span.attributes.take_as(value.raw(), ATTRIBUTES);
    span.attributes.say("usage.convention", "inclusive");
    if let Some(metrics) = value.object("metrics")? {
        span.start = shared::time(&metrics, "start")?;
        span.end = shared::time(&metrics, "end")?;
    }
    span.start = span.start.or(shared::time(value, "created")?);
    span.failed = value.has("error");
    span.attributes
        .say("error.message", &value.text("error")?.unwrap_or_default());
    Ok(span)
}

//! Spans of Datadog's LLM Observability, as its API and its exports hand them out.

use super::span::{Rank, Span};
use super::{Adapter, Held, Reader, open, shared};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};

/// `{"span_id":…,"trace_id":…,"meta":{"kind":"llm","model_name":…},"metrics":{"input_tokens":…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "trace.datadog",
    docs: "https://docs.datadoghq.com/llm_observability/instrumentation/api/",
    recognizes: |value| {
        let meta = || value.peek("meta").and_then(Raw::object);
        value.has("span_id")
            && value.is_kind("metrics", Kind::Object)
            && meta().is_some_and(|meta| kind(&meta).is_some())
    },
    reader: Reader::Transcript(|| open(hold)),
};

const ATTRIBUTES: &[(&str, &str)] = &[
    ("/metrics/input_tokens", "usage.input_tokens"),
    ("/metrics/output_tokens", "usage.output_tokens"),
    ("/metrics/total_tokens", "usage.total_tokens"),
    (
        "/metrics/cache_read_input_tokens",
        "usage.cache_read_input_tokens",
    ),
    (
        "/metrics/cache_write_input_tokens",
        "usage.cache_write_input_tokens",
    ),
    (
        "/metrics/reasoning_output_tokens",
        "usage.reasoning_output_tokens",
    ),
    ("/metrics/time_to_first_token", "time_to_first_token"),
    ("/meta/model_name", "gen_ai.response.model"),
    ("/meta/model_provider", "gen_ai.provider.name"),
    ("/meta/error/type", "error.type"),
    ("/meta/error/message", "error.message"),
    ("/session_id", "session.id"),
    ("/ml_app", "service.name"),
];

fn kind(meta: &Object<'_>) -> Option<String> {
    let names = ["kind", "span.kind"];
    names
        .iter()
        .find_map(|name| meta.peek(name).and_then(Raw::word))
}

fn hold(value: &Object<'_>, held: &mut Held) -> Result<(), Fault> {
    let mut span = Span::new();
    span.trace = value.text("trace_id")?;
    span.id = value.text("span_id")?;
    span.parent = value.text("parent_id")?.filter(|id| id != "undefined");
    let meta = value.object("meta")?;
    span.rank = Some(match meta.as_ref().and_then(kind).as_deref() {
        Some("llm" | "embedding") => Rank::Call,
        Some(_) | None => Rank::Around,
    });
    span.attributes.take_as(value.raw(), ATTRIBUTES);
    span.attributes.say("usage.convention", "inclusive");
    span.start = shared::time(value, "start_ns")?;
    let names = ["start_ns", "duration"];
    let [start, duration] = names.map(|name| value.exact(name).ok().flatten());
    if let (Some(start), Some(duration)) = (start, duration)
        && let Ok(end) = start.plus(duration)
    {
        span.end = crate::usage::Timestamp::from_epoch(&end.to_string());
    }
    span.failed = value.is("status", "error");
    for tag in value.list("tags")?.into_iter().filter_map(Raw::word) {
        if let Some((name, label)) = tag.split_once(':') {
            span.attributes.say(tag_name(name), label);
        }
    }
    held.spans.push((String::new(), span));
    Ok(())
}

/// Tags that mean a header field; the others are dropped by their unknown name.
fn tag_name(name: &str) -> &str {
    match name {
        "env" => "deployment.environment.name",
        "user_id" | "usr.id" => "user.id",
        "tenant_id" | "org_id" => "tenant.id",
        "session_id" => "session.id",
        _ => "",
    }
}

//! Spans of Datadog's LLM Observability: as its SDKs write them, as its intake takes them, and as its
//! Export API hands them out (<https://docs.datadoghq.com/llm_observability/evaluations/export_api/>).

use super::span::{Rank, Span};
use super::{Adapter, Held, Reader, each, open, shared};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};
use crate::money::round_half_even;
use crate::usage::Timestamp;

/// `{"span_id":…,"trace_id":…,"meta":{"kind":"llm","model_name":…},"metrics":{"input_tokens":…}}`, or
/// `{"data":[{"type":"span","attributes":{"span_id":…,"span_kind":"llm","metrics":{…}}}]}`
pub const ADAPTER: Adapter = Adapter {
    id: "trace.datadog",
    docs: "https://docs.datadoghq.com/llm_observability/instrumentation/api/",
    recognizes: |value| {
        let inside = |place: &str| value.raw().at(place).and_then(Raw::object);
        let sent = || inside("/data/attributes/spans/0");
        let exported = || inside("/data/0/attributes");
        value.is_kind("metrics", Kind::Object) && is_span(value)
            || value.has("data")
                && sent()
                    .or_else(exported)
                    .is_some_and(|first| is_span(&first))
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
    ("/model_name", "gen_ai.response.model"),
    ("/meta/model_provider", "gen_ai.provider.name"),
    ("/model_provider", "gen_ai.provider.name"),
    ("/meta/error/type", "error.type"),
    ("/meta/error/message", "error.message"),
];

/// What is said of a span, or of all that are sent together.
const ABOUT: &[(&str, &str)] = &[("/session_id", "session.id"), ("/ml_app", "service.name")];

fn is_span(value: &Object<'_>) -> bool {
    value.has("span_id") && value.has("trace_id") && kind(value).is_some()
}

/// What kind of span it is, by any of its names.
fn kind(value: &Object<'_>) -> Option<String> {
    let places = ["/meta/kind", "/meta/span.kind", "/span_kind"];
    places
        .iter()
        .find_map(|place| value.raw().at(place).and_then(Raw::word))
}

fn hold(value: &Object<'_>, held: &mut Held) -> Result<(), Fault> {
    if is_span(value) {
        held.spans.push((String::new(), span_of(value, None)?));
        return Ok(());
    }
    // Many are sent together, with what is common to them around them.
    if let Some(around) = value.raw().at("/data/attributes").and_then(Raw::object) {
        for (pointer, span) in each(&around, &["spans"]) {
            let pointer = format!("/data/attributes{pointer}");
            held.spans.push((pointer, span_of(&span, Some(&around))?));
        }
        return Ok(());
    }
    for (pointer, exported) in each(value, &["data"]) {
        if let Some(span) = exported.object("attributes")? {
            held.spans
                .push((format!("{pointer}/attributes"), span_of(&span, None)?));
        }
    }
    Ok(())
}

fn span_of(value: &Object<'_>, around: Option<&Object<'_>>) -> Result<Span, Fault> {
    let mut span = Span::new();
    span.trace = value.text("trace_id")?;
    span.id = value.text("span_id")?;
    span.parent = value.text("parent_id")?.filter(|id| id != "undefined");
    span.rank = Some(match kind(value).as_deref() {
        Some("llm" | "embedding") => Rank::Call,
        Some(_) | None => Rank::Around,
    });
    span.attributes.take_as(value.raw(), ATTRIBUTES);
    span.attributes.say("usage.convention", "inclusive");
    span.start = shared::time(value, "start_ns")?.or(shared::time(value, "start_ms")?);
    span.end = end(span.start, value);
    span.failed = value.is("status", "error");
    for said in [Some(value), around].into_iter().flatten() {
        span.attributes.take_as(said.raw(), ABOUT);
        for tag in said.list("tags")?.filter_map(Raw::word) {
            if let Some((name, label)) = tag.split_once(':') {
                span.attributes.say(tag_name(name), label);
            }
        }
    }
    Ok(span)
}

/// When it ended: its duration is in nanoseconds, whatever its start is in.
fn end(start: Option<Timestamp>, value: &Object<'_>) -> Option<Timestamp> {
    let duration = value.exact("duration").ok().flatten()?.shift(-6).ok()?;
    let millis = round_half_even(duration, 0).to_integer().ok()?;
    Some(Timestamp::from_millis(start?.millis().checked_add(millis)?))
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

//! OTLP as JSON: what collectors write into files, one export per line, and what backends hand out.
//! Spans, and those log events that tell of a call.

use super::attributes::{Attributes, bare};
use super::span::{Rank, Span};
use super::{Adapter, Held, Reader, counts, each, open, shared};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};

/// `{"resourceSpans":[{"resource":{…},"scopeSpans":[{"spans":[…]}]}]}`
pub const ADAPTER: Adapter = Adapter {
    id: "trace.otlp",
    docs: "https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding",
    recognizes: |value| {
        let all = || RESOURCES.iter().chain(METRICS);
        all().any(|name| value.is_kind(name, Kind::Array))
            || is_batches(value)
            || is_resource(value)
    },
    reader: Reader::Transcript(|| open(hold)),
};

const RESOURCES: &[&str] = &[
    "resourceSpans",
    "resource_spans",
    "resourceLogs",
    "resource_logs",
];
/// The same usage once more, summed up by time.
const METRICS: &[&str] = &["resourceMetrics", "resource_metrics"];
const SPANS_OF_SCOPES: &[&str] = &[
    "scopeSpans",
    "scope_spans",
    "instrumentationLibrarySpans",
    "instrumentation_library_spans",
];
const LOGS_OF_SCOPES: &[&str] = &["scopeLogs", "scope_logs"];

/// Tempo's name for the list of resources.
fn is_batches(value: &Object<'_>) -> bool {
    let first = value
        .peek("batches")
        .and_then(|list| list.at("/0"))
        .and_then(Raw::object);
    first.is_some_and(|first| is_resource(&first))
}

fn is_resource(value: &Object<'_>) -> bool {
    let mut scopes = SPANS_OF_SCOPES.iter().chain(LOGS_OF_SCOPES);
    scopes.any(|name| value.is_kind(name, Kind::Array))
}

fn hold(value: &Object<'_>, held: &mut Held) -> Result<(), Fault> {
    if is_resource(value) {
        return resource("", value, held);
    }
    let spans = each(value, &["resourceSpans", "resource_spans", "batches"]);
    let logs = each(value, &["resourceLogs", "resource_logs"]);
    for (pointer, of_resource) in spans.iter().chain(&logs) {
        resource(pointer, of_resource, held)?;
    }
    Ok(())
}

fn resource(pointer: &str, value: &Object<'_>, held: &mut Held) -> Result<(), Fault> {
    let mut about = Attributes::default();
    if let Some(attributes) = value.raw().at("/resource/attributes") {
        about.take(attributes);
    }
    for (scope, spans) in each(value, SPANS_OF_SCOPES) {
        for (at, span) in each(&spans, &["spans"]) {
            let span = span_of(&span, &about)?;
            held.spans.push((format!("{pointer}{scope}{at}"), span));
        }
    }
    for (scope, logs) in each(value, LOGS_OF_SCOPES) {
        for (at, log) in each(&logs, &["logRecords", "log_records"]) {
            if let Some(event) = event_of(&log, &about)? {
                held.spans.push((format!("{pointer}{scope}{at}"), event));
            }
        }
    }
    Ok(())
}

/// The first of several fields as text.
fn word(value: &Object<'_>, names: &[&str]) -> Result<Option<String>, Fault> {
    for name in names {
        if let Some(word) = value.text(name)? {
            return Ok(Some(word));
        }
    }
    Ok(None)
}

fn common(value: &Object<'_>, about: &Attributes) -> Result<Span, Fault> {
    let mut span = Span::new();
    span.trace = word(value, &["traceId", "trace_id"])?;
    if let Some(attributes) = value.peek("attributes") {
        span.attributes.take(attributes);
    }
    span.attributes.fill_from(about);
    Ok(span)
}

fn span_of(value: &Object<'_>, about: &Attributes) -> Result<Span, Fault> {
    let mut span = common(value, about)?;
    span.id = word(value, &["spanId", "span_id"])?;
    span.parent = word(value, &["parentSpanId", "parent_span_id"])?;
    for (end, names) in [
        (
            &mut span.start,
            ["startTimeUnixNano", "start_time_unix_nano"],
        ),
        (&mut span.end, ["endTimeUnixNano", "end_time_unix_nano"]),
    ] {
        for name in names {
            *end = end.or(shared::time(value, name)?);
        }
    }
    let status = value.raw().at("/status/code").and_then(Raw::word);
    span.failed = matches!(status.as_deref(), Some("2" | "STATUS_CODE_ERROR"));
    if span.failed {
        let message = value.raw().at("/status/message").and_then(Raw::word);
        for (_, event) in each(value, &["events"]) {
            if event.is("name", "exception")
                && let Some(attributes) = event.peek("attributes")
            {
                span.attributes.take(attributes);
            }
        }
        span.attributes
            .say("error.message", &message.unwrap_or_default());
    }
    Ok(span)
}

/// Events that tell of a call by themselves, what they mean by their counts, and who served them.
/// Claude Code: <https://docs.claude.com/en/docs/claude-code/monitoring-usage>. Codex:
/// <https://developers.openai.com/codex/config-advanced/>. Gemini CLI:
/// <https://github.com/google-gemini/gemini-cli/blob/main/docs/cli/telemetry.md>.
const EVENTS: &[(&str, &str, &str)] = &[
    ("claude_code.api_request", "exclusive", "anthropic"),
    ("claude_code.api_error", "exclusive", "anthropic"),
    ("codex.sse_event", "inclusive", "openai"),
    ("gemini_cli.api_response", "inclusive", "google"),
    ("gemini_cli.api_error", "inclusive", "google"),
    ("qwen-code.api_response", "inclusive", ""),
    ("qwen-code.api_error", "inclusive", ""),
];

/// The event of the conventions, which some tools write beside one of their own.
const INFERENCE: &str = "gen_ai.client.inference.operation.details";

fn event_of(log: &Object<'_>, about: &Attributes) -> Result<Option<Span>, Fault> {
    let mut event = common(log, about)?;
    let body = log.peek("body").map(bare).and_then(Raw::word);
    let stated = word(log, &["eventName", "event_name"])?
        .or_else(|| event.attributes.word("event.name").map(str::to_owned));
    let named = [stated.as_deref(), body.as_deref()];
    let own = EVENTS.iter().find(|(name, ..)| named.contains(&Some(name)));
    let service = event.attributes.word("service.name").unwrap_or_default();
    let twice = ["gemini-cli", "qwen-code"].contains(&service);
    match own {
        Some((name, convention, provider)) => {
            event.failed = name.ends_with("_error");
            event.attributes.say("usage.convention", convention);
            event.attributes.say("gen_ai.provider.name", provider);
        }
        None if stated.as_deref() == Some(INFERENCE) && !twice => {}
        None => return Ok(None),
    }
    if !event.failed && !counts::has_usage(&event.attributes) {
        return Ok(None);
    }
    event.rank = Some(Rank::Event);
    event.parent = word(log, &["spanId", "span_id"])?;
    let (mut moment, mut at) = (String::new(), None);
    for name in ["timeUnixNano", "time_unix_nano", "observedTimeUnixNano"] {
        if at.is_none() {
            at = shared::time(log, name)?;
            moment = log.text(name)?.unwrap_or_default();
        }
    }
    let sequence = [
        "event.timestamp",
        "event.sequence",
        "session.id",
        "conversation.id",
    ];
    let sequence = sequence.map(|name| event.attributes.word(name).unwrap_or_default());
    event.id = Some(format!("{moment} {}", sequence.join(" ")));
    event.start = at;
    Ok(Some(event))
}

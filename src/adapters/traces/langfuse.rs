//! Langfuse: observations of its exports and its API, whole traces, and batches of its ingestion API,
//! where a generation is created by one event and completed by another.

use super::span::{Rank, Span};
use super::{Adapter, Held, Reader, each, open, shared};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};

/// `{"trace":{…},"observations":[{"id":…,"traceId":…,"type":"GENERATION","usageDetails":{…}}]}`
pub const ADAPTER: Adapter = Adapter {
    id: "trace.langfuse",
    docs: "https://langfuse.com/docs/observability/data-model",
    recognizes: |value| {
        let first = |name: &str| {
            value
                .peek(name)
                .and_then(|list| list.at("/0"))
                .and_then(Raw::object)
        };
        let of_list = ["observations", "data"]
            .iter()
            .filter_map(|name| first(name));
        is_observation(value)
            || is_event(value)
            || value.is_kind("trace", Kind::Object) && value.is_kind("observations", Kind::Array)
            || of_list.into_iter().any(|first| is_observation(&first))
            || first("batch").is_some_and(|first| is_event(&first))
    },
    reader: Reader::Transcript(|| open(hold)),
};

const ATTRIBUTES: &[(&str, &str)] = &[
    ("/model", "langfuse.observation.model.name"),
    ("/provided_model_name", "langfuse.observation.model.name"),
    ("/providedModelName", "langfuse.observation.model.name"),
    (
        "/metadata/attributes/gen_ai.provider.name",
        "gen_ai.provider.name",
    ),
    ("/metadata/attributes/gen_ai.system", "gen_ai.system"),
    (
        "/metadata/attributes/gen_ai.response.id",
        "gen_ai.response.id",
    ),
    (
        "/metadata/attributes/gen_ai.response.model",
        "gen_ai.response.model",
    ),
    (
        "/metadata/attributes/gen_ai.request.model",
        "gen_ai.request.model",
    ),
    ("/metadata/ls_provider", "gen_ai.provider.name"),
    ("/calculatedTotalCost", "usage.cost"),
    ("/totalCost", "usage.cost"),
    ("/total_cost", "usage.cost"),
    ("/costDetails/total", "usage.cost"),
    ("/cost_details/total", "usage.cost"),
    (
        "/completionStartTime",
        "langfuse.observation.completion_start_time",
    ),
    (
        "/completion_start_time",
        "langfuse.observation.completion_start_time",
    ),
    ("/timeToFirstToken", "time_to_first_token"),
    ("/time_to_first_token", "time_to_first_token"),
    ("/statusMessage", "langfuse.observation.status_message"),
    ("/status_message", "langfuse.observation.status_message"),
    ("/promptName", "langfuse.observation.prompt.name"),
    ("/prompt_name", "langfuse.observation.prompt.name"),
    ("/userId", "user.id"),
    ("/user_id", "user.id"),
    ("/sessionId", "session.id"),
    ("/session_id", "session.id"),
    ("/environment", "langfuse.environment"),
    ("/release", "langfuse.release"),
    ("/tags", "langfuse.trace.tags"),
];

/// Where the counts stand, of today and of earlier versions; the first that holds any is read.
const COUNTS: &[&[(&str, &str)]] = &[
    &[("/usageDetails", "usage."), ("/usage_details", "usage.")],
    &[("/usage", "usage.")],
    &[
        ("/inputUsage", "usage.input"),
        ("/outputUsage", "usage.output"),
        ("/totalUsage", "usage.total"),
    ],
    &[
        ("/promptTokens", "usage.input"),
        ("/completionTokens", "usage.output"),
        ("/totalTokens", "usage.total"),
    ],
];

fn word(value: &Object<'_>, names: &[&str]) -> Result<Option<String>, Fault> {
    for name in names {
        if let Some(word) = value.text(name)? {
            return Ok(Some(word));
        }
    }
    Ok(None)
}

fn is_observation(value: &Object<'_>) -> bool {
    let own = [
        "parentObservationId",
        "parent_observation_id",
        "usageDetails",
        "usage_details",
    ];
    value.is_kind("type", Kind::String)
        && (value.has("traceId") || value.has("trace_id"))
        && own.iter().any(|name| value.names(name))
}

/// `{"id":…,"type":"generation-update","timestamp":…,"body":{…}}`
fn is_event(value: &Object<'_>) -> bool {
    let kind = value.peek("type").and_then(Raw::string).unwrap_or_default();
    let ends = ["-create", "-update"].iter().any(|end| kind.ends_with(end));
    ends && value.is_kind("body", Kind::Object)
}

fn hold(value: &Object<'_>, held: &mut Held) -> Result<(), Fault> {
    if is_event(value) {
        return event("", value, held);
    }
    if is_observation(value) {
        held.spans.push((String::new(), observation(value, None)?));
        return Ok(());
    }
    for (pointer, of_batch) in each(value, &["batch"]) {
        event(&pointer, &of_batch, held)?;
    }
    let outer = value.object("trace")?;
    let trace = match &outer {
        Some(trace) => Some(trace),
        None if value.has("observations") => Some(value),
        None => None,
    };
    let mut id = None;
    if let Some(trace) = trace {
        id = trace.text("id")?;
        held.about.push(about(trace)?);
    }
    for (pointer, seen) in each(value, &["observations", "data"]) {
        if seen.has("id") {
            held.spans
                .push((pointer, observation(&seen, id.as_deref())?));
        }
    }
    Ok(())
}

fn event(pointer: &str, value: &Object<'_>, held: &mut Held) -> Result<(), Fault> {
    let kind = value.text("type")?.unwrap_or_default();
    let Some(body) = value.object("body")? else {
        return Ok(());
    };
    if kind.starts_with("trace-") {
        held.about.push(about(&body)?);
        return Ok(());
    }
    let mut span = observation(&body, None)?;
    let kind = kind.split('-').next().unwrap_or_default();
    span.rank = span
        .rank
        .or_else(|| (kind != "observation").then(|| rank(kind)));
    span.in_parts = true;
    held.spans.push((format!("{pointer}/body"), span));
    Ok(())
}

fn about(trace: &Object<'_>) -> Result<Span, Fault> {
    let mut span = Span::new();
    span.trace = trace.text("id")?;
    span.rank = Some(Rank::Around);
    span.attributes.take_as(trace.raw(), ATTRIBUTES);
    span.attributes
        .take_as(trace.raw(), &[("/metadata", "langfuse.trace.metadata.")]);
    Ok(span)
}

fn rank(kind: &str) -> Rank {
    match kind.to_ascii_lowercase().as_str() {
        "generation" | "embedding" => Rank::Call,
        _ => Rank::Around,
    }
}

fn observation(value: &Object<'_>, trace: Option<&str>) -> Result<Span, Fault> {
    let mut span = Span::new();
    span.trace = word(value, &["traceId", "trace_id"])?.or_else(|| trace.map(str::to_owned));
    span.id = value.text("id")?;
    span.parent = word(value, &["parentObservationId", "parent_observation_id"])?;
    span.rank = value.text("type")?.map(|kind| rank(&kind));
    for (end, names) in [
        (&mut span.start, ["startTime", "start_time"]),
        (&mut span.end, ["endTime", "end_time"]),
    ] {
        for name in names {
            *end = end.or(shared::time(value, name)?);
        }
    }
    span.failed = value.is("level", "ERROR");
    for places in COUNTS {
        if span.attributes.beginning("usage.").next().is_none() {
            span.attributes.take_as(value.raw(), places);
        }
    }
    span.attributes.say("usage.convention", "apart");
    span.attributes.take_as(value.raw(), ATTRIBUTES);
    Ok(span)
}

//! Calls of W&B Weave. A call states the usage of all calls inside of it, by model.

use super::attributes::Attributes;
use super::span::{Rank, Span};
use super::{Adapter, Held, Reader, open, shared};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};

/// `{"id":…,"trace_id":…,"op_name":…,"summary":{"usage":{"gpt-5":{…}}}}`
pub const ADAPTER: Adapter = Adapter {
    id: "trace.weave",
    docs: "https://docs.wandb.ai/weave/guides/tracking/tracing",
    recognizes: |value| {
        value.is_kind("op_name", Kind::String) && value.has("trace_id") && value.has("started_at")
    },
    reader: Reader::Transcript(|| open(hold)),
};

const ATTRIBUTES: &[(&str, &str)] = &[
    ("/wb_user_id", "user.id"),
    ("/thread_id", "session.id"),
    ("/attributes/user_id", "user.id"),
    ("/attributes/tenant_id", "tenant.id"),
    ("/attributes/env", "deployment.environment.name"),
    ("/summary/weave/latency_ms", "duration_ms"),
];

fn hold(value: &Object<'_>, held: &mut Held) -> Result<(), Fault> {
    let mut span = Span::new();
    span.within = Some("weave");
    span.trace = value.text("trace_id")?;
    span.id = value.text("id")?;
    span.parent = value.text("parent_id")?;
    span.start = shared::time(value, "started_at")?;
    span.end = shared::time(value, "ended_at")?;
    span.failed = value.has("exception");
    span.attributes.say(
        "error.message",
        &value.text("exception")?.unwrap_or_default(),
    );
    let mut models = Vec::new();
    let mut requests = 0;
    let usage = value.raw().at("/summary/usage").and_then(Raw::object);
    for (model, usage) in usage.iter().flat_map(Object::entries) {
        let mut attributes = Attributes::default();
        attributes.say("gen_ai.response.model", model);
        attributes.provider_usage.push(usage.as_str().to_owned());
        attributes.take_inside("usage.", usage, 2);
        let made = usage.at("/requests").and_then(Raw::word);
        requests += made.and_then(|made| made.parse::<u32>().ok()).unwrap_or(1);
        models.push((model.to_owned(), attributes));
    }
    // Several requests are a sum.
    span.rank = Some(if requests == 1 {
        Rank::Call
    } else {
        Rank::Around
    });
    // Where the call is one of a provider's library, what it gave is the response.
    let output = value.raw().at("/output");
    let output = output.filter(|output| output.at("/usage").is_some());
    span.attributes.body = output.map(|output| output.as_str().to_owned());
    let mut models = models.into_iter();
    if let Some((_, first)) = models.next() {
        span.attributes
            .provider_usage
            .clone_from(&first.provider_usage);
        span.attributes.fill_from(&first);
    }
    span.attributes.take_as(value.raw(), ATTRIBUTES);
    span.others = models.collect();
    held.spans.push((String::new(), span));
    Ok(())
}

//! Runs of LangSmith: exports, its API, and the batches that its SDK sends, where a run is begun by
//! one part and completed by another.

use super::span::{Rank, Span};
use super::{Adapter, Held, Reader, each, open, shared};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};

/// `{"id":…,"trace_id":…,"run_type":"llm","outputs":{"usage_metadata":{…}}}`
pub const ADAPTER: Adapter = Adapter {
    id: "trace.langsmith",
    docs: "https://docs.langchain.com/langsmith/run-data-format",
    recognizes: |value| {
        let first = value
            .peek("runs")
            .and_then(|list| list.at("/0"))
            .and_then(Raw::object);
        let is_batch = value.is_kind("post", Kind::Array) || value.is_kind("patch", Kind::Array);
        is_run(value) || is_batch || first.is_some_and(|first| is_run(&first))
    },
    reader: Reader::Transcript(|| open(hold)),
};

/// Where the message of a run stands: of a chat model, of one with a single prompt, of a plain run.
const MESSAGES: &[&str] = &[
    "/outputs/generations/0/0/message/kwargs",
    "/outputs/generations/0/0/message",
    "/outputs/generations/0/message/kwargs",
    "/outputs/message/kwargs",
    "/outputs/message",
    "/outputs/output/kwargs",
];

const ATTRIBUTES: &[(&str, &str)] = &[
    ("/extra/metadata/ls_model_name", "gen_ai.request.model"),
    ("/extra/invocation_params/model", "gen_ai.request.model"),
    (
        "/extra/invocation_params/model_name",
        "gen_ai.request.model",
    ),
    ("/inputs/model", "gen_ai.request.model"),
    ("/outputs/model", "gen_ai.response.model"),
    ("/outputs/llm_output/model_name", "gen_ai.response.model"),
    ("/extra/metadata/ls_provider", "gen_ai.provider.name"),
    ("/outputs/id", "gen_ai.response.id"),
    ("/extra/metadata/session_id", "session.id"),
    ("/extra/metadata/thread_id", "session.id"),
    ("/extra/metadata/conversation_id", "session.id"),
    ("/extra/metadata/user_id", "user.id"),
    ("/extra/metadata/tenant_id", "tenant.id"),
    ("/extra/metadata/organization_id", "tenant.id"),
    ("/extra/metadata/environment", "deployment.environment.name"),
    ("/extra/metadata/langgraph_node", "gen_ai.agent.name"),
    ("/session_name", "label.project"),
    (
        "/first_token_time",
        "langfuse.observation.completion_start_time",
    ),
    ("/total_cost", "usage.cost"),
    ("/error", "error.message"),
    ("/tags", "tag.tags"),
];

/// What the message says, by its place in it.
const OF_MESSAGE: &[(&str, &str)] = &[
    ("/response_metadata/model_name", "gen_ai.response.model"),
    ("/response_metadata/model", "gen_ai.response.model"),
    ("/response_metadata/id", "gen_ai.response.id"),
    (
        "/response_metadata/finish_reason",
        "gen_ai.response.finish_reasons",
    ),
    (
        "/response_metadata/stop_reason",
        "gen_ai.response.finish_reasons",
    ),
    (
        "/response_metadata/service_tier",
        "openai.response.service_tier",
    ),
];

/// The sums of a run, which stand beside whatever its outputs say.
const OF_RUN: &[(&str, &str)] = &[
    ("/prompt_tokens", "usage.input_tokens"),
    ("/completion_tokens", "usage.output_tokens"),
    ("/total_tokens", "usage.total_tokens"),
    ("/prompt_token_details", "usage.input_token_details."),
    ("/completion_token_details", "usage.output_token_details."),
];

fn is_run(value: &Object<'_>) -> bool {
    value.is_kind("run_type", Kind::String)
        && ["trace_id", "dotted_order", "parent_run_id", "id"]
            .iter()
            .any(|name| value.has(name))
}

fn hold(value: &Object<'_>, held: &mut Held) -> Result<(), Fault> {
    if is_run(value) {
        held.spans.push((String::new(), run(value)?));
        return Ok(());
    }
    for lists in ["post", "patch", "runs"] {
        for (pointer, of_list) in each(value, &[lists]) {
            held.spans.push((pointer, run(&of_list)?));
        }
    }
    Ok(())
}

fn run(value: &Object<'_>) -> Result<Span, Fault> {
    let mut span = Span::new();
    span.within = Some("langsmith");
    span.trace = value.text("trace_id")?;
    span.id = value.text("id")?;
    span.parent = value.text("parent_run_id")?;
    span.rank = value.text("run_type")?.map(|kind| match kind.as_str() {
        "llm" | "embedding" => Rank::Call,
        _ => Rank::Around,
    });
    // A run is sent when it begins and again when it ends.
    span.in_parts = true;
    span.start = shared::time(value, "start_time")?;
    span.end = shared::time(value, "end_time")?;
    span.failed = value.has("error") || value.is("status", "error");
    usage(value, &mut span);
    span.attributes.take_as(value.raw(), ATTRIBUTES);
    Ok(span)
}

/// The first place that states usage is read: LangChain's own form, the provider's, the run's sums.
fn usage(value: &Object<'_>, span: &mut Span) {
    let whole = value.raw();
    let message = MESSAGES.iter().find_map(|place| whole.at(place));
    if let Some(message) = message {
        span.attributes.take_as(message, OF_MESSAGE);
        // An id of LangChain's own names the run, not the response.
        let id = message.at("/id").and_then(Raw::word);
        let id = id.filter(|id| !id.starts_with("run-") && !id.starts_with("lc_run"));
        span.attributes
            .say("gen_ai.response.id", &id.unwrap_or_default());
    }
    let of_message = |place: &str| message.and_then(|message| message.at(place));
    let own = whole
        .at("/outputs/usage_metadata")
        .or_else(|| of_message("/usage_metadata"));
    let of_provider = [
        "/outputs/usage",
        "/outputs/llm_output/token_usage",
        "/outputs/llm_output/usage",
    ];
    let of_provider = of_provider.iter().find_map(|place| whole.at(place));
    let of_provider = of_provider
        .or_else(|| of_message("/response_metadata/token_usage"))
        .or_else(|| of_message("/response_metadata/usage"));
    let outputs = whole
        .at("/outputs")
        .filter(|outputs| outputs.at("/usage").is_some());
    span.attributes.body = outputs.map(|outputs| outputs.as_str().to_owned());
    if let Some(own) = own {
        span.attributes.take_inside("usage.", own, 2);
        span.attributes.say("usage.convention", "inclusive");
    } else if let Some(usage) = of_provider {
        span.attributes
            .provider_usage
            .push(usage.as_str().to_owned());
        span.attributes.take_inside("usage.", usage, 2);
    } else {
        span.attributes.take_as(whole, OF_RUN);
        span.attributes.say("usage.convention", "inclusive");
    }
}

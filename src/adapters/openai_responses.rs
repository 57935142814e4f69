//! Responses: one whole `response` object, from OpenAI and every host that serves this shape.
//!
//! Input includes what was read from and written to the cache, output includes reasoning, on every
//! host. <https://platform.openai.com/docs/api-reference/responses/object>

use super::modal_usage::{self, Undivided};
use super::{
    Adapter, Context, Counted, Reader, Reading, responses_attribution, responses_images,
    responses_tools, shared, stated_cost,
};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};
use crate::usage::{Field, Meter, Status, UsageRecord};

/// `{"object":"response","output":[…],"usage":{…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "openai.response",
    docs: "https://platform.openai.com/docs/api-reference/responses/object",
    recognizes: |body| body.is("object", "response"),
    reader: Reader::Body(|body, context| records(body, context).map(Reading::Records)),
};

/// Fields of a usage object that bill nothing or are read with the tools.
const KNOWN: &[&str] = &[
    "cost",
    "cost_details",
    "is_byok",
    "market_cost",
    "context_details",
    "num_sources_used",
    "num_server_side_tools_used",
    "server_side_tool_usage_details",
    "server_tool_use_details",
    "tool_calls_details",
    "latency_checkpoint",
];
/// Longest value of the caller's metadata that is kept as a tag.
const LONGEST_TAG: usize = 128;

/// The main record and those of the image models. Streams end with the same object.
pub fn records(body: &Object<'_>, context: &Context<'_>) -> Result<Vec<UsageRecord>, Fault> {
    let mut record = UsageRecord::of("text", "chat");
    header(&mut record, body, context)?;
    outcome(&mut record, body)?;
    caller(&mut record, body)?;
    count_output(&body.objects("output")?)?.state(&mut record);
    match body.object("usage")? {
        Some(usage) => read_usage(&mut record, body, &usage)?,
        None => state_missing_usage(&mut record, body),
    }
    responses_tools::read(&mut record, body)?;
    stated_cost::copilot(&mut record, body)?;
    if let Some(tools) = body.object("tool_usage")? {
        tools.ignore(&["web_search", "image_gen"]);
        record.warn_unread(&tools);
    }
    let parts = responses_images::parts(&record, body)?;
    Ok(std::iter::once(record).chain(parts).collect())
}

fn header(record: &mut UsageRecord, body: &Object<'_>, context: &Context<'_>) -> Result<(), Fault> {
    let facts = &mut record.facts;
    facts.text(Field::ResponseId, body.text("id")?);
    let model = body.text("model")?;
    let provider = responses_attribution::provider(body, model.as_deref(), context);
    facts.text(Field::Provider, provider);
    facts.text(Field::ResponseModel, model);
    let created = shared::time(body, "created_at")?;
    let completed = shared::time(body, "completed_at")?;
    facts.time(Field::FinishedAt, completed);
    if let (Some(created), Some(completed)) = (created, completed) {
        let took = completed.millis() - created.millis();
        facts.integer(Field::LatencyMs, (took >= 0).then_some(took));
    }
    record.created(created);
    Ok(())
}

fn outcome(record: &mut UsageRecord, body: &Object<'_>) -> Result<(), Fault> {
    let status = body.text("status")?;
    let word = status.as_deref().unwrap_or_default();
    let open = matches!(word, "in_progress" | "queued");
    let tier = body.text("service_tier")?;
    // `auto` is what was asked for until the response is final.
    record.tier(tier.filter(|tier| !(open && tier == "auto")));
    match word {
        "in_progress" | "queued" => record.status = Status::Partial,
        "failed" => {
            let error = body.object("error")?;
            let of = |name| error.as_ref().map_or(Ok(None), |error| error.text(name));
            record.failed(of("code")?.or(of("type")?), of("message")?);
            record.finished(Some(word));
        }
        "cancelled" | "canceled" => {
            record.failed(Some(word), None::<&str>);
            record.finished(Some(word));
        }
        "incomplete" => {
            let details = body.object("incomplete_details")?;
            let reason = details.map_or(Ok(None), |details| details.text("reason"))?;
            record.finished(Some(reason.as_deref().unwrap_or(word)));
            if !record.facts.has(Field::FinishReason) {
                record.facts.text(Field::FinishReason, Some("length"));
            }
        }
        _ => record.finished(status.as_deref()),
    }
    Ok(())
}

/// Who called, as far as the body echoes it.
fn caller(record: &mut UsageRecord, body: &Object<'_>) -> Result<(), Fault> {
    let user = body.text("user")?.or(body.text("safety_identifier")?);
    record.facts.text(Field::UserId, user);
    let conversation = match body.get("conversation")? {
        Some(value) if value.kind() == Kind::Object => value.at("/id").and_then(Raw::word),
        other => other.and_then(Raw::word),
    };
    record.facts.text(Field::ConversationId, conversation);
    for (name, value) in body.object("metadata")?.iter().flat_map(Object::entries) {
        // xAI writes its own into the caller's metadata.
        if name == "system_fingerprint" {
            continue;
        }
        let short = value.char_count() <= u64::try_from(LONGEST_TAG).unwrap_or_default();
        if let Some(value) = value.string().filter(|value| short && !value.is_empty()) {
            record.tags.insert(name.to_owned(), value);
        }
    }
    Ok(())
}

fn read_usage(
    record: &mut UsageRecord,
    body: &Object<'_>,
    usage: &Object<'_>,
) -> Result<(), Fault> {
    record.raw_usage = Some(usage.numbers_only());
    let lifetime = body
        .peek("prompt_cache_options")
        .and_then(|options| options.at("/ttl"));
    let write = match lifetime.and_then(Raw::string).as_deref() {
        Some("30m") => Meter::CACHE_WRITE_30M,
        Some("12h") => Meter::CACHE_WRITE_12H,
        Some("24h") => Meter::CACHE_WRITE_24H,
        _ => Meter::CACHE_WRITE,
    };
    modal_usage::tokens(
        record,
        usage,
        &Undivided {
            write,
            ..Undivided::default()
        },
    )?;
    stated_cost::read(record, usage)?;
    usage.ignore(KNOWN);
    record.warn_unread(usage);
    Ok(())
}

/// Usage is null until the response ends, and stays so when it failed.
fn state_missing_usage(record: &mut UsageRecord, body: &Object<'_>) {
    match record.status {
        Status::Success => record.gap("the response carries no usage"),
        Status::Partial => record.gap("the response was not finished; it carries no usage yet"),
        Status::Failed => {
            let mut output = body.peek("output").into_iter().flat_map(Raw::elements);
            if output.next().is_some() {
                record.gap("the response was cut off after it had begun; it carries no usage");
            }
        }
    }
}

/// Items of the output that are nothing but text, thoughts and calls of the caller's functions.
const PLAIN: &[&str] = &["message", "reasoning", "function_call", "custom_tool_call"];

/// Items of an output that is like others, at most.
const MOST_ITEMS: usize = 1024;

/// What the output amounts to; nothing where a hosted tool may be in it.
pub(super) fn content(output: Raw<'_>, _: &mut Vec<u8>) -> Option<Counted> {
    let mut items = Vec::new();
    for item in output.elements() {
        let item = item.object().filter(|_| items.len() < MOST_ITEMS)?;
        PLAIN.iter().find(|kind| item.is("type", kind))?;
        items.push(item);
    }
    count_output(&items).ok()
}

fn count_output(output: &[Object<'_>]) -> Result<Counted, Fault> {
    let mut counted = Counted::default();
    for item in output {
        if item.is("type", "message") {
            counted.chars += shared::content_chars(item.get("content")?);
        }
        let call = ["function_call", "custom_tool_call", "mcp_call"];
        counted.tool_calls += u64::from(call.iter().any(|kind| item.is("type", kind)));
    }
    Ok(counted)
}

//! Objects of the OpenAI dialect that bill nothing, or repeat what other records bill: they are
//! ignored by their kind, so that an account's whole traffic adds up.
//! <https://platform.openai.com/docs/api-reference>

use super::{Adapter, Reader, Reading};
use crate::json::{Kind, Object, Raw, printable};

/// `{"object":"file"|"model"|"batch"|…}`, lists of them, usage and cost exports, job tickets.
pub const ADAPTER: Adapter = Adapter {
    id: "openai.objects",
    docs: "https://platform.openai.com/docs/api-reference",
    recognizes: |body| kind(body).is_some(),
    reader: Reader::Body(|body, _context| Ok(read(body))),
};

/// Families of objects: the name itself, or anything below it.
const FAMILIES: &[&str] = &[
    "model",
    "file",
    "batch",
    "assistant",
    "thread",
    "thread.message",
    "thread.run.step",
    "vector_store",
    "fine_tuning",
    "fine-tune",
    "checkpoint",
    "eval",
    "conversation",
    "container",
    "upload",
    "certificate",
    "skill",
    "role",
    "group",
    "user",
    "project",
    "organization",
    "chatkit",
    "audio",
    "realtime.session",
    "realtime.transcription_session",
    "realtime.client_secret",
    "realtime.item",
    "response.input_tokens",
    "response.deleted",
    "response.input_items",
    "chat.completion.deleted",
    "chat.completion.message",
    "video.deleted",
    "admin_api_key",
    "engine",
    "invite",
    "decision.deleted",
];

/// What a list may hold and bill: its elements are read one by one elsewhere.
const BILLS: &[&str] = &[
    "chat.completion",
    "response",
    "video",
    "thread.run",
    "embedding",
    "text_completion",
];

fn read(body: &Object<'_>) -> Reading {
    Reading::Ignored(kind(body).unwrap_or_else(|| "object".to_owned()))
}

/// The kind of what is ignored, or `None` when it is not ours to ignore.
fn kind(body: &Object<'_>) -> Option<String> {
    let Some(name) = text(body, "object").filter(|name| !name.is_empty()) else {
        return ticket(body);
    };
    match name.as_str() {
        "list" => list(body),
        "page" => bucket(body.peek("data")?.at("/0")),
        "bucket" => bucket(Some(body.raw())),
        _ if is_aggregate(&name) => Some(format!("aggregate: {}", printable(&name))),
        _ if name.rsplit('.').next() == Some("deleted") || is_known(&name) => {
            Some(printable(&name))
        }
        _ => None,
    }
}

fn is_known(name: &str) -> bool {
    let below = |family: &str| {
        name.strip_prefix(family)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    // Runs bill and their deltas stream; both are read elsewhere.
    let elsewhere = name == "thread.run" || name.rsplit('.').next() == Some("delta");
    !elsewhere && FAMILIES.iter().any(|family| below(family))
}

fn is_aggregate(name: &str) -> bool {
    name.starts_with("organization.usage.") || name.starts_with("organization.costs")
}

fn list(body: &Object<'_>) -> Option<String> {
    let data = body
        .peek("data")
        .filter(|data| data.kind() == Kind::Array)?;
    let Some(first) = data.elements().next() else {
        return Some("list: empty".to_owned());
    };
    let first = first.object()?;
    let name = text(&first, "object").or_else(|| text(&first, "type"));
    match name {
        Some(name) if BILLS.contains(&name.as_str()) => None,
        Some(name) => Some(format!("list: {}", printable(&name))),
        // Pictures and scores are results, not records of an account.
        None if first.has("b64_json") || first.has("url") || first.has("relevance_score") => None,
        None => Some("list".to_owned()),
    }
}

/// Usage and cost exports: sums over many calls, to compare with, never to add.
fn bucket(bucket: Option<Raw<'_>>) -> Option<String> {
    let places = ["/results/0/object", "/result/0/object", "/object"];
    let name = bucket.map_or(Some("empty".to_owned()), |bucket| {
        places.iter().find_map(|place| bucket.at(place)?.string())
    })?;
    let known = is_aggregate(&name) || name == "empty" || name == "bucket";
    known.then(|| format!("aggregate: {}", printable(&name)))
}

/// A job that was accepted, and xAI's batches: their results come as other records.
fn ticket(body: &Object<'_>) -> Option<String> {
    let accepted = body.len() == 1 && body.is_kind("request_id", Kind::String);
    let batch = body.has("batch_id") && body.is_kind("state", Kind::Object);
    let counted = batch
        && body
            .peek("state")
            .and_then(Raw::object)?
            .has("num_requests");
    match (accepted, counted) {
        (true, _) => Some("accepted job".to_owned()),
        (false, true) => Some("batch".to_owned()),
        (false, false) => None,
    }
}

fn text(body: &Object<'_>, name: &str) -> Option<String> {
    body.peek(name).and_then(Raw::string)
}

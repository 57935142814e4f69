//! Ollama's own embeddings: the newer form counts, the older one is a bare vector.

use super::{Adapter, Context, Reader, Reading, ollama, probe};
use crate::error::Fault;
use crate::json::Object;
use crate::usage::{Meter, UsageRecord};

/// `{"model":…,"embeddings":[[…]],"prompt_eval_count":…}` or `{"embedding":[…]}`
pub const ADAPTER: Adapter = Adapter {
    id: "ollama.embed",
    docs: "https://docs.ollama.com/api/embed",
    recognizes: |body| newer(body) || probe::only(body, &["embedding"]) && is_vector(body),
    reader: Reader::Body(read),
};

fn newer(body: &Object<'_>) -> bool {
    probe::is_array(body, "embeddings")
        && body.names("model")
        && (body.names("prompt_eval_count") || body.names("load_duration"))
}

fn is_vector(body: &Object<'_>) -> bool {
    let kind = |value: crate::json::Raw<'_>| value.kind() == crate::json::Kind::Number;
    body.peek("embedding")
        .is_some_and(|vector| vector.elements().next().is_some_and(kind))
}

fn read(body: &Object<'_>, _context: &Context<'_>) -> Result<Reading, Fault> {
    let mut record = UsageRecord::of("embedding", "embedding");
    if newer(body) {
        ollama::header(&mut record, body)?;
    }
    match body.count("prompt_eval_count")? {
        Some(tokens) => record.add(Meter::INPUT, tokens),
        None => record.gap("the response does not state its usage"),
    }
    Ok(record.into())
}

//! Gemini embedContent and batchEmbedContents. Older bodies carry no usage at all.

use super::google_usage::{self, METADATA, ToolTokens};
use super::{Adapter, Context, Reader, Reading, google};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};
use crate::usage::UsageRecord;

/// `{"embedding":{"values":[…]}}` or `{"embeddings":[{"values":[…]}],"usageMetadata":{…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "google.embed",
    docs: "https://ai.google.dev/api/embeddings",
    recognizes,
    reader: Reader::Body(read),
};

fn recognizes(body: &Object<'_>) -> bool {
    let values = |value: Option<Raw<'_>>| {
        let object = value.and_then(Raw::object);
        object.is_some_and(|object| object.is_kind("values", Kind::Array))
    };
    if body.has("embedding") {
        return values(body.peek("embedding"));
    }
    let list = body.peek("embeddings").map(Raw::elements);
    list.is_some_and(|mut list| values(list.next()))
}

fn read(body: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
    let mut record = UsageRecord::of("embedding", "embedding");
    google::provider(&mut record, context, None, Some("google"));
    google::outside_model(&mut record, context);
    match body.object("usageMetadata")? {
        Some(usage) => {
            google_usage::usage(&mut record, &usage, &METADATA, ToolTokens::Billed)?;
        }
        None => record.gap("the response carries no usage"),
    }
    Ok(record.into())
}

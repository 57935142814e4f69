//! Mistral OCR: pages.

use super::{Adapter, Context, Reader, Reading, probe};
use crate::error::Fault;
use crate::json::Object;
use crate::usage::{Field, Meter, UsageRecord};

/// `{"model":…,"pages":[…],"usage_info":{"pages_processed":…,"doc_size_bytes":…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "mistral.ocr",
    docs: "https://docs.mistral.ai/api/#tag/ocr",
    recognizes: |body| {
        probe::object(body, "usage_info").is_some_and(|usage| usage.names("pages_processed"))
    },
    reader: Reader::Body(read),
};

fn read(body: &Object<'_>, _context: &Context<'_>) -> Result<Reading, Fault> {
    let mut record = UsageRecord::of("image_read", "ocr");
    record.facts.text(Field::Provider, Some("mistral"));
    record.facts.text(Field::ResponseModel, body.text("model")?);
    record.facts.text(Field::ResponseId, body.text("id")?);
    if let Some(usage) = body.object("usage_info")? {
        record.raw_usage = Some(usage.numbers_only());
        match usage.count("pages_processed")? {
            Some(pages) => record.add(Meter::PAGE, pages),
            None => record.gap("the usage object states no pages"),
        }
        usage.ignore(&["doc_size_bytes"]);
        record.warn_unread(&usage);
    }
    // Annotated pages have a rate of their own.
    if body.has("document_annotation") {
        record.attribute("annotations", Some("document"));
    }
    Ok(record.into())
}

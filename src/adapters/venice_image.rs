//! Venice's own image API: pictures, with an echo of the request beside them.

use super::{Adapter, Context, Reader, Reading, probe, shared};
use crate::error::Fault;
use crate::json::Object;
use crate::money::Quantity;
use crate::usage::{Field, LineItem, Meter, UsageRecord};

/// `{"id":…,"images":["…"],"request":{"data":{"model":…,"width":…}},"timing":{…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "venice.image",
    docs: "https://docs.venice.ai/api-reference/endpoint/image/generate",
    recognizes: |body| {
        probe::is_array(body, "images")
            && probe::is_object(body, "timing")
            && probe::object(body, "request").is_some_and(|request| request.names("data"))
    },
    reader: Reader::Body(read),
};

fn read(body: &Object<'_>, _context: &Context<'_>) -> Result<Reading, Fault> {
    let mut record = UsageRecord::of("image_create", "image");
    record.facts.text(Field::Provider, Some("venice"));
    record.facts.text(Field::ResponseId, body.text("id")?);
    if let Some(timing) = body.object("timing")? {
        record
            .facts
            .integer(Field::LatencyMs, shared::millis(timing.exact("total")?, 0));
    }
    let mut item = LineItem::new(Meter::IMAGE, Quantity::of_len(body.list("images")?.count()));
    if let Some(request) = probe::object(body, "request").and_then(|r| probe::object(&r, "data")) {
        record
            .facts
            .text(Field::ResponseModel, request.text("model")?);
        if let (Some(width), Some(height)) = (request.text("width")?, request.text("height")?) {
            item = item.with("size", Some(format!("{width}x{height}")));
        }
    }
    record.add_item(item);
    Ok(record.into())
}

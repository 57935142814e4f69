//! Bedrock InvokeModel of the image models: Nova Canvas and Titan (`images`), Stability
//! (`images` with `seeds`, older `artifacts`). The number of images is all that the body tells; their
//! size and quality are in the request. Pictures that a filter held back are not billed.

use super::{Adapter, Context, Reader, Reading, bedrock, probe};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};
use crate::money::Quantity;
use crate::usage::{LineItem, Meter, UsageRecord};

/// `{"images":["…"],"error":null}` or `{"images":[…],"seeds":[…],"finish_reasons":[null]}`
pub const ADAPTER: Adapter = Adapter {
    id: "bedrock.images",
    docs: "https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-image.html",
    recognizes,
    reader: Reader::Body(read),
};

fn recognizes(body: &Object<'_>) -> bool {
    let mine = ["images", "error", "seeds", "finish_reasons", "maskImage"];
    let images = probe::is_array(body, "images") && body.keys().all(|name| mine.contains(&name));
    let artifacts = probe::is_array(body, "artifacts")
        && probe::first(body, "artifacts").is_some_and(|artifact| artifact.has("finishReason"));
    images && (body.len() > 1 || holds_pictures(body)) || artifacts
}

/// A picture in base64 is long and no address: a mere list named `images` is no response.
fn holds_pictures(body: &Object<'_>) -> bool {
    let images = body.peek("images").into_iter().flat_map(Raw::elements);
    let picture = |image: Raw<'_>| image.as_str().len() > 200 && !image.as_str().contains(':');
    let mut pictures = images.map(picture).peekable();
    pictures.peek().is_some() && pictures.all(|is_one| is_one)
}

fn read(body: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
    let mut record = if probe::is_array(body, "artifacts") {
        // Stability's own platform answers in this form too.
        UsageRecord::of("image_create", "image")
    } else {
        bedrock::record("image_create", "image")
    };
    let reasons = body.list("finish_reasons")?;
    let held_back = reasons
        .filter(|reason| reason.kind() == Kind::String)
        .count();
    let artifacts = body.objects("artifacts")?;
    let made = artifacts
        .iter()
        .filter(|artifact| artifact.is("finishReason", "SUCCESS"))
        .count();
    let images = body.list("images")?.count().saturating_sub(held_back) + made;
    if held_back > 0 || made < artifacts.len() {
        record.finished(Some("content_filtered"));
    }
    if let Some(error) = body.text("error")? {
        record.failed(None::<String>, Some(error));
    }
    let item = LineItem::new(Meter::IMAGE, Quantity::of_len(images));
    let size = context.setting("size");
    record.add_item(
        item.with("size", size)
            .with("quality", context.setting("quality")),
    );
    Ok(record.into())
}

//! Embeddings: OpenAI's shape, which Voyage, Mistral, Perplexity, OpenRouter and local servers
//! serve as well. <https://platform.openai.com/docs/api-reference/embeddings>

use super::attribution::Vendor;
use super::{Adapter, Context, Reader, Reading, openai, openai_charges, openai_usage, stated_cost};
use crate::error::Fault;
use crate::json::{Object, Raw};
use crate::money::Quantity;
use crate::usage::{Meter, UsageRecord};

/// `{"object":"list","data":[{"object":"embedding",…}],"usage":{…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "openai.embeddings",
    docs: "https://platform.openai.com/docs/api-reference/embeddings/create",
    recognizes,
    reader: Reader::Body(read),
};

fn recognizes(body: &Object<'_>) -> bool {
    let Some(first) = body.peek("data").and_then(|data| data.at("/0")) else {
        return false;
    };
    let kind = first.at("/object").and_then(Raw::word);
    match kind.as_deref() {
        Some("embedding") => true,
        // Voyage's contextualised embeddings: one list per document.
        Some("list") => {
            first.at("/data/0/object").and_then(Raw::word).as_deref() == Some("embedding")
        }
        Some(_) => false,
        None => first.at("/embedding").is_some() && body.has("usage"),
    }
}

fn read(body: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
    let mut record = UsageRecord::of("embedding", "embedding");
    let vendor = Vendor::of(body, None);
    openai::header(&mut record, body, vendor.stated(context))?;
    stated_cost::venice(&mut record, body)?;
    match body.object("usage")? {
        Some(usage) if usage.has("prompt_tokens") => {
            openai_usage::read(&mut record, &usage, vendor.dialect(context))?;
        }
        Some(usage) => total_only(&mut record, &usage)?,
        None => record.gap("the response carries no usage"),
    }
    Ok(record.into())
}

/// Voyage states the total alone, and for pictures the text's share of it.
/// <https://docs.voyageai.com/reference/multimodal-embeddings-api>
fn total_only(record: &mut UsageRecord, usage: &Object<'_>) -> Result<(), Fault> {
    record.raw_usage = Some(usage.numbers_only());
    record.stated_total = usage.count("total_tokens")?;
    let pixels = !usage.count_or_zero("image_pixels")?.is_zero()
        || !usage.count_or_zero("video_pixels")?.is_zero();
    let text = usage.count("text_tokens")?;
    match (record.stated_total, text) {
        (Some(total), Some(text)) if pixels => {
            let seen = record.rest(total, text, "text_tokens");
            record.add(
                Meter::INPUT,
                if text > total { Quantity::ZERO } else { text },
            );
            record.add(Meter::INPUT_IMAGE, seen);
        }
        (Some(total), _) => record.add(Meter::INPUT, total),
        (None, Some(text)) => record.add(Meter::INPUT, text),
        (None, None) => record.gap("the usage object states no token counts"),
    }
    openai_charges::in_usage(record, usage, None)?;
    record.warn_unread(usage);
    Ok(())
}

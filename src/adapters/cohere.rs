//! What the Cohere shapes share: they bill `billed_units`, not `tokens`.
//!
//! `tokens` counts a hidden preamble too, and `cached_tokens` is a part of `tokens`, so nothing is
//! subtracted from the billed units. No body names its model.
//! <https://docs.cohere.com/docs/rate-limits>

use super::{probe, shared};
use crate::error::Fault;
use crate::json::{Object, Raw};
use crate::usage::{Field, LineItem, Meter, Status, UsageRecord};

/// Fields beside the billed units that bill nothing.
const KNOWN: &[&str] = &[
    "tokens",
    "cached_tokens",
    "api_version",
    "warnings",
    "is_deprecated",
];

/// Reads `usage` or `meta`. Bedrock and others host the same shapes without them, so only a body
/// that states units says who served it.
pub fn usage(record: &mut UsageRecord, holder: Option<&Object<'_>>) -> Result<(), Fault> {
    let billed = match holder {
        Some(holder) => holder.object("billed_units")?,
        None => None,
    };
    let (Some(holder), Some(billed)) = (holder, billed.filter(|billed| !billed.is_empty())) else {
        // A call that failed and states nothing bills nothing.
        if record.status != Status::Failed {
            record.gap("the response does not state its billed units");
        }
        return Ok(());
    };
    record.facts.text(Field::Provider, Some("cohere"));
    record.raw_usage = Some(holder.numbers_only());
    tokens(record, &billed)?;
    record.add(
        Meter::SEARCH_UNIT,
        billed.quantity("search_units")?.unwrap_or_default(),
    );
    record.add(
        Meter::CLASSIFICATION,
        billed.count_or_zero("classifications")?,
    );
    record.add(Meter::PAGE, billed.count_or_zero("pages")?);
    let images = LineItem::new(Meter::IMAGE, billed.count_or_zero("images")?);
    record.add_item(images.with("direction", Some("input")));
    record.warn_unread(&billed);
    holder.ignore(KNOWN);
    record.warn_unread(holder);
    Ok(())
}

/// Image tokens stand beside `input_tokens`, unless `text_tokens` shows that they are inside.
fn tokens(record: &mut UsageRecord, billed: &Object<'_>) -> Result<(), Fault> {
    let input = billed.count("input_tokens")?;
    let image = billed.count_or_zero("image_tokens")?;
    let text = match (billed.count("text_tokens")?, input) {
        (Some(text), Some(input)) if text.plus(image) != Ok(input) && text != input => {
            record.doubt("text_tokens and image_tokens do not add up to input_tokens");
            text
        }
        (Some(text), _) => text,
        (None, input) => input.unwrap_or_default(),
    };
    record.add(Meter::INPUT, text);
    record.add(Meter::INPUT_IMAGE, image);
    record.add(Meter::OUTPUT, billed.count_or_zero("output_tokens")?);
    Ok(())
}

/// The finish reason in Cohere's words, most of which are the usual ones.
pub fn finished(record: &mut UsageRecord, reason: Option<&str>) {
    record.finished(reason);
    if reason == Some("ERROR_TOXIC") {
        record.facts.flag(Field::ContentFiltered, Some(true));
    }
}

/// Characters and tool calls of a chat message of either version.
pub fn count(message: &Object<'_>) -> shared::Counted {
    let tools = message
        .peek("tool_calls")
        .into_iter()
        .flat_map(Raw::elements);
    shared::Counted {
        chars: shared::content_chars(message.peek("content")) + probe::chars(message, "text"),
        tool_calls: u64::try_from(tools.count()).unwrap_or(u64::MAX),
    }
}

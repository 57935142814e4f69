//! Images: one whole response of the images endpoints, from OpenAI, Azure, xAI and OpenRouter.
//!
//! Newer models state tokens; older ones are billed by picture, size and quality. The body never
//! names the model. <https://platform.openai.com/docs/api-reference/images/object>

use super::modal_usage::{self, Undivided};
use super::{
    Adapter, Context, Reader, Reading, responses_attribution, responses_images, shared, stated_cost,
};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};
use crate::money::Quantity;
use crate::usage::{Field, LineItem, Meter, UsageRecord};

/// `{"created":…,"data":[{"b64_json":…}|{"url":…}],"usage":{…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "openai.images",
    docs: "https://platform.openai.com/docs/api-reference/images/object",
    recognizes,
    reader: Reader::Body(read),
};

fn recognizes(body: &Object<'_>) -> bool {
    let mut data = body.peek("data").into_iter().flat_map(Raw::elements);
    let first = data.next().and_then(Raw::object);
    let picture = |name| first.as_ref().is_some_and(|first| first.names(name));
    let named =
        body.is_kind("created", Kind::Number) || body.has("model") && body.is("object", "list");
    let ticks = body
        .peek("usage")
        .is_some_and(|usage| usage.at("/cost_in_usd_ticks").is_some());
    !picture("embedding")
        && (picture("b64_json") || picture("url") || picture("revised_prompt"))
        && (named || ticks)
}

fn read(body: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
    let mut record = start(body, context, "created")?;
    let usage = body.object("usage")?;
    let counted = match &usage {
        Some(usage) => read_usage(&mut record, usage)?,
        None => false,
    };
    if !counted {
        add_pictures(&mut record, body, context)?;
    }
    let svg = usage
        .as_ref()
        .map_or(Ok(None), |usage| usage.object("svg_usage"))?;
    let svg = svg.or(body.object("svg_usage")?);
    let part = svg
        .map(|svg| responses_images::of_svg(&record, 0, &svg))
        .transpose()?;
    Ok(Reading::Records(
        std::iter::once(record).chain(part).collect(),
    ))
}

/// The header of images, whole or streamed.
pub fn start(
    body: &Object<'_>,
    context: &Context<'_>,
    created: &str,
) -> Result<UsageRecord, Fault> {
    let mut record = UsageRecord::of("image_create", "image");
    let model = context.model(body.text("model")?.as_deref());
    let provider = responses_attribution::provider(body, model.as_deref(), context);
    record.facts.text(Field::Provider, provider);
    record.facts.text(Field::ResponseModel, model);
    record.created(shared::time(body, created)?);
    Ok(record)
}

/// Reads tokens and a stated cost; says whether tokens were stated.
pub fn read_usage(record: &mut UsageRecord, usage: &Object<'_>) -> Result<bool, Fault> {
    record.raw_usage = Some(usage.numbers_only());
    let counted = modal_usage::states_tokens(usage);
    if counted {
        let output = Meter::OUTPUT_IMAGE;
        modal_usage::tokens(
            record,
            usage,
            &Undivided {
                output,
                ..Undivided::default()
            },
        )?;
    }
    stated_cost::read(record, usage)?;
    usage.ignore(&["svg_usage", "cost_details", "is_byok", "type"]);
    record.warn_unread(usage);
    Ok(counted)
}

/// One line for all pictures; what the body does not echo may be set from outside.
fn add_pictures(
    record: &mut UsageRecord,
    body: &Object<'_>,
    context: &Context<'_>,
) -> Result<(), Fault> {
    let count = Quantity::of_len(body.list("data")?.count());
    let mut item = LineItem::new(Meter::IMAGE, count);
    for name in ["size", "quality"] {
        let stated = body.text(name)?;
        item = item.with(name, stated.as_deref().or(context.setting(name)));
    }
    record.add_item(item);
    Ok(())
}

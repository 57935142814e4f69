//! The image tool of a Responses body: another model, so another record.
//!
//! Its tokens stand in `tool_usage.image_gen`, outside of `usage`. Older bodies only hold the image,
//! which is then billed as a picture of its size and quality.

use super::modal_usage::{self, Undivided};
use crate::error::Fault;
use crate::json::{Kind, Object};
use crate::money::Quantity;
use crate::usage::{Field, LineItem, Meter, UsageRecord};

/// Facts that describe the text of the main record only.
const OF_THE_TEXT: &[Field] = &[
    Field::ResponseLengthChars,
    Field::ToolCallCount,
    Field::FinishReason,
    Field::FinishReasonRaw,
    Field::WebEnabled,
    Field::WebSearchCount,
    Field::ResponseModel,
    Field::RequestedModel,
];

/// The records of the images that the response made.
pub fn parts(main: &UsageRecord, body: &Object<'_>) -> Result<Vec<UsageRecord>, Fault> {
    let mut parts = Vec::new();
    let model = image_model(body)?;
    let usage = match body.object("tool_usage")? {
        Some(tools) => tools.object("image_gen")?,
        None => None,
    };
    let made: Vec<Object<'_>> = body
        .objects("output")?
        .into_iter()
        .filter(is_image)
        .collect();
    match usage {
        Some(usage) if !is_unused(&usage)? => {
            parts.push(of_tokens(main, "image_gen", model.as_deref(), &usage)?);
        }
        None if !made.is_empty() => parts.push(of_pictures(main, model.as_deref(), &made)?),
        Some(_) | None => {}
    }
    for (index, image) in made.iter().enumerate() {
        if let Some(usage) = image.object("svg_usage")? {
            parts.push(of_svg(main, index, &usage)?);
        }
    }
    Ok(parts)
}

/// The record of a picture that was drawn as text by a model of its own.
pub fn of_svg(main: &UsageRecord, index: usize, usage: &Object<'_>) -> Result<UsageRecord, Fault> {
    let model = usage.text("model")?;
    of_tokens(main, &format!("svg_usage:{index}"), model.as_deref(), usage)
}

fn image_model(body: &Object<'_>) -> Result<Option<String>, Fault> {
    for tool in body.objects("tools")? {
        if tool.is("type", "image_generation") {
            return tool.text("model");
        }
    }
    Ok(None)
}

fn is_image(item: &Object<'_>) -> bool {
    let made = item.is("status", "completed") || item.is_kind("result", Kind::String);
    item.is("type", "image_generation_call") && made
}

fn is_unused(usage: &Object<'_>) -> Result<bool, Fault> {
    Ok(usage.count_or_zero("input_tokens")?.is_zero()
        && usage.count_or_zero("output_tokens")?.is_zero())
}

fn of_tokens(
    main: &UsageRecord,
    name: &str,
    model: Option<&str>,
    usage: &Object<'_>,
) -> Result<UsageRecord, Fault> {
    let mut part = part_of(main, name, model);
    part.raw_usage = Some(usage.numbers_only());
    let output = if name == "image_gen" {
        Meter::OUTPUT_IMAGE
    } else {
        Meter::OUTPUT
    };
    modal_usage::tokens(
        &mut part,
        usage,
        &Undivided {
            output,
            ..Undivided::default()
        },
    )?;
    usage.ignore(&["model"]);
    part.warn_unread(usage);
    Ok(part)
}

fn of_pictures(
    main: &UsageRecord,
    model: Option<&str>,
    made: &[Object<'_>],
) -> Result<UsageRecord, Fault> {
    let mut part = part_of(main, "image_gen", model);
    for image in made {
        let item = LineItem::new(Meter::IMAGE, Quantity::ONE)
            .with("size", image.text("size")?)
            .with("quality", image.text("quality")?);
        part.add_item(item);
    }
    part.doubt("the tokens of the image tool are not stated, so its images are priced each");
    Ok(part)
}

fn part_of(main: &UsageRecord, name: &str, model: Option<&str>) -> UsageRecord {
    let mut part = UsageRecord::of("image_create", "image");
    part.facts.fill_from(&main.facts);
    for field in OF_THE_TEXT {
        part.facts.remove(*field);
    }
    part.facts.text(Field::ResponseModel, model);
    if model.is_none() {
        part.gap("the response does not name the image model");
    }
    part.tags = main.tags.clone();
    part.occurred = main.occurred;
    part.status = main.status;
    part.part = Some(name.to_owned());
    part
}

//! Chat completions: one whole response, from any vendor that serves this shape.

use super::attribution::Vendor;
use super::openai::{Choices, Response};
use super::{Adapter, Context, Counted, Reader, Reading};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};
use crate::usage::Status;

/// `{"object":"chat.completion","choices":[{"message":…}],"usage":{…}}`; Copilot and AI21 leave
/// `object` out.
pub const ADAPTER: Adapter = Adapter {
    id: "openai.chat",
    docs: "https://platform.openai.com/docs/api-reference/chat/object",
    recognizes,
    reader: Reader::Body(read),
};

/// Stands below the stream, which takes bodies that hold a `delta`.
fn recognizes(body: &Object<'_>) -> bool {
    if body.is("object", "chat.completion") {
        return body.is_kind("choices", Kind::Array);
    }
    let unnamed = !body.has("object") || body.is("object", "");
    unnamed
        && body
            .peek("choices")
            .is_some_and(|choices| choices.at("/0/message").is_some())
}

fn read(body: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
    let list = body.objects("choices")?;
    let mut choices = Choices::default();
    choices.add(&list)?;
    let response = Response {
        body,
        choices: &choices,
        vendor: Vendor::of(body, list.first()),
        operation: "chat",
        without_usage: "the response carries no usage",
        status: Status::Success,
    };
    response.read(context)
}

/// Stands behind a part of a key: no text holds it, and no shape begins with it.
const END: u8 = 0xff;

/// Choices of a response that is like others, at most.
const MOST_CHOICES: usize = 128;

/// What the choices amount to. Their names tell vendors, and how they ended is stated.
pub(super) fn content(choices: Raw<'_>, key: &mut Vec<u8>) -> Option<Counted> {
    let mut list = Vec::new();
    for choice in choices.elements() {
        if list.len() >= MOST_CHOICES {
            return None;
        }
        list.push(choice.object()?);
    }
    let mut read = Choices::default();
    read.add(&list).ok()?;
    for choice in &list {
        choice.add_shape(key);
        key.push(END);
        let message = choice.peek("message")?.object()?;
        message.add_shape(key);
        key.push(END);
    }
    key.extend_from_slice(read.finish_reason.as_deref().unwrap_or_default().as_bytes());
    key.extend([
        END,
        u8::from(read.finish_reason.is_some()),
        u8::from(read.filtered),
    ]);
    key.extend(read.searches.to_le_bytes());
    Some(read.counted)
}

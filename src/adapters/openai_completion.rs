//! Legacy text completions: one whole response. <https://platform.openai.com/docs/api-reference/completions>
//!
//! Chunks of a stream have the same `object`. A body is whole when it states its usage and why each
//! choice ended; everything else of that name is a chunk. The rare last chunk that has both is read
//! as the whole response: its id is that of its stream, and it states all that the stream does.

use super::attribution::Vendor;
use super::openai::{Choices, Response};
use super::{Adapter, Context, Reader, Reading};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};
use crate::usage::Status;

/// `{"object":"text_completion","choices":[{"text":…,"finish_reason":…}],"usage":{…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "openai.completion",
    docs: "https://platform.openai.com/docs/api-reference/completions/object",
    recognizes,
    reader: Reader::Body(read),
};

fn recognizes(body: &Object<'_>) -> bool {
    if is_named(body) {
        return is_whole(body);
    }
    let unnamed = !body.has("object") || body.is("object", "");
    unnamed
        && body
            .peek("choices")
            .is_some_and(|choices| choices.at("/0/text").is_some())
}

/// Whether it calls itself a text completion; Together spells it with a point.
pub fn is_named(body: &Object<'_>) -> bool {
    body.is("object", "text_completion") || body.is("object", "text.completion")
}

/// Whether it is a whole response and no chunk.
pub fn is_whole(body: &Object<'_>) -> bool {
    let choices = body.peek("choices").into_iter().flat_map(Raw::elements);
    let mut ended = choices
        .map(|choice| choice.at("/finish_reason").is_some())
        .peekable();
    ended.peek().is_some() && ended.all(|ended| ended) && body.is_kind("usage", Kind::Object)
}

fn read(body: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
    let list = body.objects("choices")?;
    let mut choices = Choices::default();
    choices.add(&list)?;
    let response = Response {
        body,
        choices: &choices,
        vendor: Vendor::of(body, list.first()),
        operation: "completion",
        without_usage: "the response carries no usage",
        status: Status::Success,
    };
    response.read(context)
}

//! Anthropic Messages: one whole response, from any host that serves this shape.

use super::{Adapter, Context, Reader, Reading, anthropic, anthropic_parts, shared};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};
use crate::usage::UsageRecord;

/// `{"type":"message","role":"assistant","content":[…],"usage":{…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "anthropic.message",
    docs: "https://docs.claude.com/en/api/messages",
    recognizes: |body| {
        body.is("type", "message") && body.is("role", "assistant") && body.names("content")
    },
    reader: Reader::Body(read),
};

fn read(body: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
    let mut record = UsageRecord::of("text", "chat");
    anthropic::header(&mut record, body, context)?;
    record.finished(body.text("stop_reason")?);
    count_content(body.get("content")?).state(&mut record);
    let usage = body.object("usage")?;
    match &usage {
        Some(usage) => anthropic::usage(&mut record, usage)?,
        None => record.gap("the response carries no usage"),
    }
    anthropic_parts::parts(record, usage.as_ref()).map(Reading::Records)
}

/// What the content amounts to; nothing else of it is looked at.
pub(super) fn content(content: Raw<'_>, _: &mut Vec<u8>) -> Option<shared::Counted> {
    (content.kind() == Kind::Array).then(|| count_content(Some(content)))
}

fn count_content(content: Option<Raw<'_>>) -> shared::Counted {
    let mut counted = shared::Counted {
        chars: shared::content_chars(content),
        tool_calls: 0,
    };
    let blocks = content
        .into_iter()
        .flat_map(Raw::elements)
        .filter_map(Raw::object);
    for block in blocks {
        counted.tool_calls += u64::from(anthropic::is_tool_call(&block));
    }
    counted
}

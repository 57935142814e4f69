//! Mistral Conversations and Agents, whole. What connectors put into the prompt stands beside it,
//! and each call of a connector has its own fee.

use super::{Adapter, Context, Reader, Reading, shared};
use crate::error::Fault;
use crate::json::Object;
use crate::usage::{Field, LineItem, Meter, Timestamp, UsageRecord};

/// `{"object":"conversation.response","conversation_id":…,"outputs":[…],"usage":{…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "mistral.conversation",
    docs: "https://docs.mistral.ai/api/#tag/beta.conversations",
    recognizes: |body| body.is("object", "conversation.response"),
    reader: Reader::Body(read),
};

fn read(body: &Object<'_>, _context: &Context<'_>) -> Result<Reading, Fault> {
    let mut record = record();
    record
        .facts
        .text(Field::ConversationId, body.text("conversation_id")?);
    let mut seen = Seen::default();
    for output in body.objects("outputs")? {
        seen.counted.chars += shared::content_chars(output.get("content")?);
        seen.entry(&output)?;
    }
    seen.state(&mut record);
    match body.object("usage")? {
        Some(usage) => read_usage(&mut record, &usage)?,
        None => record.gap("the response carries no usage"),
    }
    Ok(record.into())
}

/// A record of this API.
pub fn record() -> UsageRecord {
    let mut record = UsageRecord::of("text", "chat");
    record.facts.text(Field::Provider, Some("mistral"));
    record
}

/// What the entries of a conversation say, whole or event by event.
#[derive(Default)]
pub struct Seen {
    /// Text and tool calls.
    pub counted: shared::Counted,
    model: Option<String>,
    handed_over: bool,
    last: Option<Timestamp>,
}

impl Seen {
    /// Takes the header of an entry.
    pub fn entry(&mut self, entry: &Object<'_>) -> Result<(), Fault> {
        if let Some(model) = entry.text("model")? {
            self.handed_over |= self.model.as_ref().is_some_and(|before| *before != model);
            self.model = Some(model);
        }
        self.last = shared::time(entry, "created_at")?.or(self.last);
        let call = entry.is("type", "function.call") || entry.is("type", "tool.execution");
        self.counted.tool_calls += u64::from(call);
        Ok(())
    }

    /// States it all. Agents may hand over to other models; the usage is not split by model.
    pub fn state(self, record: &mut UsageRecord) {
        self.counted.state(record);
        record.created(self.last);
        if self.handed_over {
            record.doubt("several models answered, and the usage is not split between them");
        }
        record.facts.text(Field::ResponseModel, self.model);
    }
}

/// Tokens and connectors.
pub fn read_usage(record: &mut UsageRecord, usage: &Object<'_>) -> Result<(), Fault> {
    record.raw_usage = Some(usage.numbers_only());
    let (input, output) = (
        usage.count("prompt_tokens")?,
        usage.count("completion_tokens")?,
    );
    if input.is_none() && output.is_none() {
        record.gap("the usage object states no token counts");
    }
    record.add(Meter::INPUT, input.unwrap_or_default());
    record.add(Meter::OUTPUT, output.unwrap_or_default());
    record.add(Meter::INPUT_TOOL, usage.count_or_zero("connector_tokens")?);
    record.stated_total = usage.count("total_tokens")?;
    if let Some(connectors) = usage.object("connectors")? {
        for (name, _) in connectors.entries() {
            let count = connectors.count_or_zero(name)?;
            match meter(name) {
                Some(meter) => {
                    let item = LineItem::new(meter, count);
                    record.add_item(item.with("connector", Some(name)));
                }
                None => record.gap("a connector was called whose fee is not known"),
            }
        }
    }
    record.warn_unread(usage);
    Ok(())
}

fn meter(connector: &str) -> Option<Meter> {
    Some(match connector {
        "web_search" | "web_search_premium" => Meter::WEB_SEARCH,
        "code_interpreter" => Meter::CODE_SESSION,
        "image_generation" => Meter::IMAGE,
        "document_library" => Meter::FILE_SEARCH,
        _ => return None,
    })
}

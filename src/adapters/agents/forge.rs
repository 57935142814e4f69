//! Forge: the conversations of its database.

use super::common::{self, ALL_INSIDE, NO_USAGE, Tokens};
use super::{Adapter, Context, Reader, Reading, Transcript};
use crate::error::Fault;
use crate::json::{Object, Raw};
use crate::usage::Field;

/// A row of `conversations`: `{"context":{"messages":[{"message":{…},"usage":{"prompt_tokens":{"actual":…}}}]}}`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.forge",
    docs: "https://forgecode.dev/docs/",
    recognizes: |value| value.is("llmcost.table", "forge.conversations"),
    reader: Reader::Transcript(|| Box::new(Conversations)),
};

struct Conversations;

impl Transcript for Conversations {
    fn read(&mut self, row: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        let Some(conversation) = row.object("context")? else {
            return Ok(Reading::ignored(NO_USAGE));
        };
        let id = row.text("conversation_id")?;
        let at =
            super::shared::time(row, "updated_at")?.or(super::shared::time(row, "created_at")?);
        common::each_of(&conversation, "messages", |n, message| {
            let Some(usage) = message.object("usage")? else {
                return Ok(Reading::ignored(NO_USAGE));
            };
            let count = |name: &str| match usage.object(name)? {
                Some(count) => count.count_or_zero("actual"),
                None => Ok(crate::money::Quantity::ZERO),
            };
            let mut record = common::record("forge");
            let text = message.raw().at("/message/text").and_then(Raw::object);
            let model = text.map_or(Ok(None), |text| text.text("model"))?;
            common::served(&mut record, None, model.as_deref(), context);
            common::happened(&mut record, at);
            record.facts.text(Field::ConversationId, id.as_deref());
            record.raw_usage = Some(usage.numbers_only());
            let tokens = Tokens {
                input: count("prompt_tokens")?,
                cache_read: count("cached_tokens")?,
                output: count("completion_tokens")?,
                ..Tokens::default()
            };
            tokens.add_to(&mut record, ALL_INSIDE);
            record.doubt("the time is that of the conversation's last change");
            common::name(
                &mut record,
                &[Some("forge"), id.as_deref(), Some(&n.to_string())],
            );
            Ok(common::used(record))
        })
    }
}

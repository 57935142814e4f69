//! Warp: the conversations of its database. It keeps one number of tokens per model, which no rate
//! can price.

use super::common::{self, NO_USAGE};
use super::{Adapter, Context, Reader, Reading, Transcript};
use crate::error::Fault;
use crate::json::Object;
use crate::usage::Field;

/// A row of `agent_conversations`: `{"conversation_id":…,"usage":{"token_usage":[{"model_id":…}]}}`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.warp",
    docs: "https://docs.warp.dev/agents",
    recognizes: |value| value.is("llmcost.table", "warp.agent_conversations"),
    reader: Reader::Transcript(|| Box::new(Conversations)),
};

struct Conversations;

impl Transcript for Conversations {
    fn read(&mut self, row: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        let Some(usage) = row.object("usage")? else {
            return Ok(Reading::ignored(NO_USAGE));
        };
        let conversation = row.text("conversation_id")?;
        common::each_of(&usage, "token_usage", |_, of_model| {
            let model = of_model.text("model_id")?;
            let mut record = common::record("warp");
            common::served(&mut record, None, model.as_deref(), context);
            common::happened_at(&mut record, row, "last_modified_at")?;
            record
                .facts
                .text(Field::ConversationId, conversation.as_deref());
            let warp = of_model.count_or_zero("warp_tokens")?;
            let own = of_model.count_or_zero("byok_tokens")?;
            let total = warp.plus(own).unwrap_or(warp);
            if total.is_zero() {
                return Ok(Reading::ignored(NO_USAGE));
            }
            record.stated_total = Some(total);
            record.gap("only a total is stated, which no rate can price");
            common::name(
                &mut record,
                &[Some("warp"), conversation.as_deref(), model.as_deref()],
            );
            Ok(record.into())
        })
    }
}

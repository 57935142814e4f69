//! Cursor: the answers ("bubbles") of its editor's database. Since version 3 their counts are zero:
//! what they used stands nowhere on the machine.

use super::common::{self, NO_USAGE, NONE_INSIDE, Names, Tokens};
use super::{Adapter, Context, Reader, Reading, Transcript};
use crate::error::Fault;
use crate::json::{Object, Raw};
use crate::usage::Field;

/// A row of `cursorDiskKV`: `{"key":"bubbleId:…","tokenCount":{"inputTokens":…},"modelInfo":{…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.cursor",
    docs: "https://cursor.com/docs",
    recognizes: |value| value.is("llmcost.table", "cursor.bubbles"),
    reader: Reader::Transcript(|| Box::new(Bubbles)),
};

const NAMES: Names = Names {
    input: "inputTokens",
    cache_read: "",
    cache_write: "",
    output: "outputTokens",
    reasoning: "",
};

struct Bubbles;

impl Transcript for Bubbles {
    fn read(&mut self, row: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        let Some(usage) = row.object("token_count")? else {
            return Ok(Reading::ignored(NO_USAGE));
        };
        let mut record = common::record("cursor");
        let model = match row.raw().at("/model_info/modelName").and_then(Raw::word) {
            None => row.text("model_id")?,
            model => model,
        };
        common::served(&mut record, None, model.as_deref(), context);
        let key = row.text("key")?.unwrap_or_default();
        record
            .facts
            .text(Field::ConversationId, key.split(':').nth(1));
        common::happened_at(&mut record, row, "created_at")?;
        Tokens::state(&mut record, &usage, &NAMES, NONE_INSIDE)?;
        record.doubt("cached tokens are not told apart");
        common::name(&mut record, &[Some("cursor"), Some(&key)]);
        if record.items.is_empty() {
            return Ok(Reading::ignored("answer without counts"));
        }
        Ok(record.into())
    }
}

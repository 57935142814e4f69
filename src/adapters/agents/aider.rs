//! aider: its analytics log. `total_cost` grows with the session and is no cost of a call.

use super::common::{self, NO_USAGE, NONE_INSIDE, Names, Tokens};
use super::{Adapter, Context, Reader, Reading, Transcript};
use crate::error::Fault;
use crate::json::{Object, Raw};
use crate::usage::Field;

/// `{"event":"message_send","properties":{"main_model":…,"prompt_tokens":…,"cost":…},"time":…}`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.aider",
    docs: "https://aider.chat/docs/more/analytics.html",
    recognizes: |line| {
        let sent = || line.peek("properties").and_then(Raw::object);
        line.is("event", "message_send") && sent().is_some_and(|sent| sent.has("main_model"))
    },
    reader: Reader::Transcript(|| Box::new(Analytics)),
};

const NAMES: Names = Names {
    input: "prompt_tokens",
    cache_read: "",
    cache_write: "",
    output: "completion_tokens",
    reasoning: "",
};

struct Analytics;

impl Transcript for Analytics {
    fn read(&mut self, line: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        let Some(sent) = line.object("properties")? else {
            return Ok(Reading::ignored(NO_USAGE));
        };
        let mut record = common::record("aider");
        // aider is used with keys of one's own: what the API charges is what is paid.
        record.notes.clear();
        record.doubt("cached tokens are not told apart");
        let model = sent.text("main_model")?;
        let (provider, name) = common::split(model.as_deref(), '/');
        common::served(&mut record, provider, name, context);
        record.facts.text(Field::UserId, line.text("user_id")?);
        record
            .facts
            .text(Field::TaskType, sent.text("edit_format")?);
        common::happened_at(&mut record, line, "time")?;
        Tokens::state(&mut record, &sent, &NAMES, NONE_INSIDE)?;
        record.raw_usage = None;
        record.stated_total = sent.count("total_tokens")?;
        common::reported(&mut record, &sent, "cost")?;
        Ok(common::used(record))
    }
}

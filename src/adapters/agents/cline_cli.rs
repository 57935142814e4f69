//! Cline's command line: the messages of a session, and the session's totals where no message
//! states any.

use super::common::{self, NO_USAGE, NONE_INSIDE, Names, Tokens};
use super::{Adapter, Context, Reader, Reading, Transcript};
use crate::error::Fault;
use crate::json::{Kind, Object};
use crate::usage::Field;

/// `{"sessionId":…,"agent":…,"messages":[{"id":…,"metrics":{"inputTokens":…,"cost":…}}]}`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.cline_cli",
    docs: "https://docs.cline.bot/cline-cli/overview",
    recognizes: |value| {
        value.is_kind("messages", Kind::Array)
            && value.has("sessionId")
            && value.has("agent")
            && value.has("version")
    },
    reader: Reader::Transcript(|| Box::new(Session)),
};

const NAMES: Names = Names {
    input: "inputTokens",
    cache_read: "cacheReadTokens",
    cache_write: "cacheWriteTokens",
    output: "outputTokens",
    reasoning: "",
};

struct Session;

impl Transcript for Session {
    fn read(&mut self, document: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        let session = document.text("sessionId")?;
        let agent = document.text("agent")?;
        common::each_of(document, "messages", |n, message| {
            let Some(metrics) = message.object("metrics")? else {
                return Ok(Reading::ignored(NO_USAGE));
            };
            let mut record = common::record("cline-cli");
            common::happened_at(&mut record, message, "ts")?;
            record.facts.text(Field::ConversationId, session.as_deref());
            record.facts.text(Field::AgentId, agent.as_deref());
            let model = message.object("modelInfo")?;
            let said = |name: &str| model.as_ref().map_or(Ok(None), |model| model.text(name));
            let (provider, name) = (said("provider")?, said("id")?);
            common::served(&mut record, provider.as_deref(), name.as_deref(), context);
            Tokens::state(&mut record, &metrics, &NAMES, NONE_INSIDE)?;
            common::reported(&mut record, &metrics, "cost")?;
            let number = format!("#{n}");
            let id = message.text("id")?.unwrap_or(number);
            common::name(
                &mut record,
                &[Some("cline-cli"), session.as_deref(), Some(&id)],
            );
            Ok(common::used(record))
        })
    }
}

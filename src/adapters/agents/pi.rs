//! Pi and its relatives (OMP, OpenClaw): session files.

use super::common::{self, NO_USAGE, NONE_INSIDE, Names, Tokens};
use super::{Adapter, Context, Reader, Reading, Transcript};
use crate::error::Fault;
use crate::json::{Object, Raw};
use crate::usage::{Field, UsageRecord, identity};

/// `{"type":"message","id":…,"message":{"role":"assistant","usage":{"input":…,"cacheRead":…}}}`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.pi",
    docs: "https://github.com/badlogic/pi-mono/blob/main/packages/coding-agent/docs/session.md",
    recognizes: |line| {
        let message = || line.peek("message").and_then(Raw::object);
        let is_ours = |message: Object<'_>| {
            let usage = message.peek("usage").and_then(Raw::object);
            let counts = |usage: Object<'_>| usage.has("input") || usage.has("totalTokens");
            message.has("role") && usage.is_none_or(counts)
        };
        line.is("type", "message") && line.has("id") && message().is_some_and(is_ours)
            || line.is("type", "session")
                && line.has("id")
                && line.has("timestamp")
                && !line.has("usage")
    },
    reader: Reader::Transcript(|| Box::new(Session::default())),
};

const NAMES: Names = Names {
    input: "input",
    cache_read: "cacheRead",
    cache_write: "cacheWrite",
    output: "output",
    reasoning: "reasoning",
};

#[derive(Default)]
struct Session {
    id: Option<String>,
    about: UsageRecord,
}

impl Transcript for Session {
    fn read(&mut self, line: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        if line.is("type", "session") {
            self.id = line.text("id")?;
            common::project(&mut self.about, line.text("cwd")?.as_deref());
            return Ok(Reading::ignored(NO_USAGE));
        }
        let Some(message) = line
            .object("message")?
            .filter(|message| message.is("role", "assistant"))
        else {
            return Ok(Reading::ignored(NO_USAGE));
        };
        let Some(usage) = message.object("usage")? else {
            return Ok(Reading::ignored(NO_USAGE));
        };
        let mut record = common::record("pi");
        record.tags.clone_from(&self.about.tags);
        record.facts.text(Field::ConversationId, self.id.as_deref());
        let (provider, model) = (message.text("provider")?, message.text("model")?);
        common::served(&mut record, provider.as_deref(), model.as_deref(), context);
        common::happened_at(&mut record, line, "timestamp")?;
        record.raw_usage = Some(usage.numbers_only());
        record.stated_total = usage.count("totalTokens")?;
        let tokens = Tokens::read(&usage, &NAMES)?;
        let inside = tokens.inside(record.stated_total, NONE_INSIDE);
        tokens.add_to(&mut record, inside);
        if let Some(cost) = usage.object("cost")? {
            common::reported(&mut record, &cost, "total")?;
        }
        let response = message.text("responseId")?;
        let id = response.clone().or(line.text("id")?);
        record.facts.text(
            Field::ResponseId,
            response.filter(|id| identity::is_strong(id)),
        );
        record.finished(message.text("stopReason")?);
        common::name(
            &mut record,
            &[Some("pi"), self.id.as_deref(), id.as_deref()],
        );
        Ok(common::used(record))
    }
}

//! OpenCode and its forks (Kilo CLI, MiMoCode): message files, and the rows of their database.
//! A session of a helper has its own messages, so nothing stands in two of them.

use super::common::{self, NO_USAGE, NONE_INSIDE, Tokens};
use super::{Adapter, Context, Reader, Reading, Transcript};
use crate::error::Fault;
use crate::json::{Kind, Object};
use crate::usage::{Field, Timestamp};

/// `{"id":…,"sessionID":…,"role":"assistant","modelID":…,"providerID":…,"tokens":{…,"cache":{…}}}`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.opencode",
    docs: "https://opencode.ai/docs/",
    recognizes: |value| {
        let is_row = value.is("llmcost.table", "opencode.message");
        let is_message = value.has("sessionID") && (value.has("modelID") || value.has("role"));
        let is_part = value.has("messageID") && value.has("sessionID");
        is_row || is_message || is_part
    },
    reader: Reader::Transcript(|| Box::new(Messages)),
};

struct Messages;

impl Transcript for Messages {
    fn read(&mut self, value: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        if !value.has("llmcost.table") {
            let session = value.text("sessionID")?;
            let id = value.text("id")?;
            return message(value, value, (id.as_deref(), session.as_deref()), context);
        }
        let (id, session) = (value.text("id")?, value.text("session_id")?);
        match value.object("data")? {
            Some(data) => message(&data, value, (id.as_deref(), session.as_deref()), context),
            None => Ok(Reading::ignored(NO_USAGE)),
        }
    }
}

fn message(
    message: &Object<'_>,
    row: &Object<'_>,
    (id, session): (Option<&str>, Option<&str>),
    context: &Context<'_>,
) -> Result<Reading, Fault> {
    let is_answer =
        !message.has("role") || message.is("role", "assistant") || message.is("role", "model");
    if !is_answer || message.has("messageID") {
        return Ok(Reading::ignored(NO_USAGE));
    }
    let mut record = common::record("opencode");
    let inner = message.peek("model").and_then(crate::json::Raw::object);
    let nested = |name: &str| inner.as_ref().map_or(Ok(None), |model| model.text(name));
    let model = message.text("modelID")?.or(nested("modelID")?);
    let provider = message.text("providerID")?.or(nested("providerID")?);
    common::served(&mut record, provider.as_deref(), model.as_deref(), context);
    record.facts.text(Field::ConversationId, session);
    record.facts.text(
        Field::AgentId,
        message.text("agent")?.or(message.text("mode")?),
    );
    common::tag(
        &mut record,
        "parent_session",
        row.text("parent_id")?.as_deref(),
    );
    common::project(
        &mut record,
        row.text("directory")?.or(path(message)?).as_deref(),
    );
    times(&mut record, message, row)?;
    if let Some(tokens) = message.object("tokens")? {
        record.raw_usage = Some(tokens.numbers_only());
        record.stated_total = tokens.count("total")?;
        let cache = tokens.object("cache")?;
        let cached = |name: &str| cache.as_ref().map_or(Ok(None), |cache| cache.count(name));
        let counts = Tokens {
            input: tokens.count_or_zero("input")?,
            output: tokens.count_or_zero("output")?,
            reasoning: tokens.count_or_zero("reasoning")?,
            cache_read: cached("read")?.unwrap_or_default(),
            cache_write: cached("write")?.unwrap_or_default(),
        };
        counts.add_to(&mut record, NONE_INSIDE);
    } else if message.has("cost") {
        record.gap("the message states a cost but no tokens");
    }
    common::reported(&mut record, message, "cost")?;
    if let Some(error) = message.peek("error").and_then(crate::json::Raw::object) {
        record.failed(error.text("name")?, None::<&str>);
    }
    record.finished(message.text("finish")?);
    common::name(&mut record, &[Some("opencode"), id]);
    Ok(common::used(record))
}

fn path(message: &Object<'_>) -> Result<Option<String>, Fault> {
    if !message.is_kind("path", Kind::Object) {
        return Ok(None);
    }
    message
        .object("path")?
        .map_or(Ok(None), |path| path.text("cwd"))
}

fn times(
    record: &mut crate::usage::UsageRecord,
    message: &Object<'_>,
    row: &Object<'_>,
) -> Result<(), Fault> {
    let time = message.object("time")?;
    let at = |name: &str| match &time {
        Some(time) => super::shared::time(time, name),
        None => Ok(None),
    };
    let created: Option<Timestamp> = at("created")?;
    let completed = at("completed")?;
    record.facts.time(Field::StartedAt, created);
    record.facts.time(Field::FinishedAt, completed);
    let stored = super::shared::time(row, "time_created")?;
    common::happened(record, created.or(stored));
    Ok(())
}

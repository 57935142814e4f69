//! Claude Code: session files, sub-agents, and what `claude -p` prints.
//!
//! A response stands on one line per content block, in every session that resumed or forked it, and
//! in the `progress` lines of a parent. All of them carry the id of the message, which is the
//! identity; the reading with the largest usage wins.

use std::collections::BTreeSet;

use super::common::{self, NO_USAGE, NONE_INSIDE, Names, Tokens};
use super::{
    Adapter, Context, Differs, Line, Reader, Reading, Transcript, anthropic, anthropic_parts,
};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};
use crate::money::Quantity;
use crate::usage::{Field, Meter, Status, UsageRecord};

/// `{"type":"assistant","sessionId":…,"message":{"id":…,"usage":{…}}}`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.claude_code",
    docs: "https://docs.claude.com/en/docs/claude-code/data-usage",
    recognizes,
    reader: Reader::Transcript(|| Box::new(Session::default())),
};

/// What differs from one message to the next. Its content is not looked at, and its `uuid` only where it has no
/// id.
pub const DIFFERS: Differs = Differs {
    adapter: ADAPTER.id,
    created: "",
    completed: "",
    content: "content",
    names: false,
    read: None,
    line: Some(Line {
        message: "message",
        time: "timestamp",
        session: "sessionId",
        words: &[
            ("sessionId", Field::ConversationId),
            ("requestId", Field::RequestId),
            ("agentId", Field::AgentId),
        ],
        same: &[
            "type",
            "session_id",
            "leafUuid",
            "cwd",
            "gitBranch",
            "version",
            "isSidechain",
            "costUSD",
            "isApiErrorMessage",
            "error",
            "data",
            "subtype",
            "modelUsage",
            "usage",
            "response",
            "payload",
            "usageMetadata",
        ],
    }),
};

/// What `claude -p` calls the counts of its roll-up.
const ROLL_UP: Names = Names {
    input: "inputTokens",
    cache_read: "cacheReadInputTokens",
    cache_write: "cacheCreationInputTokens",
    output: "outputTokens",
    reasoning: "",
};

/// Models of messages that Claude Code wrote itself.
const SYNTHETIC: &str = "<synthetic>";

#[derive(Default)]
struct Session {
    /// Sessions whose messages stood in this source, so that their roll-up is no usage.
    told: BTreeSet<Option<String>>,
}

/// Lines that hold no usage. Other words may be an application's own.
const OTHER_LINES: &[&str] = &[
    "user",
    "system",
    "summary",
    "attachment",
    "queue-operation",
    "file-history-snapshot",
    "pr-link",
    "last-prompt",
    "custom-title",
    "ai-title",
];

fn recognizes(line: &Object<'_>) -> bool {
    let has_session = line.has("sessionId") || line.has("session_id") || line.has("leafUuid");
    let message = || line.peek("message").and_then(Raw::object);
    let has_usage = || message().is_some_and(|message| message.has("usage"));
    let is = |kind: &str| line.is("type", kind);
    let states_more = || {
        ["usage", "response", "payload", "usageMetadata"]
            .iter()
            .any(|name| line.has(name))
    };
    if is("assistant") {
        return (has_session || has_usage()) && message().is_some() && !states_more();
    }
    if is("progress") {
        return has_session && line.is_kind("data", Kind::Object);
    }
    if is("result") {
        return line.has("session_id") && line.has("subtype");
    }
    if line.has("type") {
        return has_session && OTHER_LINES.iter().any(|kind| is(kind)) && !states_more();
    }
    (line.has("costUSD") || line.has("sessionId") || line.has("requestId")) && has_usage()
}

impl Transcript for Session {
    fn read(&mut self, line: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        let session = match line.text("sessionId")? {
            None => line.text("session_id")?,
            session => session,
        };
        if line.is("type", "result") {
            return self.roll_up(line, session.as_ref(), context);
        }
        if line.is("type", "progress") {
            return progress(line, session.as_deref(), context);
        }
        let is_message = line.is("type", "assistant") || !line.has("type");
        if !is_message {
            return Ok(Reading::ignored(NO_USAGE));
        }
        let reading = message(line, line, session.as_deref(), context)?;
        if matches!(reading, Reading::Records(_)) {
            self.told.insert(session);
        }
        Ok(reading)
    }

    fn goes_on(&mut self, session: Option<&str>) {
        self.told.insert(session.map(str::to_owned));
    }
}

/// A response that a sub-agent got, repeated in its parent's file.
fn progress(
    line: &Object<'_>,
    session: Option<&str>,
    context: &Context<'_>,
) -> Result<Reading, Fault> {
    let inner = match line.object("data")? {
        Some(data) => data.peek("message").and_then(Raw::object),
        None => None,
    };
    match inner.filter(|inner| inner.has("message")) {
        Some(inner) => message(&inner, line, session, context),
        None => Ok(Reading::ignored(NO_USAGE)),
    }
}

/// Reads the message of a line; `outer` is the line that says where and when.
fn message(
    line: &Object<'_>,
    outer: &Object<'_>,
    session: Option<&str>,
    context: &Context<'_>,
) -> Result<Reading, Fault> {
    let Some(message) = line.object("message")? else {
        return Ok(Reading::ignored(NO_USAGE));
    };
    let mut record = common::record("claude-code");
    about(&mut record, line, outer, session)?;
    if message.is("model", SYNTHETIC) {
        return synthetic(record, line, session);
    }
    let Some(usage) = message.object("usage")? else {
        return Ok(Reading::ignored(NO_USAGE));
    };
    anthropic::header(&mut record, &message, context)?;
    anthropic::usage(&mut record, &usage)?;
    let stop = message.text("stop_reason")?;
    if stop.is_none() && !outer.has("timestamp") && outer.has("session_id") {
        // `claude -p` prints a message as it begins; how it ended stands in the transcript only.
        record.status = Status::Partial;
        record.gap("a message that was printed while it began states only its first output tokens");
    }
    record.finished(stop);
    common::reported(&mut record, line, "costUSD")?;
    let id = message.text("id")?;
    match id.as_deref() {
        Some(id) => common::name(
            &mut record,
            &[
                Some("claude-code"),
                Some(session.unwrap_or_default()),
                Some(id),
            ],
        ),
        None => common::name(
            &mut record,
            &[Some("claude-code"), line.text("uuid")?.as_deref()],
        ),
    }
    let (key, tags) = (record.key.clone(), record.tags.clone());
    let mut records = anthropic_parts::parts(record, Some(&usage))?;
    for part in records.iter_mut().skip(1) {
        part.key.clone_from(&key);
        part.tags.clone_from(&tags);
        part.doubt(crate::usage::PLAN_UNKNOWN);
    }
    records.retain(|record| !record.items.is_empty());
    if records.is_empty() {
        return Ok(Reading::ignored(NO_USAGE));
    }
    Ok(Reading::Records(records))
}

/// What a line says of a message beside the response.
fn about(
    record: &mut UsageRecord,
    line: &Object<'_>,
    outer: &Object<'_>,
    session: Option<&str>,
) -> Result<(), Fault> {
    let text = |name: &str| match line.text(name) {
        Ok(None) => outer.text(name),
        text => text,
    };
    record.facts.text(Field::ConversationId, session);
    record.facts.text(Field::RequestId, text("requestId")?);
    record.facts.text(Field::AgentId, text("agentId")?);
    common::project(record, text("cwd")?.as_deref());
    for (tag, name) in [("branch", "gitBranch"), ("cli_version", "version")] {
        common::tag(record, tag, text(name)?.as_deref());
    }
    if line.flag("isSidechain")? == Some(true) {
        common::tag(record, "sidechain", Some("true"));
    }
    let at = match super::shared::time(line, "timestamp")? {
        None => super::shared::time(outer, "timestamp")?,
        at => at,
    };
    common::happened(record, at);
    Ok(())
}

/// A message that Claude Code wrote itself: a call that failed, or a notice.
fn synthetic(
    mut record: UsageRecord,
    line: &Object<'_>,
    session: Option<&str>,
) -> Result<Reading, Fault> {
    if line.flag("isApiErrorMessage")? != Some(true) {
        return Ok(Reading::ignored("notice of the agent"));
    }
    record.notes.clear();
    let code = line.text("error")?;
    record.failed(Some(code.as_deref().unwrap_or("api_error")), None::<&str>);
    let uuid = line.text("uuid")?;
    common::name(
        &mut record,
        &[Some("claude-code"), session, uuid.as_deref()],
    );
    Ok(record.into())
}

impl Session {
    /// The totals that `claude -p` prints last: usage only where no message of the session stood
    /// before them.
    fn roll_up(
        &self,
        line: &Object<'_>,
        session: Option<&String>,
        context: &Context<'_>,
    ) -> Result<Reading, Fault> {
        if self.told.contains(&session.cloned()) {
            return Ok(Reading::ignored("totals of the messages before"));
        }
        let uuid = line.text("uuid")?;
        let mut records = Vec::new();
        if let Some(models) = line.object("modelUsage")? {
            for (model, _) in models.entries() {
                let Some(usage) = models.object(model)? else {
                    continue;
                };
                let mut record = common::record("claude-code");
                record.facts.text(Field::ConversationId, session);
                common::served(&mut record, None, Some(model), context);
                Tokens::state(&mut record, &usage, &ROLL_UP, NONE_INSIDE)?;
                let searches = usage.count_or_zero("webSearchRequests")?;
                record.add(Meter::WEB_SEARCH, searches);
                if record.quantity(&Meter::CACHE_WRITE) != Quantity::ZERO {
                    record.doubt(
                        "cache writes are not split by lifetime; the default lifetime is assumed",
                    );
                }
                common::reported(&mut record, &usage, "costUSD")?;
                let session = session.map(String::as_str);
                let words = [Some("claude-code"), session, uuid.as_deref(), Some(model)];
                common::name(&mut record, &words);
                records.push(record);
            }
        }
        records.retain(|record| !record.items.is_empty());
        if records.is_empty() {
            return Ok(Reading::ignored(NO_USAGE));
        }
        Ok(Reading::Records(records))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use super::*;
    use crate::usage::Facts;

    /// Names at whose values somebody looks who reads a line, and whether that is a response with an id.
    fn looked_at(line: &Object<'_>) -> (Vec<String>, bool) {
        let (facts, settings) = (Facts::default(), BTreeMap::new());
        let context = Context::new(&facts, &settings);
        let mut is_message = false;
        let looked = line.looked_at_by(|line| {
            let reading = Session::default().read(line, &context);
            let records = match reading {
                Ok(Reading::Records(records)) => records,
                Ok(Reading::Ignored(_) | Reading::Each(_)) | Err(_) => Vec::new(),
            };
            let has_id = |record: &UsageRecord| record.facts.has(Field::ResponseId);
            is_message = records.first().is_some_and(has_id);
            recognizes(line)
        });
        (looked.into_iter().map(str::to_owned).collect(), is_message)
    }

    #[test]
    fn all_that_is_looked_at_in_a_message_is_said() {
        let said = DIFFERS.line.unwrap();
        let words = said.words.iter().map(|(name, _)| *name);
        let known: Vec<&str> = words
            .chain(said.same.iter().copied())
            .chain([said.message, said.time])
            .collect();
        let fixtures =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/adapters/agent.claude_code");
        let mut messages = 0;
        for entry in std::fs::read_dir(fixtures).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(path).unwrap();
            for line in text.lines().filter_map(|line| Object::parse(line).ok()) {
                let (looked, is_message) = looked_at(&line);
                if is_message && line.has(said.session) {
                    messages += 1;
                    let unsaid = looked.iter().find(|name| !known.contains(&name.as_str()));
                    assert_eq!(unsaid, None, "{}", line.raw().as_str());
                }
            }
        }
        assert!(messages > 2, "{messages}");
    }
}

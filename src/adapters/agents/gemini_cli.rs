//! Gemini CLI: session documents, their line by line form, and the statistics of a headless run.
//!
//! In the line by line form a message is written again, under the same id, as it becomes complete.

use super::common::{self, Inside, NO_USAGE, Names, Tokens};
use super::{Adapter, Context, Reader, Reading, Transcript};
use crate::error::Fault;
use crate::json::{Kind, Object};
use crate::usage::{Field, Meter};

/// `{"sessionId":…,"messages":[{"id":…,"type":"gemini","tokens":{…}}]}`, or its lines
pub const ADAPTER: Adapter = Adapter {
    id: "agent.gemini_cli",
    docs: "https://github.com/google-gemini/gemini-cli/blob/main/docs/cli/session-management.md",
    recognizes: |value| {
        let holds = value.is_kind("messages", Kind::Array) && value.has("startTime");
        let begins = value.has("projectHash") && !value.has("type");
        let is_other = value.has("usage") || value.has("response");
        value.has("sessionId") && (holds || begins) && !is_other
            || value.is("type", "gemini") && value.has("timestamp")
            || value.is_kind("stats", Kind::Object) && value.raw().at("/stats/models").is_some()
    },
    reader: Reader::Transcript(|| Box::new(Session::default())),
};

const MESSAGE: Names = Names {
    input: "input",
    cache_read: "cached",
    cache_write: "",
    output: "output",
    reasoning: "thoughts",
};

const STATS: Names = Names {
    input: "prompt",
    cache_read: "cached",
    cache_write: "",
    output: "candidates",
    reasoning: "thoughts",
};

/// Cached tokens are among the input, thoughts stand beside the output.
const DECLARED: Inside = Inside {
    cache: true,
    reasoning: false,
};

#[derive(Default)]
struct Session {
    id: Option<String>,
    /// Messages without an id so far.
    unnamed: usize,
}

impl Transcript for Session {
    fn read(&mut self, value: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        if let Some(stats) = value.object("stats")? {
            return statistics(value, &stats, context);
        }
        if let Some(session) = value.text("sessionId")? {
            self.id = Some(session);
        }
        if value.is("type", "gemini") {
            return self.message(value, context);
        }
        if !value.has("messages") {
            return Ok(Reading::ignored(NO_USAGE));
        }
        common::each_of(value, "messages", |_, message| {
            if message.is("type", "gemini") {
                self.message(message, context)
            } else {
                Ok(Reading::ignored(NO_USAGE))
            }
        })
    }
}

impl Session {
    fn message(&mut self, message: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        let id = if let Some(id) = message.text("id")? {
            id
        } else {
            self.unnamed += 1;
            format!("#{}", self.unnamed)
        };
        let Some(tokens) = message.object("tokens")? else {
            return Ok(Reading::ignored(NO_USAGE));
        };
        let mut record = common::record("gemini-cli");
        common::served(
            &mut record,
            None,
            message.text("model")?.as_deref(),
            context,
        );
        common::happened_at(&mut record, message, "timestamp")?;
        record.facts.text(Field::ConversationId, self.id.as_deref());
        count(&mut record, &tokens, &MESSAGE)?;
        common::name(
            &mut record,
            &[Some("gemini-cli"), self.id.as_deref(), Some(&id)],
        );
        Ok(common::used(record))
    }
}

fn count(
    record: &mut crate::usage::UsageRecord,
    tokens: &Object<'_>,
    names: &Names,
) -> Result<(), Fault> {
    record.raw_usage = Some(tokens.numbers_only());
    let total = tokens.count("total")?;
    record.stated_total = total;
    let counts = Tokens::read(tokens, names)?;
    let tool = tokens.count_or_zero("tool")?;
    // Results of tools stand beside the rest of the input.
    let rest = total.and_then(|total| total.minus(tool).ok());
    counts.add_to(record, counts.inside(rest, DECLARED));
    record.add(Meter::INPUT_TOOL, tool);
    Ok(())
}

/// The totals of a headless run, one record per model.
fn statistics(
    value: &Object<'_>,
    stats: &Object<'_>,
    context: &Context<'_>,
) -> Result<Reading, Fault> {
    let session = value.text("session_id")?;
    let mut records = Vec::new();
    let Some(models) = stats.object("models")? else {
        return Ok(Reading::ignored(NO_USAGE));
    };
    for (model, _) in models.entries() {
        let Some(tokens) = models
            .object(model)?
            .map(|model| model.object("tokens"))
            .transpose()?
            .flatten()
        else {
            continue;
        };
        let mut record = common::record("gemini-cli");
        common::served(&mut record, None, Some(model), context);
        record.facts.text(Field::ConversationId, session.as_deref());
        count(&mut record, &tokens, &STATS)?;
        common::name(
            &mut record,
            &[Some("gemini-cli stats"), session.as_deref(), Some(model)],
        );
        if !record.items.is_empty() {
            records.push(record);
        }
    }
    if records.is_empty() {
        return Ok(Reading::ignored(NO_USAGE));
    }
    Ok(Reading::Records(records))
}

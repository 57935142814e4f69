//! Grok Build: the updates of a session. A finished turn states what it used; the running size of
//! the context, which is all that older versions write, is no usage.

use super::common::{self, ALL_INSIDE, NO_USAGE, Names, Tokens};
use super::{Adapter, Context, Reader, Reading, Transcript};
use crate::error::Fault;
use crate::json::{Object, Raw};
use crate::usage::{Field, Timestamp};

/// `{"params":{"sessionId":…,"update":{"sessionUpdate":"turn_completed","usage":{…}}}}`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.grok",
    docs: "https://docs.x.ai/build/overview",
    recognizes: |line| {
        line.has("method") && line.raw().at("/params/update/sessionUpdate").is_some()
    },
    reader: Reader::Transcript(|| Box::new(Updates)),
};

const NAMES: Names = Names {
    input: "inputTokens",
    cache_read: "cachedReadTokens",
    cache_write: "cacheCreationTokens",
    output: "outputTokens",
    reasoning: "reasoningTokens",
};

struct Updates;

impl Transcript for Updates {
    fn read(&mut self, line: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        let raw = line.raw();
        let usage = raw.at("/params/update/usage").and_then(Raw::object);
        let Some(usage) = usage else {
            return Ok(Reading::ignored(NO_USAGE));
        };
        let word = |place: &str| raw.at(place).and_then(Raw::word);
        let session = word("/params/sessionId");
        let turn = word("/params/update/prompt_id");
        let at = word("/params/_meta/agentTimestampMs").or_else(|| word("/timestamp"));
        let models = usage.object("modelUsage")?;
        let names: Vec<&str> = models.iter().flat_map(Object::keys).collect();
        let mut records = Vec::new();
        for model in each_model(&names) {
            let inner = match (&models, model) {
                // A turn of one model is counted at the top.
                (Some(models), Some(model)) if names.len() > 1 => models.object(model)?,
                _ => None,
            };
            let mut record = common::record("grok-build");
            common::served(&mut record, Some("xai"), model, context);
            record.facts.text(Field::ConversationId, session.as_deref());
            common::happened(&mut record, at.as_deref().and_then(Timestamp::parse));
            Tokens::state(
                &mut record,
                inner.as_ref().unwrap_or(&usage),
                &NAMES,
                ALL_INSIDE,
            )?;
            let words = [
                Some("grok-build"),
                session.as_deref(),
                turn.as_deref(),
                Some(model.unwrap_or_default()),
            ];
            common::name(&mut record, &words);
            if !record.items.is_empty() {
                records.push(record);
            }
        }
        if records.is_empty() {
            return Ok(Reading::ignored(NO_USAGE));
        }
        Ok(Reading::Records(records))
    }
}

/// The models of a turn; one that is not named where none is.
fn each_model<'n>(names: &[&'n str]) -> Vec<Option<&'n str>> {
    if names.is_empty() {
        return vec![None];
    }
    names.iter().copied().map(Some).collect()
}

//! Kimi CLI and Kimi Code: the wire log of a session or of one of its agents.

use std::collections::BTreeMap;

use super::common::{self, Inside, NO_USAGE, NONE_INSIDE, Names, Tokens};
use super::{Adapter, Context, Reader, Reading, Transcript};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};
use crate::usage::Field;

/// `{"timestamp":…,"message":{"type":"StatusUpdate","payload":{"token_usage":{…}}}}`, or
/// `{"type":"usage.record","model":…,"usage":{"inputOther":…},"time":…}`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.kimi",
    docs: "https://moonshotai.github.io/kimi-cli/",
    recognizes: |line| {
        let message = || line.peek("message").and_then(Raw::object);
        let is_update =
            |message: Object<'_>| message.has("type") && message.is_kind("payload", Kind::Object);
        let is = |kind: &str| line.is("type", kind);
        line.has("timestamp") && message().is_some_and(is_update)
            || is("metadata") && line.has("protocol_version")
            || is("llm.request") && line.has("modelAlias")
            || is("usage.record") && line.has("usageScope")
    },
    reader: Reader::Transcript(|| Box::new(Wire::default())),
};

const UPDATE: Names = Names {
    input: "input_other",
    cache_read: "input_cache_read",
    cache_write: "input_cache_creation",
    output: "output",
    reasoning: "",
};

const RECORD: Names = Names {
    input: "inputOther",
    cache_read: "inputCacheRead",
    cache_write: "inputCacheCreation",
    output: "output",
    reasoning: "",
};

#[derive(Default)]
struct Wire {
    /// The models behind their short names, and who serves them.
    models: BTreeMap<String, (Option<String>, Option<String>)>,
    rows: usize,
}

impl Transcript for Wire {
    fn read(&mut self, line: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        if line.is("type", "llm.request") {
            if let Some(alias) = line.text("modelAlias")? {
                self.models
                    .insert(alias, (line.text("model")?, line.text("provider")?));
            }
            return Ok(Reading::ignored(NO_USAGE));
        }
        if line.is("type", "usage.record") {
            return self.usage(line, context);
        }
        update(line, context)
    }
}

impl Wire {
    fn usage(&mut self, line: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        let Some(usage) = line
            .object("usage")?
            .filter(|_| !line.is("usageScope", "session"))
        else {
            return Ok(Reading::ignored(NO_USAGE));
        };
        self.rows += 1;
        let alias = line.text("model")?;
        let known = alias.as_ref().and_then(|alias| self.models.get(alias));
        let model = known.and_then(|(model, _)| model.clone()).or(alias);
        let mut record = common::record("kimi-code");
        common::served(&mut record, None, model.as_deref(), context);
        if let Some((_, Some(route))) = known {
            common::tag(&mut record, "route", Some(route));
        }
        common::happened_at(&mut record, line, "time")?;
        let (agent, session) = (context.path_part(1), context.path_part(3));
        record.facts.text(Field::ConversationId, session);
        record.facts.text(Field::AgentId, agent);
        Tokens::state(&mut record, &usage, &RECORD, NONE_INSIDE)?;
        let number = self.rows.to_string();
        common::name(
            &mut record,
            &[Some("kimi-code"), session, agent, Some(&number)],
        );
        Ok(common::used(record))
    }
}

fn update(line: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
    let usage = line.raw().at("/message/payload/token_usage");
    let Some(usage) = usage.and_then(Raw::object) else {
        return Ok(Reading::ignored(NO_USAGE));
    };
    let payload = line.raw().at("/message/payload").and_then(Raw::object);
    let mut record = common::record("kimi-cli");
    let model = usage.text("model")?;
    common::served(&mut record, Some("moonshot"), model.as_deref(), context);
    common::happened_at(&mut record, line, "timestamp")?;
    let session = context.path_part(1);
    record.facts.text(Field::ConversationId, session);
    record.raw_usage = Some(usage.numbers_only());
    let mut tokens = Tokens::read(&usage, &UPDATE)?;
    let mut inside = NONE_INSIDE;
    if !usage.has("input_other") {
        // Older versions state the whole input.
        tokens.input = usage.count_or_zero("input")?;
        inside = Inside {
            cache: true,
            ..inside
        };
    }
    if !usage.has("output") {
        tokens.output = usage.count_or_zero("output_tokens")?;
    }
    tokens.add_to(&mut record, inside);
    let id = payload.map_or(Ok(None), |payload| payload.text("message_id"))?;
    common::name(&mut record, &[Some("kimi-cli"), session, id.as_deref()]);
    Ok(common::used(record))
}

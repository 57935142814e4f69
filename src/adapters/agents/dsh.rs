//! DeepSeek's harness (dsh): the event log of a session.
//!
//! A step states its usage while it streams and again when it is done; the last word counts. A fork
//! begins with the events of its parent, as many as its first line says.

use std::collections::BTreeMap;

use super::common::{self, Inside, NO_USAGE, NONE_INSIDE, Names, Tokens};
use super::{Adapter, Context, Late, Reader, Reading, Transcript, shared};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};
use crate::usage::{Field, Timestamp, UsageRecord};

/// `{"type":"assistant/message","seq":…,"time":…,"data":{"turn":1,"step":1,"usage":{…}}}`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.dsh",
    docs: "https://github.com/deepseek-ai/deepseek-harness",
    recognizes: |line| {
        let kind = || line.peek("type").and_then(Raw::string);
        let is_event = || line.has("seq0") || kind().is_some_and(|kind| kind.contains('/'));
        line.is("type", "session") && line.has("createdAt")
            || line.is_kind("data", Kind::Object)
                && (line.has("seq") || line.has("seq0"))
                && is_event()
    },
    reader: Reader::Transcript(|| Box::new(Log::default())),
};

/// Cached tokens stand beside the input, reasoning is among the output.
const NAMES: Names = Names {
    input: "inputTokens",
    cache_read: "cacheReadTokens",
    cache_write: "cacheWriteTokens",
    output: "outputTokens",
    reasoning: "reasoningTokens",
};

#[derive(Default)]
struct Log {
    session: Option<String>,
    created: Option<Timestamp>,
    /// Events before this one are the parent's.
    inherited: Option<i64>,
    model: Option<String>,
    provider: Option<String>,
    about: UsageRecord,
    /// Each attempt of each step, and whether its usage is final.
    steps: BTreeMap<String, (bool, UsageRecord)>,
    attempts: BTreeMap<String, u32>,
}

impl Transcript for Log {
    fn read(&mut self, line: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        if line.is("type", "session") {
            self.begin(line)?;
            return Ok(Reading::ignored(NO_USAGE));
        }
        let Some(data) = line.object("data")? else {
            return Ok(Reading::ignored(NO_USAGE));
        };
        let raw = data.raw();
        let word = |place: &str| raw.at(place).and_then(Raw::word);
        if line.is("type", "request/context") || line.is("type", "request/header") {
            let named = |name: &str| {
                word(&format!("/{name}")).or_else(|| word(&format!("/header/config/{name}")))
            };
            self.model = named("model").or(self.model.take());
            self.provider = named("provider").or(self.provider.take());
        }
        let step = format!(
            "{} {}",
            word("/turn").unwrap_or_default(),
            word("/step").unwrap_or_default()
        );
        if line.is("type", "llm/retry-started") {
            *self.attempts.entry(step).or_default() += 1;
            return Ok(Reading::ignored(NO_USAGE));
        }
        let is_final = line.is("type", "assistant/message") || line.is("type", "assistant/attempt");
        let usage = raw
            .at("/usage")
            .or_else(|| raw.at("/chunk/usage"))
            .and_then(Raw::object);
        let is_parents = || {
            Ok::<bool, Fault>(match (line.exact("seq")?, self.inherited) {
                (Some(seq), Some(inherited)) => seq.to_integer().is_ok_and(|seq| seq < inherited),
                _ => false,
            })
        };
        match usage {
            Some(usage) if !is_parents()? => self.step(line, &step, is_final, &usage, context),
            Some(_) => Ok(Reading::ignored("copy of the parent's events")),
            None => Ok(Reading::ignored(NO_USAGE)),
        }
    }

    fn finish(&mut self, _: &Context<'_>) -> Result<Vec<Late>, Fault> {
        let steps = std::mem::take(&mut self.steps).into_values();
        let records = steps.map(|(_, record)| record);
        let used = records.filter(|record| !record.items.is_empty());
        Ok(used.map(Late::from).collect())
    }
}

impl Log {
    fn begin(&mut self, line: &Object<'_>) -> Result<(), Fault> {
        self.session = line.text("id")?;
        self.created = shared::time(line, "createdAt")?;
        common::project(&mut self.about, line.text("cwd")?.as_deref());
        let parent = line.text("parentSession")?;
        common::tag(&mut self.about, "parent_session", parent.as_deref());
        if parent.is_some() {
            let seed = line.exact("seedLength")?;
            self.inherited = seed.and_then(|seed| seed.to_integer().ok());
        }
        Ok(())
    }

    fn step(
        &mut self,
        line: &Object<'_>,
        step: &str,
        is_final: bool,
        usage: &Object<'_>,
        context: &Context<'_>,
    ) -> Result<Reading, Fault> {
        let attempt = self.attempts.get(step).copied().unwrap_or_default();
        let step = format!("{step} {attempt}");
        let mut record = common::record("dsh");
        let source = |name: &str| {
            line.raw()
                .at(&format!("/data/message/source/{name}"))
                .and_then(Raw::word)
        };
        let model = source("model").or_else(|| self.model.clone());
        let provider = source("provider").or_else(|| self.provider.clone());
        common::served(&mut record, provider.as_deref(), model.as_deref(), context);
        record.tags.clone_from(&self.about.tags);
        record
            .facts
            .text(Field::ConversationId, self.session.as_deref());
        common::happened(&mut record, shared::time(line, "time")?.or(self.created));
        let tokens = Tokens::read(usage, &NAMES)?;
        record.raw_usage = Some(usage.numbers_only());
        tokens.add_to(
            &mut record,
            Inside {
                reasoning: true,
                ..NONE_INSIDE
            },
        );
        common::name(
            &mut record,
            &[Some("dsh"), self.session.as_deref(), Some(&step)],
        );
        let was_final = self
            .steps
            .get(&step)
            .is_some_and(|(was_final, _)| *was_final);
        if is_final || !was_final {
            self.steps.insert(step, (is_final, record));
        }
        Ok(Reading::kept())
    }
}

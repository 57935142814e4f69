//! Sessions of Anthropic's managed agents: their events, as the API streams them. The model stands in
//! the session, the usage in the event that ends a request to it.

use std::collections::BTreeMap;

use super::common::{self, NO_USAGE};
use super::{Adapter, Context, Entry, Late, Reader, Reading, Transcript, anthropic, shared};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};
use crate::usage::{Field, Timestamp, UsageRecord};

/// `{"type":"span.model_request_end","id":…,"model_usage":{…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.anthropic_session",
    docs: "https://platform.claude.com/docs/en/managed-agents/overview",
    recognizes: |value| {
        value.is("type", "span.model_request_end") && value.is_kind("model_usage", Kind::Object)
            || value.is("type", "span.model_request_start")
            || value.is("type", "session") && value.raw().at("/agent/model").is_some()
    },
    reader: Reader::Transcript(|| Box::new(Session::default())),
};

/// The session that is open, and the requests of which its model may not be known yet.
#[derive(Default)]
struct Session {
    values: usize,
    about: UsageRecord,
    started: BTreeMap<String, Timestamp>,
    ended: Vec<(usize, Option<String>, UsageRecord)>,
}

impl Transcript for Session {
    fn read(&mut self, value: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        let number = self.values;
        self.values += 1;
        let id = value.text("id")?;
        let at = shared::time(value, "processed_at")?;
        if value.is("type", "session") {
            self.begin(value)?;
            return Ok(Reading::ignored(NO_USAGE));
        }
        let Some(usage) = value.object("model_usage")? else {
            if let (Some(id), Some(at)) = (id, at) {
                self.started.insert(id, at);
            }
            return Ok(Reading::ignored(NO_USAGE));
        };
        let mut record = self.about.clone();
        record.facts.text(Field::Provider, Some("anthropic"));
        let model = record.facts.get_text(Field::ResponseModel);
        let model = context.model(model);
        record.facts.text(Field::ResponseModel, model);
        anthropic::usage(&mut record, &usage)?;
        common::happened(&mut record, at);
        record.facts.time(Field::FinishedAt, at);
        if value.flag("is_error")? == Some(true) {
            record.failed(None::<&str>, None::<&str>);
        }
        common::name(&mut record, &[Some("anthropic session"), id.as_deref()]);
        let start = value.text("model_request_start_id")?;
        self.ended.push((number, start, record));
        Ok(Reading::kept())
    }

    fn finish(&mut self, _: &Context<'_>) -> Result<Vec<Late>, Fault> {
        let ended = std::mem::take(&mut self.ended).into_iter();
        let late = ended.map(|(number, start, mut record)| {
            let start = start.and_then(|id| self.started.get(&id)).copied();
            record.facts.time(Field::StartedAt, start);
            record.facts.fill_from(&self.about.facts);
            Late {
                value: Some(number),
                entry: Entry {
                    pointer: String::new(),
                    reading: Ok(record.into()),
                },
            }
        });
        Ok(late.collect())
    }
}

impl Session {
    fn begin(&mut self, session: &Object<'_>) -> Result<(), Fault> {
        self.about = UsageRecord::of("text", "chat");
        let agent = session.object("agent")?;
        let said = |place: &str| {
            let agent = agent.as_ref();
            agent
                .and_then(|agent| agent.raw().at(place))
                .and_then(Raw::word)
        };
        let model = said("/model/id").or_else(|| said("/model"));
        self.about.facts.text(Field::ResponseModel, model);
        self.about.attribute("speed", said("/model/speed"));
        self.about.facts.text(Field::AgentId, said("/id"));
        let id = session.text("id")?;
        self.about.facts.text(Field::ConversationId, id);
        Ok(())
    }
}

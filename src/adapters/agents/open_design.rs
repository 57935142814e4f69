//! Open Design: the events of a run, which drives other agents. An event that stands twice is one.

use std::collections::BTreeSet;

use super::common::{self, ALL_INSIDE, NO_USAGE, Names, Tokens};
use super::{Adapter, Context, Reader, Reading, Transcript};
use crate::error::Fault;
use crate::json::{Object, Raw};
use crate::usage::Field;

/// `{"id":…,"event":"agent","timestamp":…,"data":{"type":"usage","usage":{…},"costUsd":null}}`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.open_design",
    docs: "https://github.com/nexu-io/open-design",
    recognizes: |line| {
        let data = || line.peek("data").and_then(Raw::object);
        let is_typed = |data: Object<'_>| data.has("type");
        line.has("id")
            && (line.is("event", "agent") && data().is_some_and(is_typed)
                || line.is("event", "start") && data().is_some_and(|data| data.has("model")))
    },
    reader: Reader::Transcript(|| Box::new(Run::default())),
};

const NAMES: Names = Names {
    input: "input_tokens",
    cache_read: "cached_read_tokens",
    cache_write: "",
    output: "output_tokens",
    reasoning: "thought_tokens",
};

#[derive(Default)]
struct Run {
    model: Option<String>,
    seen: BTreeSet<String>,
}

impl Transcript for Run {
    fn read(&mut self, line: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        let Some(data) = line.object("data")? else {
            return Ok(Reading::ignored(NO_USAGE));
        };
        self.model = data.text("model")?.or_else(|| self.model.take());
        let Some(usage) = data.peek("usage").and_then(Raw::object) else {
            return Ok(Reading::ignored(NO_USAGE));
        };
        let id = line.text("id")?.unwrap_or_default();
        if !self.seen.insert(id.clone()) {
            return Ok(Reading::ignored("repeated event"));
        }
        let mut record = common::record("open-design");
        let (provider, name) = common::split(self.model.as_deref(), ':');
        common::served(&mut record, provider, name, context);
        common::happened_at(&mut record, line, "timestamp")?;
        let run = context.path_part(1);
        record.facts.text(Field::ConversationId, run);
        record.raw_usage = Some(usage.numbers_only());
        record.stated_total = usage.count("total_tokens")?;
        let tokens = Tokens::read(&usage, &NAMES)?;
        let inside = tokens.inside(record.stated_total, ALL_INSIDE);
        tokens.add_to(&mut record, inside);
        common::reported(&mut record, &data, "costUsd")?;
        common::name(&mut record, &[Some("open-design"), run, Some(&id)]);
        Ok(common::used(record))
    }
}

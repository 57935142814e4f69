//! GitHub Copilot CLI: the events of a session, and the rows of its session store.
//!
//! Both state the same usage: the store a row per request, the events the totals of a session, which
//! go on growing when it is resumed and begin anew after a compaction. A record therefore is what a
//! session used of a model, in both; the fuller one wins, and nothing is counted twice.
//!
//! The store is read together with the totals beside it: it may have begun in the midst of a session,
//! and a session that is running or that crashed has rows newer than its last totals, which they do
//! not hold. Of each leg of a session the fuller one is taken, and newer rows are added.
//!
//! A session that has not ended states its output in the events and its input in the store, so the
//! output is a part of its own: neither reading replaces what only the other one knows.

use std::collections::BTreeMap;

use super::common::{self, ALL_INSIDE, NO_USAGE, Names, Tokens};
use super::copilot_legs::Legs;
use super::{Adapter, Context, Late, Reader, Reading, Transcript, shared};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};
use crate::money::Quantity;
use crate::usage::{Field, Timestamp, UsageRecord};

/// `{"type":"session.shutdown","data":{"modelMetrics":{…}}}`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.copilot_cli",
    docs: "https://docs.github.com/en/copilot/concepts/agents/about-copilot-cli",
    recognizes: |value| {
        let family = ["session.", "assistant.", "user.", "subagent.", "tool."];
        let is_event = || {
            let kind = value.peek("type").and_then(Raw::string);
            let data = value.peek("data").and_then(Raw::object);
            kind.is_some_and(|kind| family.iter().any(|prefix| kind.starts_with(prefix)))
                && data.is_some_and(|data| !data.has("usage") && !data.has("response"))
        };
        value.is("llmcost.table", "copilot.assistant_usage_events")
            || value.is("llmcost.table", "copilot.shutdowns")
            || value.is_kind("data", Kind::Object) && is_event()
    },
    reader: Reader::Transcript(|| Box::new(Sessions::default())),
};

const EVENT: Names = Names {
    input: "inputTokens",
    cache_read: "cacheReadTokens",
    cache_write: "cacheWriteTokens",
    output: "outputTokens",
    reasoning: "reasoningTokens",
};

const ROW: Names = Names {
    input: "input_tokens",
    cache_read: "cache_read_tokens",
    cache_write: "cache_write_tokens",
    output: "output_tokens",
    reasoning: "reasoning_tokens",
};

/// What a session used of a model.
#[derive(Default)]
struct Use {
    first: Option<Timestamp>,
    legs: Legs,
    /// Output that single messages stated.
    said: Quantity,
    about: UsageRecord,
}

#[derive(Default)]
struct Sessions {
    session: Option<String>,
    model: Option<String>,
    used: BTreeMap<(Option<String>, Option<String>), Use>,
}

impl Transcript for Sessions {
    fn read(&mut self, value: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        if value.is("llmcost.table", "copilot.shutdowns") {
            return self.beside(value);
        }
        if value.has("llmcost.table") {
            return self.row(value);
        }
        let Some(data) = value.object("data")? else {
            return Ok(Reading::ignored(NO_USAGE));
        };
        let at = shared::time(value, "timestamp")?;
        self.session = data.text("sessionId")?.or_else(|| self.session.take());
        if value.is("type", "session.model_change") {
            self.model = data.text("newModel")?;
        } else if value.is("type", "session.start") {
            self.model = data.text("selectedModel")?.or_else(|| self.model.take());
        } else if value.is("type", "assistant.message") {
            let output = data.count_or_zero("outputTokens")?;
            let model = data.text("model")?.or_else(|| self.model.clone());
            let used = self.of(self.session_in(context), model, at);
            used.said = used.said.plus(output).unwrap_or(used.said);
            return Ok(Reading::kept());
        } else if value.is("type", "session.shutdown") {
            self.shutdown(&data, at, self.session_in(context).as_deref())?;
            return Ok(Reading::kept());
        }
        Ok(Reading::ignored(NO_USAGE))
    }

    fn finish(&mut self, context: &Context<'_>) -> Result<Vec<Late>, Fault> {
        let used = std::mem::take(&mut self.used).into_iter();
        let records = used.map(|((session, model), used)| {
            used.records(session.as_deref(), model.as_deref(), context)
        });
        let used = records.filter(|records| !records.is_empty());
        Ok(used.map(Late::from).collect())
    }
}

impl Sessions {
    /// The session, which may be named only by the directory or the file.
    fn session_in(&self, context: &Context<'_>) -> Option<String> {
        let by_path = || {
            let file = context.path_part(0)?;
            let name = file.strip_suffix(".jsonl").unwrap_or(file);
            if name == "events" {
                context.path_part(1)
            } else {
                Some(name)
            }
        };
        self.session
            .clone()
            .or_else(|| by_path().map(str::to_owned))
    }

    fn of(
        &mut self,
        session: Option<String>,
        model: Option<String>,
        at: Option<Timestamp>,
    ) -> &mut Use {
        let used = self.used.entry((session, model)).or_default();
        used.first = match (used.first, at) {
            (Some(first), Some(at)) => Some(first.min(at)),
            (first, at) => first.or(at),
        };
        used
    }

    /// The end of a session that stands beside the store.
    fn beside(&mut self, value: &Object<'_>) -> Result<Reading, Fault> {
        let event = value.object("value")?;
        let event = event.filter(|event| event.is("type", "session.shutdown"));
        if let Some(event) = event
            && let Some(data) = event.object("data")?
        {
            let at = shared::time(&event, "timestamp")?;
            let session = data.text("sessionId")?.or(value.text("session_id")?);
            self.shutdown(&data, at, session.as_deref())?;
        }
        Ok(Reading::kept())
    }

    fn shutdown(
        &mut self,
        data: &Object<'_>,
        at: Option<Timestamp>,
        session: Option<&str>,
    ) -> Result<(), Fault> {
        let Some(models) = data.object("modelMetrics")? else {
            return Ok(());
        };
        for (model, _) in models.entries() {
            let usage = models
                .object(model)?
                .map(|model| model.object("usage"))
                .transpose()?;
            if let Some(usage) = usage.flatten() {
                let totals = Tokens::read(&usage, &EVENT)?;
                let used = self.of(session.map(str::to_owned), Some(model.to_owned()), at);
                used.legs.end(totals, at);
            }
        }
        Ok(())
    }

    fn row(&mut self, row: &Object<'_>) -> Result<Reading, Fault> {
        let at = match shared::time(row, "created_at")? {
            None => shared::time(row, "session_created_at")?,
            at => at,
        };
        let tokens = Tokens::read(row, &ROW)?;
        let used = self.of(row.text("session_id")?, row.text("model")?, at);
        used.legs.add_row(tokens, at);
        common::project(&mut used.about, row.text("cwd")?.as_deref());
        common::tag(&mut used.about, "branch", row.text("branch")?.as_deref());
        common::tag(
            &mut used.about,
            "repository",
            row.text("repository")?.as_deref(),
        );
        Ok(Reading::kept())
    }
}

impl Use {
    /// The request side and, as its part, the output; none where nothing was used.
    fn records(
        mut self,
        session: Option<&str>,
        model: Option<&str>,
        context: &Context<'_>,
    ) -> Vec<UsageRecord> {
        let mut used = self.legs.sum();
        used.output = used.output.max(self.said);
        let mut main = common::record("copilot-cli");
        main.tags = std::mem::take(&mut self.about.tags);
        common::served_by_copilot(&mut main, model, context);
        main.facts.text(Field::ConversationId, session);
        common::happened(&mut main, self.first);
        common::name(&mut main, &[Some("copilot-cli"), session, model]);
        let mut output = main.clone();
        output.part = Some("output".to_owned());
        // Reasoning is a part of the output, except where nothing but reasoning is stated.
        let inside = common::Inside {
            reasoning: used.reasoning <= used.output,
            ..ALL_INSIDE
        };
        let said = Tokens {
            output: used.output,
            reasoning: used.reasoning,
            ..Tokens::default()
        };
        said.add_to(&mut output, inside);
        let asked = Tokens {
            output: Quantity::ZERO,
            reasoning: Quantity::ZERO,
            ..used
        };
        asked.add_to(&mut main, ALL_INSIDE);
        if main.items.is_empty() {
            main.gap(
                "the input tokens stand only in the session store, or where the session ended",
            );
        }
        match (main.items.is_empty(), output.items.is_empty()) {
            (true, true) => Vec::new(),
            (false, true) => vec![main],
            (_, false) => vec![main, output],
        }
    }
}

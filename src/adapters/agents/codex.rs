//! Codex CLI: rollout files.
//!
//! A row repeats the totals of its session; what a call used is their growth. Rows whose totals did
//! not grow are re-emissions. A fork or a sub-agent begins with a copy of its ancestor's rows under
//! new times, so a row is known by the session at the root and the totals that it states: the copy
//! is the same call as the original, whichever is read first.

use std::cmp::Ordering;

use super::common::{self, ALL_INSIDE, NO_USAGE, Tokens};
use super::{Adapter, Context, Reader, Reading, Transcript, shared};
use crate::error::Fault;
use crate::json::{Kind, Object};
use crate::money::Quantity;
use crate::usage::{Field, Timestamp, UsageRecord};

/// `{"timestamp":…,"type":"event_msg","payload":{"type":"token_count","info":{…}}}`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.codex",
    docs: "https://github.com/openai/codex/blob/main/docs/advanced.md",
    recognizes: |line| {
        line.is_kind("payload", Kind::Object) && TYPES.iter().any(|name| line.is("type", name))
    },
    reader: Reader::Transcript(|| Box::new(Rollout::default())),
};

const TYPES: &[&str] = &[
    "session_meta",
    "turn_context",
    "event_msg",
    "response_item",
    "compacted",
    "world_state",
];

/// One row's counts: cached tokens are among the input, reasoning among the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Count {
    input: Quantity,
    cached: Quantity,
    output: Quantity,
    reasoning: Quantity,
    total: Quantity,
}

#[derive(Default)]
struct Rollout {
    /// The session of this file; the first one that is named.
    own: Option<String>,
    /// The session in which the rows were first written.
    root: Option<String>,
    /// Who started this session as its helper.
    parent: Option<String>,
    /// Whether the file holds a copy of its parent's rows.
    copied: bool,
    /// The second in which the file began.
    began: Option<i64>,
    model: Option<String>,
    totals: Option<Count>,
    /// How often the totals began anew.
    epoch: u32,
    /// Rows that stated no totals.
    untotalled: u32,
    /// What the session says of every call.
    about: UsageRecord,
}

impl Transcript for Rollout {
    fn read(&mut self, line: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        // Most lines hold texts only, and large ones: they are not looked into.
        let states = ["session_meta", "turn_context", "event_msg"];
        let payload = if states.iter().any(|name| line.is("type", name)) {
            line.object("payload")?
        } else {
            None
        };
        let Some(payload) = payload else {
            return Ok(Reading::ignored(NO_USAGE));
        };
        if line.is("type", "session_meta") {
            self.session(&payload, shared::time(line, "timestamp")?)?;
        } else if line.is("type", "turn_context") {
            self.model = word(&payload, "model")?.or_else(|| self.model.take());
        } else if payload.is("type", "token_count") {
            return self.row(line, &payload, context);
        }
        Ok(Reading::ignored(NO_USAGE))
    }
}

impl Rollout {
    /// The first one names this file's session, later ones the ancestors whose rows it holds.
    fn session(&mut self, meta: &Object<'_>, at: Option<Timestamp>) -> Result<(), Fault> {
        let id = match meta.text("id")? {
            None => meta.text("session_id")?,
            id => id,
        };
        let forked_from = meta.text("forked_from_id")?;
        if self.own.is_some() {
            let is_other = id.is_some() && id != self.own;
            if is_other && (id == self.root || id == self.parent) {
                self.copied = true;
                self.root = forked_from.or(id);
            }
            return Ok(());
        }
        let spawn = meta.raw().at("/source/subagent/thread_spawn");
        let spawn = spawn.and_then(crate::json::Raw::object);
        if let Some(spawn) = spawn {
            self.parent = spawn.text("parent_thread_id")?;
            self.about.facts.text(Field::AgentId, id.as_deref());
            common::tag(&mut self.about, "parent_session", self.parent.as_deref());
            common::tag(
                &mut self.about,
                "agent_role",
                spawn.text("agent_role")?.as_deref(),
            );
        }
        self.began = at.map(second);
        self.root = forked_from.or_else(|| id.clone());
        self.model = self.model.take().or(word(meta, "model")?);
        self.about
            .facts
            .text(Field::Provider, meta.text("model_provider")?);
        common::project(&mut self.about, meta.text("cwd")?.as_deref());
        common::tag(
            &mut self.about,
            "cli_version",
            meta.text("cli_version")?.as_deref(),
        );
        common::tag(
            &mut self.about,
            "originator",
            meta.text("originator")?.as_deref(),
        );
        if let Some(git) = meta.peek("git").and_then(crate::json::Raw::object) {
            common::tag(&mut self.about, "branch", git.text("branch")?.as_deref());
        }
        self.own = id;
        Ok(())
    }

    fn row(
        &mut self,
        line: &Object<'_>,
        payload: &Object<'_>,
        context: &Context<'_>,
    ) -> Result<Reading, Fault> {
        let Some(info) = payload.object("info")? else {
            return Ok(Reading::ignored(NO_USAGE));
        };
        let at = shared::time(line, "timestamp")?;
        let total = info.object("total_token_usage")?;
        let last = info.object("last_token_usage")?;
        let raw = last.as_ref().or(total.as_ref()).map(Object::numbers_only);
        let total = total.map(|usage| Count::read(&usage)).transpose()?;
        let last = last.map(|usage| Count::read(&usage)).transpose()?;
        if self.is_replay(at) {
            self.totals = total.or(self.totals);
            return Ok(Reading::ignored("copy of the parent's rows"));
        }
        let Some(used) = self.used(total, last) else {
            return Ok(Reading::ignored("repeated totals"));
        };
        let mut record = common::record("codex");
        record.facts.fill_from(&self.about.facts);
        record.tags.clone_from(&self.about.tags);
        let session = self.own.as_deref();
        record
            .facts
            .text(Field::ConversationId, session.or(context.path_part(0)));
        let model = word(&info, "model")?.or_else(|| self.model.clone());
        let provider = self.about.facts.get_text(Field::Provider);
        common::served(&mut record, provider, model.as_deref(), context);
        if let Some(limits) = payload
            .peek("rate_limits")
            .and_then(crate::json::Raw::object)
        {
            common::tag(
                &mut record,
                "plan_type",
                limits.text("plan_type")?.as_deref(),
            );
        }
        common::happened(&mut record, at);
        record.raw_usage = raw;
        used.tokens().add_to(&mut record, ALL_INSIDE);
        self.name(&mut record, total, at);
        Ok(common::used(record))
    }

    /// What this row adds: the growth of the totals, or its own count where they do not tell.
    fn used(&mut self, total: Option<Count>, last: Option<Count>) -> Option<Count> {
        let Some(total) = total else {
            self.untotalled += 1;
            return last;
        };
        let Some(before) = self.totals.replace(total) else {
            return last.or(Some(total)).filter(|_| total != Count::default());
        };
        match total.total.cmp(&before.total) {
            Ordering::Less => {
                self.epoch += 1;
                if self.parent.is_some() {
                    // Its own rows begin: what it shares with its siblings ends here.
                    self.root.clone_from(&self.own);
                }
                last.or(Some(total))
            }
            Ordering::Equal if total == before => None,
            Ordering::Equal | Ordering::Greater => {
                let growth = total.since(before);
                growth.filter(Count::adds_up).or(last).or(growth)
            }
        }
    }

    /// Whether a row is the copy with which a sub-agent begins: written in the file's first second.
    fn is_replay(&self, at: Option<Timestamp>) -> bool {
        let at = at.map(second);
        self.parent.is_some() && self.copied && at.is_some() && at == self.began
    }

    fn name(&self, record: &mut UsageRecord, total: Option<Count>, at: Option<Timestamp>) {
        let time = at.map(|at| at.to_string());
        let root = self.root.as_deref().or(time.as_deref());
        let place = match total {
            Some(total) => format!("{} {}", self.epoch, total.words()),
            None => format!("row {}", self.untotalled),
        };
        common::name(record, &[Some("codex"), root, Some(&place)]);
    }
}

impl Count {
    fn read(usage: &Object<'_>) -> Result<Self, Fault> {
        let input = usage.count_or_zero("input_tokens")?;
        let output = usage.count_or_zero("output_tokens")?;
        let sum = input.plus(output).unwrap_or(input);
        Ok(Self {
            input,
            output,
            cached: usage.count_or_zero("cached_input_tokens")?,
            reasoning: usage.count_or_zero("reasoning_output_tokens")?,
            total: usage.count("total_tokens")?.unwrap_or(sum),
        })
    }

    fn since(self, before: Self) -> Option<Self> {
        Some(Self {
            input: self.input.minus(before.input).ok()?,
            cached: self.cached.minus(before.cached).ok()?,
            output: self.output.minus(before.output).ok()?,
            reasoning: self.reasoning.minus(before.reasoning).ok()?,
            total: self.total.minus(before.total).ok()?,
        })
    }

    fn adds_up(&self) -> bool {
        self.input
            .plus(self.output)
            .is_ok_and(|sum| sum == self.total)
    }

    fn tokens(self) -> Tokens {
        Tokens {
            input: self.input,
            cache_read: self.cached,
            output: self.output,
            reasoning: self.reasoning,
            ..Tokens::default()
        }
    }

    fn words(self) -> String {
        let Self {
            input,
            cached,
            output,
            reasoning,
            total,
        } = self;
        format!("{input} {cached} {output} {reasoning} {total}")
    }
}

fn second(at: Timestamp) -> i64 {
    at.millis().div_euclid(1000)
}

/// A string field; anything else is absent.
fn word(object: &Object<'_>, name: &str) -> Result<Option<String>, Fault> {
    if object.is_kind(name, Kind::String) {
        return object.text(name);
    }
    Ok(None)
}

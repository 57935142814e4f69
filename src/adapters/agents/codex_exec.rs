//! Codex CLI: what `codex exec --json` prints.
//!
//! The usage of a turn is the total of its thread so far, so a later turn of the same thread is
//! read as its growth.

use std::collections::BTreeMap;

use super::common::{self, ALL_INSIDE, NO_USAGE, Names, Tokens};
use super::{Adapter, Context, Reader, Reading, Transcript};
use crate::error::Fault;
use crate::json::{Kind, Object};
use crate::usage::Field;

/// `{"type":"turn.completed","usage":{"input_tokens":…,"cached_input_tokens":…,"output_tokens":…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.codex_exec",
    docs: "https://github.com/openai/codex/blob/main/docs/exec.md",
    recognizes: |line| {
        TYPES.iter().any(|name| line.is("type", name)) && !line.has("payload") && !line.has("data")
            || line.is("type", "turn.completed") && line.is_kind("usage", Kind::Object)
    },
    reader: Reader::Transcript(|| Box::new(Exec::default())),
};

const TYPES: &[&str] = &[
    "thread.started",
    "turn.started",
    "turn.completed",
    "turn.failed",
];

const NAMES: Names = Names {
    input: "input_tokens",
    cache_read: "cached_input_tokens",
    cache_write: "",
    output: "output_tokens",
    reasoning: "reasoning_output_tokens",
};

#[derive(Default)]
struct Exec {
    thread: Option<String>,
    /// Totals of each thread so far.
    totals: BTreeMap<String, Tokens>,
}

impl Transcript for Exec {
    fn read(&mut self, line: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        if line.is("type", "thread.started") {
            self.thread = line.text("thread_id")?;
        }
        let Some(usage) = line.object("usage")? else {
            return Ok(Reading::ignored(NO_USAGE));
        };
        let mut record = common::record("codex");
        record
            .facts
            .text(Field::ConversationId, self.thread.as_deref());
        let model = line.text("model")?;
        common::served(&mut record, None, model.as_deref(), context);
        common::happened_at(&mut record, line, "timestamp")?;
        record.raw_usage = Some(usage.numbers_only());
        let total = Tokens::read(&usage, &NAMES)?;
        self.growth(total).add_to(&mut record, ALL_INSIDE);
        let place = format!("{} {} {}", total.input, total.cache_read, total.output);
        let words = [
            Some("codex exec"),
            self.thread.as_deref(),
            Some(place.as_str()),
        ];
        common::name(&mut record, &words);
        Ok(common::used(record))
    }
}

impl Exec {
    /// What the turn itself used. Without a thread each turn is a process of its own.
    fn growth(&mut self, total: Tokens) -> Tokens {
        let Some(thread) = &self.thread else {
            return total;
        };
        let before = self
            .totals
            .insert(thread.clone(), total)
            .unwrap_or_default();
        since(total, before).unwrap_or(total)
    }
}

fn since(total: Tokens, before: Tokens) -> Option<Tokens> {
    Some(Tokens {
        input: total.input.minus(before.input).ok()?,
        cache_read: total.cache_read.minus(before.cache_read).ok()?,
        cache_write: total.cache_write.minus(before.cache_write).ok()?,
        output: total.output.minus(before.output).ok()?,
        reasoning: total.reasoning.minus(before.reasoning).ok()?,
    })
}

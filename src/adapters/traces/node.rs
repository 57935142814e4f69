//! A span among others: what it has to say, the ids by which it is known, and two readings of it joined.

use std::collections::BTreeSet;

use super::span::{Rank, Span};
use crate::usage::{Facts, Field, RecordId, Status, UsageRecord, identity, merge};

/// Separates the words of a key; no id holds it.
const BETWEEN: &str = "\u{1f}";

/// What is handed down from a span to those inside of it.
const INHERITED: &[Field] = &[
    Field::ConversationId,
    Field::UserId,
    Field::TenantId,
    Field::AgentId,
    Field::WorkflowId,
    Field::TaskType,
    Field::Platform,
];

/// A span that may count, or what it hands down to those inside of it.
pub struct Node {
    /// The value of the source it stands in, and the pointer inside of it.
    pub at: (usize, String),
    /// Its trace.
    pub trace: Option<RecordId>,
    /// The span around it.
    pub parent: Option<RecordId>,
    /// What it is, where any part of it says so.
    pub stated: Option<Rank>,
    /// What is the same for all readings of one call.
    pub call: BTreeSet<String>,
    /// Whether it was told to be read at the end.
    pub kept: bool,
    /// What it says, by the models that it names.
    pub records: Vec<UsageRecord>,
}

/// What a span has to say, the most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Says {
    /// What was used.
    Usage,
    /// That a call failed, without usage.
    Failure,
    /// It is a call, and its usage is not stated.
    Call,
}

impl Node {
    fn has_usage(&self) -> bool {
        self.records.iter().any(|record| {
            let total = record.stated_total.is_some_and(|total| !total.is_zero());
            !record.items.is_empty() || total
        })
    }

    /// What it is; where nothing said so, a call if it has usage.
    pub fn rank(&self) -> Rank {
        let unstated = if self.has_usage() {
            Rank::Call
        } else {
            Rank::Around
        };
        self.stated.unwrap_or(unstated)
    }

    /// What it has to say.
    pub fn says(&self) -> Option<Says> {
        let failed = |record: &UsageRecord| record.status == Status::Failed;
        if self.has_usage() {
            Some(Says::Usage)
        } else if self.rank() != Rank::Around && self.records.iter().any(failed) {
            Some(Says::Failure)
        } else {
            (self.rank() == Rank::Call).then_some(Says::Call)
        }
    }

    /// Whether it is a call whose usage is stated.
    pub fn is_call_with_usage(&self) -> bool {
        self.rank() == Rank::Call && self.says() == Some(Says::Usage)
    }

    /// Keeps of a span that becomes no record what it hands down.
    pub fn forget(&mut self) {
        self.records.truncate(1);
        for record in &mut self.records {
            let tags = std::mem::take(&mut record.tags);
            *record = UsageRecord {
                facts: inherited(&record.facts),
                tags,
                ..UsageRecord::default()
            };
        }
    }

    /// Two readings, or two halves, of one span.
    pub fn joined(self, other: Self) -> Self {
        let mut records = self.records;
        for record in other.records {
            let mut same = records.iter_mut().filter(|held| held.part == record.part);
            match same.next() {
                Some(held) => *held = merge::merge(held, &record).record,
                None => records.push(record),
            }
        }
        Self {
            at: self.at.min(other.at),
            trace: self.trace.or(other.trace),
            parent: self.parent.max(other.parent),
            stated: self.stated.max(other.stated),
            kept: self.kept || other.kept,
            call: self.call.into_iter().chain(other.call).collect(),
            records,
        }
    }
}

/// What is handed down of a header.
pub fn inherited(facts: &Facts) -> Facts {
    let mut handed = Facts::default();
    for field in INHERITED {
        if let Some(value) = facts.get(*field) {
            handed.set(*field, value.clone());
        }
    }
    handed
}

/// The id of a trace.
pub fn trace_id(trace: &str) -> RecordId {
    RecordId::of(&[b"trace", trace.as_bytes()])
}

/// The id of a span that another one names.
pub fn span_id(span: &Span, id: &str) -> RecordId {
    let space = span.space().unwrap_or_default();
    RecordId::of(&[b"span", space.as_bytes(), id.as_bytes()])
}

/// The ids by which other spans and events tell of the same call: a strong one anywhere, any other
/// within its trace.
pub fn calls_of(span: &Span, records: &[UsageRecord]) -> BTreeSet<String> {
    let trace = span.trace.as_deref();
    let main = records.first();
    let stated = |field| main.and_then(|record| record.facts.get_text(field));
    let response = span
        .attributes
        .word("gen_ai.response.id")
        .or(stated(Field::ResponseId));
    let request = stated(Field::RequestId);
    let ids = [("response", response), ("request", request)];
    let named = ids.into_iter().filter_map(|(kind, id)| {
        let id = id?;
        let place = if identity::is_strong(id) { "" } else { trace? };
        Some([kind, place, id].join(BETWEEN))
    });
    named.collect()
}

/// Gives the records of a span its name, which makes the identity where no strong response id does.
pub fn name(span: &Span, records: &mut [UsageRecord]) {
    let request = records
        .first()
        .and_then(|record| record.facts.get_text(Field::RequestId));
    // The id of an event is the moment by the clock of its writer.
    let own_id = || span.id.as_deref();
    let words = match (span.rank(), span.space()) {
        (Some(Rank::Event), space) => match request.filter(|id| identity::is_strong(id)) {
            Some(id) => Some(vec!["request", id]),
            None => session(records)
                .or(space)
                .zip(own_id())
                .map(|(space, id)| vec!["event", space, id]),
        },
        (Some(Rank::Call | Rank::Around) | None, Some(space)) => {
            own_id().map(|id| vec!["span", space, id])
        }
        (Some(Rank::Call | Rank::Around) | None, None) => None,
    };
    let key = words.map(|words| words.join(BETWEEN));
    for record in records {
        record.key.clone_from(&key);
    }
}

fn session(records: &[UsageRecord]) -> Option<&str> {
    records.first()?.facts.get_text(Field::ConversationId)
}

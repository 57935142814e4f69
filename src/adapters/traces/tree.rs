//! The spans of one source, and which of them count: those with usage of their own. A span around
//! others repeats their sum, in whatever order and in whatever lines they stand.

use std::collections::{BTreeMap, BTreeSet};

use super::span::{self, Rank, Span};
use super::{Context, Entry, Late, Reading};
use crate::error::Fault;
use crate::usage::{Facts, Field, RecordId, Status, UsageRecord, identity, merge};

/// Separates the words of a key; no id holds it.
const BETWEEN: &str = "\u{1f}";

/// Deeper spans are no trace but an attack.
const DEEPEST: usize = 512;

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

/// The spans of one source.
#[derive(Default)]
pub struct Tree {
    values: usize,
    nodes: BTreeMap<RecordId, Node>,
    /// What is said of a whole trace.
    traces: BTreeMap<RecordId, UsageRecord>,
    nameless: u32,
}

struct Node {
    /// The value of the source it stands in, and the pointer inside of it.
    at: (usize, String),
    trace: Option<RecordId>,
    parent: Option<RecordId>,
    /// What it is, where any part of it says so.
    stated: Option<Rank>,
    /// What is the same for all readings of one call.
    call: BTreeSet<String>,
    records: Vec<UsageRecord>,
}

/// What a span has to say, the most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Says {
    Usage,
    Failure,
    /// It is a call, and its usage is not stated.
    Call,
}

impl Tree {
    /// The next value of the source begins.
    pub fn next_value(&mut self) {
        self.values += 1;
    }

    /// Takes a span; says whether it may become a record.
    ///
    /// # Errors
    /// When a count in it cannot be read.
    pub fn take(
        &mut self,
        span: &Span,
        pointer: String,
        context: &Context<'_>,
    ) -> Result<bool, Fault> {
        let mut records = span::records(span, context)?;
        let trace = span.trace.as_deref().map(trace_id);
        let id = self.id_of(span);
        let call = calls_of(span, &records);
        name(span, &mut records);
        let mut node = Node {
            at: (self.values, pointer),
            trace,
            parent: span.parent.as_deref().map(|parent| span_id(span, parent)),
            stated: span.rank(),
            call,
            records,
        };
        let may = node.says().is_some() || span.in_parts;
        if !may {
            node.forget();
        }
        match self.nodes.remove(&id) {
            Some(held) => drop(self.nodes.insert(id, held.joined(node))),
            None => drop(self.nodes.insert(id, node)),
        }
        Ok(may)
    }

    /// Takes what is said of a whole trace.
    pub fn about(&mut self, span: &Span, context: &Context<'_>) -> Result<(), Fault> {
        if let (Some(trace), Some(record)) = (
            &span.trace,
            span::records(span, context)?.into_iter().next(),
        ) {
            self.traces.insert(trace_id(trace), record);
        }
        Ok(())
    }

    fn id_of(&mut self, span: &Span) -> RecordId {
        match &span.id {
            Some(id) if span.space().is_some() => span_id(span, id),
            Some(_) | None => {
                self.nameless += 1;
                RecordId::of(&[b"nameless", &self.nameless.to_le_bytes()])
            }
        }
    }

    /// What has become of the spans, in the order in which they stand.
    pub fn finish(&mut self) -> Vec<Late> {
        let tree = std::mem::take(self);
        let repeated = tree.repeated();
        let mut late: Vec<((usize, String), Late)> = Vec::new();
        for (id, node) in &tree.nodes {
            let Some(says) = node.says() else { continue };
            let reading = if repeated.contains(id) {
                Reading::ignored("span that repeats the usage of others")
            } else {
                Reading::Records(tree.records(id, node, says))
            };
            let entry = Entry {
                pointer: node.at.1.clone(),
                reading: Ok(reading),
            };
            let value = node.at.0.checked_sub(1);
            late.push((node.at.clone(), Late { value, entry }));
        }
        late.sort_by(|a, b| a.0.cmp(&b.0));
        late.into_iter().map(|(_, late)| late).collect()
    }

    /// The records of a span, with what the spans around it say of it.
    fn records(&self, id: &RecordId, node: &Node, says: Says) -> Vec<UsageRecord> {
        let (around, _) = self.chain(*id);
        let mut above: Vec<&UsageRecord> = around
            .iter()
            .filter_map(|id| self.nodes.get(id)?.records.first())
            .collect();
        above.extend(node.trace.and_then(|trace| self.traces.get(&trace)));
        let mut records = node.records.clone();
        for record in &mut records {
            for outer in &above {
                record.facts.fill_from(&inherited(&outer.facts));
                for (name, tag) in &outer.tags {
                    let held = record.tags.entry(name.clone());
                    held.or_insert_with(|| tag.clone());
                }
            }
            if says == Says::Call && record.raw_usage.is_none() {
                record.gap("no token counts are stated");
            }
            if node.rank() == Rank::Around && says == Says::Usage {
                record.doubt(
                    "the span is around calls that are not in this log: its usage is their sum",
                );
            }
        }
        records
    }

    /// The spans around a span, the nearest first, and the one that is missing where they end too
    /// early. Spans that are around each other are around nothing.
    fn chain(&self, id: RecordId) -> (Vec<RecordId>, Option<RecordId>) {
        let mut around = Vec::new();
        let mut met = BTreeSet::from([id]);
        let mut parent = self.nodes.get(&id).and_then(|node| node.parent);
        while let Some(next) = parent {
            if next == id {
                return (Vec::new(), None);
            }
            let Some(node) = self.nodes.get(&next) else {
                return (around, Some(next));
            };
            if !met.insert(next) || around.len() >= DEEPEST {
                break;
            }
            around.push(next);
            parent = node.parent;
        }
        (around, None)
    }

    /// The spans whose usage stands elsewhere, too.
    fn repeated(&self) -> BTreeSet<RecordId> {
        let mut repeated = BTreeSet::new();
        let mut missing: BTreeMap<RecordId, BTreeSet<RecordId>> = BTreeMap::new();
        let by_call = self.by_call();
        let by_span = |node: &Node| {
            let parent = node.parent.and_then(|parent| self.nodes.get(&parent));
            parent.is_some_and(|parent| parent.is_call_with_usage())
        };
        for (id, node) in &self.nodes {
            let Some(says) = node.says() else { continue };
            let better = node.call.iter().any(|call| {
                let best = by_call.get(call.as_str());
                best.is_some_and(|best| *best < node.rank())
            });
            if better || node.rank() == Rank::Event && by_span(node) {
                repeated.insert(*id);
                continue;
            }
            let (around, lost) = self.chain(*id);
            for outer in around {
                let outer_says = self.nodes.get(&outer).and_then(Node::says);
                if outer_says == Some(says) || says == Says::Usage {
                    repeated.insert(outer);
                }
            }
            if let (Some(lost), Some(trace), Says::Usage) = (lost, node.trace, says)
                && node.rank() != Rank::Around
            {
                missing.entry(trace).or_default().insert(lost);
            }
        }
        self.around_missing(&missing, &mut repeated);
        repeated
    }

    /// Where a span between is missing, whatever is around calls may be around these: it is, unless
    /// it is itself inside of what is missing.
    fn around_missing(
        &self,
        missing: &BTreeMap<RecordId, BTreeSet<RecordId>>,
        repeated: &mut BTreeSet<RecordId>,
    ) {
        for (id, node) in &self.nodes {
            if node.rank() != Rank::Around || node.says() != Some(Says::Usage) {
                continue;
            }
            let lost = node.trace.and_then(|trace| missing.get(&trace));
            let (_, own) = self.chain(*id);
            if lost.is_some_and(|lost| lost.iter().any(|lost| Some(*lost) != own)) {
                repeated.insert(*id);
            }
        }
    }

    /// The most precise of the readings of one call.
    fn by_call(&self) -> BTreeMap<&str, Rank> {
        let mut best: BTreeMap<&str, Rank> = BTreeMap::new();
        let used = self
            .nodes
            .values()
            .filter(|node| node.says() == Some(Says::Usage));
        for node in used {
            for call in &node.call {
                let held = best.entry(call).or_insert(node.rank());
                *held = (*held).min(node.rank());
            }
        }
        best
    }
}

impl Node {
    fn has_usage(&self) -> bool {
        self.records.iter().any(|record| {
            let total = record.stated_total.is_some_and(|total| !total.is_zero());
            !record.items.is_empty() || total
        })
    }

    fn rank(&self) -> Rank {
        let unstated = if self.has_usage() {
            Rank::Call
        } else {
            Rank::Around
        };
        self.stated.unwrap_or(unstated)
    }

    fn says(&self) -> Option<Says> {
        let failed = |record: &UsageRecord| record.status == Status::Failed;
        if self.has_usage() {
            Some(Says::Usage)
        } else if self.rank() != Rank::Around && self.records.iter().any(failed) {
            Some(Says::Failure)
        } else {
            (self.rank() == Rank::Call).then_some(Says::Call)
        }
    }

    fn is_call_with_usage(&self) -> bool {
        self.rank() == Rank::Call && self.says() == Some(Says::Usage)
    }

    /// Keeps of a span that becomes no record what it hands down.
    fn forget(&mut self) {
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
    fn joined(self, other: Self) -> Self {
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
            call: self.call.into_iter().chain(other.call).collect(),
            records,
        }
    }
}

fn inherited(facts: &Facts) -> Facts {
    let mut handed = Facts::default();
    for field in INHERITED {
        if let Some(value) = facts.get(*field) {
            handed.set(*field, value.clone());
        }
    }
    handed
}

fn trace_id(trace: &str) -> RecordId {
    RecordId::of(&[b"trace", trace.as_bytes()])
}

fn span_id(span: &Span, id: &str) -> RecordId {
    let space = span.space().unwrap_or_default();
    RecordId::of(&[b"span", space.as_bytes(), id.as_bytes()])
}

/// The ids by which other spans and events tell of the same call: a strong one anywhere, any other
/// within its trace.
fn calls_of(span: &Span, records: &[UsageRecord]) -> BTreeSet<String> {
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
fn name(span: &Span, records: &mut [UsageRecord]) {
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

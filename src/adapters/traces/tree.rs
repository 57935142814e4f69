//! The spans of one source, and which of them count: those with usage of their own. A span around
//! others repeats their sum, in whatever order and in whatever lines they stand.

use std::collections::{BTreeMap, BTreeSet};

use super::node::{Node, Says, calls_of, inherited, name, span_id, trace_id};
use super::span::{self, Rank, Span};
use super::{Context, Entry, Late, NO_USAGE, Reading};
use crate::error::Fault;
use crate::usage::{RecordId, UsageRecord};

/// Deeper spans are no trace but an attack.
const DEEPEST: usize = 512;

/// The spans of one source.
#[derive(Default)]
pub struct Tree {
    values: usize,
    nodes: BTreeMap<RecordId, Node>,
    /// What is said of a whole trace.
    traces: BTreeMap<RecordId, UsageRecord>,
    nameless: u32,
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
            kept: false,
            records,
        };
        let may = node.says().is_some() || span.in_parts;
        node.kept = may;
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
            let reading = match node.says() {
                None if node.kept => Reading::ignored(NO_USAGE),
                None => continue,
                Some(_) if repeated.contains(id) => {
                    Reading::ignored("span that repeats the usage of others")
                }
                Some(says) => Reading::Records(tree.records(id, node, says)),
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
            parent.is_some_and(Node::is_call_with_usage)
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

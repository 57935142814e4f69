//! GitHub Copilot's own traces: lines of its file exporter, and the rows of `agent-traces.db`.
//!
//! One response stands in several of them: the chat span, an event of the inference, and the sums of
//! the agent above it. The most precise kind that a trace or a response has is read, the rest is
//! the same usage again.

use std::collections::{BTreeMap, BTreeSet};

use super::common::{self, ALL_INSIDE, NO_USAGE, Tokens};
use super::{Adapter, Context, Late, Reader, Reading, Transcript, shared};
use crate::error::Fault;
use crate::json::{Object, Raw};
use crate::money::{Exact, Quantity};
use crate::usage::{Field, Timestamp, UsageRecord, identity};

/// `{"type":"span","traceId":…,"spanId":…,"attributes":{"gen_ai.operation.name":"chat",…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.copilot_traces",
    docs: "https://code.visualstudio.com/docs/copilot/guides/monitoring-agents",
    recognizes: |value| {
        let exported = value.is("type", "span") || value.has("_body");
        let attributes = || value.peek("attributes").and_then(Raw::object);
        let is_of_models = |attributes: Object<'_>| {
            let mut keys = attributes.keys();
            keys.any(|key| key.starts_with("gen_ai."))
        };
        value.is("llmcost.table", "copilot.spans")
            || exported && attributes().is_some_and(is_of_models)
    },
    reader: Reader::Transcript(|| Box::new(Traces::default())),
};

const READ: &[&str] = &[
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_read_input_tokens",
];
const WRITTEN: &[&str] = &[
    "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.cache_write.input_tokens",
    "gen_ai.usage.cache_creation_input_tokens",
];
const REASONED: &[&str] = &[
    "gen_ai.usage.reasoning.output_tokens",
    "gen_ai.usage.reasoning_tokens",
    "gen_ai.usage.reasoning_output_tokens",
];

/// The kinds in which one response stands, most precise first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Chat,
    Inference,
    Turn,
    Agent,
}

#[derive(Default)]
struct Traces {
    found: Vec<(Rank, BTreeSet<String>, UsageRecord)>,
}

impl Transcript for Traces {
    fn read(&mut self, value: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        let Some(attributes) = value.object("attributes")? else {
            return Ok(Reading::ignored(NO_USAGE));
        };
        let Some(rank) = rank(value, &attributes)? else {
            return Ok(Reading::ignored(NO_USAGE));
        };
        let record = record(value, &attributes, context)?;
        if record.items.is_empty() && record.stated_total.is_none() {
            return Ok(Reading::ignored(NO_USAGE));
        }
        let groups = [
            value.text("traceId")?,
            value.text("trace_id")?,
            attributes.text("gen_ai.response.id")?,
        ];
        self.found
            .push((rank, groups.into_iter().flatten().collect(), record));
        Ok(Reading::kept())
    }

    fn finish(&mut self, _: &Context<'_>) -> Result<Vec<Late>, Fault> {
        let found = std::mem::take(&mut self.found);
        let mut best: BTreeMap<String, Rank> = BTreeMap::new();
        for (rank, groups, _) in &found {
            for group in groups {
                let held = best.entry(group.clone()).or_insert(*rank);
                *held = (*held).min(*rank);
            }
        }
        let is_best = |(rank, groups, _): &(Rank, BTreeSet<String>, UsageRecord)| {
            groups
                .iter()
                .all(|group| best.get(group).is_none_or(|held| held >= rank))
        };
        Ok(found
            .into_iter()
            .filter(is_best)
            .map(|(_, _, record)| record.into())
            .collect())
    }
}

fn rank(value: &Object<'_>, attributes: &Object<'_>) -> Result<Option<Rank>, Fault> {
    let operation = match attributes.text("gen_ai.operation.name")? {
        None => value.text("operation_name")?,
        operation => operation,
    };
    let event = attributes.text("event.name")?.unwrap_or_default();
    Ok(match operation.as_deref() {
        Some("chat" | "text_completion" | "generate_content" | "embeddings") => Some(Rank::Chat),
        Some("invoke_agent") => Some(Rank::Agent),
        _ if event.contains("inference") => Some(Rank::Inference),
        _ if event.contains("turn") => Some(Rank::Turn),
        _ => None,
    })
}

fn record(
    value: &Object<'_>,
    attributes: &Object<'_>,
    context: &Context<'_>,
) -> Result<UsageRecord, Fault> {
    let mut record = common::record("copilot");
    let model = match attributes.text("gen_ai.response.model")? {
        None => attributes.text("gen_ai.request.model")?,
        model => model,
    };
    common::served_by_copilot(&mut record, model.as_deref(), context);
    let facts = &mut record.facts;
    facts.text(
        Field::RequestedModel,
        attributes.text("gen_ai.request.model")?,
    );
    facts.text(
        Field::ConversationId,
        attributes.text("gen_ai.conversation.id")?,
    );
    facts.text(Field::AgentId, attributes.text("gen_ai.agent.name")?);
    let response = attributes.text("gen_ai.response.id")?;
    facts.text(
        Field::ResponseId,
        response.as_deref().filter(|id| identity::is_strong(id)),
    );
    common::happened(&mut record, time(value)?);
    let first = |names: &[&str]| {
        let mut counts = names.iter().map(|name| attributes.count(name));
        counts.find_map(Result::transpose).transpose()
    };
    let tokens = Tokens {
        input: attributes.count_or_zero("gen_ai.usage.input_tokens")?,
        output: attributes.count_or_zero("gen_ai.usage.output_tokens")?,
        cache_read: first(READ)?.unwrap_or_default(),
        cache_write: first(WRITTEN)?.unwrap_or_default(),
        reasoning: first(REASONED)?.unwrap_or_default(),
    };
    tokens.add_to(&mut record, ALL_INSIDE);
    let total = attributes.count("gen_ai.usage.total_tokens")?;
    record.stated_total = total.filter(|total| *total != Quantity::ZERO);
    if record.items.is_empty() && record.stated_total.is_some() {
        record.gap("only a total is stated, which no rate can price");
    }
    let trace = value.text("traceId")?.or(value.text("trace_id")?);
    let span = value.text("spanId")?.or(value.text("span_id")?);
    // The events of a response have its id and spans of their own.
    let words = match &response {
        Some(id) => [Some("copilot trace"), Some("response"), Some(id.as_str())],
        None => [Some("copilot trace"), trace.as_deref(), span.as_deref()],
    };
    common::name(&mut record, &words);
    Ok(record)
}

/// `[seconds, nanoseconds]`, or milliseconds in the database.
fn time(value: &Object<'_>) -> Result<Option<Timestamp>, Fault> {
    for name in ["startTime", "hrTime", "endTime"] {
        let parts: Vec<Exact> = value
            .list(name)?
            .filter_map(|part: Raw<'_>| Exact::parse(part.digits()?).ok())
            .collect();
        if let [seconds, nanos] = parts.as_slice() {
            let fraction = nanos.shift(-9).and_then(|nanos| seconds.plus(nanos));
            return Ok(fraction
                .ok()
                .and_then(|at| Timestamp::from_epoch(&at.to_string())));
        }
    }
    shared::time(value, "start_time_ms")
}

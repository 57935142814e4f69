//! One span → a usage record: the header from its attributes, the items from its counts.

use super::attributes::Attributes;
use super::{Context, Reader, Reading, counts, header, names};
use crate::error::Fault;
use crate::json::Object;
use crate::usage::{Field, PLAN_UNKNOWN, TimeBasis, Timestamp, UsageRecord};

/// What a span is to the usage that it states, the most precise first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// A call to a model.
    Call,
    /// An event that tells of a call, beside or instead of its span.
    Event,
    /// Anything around calls: an agent, a chain, a tool. Usage there is the sum of what is inside.
    Around,
}

/// A span as its exporter wrote it.
#[derive(Debug, Clone)]
pub struct Span {
    /// The trace.
    pub trace: Option<String>,
    /// The span, unique in its trace or in what `within` names.
    pub id: Option<String>,
    /// What the ids of spans are unique in, where that is more than a trace.
    pub within: Option<&'static str>,
    /// The span that it is inside of.
    pub parent: Option<String>,
    /// What it is; by its attributes where its shape does not say.
    pub rank: Option<Rank>,
    /// What it says.
    pub attributes: Attributes,
    /// When it began.
    pub start: Option<Timestamp>,
    /// When it ended.
    pub end: Option<Timestamp>,
    /// Whether it went wrong.
    pub failed: bool,
    /// Whether another part of it may follow: then its header is kept though it states no usage yet,
    /// and what it is may stand in the other part.
    pub in_parts: bool,
    /// Further models that it states usage of, by name.
    pub others: Vec<(String, Attributes)>,
}

impl Span {
    /// A span of which nothing is known yet.
    pub fn new() -> Self {
        Self {
            trace: None,
            id: None,
            within: None,
            parent: None,
            rank: None,
            attributes: Attributes::default(),
            start: None,
            end: None,
            failed: false,
            in_parts: false,
            others: Vec::new(),
        }
    }

    /// What it is, as far as this part of it says.
    pub fn rank(&self) -> Option<Rank> {
        let told = || (!self.in_parts).then(|| by_attributes(&self.attributes));
        self.rank.or_else(told)
    }

    /// What its id is unique in.
    pub fn space(&self) -> Option<&str> {
        self.within.or(self.trace.as_deref())
    }
}

/// The words by which instrumentations say that a span is a call.
const CALLS: &[&str] = &[
    "chat",
    "text_completion",
    "generate_content",
    "embeddings",
    "completion",
    "rerank",
    "embedding",
    "LLM",
    "EMBEDDING",
    "RERANKER",
    "generation",
    "GENERATION",
    "CHAT_MODEL",
    "llm",
    "llm_request",
    "embed",
    "responses",
];

fn by_attributes(attributes: &Attributes) -> Rank {
    let kinds = [
        "openinference.span.kind",
        "gen_ai.operation.name",
        "langfuse.observation.type",
        "mlflow.spanType",
        "llm.request.type",
    ];
    if let Some(kind) = attributes.first(&kinds) {
        return if CALLS.contains(&kind) {
            Rank::Call
        } else {
            Rank::Around
        };
    }
    if let Some(operation) = attributes.word("ai.operationId") {
        let calls = operation
            .rsplit_once('.')
            .is_some_and(|(_, last)| last.starts_with("do"));
        return if calls { Rank::Call } else { Rank::Around };
    }
    // Nothing says what it is: a call, unless it is named like a run and not like a call.
    let runs = attributes.first(&["traceloop.span.kind", "gen_ai.agent.name", "agent_name"]);
    let calls = attributes.first(&["gen_ai.request.model", "gen_ai.response.model"]);
    if counts::has_usage(attributes) && (runs.is_none() || calls.is_some()) {
        Rank::Call
    } else {
        Rank::Around
    }
}

/// The records of a span; more than one where a response inside of it bills several models.
///
/// # Errors
/// When a count in it cannot be read.
pub fn records(span: &Span, context: &Context<'_>) -> Result<Vec<UsageRecord>, Fault> {
    let attributes = &span.attributes;
    let rank = span.rank();
    let mut records = match body(attributes, context) {
        Some(records) if rank == Some(Rank::Call) => records,
        Some(_) | None => {
            let mut record = UsageRecord::default();
            header::state(&mut record, attributes);
            let is_call = rank == Some(Rank::Call) && !span.failed && !span.in_parts;
            if is_call || counts::has_usage(attributes) {
                counts::state(&mut record, attributes)?;
            }
            vec![record]
        }
    };
    for (model, attributes) in &span.others {
        let mut record = UsageRecord {
            part: Some(model.clone()),
            ..UsageRecord::default()
        };
        header::state(&mut record, attributes);
        counts::state(&mut record, attributes)?;
        records.push(record);
    }
    for record in &mut records {
        complete(record, span);
    }
    if let Some(main) = records.first_mut() {
        header::cost(main, attributes);
    }
    Ok(records)
}

/// States what a span says of its call beside the usage.
fn complete(record: &mut UsageRecord, span: &Span) {
    let attributes = &span.attributes;
    let mut said = UsageRecord::default();
    header::state(&mut said, attributes);
    record.facts.fill_from(&said.facts);
    for (name, tag) in said.tags {
        record.tags.entry(name).or_insert(tag);
    }
    if span.rank() == Some(Rank::Around) {
        // Agents repeat the id of their last call.
        record.facts.remove(Field::ResponseId);
    }
    record.facts.time(Field::StartedAt, span.start);
    record.facts.time(Field::FinishedAt, span.end);
    if record.occurred.is_none() {
        record.happened(span.start.or(span.end), TimeBasis::Envelope);
    }
    if span.failed {
        let code = attributes.first(names::ERROR_CODE);
        record.failed(code, attributes.first(names::ERROR_TEXT));
    }
    let service = attributes.word("service.name").unwrap_or_default();
    let mut agents = names::CODING_AGENTS.iter();
    if !record.items.is_empty() && agents.any(|agent| service.starts_with(agent)) {
        record.doubt(PLAN_UNKNOWN);
    }
}

/// The response inside of a span, where an adapter of responses knows it and it states usage: it
/// says more than the attributes that were taken from it.
fn body(attributes: &Attributes, context: &Context<'_>) -> Option<Vec<UsageRecord>> {
    let body = Object::parse(attributes.body.as_deref()?).ok()?;
    let adapter = crate::adapters::recognize(&body)?;
    let Reader::Body(read) = &adapter.reader else {
        return None;
    };
    let Ok(Reading::Records(records)) = read(&body, context) else {
        return None;
    };
    let used = records.first().is_some_and(|main| !main.items.is_empty());
    used.then_some(records)
}

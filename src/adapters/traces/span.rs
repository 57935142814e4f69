//! One span → a usage record: the header from its attributes, the items from its counts.

use super::attributes::Attributes;
use super::{Context, Reader, Reading, counts, names, row, shared};
use crate::error::Fault;
use crate::json::Object;
use crate::money::Exact;
use crate::usage::{
    Field, PLAN_UNKNOWN, ReportedCost, TimeBasis, Timestamp, UsageRecord, provider_name,
};

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
    let model = [Field::ResponseModel, Field::RequestedModel].map(names_of);
    let runs = attributes.first(&["traceloop.span.kind", "gen_ai.agent.name", "agent_name"]);
    let served = attributes.first(&["gen_ai.request.model", "gen_ai.response.model"]);
    let has_model = model.iter().any(|names| attributes.first(names).is_some());
    if has_model && counts::has_usage(attributes) && (runs.is_none() || served.is_some()) {
        return Rank::Call;
    }
    // An instrumentation of its own, without a model's name: a call as long as nothing says otherwise.
    if runs.is_none() && counts::has_usage(attributes) {
        Rank::Call
    } else {
        Rank::Around
    }
}

fn names_of(field: Field) -> &'static [&'static str] {
    let mut all = names::HEADER.iter();
    let named = all.find(|(of, _)| *of == field);
    named.map_or(&[], |(_, names)| names)
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
            header(&mut record, attributes);
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
        header(&mut record, attributes);
        counts::state(&mut record, attributes)?;
        records.push(record);
    }
    for record in &mut records {
        let mut said = UsageRecord::default();
        header(&mut said, attributes);
        record.facts.fill_from(&said.facts);
        for (name, tag) in said.tags {
            record.tags.entry(name).or_insert(tag);
        }
        if rank == Some(Rank::Around) {
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
    }
    if let Some(main) = records.first_mut() {
        cost(main, attributes);
    }
    let service = attributes.word("service.name").unwrap_or_default();
    if names::CODING_AGENTS
        .iter()
        .any(|agent| service.starts_with(agent))
    {
        for record in records.iter_mut().filter(|record| !record.items.is_empty()) {
            record.doubt(PLAN_UNKNOWN);
        }
    }
    Ok(records)
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

fn header(record: &mut UsageRecord, attributes: &Attributes) {
    let facts = &mut record.facts;
    for (field, names) in names::HEADER {
        facts.text(*field, attributes.first(names));
    }
    for (field, exponent, names) in names::DURATIONS {
        let span = attributes
            .first(names)
            .and_then(|word| Exact::parse(word).ok());
        if !facts.has(*field) {
            facts.integer(*field, shared::millis(span, *exponent));
        }
    }
    let first_token = attributes.first(names::FIRST_TOKEN);
    facts.time(Field::FirstTokenAt, first_token.and_then(Timestamp::parse));
    facts.text(Field::Provider, provider(attributes));
    let status = attributes.first(names::HTTP_STATUS);
    facts.integer(Field::HttpStatus, status.and_then(shared::http_status));
    let attempt = attributes.first(names::ATTEMPT);
    facts.integer(
        Field::AttemptIndex,
        attempt.and_then(|word| word.parse().ok()),
    );
    // Default names of SDKs say nothing.
    let unnamed = |name: &str| name.starts_with("unknown_service") || name == "default";
    if facts.get_text(Field::Platform).is_some_and(unnamed) {
        facts.remove(Field::Platform);
    }
    record.tier(attributes.first(names::TIER));
    let finish = attributes
        .first(names::FINISH)
        .and_then(|word| word.split(',').next());
    record.finished(finish.map(|word| word.replace('-', "_")));
    labels(record, attributes);
    modality(record, attributes);
}

fn labels(record: &mut UsageRecord, attributes: &Attributes) {
    for (tag, names) in names::TAGS {
        let word = attributes.first(names).filter(|word| *word != "default");
        if let Some(word) = word.and_then(crate::usage::clean_text) {
            record.tags.insert((*tag).to_owned(), word);
        }
    }
    let is_header = |name: &str| {
        let mut all = names::HEADER.iter();
        all.any(|(_, names)| names.contains(&name))
    };
    for prefix in names::LABELS {
        for (name, word) in attributes.beginning(prefix) {
            if !is_header(&format!("{prefix}{name}")) && is_label(word) {
                let tag = record.tags.entry(name.to_owned());
                tag.or_insert_with(|| word.to_owned());
            }
        }
    }
}

/// Longer words, or more of them, are somebody's text and no label.
fn is_label(word: &str) -> bool {
    word.len() <= 64 && word.split_whitespace().count() <= 3 && !word.chars().any(char::is_control)
}

fn modality(record: &mut UsageRecord, attributes: &Attributes) {
    let kind = attributes.first(names::KIND).unwrap_or_default();
    let (modality, operation) = match kind.to_ascii_lowercase().as_str() {
        "embeddings" | "embedding" | "embed" => ("embedding", "embedding"),
        kind if kind.ends_with("doembed") => ("embedding", "embedding"),
        "rerank" | "reranker" => ("rerank", "rerank"),
        kind if kind.ends_with("dorerank") => ("rerank", "rerank"),
        "text_completion" | "completion" => ("text", "completion"),
        _ => ("text", "chat"),
    };
    record.facts.text(Field::Modality, Some(modality));
    record.facts.text(Field::OperationType, Some(operation));
    row::modality(record);
    let asked = attributes.first(names_of(Field::RequestedModel));
    if asked.is_some_and(|model| model.contains("embed")) {
        record.facts.text(Field::Modality, Some("embedding"));
        record.facts.text(Field::OperationType, Some("embedding"));
    }
}

/// Who served it: what is stated first, unless it names a library. The AI SDK says which of its
/// modules it used (`openai.chat`, `google.vertex.chat`).
fn provider(attributes: &Attributes) -> Option<String> {
    let mut stated = names::PROVIDER
        .iter()
        .filter_map(|name| attributes.word(name));
    stated.find_map(|word| {
        let module = word.to_ascii_lowercase();
        let begins = |list: &[&str]| list.iter().any(|begin| module.starts_with(begin));
        let known = provider_name(word)?;
        if names::FRAMEWORKS.contains(&known.as_str()) {
            None
        } else if begins(&["google.vertex", "vertex."]) {
            Some("vertex".to_owned())
        } else if begins(&["google.generative"]) {
            Some("google".to_owned())
        } else if begins(&["az.", "aws.", "gcp."]) || !module.contains('.') {
            Some(known)
        } else {
            provider_name(module.split('.').next()?)
        }
    })
}

fn cost(record: &mut UsageRecord, attributes: &Attributes) {
    let mut stated = names::COST
        .iter()
        .filter_map(|name| Some((name, attributes.word(name)?)));
    let is_cost =
        |word: &str| Exact::parse(word).is_ok_and(|cost| !cost.is_zero() && !cost.is_negative());
    if record.reported_cost.is_none()
        && let Some((name, word)) = stated.find(|(_, word)| is_cost(word))
    {
        record.reported_cost = Some(ReportedCost {
            amount: word.to_owned(),
            currency: "USD".to_owned(),
            field: (*name).to_owned(),
        });
    }
}

//! Attributes → header fields, labels and the reported cost.

use super::attributes::Attributes;
use super::{names, row, shared};
use crate::money::Exact;
use crate::usage::{Field, ReportedCost, Timestamp, UsageRecord, provider_name};

/// States what attributes say of a call beside its usage.
pub fn state(record: &mut UsageRecord, attributes: &Attributes) {
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
    let asked = attributes.first(names::of(Field::RequestedModel));
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

/// States what somebody says the call cost.
pub fn cost(record: &mut UsageRecord, attributes: &Attributes) {
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

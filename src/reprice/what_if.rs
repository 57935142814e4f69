//! What if: the receipt that a record would have at other prices, or had another model served it.

use crate::error::{Error, Result};
use crate::ledger::Entry;
use crate::pricing::{self, Prices, Receipt};
use crate::usage::{Field, UsageRecord};

/// One model in place of another: `gpt-4o=gpt-5-mini`, `openai/gpt-4o*=anthropic/claude-haiku-4-5`.
#[derive(Debug, Clone)]
pub struct Alias {
    text: String,
    served: glob::Pattern,
    instead: String,
}

impl Alias {
    /// Reads `MODEL=MODEL`. The first may have wildcards; each may name its provider.
    ///
    /// # Errors
    /// When there is no `=`, a side is empty, or a pattern is malformed.
    pub fn parse(text: &str) -> Result<Self> {
        let hint =
            "Write MODEL=MODEL, such as gpt-4o=gpt-5-mini or gpt-4o=anthropic/claude-haiku-4-5.";
        let (served, instead) = text
            .split_once('=')
            .map(|(served, instead)| (served.trim(), instead.trim()))
            .filter(|(served, instead)| !served.is_empty() && !instead.is_empty())
            .ok_or_else(|| {
                Error::usage("This does not say which model stands for which.").hint(hint)
            })?;
        let served = glob::Pattern::new(served).map_err(|error| {
            Error::usage(format!("The pattern is malformed: {}.", error.msg)).hint(hint)
        })?;
        Ok(Self {
            text: text.to_owned(),
            served,
            instead: instead.to_owned(),
        })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn is_of(&self, record: &UsageRecord) -> bool {
        let facts = &record.facts;
        let model = facts
            .get_text(Field::ResponseModel)
            .or_else(|| facts.get_text(Field::RequestedModel));
        let provider = facts.get_text(Field::Provider);
        model.is_some_and(|model| {
            let named = provider.map(|provider| format!("{provider}/{model}"));
            self.served.matches(model) || named.is_some_and(|named| self.served.matches(&named))
        })
    }

    /// The record as if the other model had served it.
    fn of(&self, record: &UsageRecord, prices: &Prices) -> UsageRecord {
        let mut record = record.clone();
        let stated = record.facts.get_text(Field::Provider).map(str::to_owned);
        let sells = |provider: &str, model: &str| prices.find(provider, model).is_some();
        // A slash may part the provider from the model, or belong to the model's own name.
        let (provider, model) = match (self.instead.split_once('/'), stated) {
            (Some((provider, model)), _) if sells(provider, model) => {
                (Some(provider.to_owned()), model)
            }
            (_, Some(own)) if sells(&own, &self.instead) => (Some(own), self.instead.as_str()),
            _ => (None, self.instead.as_str()),
        };
        record.facts.remove(Field::Provider);
        record.facts.text(Field::Provider, provider);
        record.facts.text(Field::ResponseModel, Some(model));
        record
    }
}

/// Other prices, other models, or both.
#[derive(Debug, Clone, Default)]
pub struct WhatIf {
    /// The books.
    pub prices: Prices,
    /// Whether records are priced by these books whose model stays the same.
    pub all: bool,
    /// Models in place of others; the first that fits counts.
    pub aliases: Vec<Alias>,
    /// Whether what a plan covers is priced as if it were billed call by call.
    pub uncovered: bool,
}

/// The attribute that says by which plan a call is paid.
const PLAN: &str = "plan";

impl WhatIf {
    /// The receipt that a record would have; none where the question does not touch it.
    pub fn receipt(&self, entry: &Entry) -> Option<Receipt> {
        let is_planned = self.uncovered && entry.record.attributes.contains_key(PLAN);
        let mut uncovered = None;
        if is_planned {
            let mut record = entry.record.clone();
            record.attributes.remove(PLAN);
            uncovered = Some(record);
        }
        let record = uncovered.as_ref().unwrap_or(&entry.record);
        match self.aliases.iter().find(|alias| alias.is_of(record)) {
            Some(alias) => Some(pricing::price(
                &alias.of(record, &self.prices),
                &self.prices,
            )),
            None => (self.all || is_planned).then(|| pricing::price(record, &self.prices)),
        }
    }
}

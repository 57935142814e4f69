//! Which price holds: the model that a record names, at the provider that served it, on its day.

use super::format::Model;
use super::period::Period;
use super::prices::Found;
use super::scalar::{Day, Moment};
use super::search::Search;
use super::shelves::Fit;
use crate::usage::{Field, TimeBasis, UsageRecord};

/// A price period that holds for a record, and what had to be assumed to find it.
pub struct Located<'a> {
    /// The model and its book.
    pub found: Found<'a>,
    /// The period.
    pub period: &'a Period,
    /// What had to be assumed.
    pub doubts: Vec<String>,
}

/// The record's model and the period of its time.
pub fn locate<'a>(record: &UsageRecord, search: &Search<'a>) -> Result<Located<'a>, String> {
    let mut doubts = Vec::new();
    let found = match name_of(record, &mut doubts) {
        Some(name) => sold_as(record, search, name, &mut doubts)?,
        None => priced_by_operation(record, search).ok_or("the response does not say its model")?,
    };
    let period = period_at(record, found.model, &mut doubts)?;
    Ok(Located {
        found,
        period,
        doubts,
    })
}

/// The name that decides the price: that of the model which served it, else the one asked for.
fn name_of<'r>(record: &'r UsageRecord, doubts: &mut Vec<String>) -> Option<&'r str> {
    if let Some(name) = record.facts.get_text(Field::ResponseModel) {
        return Some(name);
    }
    let asked = record.facts.get_text(Field::RequestedModel)?;
    doubts.push("the response does not say its model; priced as requested".to_owned());
    Some(asked)
}

/// A service whose responses name no model (a search, a task paid in credits) has a price by the
/// name of what was done. Only that very name counts: a pattern would guess.
fn priced_by_operation<'a>(record: &UsageRecord, search: &Search<'a>) -> Option<Found<'a>> {
    let provider = record.facts.get_text(Field::Provider)?;
    let operation = record.facts.get_text(Field::OperationType)?;
    let found = search.find(provider, operation)?;
    (found.fit == Fit::Exact).then_some(found)
}

/// The model that a record names, at its provider or, where none is stated, at any.
fn sold_as<'a>(
    record: &UsageRecord,
    search: &Search<'a>,
    name: &str,
    doubts: &mut Vec<String>,
) -> Result<Found<'a>, String> {
    match record.facts.get_text(Field::Provider) {
        Some(provider) => search
            .find(provider, name)
            .ok_or_else(|| format!("no price for {name} ({provider})")),
        None => sold_by_anyone(search, name, doubts),
    }
}

/// Nobody says who served it: if one provider sells that name, that is who. If several do, the
/// first in the order of the books is an estimate, and the others are named.
fn sold_by_anyone<'a>(
    search: &Search<'a>,
    name: &str,
    doubts: &mut Vec<String>,
) -> Result<Found<'a>, String> {
    let sellers = search.sellers(name);
    let (first, others) = sellers
        .split_first()
        .and_then(|(first, others)| Some((search.find(first, name)?, others)))
        .ok_or_else(|| format!("no price for {name} (provider is not stated)"))?;
    if !others.is_empty() {
        let (taken, others) = (first.model.provider(), others.join(", "));
        doubts.push(format!(
            "provider is not stated: taken as {taken}, also sold by {others}"
        ));
    }
    Ok(first)
}

/// The period with `from` ≤ the record's own time < `to`, never the nearest.
fn period_at<'a>(
    record: &UsageRecord,
    model: &'a Model,
    doubts: &mut Vec<String>,
) -> Result<&'a Period, String> {
    let id = &model.id;
    let Some(occurred) = record.occurred else {
        return match model.prices.as_slice() {
            [] => Err(format!("{id} has no published price")),
            [only] => {
                doubts.push("the time is not known".to_owned());
                Ok(only)
            }
            _ => Err(format!(
                "the time is not known, and {id} has several price periods"
            )),
        };
    };
    if occurred.basis == TimeBasis::File {
        doubts.push("the time is that of the file".to_owned());
    }
    if model.prices.is_empty() {
        return Err(format!("{id} has no published price"));
    }
    let period = model.prices.iter().find(|period| period.holds(occurred.at));
    period.ok_or_else(|| format!("no price of {id} at {}", Day::of(occurred.at)))
}

impl Located<'_> {
    /// Its currency.
    pub fn currency(&self) -> String {
        let own = self.period.currency.as_ref();
        own.map_or_else(|| self.found.book.currency(), ToString::to_string)
    }

    /// What makes the period itself doubtful at the record's time.
    pub fn period_doubts(&self, record: &UsageRecord) -> Vec<String> {
        let (period, checked) = (self.period, self.found.book.checked(self.period));
        let mut doubts = Vec::new();
        let Some(at) = record.occurred else {
            return doubts;
        };
        // Where nobody says when a source was checked, it was not since.
        if let Some(promised) = period.guaranteed_until
            && Day::of(at.at) > promised
            && checked.is_none_or(|checked| checked <= promised)
        {
            doubts.push(format!("the price was promised until {promised} only"));
        }
        let from = period.from.as_ref().map(Moment::at);
        if let Some(checked) = checked
            && from.is_some_and(|from| Day::of(from) > checked)
        {
            doubts.push(format!("the price was announced, last checked {checked}"));
        }
        doubts
    }
}

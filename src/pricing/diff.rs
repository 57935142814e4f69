//! What is different between two books: by model and meter, with the time from which it is.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::book::PriceBook;
use super::decimal::Price;
use super::format::Model;
use super::listing;
use super::period::Period;
use super::words;
use crate::usage::Timestamp;

/// A difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The model's id, or another part of a book: `provider xai`, `schedule peak`.
    pub subject: String,
    /// What of it: a meter, a rule.
    pub label: String,
    /// From when, as the books write it; always, where there is nothing.
    pub from: Option<String>,
    /// Until when.
    pub to: Option<String>,
    /// What the old book says.
    pub old: Option<String>,
    /// What the new book says.
    pub new: Option<String>,
}

/// All differences from the old books to the new ones, in the order of their subjects.
pub fn diff(old: &[&PriceBook], new: &[&PriceBook]) -> Vec<Change> {
    let mut changes = Vec::new();
    let (olds, news) = (models(old), models(new));
    let ids: BTreeSet<&str> = olds.keys().chain(news.keys()).copied().collect();
    for id in ids {
        let (a, b) = (olds.get(id).copied(), news.get(id).copied());
        compare(id, &names(a), &names(b), &mut changes);
        over_time(id, a, b, &mut changes);
    }
    compare("", &others(old), &others(new), &mut changes);
    changes
}

type Placed<'a> = (&'a PriceBook, &'a Model);
/// What is said, by label.
type Said = BTreeMap<String, String>;

fn models<'a>(books: &[&'a PriceBook]) -> BTreeMap<&'a str, Placed<'a>> {
    let all = books.iter().rev();
    let all = all.flat_map(|book| book.models().iter().map(|model| (*book, model)));
    all.map(|(book, model)| (model.id.as_str(), (book, model)))
        .collect()
}

/// What a model says beside its prices.
fn names(placed: Option<Placed<'_>>) -> Said {
    let Some((_, model)) = placed else {
        return Said::new();
    };
    let mut said = Said::new();
    said.insert("match".to_owned(), model.matches.join(", "));
    said.insert("regex".to_owned(), model.regex.join(", "));
    said.insert("rounding".to_owned(), text(&model.rounding));
    said.insert("unpriced".to_owned(), text(&model.unpriced));
    said.insert("usage_aliases".to_owned(), text(&model.usage_aliases));
    said.retain(|_, value| !matches!(value.as_str(), "" | "null" | "{}"));
    said
}

/// What books say beside their models.
fn others(books: &[&PriceBook]) -> Said {
    let mut said = Said::new();
    for book in books.iter().rev() {
        let mut put = |kind: &str, name: &str, value: String| {
            said.insert(format!("{kind} {name}"), value);
        };
        for (name, terms) in &book.providers {
            put("discount of", name, text(terms));
        }
        for (name, terms) in &book.meters {
            put("meter", name, text(terms));
        }
        for (name, schedule) in &book.schedules {
            put("schedule", name, text(schedule));
        }
        for fx in &book.fx {
            let pair = format!("{} to {} on {}", fx.from, fx.to, fx.date);
            put("fx", &pair, fx.rate.to_string());
        }
    }
    said
}

/// Anything that can be written, as text.
fn text(part: &impl Serialize) -> String {
    serde_json::to_string(part).unwrap_or_default()
}

fn compare(subject: &str, old: &Said, new: &Said, changes: &mut Vec<Change>) {
    for (label, old, new) in differences(old, new) {
        changes.push(Change {
            subject: subject.to_owned(),
            label,
            from: None,
            to: None,
            old,
            new,
        });
    }
}

fn differences(old: &Said, new: &Said) -> Vec<(String, Option<String>, Option<String>)> {
    let labels: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let both = labels
        .into_iter()
        .map(|label| (label, old.get(label), new.get(label)));
    let differ = both.filter(|(_, old, new)| old != new);
    differ
        .map(|(label, old, new)| (label.clone(), old.cloned(), new.cloned()))
        .collect()
}

/// Compares stretch by stretch, between all the times at which one of the two changes. Stretches
/// that differ alike are told as one.
fn over_time(
    id: &str,
    old: Option<Placed<'_>>,
    new: Option<Placed<'_>>,
    changes: &mut Vec<Change>,
) {
    let edges = edges(old, new);
    let begins = std::iter::once(None).chain(edges.iter().map(Some));
    let ends = edges.values().map(Some).chain(std::iter::once(None));
    let mut open: Vec<Change> = Vec::new();
    for (begin, end) in begins.zip(ends) {
        let at = begin.map(|(at, _)| *at);
        let from = begin.map(|(_, text)| text.clone());
        let mut still = Vec::new();
        let differ = differences(&said_at(old, at), &said_at(new, at)).into_iter();
        for (label, old, new) in
            differ.filter(|(_, old, new)| meant(old.as_deref()) != meant(new.as_deref()))
        {
            let goes_on = |held: &Change| {
                held.label == label && held.old == old && held.new == new && held.to == from
            };
            let began = open.iter().position(goes_on).map(|at| open.remove(at));
            still.push(Change {
                subject: id.to_owned(),
                from: began.map_or_else(|| from.clone(), |began| began.from),
                label,
                to: end.cloned(),
                old,
                new,
            });
        }
        changes.append(&mut open);
        open = still;
    }
    changes.append(&mut open);
}

/// What is said without the zeros that a price may end with: `0.20 USD` is `0.2 USD`.
fn meant(said: Option<&str>) -> Option<String> {
    let short = |word: &str| {
        let number = word.trim_end_matches(',');
        Price::parse(number).map_or_else(|_| word.to_owned(), |price| price.exact().to_string())
    };
    let words = said?.split(' ').map(short);
    Some(words.collect::<Vec<_>>().join(" "))
}

/// The times at which a period begins or ends, as they are written.
fn edges(old: Option<Placed<'_>>, new: Option<Placed<'_>>) -> BTreeMap<Timestamp, String> {
    let models = old.into_iter().chain(new).map(|(_, model)| model);
    let periods = models.flat_map(|model| &model.prices);
    let moments = periods.flat_map(|period| period.from.iter().chain(&period.to));
    moments
        .map(|moment| (moment.at(), moment.to_string()))
        .collect()
}

fn said_at(placed: Option<Placed<'_>>, at: Option<Timestamp>) -> Said {
    let period = placed.and_then(|(book, model)| Some((book, period_at(model, at)?)));
    let Some((book, period)) = period else {
        return Said::new();
    };
    let mut said = Said::new();
    for fact in words::facts(book, period) {
        // Two rules may have the same condition.
        let value = said.entry(fact.label).or_default();
        if !value.is_empty() {
            value.push_str("; ");
        }
        value.push_str(&fact.value);
    }
    said
}

/// The period that holds at a time; before all times, the one without a beginning.
fn period_at(model: &Model, at: Option<Timestamp>) -> Option<&Period> {
    if at.is_some() {
        return listing::periods(model, at).into_iter().next();
    }
    let begins = |period: &&Period| period.from.is_none();
    model.prices.iter().find(begins)
}

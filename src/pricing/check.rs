//! What a book may not leave in doubt. Each problem is found when the book is loaded, never when a
//! record happens to meet it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::book::PriceBook;
use super::format::{FxRate, MeterTerms, Model};
use super::period::Period;
use super::{check_names, check_period};
use crate::error::{Error, ErrorKind};
use crate::money::MONEY_SCALE;
use crate::usage::{Group, Meter};

/// Longest chain of meters that take each other's rate.
const LONGEST_CHAIN: usize = 8;

/// Characters of a message that are told.
const LONGEST_MESSAGE: usize = 300;

/// Something wrong with a book, and where.
pub struct Problem {
    message: String,
    place: Option<Place>,
    hint: &'static str,
}

/// A part of a book that has a line of its own.
enum Place {
    Model(usize),
    Meter(String),
    Fx(usize),
}

/// Where the parts of a book stand in its text.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    /// The models.
    pub models: Vec<u64>,
    /// The meters it declares.
    pub meters: BTreeMap<String, u64>,
    /// The exchange rates.
    pub fx: Vec<u64>,
}

/// Sound, or the first problem.
pub type Checked = Result<(), Problem>;

impl Problem {
    /// The problem as an error with its place.
    pub fn at(self, name: &str, lines: &Lines) -> Error {
        let line = match &self.place {
            Some(Place::Model(at)) => lines.models.get(*at),
            Some(Place::Meter(meter)) => lines.meters.get(meter),
            Some(Place::Fx(at)) => lines.fx.get(*at),
            None => None,
        };
        let line = line.copied();
        Error::new(ErrorKind::PriceBook, short(&self.message))
            .at(Path::new(name), line.filter(|line| *line > 0))
            .hint(self.hint)
    }
}

/// As much of a message as is told: names in a book may be as long as somebody likes.
pub fn short(message: &str) -> &str {
    let cut = message.char_indices().nth(LONGEST_MESSAGE);
    cut.and_then(|(at, _)| message.get(..at)).unwrap_or(message)
}

/// A problem that is not tied to a place yet.
pub fn problem(message: impl Into<String>, hint: &'static str) -> Problem {
    Problem {
        message: message.into(),
        place: None,
        hint,
    }
}

/// Checks the whole book.
pub fn book(book: &PriceBook) -> Checked {
    meters(book)?;
    let mut ids = BTreeSet::new();
    for (at, model) in book.models.iter().enumerate() {
        let checked = if ids.insert(&model.id) {
            self::model(book, model)
        } else {
            Err(problem(
                format!("model {} is there twice", model.id),
                "merge the two, or give one of them another id",
            ))
        };
        checked.map_err(|found| in_model(found, at))?;
    }
    check_names::names(book)?;
    fx(book)
}

/// The problem, tied to a model of the book.
pub fn in_model(found: Problem, at: usize) -> Problem {
    Problem {
        place: Some(Place::Model(at)),
        ..found
    }
}

fn meters(book: &PriceBook) -> Checked {
    for (name, terms) in &book.meters {
        meter(book, name, terms).map_err(|found| Problem {
            place: Some(Place::Meter(name.clone())),
            ..found
        })?;
    }
    Ok(())
}

fn meter(book: &PriceBook, name: &str, terms: &MeterTerms) -> Checked {
    if Group::named(name).is_some() {
        return Err(problem(
            format!("meter {name} has the name of a group"),
            "give the meter another name: `times` could not tell the two apart",
        ));
    }
    if let Some(target) = &terms.falls_back_to {
        known_meter(book, target, &format!("falls_back_to of meter {name}"))?;
    }
    if chain(book, name).count() > LONGEST_CHAIN {
        return Err(problem(
            format!("meter {name} falls back to itself"),
            "let the chain of falls_back_to end at a meter that has rates",
        ));
    }
    Ok(())
}

/// The meters whose rate a meter may take, itself first. Cut off, should it be a circle.
pub fn chain<'a>(book: &'a PriceBook, meter: &'a str) -> impl Iterator<Item = &'a str> {
    let steps = std::iter::successors(Some(meter), |meter| book.fallback(meter));
    steps.take(LONGEST_CHAIN + 1)
}

/// The same as far as the one whose rate it takes.
pub fn chain_to<'a>(
    book: &'a PriceBook,
    meter: &'a str,
    owner: &'a str,
) -> impl Iterator<Item = &'a str> {
    let below = chain(book, meter).take_while(move |name| *name != owner);
    below.chain([owner])
}

/// A meter must be built in or declared.
pub fn known_meter(book: &PriceBook, name: &str, place: &str) -> Checked {
    if book.meters.contains_key(name) || Meter::named(name).info().is_some() {
        return Ok(());
    }
    Err(problem(
        format!("{place}: unknown meter {name}"),
        "declare it under `meters:` with its group, or correct its name",
    ))
}

fn model(book: &PriceBook, model: &Model) -> Checked {
    let id = &model.id;
    let named = id.split_once('/');
    if named.is_none_or(|(provider, name)| provider.is_empty() || name.is_empty()) {
        return Err(problem(
            format!("model id {id} is not provider/name"),
            "write it as in openai/gpt-5-mini",
        ));
    }
    if model.matches.is_empty() && model.regex.is_empty() && model.extends.is_none() {
        return Err(problem(
            format!("model {id} matches no name"),
            "list the names it serves under `match:`",
        ));
    }
    if model
        .rounding
        .as_ref()
        .is_some_and(|rounding| rounding.decimals > MONEY_SCALE)
    {
        return Err(problem(
            format!("model {id} rounds to more than {MONEY_SCALE} decimals"),
            "amounts have no more decimals than that; leave `rounding` out to show all of them",
        ));
    }
    for target in model.usage_aliases.values() {
        known_meter(book, target, &format!("usage_aliases of {id}"))?;
    }
    for period in &model.prices {
        check_period::period(book, period, &place(model, period))?;
    }
    if model.extends.is_none() {
        in_order(model)?;
    }
    Ok(())
}

/// A model and the start of a period, for messages.
fn place(model: &Model, period: &Period) -> String {
    match &period.from {
        Some(from) => format!("{} from {from}", model.id),
        None => model.id.clone(),
    }
}

/// No two periods of a model may hold at once.
pub fn in_order(model: &Model) -> Checked {
    let mut periods: Vec<&Period> = model.prices.iter().collect();
    periods.sort_by_key(|period| period.from.as_ref().map(super::scalar::Moment::at));
    for period in &periods {
        if let (Some(from), Some(to)) = (&period.from, &period.to)
            && from.at() >= to.at()
        {
            return Err(problem(
                format!("{}: the period ends before it begins", place(model, period)),
                "`from` is inclusive, `to` is exclusive",
            ));
        }
    }
    for (earlier, later) in periods.iter().zip(periods.iter().skip(1)) {
        let ends = earlier.to.as_ref().map(super::scalar::Moment::at);
        let begins = later.from.as_ref().map(super::scalar::Moment::at);
        if ends.is_none() || begins.is_none() || ends > begins {
            return Err(problem(
                format!("{}: two price periods overlap", place(model, later)),
                "end the earlier one with `to:` where the later one begins",
            ));
        }
    }
    Ok(())
}

fn fx(book: &PriceBook) -> Checked {
    let mut seen = BTreeSet::new();
    for (at, rate) in book.fx.iter().enumerate() {
        let is_new = seen.insert((rate.date, &rate.from, &rate.to));
        let checked = if is_new && rate.from != rate.to {
            fx_rate(book, rate)
        } else {
            Err(in_doubt(rate))
        };
        checked.map_err(|found| Problem {
            place: Some(Place::Fx(at)),
            ..found
        })?;
    }
    Ok(())
}

fn in_doubt(rate: &FxRate) -> Problem {
    let FxRate { date, from, to, .. } = rate;
    problem(
        format!("fx of {date}: {from} to {to} is in doubt"),
        "give one rate per day between two currencies",
    )
}

fn fx_rate(book: &PriceBook, rate: &FxRate) -> Checked {
    if !book.sources.contains_key(&rate.source) {
        return Err(problem(
            format!("fx of {}: unknown source {}", rate.date, rate.source),
            "add it under `sources:` with its url and the day it was checked",
        ));
    }
    if rate.rate.exact().is_zero() {
        return Err(problem(
            format!("fx of {}: the rate is zero", rate.date),
            "leave unknown rates out",
        ));
    }
    Ok(())
}

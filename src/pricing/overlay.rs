//! `extends: bundled`: a model of an overlay that changes only what it names.
//!
//! Periods with the same `from` are merged meter by meter; `rules:` are replaced if they are given;
//! other periods are added. What the bundled book calls its sources, meters and schedules is taken
//! over under the same names, unless the overlay says otherwise.

use std::collections::BTreeMap;
use std::path::Path;

use super::book::PriceBook;
use super::bundled;
use super::check;
use super::format::Model;
use super::period::Period;
use super::scalar::Moment;
use crate::error::{Error, ErrorKind, Result};

/// The book with every extending model filled up from the bundled one.
pub fn extended(mut book: PriceBook) -> Result<PriceBook> {
    let mut touched = false;
    for (at, model) in std::mem::take(&mut book.models).into_iter().enumerate() {
        let model = if model.extends.is_some() {
            touched = true;
            let base = bundled::model(&model.id);
            let (base_book, base) = base.ok_or_else(|| no_base(&book, at, &model.id))?;
            let merged = merge(base, model);
            take_names(&mut book, base_book);
            merged
        } else {
            model
        };
        book.models.push(model);
    }
    if touched {
        check::book(&book).map_err(|problem| problem.at(&book.origin, &book.lines))?;
        book.fill_shelves();
    }
    Ok(book)
}

fn no_base(book: &PriceBook, at: usize, id: &str) -> Error {
    let message = format!("model {id} extends a bundled model that does not exist");
    let line = book.lines.models.get(at).copied();
    Error::new(ErrorKind::PriceBook, message)
        .at(Path::new(&book.origin), line.filter(|line| *line > 0))
        .hint("`llmcost prices list` shows the bundled models; without `extends` it stands alone")
}

fn take_names(book: &mut PriceBook, base: &PriceBook) {
    keep(&mut book.sources, &base.sources);
    keep(&mut book.meters, &base.meters);
    keep(&mut book.schedules, &base.schedules);
}

/// Adds what is not there yet.
fn keep<V: Clone>(own: &mut BTreeMap<String, V>, base: &BTreeMap<String, V>) {
    for (name, value) in base {
        own.entry(name.clone()).or_insert_with(|| value.clone());
    }
}

fn merge(base: &Model, mut own: Model) -> Model {
    own.extends = None;
    if own.matches.is_empty() && own.regex.is_empty() {
        own.matches.clone_from(&base.matches);
        own.regex.clone_from(&base.regex);
    }
    keep(&mut own.usage_aliases, &base.usage_aliases);
    own.unpriced = own.unpriced.or(base.unpriced);
    own.rounding = own.rounding.or_else(|| base.rounding.clone());
    let mut added = std::mem::take(&mut own.prices);
    for period in &base.prices {
        let begins = |other: &Period| start(other) == start(period);
        let change = added.iter().position(begins).map(|at| added.remove(at));
        own.prices.push(match change {
            Some(change) => merge_period(period, change),
            None => period.clone(),
        });
    }
    own.prices.append(&mut added);
    own
}

fn start(period: &Period) -> Option<crate::usage::Timestamp> {
    period.from.as_ref().map(Moment::at)
}

fn merge_period(base: &Period, mut own: Period) -> Period {
    let restated: Vec<String> = own.meters().map(ToOwned::to_owned).collect();
    let is_new = |meter: &String| !restated.contains(meter);
    for (own, (_, base)) in own.blocks_mut().into_iter().zip(base.blocks()) {
        let taken = base.iter().filter(|(meter, _)| is_new(meter));
        own.extend(taken.map(|(meter, price)| (meter.clone(), *price)));
    }
    let tables = base.tables.iter().filter(|table| is_new(&table.meter));
    own.tables.extend(tables.cloned());
    let graduated = base.graduated.iter().filter(|scale| is_new(&scale.meter));
    own.graduated.extend(graduated.cloned());
    let unverified = base.unverified.iter().filter(|meter| is_new(meter));
    own.unverified.extend(unverified.cloned());
    keep(&mut own.bill, &base.bill);
    let limited: Vec<_> = own.free.iter().map(|free| free.meter.clone()).collect();
    let free = base
        .free
        .iter()
        .filter(|free| !limited.contains(&free.meter));
    own.free.extend(free.cloned());
    own.to = own.to.or_else(|| base.to.clone());
    own.guaranteed_until = own.guaranteed_until.or(base.guaranteed_until);
    own.currency = own.currency.or_else(|| base.currency.clone());
    own.rules = own.rules.or_else(|| base.rules.clone());
    own
}

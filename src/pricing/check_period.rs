//! What a price period may not leave in doubt: its sources, its meters, its tables and its rules.

use std::collections::BTreeSet;

use super::book::PriceBook;
use super::check::{Checked, known_meter, problem};
use super::period::{Condition, Graduated, Period, Rates, Rule, Table};
use super::receipt::Per;
use super::words::several;
use crate::usage::{Group, Meter};

/// Checks one price period.
pub fn period(book: &PriceBook, period: &Period, place: &str) -> Checked {
    if period.source.is_empty() {
        return Err(problem(
            format!("{place}: no source"),
            "name at least one entry of `sources:`",
        ));
    }
    if let Some(id) = period
        .source
        .iter()
        .find(|id| !book.sources.contains_key(*id))
    {
        return Err(problem(
            format!("{place}: unknown source {id}"),
            "add it under `sources:` with its url and the day it was checked",
        ));
    }
    each_meter_once(book, period, place)?;
    units(period.blocks(), place)?;
    for table in &period.tables {
        self::table(table, place)?;
    }
    for graduated in &period.graduated {
        steps(graduated, place)?;
    }
    for (meter, bill) in &period.bill {
        if bill.step.is_some_and(|step| step.exact().is_zero()) {
            return Err(problem(
                format!("{place}: the step of {meter} is zero"),
                "leave `step` out where nothing is rounded up",
            ));
        }
    }
    let others = period.bill.keys().chain(&period.unverified);
    for meter in others.chain(period.free.iter().map(|free| &free.meter)) {
        known_meter(book, meter, place)?;
    }
    for rule in period.rules.iter().flatten() {
        self::rule(book, rule, place)?;
    }
    Ok(())
}

/// Two rates for one meter, and nobody could say which one holds.
fn each_meter_once(book: &PriceBook, period: &Period, place: &str) -> Checked {
    let flat = period
        .blocks()
        .into_iter()
        .flat_map(|(_, rates)| rates.keys());
    let graduated = period.graduated.iter().map(|graduated| &graduated.meter);
    let tables: BTreeSet<&String> = period.tables.iter().map(|table| &table.meter).collect();
    let mut seen = BTreeSet::new();
    for meter in flat.chain(graduated).chain(tables) {
        known_meter(book, meter, place)?;
        if !seen.insert(meter) {
            return Err(problem(
                format!("{place}: {meter} is priced twice"),
                "a meter has a flat rate, a table or a graduated scale, and in one unit only",
            ));
        }
    }
    Ok(())
}

/// A price per minute is for what counts seconds, and so on. What the book declares counts as it
/// likes.
fn units(blocks: [(Per, &Rates); 7], place: &str) -> Checked {
    let priced = blocks.into_iter().flat_map(|(per, rates)| {
        let meters = rates.keys();
        meters.filter_map(move |meter| Some((per, Meter::named(meter).info()?)))
    });
    for (per, meter) in priced {
        let fits = match per {
            Per::Each | Per::Thousand | Per::Million => true,
            Per::Minute | Per::Hour => meter.unit == "second",
            Per::MillionHours => meter.unit == "token-hour",
            Per::GibDay => false,
        };
        if !fits {
            let (name, units, block) = (meter.name, several(meter.unit), per.name());
            return Err(problem(
                format!("{place}: {name} counts {units}, which {block} is not for"),
                "use each, per_1k or per_1m; per_minute and per_hour are for seconds, per_1m_hours is for token-hours",
            ));
        }
    }
    Ok(())
}

fn table(table: &Table, place: &str) -> Checked {
    let columns = table.by.len();
    let fits = |row: &String| row.split('/').count() == columns;
    if columns > 0 && table.rows.keys().all(fits) {
        return Ok(());
    }
    Err(problem(
        format!(
            "{place}: a row of the table of {} does not fit `by`",
            table.meter
        ),
        "a row is named by one value per attribute, joined by `/`",
    ))
}

fn steps(graduated: &Graduated, place: &str) -> Checked {
    let ends: Vec<_> = graduated.steps.iter().map(|step| step.upto).collect();
    let last_is_open = ends.last().is_some_and(Option::is_none);
    let pairs = ends.iter().zip(ends.iter().skip(1));
    let rising = pairs
        .clone()
        .all(|(a, b)| a.is_some() && (b.is_none() || a < b));
    if last_is_open && rising {
        return Ok(());
    }
    Err(problem(
        format!("{place}: the steps of {} do not rise", graduated.meter),
        "each step but the last has an `upto` above the one before it",
    ))
}

fn rule(book: &PriceBook, rule: &Rule, place: &str) -> Checked {
    let condition = &rule.condition;
    if *condition == Condition::default() {
        return Err(problem(
            format!("{place}: a rule without a condition"),
            "say under `if:` when it holds",
        ));
    }
    if let Some(name) = condition
        .schedule
        .as_ref()
        .filter(|name| !book.schedules.contains_key(*name))
    {
        return Err(problem(
            format!("{place}: unknown schedule {name}"),
            "declare it under `schedules:`",
        ));
    }
    let replaced = rule
        .blocks()
        .into_iter()
        .flat_map(|(_, rates)| rates.keys());
    let scaled = rule
        .times
        .keys()
        .filter(|name| Group::named(name).is_none());
    let mut seen = BTreeSet::new();
    for meter in replaced.clone() {
        if !seen.insert(meter) {
            return Err(problem(
                format!("{place}: a rule prices {meter} twice"),
                "give one rate in one unit",
            ));
        }
    }
    units(rule.blocks(), place)?;
    for meter in replaced.chain(scaled).chain(&condition.with_tool) {
        known_meter(book, meter, place)?;
    }
    if rule.times.is_empty() && seen.is_empty() && rule.estimated.is_none() {
        return Err(problem(
            format!("{place}: a rule that changes nothing"),
            "give `times:` or other rates",
        ));
    }
    Ok(())
}

//! A price period in words: every rate, rule and quota under a label, for showing and comparing.

use super::book::PriceBook;
use super::period::{Condition, Free, FreePer, Graduated, Period, Rates, Rule};
use super::receipt::Per;
use crate::usage::Meter;

/// One thing that a period says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The meter it is about, where it is about one.
    pub meter: Option<String>,
    /// What it says something about: `input`, `image 1024x1024/low`, `if service_tier is batch`.
    pub label: String,
    /// What it says: `2 USD per 1M tokens`, `tokens × 0.5`.
    pub value: String,
}

fn fact(meter: Option<&str>, label: impl Into<String>, value: impl Into<String>) -> Fact {
    Fact {
        meter: meter.map(str::to_owned),
        label: label.into(),
        value: value.into(),
    }
}

/// Everything that a period says about money, rates first.
pub fn facts(book: &PriceBook, period: &Period) -> Vec<Fact> {
    let currency = currency(book, period);
    let mut facts = rates(period, &currency);
    for (meter, bill) in &period.bill {
        let least = bill.min.map(|min| format!("at least {min}"));
        let step = bill.step.map(|step| format!("in steps of {step}"));
        let said = [least, step].into_iter().flatten().collect::<Vec<_>>();
        facts.push(fact(
            Some(meter),
            format!("{meter} is billed"),
            said.join(", "),
        ));
    }
    facts.extend(period.free.iter().map(free));
    let rules = period.rules.iter().flatten();
    facts.extend(rules.map(|rule| self::rule(rule, &currency)));
    let unverified = period.unverified.iter();
    facts.extend(unverified.map(|meter| {
        fact(
            Some(meter),
            format!("{meter} is unverified"),
            "its cost is an estimate",
        )
    }));
    let promised = period.guaranteed_until.iter();
    facts.extend(promised.map(|day| fact(None, "guaranteed until", day.to_string())));
    facts
}

/// The currency of a period.
pub fn currency(book: &PriceBook, period: &Period) -> String {
    let own = period.currency.as_ref();
    own.map_or_else(|| book.currency(), ToString::to_string)
}

fn rates(period: &Period, currency: &str) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (per, rates) in period.blocks() {
        for (meter, price) in rates {
            let value = format!("{price} {currency} {}", per_words(per, meter));
            facts.push(fact(Some(meter), meter, value));
        }
    }
    facts.sort_by_key(|fact| {
        fact.meter
            .as_deref()
            .map(|meter| Meter::named(meter).rank())
    });
    for table in &period.tables {
        for (row, price) in &table.rows {
            let label = format!("{} {row}", table.meter);
            facts.push(fact(
                Some(&table.meter),
                label,
                format!("{price} {currency} each"),
            ));
        }
    }
    let graduated = period.graduated.iter();
    facts.extend(graduated.map(|scale| self::scale(scale, currency)));
    facts
}

fn scale(scale: &Graduated, currency: &str) -> Fact {
    let steps = scale.steps.iter().map(|step| match step.upto {
        Some(upto) => format!("{} {currency} each up to {upto}", step.each),
        None => format!("then {} {currency} each", step.each),
    });
    let value = steps.collect::<Vec<_>>().join(", ");
    fact(Some(&scale.meter), &scale.meter, value)
}

fn free(free: &Free) -> Fact {
    let per = match free.per {
        FreePer::Day => "day",
        FreePer::Month => "month",
    };
    let pool = free.shared.as_ref();
    let pool = pool.map_or_else(String::new, |pool| format!(", shared by {pool}"));
    let value = format!("{} per {per}{pool}", free.count);
    fact(Some(&free.meter), format!("{} is free", free.meter), value)
}

fn rule(rule: &Rule, currency: &str) -> Fact {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(
        rule.times
            .iter()
            .map(|(name, factor)| format!("{name} × {factor}")),
    );
    for (per, rates) in rule.blocks() {
        parts.extend(replaced(per, rates, currency));
    }
    parts.extend(
        rule.estimated
            .clone()
            .map(|why| format!("an estimate: {why}")),
    );
    // Of the rules that share a pick only the first that holds is taken.
    let pick = rule.pick.as_ref().map(|pick| format!(" (first of {pick})"));
    let value = format!("{}{}", parts.join(", "), pick.unwrap_or_default());
    fact(None, format!("if {}", condition(&rule.condition)), value)
}

fn replaced(per: Per, rates: &Rates, currency: &str) -> impl Iterator<Item = String> {
    let said = move |(meter, price): (&String, &super::decimal::Price)| {
        format!("{meter} {price} {currency} {}", per_words(per, meter))
    };
    rates.iter().map(said).collect::<Vec<_>>().into_iter()
}

/// A condition in words.
pub fn condition(condition: &Condition) -> String {
    let mut parts = Vec::new();
    let above = condition.prompt_above.iter();
    parts.extend(above.map(|edge| format!("more than {edge} input tokens")));
    let from = condition.prompt_from.iter();
    parts.extend(from.map(|edge| format!("{edge} input tokens or more")));
    for (name, values) in condition.attributes() {
        if !values.is_empty() {
            parts.push(format!("{name} is {}", values.join(" or ")));
        }
    }
    if !condition.with_tool.is_empty() {
        parts.push(format!("with {}", condition.with_tool.join(" or ")));
    }
    parts.extend(
        condition
            .schedule
            .iter()
            .map(|name| format!("during {name}")),
    );
    parts.join(" and ")
}

/// `per 1M tokens`.
pub fn per_words(per: Per, meter: &str) -> String {
    let unit = Meter::named(meter).unit();
    match per {
        Per::Each => format!("per {unit}").replace("per tokens", "per token"),
        Per::Thousand => format!("per 1k {}", several(unit)),
        Per::Million => format!("per 1M {}", several(unit)),
        Per::Minute => "per minute".to_owned(),
        Per::Hour => "per hour".to_owned(),
        Per::MillionHours => "per 1M token-hours".to_owned(),
        Per::GibDay => "per GiB and day".to_owned(),
    }
}

/// The unit of more than one: `images`, `tokens`.
pub(super) fn several(unit: &str) -> String {
    if unit.ends_with('s') {
        unit.to_owned()
    } else {
        format!("{unit}s")
    }
}

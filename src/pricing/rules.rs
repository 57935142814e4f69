//! Which rules of a price period hold for a record, and what of them is doubtful.

use std::collections::BTreeSet;

use super::book::PriceBook;
use super::format::{Model, Schedule};
use super::period::{Condition, Period, Rule};
use super::scalar::Day;
use crate::money::{Exact, NumberError};
use crate::usage::{Direction, Field, LineItem, Meter, Timestamp, UsageRecord};

/// A record beside the period that prices it.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// The record.
    pub record: &'a UsageRecord,
    /// The book.
    pub book: &'a PriceBook,
    /// The model.
    pub model: &'a Model,
    /// The period.
    pub period: &'a Period,
}

/// A rule that holds, and why, in words.
pub struct Held<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// Its condition, as far as it was met: `service_tier=batch`.
    pub why: String,
}

impl<'a> Call<'a> {
    /// When it happened.
    pub fn at(&self) -> Option<Timestamp> {
        self.record.occurred.map(|occurred| occurred.at)
    }

    /// What selects a rate: an attribute of the line, of the record, or the served tier.
    pub fn attribute(&self, item: Option<&'a LineItem>, name: &str) -> Option<&'a str> {
        let of_line = item.and_then(|item| item.attributes.get(name));
        let of_record = || self.record.attributes.get(name);
        let tier = || {
            let asked = name == "service_tier";
            asked
                .then(|| self.record.facts.get_text(Field::ServiceTier))
                .flatten()
        };
        tier().or_else(|| of_line.or_else(of_record).map(String::as_str))
    }

    /// The meter that a line is billed as: the model may know it by another name, unless the record
    /// has that one as well; two counts are never added up.
    pub fn billed_meter(&self, item: &'a LineItem) -> &'a str {
        let name = item.meter.name();
        match self.model.usage_aliases.get(name) {
            Some(target) if self.record.quantity(&Meter::named(target)).is_zero() => target,
            Some(_) | None => name,
        }
    }

    /// All input tokens: cached, written and of every modality.
    pub fn prompt(&self) -> Result<Exact, NumberError> {
        let mut items = self.record.items.iter().filter(|item| self.is_prompt(item));
        items.try_fold(Exact::ZERO, |sum, item| sum.plus(item.quantity.exact()))
    }

    /// Whether a line is a part of that.
    pub fn is_prompt(&self, item: &'a LineItem) -> bool {
        Meter::named(self.billed_meter(item)).direction() == Direction::Input
    }
}

/// The rules that hold, in their order, and what had to be assumed.
pub fn held<'a>(call: &Call<'a>) -> Result<(Vec<Held<'a>>, Vec<String>), NumberError> {
    let prompt = call.prompt()?;
    let mut picked: BTreeSet<&str> = BTreeSet::new();
    let mut held = Vec::new();
    let mut doubts = unknown_attributes(call);
    for rule in call.period.rules.iter().flatten() {
        if rule
            .pick
            .as_ref()
            .is_some_and(|group| picked.contains(group.as_str()))
        {
            continue;
        }
        if let Some(why) = holds(call, &rule.condition, prompt, &mut doubts) {
            picked.extend(rule.pick.as_deref());
            doubts.extend(rule.estimated.clone());
            held.push(Held { rule, why });
        }
    }
    Ok((held, doubts))
}

/// Why a condition holds; `None` when it does not.
fn holds(
    call: &Call<'_>,
    condition: &Condition,
    prompt: Exact,
    doubts: &mut Vec<String>,
) -> Option<String> {
    let mut why = Vec::new();
    if let Some(edge) = condition.prompt_above {
        (prompt > edge.exact()).then(|| why.push(format!("prompt above {edge}")))?;
    }
    if let Some(edge) = condition.prompt_from {
        (prompt >= edge.exact()).then(|| why.push(format!("prompt from {edge}")))?;
    }
    for (name, accepted) in condition.attributes() {
        if !accepted.is_empty() {
            let value = call.attribute(None, name)?;
            accepted.iter().any(|other| other == value).then_some(())?;
            why.push(format!("{name}={value}"));
        }
    }
    if !condition.with_tool.is_empty() {
        let items = || call.record.items.iter();
        let used = |meter: &&String| items().any(|item| call.billed_meter(item) == *meter);
        why.push(format!("with {}", condition.with_tool.iter().find(used)?));
    }
    if let Some(name) = &condition.schedule {
        let schedule = call.book.schedules.get(name)?;
        let at = call.at()?;
        schedule.holds(at).then_some(())?;
        if schedule
            .calendar_until
            .is_some_and(|last| Day::of(at) > last)
        {
            doubts.push(format!(
                "the holidays of schedule {name} are not known at that time"
            ));
        }
        why.push(name.clone());
    }
    Some(why.join(" and "))
}

impl Schedule {
    /// Whether it holds at a point in time.
    pub fn holds(&self, at: Timestamp) -> bool {
        (self.days.is_empty() || self.days.iter().any(|day| day.holds(at)))
            && (self.hours_utc.is_empty() || self.hours_utc.iter().any(|hours| hours.holds(at)))
            && !self.except.contains(&Day::of(at))
    }
}

/// Attributes that usually change prices, with values that no rule here knows: never silent.
fn unknown_attributes(call: &Call<'_>) -> Vec<String> {
    let rules = || call.period.rules.iter().flatten();
    let mut doubts = Vec::new();
    for name in Condition::ATTRIBUTES {
        let Some(value) = call
            .attribute(None, name)
            .filter(|value| !is_neutral(name, value))
        else {
            continue;
        };
        let accepted = || rules().flat_map(|rule| rule.condition.attributes());
        let mut of_name = accepted().filter(|(other, _)| *other == name);
        let known = of_name.any(|(_, values)| values.iter().any(|other| other == value))
            || call
                .period
                .tables
                .iter()
                .any(|table| table.knows(name, value));
        // Most tools cost the same in every version; only a book that tells them apart must know.
        let matters =
            name != "tool_version" || rules().any(|rule| !rule.condition.tool_version.is_empty());
        if name == "service_tier" && value == "auto" {
            doubts.push("service_tier auto does not say which tier served it".to_owned());
        } else if matters && !known {
            doubts.push(format!("unknown {name} {value}"));
        }
    }
    doubts
}

/// Values that mean the ordinary price (pricing.md, "Settled").
fn is_neutral(name: &str, value: &str) -> bool {
    let ordinary: &[&str] = match name {
        "service_tier" => &[
            "default",
            "standard",
            "on_demand",
            "standard_only",
            "not_available",
        ],
        "geo" | "endpoint" => &["global", "default", "standard", "not_available"],
        "plan" => &["paid", "default", "standard"],
        _ => &["default", "standard"],
    };
    value.is_empty() || ordinary.contains(&value)
}

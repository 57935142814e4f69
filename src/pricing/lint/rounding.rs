//! Which rates cannot be charged exactly: where one unit, under some rules, needs more decimals
//! than amounts have, its cost is rounded (half to even, once, at the 12th).

use std::collections::BTreeSet;

use super::super::check;
use super::super::period::{Period, Rule};
use super::super::receipt::Per;
use super::super::words;
use super::{Finding, Level, Place};
use crate::money::{Exact, charge};

/// Rules that are tried together at most.
const MOST_TOGETHER: usize = 3;

/// A rate before any rule.
struct Base<'a> {
    meter: &'a str,
    label: String,
    price: Exact,
    per: Per,
}

/// Looks at all rates of a period under all rules that can hold together.
pub fn period(place: Place<'_>, period: &Period, findings: &mut Vec<Finding>) {
    let rules: Vec<&Rule> = period.rules.iter().flatten().collect();
    let together = together(&rules);
    for base in bases(period) {
        let mut found: Vec<&BTreeSet<usize>> = Vec::new();
        for held in &together {
            // What rounds with fewer rules need not be told again with more.
            let told = found.iter().any(|fewer| fewer.is_subset(held));
            if !told && rounds(place, &base, &rules, held) {
                found.push(held);
            }
        }
        for held in found {
            findings.push(place.finding(Level::Note, "rounds", message(&base, &rules, held)));
        }
    }
}

fn bases(period: &Period) -> Vec<Base<'_>> {
    let mut bases = Vec::new();
    for (per, rates) in period.blocks() {
        bases.extend(rates.iter().map(|(meter, price)| Base {
            meter,
            label: format!("{meter} {price} {}", words::per_words(per, meter)),
            price: price.exact(),
            per,
        }));
    }
    for table in &period.tables {
        bases.extend(table.rows.iter().map(|(row, price)| Base {
            meter: &table.meter,
            label: format!("{} {row} {price} each", table.meter),
            price: price.exact(),
            per: Per::Each,
        }));
    }
    bases
}

/// The sets of rules that can hold at once, the small ones first.
fn together(rules: &[&Rule]) -> Vec<BTreeSet<usize>> {
    let mut sets = vec![BTreeSet::new()];
    let mut last = sets.clone();
    for _ in 0..MOST_TOGETHER {
        let mut larger = Vec::new();
        for set in &last {
            let above = set.last().map_or(0, |at| at + 1);
            for (at, rule) in rules.iter().enumerate().skip(above) {
                let pick = |at: &usize| rules.get(*at).and_then(|rule| rule.pick.as_ref());
                if rule.pick.is_none() || !set.iter().any(|held| pick(held) == rule.pick.as_ref()) {
                    let mut set = set.clone();
                    set.insert(at);
                    larger.push(set);
                }
            }
        }
        sets.extend(larger.iter().cloned());
        last = larger;
    }
    sets
}

fn rounds(place: Place<'_>, base: &Base<'_>, rules: &[&Rule], held: &BTreeSet<usize>) -> bool {
    let held = || held.iter().filter_map(|at| rules.get(*at).copied());
    let replaced = held().filter_map(|rule| Some((rule, rule.flat(base.meter)?)));
    let (price, per, by) = match replaced.into_iter().next_back() {
        Some((rule, (price, per))) => (price.exact(), per, Some(rule)),
        None => (base.price, base.per, None),
    };
    let scaling = held().filter(|rule| by.is_none_or(|by| !std::ptr::eq(by, *rule)));
    let factors = scaling.filter_map(|rule| factor(place, base.meter, rule));
    let factors: Vec<Exact> = factors.collect();
    charge(Exact::ONE, price, &factors, per.units()).is_ok_and(|(_, rounded)| rounded)
}

/// What a rule scales a meter by: its own factor, that of a meter it falls back to, or its group's.
fn factor(place: Place<'_>, meter: &str, rule: &Rule) -> Option<Exact> {
    let group = || rule.times.get(place.book.group(meter)?.name());
    let mut names = check::chain(place.book, meter);
    let factor = names.find_map(|name| rule.times.get(name)).or_else(group)?;
    Some(factor.exact())
}

fn message(base: &Base<'_>, rules: &[&Rule], held: &BTreeSet<usize>) -> String {
    let rules = held.iter().filter_map(|at| rules.get(*at));
    let conditions: Vec<String> = rules
        .map(|rule| words::condition(&rule.condition))
        .collect();
    let under = if conditions.is_empty() {
        String::new()
    } else {
        format!(" if {}", conditions.join(" and "))
    };
    format!(
        "{}: the cost of one has more than 12 decimals{under}; it is rounded there, half to even",
        base.label
    )
}

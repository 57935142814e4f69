//! Two readings of the same call, joined. The join does not depend on their order, and joining again
//! changes nothing, so any files in any order give the same record.
//!
//! One reading's whole usage wins (never a maximum per meter: readings may split tokens
//! differently). In the header, what is stated beats what is absent.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::{Facts, Field, Occurred, Status, UsageRecord, Value, canonical};
use crate::money::Exact;

/// A joined record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The join.
    pub record: UsageRecord,
    /// Fields on which the readings contradict each other: same call, other model or tenant.
    pub conflicts: Vec<Field>,
}

/// Joins two readings of one call.
pub fn merge(a: &UsageRecord, b: &UsageRecord) -> Merged {
    let (winner, other) = if by_usage(a, b) == Ordering::Less {
        (b, a)
    } else {
        (a, b)
    };
    let mut record = winner.clone();
    record.status = a.status.max(b.status);
    record.facts = join_facts(&a.facts, &b.facts);
    record.occurred = join_times(a.occurred, b.occurred);
    record.attributes = join_words(&a.attributes, &b.attributes);
    record.tags = join_words(&a.tags, &b.tags);
    record.reported_cost = match (&winner.reported_cost, &other.reported_cost) {
        (Some(mine), Some(others)) => {
            fn key(cost: &super::ReportedCost) -> [&str; 3] {
                [&cost.field, &cost.amount, &cost.currency]
            }
            Some(if key(mine) >= key(others) {
                mine.clone()
            } else {
                others.clone()
            })
        }
        (mine, others) => mine.clone().or_else(|| others.clone()),
    };
    let contradicted = |field: &Field| match (a.facts.get(*field), b.facts.get(*field)) {
        (Some(a), Some(b)) => a != b,
        _ => false,
    };
    let conflicts = [Field::ResponseModel, Field::TenantId]
        .into_iter()
        .filter(contradicted)
        .collect();
    Merged { record, conflicts }
}

/// Which usage is the better reading: final over partial, then the larger total, then more meters
/// stated, then fewer gaps, and finally any fixed order.
fn by_usage(a: &UsageRecord, b: &UsageRecord) -> Ordering {
    let is_final = |record: &UsageRecord| record.status != Status::Partial;
    is_final(a)
        .cmp(&is_final(b))
        .then_with(|| total(a).cmp(&total(b)))
        .then_with(|| a.items.len().cmp(&b.items.len()))
        .then_with(|| b.notes.len().cmp(&a.notes.len()))
        .then_with(|| by_text(a, b))
}

fn total(record: &UsageRecord) -> Exact {
    let quantities = record.items.iter().map(|item| item.quantity.exact());
    quantities.fold(Exact::ZERO, |sum, quantity| {
        sum.plus(quantity).unwrap_or(sum)
    })
}

/// A last fixed order of what belongs to the usage; most readings of a call are equal in it.
fn by_text(a: &UsageRecord, b: &UsageRecord) -> Ordering {
    let is_same = a.items == b.items
        && a.notes == b.notes
        && a.searches == b.searches
        && a.stated_total == b.stated_total
        && a.raw_usage == b.raw_usage;
    if is_same {
        return Ordering::Equal;
    }
    usage_text(a).cmp(&usage_text(b))
}

/// What belongs to the usage as text.
fn usage_text(record: &UsageRecord) -> String {
    let items: Vec<_> = record.items.iter().map(canonical::item_json).collect();
    format!(
        "{items:?}{:?}{:?}{:?}{:?}",
        record.notes, record.searches, record.stated_total, record.raw_usage
    )
}

fn join_facts(a: &Facts, b: &Facts) -> Facts {
    let mut joined = a.clone();
    for (field, value) in b.iter() {
        let chosen = match a.get(field) {
            Some(mine) => better(mine, value),
            None => value,
        };
        joined.set(field, chosen.clone());
    }
    joined
}

/// The earliest time, the largest number, the set flag; of two words the first in the alphabet.
fn better<'v>(a: &'v Value, b: &'v Value) -> &'v Value {
    match (a, b) {
        (Value::Integer(_), Value::Integer(_)) | (Value::Flag(_), Value::Flag(_)) => a.max(b),
        _ => a.min(b),
    }
}

fn join_times(a: Option<Occurred>, b: Option<Occurred>) -> Option<Occurred> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if (a.basis, a.at) <= (b.basis, b.at) {
            a
        } else {
            b
        }),
        (a, b) => a.or(b),
    }
}

fn join_words(
    a: &BTreeMap<String, String>,
    b: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut joined = a.clone();
    for (name, value) in b {
        let held = joined.entry(name.clone()).or_insert_with(|| value.clone());
        if *value < *held {
            held.clone_from(value);
        }
    }
    joined
}

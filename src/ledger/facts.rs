//! The hash of what a record says: equal hashes of one record are a duplicate that needs no second
//! look. It follows everything that [`canonical`](crate::usage::canonical) shows, without making text
//! of it. Another hash than the stored one only means that both are compared whole.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::codes::{self, code};
use super::values::{Bytes, Val};
use crate::money::Exact;
use crate::usage::{UsageRecord, Value};

/// The hash of a record's facts.
pub fn hash(record: &UsageRecord) -> i64 {
    thread_local! { static BYTES: RefCell<Bytes> = RefCell::default(); }
    BYTES.with_borrow_mut(|bytes| {
        bytes.clear();
        write(record, bytes);
        bytes.sum()
    })
}

fn write(record: &UsageRecord, bytes: &mut Bytes) {
    for (field, value) in record.facts.iter() {
        bytes.push(Val::Text(field.name()));
        bytes.push(fact(value));
    }
    bytes.push(Val::Int(code(record.status, &codes::STATUSES)));
    let occurred = record.occurred;
    bytes.push(Val::maybe(occurred.map(|occurred| occurred.at.millis())));
    bytes.push(Val::maybe(
        occurred.map(|occurred| code(occurred.basis, &codes::TIME_BASES)),
    ));
    pairs(&record.attributes, bytes);
    pairs(&record.tags, bytes);
    bytes.push(count(record.items.len()));
    for item in &record.items {
        bytes.push(Val::Text(item.meter.name()));
        number(item.quantity.exact(), bytes);
        pairs(&item.attributes, bytes);
    }
    bytes.push(count(record.searches.len()));
    for search in &record.searches {
        bytes.push(Val::text(search.provider.as_deref()));
        number(search.count.exact(), bytes);
        bytes.push(Val::maybe(search.query_chars_total));
        bytes.push(Val::maybe(search.response_bytes_total));
        bytes.push(Val::text(search.status.as_deref()));
        bytes.push(Val::text(search.error_code.as_deref()));
    }
    bytes.push(count(record.notes.len()));
    for note in &record.notes {
        bytes.push(Val::Int(code(note.kind, &codes::NOTE_KINDS)));
        bytes.push(Val::Text(&note.text));
    }
    if let Some(cost) = &record.reported_cost {
        bytes.extend([&cost.amount, &cost.currency, &cost.field].map(|text| Val::Text(text)));
    }
    match record.stated_total {
        Some(total) => number(total.exact(), bytes),
        None => bytes.push(Val::Null),
    }
    bytes.push(Val::text(record.part.as_deref()));
    bytes.push(Val::text(record.raw_usage.as_deref()));
}

/// A header value as it is stored.
pub fn fact(value: &Value) -> Val<'_> {
    match value {
        Value::Text(text) => Val::Text(text),
        Value::Integer(number) => Val::Int(*number),
        Value::Time(time) => Val::Int(time.millis()),
        Value::Flag(flag) => Val::Int(i64::from(*flag)),
    }
}

fn pairs(pairs: &BTreeMap<String, String>, bytes: &mut Bytes) {
    bytes.push(count(pairs.len()));
    for (name, value) in pairs {
        bytes.extend([Val::Text(name), Val::Text(value)]);
    }
}

fn count(count: usize) -> Val<'static> {
    Val::maybe(i64::try_from(count).ok())
}

/// A number by its digits and its scale.
pub fn number(number: Exact, bytes: &mut Bytes) {
    bytes.push(Val::Blob(&number.mantissa().to_le_bytes()));
    bytes.push(Val::Int(i64::from(number.scale())));
}

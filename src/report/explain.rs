//! One entry worked out, so that a person can do it again by hand.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use crate::json::{Kind, Object, Raw};
use crate::ledger::Entry;
use crate::money::Exact;
use crate::pricing::PriceUsed;
use crate::usage::Field;

use super::charges::{exact, pairs_text, priced_items};
use super::worked::labelled;
use super::{records, worked};

/// The record with the price it used, the provider's own usage numbers and how it was read.
pub fn json(entry: &Entry) -> Json {
    let mut object = records::json(entry);
    let price = entry.receipt.price.as_ref().map(price_json);
    let (layers, found_at) = read_as(&entry.place.format);
    let raw = entry.record.raw_usage.as_deref();
    let raw = raw.and_then(|text| Raw::parse(text).ok()).map(raw_json);
    let pointer = &entry.place.pointer;
    object.insert("price".to_owned(), json!(price));
    object.insert("raw_usage".to_owned(), json!(raw));
    object.insert(
        "read_as".to_owned(),
        json!({"layers": layers, "pointer": pointer, "found_at": found_at}),
    );
    Json::Object(object)
}

/// How a record was read: the layers, and where its envelopes' fields stood.
fn read_as(format: &str) -> (Vec<&str>, BTreeMap<&str, &str>) {
    let mut words = format.split(' ');
    let layers = words.next().unwrap_or_default().split('>');
    let layers = layers.filter(|layer| !layer.is_empty());
    (
        layers.collect(),
        words.filter_map(|word| word.split_once('=')).collect(),
    )
}

/// Where a price is found.
pub(super) fn price_json(price: &PriceUsed) -> Json {
    json!({
        "book": price.book,
        "version": price.version,
        "sha256": price.sha256,
        "sku": price.sku,
        "from": price.from,
    })
}

/// JSON as it stands, with every digit: numbers that are not plain counts become strings.
fn raw_json(raw: Raw<'_>) -> Json {
    match raw.kind() {
        Kind::Object => {
            let object = raw.object();
            let fields = object.iter().flat_map(Object::entries);
            let fields = fields.map(|(name, value)| (name.to_owned(), raw_json(value)));
            Json::Object(fields.collect::<Map<_, _>>())
        }
        Kind::Array => raw.elements().map(raw_json).collect(),
        Kind::Number => raw
            .as_str()
            .parse::<u64>()
            .map_or(json!(raw.as_str()), |count| json!(count)),
        Kind::String => json!(raw.string()),
        Kind::Bool => json!(raw.as_str() == "true"),
        Kind::Null => Json::Null,
    }
}

/// The receipt in words, one line each.
pub fn lines(entry: &Entry) -> Vec<String> {
    let mut lines = head(entry);
    lines.push(String::new());
    lines.extend(worked::items(priced_items(entry), &entry.receipt));
    lines.push(String::new());
    lines.extend(worked::trust(&entry.receipt, &entry.record.notes));
    lines.extend(reported_line(entry));
    lines.extend(provenance(entry));
    lines
}

fn head(entry: &Entry) -> Vec<String> {
    let facts = &entry.record.facts;
    let when = match entry.record.occurred {
        Some(occurred) => format!("{} (from the {})", occurred.at, occurred.basis.name()),
        None => "nothing says when".to_owned(),
    };
    let mut lines = vec![
        labelled("record", &entry.id.to_string()),
        labelled("identity", entry.basis.name()),
        labelled("time", &when),
        labelled("status", entry.record.status.name()),
    ];
    let shown = [
        (Field::Provider, "provider"),
        (Field::ResponseModel, "model"),
        (Field::RequestedModel, "requested"),
        (Field::ServiceTier, "tier"),
        (Field::ResponseId, "response"),
        (Field::RequestId, "request"),
        (Field::UserId, "user"),
        (Field::TenantId, "tenant"),
        (Field::ErrorCode, "error"),
    ];
    lines.extend(
        shown
            .iter()
            .filter_map(|(field, label)| facts.get_text(*field).map(|text| labelled(label, text))),
    );
    lines.extend(pairs_text(&entry.record.attributes).map(|text| labelled("attributes", &text)));
    lines.extend(
        entry
            .record
            .part
            .as_deref()
            .map(|part| labelled("part", part)),
    );
    lines
}

fn reported_line(entry: &Entry) -> Option<String> {
    let reported = entry.record.reported_cost.as_ref()?;
    let stated = format!(
        "{} {} by the provider ({})",
        reported.amount, reported.currency, reported.field
    );
    let same = entry.receipt.currency.as_deref() == Some(reported.currency.as_str());
    let difference = entry
        .receipt
        .cost
        .filter(|_| same)
        .and_then(|cost| exact(cost).minus(Exact::parse(&reported.amount).ok()?).ok());
    let compared = match difference {
        Some(difference) if difference.is_zero() => ": the same as ours".to_owned(),
        Some(difference) if difference.is_negative() => {
            let more = Exact::ZERO.minus(difference).unwrap_or(difference);
            format!(": ours is {more} lower")
        }
        Some(difference) => format!(": ours is {difference} higher"),
        None => String::new(),
    };
    Some(labelled("reported", &format!("{stated}{compared}")))
}

fn provenance(entry: &Entry) -> Vec<String> {
    let place = &entry.place;
    let (layers, found_at) = read_as(&place.format);
    let mut at = format!("{}:{}", place.path, place.line);
    if !place.pointer.is_empty() {
        at = format!("{at} at {}", place.pointer);
    }
    let mut lines = vec![
        labelled("read from", &at),
        labelled("read as", &layers.join(" > ")),
    ];
    lines.extend(
        found_at
            .iter()
            .map(|(name, at)| labelled("found", &format!("{name} at {at}"))),
    );
    if let Some(raw) = &entry.record.raw_usage {
        lines.push(labelled("usage", raw));
    }
    lines.push(labelled(
        "ingested",
        &format!("{} by run {}", entry.ingested_at, entry.run),
    ));
    lines
}

//! A saved `report --format json` read back, to be compared with. Only counts and costs are taken.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use crate::error::{Error, ErrorKind, Result};
use crate::money::Exact;
use crate::usage::Timestamp;

use super::json::SCHEMA;
use super::summary::{Groups, Key, Summary};
use super::tally::Tally;
use super::{Dimension, Query};

/// A report that was saved.
#[derive(Clone)]
pub struct Saved {
    /// The file.
    pub name: String,
    /// Its period, for people.
    pub period: String,
    /// When its period begins; absent where it is open.
    pub from: Option<Timestamp>,
    /// When it ends; absent where it is open.
    pub to: Option<Timestamp>,
    /// Its groups and totals, as far as they are compared.
    pub summary: Summary,
}

impl Saved {
    /// Reads a saved report that answers the same question as a query.
    ///
    /// # Errors
    /// When it is no such report, was grouped otherwise, or does not hold all of its rows.
    pub fn parse(name: &str, bytes: &[u8], query: &Query) -> Result<Self> {
        let wrong = |why: &str| {
            Error::new(
                ErrorKind::Input,
                format!("This report cannot be compared with: {why}."),
            )
            .at(std::path::Path::new(name), None)
            .hint("Save one with: llmcost report --format json -o FILE, with the same --by.")
        };
        let json: Json = serde_json::from_slice(bytes).map_err(|_| wrong("it is no JSON"))?;
        if json.get("schema").and_then(Json::as_str) != Some(SCHEMA) {
            return Err(wrong(&format!("it is no {SCHEMA}")));
        }
        if json.get("rows_hidden").and_then(Json::as_u64) != Some(0) {
            return Err(wrong("it does not hold all of its rows"));
        }
        let keys: Vec<String> = query.by.iter().map(Dimension::key).collect();
        if json.get("by") != Some(&serde_json::json!(keys)) {
            return Err(wrong(&format!("it is not grouped by {}", keys.join(","))));
        }
        let period = json.get("period");
        let stated = |key: &str| period.and_then(|period| period.get(key)?.as_str());
        if query.by.iter().any(Dimension::is_time)
            && stated("timezone") != Some(query.timezone.name())
        {
            return Err(wrong("its days begin in another timezone"));
        }
        let summary = summary_of(&json, &keys).map_err(|_| wrong("a row of it is damaged"))?;
        let ends = ["from", "to"].map(|key| stated(key).and_then(Timestamp::parse));
        let [from, to] = ends;
        Ok(Self {
            name: name.to_owned(),
            period: super::calendar::range_text(from, to, query.timezone),
            from,
            to,
            summary,
        })
    }
}

/// A row that is none.
struct Damaged;

fn summary_of(json: &Json, keys: &[String]) -> Result<Summary, Damaged> {
    let rows = |key: &str| json.get(key).and_then(Json::as_array).ok_or(Damaged);
    let mut summary = Summary::default();
    let mut seen = BTreeSet::new();
    for row in rows("rows")? {
        let row = row.as_object().ok_or(Damaged)?;
        let key: Result<Key, Damaged> = keys.iter().map(|key| text(row, key)).collect();
        let key = key?;
        // A row that stands twice would be counted twice.
        if !seen.insert((key.clone(), text(row, "currency")?)) {
            return Err(Damaged);
        }
        put(&mut summary.groups, key, row)?;
    }
    let mut totals = Groups::new();
    for row in rows("totals")? {
        put(&mut totals, Key::new(), row.as_object().ok_or(Damaged)?)?;
    }
    summary.totals = totals.remove(&Key::new()).unwrap_or_default();
    Ok(summary)
}

/// A text, or nothing where it is null.
fn text(row: &Map<String, Json>, key: &str) -> Result<Option<String>, Damaged> {
    match row.get(key).ok_or(Damaged)? {
        Json::Null => Ok(None),
        Json::String(text) => Ok(Some(text.clone())),
        Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => Err(Damaged),
    }
}

fn put(groups: &mut Groups, key: Key, row: &Map<String, Json>) -> Result<(), Damaged> {
    let count = |key: &str| row.get(key).and_then(Json::as_u64).ok_or(Damaged);
    let cost = text(row, "cost")?.map(|text| Exact::parse(&text));
    let tally = Tally {
        records: count("requests")?,
        requests: count("requests")?,
        unpriced: count("unpriced")?,
        other: cost.transpose().map_err(|_| Damaged)?,
        ..Tally::default()
    };
    let currency = text(row, "currency")?;
    groups
        .entry(key)
        .or_default()
        .insert(currency, Box::new(tally));
    Ok(())
}

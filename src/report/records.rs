//! One entry as it is listed: a JSON object, or a row of a table.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use crate::error::Result;
use crate::ledger::Entry;
use crate::money::Exact;
use crate::pricing::PriceUsed;
use crate::table::{Cell, Column, Kind, Shown};
use crate::usage::{Field, ReportedCost, Status, UsageRecord, Value, canonical};

use super::charges::{item_json, pairs_text, priced_items, time_cell};
use super::share::Share;
use super::tally::{Tally, Tokens};

/// Header fields that a record's JSON always has, null where they are not stated.
const ALWAYS: [&str; 13] = [
    "provider",
    "requested_model",
    "response_model",
    "request_id",
    "tenant_id",
    "user_id",
    "conversation_id",
    "occurred_at",
    "time_basis",
    "modality",
    "service_tier",
    "error_code",
    "part",
];

/// The layers through which a record was read, without where its fields stood.
fn layers(format: &str) -> &str {
    format.split(' ').next().unwrap_or_default()
}

/// The record as JSON, as `records --format jsonl` prints it.
pub fn json(entry: &Entry) -> Map<String, Json> {
    let mut object = canonical::to_json(&entry.record);
    object.remove("raw_usage");
    for name in ALWAYS {
        object.entry(name).or_insert(Json::Null);
    }
    let receipt = &entry.receipt;
    let items: Vec<Json> = priced_items(entry)
        .map(|priced| item_json(&priced))
        .collect();
    let place = &entry.place;
    let named = [
        ("id", json!(entry.id.to_string())),
        ("identity_basis", json!(entry.basis.name())),
        ("ingested_at", json!(entry.ingested_at.to_string())),
        ("line_items", Json::Array(items)),
        ("tags", json!(entry.record.tags)),
        ("cost", json!(receipt.shown_cost())),
        ("cost_exact", json!(receipt.exact_cost())),
        ("currency", json!(receipt.currency)),
        ("cost_status", json!(receipt.status.name())),
        ("reasons", json!(receipt.reasons)),
        ("reported_cost", reported_json(&entry.record)),
        (
            "price_book",
            receipt.price.as_ref().map_or(Json::Null, book_json),
        ),
        (
            "source",
            json!({
                "path": stated(&place.path),
                "line": (place.line > 0).then_some(place.line),
                "pointer": stated(&place.pointer),
                "format": stated(layers(&place.format)),
            }),
        ),
    ];
    object.extend(named.map(|(name, value)| (name.to_owned(), value)));
    object
}

fn reported_json(record: &UsageRecord) -> Json {
    record.reported_cost.as_ref().map_or(
        Json::Null,
        |cost| json!({"amount": cost.amount, "currency": cost.currency, "field": cost.field}),
    )
}

fn book_json(price: &PriceUsed) -> Json {
    json!({"name": price.book, "version": price.version, "sha256": price.sha256})
}

fn stated(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// A column of a record's row and what stands in it.
struct Figure {
    key: &'static str,
    title: &'static str,
    kind: Kind,
    shown: Shown,
    cell: fn(&Entry) -> Cell,
}

const fn data(key: &'static str, cell: fn(&Entry) -> Cell) -> Figure {
    Figure {
        key,
        title: key,
        kind: Kind::Text,
        shown: Shown::DataOnly,
        cell,
    }
}

const fn seen(
    key: &'static str,
    title: &'static str,
    kind: Kind,
    cell: fn(&Entry) -> Cell,
) -> Figure {
    Figure {
        key,
        title,
        kind,
        shown: Shown::Always,
        cell,
    }
}

/// What identifies a record; its most asked-for header fields follow.
const HEAD: [Figure; 5] = [
    data("id", |entry| Cell::Text(entry.id.to_string())),
    Figure {
        shown: Shown::PeopleOnly,
        // Enough of the id to ask for the receipt by.
        ..seen("id_prefix", "id", Kind::Text, |entry| {
            Cell::Text(entry.id.to_string().chars().take(8).collect())
        })
    },
    seen("occurred_at", "time", Kind::Time, time_cell),
    data("time_basis", |entry| {
        Cell::text(entry.record.occurred.map(|occurred| occurred.basis.name()))
    }),
    seen("status", "status", Kind::Text, |entry| {
        word(entry.record.status.name())
    }),
];

/// Header fields that people see, where any record states them.
const SHOWN: [Field; 8] = [
    Field::Provider,
    Field::ResponseModel,
    Field::RequestedModel,
    Field::UserId,
    Field::TenantId,
    Field::Modality,
    Field::ServiceTier,
    Field::ErrorCode,
];

/// What it costs and where it was read; the token sums stand before, the other header fields
/// behind it.
const TAIL: [Figure; 17] = [
    seen("cost", "cost", Kind::Money, |entry| {
        let receipt = &entry.receipt;
        Cell::money(receipt.exact_cost(), receipt.currency.as_deref())
            .with_decimals(price(entry).and_then(PriceUsed::shown_decimals))
    }),
    data("cost_exact", |entry| {
        entry
            .receipt
            .exact_cost()
            .map_or(Cell::Absent, Cell::Number)
    }),
    seen("cost_status", "cost is", Kind::Text, |entry| {
        word(entry.receipt.status.name())
    }),
    data("currency", |entry| {
        Cell::text(entry.receipt.currency.as_deref())
    }),
    data("reasons", |entry| {
        Cell::text(stated(&entry.receipt.reasons.join("; ")))
    }),
    data("reported_cost", |entry| {
        reported(entry).map_or(Cell::Absent, |cost| number(&cost.amount))
    }),
    data("reported_currency", |entry| {
        Cell::text(reported(entry).map(|cost| &cost.currency))
    }),
    data("price_book", |entry| {
        Cell::text(price(entry).map(|price| &price.book))
    }),
    data("price_version", |entry| {
        Cell::text(price(entry).map(|price| &price.version))
    }),
    data("sku", |entry| {
        Cell::text(price(entry).map(|price| &price.sku))
    }),
    data("part", |entry| Cell::text(entry.record.part.as_deref())),
    data("tags", |entry| Cell::text(pairs_text(&entry.record.tags))),
    data("source_path", |entry| Cell::text(stated(&entry.place.path))),
    data("source_line", line),
    data("source_format", |entry| {
        Cell::text(stated(layers(&entry.place.format)))
    }),
    data("identity_basis", |entry| word(entry.basis.name())),
    data("ingested_at", |entry| {
        Cell::Time(entry.ingested_at.to_string())
    }),
];

fn word(word: &str) -> Cell {
    Cell::Text(word.to_owned())
}

fn line(entry: &Entry) -> Cell {
    match entry.place.line {
        0 => Cell::Absent,
        line => Cell::Count(line),
    }
}

/// A number stays one; what cannot be read as one is text as it stands.
fn number(text: &str) -> Cell {
    Exact::parse(text).map_or_else(|_| word(text), Cell::Number)
}

fn field_cell(value: &Value) -> Cell {
    match value {
        Value::Text(text) => word(text),
        Value::Integer(integer) => Cell::Number(Exact::from_integer(*integer)),
        Value::Time(time) => Cell::Time(time.to_string()),
        Value::Flag(flag) => word(&flag.to_string()),
    }
}

fn reported(entry: &Entry) -> Option<&ReportedCost> {
    entry.record.reported_cost.as_ref()
}

fn price(entry: &Entry) -> Option<&PriceUsed> {
    entry.receipt.price.as_ref()
}

fn other_fields() -> impl Iterator<Item = Field> {
    Field::ALL
        .iter()
        .copied()
        .filter(|field| !SHOWN.contains(field))
}

/// The columns of a record's row: all header fields for data formats, the usual ones for people.
pub fn columns() -> Vec<Column> {
    let of =
        |figure: &Figure| Column::new(figure.key, figure.title, figure.kind).shown(figure.shown);
    let field = |field: Field, shown: Shown| {
        Column::new(field.name(), field.name().replace('_', " "), Kind::Text).shown(shown)
    };
    let sums = Tokens::default().named();
    let mut columns: Vec<Column> = HEAD.iter().map(of).collect();
    columns.extend(SHOWN.map(|shown| field(shown, Shown::WhenUsed)));
    columns.extend(sums.map(|(key, title, _, always)| {
        let shown = if always {
            Shown::Always
        } else {
            Shown::WhenUsed
        };
        Column::new(key, title, Kind::Quantity).shown(shown)
    }));
    columns.extend(TAIL.iter().map(of));
    columns.extend(other_fields().map(|other| field(other, Shown::DataOnly)));
    columns
}

/// What a chain of attempts amounts to, one line per currency.
///
/// # Errors
/// When a sum is too large to keep exactly.
pub fn attempts(entries: &[Entry]) -> Result<Vec<String>> {
    let mut sums: BTreeMap<Option<&str>, (Tally, Tally)> = BTreeMap::new();
    for entry in entries {
        let share = Share::whole(entry);
        let (all, failed) = sums.entry(entry.receipt.currency.as_deref()).or_default();
        all.add(entry, &share, 1)?;
        if entry.record.status == Status::Failed {
            failed.add(entry, &share, 1)?;
        }
    }
    let notes = sums.iter().map(|(currency, (all, failed))| {
        let cost = |tally: &Tally| -> Result<String> {
            let known = tally.known_cost()?.unwrap_or_default();
            Ok(format!("{known} {}", currency.unwrap_or_default()))
        };
        Ok(match currency {
            None => format!(
                "{} requests of unknown cost, {} failed",
                all.requests, all.failed
            ),
            Some(_) => format!(
                "{} requests cost {}, of which {} failed ones cost {}",
                all.requests,
                cost(all)?,
                failed.failed,
                cost(failed)?
            ),
        })
    });
    notes.collect()
}

/// One entry as a row of [`columns`].
///
/// # Errors
/// When its quantities are too large to add up.
pub fn row(entry: &Entry) -> Result<Vec<Cell>> {
    let mut tally = Tally::default();
    tally.add(entry, &Share::whole(entry), 1)?;
    let sums = tally.tokens()?.named();
    let of = |figure: &Figure| (figure.cell)(entry);
    let field = |field| {
        entry
            .record
            .facts
            .get(field)
            .map_or(Cell::Absent, field_cell)
    };
    let mut cells: Vec<Cell> = HEAD.iter().map(of).collect();
    cells.extend(SHOWN.map(field));
    cells.extend(sums.map(|(_, _, sum, _)| Cell::Quantity(sum)));
    cells.extend(TAIL.iter().map(of));
    cells.extend(other_fields().map(field));
    Ok(cells)
}

//! Charges: line item × rate = cost. One row and one JSON object per charge.

use serde_json::{Map, Value as Json, json};

use crate::ledger::Entry;
use crate::money::{Exact, Money, MoneySum, Quantity};
use crate::pricing::{AppliedRate, Charge, Multiplier};
use crate::table::{Cell, Column, Kind};
use crate::usage::{Field, LineItem};

/// A line item as it was priced.
#[derive(Debug, Clone, Copy)]
pub struct Priced<'a> {
    /// What was used.
    pub item: &'a LineItem,
    /// What it costs, where the receipt says something about it.
    pub charge: Option<&'a Charge>,
}

impl Priced<'_> {
    fn rate(&self) -> Option<&AppliedRate> {
        self.charge.and_then(|charge| charge.rate.as_ref())
    }

    fn cost(&self) -> Option<Money> {
        self.charge.and_then(|charge| charge.cost)
    }
}

/// The line items of an entry with their charges.
pub fn priced_items(entry: &Entry) -> impl Iterator<Item = Priced<'_>> {
    entry.record.items.iter().enumerate().map(|(index, item)| {
        let charge = entry.receipt.charges.get(index);
        let charge = charge.filter(|charge| charge.meter == item.meter);
        Priced { item, charge }
    })
}

/// A line item with its charge as JSON.
pub fn item_json(priced: &Priced<'_>) -> Json {
    let item = priced.item;
    let mut object = rate_json(priced.charge);
    object.insert("meter".to_owned(), json!(item.meter));
    object.insert("quantity".to_owned(), json!(item.quantity));
    object.insert("unit".to_owned(), json!(item.meter.unit()));
    object.insert("attributes".to_owned(), json!(item.attributes));
    Json::Object(object)
}

/// A charge as JSON, where there is no record around it.
pub fn charge_json(charge: &Charge) -> Json {
    let mut object = rate_json(Some(charge));
    object.insert("meter".to_owned(), json!(charge.meter));
    object.insert("quantity".to_owned(), json!(charge.quantity));
    object.insert("unit".to_owned(), json!(charge.meter.unit()));
    object.insert("attributes".to_owned(), json!(charge.attributes));
    Json::Object(object)
}

fn rate_json(charge: Option<&Charge>) -> Map<String, Json> {
    let rate = charge.and_then(|charge| charge.rate.as_ref());
    let multipliers = rate.map_or(&[][..], |rate| rate.multipliers.as_slice());
    let multipliers: Vec<Json> = multipliers
        .iter()
        .map(|multiplier| json!({"why": multiplier.why, "factor": multiplier.factor}))
        .collect();
    let mut object = Map::new();
    object.insert("rate".to_owned(), json!(rate.map(|rate| rate.quoted)));
    object.insert("per".to_owned(), json!(rate.map(|rate| rate.per.name())));
    object.insert("multipliers".to_owned(), Json::Array(multipliers));
    let cost = charge.and_then(|charge| charge.cost);
    object.insert("cost".to_owned(), json!(cost.map(|cost| cost.to_string())));
    if let Some(meter) = rate.and_then(|rate| rate.falls_back_to.as_ref()) {
        object.insert("falls_back_to".to_owned(), json!(meter));
    }
    if let Some(billed) = rate.and_then(|rate| rate.billed) {
        object.insert("billed".to_owned(), json!(billed));
    }
    if charge.is_some_and(|charge| charge.rounded) {
        object.insert("rounded".to_owned(), json!(true));
    }
    object
}

/// An amount as an exact number.
pub fn exact(money: Money) -> Exact {
    let mut sum = MoneySum::default();
    sum.add(money);
    sum.exact()
}

/// Attributes or tags in one cell: `size=1024x1024 quality=hd`.
pub fn pairs_text(pairs: &std::collections::BTreeMap<String, String>) -> Option<String> {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    (!pairs.is_empty()).then(|| pairs.join(" "))
}

/// The columns of a charge row.
pub fn columns() -> Vec<Column> {
    [
        ("record_id", Kind::Text),
        ("occurred_at", Kind::Time),
        ("provider", Kind::Text),
        ("model", Kind::Text),
        ("user_id", Kind::Text),
        ("tenant_id", Kind::Text),
        ("meter", Kind::Text),
        ("quantity", Kind::Quantity),
        ("unit", Kind::Text),
        ("attributes", Kind::Text),
        ("rate", Kind::Number),
        ("per", Kind::Text),
        ("billed", Kind::Quantity),
        ("falls_back_to", Kind::Text),
        ("multipliers", Kind::Text),
        ("cost", Kind::Money),
        ("currency", Kind::Text),
        ("cost_status", Kind::Text),
        ("price_book", Kind::Text),
        ("price_version", Kind::Text),
        ("sku", Kind::Text),
        ("price_from", Kind::Text),
    ]
    .map(|(key, kind)| Column::new(key, key.replace('_', " "), kind))
    .into()
}

/// One JSON object per line item of an entry, with what its row says of the record.
pub fn json(entry: &Entry) -> Vec<Json> {
    let (columns, rows) = (columns(), rows(entry));
    let lines = priced_items(entry).zip(rows).map(|(priced, row)| {
        let mut line = item_json(&priced);
        if let Some(object) = line.as_object_mut() {
            for (column, cell) in columns.iter().zip(row) {
                let text = match cell {
                    Cell::Text(text) | Cell::Time(text) => json!(text),
                    Cell::Blank
                    | Cell::Absent
                    | Cell::Count(_)
                    | Cell::Quantity(_)
                    | Cell::Number(_)
                    | Cell::Money { .. }
                    | Cell::Percent(_)
                    | Cell::Average(_)
                    | Cell::PerUnit { .. } => Json::Null,
                };
                object.entry(column.key.clone()).or_insert(text);
            }
        }
        line
    });
    lines.collect()
}

/// One row per line item of an entry.
pub fn rows(entry: &Entry) -> Vec<Vec<Cell>> {
    priced_items(entry)
        .map(|priced| row(entry, &priced))
        .collect()
}

fn row(entry: &Entry, priced: &Priced<'_>) -> Vec<Cell> {
    let facts = &entry.record.facts;
    let receipt = &entry.receipt;
    let price = receipt.price.as_ref();
    let rate = priced.rate();
    let item = priced.item;
    let quantity = |quantity: Quantity| Cell::Quantity(quantity.exact());
    let model = facts
        .get_text(Field::ResponseModel)
        .or_else(|| facts.get_text(Field::RequestedModel));
    vec![
        Cell::Text(entry.id.to_string()),
        time_cell(entry),
        Cell::text(facts.get_text(Field::Provider)),
        Cell::text(model),
        Cell::text(facts.get_text(Field::UserId)),
        Cell::text(facts.get_text(Field::TenantId)),
        Cell::Text(item.meter.name().to_owned()),
        quantity(item.quantity),
        Cell::Text(item.meter.unit().to_owned()),
        Cell::text(pairs_text(&item.attributes)),
        rate.map_or(Cell::Absent, |rate| Cell::Number(rate.quoted)),
        Cell::text(rate.map(|rate| rate.per.name())),
        rate.and_then(|rate| rate.billed)
            .map_or(Cell::Absent, quantity),
        Cell::text(
            rate.and_then(|rate| rate.falls_back_to.as_ref())
                .map(crate::usage::Meter::name),
        ),
        Cell::text(rate.and_then(|rate| multipliers_text(&rate.multipliers))),
        Cell::money(priced.cost().map(exact), receipt.currency.as_deref()),
        Cell::text(receipt.currency.as_deref()),
        Cell::Text(receipt.status.name().to_owned()),
        Cell::text(price.map(|price| price.book.as_str())),
        Cell::text(price.map(|price| price.version.as_str())),
        Cell::text(price.map(|price| price.sku.as_str())),
        Cell::text(price.and_then(|price| price.from.as_deref())),
    ]
}

/// When it happened.
pub fn time_cell(entry: &Entry) -> Cell {
    let at = entry.record.occurred.map(|occurred| occurred.at);
    at.map_or(Cell::Absent, |at| Cell::Time(at.to_string()))
}

fn multipliers_text(multipliers: &[Multiplier]) -> Option<String> {
    let factors = multipliers.iter();
    let factors: Vec<String> = factors
        .map(|multiplier| format!("{} ({})", multiplier.factor, multiplier.why))
        .collect();
    (!factors.is_empty()).then(|| factors.join("; "))
}

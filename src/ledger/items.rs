//! Line items ↔ rows. Common token meters are columns of the record's row, priced by its rate card;
//! every other line item is a row of its own.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row};

use super::cards;
use super::columns::{CORE, side};
use super::values::{Bytes, Val};
use crate::money::{Exact, Money, Quantity};
use crate::pricing::{AppliedRate, Charge, Receipt};
use crate::usage::Meter;

/// The charges whose quantity is a column of the row, by column.
pub type Core<'e> = [Option<&'e Charge>; 6];

/// The core charges of a receipt: those of core meters without attributes, with a whole quantity.
pub fn core(receipt: &Receipt) -> Core<'_> {
    let mut core = [None; 6];
    for charge in &receipt.charges {
        let fits = charge.attributes.is_empty() && charge.quantity.exact().to_integer().is_ok();
        if fits && let Some(held) = column(&charge.meter).and_then(|at| core.get_mut(at)) {
            *held = Some(charge);
        }
    }
    core
}

fn column(meter: &Meter) -> Option<usize> {
    CORE.iter().position(|core| core == meter)
}

/// Charges that need a row of their own: other meters, and core ones whose cost plain SQL cannot
/// recompute from a whole-number rate (then the flag is set and the quantity stays in its column).
/// `whole` says of each core meter whether its rate is such a number.
pub fn beside<'e>(
    receipt: &'e Receipt,
    core: &Core<'e>,
    whole: [bool; 6],
) -> Vec<(bool, &'e Charge)> {
    let mut items = Vec::new();
    for charge in &receipt.charges {
        let at = column(&charge.meter).filter(|at| {
            let held = core.get(*at).copied().flatten();
            held.is_some_and(|held| std::ptr::eq(held, charge))
        });
        let is_plain = at.is_some_and(|at| match &charge.rate {
            Some(rate) => rate.billed.is_none() && whole.get(at) == Some(&true),
            None => charge.cost.is_none(),
        });
        if !is_plain {
            items.push((at.is_some(), charge));
        }
    }
    items
}

/// The quantity of a core charge, for its column.
pub fn quantity(charge: Option<&Charge>) -> i64 {
    let whole = charge.map(|charge| charge.quantity.exact().to_integer());
    whole.and_then(Result::ok).unwrap_or(0)
}

/// Writes the line items that are rows of their own.
pub fn write(
    connection: &Connection,
    row: i64,
    items: &[(bool, &Charge)],
    sides: &mut Bytes,
) -> rusqlite::Result<()> {
    for (n, (core, charge)) in (0_i64..).zip(items) {
        let rate = charge.rate.as_ref();
        let stored = rate.map(|rate| cards::rate(connection, rate)).transpose()?;
        let billed = rate.and_then(|rate| rate.billed);
        let billed = billed.map(|billed| billed.to_string());
        let number = charge.quantity.exact();
        let text = number.to_string();
        let values = [
            Val::Int(row),
            Val::Int(n),
            Val::Int(i64::from(*core)),
            Val::Text(charge.meter.name()),
            Val::Text(&text),
            Val::maybe(number.to_integer().ok()),
            Val::maybe(stored),
            Val::text(billed.as_deref()),
            Val::maybe(charge.cost.map(Money::pico)),
            Val::Int(i64::from(charge.rounded)),
        ];
        let insert = "INSERT INTO line_item(usage, n, core, meter, quantity, whole, rate, billed, cost_pico, rounded) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
        add(connection, insert, &values, sides)?;
        for (name, value) in &charge.attributes {
            let values = [
                Val::Int(row),
                Val::Int(n),
                Val::Text(name),
                Val::Text(value),
            ];
            let insert = "INSERT INTO item_attribute(usage, n, name, value) VALUES(?1, ?2, ?3, ?4)";
            add(connection, insert, &values, sides)?;
        }
    }
    Ok(())
}

/// Side tables whose rows enter the hash of a record, in that order: table, columns, and the bit of
/// `usage.sides` that says there are any. The attributes of a line item follow it.
pub const BESIDE: [(&str, &str, i64); 4] = [
    (
        "line_item",
        "usage, n, core, meter, quantity, whole, rate, billed, cost_pico, rounded",
        side::ITEMS,
    ),
    ("note", "usage, n, kind, text", side::NOTES),
    (
        "search",
        "usage, n, provider, count, query_chars_total, response_bytes_total, status, error_code",
        side::SEARCHES,
    ),
    ("tag", "usage, name, value", side::TAGS),
];

/// Takes what lies beside a row out of the side tables.
pub fn erase(connection: &Connection, row: i64) -> rusqlite::Result<()> {
    for table in ["line_item", "item_attribute", "note", "search", "tag"] {
        let delete = format!("DELETE FROM {table} WHERE usage = ?1");
        connection.prepare_cached(&delete)?.execute([row])?;
    }
    Ok(())
}

/// Adds a row to a side table of a record, and to the hash of all that is stored for it.
pub fn add(
    connection: &Connection,
    insert: &str,
    values: &[Val<'_>],
    sides: &mut Bytes,
) -> rusqlite::Result<()> {
    sides.extend(values.iter().copied());
    let mut insert = connection.prepare_cached(insert)?;
    insert.execute(rusqlite::params_from_iter(values)).map(drop)
}

/// One line item as it is stored, before it is a charge.
pub struct StoredItem {
    core: bool,
    charge: Charge,
}

/// The charges of a row: core ones from its columns and card, the others as stored; in the order of
/// display.
pub fn charges(
    row: &Row<'_>,
    stored: &[StoredItem],
    rates: &[(Meter, AppliedRate)],
) -> rusqlite::Result<Vec<Charge>> {
    let mut charges: Vec<Charge> = stored.iter().map(|item| item.charge.clone()).collect();
    // A record that is unpriced as a whole may still know rates of some of its lines.
    let is_priced = row.get::<_, Option<i64>>("cost_pico")?.is_some();
    for meter in CORE {
        let quantity: i64 = row.get(meter.name())?;
        if quantity == 0
            || stored
                .iter()
                .any(|item| item.core && item.charge.meter == meter)
        {
            continue;
        }
        let quantity = Quantity::new(Exact::from_integer(quantity)).unwrap_or_default();
        let rate = rates
            .iter()
            .find(|(priced, _)| *priced == meter)
            .map(|(_, rate)| rate.clone());
        let cost = rate.as_ref().filter(|_| is_priced).and_then(|rate| {
            let factors: Vec<Exact> = rate.multipliers.iter().map(|m| m.factor).collect();
            crate::money::charge(quantity.exact(), rate.quoted, &factors, rate.per.units()).ok()
        });
        let attributes = BTreeMap::new();
        charges.push(Charge {
            meter,
            quantity,
            attributes,
            rate,
            cost: cost.map(|(cost, _)| cost),
            rounded: cost.is_some_and(|(_, rounded)| rounded),
        });
    }
    charges.sort_by(|a, b| {
        (a.meter.rank(), &a.meter, &a.attributes).cmp(&(b.meter.rank(), &b.meter, &b.attributes))
    });
    Ok(charges)
}

/// The line items of a record that are rows of their own.
pub fn stored(connection: &Connection, usage: i64) -> rusqlite::Result<Vec<StoredItem>> {
    let mut list = connection.prepare_cached(
        "SELECT core, meter, quantity, rate, billed, cost_pico, rounded, n FROM line_item WHERE usage = ?1 ORDER BY n",
    )?;
    let rows = list.query_map([usage], |row| {
        let (meter, quantity): (String, String) = (row.get(1)?, row.get(2)?);
        let (rate, billed): (Option<i64>, Option<String>) = (row.get(3)?, row.get(4)?);
        let charge = Charge {
            meter: Meter::named(&meter),
            quantity: Quantity::parse(&quantity).unwrap_or_default(),
            attributes: BTreeMap::new(),
            rate: None,
            cost: row.get::<_, Option<i64>>(5)?.map(Money::from_pico),
            rounded: row.get(6)?,
        };
        Ok((
            row.get::<_, bool>(0)?,
            charge,
            rate,
            billed,
            row.get::<_, i64>(7)?,
        ))
    })?;
    let mut items = Vec::new();
    for item in rows {
        let (core, mut charge, rate, billed, n) = item?;
        charge.attributes = attributes(connection, usage, n)?;
        if let Some(rate) = rate {
            let mut applied = cards::load_rate(connection, rate)?;
            applied.billed = billed.and_then(|text| Quantity::parse(&text).ok());
            charge.rate = Some(applied);
        }
        items.push(StoredItem { core, charge });
    }
    Ok(items)
}

fn attributes(
    connection: &Connection,
    usage: i64,
    n: i64,
) -> rusqlite::Result<BTreeMap<String, String>> {
    let mut list = connection
        .prepare_cached("SELECT name, value FROM item_attribute WHERE usage = ?1 AND n = ?2")?;
    list.query_map([usage, n], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

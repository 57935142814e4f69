//! Rate cards: the price period and the rates that a record used, stored once and pointed to.

use rusqlite::types::ToSql;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Value as Json, json};

use super::items::Core;
use crate::money::Exact;
use crate::pricing::{AppliedRate, BookInfo, Charge, Multiplier, Per, PriceUsed};
use crate::usage::{Meter, RecordId};

/// Finds a row by its hash, or makes it.
fn by_hash(
    connection: &Connection,
    table: &str,
    hash: &RecordId,
    insert: &str,
    values: &[&dyn ToSql],
) -> rusqlite::Result<(i64, bool)> {
    let find = format!("SELECT id FROM {table} WHERE hash = ?1");
    let found = connection
        .prepare_cached(&find)?
        .query_row([hash.bytes()], |row| row.get(0))
        .optional()?;
    if let Some(id) = found {
        return Ok((id, false));
    }
    connection.prepare_cached(insert)?.execute(values)?;
    Ok((connection.last_insert_rowid(), true))
}

/// The rate card of a price and of the rates that its core charges took.
pub fn card(connection: &Connection, price: &PriceUsed, core: &Core<'_>) -> rusqlite::Result<i64> {
    let mut rates = Vec::new();
    for charge in core.iter().flatten() {
        if let Some(applied) = &charge.rate {
            rates.push((charge.meter.name(), rate(connection, applied)?));
        }
    }
    let listed = format!("{rates:?}");
    let from = price.from.as_deref().unwrap_or_default();
    let words = [
        price.book.as_str(),
        &price.version,
        &price.sha256,
        &price.sku,
        from,
        &price.snapshot,
        &listed,
    ];
    let hash = RecordId::of(&words.map(str::as_bytes));
    let find = connection
        .prepare_cached("SELECT id FROM rate_card WHERE hash = ?1")?
        .query_row([hash.bytes()], |row| row.get(0))
        .optional()?;
    if let Some(id) = find {
        return Ok(id);
    }
    let info = BookInfo {
        name: price.book.clone(),
        version: price.version.clone(),
        sha256: price.sha256.clone(),
    };
    let (book, snapshot) = (book(connection, &info)?, snapshot(connection, price)?);
    connection.execute(
        "INSERT INTO rate_card(hash, book, snapshot, sku, period_from) VALUES(?1, ?2, ?3, ?4, ?5)",
        params![hash.bytes(), book, snapshot, price.sku, price.from],
    )?;
    let card = connection.last_insert_rowid();
    for (meter, rate) in rates {
        connection.execute(
            "INSERT INTO card_rate(card, meter, rate) VALUES(?1, ?2, ?3)",
            params![card, meter, rate],
        )?;
    }
    Ok(card)
}

/// The row of a price book.
pub fn book(connection: &Connection, book: &BookInfo) -> rusqlite::Result<i64> {
    let key = params![book.name, book.version, book.sha256];
    connection.execute(
        "INSERT OR IGNORE INTO book(name, version, sha256) VALUES(?1, ?2, ?3)",
        key,
    )?;
    connection.query_row(
        "SELECT id FROM book WHERE name = ?1 AND version = ?2 AND sha256 = ?3",
        key,
        |row| row.get(0),
    )
}

fn snapshot(connection: &Connection, price: &PriceUsed) -> rusqlite::Result<i64> {
    let text: &str = &price.snapshot;
    let hash = RecordId::of(&[text.as_bytes()]);
    let insert = "INSERT INTO snapshot(hash, text) VALUES(?1, ?2)";
    Ok(by_hash(
        connection,
        "snapshot",
        &hash,
        insert,
        &[hash.bytes(), &text],
    )?
    .0)
}

/// The stored rate of an applied one.
pub fn rate(connection: &Connection, applied: &AppliedRate) -> rusqlite::Result<i64> {
    let multipliers: Vec<Json> = applied
        .multipliers
        .iter()
        .map(|m| json!([m.why, m.factor]))
        .collect();
    let multipliers = Json::Array(multipliers).to_string();
    let quoted = applied.quoted.to_string();
    let fallback = applied.falls_back_to.as_ref().map(Meter::name);
    let per = applied.per.name();
    let words = [
        quoted.as_str(),
        per,
        &multipliers,
        fallback.unwrap_or_default(),
    ];
    let hash = RecordId::of(&words.map(str::as_bytes));
    let pico = pico_per_unit(applied);
    let insert = "INSERT INTO rate(hash, quoted, per, multipliers, falls_back_to, pico_per_unit) VALUES(?1, ?2, ?3, ?4, ?5, ?6)";
    Ok(by_hash(
        connection,
        "rate",
        &hash,
        insert,
        &[hash.bytes(), &quoted, &per, &multipliers, &fallback, &pico],
    )?
    .0)
}

/// Whether plain SQL can recompute a charge from its rate.
pub fn is_whole(charge: &Charge) -> bool {
    let pico = charge.rate.as_ref().and_then(pico_per_unit);
    pico.is_some()
}

/// The price of one unit in 10⁻¹² of the currency unit, where that is a whole number, so that plain
/// SQL can multiply with it.
pub fn pico_per_unit(applied: &AppliedRate) -> Option<i64> {
    let factors: Vec<Exact> = applied.multipliers.iter().map(|m| m.factor).collect();
    let (money, rounded) =
        crate::money::charge(Exact::ONE, applied.quoted, &factors, applied.per.units()).ok()?;
    (!rounded).then(|| money.pico())
}

/// What a stored rate says.
pub fn load_rate(connection: &Connection, id: i64) -> rusqlite::Result<AppliedRate> {
    let mut find = connection
        .prepare_cached("SELECT quoted, per, multipliers, falls_back_to FROM rate WHERE id = ?1")?;
    find.query_row([id], |row| {
        let (quoted, per, multipliers): (String, String, String) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        let fallback: Option<String> = row.get(3)?;
        Ok(AppliedRate {
            quoted: Exact::parse(&quoted).unwrap_or_default(),
            per: Per::ALL
                .into_iter()
                .find(|(_, name)| *name == per)
                .map_or(Per::Each, |(unit, _)| unit),
            multipliers: parse_multipliers(&multipliers),
            falls_back_to: fallback.map(|name| Meter::named(&name)),
            billed: None,
        })
    })
}

fn parse_multipliers(text: &str) -> Vec<Multiplier> {
    let pairs: Vec<(String, Exact)> = serde_json::from_str(text).unwrap_or_default();
    pairs
        .into_iter()
        .map(|(why, factor)| Multiplier { why, factor })
        .collect()
}

/// What a stored card says: its price and the rates of the core meters.
pub fn load_card(
    connection: &Connection,
    id: i64,
) -> rusqlite::Result<(PriceUsed, Vec<(Meter, AppliedRate)>)> {
    let mut find = connection.prepare_cached(
        "SELECT book.name, book.version, book.sha256, sku, period_from, snapshot.text FROM rate_card
         JOIN book ON book.id = rate_card.book JOIN snapshot ON snapshot.id = rate_card.snapshot WHERE rate_card.id = ?1",
    )?;
    let price = find.query_row([id], |row| {
        Ok(PriceUsed {
            book: row.get(0)?,
            version: row.get(1)?,
            sha256: row.get(2)?,
            sku: row.get(3)?,
            from: row.get(4)?,
            snapshot: row.get::<_, String>(5)?.into(),
        })
    })?;
    let mut list =
        connection.prepare_cached("SELECT meter, rate FROM card_rate WHERE card = ?1")?;
    let pairs: Vec<(String, i64)> = list
        .query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let mut rates = Vec::new();
    for (meter, rate) in pairs {
        rates.push((Meter::named(&meter), load_rate(connection, rate)?));
    }
    Ok((price, rates))
}

//! A record's own row: its columns, and the statement that inserts them.

use rusqlite::{Connection, params};

use super::columns::{self, Home, ROW, SOMETIMES, fields_of};
use super::exchange::Converted;
use super::facts::fact;
use super::rollups::{DAY_MS, Part};
use super::values::Val;
use super::write::Slot;
use super::{Entry, bulk};
use crate::usage::{Field, Timestamp};

/// Columns that only some rows have, at most: each is a bit of a number.
pub const MOST_BITS: usize = 64;

/// The columns that every row has, in order.
pub fn head<'e>(
    entry: &'e Entry,
    slot: Slot,
    row: i64,
    (part, hash, party): (&Part, i64, Option<i64>),
) -> [Val<'e>; ROW.len()] {
    let known = [
        Val::Int(row),
        Val::Blob(entry.id.bytes()),
        Val::Int(hash),
        Val::Int(slot.run),
        Val::Int(slot.source),
        Val::Int(i64::try_from(entry.place.line).unwrap_or(i64::MAX)),
        Val::maybe(part.ms),
        Val::Int(part.profile),
        Val::maybe(party),
        Val::Int(part.sides),
        Val::maybe(entry.receipt.cost.map(crate::money::Money::pico)),
    ];
    let mut head = [Val::Null; ROW.len()];
    let known = known.into_iter().chain(part.meters.map(Val::Int));
    for (place, value) in head.iter_mut().zip(known) {
        *place = value;
    }
    head
}

/// How many columns there are that only some rows have.
pub fn rest_len() -> usize {
    SOMETIMES.len() + columns::in_row()
}

/// Fills in the columns that only some rows have, in order, and says which they are.
pub fn rest<'e>(
    entry: &'e Entry,
    numbers: Option<&'e str>,
    [usd, rub]: Converted,
    rest: &mut [Val<'e>; MOST_BITS],
) -> u64 {
    let sometimes = [
        Val::text(numbers),
        Val::maybe(stated_total(entry)),
        Val::text(Some(&entry.place.pointer)),
        Val::text(
            entry
                .record
                .reported_cost
                .as_ref()
                .map(|cost| cost.amount.as_str()),
        ),
        Val::maybe(usd.map(|(pico, _)| pico)),
        Val::maybe(usd.map(|(_, way)| way)),
        Val::maybe(rub.map(|(pico, _)| pico)),
        Val::maybe(rub.map(|(_, way)| way)),
    ];
    let known = sometimes.into_iter().enumerate();
    let facts = entry.record.facts.iter().filter_map(|(field, value)| {
        let place = columns::place_in_row(field)?;
        Some((SOMETIMES.len() + place, fact(value)))
    });
    let mut mask = 0;
    for (at, value) in known.chain(facts) {
        if let Some(held) = rest.get_mut(at).filter(|_| value != Val::Null) {
            *held = value;
            mask |= 1 << at;
        }
    }
    mask
}

/// The places of the set bits, from the lowest on.
pub fn bits(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = (mask != 0).then(|| mask.trailing_zeros())?;
        mask &= mask - 1;
        usize::try_from(bit).ok()
    })
}

fn stated_total(entry: &Entry) -> Option<i64> {
    let total = entry.record.stated_total?;
    total.exact().to_integer().ok()
}

/// Inserts rows with those of the columns that some rows have whose bits are set.
pub fn insert_sql(mask: u64, rows: usize) -> String {
    let rest = SOMETIMES
        .into_iter()
        .chain(fields_of(Home::Row).map(Field::name));
    let present = rest.enumerate().filter(|(bit, _)| mask >> bit & 1 == 1);
    let columns: Vec<&str> = std::iter::once("chk")
        .chain(columns::ROW)
        .chain(present.map(|(_, name)| name))
        .collect();
    bulk::sql(
        &format!("usage({})", columns.join(",")),
        columns.len(),
        rows,
    )
}

/// The number of the last row; 0 where there is none.
pub fn last(connection: &Connection) -> rusqlite::Result<i64> {
    let last = "SELECT COALESCE(MAX(id), 0) FROM usage";
    connection.query_row(last, [], |row| row.get(0))
}

/// The views show days by name without any date function.
pub fn remember_day(connection: &Connection, time: Timestamp) -> rusqlite::Result<()> {
    let day = time.millis().div_euclid(DAY_MS);
    let iso = time.to_utc().format("%Y-%m-%d").to_string();
    connection
        .prepare_cached("INSERT OR IGNORE INTO calendar(day, iso) VALUES(?1, ?2)")?
        .execute(params![day, iso])?;
    Ok(())
}

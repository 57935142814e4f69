//! Rows ↔ what they add to the roll-ups, and cells ↔ the rows of the roll-ups.

use rusqlite::{Connection, Row, Statement};

use super::super::shared;
use super::{Cell, Part, Sums, UNIT};
use crate::lookup::Lookup;
use crate::usage::Field;

/// The column at which more fields begin.
pub const MORE: usize = 11;

/// Hands every row to a function, in order, as what it adds to the roll-ups.
pub fn for_each(
    connection: &Connection,
    take: &mut dyn FnMut(&Part) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let mut classes: Lookup<i64, i64> = Lookup::default();
    let mut list = rows(connection, &[], "1")?;
    let mut rows = list.query([])?;
    while let Some(row) = rows.next()? {
        take(&part(connection, &mut classes, row)?)?;
    }
    Ok(())
}

/// `SELECT` of the rows that meet a condition, in order: what [`head`] and [`rest`] read, and more of their
/// own header fields from the column [`MORE`] on.
pub fn rows<'c>(
    connection: &'c Connection,
    more: &[Field],
    condition: &str,
) -> rusqlite::Result<Statement<'c>> {
    let more: String = more.iter().flat_map(|field| [", ", field.name()]).collect();
    connection.prepare(&format!(
        "{PART}{more} FROM usage WHERE {condition} ORDER BY id"
    ))
}

const PART: &str = "SELECT profile, party, ms, sides, cost_pico, input, cache_read, cache_write, cache_write_1h, output, reasoning";

/// What a row adds to the roll-ups.
pub fn of_row(connection: &Connection, row: i64) -> rusqlite::Result<Part> {
    let mut find = connection.prepare_cached(&format!("{PART} FROM usage WHERE id = ?1"))?;
    find.query_row([row], |row| part(connection, &mut Lookup::default(), row))
}

fn part(
    connection: &Connection,
    classes: &mut Lookup<i64, i64>,
    row: &Row<'_>,
) -> rusqlite::Result<Part> {
    let mut part = rest(head(row)?, row)?;
    part.class = match classes.get(&part.profile) {
        Some(class) => *class,
        None => *classes
            .entry(part.profile)
            .insert_entry(shared::class(connection, part.profile)?)
            .get(),
    };
    Ok(part)
}

/// What a row belongs to; its quantities and its class are still missing.
pub fn head(row: &Row<'_>) -> rusqlite::Result<Part> {
    Ok(Part {
        profile: row.get(0)?,
        party: row.get::<_, Option<i64>>(1)?.unwrap_or(0),
        class: 0,
        ms: row.get(2)?,
        sides: row.get(3)?,
        meters: [0; 6],
        cost: 0,
    })
}

/// The same with its quantities and its cost.
pub fn rest(mut part: Part, row: &Row<'_>) -> rusqlite::Result<Part> {
    for (at, meter) in (5..).zip(&mut part.meters) {
        *meter = row.get(at)?;
    }
    part.cost = row.get::<_, Option<i64>>(4)?.unwrap_or(0);
    Ok(part)
}

/// The time of the first record.
pub fn first(sums: &Sums) -> Option<i64> {
    sums.span.map(|(first, _)| first)
}

/// The time of the last one.
pub fn last(sums: &Sums) -> Option<i64> {
    sums.span.map(|(_, last)| last)
}

/// `INSERT` that adds to the cell where there is one.
pub fn upsert(table: &str, key: &[&str]) -> String {
    let columns = "records, first_ms, last_ms, input, cache_read, cache_write, cache_write_1h, output, reasoning, cost_units, cost_pico";
    let marks = vec!["?"; key.len() + 11].join(", ");
    let sums = [
        "records",
        "input",
        "cache_read",
        "cache_write",
        "cache_write_1h",
        "output",
        "reasoning",
    ];
    let sums = sums
        .map(|name| format!("{name} = {name} + excluded.{name}"))
        .join(", ");
    format!(
        "INSERT INTO {table}({key}, {columns}) VALUES({marks}) ON CONFLICT DO UPDATE SET {sums}, \
         first_ms = MIN(COALESCE(first_ms, excluded.first_ms), COALESCE(excluded.first_ms, first_ms)), \
         last_ms = MAX(COALESCE(last_ms, excluded.last_ms), COALESCE(excluded.last_ms, last_ms)), \
         cost_units = cost_units + excluded.cost_units + (cost_pico + excluded.cost_pico) / {UNIT}, \
         cost_pico = (cost_pico + excluded.cost_pico) % {UNIT}",
        key = key.join(", "),
    )
}

/// Executes [`upsert`] with a key and what a cell gains.
pub fn bind(insert: &mut Statement<'_>, key: &[i64], sums: &Sums) -> rusqlite::Result<()> {
    let wide = i128::from(UNIT);
    let fits = |number: i128| {
        i64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(0, i64::MAX))
    };
    let mut at = 0;
    let mut put = |value: Option<i64>| {
        at += 1;
        insert.raw_bind_parameter(at, value)
    };
    for part in key {
        put(Some(*part))?;
    }
    put(Some(sums.records))?;
    put(first(sums))?;
    put(last(sums))?;
    for meter in sums.meters {
        put(Some(fits(meter)?))?;
    }
    put(Some(fits(sums.cost.div_euclid(wide))?))?;
    put(Some(fits(sums.cost.rem_euclid(wide))?))?;
    insert.raw_execute().map(drop)
}

/// `SELECT` of the cells of a roll-up: three columns of their key, then what [`sums`] reads.
pub fn select<'c>(
    table: &str,
    key: &str,
    condition: &str,
    connection: &'c Connection,
) -> rusqlite::Result<Statement<'c>> {
    connection.prepare(&format!(
        "SELECT {key}, records, first_ms, last_ms, input, cache_read, cache_write, cache_write_1h, output, reasoning, cost_units, cost_pico \
         FROM {table} WHERE {condition}"
    ))
}

/// The same of each profile over all its days; an error where a sum is more than a column can hold.
pub fn select_profiles<'c>(
    table: &str,
    connection: &'c Connection,
) -> rusqlite::Result<Statement<'c>> {
    connection.prepare(&format!(
        "SELECT 0, profile, 0, SUM(records), MIN(first_ms), MAX(last_ms), SUM(input), SUM(cache_read), SUM(cache_write), \
         SUM(cache_write_1h), SUM(output), SUM(reasoning), SUM(cost_units), SUM(cost_pico) FROM {table} GROUP BY profile"
    ))
}

/// What a row of [`select`] holds.
pub fn sums(row: &Row<'_>) -> rusqlite::Result<Sums> {
    let mut meters = [0_i128; 6];
    for (at, meter) in (6..).zip(&mut meters) {
        *meter = i128::from(row.get::<_, i64>(at)?);
    }
    let (first, last): (Option<i64>, Option<i64>) = (row.get(4)?, row.get(5)?);
    let (units, pico): (i64, i64) = (row.get(12)?, row.get(13)?);
    Ok(Sums {
        records: row.get(3)?,
        span: first.zip(last),
        meters,
        cost: i128::from(units) * i128::from(UNIT) + i128::from(pico),
    })
}

/// All cells of a roll-up.
pub fn stored(
    connection: &Connection,
    table: &str,
    key: &str,
) -> rusqlite::Result<Lookup<Cell, Sums>> {
    let mut list = select(table, key, "1", connection)?;
    let rows = list.query_map([], |row| {
        Ok(((row.get(0)?, row.get(1)?, row.get(2)?), sums(row)?))
    })?;
    rows.collect()
}

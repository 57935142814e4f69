//! Sums over what the ledger holds, against rot: how many rows a table has, and a sum of their hashes.
//! Tables that only ever grow are summed up at the end of a run; `usage` as its rows come and go.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};

use super::values::{Bytes, Val};

/// Tables whose rows are never changed, each with an `id` that grows.
pub const GROWING: [&str; 11] = [
    "word",
    "book",
    "snapshot",
    "rate",
    "rate_card",
    "profile",
    "party",
    "fx_rate",
    "fx_way",
    "trail",
    "credit",
];

/// What a run changes in the control sums.
#[derive(Default)]
pub struct Control(BTreeMap<&'static str, (i64, i64)>);

impl Control {
    /// A row has come.
    pub fn add(&mut self, table: &'static str, sum: i64) {
        let (rows, total) = self.0.entry(table).or_default();
        (*rows, *total) = (*rows + 1, total.wrapping_add(sum));
    }

    /// A row has gone.
    pub fn remove(&mut self, table: &'static str, sum: i64) {
        let (rows, total) = self.0.entry(table).or_default();
        (*rows, *total) = (*rows - 1, total.wrapping_sub(sum));
    }

    /// Stores the sums, those of the tables that have grown as well.
    pub fn finish(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        for (table, (rows, sum)) in std::mem::take(&mut self.0) {
            let (held_rows, held) = stored(connection, table)?;
            store(
                connection,
                table,
                (held_rows + rows, held.wrapping_add(sum)),
            )?;
        }
        GROWING.iter().try_for_each(|table| {
            let (last, held) = stored(connection, table)?;
            let (new_last, grown) = sum_after(connection, table, last)?;
            if new_last == last {
                return Ok(());
            }
            store(connection, table, (new_last, held.wrapping_add(grown)))
        })
    }
}

/// Sums a growing table up anew: rows of it were taken out or overwritten.
pub fn recount(connection: &Connection, table: &str) -> rusqlite::Result<()> {
    let sums = sum_after(connection, table, 0)?;
    store(connection, table, sums)
}

/// What is stored of a table: how many rows it has, or the number of its last one where it only grows,
/// and the sum of their hashes.
pub fn stored(connection: &Connection, table: &str) -> rusqlite::Result<(i64, i64)> {
    let find = "SELECT records, sum FROM control WHERE name = ?1";
    let found = connection
        .prepare_cached(find)?
        .query_row([table], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(found.unwrap_or_default())
}

fn store(connection: &Connection, table: &str, (rows, sum): (i64, i64)) -> rusqlite::Result<()> {
    let insert = "INSERT OR REPLACE INTO control(name, records, sum) VALUES(?1, ?2, ?3)";
    connection
        .prepare_cached(insert)?
        .execute(params![table, rows, sum])
        .map(drop)
}

/// The last row of a growing table, at least this one, and the sum of the hashes of all after it.
pub fn sum_after(connection: &Connection, table: &str, row: i64) -> rusqlite::Result<(i64, i64)> {
    sum_where(connection, table, row, &format!("id > {row}"))
}

/// The sum of the hashes of its rows up to one.
pub fn sum_up_to(connection: &Connection, table: &str, row: i64) -> rusqlite::Result<(i64, i64)> {
    sum_where(connection, table, row, &format!("id <= {row}"))
}

fn sum_where(
    connection: &Connection,
    table: &str,
    row: i64,
    condition: &str,
) -> rusqlite::Result<(i64, i64)> {
    let mut list = connection.prepare(&format!("SELECT * FROM {table} WHERE {condition}"))?;
    let columns = list.column_count();
    let mut found = list.query([])?;
    let (mut highest, mut total, mut bytes) = (row, 0_i64, Bytes::default());
    while let Some(row) = found.next()? {
        bytes.clear();
        for at in 0..columns {
            bytes.push(Val::of(row.get_ref(at)?));
        }
        highest = highest.max(row.get("id")?);
        total = total.wrapping_add(bytes.sum());
    }
    Ok((highest, total))
}

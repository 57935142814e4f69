//! What the ledger holds of a record, read back from its row.

use rusqlite::Connection;

use super::{Entry, exchange, read, trail};

/// The hash of what a row says, and the source it is from.
pub fn hash_and_source(connection: &Connection, row: i64) -> rusqlite::Result<(i64, i64)> {
    let find = "SELECT facts, source FROM usage WHERE id = ?1";
    let mut find = connection.prepare_cached(find)?;
    find.query_row([row], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// A record as it stands in its row.
pub struct Held {
    pub entry: Entry,
    pub run: i64,
    pub source: i64,
    pub cost: trail::StoredCost,
    pub converted: exchange::Before,
}

pub fn load(
    connection: &Connection,
    loader: &mut read::Loader,
    row: i64,
) -> rusqlite::Result<Held> {
    let mut statement = connection.prepare_cached(&read::select_held())?;
    statement.query_row([row], |found| {
        let entry = loader.entry(connection, found)?;
        Ok(Held {
            run: found.get("run")?,
            source: found.get("source")?,
            cost: trail::StoredCost::of(connection, found)?,
            converted: exchange::Before::of(found, &entry)?,
            entry,
        })
    })
}

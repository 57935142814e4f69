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
    /// The record and its receipt.
    pub entry: Entry,
    /// The run that brought it in, and its source.
    pub run: i64,
    pub source: i64,
    /// Its cost, as it is stored.
    pub cost: trail::StoredCost,
    /// What its cost was converted to.
    pub converted: exchange::Before,
}

/// The record in a row.
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

//! Numbered, append-only migrations. The public views are made anew with each.

use rusqlite::Connection;

use super::file::APPLICATION_ID;
use super::{indexes, upgrade, views};

/// The schema this program writes.
pub const VERSION: u32 = 6;

/// Every migration, first to last; entry N brings a ledger from schema N to N + 1.
const MIGRATIONS: &[&str] = &[
    include_str!("schema_1.sql"),
    include_str!("schema_2.sql"),
    include_str!("schema_3.sql"),
    include_str!("schema_4.sql"),
    include_str!("schema_5.sql"),
    include_str!("schema_6.sql"),
];

/// Brings a ledger to the current schema, inside of the caller's transaction.
pub fn migrate(connection: &Connection, from: u32) -> rusqlite::Result<()> {
    // A table that is made anew takes its indexes with it.
    let indexed = indexes::present(connection)?;
    indexes::drop_all(connection)?;
    views::drop_all(connection)?;
    apply(connection, from, VERSION)?;
    views::create_all(connection)?;
    indexes::create(connection, &indexed)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", VERSION)
}

/// Makes what a ledger of a schema holds, in an empty database. The public views are those of this
/// program, and only made for its own schema.
pub fn build(connection: &Connection, version: u32) -> rusqlite::Result<()> {
    apply(connection, 0, version)?;
    if version == VERSION {
        views::create_all(connection)?;
    }
    Ok(())
}

fn apply(connection: &Connection, from: u32, to: u32) -> rusqlite::Result<()> {
    for migration in MIGRATIONS.iter().take(index(to)).skip(index(from)) {
        connection.execute_batch(migration)?;
    }
    // The last change of form that SQL alone does not make.
    if from < 5 && to >= 5 {
        upgrade::move_rows(connection)?;
    }
    Ok(())
}

/// The schema of an open ledger.
pub fn version_of(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

fn index(version: u32) -> usize {
    usize::try_from(version).unwrap_or(usize::MAX)
}

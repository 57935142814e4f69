//! Numbered, append-only migrations. The public views are made anew with each.

use rusqlite::{Connection, TransactionBehavior};

use super::open::APPLICATION_ID;
use super::{upgrade, views};

/// The schema this program writes.
pub const VERSION: u32 = 5;

/// Every migration, first to last; entry N brings a ledger from schema N to N + 1.
const MIGRATIONS: &[&str] = &[
    include_str!("schema_1.sql"),
    include_str!("schema_2.sql"),
    include_str!("schema_3.sql"),
    include_str!("schema_4.sql"),
    include_str!("schema_5.sql"),
];

/// Brings a ledger to the current schema, in one transaction.
pub fn migrate(connection: &Connection) -> rusqlite::Result<()> {
    if version_of(connection)? == VERSION {
        return Ok(());
    }
    let transaction =
        rusqlite::Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    // Another process may have migrated it while this one waited for the lock.
    let version = version_of(&transaction)?;
    if version < VERSION {
        views::drop_all(&transaction)?;
        for migration in MIGRATIONS
            .iter()
            .skip(usize::try_from(version).unwrap_or(usize::MAX))
        {
            transaction.execute_batch(migration)?;
        }
        // The last change of form that SQL alone does not make.
        if version < 5 {
            upgrade::move_rows(&transaction)?;
        }
        views::create_all(&transaction)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()
}

fn version_of(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

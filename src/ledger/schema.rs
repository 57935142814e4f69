//! Numbered, append-only migrations. The public views are made anew with each.

use rusqlite::Connection;

use super::file::APPLICATION_ID;
use super::{indexes, segments, upgrade, views};

/// The schema this program writes.
pub const VERSION: u32 = 7;

/// Every migration, first to last; entry N brings a ledger from schema N to N + 1.
const MIGRATIONS: &[&str] = &[
    include_str!("schema_1.sql"),
    include_str!("schema_2.sql"),
    include_str!("schema_3.sql"),
    include_str!("schema_4.sql"),
    include_str!("schema_5.sql"),
    include_str!("schema_6.sql"),
    include_str!("schema_7.sql"),
];

/// What all migrations make of an empty file: to take every step of them would take most of the time in
/// which a small log is read. A test makes it (`UPDATE_SCHEMA=1`), and says that it is the same.
const WHOLE: &str = include_str!("schema.sql");

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
    if from == 0 && to == VERSION {
        return connection.execute_batch(WHOLE);
    }
    step_by_step(connection, from, to)
}

fn step_by_step(connection: &Connection, from: u32, to: u32) -> rusqlite::Result<()> {
    for migration in MIGRATIONS.iter().take(index(to)).skip(index(from)) {
        connection.execute_batch(migration)?;
    }
    // What SQL alone does not make.
    if from < 5 && to >= 5 {
        upgrade::move_rows(connection)?;
    }
    if from < 7 && to >= 7 {
        segments::build(connection)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The text of everything in a file, in the order in which it was made.
    fn texts(connection: &Connection) -> Vec<String> {
        let made = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid";
        let mut list = connection.prepare(made).unwrap();
        let texts = list.query_map([], |row| row.get(0)).unwrap();
        texts.collect::<Result<_, _>>().unwrap()
    }

    /// How many rows all tables have together.
    fn rows(connection: &Connection) -> i64 {
        let tables = "SELECT name FROM sqlite_schema WHERE type = 'table'";
        let mut list = connection.prepare(tables).unwrap();
        let names = list.query_map([], |row| row.get::<_, String>(0)).unwrap();
        let counts = names.map(|name| {
            let count = format!("SELECT count(*) FROM {}", name.unwrap());
            connection
                .query_row(&count, [], |row| row.get::<_, i64>(0))
                .unwrap()
        });
        counts.sum()
    }

    #[test]
    fn the_whole_is_what_the_steps_make() {
        let (steps, whole) = [(); 2]
            .map(|()| Connection::open_in_memory().unwrap())
            .into();
        step_by_step(&steps, 0, VERSION).unwrap();
        let text = texts(&steps).join(";\n") + ";\n";
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/ledger/schema.sql");
            std::fs::write(path, &text).unwrap();
        }
        assert!(WHOLE == text, "run this test with UPDATE_SCHEMA=1");
        apply(&whole, 0, VERSION).unwrap();
        assert_eq!(texts(&whole), texts(&steps));
        assert_eq!((rows(&whole), rows(&steps)), (0, 0));
    }
}

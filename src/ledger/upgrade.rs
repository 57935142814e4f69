//! Rows of schema 4 → schema 5: what many rows share is taken out of them.

use rusqlite::Connection;

use super::columns;
use super::exchange::Before;
use super::facts;
use super::items;
use super::read::Loader;
use super::write::{Slot, Writer};

/// Columns that the rows had no need of before.
const NEW: [(&str, &str); 3] = [("facts", "0"), ("profile", "0"), ("party", "NULL")];

/// Writes the rows of `usage_4` anew, each under its number, with keys, roll-ups and control sums.
pub fn move_rows(connection: &Connection) -> rusqlite::Result<()> {
    let columns: Vec<String> = columns::all()
        .into_iter()
        .map(|name| match NEW.iter().find(|(new, _)| *new == name) {
            Some((_, value)) => format!("{value} AS {name}"),
            None => format!("u.{name} AS {name}"),
        })
        .collect();
    let select = format!("SELECT {} FROM usage_4 AS u ORDER BY id", columns.join(","));
    let (mut writer, mut loader) = (Writer::default(), Loader::default());
    let mut list = connection.prepare(&select)?;
    let mut rows = list.query([])?;
    while let Some(row) = rows.next()? {
        let entry = loader.entry(connection, row)?;
        let converted = Before::of(row, &entry)?.converted();
        let number: i64 = row.get("id")?;
        items::erase(connection, number)?;
        let slot = Slot {
            row: None,
            run: row.get("run")?,
            source: row.get("source")?,
        };
        writer.begin_at(number);
        let hash = facts::hash(&entry.record);
        writer.write(connection, &entry, slot, (hash, converted))?;
        writer.keys.add(connection, entry.id, number)?;
    }
    drop(rows);
    drop(list);
    writer.finish(connection)?;
    connection.execute_batch("DROP TABLE usage_4")
}

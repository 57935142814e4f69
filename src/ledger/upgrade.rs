//! Rows of schema 4 → schema 5: what many rows share is taken out of them.

use rusqlite::{Connection, Row};

use super::columns::{Home, PARTY, PROFILE, ROW, SOMETIMES, fields_of};
use super::exchange::Before;
use super::facts;
use super::items;
use super::read::{self, Loader};
use super::shared::find_or_add;
use super::values::Val;
use super::write::{Slot, Writer};
use crate::usage::Field;

/// Rows that are moved between two looks at the table that they are written to.
const PAGE: i64 = 1_000;

/// Brings the rows of `usage_4` into `usage`, each under its number, with keys, roll-ups and control
/// sums.
pub fn move_rows(connection: &Connection) -> rusqlite::Result<()> {
    split_rows(connection)?;
    connection.execute_batch("DROP TABLE usage_4")?;
    let (mut writer, mut loader, mut last) = (Writer::default(), Loader::default(), 0);
    loop {
        let find = "SELECT id FROM usage WHERE id > ?1 ORDER BY id LIMIT ?2";
        let mut find = connection.prepare_cached(find)?;
        let page = find.query_map([last, PAGE], |row| row.get(0))?;
        let page: Vec<i64> = page.collect::<rusqlite::Result<_>>()?;
        let Some(end) = page.last() else { break };
        last = *end;
        for number in page {
            rewrite(connection, &mut writer, &mut loader, number)?;
        }
    }
    writer.finish(connection)
}

/// Puts the columns of each row where they belong now, without hashes.
fn split_rows(connection: &Connection) -> rusqlite::Result<()> {
    let profile: Vec<&str> = PROFILE
        .into_iter()
        .chain(fields_of(Home::Profile).map(Field::name))
        .collect();
    let party = PARTY.map(Field::name);
    let is_old = |name: &&str| !["facts", "profile", "party"].contains(name);
    let own: Vec<&str> = ROW
        .into_iter()
        .filter(is_old)
        .chain(SOMETIMES)
        .chain(fields_of(Home::Row).map(Field::name))
        .collect();
    let marks = vec!["?"; own.len() + 2].join(",");
    let insert = format!(
        "INSERT INTO usage({},profile,party,facts,chk) VALUES({marks},0,0)",
        own.join(",")
    );
    let mut list = connection.prepare("SELECT * FROM usage_4 ORDER BY id")?;
    let mut rows = list.query([])?;
    while let Some(row) = rows.next()? {
        let shared = find_or_add(connection, "profile", &profile, &values(row, &profile)?)?;
        let whose = values(row, &party)?;
        let has_party = whose.iter().any(|value| *value != Val::Null);
        let whose = has_party.then(|| find_or_add(connection, "party", &party, &whose));
        let mut all = values(row, &own)?;
        all.extend([Val::Int(shared), Val::maybe(whose.transpose()?)]);
        let mut insert = connection.prepare_cached(&insert)?;
        insert.execute(rusqlite::params_from_iter(&all))?;
    }
    Ok(())
}

fn values<'r>(row: &'r Row<'_>, columns: &[&str]) -> rusqlite::Result<Vec<Val<'r>>> {
    let values = columns.iter().map(|name| row.get_ref(*name).map(Val::of));
    values.collect()
}

/// Writes a row as every other one is written.
fn rewrite(
    connection: &Connection,
    writer: &mut Writer,
    loader: &mut Loader,
    number: i64,
) -> rusqlite::Result<()> {
    let mut find = connection.prepare_cached(&read::select_held())?;
    let (entry, slot, converted) = find.query_row([number], |row| {
        let entry = loader.entry(connection, row)?;
        let slot = Slot {
            row: None,
            run: row.get("run")?,
            source: row.get("source")?,
        };
        let converted = Before::of(row, &entry)?.converted();
        Ok((entry, slot, converted))
    })?;
    items::erase(connection, number)?;
    let mut delete = connection.prepare_cached("DELETE FROM usage WHERE id = ?1")?;
    delete.execute([number])?;
    writer.begin_at(number);
    let hash = facts::hash(&entry.record);
    writer.write(connection, &entry, slot, (hash, converted), None)?;
    writer.keys.add(connection, entry.id, number)
}

//! Whether a ledger is sound: everything that is kept twice is worked out anew and compared. What is
//! wrong is named; nothing is mended.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row};

use super::columns::{CORE, Home, PARTY, PROFILE, ROW, SOMETIMES, fields_of, side};
use super::control::{self, GROWING};
use super::items::BESIDE;
use super::rollups::{self, Rolls};
use super::values::{Bytes, Val};
use super::{Ledger, cards, segments};
use crate::error::Result;
use crate::lookup::Lookup;
use crate::usage::{Field, RecordId};

/// Findings of one kind that are told one by one; the rest are counted.
const MOST_TOLD: usize = 10;

/// What is wrong with a ledger.
#[derive(Debug, Default)]
struct Findings(BTreeMap<&'static str, (usize, Vec<String>)>);

impl Findings {
    fn add(&mut self, kind: &'static str, what: impl Into<String>) {
        let (count, told) = self.0.entry(kind).or_default();
        *count += 1;
        if told.len() < MOST_TOLD {
            told.push(what.into());
        }
    }

    fn told(self) -> Vec<String> {
        let mut all = Vec::new();
        for (kind, (count, told)) in self.0 {
            let more = count - told.len();
            all.extend(told.into_iter().map(|what| format!("{kind}: {what}")));
            if more > 0 {
                all.push(format!("{kind}: {more} more"));
            }
        }
        all
    }
}

impl Ledger {
    /// What is wrong with the ledger, in words; nothing where it is sound.
    ///
    /// # Errors
    /// When it cannot be read at all.
    pub fn verify(&self) -> Result<Vec<String>> {
        let mut findings = Findings::default();
        let checked = check_file(&self.connection, &mut findings).and_then(|is_whole| {
            // What SQLite itself finds broken can end every other look at it.
            if is_whole {
                check_contents(&self.connection, &mut findings)
            } else {
                Ok(())
            }
        });
        match checked {
            Ok(()) => Ok(findings.told()),
            Err(error) if is_damage(&error) => {
                findings.add("file", super::open::reason(&error));
                Ok(findings.told())
            }
            Err(error) => Err(self.failed(&error)),
        }
    }
}

/// Whether an error says that what is stored is wrong, and not that it cannot be reached.
fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    error
        .sqlite_error_code()
        .is_none_or(|code| matches!(code, DatabaseCorrupt | NotADatabase))
}

/// SQLite's own checks; says whether its structure is whole.
fn check_file(connection: &Connection, findings: &mut Findings) -> rusqlite::Result<bool> {
    let mut list = connection.prepare("PRAGMA integrity_check")?;
    let found = list.query_map([], |row| row.get::<_, String>(0))?;
    let mut is_whole = true;
    for line in found {
        let line = line?;
        if line != "ok" {
            is_whole = false;
            findings.add("file", line);
        }
    }
    let mut list =
        connection.prepare("SELECT \"table\", rowid, parent FROM pragma_foreign_key_check")?;
    let mut rows = list.query([])?;
    while let Some(row) = rows.next()? {
        let (table, id, parent): (String, Option<i64>, String) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        let id = id.map_or_else(String::new, |id| format!(" {id}"));
        findings.add(
            "reference",
            format!("{table}{id} points to nothing in {parent}"),
        );
    }
    Ok(is_whole)
}

fn check_contents(connection: &Connection, findings: &mut Findings) -> rusqlite::Result<()> {
    check_rows(connection, findings)?;
    check_costs(connection, findings)?;
    check_growing(connection, findings)?;
    check_hashes(connection, findings)?;
    check_keys(connection, findings)?;
    check_rolls(connection, findings)?;
    check_runs(connection, findings)
}

/// The hash of every row over itself and all that lies beside it, and the sum of them all.
fn check_rows(connection: &Connection, findings: &mut Findings) -> rusqlite::Result<()> {
    let own = ROW.into_iter().chain(SOMETIMES);
    let columns: Vec<&str> = own.chain(fields_of(Home::Row).map(Field::name)).collect();
    let mut list = connection.prepare(&format!(
        "SELECT chk, {} FROM usage ORDER BY id",
        columns.join(",")
    ))?;
    let mut rows = list.query([])?;
    let (mut count, mut total, mut bytes) = (0, 0_i64, Bytes::default());
    while let Some(row) = rows.next()? {
        let (chk, id, sides): (i64, i64, i64) =
            (row.get("chk")?, row.get("id")?, row.get("sides")?);
        bytes.clear();
        for table in BESIDE {
            beside(connection, table, id, sides, &mut bytes)?;
        }
        for at in 1..=columns.len() {
            bytes.push(Val::of(row.get_ref(at)?));
        }
        if bytes.sum() != chk {
            findings.add(
                "record",
                format!("{} (row {id}) is not what was stored", name_of(row)?),
            );
        }
        (count, total) = (count + 1, total.wrapping_add(chk));
    }
    if control::stored(connection, "usage")? != (count, total) {
        findings.add("control", "the records are not those that were counted");
    }
    let strays = "SELECT COUNT(*) FROM (SELECT usage FROM line_item UNION ALL SELECT usage FROM note UNION ALL SELECT usage FROM search UNION ALL SELECT usage FROM tag) \
         WHERE usage NOT IN (SELECT id FROM usage WHERE sides <> 0)";
    let strays: i64 = connection.query_row(strays, [], |row| row.get(0))?;
    if strays > 0 {
        findings.add("record", format!("{strays} lines belong to no record"));
    }
    Ok(())
}

fn name_of(row: &Row<'_>) -> rusqlite::Result<String> {
    let key: Vec<u8> = row.get("key")?;
    let id = <[u8; 16]>::try_from(key).map(RecordId::from_bytes);
    Ok(id.map_or_else(|_| "a record".to_owned(), |id| id.to_string()))
}

/// The rows of a side table of a record, as they entered its hash.
fn beside(
    connection: &Connection,
    (table, columns, bit): (&str, &str, i64),
    id: i64,
    sides: i64,
    bytes: &mut Bytes,
) -> rusqlite::Result<()> {
    if sides & bit == 0 {
        return Ok(());
    }
    let order = if table == "tag" { "name" } else { "n" };
    let list = format!("SELECT {columns} FROM {table} WHERE usage = ?1 ORDER BY {order}");
    let mut list = connection.prepare_cached(&list)?;
    let width = list.column_count();
    let mut rows = list.query([id])?;
    while let Some(row) = rows.next()? {
        for at in 0..width {
            bytes.push(Val::of(row.get_ref(at)?));
        }
        if table == "line_item" {
            let n: i64 = row.get("n")?;
            let list = "SELECT usage, n, name, value FROM item_attribute WHERE usage = ?1 AND n = ?2 ORDER BY name";
            let mut list = connection.prepare_cached(list)?;
            let mut rows = list.query([id, n])?;
            while let Some(row) = rows.next()? {
                for at in 0..4 {
                    bytes.push(Val::of(row.get_ref(at)?));
                }
            }
        }
    }
    Ok(())
}

/// Every cost is the sum of its lines. Lines without a row of their own cost their quantity times the
/// rate of the card.
fn check_costs(connection: &Connection, findings: &mut Findings) -> rusqlite::Result<()> {
    let mut rates: Lookup<i64, [Option<i64>; 6]> = Lookup::default();
    let sql = "SELECT u.id, u.sides, u.cost_pico, p.card, u.input, u.cache_read, u.cache_write, u.cache_write_1h, u.output, u.reasoning \
         FROM usage AS u JOIN profile AS p ON p.id = u.profile WHERE u.cost_pico IS NOT NULL AND p.cost_status <> 4";
    let mut list = connection.prepare(sql)?;
    let mut rows = list.query([])?;
    while let Some(row) = rows.next()? {
        let (id, sides, cost): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let card: Option<i64> = row.get(3)?;
        let of_card = match card {
            None => [None; 6],
            Some(card) => *rates.entry(card).or_insert(rates_of(connection, card)?),
        };
        let (apart, mut sum) = if sides & side::ITEMS == 0 {
            ([false; 6], 0)
        } else {
            of_items(connection, id)?
        };
        for (at, (rate, apart)) in (4..).zip(of_card.into_iter().zip(apart)) {
            let quantity: i64 = row.get(at)?;
            if !apart {
                sum += i128::from(quantity) * i128::from(rate.unwrap_or(0));
            }
        }
        if sum != i128::from(cost) {
            findings.add("cost", format!("row {id} costs what its lines do not"));
        }
    }
    Ok(())
}

fn rates_of(connection: &Connection, card: i64) -> rusqlite::Result<[Option<i64>; 6]> {
    let (_, rates) = cards::load_card(connection, card)?;
    Ok(CORE.map(|meter| {
        let rate = rates.iter().find(|(priced, _)| *priced == meter);
        rate.and_then(|(_, rate)| cards::pico_per_unit(rate))
    }))
}

/// Which core meters have a row of their own, and what all such rows cost.
fn of_items(connection: &Connection, usage: i64) -> rusqlite::Result<([bool; 6], i128)> {
    let list = "SELECT core, meter, cost_pico FROM line_item WHERE usage = ?1";
    let mut list = connection.prepare_cached(list)?;
    let mut rows = list.query([usage])?;
    let (mut apart, mut sum) = ([false; 6], 0);
    while let Some(row) = rows.next()? {
        let (core, meter): (bool, String) = (row.get(0)?, row.get(1)?);
        for (own, known) in apart.iter_mut().zip(&CORE) {
            *own |= core && known.name() == meter;
        }
        sum += i128::from(row.get::<_, Option<i64>>(2)?.unwrap_or(0));
    }
    Ok((apart, sum))
}

/// The sums of tables that only ever grow.
fn check_growing(connection: &Connection, findings: &mut Findings) -> rusqlite::Result<()> {
    for table in GROWING {
        let (last, sum) = control::stored(connection, table)?;
        if control::sum_up_to(connection, table, last)? != (last, sum) {
            findings.add("control", format!("{table} is not what was stored"));
        }
    }
    Ok(())
}

/// Profiles and parties are known by the hash of what they say.
fn check_hashes(connection: &Connection, findings: &mut Findings) -> rusqlite::Result<()> {
    let of_profile = PROFILE
        .into_iter()
        .chain(fields_of(Home::Profile).map(Field::name));
    let tables = [
        ("profile", of_profile.collect::<Vec<_>>()),
        ("party", PARTY.map(Field::name).to_vec()),
    ];
    for (table, columns) in tables {
        let list = format!("SELECT id, hash, {} FROM {table}", columns.join(","));
        let mut list = connection.prepare(&list)?;
        let mut rows = list.query([])?;
        let mut bytes = Bytes::default();
        while let Some(row) = rows.next()? {
            bytes.clear();
            for at in 2..columns.len() + 2 {
                bytes.push(Val::of(row.get_ref(at)?));
            }
            let hash: Vec<u8> = row.get(1)?;
            if RecordId::of(&[bytes.as_slice()]).bytes().as_slice() != hash {
                let id: i64 = row.get(0)?;
                findings.add("shared", format!("{table} {id} is not what its hash says"));
            }
        }
    }
    Ok(())
}

/// Every row has its key, and every key its row.
fn check_keys(connection: &Connection, findings: &mut Findings) -> rusqlite::Result<()> {
    let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let lost = count(
        "SELECT COUNT(*) FROM usage AS u WHERE NOT EXISTS (SELECT 1 FROM key_row AS k WHERE k.key = u.key AND k.usage = u.id)",
    )?;
    if lost > 0 {
        findings.add(
            "key",
            format!("{lost} records cannot be found by their key"),
        );
    }
    let rows = count("SELECT COUNT(*) FROM usage")?;
    let keys = count("SELECT COUNT(*) FROM key_row WHERE usage IS NOT NULL")?;
    if keys != rows {
        findings.add("key", format!("{rows} records have {keys} keys"));
    }
    Ok(())
}

/// The roll-ups are the sums of the rows, and the segments their numbers.
fn check_rolls(connection: &Connection, findings: &mut Findings) -> rusqlite::Result<()> {
    let mut rolls = Rolls::default();
    rollups::for_each(connection, &mut |part| {
        rolls.gather(part);
        Ok(())
    })?;
    for (table, wrong) in rolls.compare(connection)? {
        let what = format!("{table}: {wrong} sums are not those of the records");
        findings.add("roll-up", what);
    }
    for chunk in segments::wrong(connection)? {
        findings.add("segment", format!("{chunk} is not what its records say"));
    }
    Ok(())
}

/// Every run's new records are there, or were removed.
fn check_runs(connection: &Connection, findings: &mut Findings) -> rusqlite::Result<()> {
    let sql = "SELECT r.id, r.new, r.removed, COALESCE(u.count, 0) FROM run AS r \
         LEFT JOIN (SELECT run, COUNT(*) AS count FROM usage GROUP BY run) AS u ON u.run = r.id \
         WHERE r.new <> r.removed + COALESCE(u.count, 0)";
    let mut list = connection.prepare(sql)?;
    let mut rows = list.query([])?;
    while let Some(row) = rows.next()? {
        let of = |at: usize| row.get::<_, i64>(at);
        let (run, new, removed, found) = (of(0)?, of(1)?, of(2)?, of(3)?);
        findings.add(
            "run",
            format!(
                "run {run} brought {new} records in, {removed} were removed, {found} are there"
            ),
        );
    }
    Ok(())
}

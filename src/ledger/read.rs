//! Rows → record + receipt.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row};

use super::codes::{self, from_code};
use super::columns::{self, side};
use super::words::Words;
use super::{Entry, Place, cards, items, raw};
use crate::money::{Exact, Money, Quantity};
use crate::pricing::{AppliedRate, CostStatus, PriceUsed, Receipt};
use crate::usage::{
    Facts, Field, FieldKind, IdentityBasis, LineItem, Meter, Note, NoteKind, Occurred, RecordId,
    ReportedCost, Status, TimeBasis, Timestamp, UsageRecord, Value, WebSearch,
};

/// The number of no source and of no run.
const NOWHERE: i64 = 0;

/// The rates of a card, by core meter.
pub type Rates = Vec<(Meter, AppliedRate)>;

/// Reads rows into entries, remembering what many rows point to.
#[derive(Default)]
pub struct Loader {
    words: Words,
    cards: BTreeMap<i64, (PriceUsed, Rates)>,
    sources: BTreeMap<i64, String>,
    runs: BTreeMap<i64, Timestamp>,
}

/// `SELECT` of everything a [`Loader`] needs, with a condition.
pub fn select(condition: &str) -> String {
    let columns = columns::all().join(",");
    format!(
        "SELECT {columns} FROM {} AS u {condition}",
        columns::record()
    )
}

/// `SELECT` of one row by its number, with what is needed to write it again.
pub fn select_held() -> String {
    select("WHERE id = ?1")
}

/// `SELECT` of a record that has nothing but a profile.
fn select_profile() -> String {
    let columns: Vec<String> = columns::all()
        .into_iter()
        .map(|name| match name {
            "key" => format!("zeroblob(16) AS {name}"),
            "ms" => format!("CASE WHEN p.time_basis IS NULL THEN NULL ELSE 0 END AS {name}"),
            "cost_pico" => format!("CASE WHEN p.cost_status = 3 THEN NULL ELSE 0 END AS {name}"),
            "profile" => format!("p.id AS {name}"),
            _ if columns::is_of_profile(name) => format!("p.{name} AS {name}"),
            _ if columns::ROW.contains(&name) => format!("0 AS {name}"),
            _ => format!("NULL AS {name}"),
        })
        .collect();
    let columns = columns.join(",");
    format!("SELECT {columns} FROM profile AS p WHERE p.id = ?1")
}

impl Loader {
    /// A record that has nothing but a profile, and the rates of its core meters. It has no place and
    /// no run, and its time is that of 1970, where it has any.
    pub fn profile(
        &mut self,
        connection: &Connection,
        id: i64,
    ) -> rusqlite::Result<(Entry, Rates)> {
        let mut find = connection.prepare_cached(&select_profile())?;
        let mut rows = find.query([id])?;
        let row = rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        let entry = self.entry(connection, row)?;
        let (_, rates) = self.card(connection, row.get("card")?)?;
        Ok((entry, rates))
    }

    /// What the row of a party says; 0 is nobody.
    pub fn party(&mut self, connection: &Connection, id: i64) -> rusqlite::Result<Facts> {
        let mut facts = Facts::default();
        if id == 0 {
            return Ok(facts);
        }
        let names = columns::PARTY.map(Field::name).join(",");
        let find = format!("SELECT {names} FROM party WHERE id = ?1");
        let mut find = connection.prepare_cached(&find)?;
        let mut rows = find.query([id])?;
        let row = rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        for (at, field) in columns::PARTY.into_iter().enumerate() {
            if let Some(text) = self.word(connection, row.get(at)?)? {
                facts.set(field, Value::Text(text));
            }
        }
        Ok(facts)
    }

    /// The entry of a row of [`select`].
    pub fn entry(&mut self, connection: &Connection, row: &Row<'_>) -> rusqlite::Result<Entry> {
        let id: i64 = row.get("id")?;
        let sides: i64 = row.get("sides")?;
        let stored = if sides & side::ITEMS == 0 {
            Vec::new()
        } else {
            items::stored(connection, id)?
        };
        let mut record = self.record(connection, row)?;
        let (price, rates) = self.card(connection, row.get("card")?)?;
        let charges = items::charges(row, &stored, &rates)?;
        for charge in &charges {
            let item = LineItem {
                meter: charge.meter.clone(),
                quantity: charge.quantity,
                attributes: charge.attributes.clone(),
            };
            record.add_item(item);
        }
        self.fill_sides(connection, (id, sides), &mut record)?;
        let reasons = self.word(connection, row.get("reasons")?)?;
        let receipt = Receipt {
            charges,
            cost: row
                .get::<_, Option<i64>>("cost_pico")?
                .map(Money::from_pico),
            currency: self.word(connection, row.get("currency")?)?,
            status: from_code(
                row.get("cost_status")?,
                &CostStatus::ALL,
                CostStatus::Unpriced,
            ),
            reasons: reasons
                .and_then(|text| serde_json::from_str(&text).ok())
                .unwrap_or_default(),
            price,
        };
        let run: i64 = row.get("run")?;
        Ok(Entry {
            id: RecordId::from_bytes(row.get("key")?),
            basis: from_code(
                row.get("basis")?,
                &IdentityBasis::ALL,
                IdentityBasis::Position,
            ),
            record,
            receipt,
            place: self.place(connection, row)?,
            run,
            ingested_at: self.run_time(connection, run)?,
        })
    }

    fn record(&mut self, connection: &Connection, row: &Row<'_>) -> rusqlite::Result<UsageRecord> {
        let mut record = UsageRecord {
            facts: self.facts(connection, row)?,
            status: from_code(row.get("status")?, &codes::STATUSES, Status::Partial),
            part: self.word(connection, row.get("part")?)?,
            ..UsageRecord::default()
        };
        if let Some(ms) = row.get::<_, Option<i64>>("ms")? {
            let basis = from_code(row.get("time_basis")?, &codes::TIME_BASES, TimeBasis::File);
            record.occurred = Some(Occurred {
                at: Timestamp::from_millis(ms),
                basis,
            });
        }
        let attributes = self.word(connection, row.get("attributes")?)?;
        record.attributes = attributes
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default();
        record.stated_total = row
            .get::<_, Option<i64>>("stated_total")?
            .and_then(|n| Quantity::new(Exact::from_integer(n)).ok());
        if let Some(amount) = row.get::<_, Option<String>>("reported_amount")? {
            let currency = self
                .word(connection, row.get("reported_currency")?)?
                .unwrap_or_default();
            let field = self
                .word(connection, row.get("reported_field")?)?
                .unwrap_or_default();
            record.reported_cost = Some(ReportedCost {
                amount,
                currency,
                field,
            });
        }
        if let Some(shape) = self.word(connection, row.get("raw_shape")?)? {
            let numbers: Option<String> = row.get("raw_numbers")?;
            record.raw_usage = Some(raw::join(&shape, &numbers.unwrap_or_default()));
        }
        Ok(record)
    }

    fn facts(&mut self, connection: &Connection, row: &Row<'_>) -> rusqlite::Result<Facts> {
        let mut facts = Facts::default();
        for (n, field) in Field::ALL.iter().enumerate() {
            let at = columns::HEAD + n;
            match field.kind() {
                FieldKind::Text if columns::is_interned(*field) => {
                    if let Some(text) = self.word(connection, row.get(at)?)? {
                        facts.set(*field, Value::Text(text));
                    }
                }
                FieldKind::Text => {
                    if let Some(text) = row.get::<_, Option<String>>(at)? {
                        facts.set(*field, Value::Text(text));
                    }
                }
                FieldKind::Integer => facts.integer(*field, row.get(at)?),
                FieldKind::Time => facts.time(
                    *field,
                    row.get::<_, Option<i64>>(at)?.map(Timestamp::from_millis),
                ),
                FieldKind::Flag => facts.flag(*field, row.get(at)?),
            }
        }
        Ok(facts)
    }

    fn fill_sides(
        &mut self,
        connection: &Connection,
        (id, sides): (i64, i64),
        record: &mut UsageRecord,
    ) -> rusqlite::Result<()> {
        if sides & side::NOTES != 0 {
            let mut list = connection
                .prepare_cached("SELECT kind, text FROM note WHERE usage = ?1 ORDER BY n")?;
            let notes: Vec<(i64, i64)> = list
                .query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            for (kind, text) in notes {
                let text = self.words.text(connection, text)?.to_string();
                record.notes.push(Note {
                    kind: from_code(kind, &codes::NOTE_KINDS, NoteKind::Warning),
                    text,
                });
            }
        }
        if sides & side::SEARCHES != 0 {
            record.searches = searches(connection, id)?;
        }
        if sides & side::TAGS != 0 {
            let mut list =
                connection.prepare_cached("SELECT name, value FROM tag WHERE usage = ?1")?;
            record.tags = list
                .query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
        }
        Ok(())
    }

    fn place(&mut self, connection: &Connection, row: &Row<'_>) -> rusqlite::Result<Place> {
        let source: i64 = row.get("source")?;
        let path = if source == NOWHERE {
            String::new()
        } else if let Some(path) = self.sources.get(&source) {
            path.clone()
        } else {
            let path: String =
                connection.query_row("SELECT path FROM source WHERE id = ?1", [source], |row| {
                    row.get(0)
                })?;
            self.sources.insert(source, path.clone());
            path
        };
        let line: i64 = row.get("line")?;
        Ok(Place {
            path,
            line: u64::try_from(line).unwrap_or(0),
            pointer: row.get::<_, Option<String>>("pointer")?.unwrap_or_default(),
            format: self
                .word(connection, row.get("format")?)?
                .unwrap_or_default(),
        })
    }

    fn run_time(&mut self, connection: &Connection, run: i64) -> rusqlite::Result<Timestamp> {
        if run == NOWHERE {
            return Ok(Timestamp::from_millis(0));
        }
        if let Some(time) = self.runs.get(&run) {
            return Ok(*time);
        }
        let ms: i64 =
            connection.query_row("SELECT started_ms FROM run WHERE id = ?1", [run], |row| {
                row.get(0)
            })?;
        let time = Timestamp::from_millis(ms);
        self.runs.insert(run, time);
        Ok(time)
    }

    fn card(
        &mut self,
        connection: &Connection,
        id: Option<i64>,
    ) -> rusqlite::Result<(Option<PriceUsed>, Rates)> {
        let Some(id) = id else {
            return Ok((None, Vec::new()));
        };
        if let std::collections::btree_map::Entry::Vacant(e) = self.cards.entry(id) {
            e.insert(cards::load_card(connection, id)?);
        }
        Ok(self
            .cards
            .get(&id)
            .map_or((None, Vec::new()), |(price, rates)| {
                (Some(price.clone()), rates.clone())
            }))
    }

    fn word(
        &mut self,
        connection: &Connection,
        id: Option<i64>,
    ) -> rusqlite::Result<Option<String>> {
        id.map(|id| self.words.text(connection, id).map(|text| text.to_string()))
            .transpose()
    }
}

fn searches(connection: &Connection, usage: i64) -> rusqlite::Result<Vec<WebSearch>> {
    let mut list = connection.prepare_cached(
        "SELECT provider, count, query_chars_total, response_bytes_total, status, error_code FROM search WHERE usage = ?1 ORDER BY n",
    )?;
    let rows = list.query_map([usage], |row| {
        let count: i64 = row.get(1)?;
        Ok(WebSearch {
            provider: row.get(0)?,
            count: Quantity::new(Exact::from_integer(count)).unwrap_or_default(),
            query_chars_total: row.get(2)?,
            response_bytes_total: row.get(3)?,
            status: row.get(4)?,
            error_code: row.get(5)?,
        })
    })?;
    rows.collect()
}

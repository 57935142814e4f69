//! Rows → record + receipt.

mod shared;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::LazyLock;

use rusqlite::{Connection, Row};

pub use shared::Profile;

use super::codes::{self, from_code};
use super::columns::{self, Home, side};
use super::words::Words;
use super::{Entry, Place, cards, items, raw};
use crate::money::{Exact, Money, Quantity};
use crate::pricing::{AppliedRate, PriceUsed};

use crate::usage::{
    Facts, Field, FieldKind, LineItem, Meter, Note, NoteKind, RecordId, ReportedCost, Timestamp,
    UsageRecord, Value, WebSearch,
};

/// The rates of a card, by core meter.
pub type Rates = Vec<(Meter, AppliedRate)>;

/// Reads rows into entries, remembering what many rows point to.
#[derive(Default)]
pub struct Loader {
    words: Words,
    profiles: BTreeMap<i64, Rc<Profile>>,
    parties: BTreeMap<i64, Rc<Facts>>,
    cards: BTreeMap<i64, (PriceUsed, Rates)>,
    sources: BTreeMap<i64, String>,
    runs: BTreeMap<i64, Timestamp>,
}

/// Profiles, parties and the like remembered at once; past it they are looked up again.
const MOST_REMEMBERED: usize = 50_000;

/// Header fields that stand in the row itself, with their kinds: worked out once, not for every record.
static OWN_FIELDS: LazyLock<Vec<(Field, FieldKind)>> = LazyLock::new(|| {
    let own = columns::fields_of(Home::Row);
    own.map(|field| (field, field.kind())).collect()
});

/// Places of columns in a row of [`select`]: by name each would be looked for again in every record.
mod at {
    pub const ID: usize = 0;
    pub const KEY: usize = 1;
    pub const RUN: usize = 3;
    pub const SOURCE: usize = 4;
    pub const LINE: usize = 5;
    pub const MS: usize = 6;
    pub const PROFILE: usize = 7;
    pub const PARTY: usize = 8;
    pub const SIDES: usize = 9;
    pub const COST: usize = 10;
    pub const RAW_NUMBERS: usize = 17;
    pub const STATED_TOTAL: usize = 18;
    pub const POINTER: usize = 19;
    pub const REPORTED_AMOUNT: usize = 20;
}

/// Columns of `usage` as a [`Loader`] reads them, in order.
fn columns_of_row() -> Vec<&'static str> {
    let own = columns::ROW.into_iter().chain(columns::SOMETIMES);
    own.chain(OWN_FIELDS.iter().map(|(field, _)| field.name()))
        .collect()
}

/// `SELECT` of everything a [`Loader`] needs, with a condition on columns of `usage`.
pub fn select(condition: &str) -> String {
    format!(
        "SELECT {} FROM usage {condition}",
        columns_of_row().join(",")
    )
}

/// `SELECT` of one row by its number.
pub fn select_held() -> String {
    select("WHERE id = ?1")
}

impl Loader {
    /// The entry of a row of [`select`].
    pub fn entry(&mut self, connection: &Connection, row: &Row<'_>) -> rusqlite::Result<Entry> {
        let (id, sides): (i64, i64) = (row.get(at::ID)?, row.get(at::SIDES)?);
        let profile = self.profile(connection, row.get(at::PROFILE)?)?;
        let mut entry = profile.entry.clone();
        entry.id = RecordId::from_bytes(row.get(at::KEY)?);
        entry.run = row.get(at::RUN)?;
        entry.ingested_at = self.run_time(connection, entry.run)?;
        self.fill_place(connection, row, &mut entry.place)?;
        let cost: Option<i64> = row.get(at::COST)?;
        entry.receipt.cost = cost.map(Money::from_pico);
        fill_record(row, &profile, &mut entry.record)?;
        if let Some(party) = row.get(at::PARTY)? {
            let party = self.party(connection, party)?;
            entry.record.facts.fill_from(&party);
        }
        let stored = if sides & side::ITEMS == 0 {
            Vec::new()
        } else {
            items::stored(connection, id)?
        };
        entry.receipt.charges = items::charges(row, &stored, &profile.rates)?;
        for charge in &entry.receipt.charges {
            entry.record.add_item(LineItem {
                meter: charge.meter.clone(),
                quantity: charge.quantity,
                attributes: charge.attributes.clone(),
            });
        }
        self.fill_sides(connection, (id, sides), &mut entry.record)?;
        Ok(entry)
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

    fn fill_place(
        &mut self,
        connection: &Connection,
        row: &Row<'_>,
        place: &mut Place,
    ) -> rusqlite::Result<()> {
        let source: i64 = row.get(at::SOURCE)?;
        let path = if let Some(path) = self.sources.get(&source) {
            path.clone()
        } else {
            let find = "SELECT path FROM source WHERE id = ?1";
            let path: String = connection.query_row(find, [source], |row| row.get(0))?;
            self.sources.insert(source, path.clone());
            path
        };
        place.path = path.into();
        place.line = u64::try_from(row.get::<_, i64>(at::LINE)?).unwrap_or(0);
        place.pointer = row
            .get::<_, Option<String>>(at::POINTER)?
            .unwrap_or_default();
        Ok(())
    }

    fn run_time(&mut self, connection: &Connection, run: i64) -> rusqlite::Result<Timestamp> {
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

/// What the row itself says of a record of a profile.
fn fill_record(row: &Row<'_>, profile: &Profile, record: &mut UsageRecord) -> rusqlite::Result<()> {
    let ms: Option<i64> = row.get(at::MS)?;
    if let (Some(occurred), Some(ms)) = (&mut record.occurred, ms) {
        occurred.at = Timestamp::from_millis(ms);
    }
    let total: Option<i64> = row.get(at::STATED_TOTAL)?;
    record.stated_total = total.and_then(|n| Quantity::new(Exact::from_integer(n)).ok());
    if let Some(amount) = row.get::<_, Option<String>>(at::REPORTED_AMOUNT)? {
        let (currency, field) = profile.reported.clone().unwrap_or_default();
        record.reported_cost = Some(ReportedCost {
            amount,
            currency,
            field,
        });
    }
    if let Some(shape) = &profile.raw_shape {
        let numbers: Option<String> = row.get(at::RAW_NUMBERS)?;
        record.raw_usage = Some(raw::join(shape, &numbers.unwrap_or_default()));
    }
    let first = columns::ROW.len() + columns::SOMETIMES.len();
    for (at, (field, kind)) in (first..).zip(OWN_FIELDS.iter().copied()) {
        fill_kind(&mut record.facts, (field, kind), row, at)?;
    }
    Ok(())
}

fn fill_kind(
    facts: &mut Facts,
    (field, kind): (Field, FieldKind),
    row: &Row<'_>,
    at: usize,
) -> rusqlite::Result<()> {
    match kind {
        FieldKind::Text => {
            if let Some(text) = row.get::<_, Option<String>>(at)? {
                facts.set(field, Value::Text(text));
            }
        }
        FieldKind::Integer => facts.integer(field, row.get(at)?),
        FieldKind::Time => {
            let ms: Option<i64> = row.get(at)?;
            facts.time(field, ms.map(Timestamp::from_millis));
        }
        FieldKind::Flag => facts.flag(field, row.get(at)?),
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_where_they_are_read() {
        let columns = columns_of_row();
        for (name, at) in [
            ("id", at::ID),
            ("key", at::KEY),
            ("run", at::RUN),
            ("source", at::SOURCE),
            ("line", at::LINE),
            ("ms", at::MS),
            ("profile", at::PROFILE),
            ("party", at::PARTY),
            ("sides", at::SIDES),
            ("cost_pico", at::COST),
            ("raw_numbers", at::RAW_NUMBERS),
            ("stated_total", at::STATED_TOTAL),
            ("pointer", at::POINTER),
            ("reported_amount", at::REPORTED_AMOUNT),
        ] {
            assert_eq!(columns[at], name);
        }
    }
}

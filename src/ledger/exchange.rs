//! What a cost is in dollars and in roubles, and the rates that say so. They are kept with their
//! source, so that a converted amount can be worked out again without the book.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Entry, cards};
use crate::money::{Exact, Money};
use crate::pricing::fx::{Fx, Rate, Step, Way};
use crate::pricing::{BookInfo, Day};

/// The currencies that a record's row has columns for.
const TARGETS: [&str; 2] = ["USD", "RUB"];

/// A cost in each of these currencies, in 10⁻¹², and the way that led there.
pub type Converted = [Option<(i64, i64)>; 2];

/// The rates of a run, and the ways that it has already stored.
#[derive(Default)]
pub struct Exchange {
    fx: Fx,
    stored: BTreeMap<Way, i64>,
}

/// How a record was converted before it was written anew.
#[derive(Debug, Clone, Default)]
pub struct Before {
    currency: Option<String>,
    day: Option<Day>,
    converted: Converted,
}

impl Before {
    /// What stands in the row of an entry.
    pub fn of(row: &Row<'_>, entry: &Entry) -> rusqlite::Result<Self> {
        Ok(Self {
            currency: entry.receipt.currency.clone(),
            day: day_of(entry),
            converted: [
                pair(row.get("usd_pico")?, row.get("usd_way")?),
                pair(row.get("rub_pico")?, row.get("rub_way")?),
            ],
        })
    }

    /// What was stored.
    pub fn converted(&self) -> Converted {
        self.converted
    }

    /// The rates still apply: a book that has others since does not move what is stored.
    fn still_holds(&self, entry: &Entry) -> bool {
        self.currency == entry.receipt.currency && self.day == day_of(entry)
    }
}

fn pair(pico: Option<i64>, way: Option<i64>) -> Option<(i64, i64)> {
    pico.zip(way)
}

fn day_of(entry: &Entry) -> Option<Day> {
    entry.record.occurred.map(|occurred| Day::of(occurred.at))
}

impl Exchange {
    /// Converts by these rates.
    pub fn by(fx: Fx) -> Self {
        let stored = BTreeMap::new();
        Self { fx, stored }
    }

    /// The cost of an entry in the other currencies, by the ways of before as long as they hold.
    pub fn convert(
        &mut self,
        connection: &Connection,
        entry: &Entry,
        before: &Before,
    ) -> rusqlite::Result<Converted> {
        let mut converted = Converted::default();
        let (Some(cost), Some(currency)) = (entry.receipt.cost, &entry.receipt.currency) else {
            return Ok(converted);
        };
        let held = before.still_holds(entry);
        let stored = before.converted.into_iter();
        for ((target, stored), place) in TARGETS.into_iter().zip(stored).zip(&mut converted) {
            if currency == target {
                continue;
            }
            let way = match stored.filter(|_| held) {
                Some((_, id)) => Some((id, load_way(connection, id)?)),
                None => self.find(connection, entry, currency, target)?,
            };
            *place = way.and_then(|(id, way)| Some((amount(&way, cost)?, id)));
        }
        Ok(converted)
    }

    fn find(
        &mut self,
        connection: &Connection,
        entry: &Entry,
        from: &str,
        to: &str,
    ) -> rusqlite::Result<Option<(i64, Way)>> {
        let at = entry.record.occurred.map(|occurred| occurred.at);
        let Some(way) = at.and_then(|at| self.fx.way(from, to, at)) else {
            return Ok(None);
        };
        if let Some(id) = self.stored.get(&way) {
            return Ok(Some((*id, way)));
        }
        let id = store_way(connection, &way)?;
        self.stored.insert(way.clone(), id);
        Ok(Some((id, way)))
    }
}

/// The amount at the end of a way, in 10⁻¹², rounded half-even there.
fn amount(way: &Way, cost: Money) -> Option<i64> {
    let (amount, _) = way.convert(cost.exact()).ok()?;
    let (money, _) = amount.to_money(1).ok()?;
    Some(money.pico())
}

fn store_way(connection: &Connection, way: &Way) -> rusqlite::Result<i64> {
    let first = store_rate(connection, &way.first.rate)?;
    let second = way.second.as_ref();
    let inverse = second.map(|step| step.inverse);
    let second = second
        .map(|step| store_rate(connection, &step.rate))
        .transpose()?;
    let values = params![first, way.first.inverse, second, inverse];
    let find = "SELECT id FROM fx_way WHERE first = ?1 AND first_inverse = ?2 AND second IS ?3 AND second_inverse IS ?4";
    let found = connection.query_row(find, values, |row| row.get(0));
    if let Some(id) = found.optional()? {
        return Ok(id);
    }
    let insert =
        "INSERT INTO fx_way(first, first_inverse, second, second_inverse) VALUES(?1, ?2, ?3, ?4)";
    connection.execute(insert, values)?;
    Ok(connection.last_insert_rowid())
}

fn store_rate(connection: &Connection, rate: &Rate) -> rusqlite::Result<i64> {
    let book = cards::book(connection, &rate.book)?;
    let (date, number) = (rate.date.to_string(), rate.rate.to_string());
    let values = params![date, rate.from, rate.to, number, rate.source, book];
    let insert = "INSERT OR IGNORE INTO fx_rate(date, from_currency, to_currency, rate, source, book) VALUES(?1, ?2, ?3, ?4, ?5, ?6)";
    connection.execute(insert, values)?;
    let find = "SELECT id FROM fx_rate WHERE date = ?1 AND from_currency = ?2 AND to_currency = ?3 AND rate = ?4 AND source = ?5 AND book = ?6";
    connection.query_row(find, values, |row| row.get(0))
}

const RATES: &str = "SELECT date, from_currency, to_currency, rate, source, name, version, sha256 \
    FROM fx_rate JOIN book ON book.id = fx_rate.book";

/// All rates that are kept, the latest stored first.
pub fn rates(connection: &Connection) -> rusqlite::Result<Vec<Rate>> {
    let mut list = connection.prepare(&format!("{RATES} ORDER BY fx_rate.id DESC"))?;
    list.query_map([], rate)?.collect()
}

fn rate(row: &Row<'_>) -> rusqlite::Result<Rate> {
    let (date, number): (String, String) = (row.get(0)?, row.get(3)?);
    let unreadable = || rusqlite::Error::InvalidQuery;
    Ok(Rate {
        date: Day::parse(&date).ok_or_else(unreadable)?,
        from: row.get(1)?,
        to: row.get(2)?,
        rate: Exact::parse(&number).map_err(|_| unreadable())?,
        source: row.get(4)?,
        book: BookInfo {
            name: row.get(5)?,
            version: row.get(6)?,
            sha256: row.get(7)?,
        },
    })
}

fn load_way(connection: &Connection, id: i64) -> rusqlite::Result<Way> {
    let find = "SELECT first, first_inverse, second, second_inverse FROM fx_way WHERE id = ?1";
    let (first, first_inverse, second, inverse): (i64, bool, Option<i64>, Option<bool>) =
        connection.prepare_cached(find)?.query_row([id], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?;
    let step = |id: i64, inverse: bool| -> rusqlite::Result<Step> {
        let mut find = connection.prepare_cached(&format!("{RATES} WHERE fx_rate.id = ?1"))?;
        let rate = Arc::new(find.query_row([id], rate)?);
        Ok(Step { rate, inverse })
    };
    let second = second.zip(inverse);
    Ok(Way {
        first: step(first, first_inverse)?,
        second: second.map(|(id, inverse)| step(id, inverse)).transpose()?,
    })
}

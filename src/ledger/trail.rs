//! What moved a stored cost: by which run, from what to what. Rows are only ever added.

use rusqlite::{Connection, Row, params};

use super::{cards, codes};
use crate::money::Money;
use crate::pricing::{CostStatus, PriceUsed};
use crate::usage::Timestamp;

/// Why a stored cost moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// A better reading of the same call came in.
    Completed,
    /// The user had it priced anew.
    Repriced,
}

impl Cause {
    const ALL: [Self; 2] = [Self::Completed, Self::Repriced];

    /// The word that is stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Repriced => "repriced",
        }
    }
}

/// A cost that was or became the stored one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostState {
    /// The amount; absent where it was unknown.
    pub cost: Option<Money>,
    /// Its currency. Trails of the first schema do not say it.
    pub currency: Option<String>,
    /// How far it could be trusted. Trails of the first schema do not say it.
    pub status: Option<CostStatus>,
    /// The price period it came from.
    pub price: Option<PriceUsed>,
}

/// One move of a stored cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostChange {
    /// Why.
    pub cause: Cause,
    /// The run that moved it.
    pub run: i64,
    /// When that run was.
    pub at: Timestamp,
    /// What was stored before.
    pub before: CostState,
    /// What was stored after.
    pub after: CostState,
}

/// A cost as it stands in a row, in the numbers of the row.
#[derive(Debug, Clone, Copy)]
pub struct StoredCost {
    pico: Option<i64>,
    card: Option<i64>,
    currency: Option<i64>,
    status: i64,
}

impl StoredCost {
    /// The cost in a row of `usage` and in its profile.
    pub fn of(connection: &Connection, row: &Row<'_>) -> rusqlite::Result<Self> {
        let profile: i64 = row.get("profile")?;
        let find = "SELECT card, currency, cost_status FROM profile WHERE id = ?1";
        let mut find = connection.prepare_cached(find)?;
        let (card, currency, status) = find.query_row([profile], |profile| {
            Ok((profile.get(0)?, profile.get(1)?, profile.get(2)?))
        })?;
        Ok(Self {
            pico: row.get("cost_pico")?,
            card,
            currency,
            status,
        })
    }
}

/// Leaves a trail of what a row held before it was written. A completed record that costs what it
/// did leaves none.
pub fn leave(
    connection: &Connection,
    (row, run): (i64, i64),
    cause: Cause,
    old: &StoredCost,
) -> rusqlite::Result<()> {
    let insert = "INSERT INTO trail(usage, run, what, old_cost_pico, old_card, old_currency, old_status, \
         new_cost_pico, new_card, new_currency, new_status) \
         SELECT u.id, ?2, ?3, ?4, ?5, ?6, ?7, u.cost_pico, p.card, p.currency, p.cost_status \
         FROM usage AS u JOIN profile AS p ON p.id = u.profile \
         WHERE u.id = ?1 AND (?3 = 'repriced' OR cost_pico IS NOT ?4 OR card IS NOT ?5)";
    connection.prepare_cached(insert)?.execute(params![
        row,
        run,
        cause.name(),
        old.pico,
        old.card,
        old.currency,
        old.status
    ])?;
    Ok(())
}

/// The trail of the record with this key, first to last.
pub fn of(connection: &Connection, key: &[u8]) -> rusqlite::Result<Vec<CostChange>> {
    let mut list = connection.prepare(
        "SELECT trail.what, trail.run, started_ms, old_cost_pico, o.text, old_status, old_card, \
         new_cost_pico, n.text, new_status, new_card FROM trail JOIN run ON run.id = trail.run \
         LEFT JOIN word AS o ON o.id = old_currency LEFT JOIN word AS n ON n.id = new_currency \
         WHERE usage = (SELECT usage FROM key_row WHERE key = ?1) ORDER BY trail.id",
    )?;
    let changes = list.query_map([key], |row| {
        let what: String = row.get(0)?;
        let cause = Cause::ALL.into_iter().find(|cause| cause.name() == what);
        Ok(CostChange {
            cause: cause.unwrap_or(Cause::Completed),
            run: row.get(1)?,
            at: Timestamp::from_millis(row.get(2)?),
            before: state(connection, row, 3)?,
            after: state(connection, row, 7)?,
        })
    })?;
    changes.collect()
}

/// The four columns of a state, from this one on.
fn state(connection: &Connection, row: &Row<'_>, at: usize) -> rusqlite::Result<CostState> {
    let status: Option<i64> = row.get(at + 2)?;
    let card: Option<i64> = row.get(at + 3)?;
    let price = card.map(|card| cards::load_card(connection, card));
    Ok(CostState {
        cost: row.get::<_, Option<i64>>(at)?.map(Money::from_pico),
        currency: row.get(at + 1)?,
        status: status.map(|code| codes::from_code(code, &CostStatus::ALL, CostStatus::Unpriced)),
        price: price.transpose()?.map(|(price, _)| price),
    })
}

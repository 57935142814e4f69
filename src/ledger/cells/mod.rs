//! Many records as one: for sums it does not matter which of the records with the same profile, party
//! and stretch of time is which. Cells come from the roll-ups where these can tell, otherwise from one
//! pass over the numbers of all rows; records that have more than their row stand apart and come one by one.

mod gather;
mod rows;

use std::collections::BTreeMap;

use rusqlite::{Connection, Statement};

use super::columns::{CORE, Home, home, side};
use super::rollups::{ALL_DAYS, DAY_MS, NO_DAY, Sums};
use super::wanted::{Chooser, Template, Wanted};
use super::{Entry, Ledger, rollups, shared};
use crate::error::Result;
use crate::money::{Exact, Money, Quantity};
use crate::pricing::Charge;
use crate::usage::{Facts, Field, LineItem, Meter, Occurred, TimeBasis, Times, Timestamp};
use gather::{Cells, Gather, Held};

/// Records that are the same in everything that is asked for.
pub struct Cell {
    /// One of them, with the quantities and the cost of all.
    pub entry: Entry,
    /// How many there are.
    pub records: u64,
    /// The times of the first and the last.
    pub span: Option<(Timestamp, Timestamp)>,
    /// How long they took, where that is asked for.
    pub times: Times,
    /// Whether the entry's header has more than that of its profile.
    is_extended: bool,
}

/// Where cells come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The sums per day and profile: they tell nothing of parties.
    Profiles,
    /// The sums per day and party: of profiles they tell only status, cost status, book and currency.
    Parties,
    /// The same over all days.
    PartiesOfAllDays,
    /// The rows.
    Rows,
}

/// Which cells are asked for.
pub struct Cut<'w> {
    /// Where they come from.
    pub origin: Origin,
    /// Whether parties are told apart where cells come from rows.
    pub by_party: bool,
    /// Whether records that have other meters are told apart where cells come from rows.
    pub by_meters: bool,
    /// Whether it is asked for how long requests took. Only rows tell.
    pub times: bool,
    /// Whether neither periods nor stretches tell times apart.
    pub is_timeless: bool,
    /// The stretch that a time belongs to. Of whole days it is asked for their first record.
    pub stretch: &'w dyn Fn(Option<Timestamp>) -> i64,
    /// Whose records go into them. What stands in rows themselves is looked at only there.
    pub wanted: &'w Wanted<'w>,
}

/// Which shared row a header field stands in, if any: a question about others needs every row.
pub fn is_shared(field: Field) -> Option<bool> {
    match home(field) {
        Home::Profile => Some(false),
        Home::Party => Some(true),
        Home::Row => None,
    }
}

impl Ledger {
    /// Hands cells to a function, those of the records that do not stand apart. Says whether it could:
    /// a sum may be more than an entry can hold.
    ///
    /// # Errors
    /// When the ledger cannot be read, or the function fails.
    pub fn for_each_cell(
        &self,
        cut: &Cut<'_>,
        take: &mut dyn FnMut(&Cell) -> Result<()>,
    ) -> Result<bool> {
        let failed = |error: rusqlite::Error| self.failed(&error);
        let connection = &self.connection;
        let mut known = Chooser::new(connection, cut.wanted);
        let cells = match cut.origin {
            Origin::Rows => rows::cells(connection, cut, &mut known),
            Origin::Profiles => of_profiles("roll_profile", connection, cut, &mut known),
            Origin::Parties => from_parties(connection, cut, &mut known, false),
            Origin::PartiesOfAllDays => from_parties(connection, cut, &mut known, true),
        };
        hand_out(&known, cells.map_err(failed)?, take)
    }

    /// Hands the records that stand apart to a function, in the order in which they came.
    ///
    /// # Errors
    /// When the ledger cannot be read, or the function fails.
    pub fn for_each_apart(&self, take: &mut dyn FnMut(&Entry) -> Result<()>) -> Result<()> {
        let condition = format!("WHERE sides & {} <> 0 ORDER BY id", side::APART);
        self.select(&condition, &[], take)
    }

    /// Hands the totals that were kept of pruned records to a function, a day and profile at a time.
    ///
    /// # Errors
    /// When the ledger cannot be read, a sum is more than an entry can hold, or the function fails.
    pub fn for_each_kept(&self, take: &mut dyn FnMut(&Cell) -> Result<()>) -> Result<()> {
        let failed = |error: rusqlite::Error| self.failed(&error);
        let wanted = Wanted::all();
        let all = Cut {
            origin: Origin::Profiles,
            by_party: false,
            by_meters: false,
            times: false,
            is_timeless: false,
            stretch: &|at| at.map_or(NO_DAY, |at| at.millis().div_euclid(DAY_MS)),
            wanted: &wanted,
        };
        let mut known = Chooser::new(&self.connection, &wanted);
        let cells = of_profiles("roll_kept", &self.connection, &all, &mut known).map_err(failed)?;
        if hand_out(&known, cells, take)? {
            return Ok(());
        }
        Err(failed(rusqlite::Error::InvalidQuery))
    }
}

/// Hands out cells; says whether an entry could hold each.
fn hand_out(
    known: &Chooser<'_>,
    cells: Cells,
    take: &mut dyn FnMut(&Cell) -> Result<()>,
) -> Result<bool> {
    let mut last: Option<(i64, Cell)> = None;
    for ((profile, _, party, own, _), held) in cells {
        let Some(template) = known.profile(profile) else {
            continue;
        };
        // Cells of a profile follow each other, and copying an entry costs as much as adding it up.
        let (_, cell) = match last.take().filter(|(of, _)| *of == profile) {
            Some(same) => last.insert(same),
            None => last.insert((profile, Cell::of(template))),
        };
        if cell.fill(template, known.facts(party, own), held).is_none() {
            return Ok(false);
        }
        take(cell)?;
    }
    Ok(true)
}

/// Cells of profiles: of each over all days where time does not matter, unless that is too much for SQLite.
fn of_profiles(
    table: &str,
    connection: &Connection,
    cut: &Cut<'_>,
    known: &mut Chooser<'_>,
) -> rusqlite::Result<Cells> {
    if cut.is_timeless
        && let Ok(cells) = of_profiles_in(rollups::select_profiles(table, connection)?, cut, known)
    {
        return Ok(cells);
    }
    let by_day = rollups::select(table, "day, profile, 0", "1", connection)?;
    of_profiles_in(by_day, cut, known)
}

fn of_profiles_in(
    mut list: Statement<'_>,
    cut: &Cut<'_>,
    known: &mut Chooser<'_>,
) -> rusqlite::Result<Cells> {
    let mut cells = Gather::default();
    let mut rows = list.query([])?;
    while let Some(row) = rows.next()? {
        let (profile, sums) = (row.get(1)?, rollups::sums(row)?);
        if let Some(stretch) = stretch_of(cut, &sums)
            && known.accepts(profile, 0)?
        {
            let key = (profile, stretch, 0, None, [false; 6]);
            cells.add(key, |held| held.sums.merge(&sums));
        }
    }
    Ok(cells.in_order())
}

fn from_parties(
    connection: &Connection,
    cut: &Cut<'_>,
    known: &mut Chooser<'_>,
    all: bool,
) -> rusqlite::Result<Cells> {
    let stands_for = class_profiles(connection)?;
    let mut cells = Gather::default();
    let sign = if all { "=" } else { "<" };
    let mut list = rollups::select(
        "roll_party",
        "day, class, party",
        &format!("day {sign} {ALL_DAYS}"),
        connection,
    )?;
    let mut rows = list.query([])?;
    while let Some(row) = rows.next()? {
        let (class, party, sums): (i64, i64, Sums) =
            (row.get(1)?, row.get(2)?, rollups::sums(row)?);
        let Some(profile) = stands_for.get(&class).copied() else {
            continue;
        };
        if let Some(stretch) = stretch_of(cut, &sums)
            && known.accepts(profile, party)?
        {
            let key = (profile, stretch, party, None, [false; 6]);
            cells.add(key, |held| held.sums.merge(&sums));
        }
    }
    Ok(cells.in_order())
}

/// A profile of each class.
fn class_profiles(connection: &Connection) -> rusqlite::Result<BTreeMap<i64, i64>> {
    let mut list = connection.prepare("SELECT id FROM profile ORDER BY id DESC")?;
    let profiles = list.query_map([], |row| row.get::<_, i64>(0))?;
    let pairs = profiles.map(|id| {
        let id = id?;
        Ok((shared::class(connection, id)?, id))
    });
    pairs.collect()
}

/// The stretch of the records that a row of a roll-up adds up, where they are wanted.
fn stretch_of(cut: &Cut<'_>, sums: &Sums) -> Option<i64> {
    let at = sums.span.map(|(first, _)| Timestamp::from_millis(first));
    (cut.wanted.time)(at).then(|| (cut.stretch)(at))
}

impl Cell {
    fn of(template: &Template) -> Self {
        Self {
            entry: template.profile.entry.clone(),
            records: 0,
            span: None,
            times: Times::default(),
            is_extended: false,
        }
    }

    /// Makes it the one of other records of the same profile; none where a sum does not fit.
    fn fill<'f>(
        &mut self,
        template: &Template,
        facts: impl Iterator<Item = &'f Facts>,
        Held { sums, times }: Held,
    ) -> Option<()> {
        let (common, entry) = (&template.profile.entry, &mut self.entry);
        let (record, receipt) = (&mut entry.record, &mut entry.receipt);
        if std::mem::take(&mut self.is_extended) {
            record.facts.clone_from(&common.record.facts);
        }
        for facts in facts {
            record.facts.fill_from(facts);
            self.is_extended = true;
        }
        record.items.clear();
        receipt.charges.clear();
        let cost = i64::try_from(sums.cost).ok()?;
        let is_priced = common.receipt.cost.is_some();
        receipt.cost = is_priced.then(|| Money::from_pico(cost));
        for ((meter, rate), quantity) in CORE.into_iter().zip(template.rates).zip(sums.meters) {
            let quantity = i64::try_from(quantity).ok()?;
            if quantity != 0 {
                let rate = rate.filter(|_| is_priced);
                let charge = charge(meter, quantity, rate)?;
                let item = LineItem::new(charge.meter.clone(), charge.quantity);
                record.items.push(item);
                receipt.charges.push(charge);
            }
        }
        let time = |ms| Timestamp::from_millis(ms);
        self.span = sums.span.map(|(first, last)| (time(first), time(last)));
        // The profile that stands for a class may be one without a time, or the other way round.
        let basis = common.record.occurred.map(|occurred| occurred.basis);
        record.occurred = self.span.map(|(first, _)| Occurred {
            at: first,
            basis: basis.unwrap_or(TimeBasis::Response),
        });
        self.records = u64::try_from(sums.records).unwrap_or(0);
        self.times = times;
        Some(())
    }
}

/// What a quantity costs at a rate in 10⁻¹² per unit; none where that does not fit.
fn charge(meter: Meter, quantity: i64, rate: Option<i64>) -> Option<Charge> {
    let cost = match rate {
        Some(rate) => Some(Money::from_pico(quantity.checked_mul(rate)?)),
        None => None,
    };
    Some(Charge {
        meter,
        quantity: Quantity::new(Exact::from_integer(quantity)).unwrap_or_default(),
        attributes: BTreeMap::new(),
        rate: None,
        cost,
        rounded: false,
    })
}

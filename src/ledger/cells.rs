//! Many records as one: for sums it does not matter which of the records with the same profile, party
//! and stretch of time is which. Cells come from the roll-ups where these can tell, otherwise from one
//! pass over the narrow rows; records that have more than their row stand apart and come one by one.

use std::collections::BTreeMap;
use std::rc::Rc;

use rusqlite::Connection;

use super::columns::{CORE, Home, home, side};
use super::read::{Loader, Profile};
use super::rollups::{ALL_DAYS, DAY_MS, NO_DAY, Part, Sums};
use super::{Entry, Ledger, cards, rollups, shared};
use crate::error::Result;
use crate::ledger::lookup::Lookup;
use crate::money::{Exact, Money, Quantity};
use crate::pricing::Charge;
use crate::usage::{Facts, Field, LineItem, Meter, Occurred, TimeBasis, Timestamp};

/// Records that are the same in everything that is asked for.
pub struct Cell {
    /// One of them, with the quantities and the cost of all.
    pub entry: Entry,
    /// How many there are.
    pub records: u64,
    /// The times of the first and the last.
    pub span: Option<(Timestamp, Timestamp)>,
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

/// Which cells are wanted.
pub struct Wanted<'w> {
    /// Where from.
    pub origin: Origin,
    /// Whether parties are told apart where they come from rows.
    pub by_party: bool,
    /// The stretch that a time belongs to; none where it is not asked for. Of whole days it is asked
    /// for their first record.
    pub stretch: &'w dyn Fn(Option<Timestamp>) -> Option<i64>,
    /// Whether records of this profile are wanted; the entry has nothing but that.
    pub accepts_profile: &'w dyn Fn(&Entry) -> bool,
    /// Whether records of this party are wanted; the header of the entry has nothing but that.
    pub accepts_party: &'w dyn Fn(&Entry) -> bool,
}

/// Which shared row a header field stands in, if any: a question about others needs every record.
pub fn is_shared(field: Field) -> Option<bool> {
    match home(field) {
        Home::Profile => Some(false),
        Home::Party => Some(true),
        Home::Row => None,
    }
}

/// The stretch, profile and party of a cell.
type Key = (i64, i64, i64);

impl Ledger {
    /// Hands cells to a function, those of the records that do not stand apart. Says whether it could:
    /// a sum may be more than an entry can hold.
    ///
    /// # Errors
    /// When the ledger cannot be read, or the function fails.
    pub fn for_each_cell(
        &self,
        wanted: &Wanted<'_>,
        take: &mut dyn FnMut(&Cell) -> Result<()>,
    ) -> Result<bool> {
        let failed = |error: rusqlite::Error| self.failed(&error);
        let mut known = Known::new(&self.connection, wanted);
        let sums = match wanted.origin {
            Origin::Rows => from_rows(&self.connection, &mut known),
            Origin::Profiles => of_profiles("roll_profile", &self.connection, &mut known),
            Origin::Parties => from_parties(&self.connection, &mut known, false),
            Origin::PartiesOfAllDays => from_parties(&self.connection, &mut known, true),
        };
        for ((_, profile, party), sums) in sums.map_err(failed)? {
            match known.cell(profile, party, &sums) {
                Some(cell) => take(&cell)?,
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    /// Hands the records that stand apart to a function, in the order in which they came.
    ///
    /// # Errors
    /// When the ledger cannot be read, or the function fails.
    pub fn for_each_apart(&self, take: &mut dyn FnMut(&Entry) -> Result<()>) -> Result<()> {
        let condition = format!("WHERE sides & {} <> 0 ORDER BY id", side::APART);
        self.select(&condition, &[], take)
    }
}

impl Ledger {
    /// Hands the totals that were kept of pruned records to a function, a day and profile at a time.
    ///
    /// # Errors
    /// When the ledger cannot be read, a sum is more than an entry can hold, or the function fails.
    pub fn for_each_kept(&self, take: &mut dyn FnMut(&Cell) -> Result<()>) -> Result<()> {
        let failed = |error: rusqlite::Error| self.failed(&error);
        let all = Wanted {
            origin: Origin::Profiles,
            by_party: false,
            stretch: &|at| Some(at.map_or(NO_DAY, |at| at.millis().div_euclid(DAY_MS))),
            accepts_profile: &|_| true,
            accepts_party: &|_| true,
        };
        let mut known = Known::new(&self.connection, &all);
        let cells = of_profiles("roll_kept", &self.connection, &mut known).map_err(failed)?;
        for ((_, profile, party), sums) in cells {
            let cell = known.cell(profile, party, &sums);
            take(&cell.ok_or_else(|| failed(rusqlite::Error::InvalidQuery))?)?;
        }
        Ok(())
    }
}

fn from_rows(
    connection: &Connection,
    known: &mut Known<'_>,
) -> rusqlite::Result<BTreeMap<Key, Sums>> {
    let mut cells: Lookup<Key, Sums> = Lookup::default();
    rollups::for_each(connection, &mut |part: &Part| {
        if part.sides & side::APART != 0 || !known.accepts(part.profile, part.party)? {
            return Ok(());
        }
        let at = part.ms.map(Timestamp::from_millis);
        if let Some(stretch) = (known.wanted.stretch)(at) {
            let party = if known.wanted.by_party { part.party } else { 0 };
            let cell = cells.entry((stretch, part.profile, party)).or_default();
            cell.add(part);
        }
        Ok(())
    })?;
    Ok(cells.into_iter().collect())
}

fn of_profiles(
    table: &str,
    connection: &Connection,
    known: &mut Known<'_>,
) -> rusqlite::Result<BTreeMap<Key, Sums>> {
    let mut cells = BTreeMap::<Key, Sums>::new();
    let mut list = rollups::select(table, "day, profile, 0", "1", connection)?;
    let mut rows = list.query([])?;
    while let Some(row) = rows.next()? {
        let (profile, sums) = (row.get(1)?, rollups::sums(row)?);
        if let Some(stretch) = known.stretch_of(&sums)
            && known.accepts(profile, 0)?
        {
            cells.entry((stretch, profile, 0)).or_default().merge(&sums);
        }
    }
    Ok(cells)
}

fn from_parties(
    connection: &Connection,
    known: &mut Known<'_>,
    all: bool,
) -> rusqlite::Result<BTreeMap<Key, Sums>> {
    let stands_for = class_profiles(connection)?;
    let mut cells = BTreeMap::<Key, Sums>::new();
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
        if let Some(stretch) = known.stretch_of(&sums)
            && known.accepts(profile, party)?
        {
            cells
                .entry((stretch, profile, party))
                .or_default()
                .merge(&sums);
        }
    }
    Ok(cells)
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

/// What the rows of profiles and parties say, as far as it was asked for.
struct Known<'k> {
    connection: &'k Connection,
    wanted: &'k Wanted<'k>,
    loader: Loader,
    profiles: Lookup<i64, Option<Template>>,
    parties: Lookup<i64, Option<Rc<Facts>>>,
}

/// What the records of a profile have in common.
struct Template {
    profile: Rc<Profile>,
    /// The rates of core meters in 10⁻¹² per unit.
    rates: [Option<i64>; 6],
}

impl<'k> Known<'k> {
    fn new(connection: &'k Connection, wanted: &'k Wanted<'k>) -> Self {
        Self {
            connection,
            wanted,
            loader: Loader::default(),
            profiles: Lookup::default(),
            parties: Lookup::default(),
        }
    }

    fn stretch_of(&self, sums: &Sums) -> Option<i64> {
        let at = sums.span.map(|(first, _)| Timestamp::from_millis(first));
        (self.wanted.stretch)(at)
    }

    /// Whether records of a profile and a party are wanted.
    fn accepts(&mut self, profile: i64, party: i64) -> rusqlite::Result<bool> {
        if !self.profiles.contains_key(&profile) {
            let template = self.template(profile)?;
            let template =
                Some(template).filter(|it| (self.wanted.accepts_profile)(&it.profile.entry));
            self.profiles.insert(profile, template);
        }
        let Some(Some(template)) = self.profiles.get(&profile) else {
            return Ok(false);
        };
        if !self.parties.contains_key(&party) {
            let facts = self.loader.party(self.connection, party)?;
            let mut entry = template.profile.entry.clone();
            entry.record.facts = facts.as_ref().clone();
            let facts = Some(facts).filter(|_| (self.wanted.accepts_party)(&entry));
            self.parties.insert(party, facts);
        }
        Ok(matches!(self.parties.get(&party), Some(Some(_))))
    }

    fn template(&mut self, profile: i64) -> rusqlite::Result<Template> {
        let profile = self.loader.profile(self.connection, profile)?;
        let rates = CORE.map(|meter| {
            let rate = profile.rates.iter().find(|(priced, _)| *priced == meter);
            rate.and_then(|(_, rate)| cards::pico_per_unit(rate))
        });
        Ok(Template { profile, rates })
    }

    /// The records of a cell as one; none where a sum does not fit.
    fn cell(&self, profile: i64, party: i64, sums: &Sums) -> Option<Cell> {
        let Some(Some(template)) = self.profiles.get(&profile) else {
            return None;
        };
        let mut entry = template.profile.entry.clone();
        if let Some(Some(facts)) = self.parties.get(&party) {
            entry.record.facts.fill_from(facts);
        }
        let cost = i64::try_from(sums.cost).ok()?;
        let is_priced = entry.receipt.cost.is_some();
        entry.receipt.cost = is_priced.then(|| Money::from_pico(cost));
        for ((meter, rate), quantity) in CORE.into_iter().zip(template.rates).zip(sums.meters) {
            let quantity = i64::try_from(quantity).ok()?;
            if quantity != 0 {
                let rate = rate.filter(|_| is_priced);
                let charge = charge(meter, quantity, rate)?;
                let item = LineItem::new(charge.meter.clone(), charge.quantity);
                entry.record.items.push(item);
                entry.receipt.charges.push(charge);
            }
        }
        let time = |ms| Timestamp::from_millis(ms);
        let span = sums.span.map(|(first, last)| (time(first), time(last)));
        // The profile that stands for a class may be one without a time, or the other way round.
        let basis = entry.record.occurred.map(|occurred| occurred.basis);
        entry.record.occurred = span.map(|(first, _)| Occurred {
            at: first,
            basis: basis.unwrap_or(TimeBasis::Response),
        });
        Some(Cell {
            entry,
            records: u64::try_from(sums.records).unwrap_or(0),
            span,
        })
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

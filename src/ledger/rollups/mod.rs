//! Sums per day, kept beside the rows: by profile, and by party. A run gathers what it adds and takes
//! away, and stores it at its end; `verify` works them out anew from the rows.

mod tables;

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, params};

use super::columns::side;
use crate::lookup::Lookup;
use tables::{bind, first, last, stored, upsert};

pub use tables::{MORE, for_each, head, of_row, rest, rows, select, select_profiles, sums};

/// Milliseconds of a day.
pub const DAY_MS: i64 = 86_400_000;
/// The day of records without a time.
pub const NO_DAY: i64 = -2_147_483_648;
/// Stands for all days together, in `roll_party`.
pub const ALL_DAYS: i64 = 2_147_483_647;
/// 10⁻¹² units of a whole currency unit.
pub const UNIT: i64 = 1_000_000_000_000;
/// Cells that a run gathers before it stores them: more take memory and spare hardly any work.
const MOST_GATHERED: usize = 1 << 15;

/// What a row adds to its cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Its profile.
    pub profile: i64,
    /// Its party; 0 is nobody.
    pub party: i64,
    /// What totals tell apart of its profile.
    pub class: i64,
    /// When it was, in milliseconds.
    pub ms: Option<i64>,
    /// What lies beside the row.
    pub sides: i64,
    /// Its core quantities.
    pub meters: [i64; 6],
    /// Its cost in 10⁻¹²; zero where it is unknown.
    pub cost: i64,
}

impl Part {
    fn day(&self) -> i64 {
        self.ms.map_or(NO_DAY, |ms| ms.div_euclid(DAY_MS))
    }
}

/// What a cell holds, or what it gains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// Records.
    pub records: i64,
    /// The times of the first and of the last.
    pub span: Option<(i64, i64)>,
    /// Core quantities.
    pub meters: [i128; 6],
    /// Cost in 10⁻¹².
    pub cost: i128,
}

impl Sums {
    /// Adds a row.
    pub fn add(&mut self, part: &Part) {
        self.change(part, 1);
        if let Some(ms) = part.ms {
            let (first, last) = self.span.unwrap_or((ms, ms));
            self.span = Some((first.min(ms), last.max(ms)));
        }
    }

    fn change(&mut self, part: &Part, times: i64) {
        self.records += times;
        let times = i128::from(times);
        for (sum, quantity) in self.meters.iter_mut().zip(part.meters) {
            *sum += times * i128::from(quantity);
        }
        self.cost += times * i128::from(part.cost);
    }

    /// Adds another cell.
    pub fn merge(&mut self, other: &Self) {
        self.records += other.records;
        for (sum, quantity) in self.meters.iter_mut().zip(other.meters) {
            *sum += quantity;
        }
        self.cost += other.cost;
        self.span = match (self.span, other.span) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
    }
}

/// A cell of a roll-up: the day, the profile or the party, and of a party the class.
type Cell = (i64, i64, i64);

/// What a run changes in one roll-up.
#[derive(Default)]
struct Roll {
    cells: Lookup<Cell, Sums>,
    /// The times of rows that were taken away: what is first or last may be another now.
    taken: Lookup<Cell, (i64, i64)>,
}

/// What a run changes in the roll-ups.
#[derive(Default)]
pub struct Rolls {
    profiles: Roll,
    parties: Roll,
    /// What was stored of parties, over all days: they gain with every batch, and are stored once.
    all_days: Lookup<Cell, Sums>,
    /// Whether any row was taken away.
    has_taken: bool,
}

fn of_profile(part: &Part) -> Cell {
    (part.day(), part.profile, 0)
}

fn of_party(part: &Part) -> Cell {
    (part.day(), part.party, part.class)
}

impl Roll {
    fn take(&mut self, cell: Cell, old: &Part, new: Option<(Cell, &Part)>) {
        self.cells.entry(cell).or_default().change(old, -1);
        let stays = new.is_some_and(|(other, new)| other == cell && new.ms == old.ms);
        if let (false, Some(ms)) = (stays, old.ms) {
            let (first, last) = self.taken.entry(cell).or_insert((ms, ms));
            (*first, *last) = (ms.min(*first), ms.max(*last));
        }
    }

    /// Adds the cells of parties to those over all days.
    fn add_all_days(&self, all: &mut Lookup<Cell, Sums>) {
        // In no order: sums and spans do not depend on it.
        #[allow(clippy::iter_over_hash_type)]
        for ((_, party, class), sums) in &self.cells {
            all.entry((ALL_DAYS, *party, *class))
                .or_default()
                .merge(sums);
        }
    }
}

impl Rolls {
    /// Adds a row, unless it stands apart.
    pub fn add(&mut self, connection: &Connection, part: &Part) -> rusqlite::Result<()> {
        self.gather(part);
        if self.profiles.cells.len() + self.parties.cells.len() < MOST_GATHERED {
            return Ok(());
        }
        self.store(connection)?;
        if self.all_days.len() < MOST_GATHERED {
            return Ok(());
        }
        self.store_all_days(connection)
    }

    /// Adds a row, unless it stands apart, however many cells there are.
    pub fn gather(&mut self, part: &Part) {
        if part.sides & side::APART == 0 {
            let of = |roll: &mut Roll, cell| roll.cells.entry(cell).or_default().add(part);
            of(&mut self.profiles, of_profile(part));
            of(&mut self.parties, of_party(part));
        }
    }

    /// How many cells of each table are not what was gathered.
    pub fn compare(
        mut self,
        connection: &Connection,
    ) -> rusqlite::Result<Vec<(&'static str, usize)>> {
        let mut wrong = Vec::new();
        let mut all = Lookup::default();
        self.parties.add_all_days(&mut all);
        self.parties.cells.extend(all);
        for (table, key, roll) in [
            ("roll_profile", "day, profile, 0", self.profiles),
            ("roll_party", "day, party, class", self.parties),
        ] {
            let stored = stored(connection, table, key)?;
            let of = |cells: &Lookup<Cell, Sums>, cell: &Cell| cells.get(cell).copied();
            let cells: BTreeSet<Cell> = stored.keys().chain(roll.cells.keys()).copied().collect();
            let differ = |cell: &&Cell| of(&stored, cell) != of(&roll.cells, cell);
            let count = cells.iter().filter(differ).count();
            if count > 0 {
                wrong.push((table, count));
            }
        }
        Ok(wrong)
    }

    /// Keeps the sums of rows that were taken out, however they stood apart.
    pub fn keep(connection: &Connection, parts: &[Part]) -> rusqlite::Result<()> {
        let mut cells: BTreeMap<Cell, Sums> = BTreeMap::new();
        for part in parts {
            cells.entry(of_profile(part)).or_default().add(part);
        }
        let mut insert = connection.prepare_cached(&upsert("roll_kept", &["day", "profile"]))?;
        for ((day, profile, _), sums) in &cells {
            bind(&mut insert, &[*day, *profile], sums)?;
        }
        Ok(())
    }

    /// Takes a row away; another may take its place.
    pub fn take(&mut self, old: &Part, new: Option<&Part>) {
        if old.sides & side::APART != 0 {
            return;
        }
        self.has_taken = true;
        let new = new.filter(|new| new.sides & side::APART == 0);
        let beside = new.map(|new| (of_profile(new), new));
        self.profiles.take(of_profile(old), old, beside);
        let beside = new.map(|new| (of_party(new), new));
        self.parties.take(of_party(old), old, beside);
    }

    fn store(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let profiles = in_order(&mut self.profiles.cells);
        let mut insert = connection.prepare_cached(&upsert("roll_profile", &["day", "profile"]))?;
        for ((day, profile, _), sums) in &profiles {
            bind(&mut insert, &[*day, *profile], sums)?;
        }
        self.parties.add_all_days(&mut self.all_days);
        store_parties(connection, &in_order(&mut self.parties.cells))
    }

    fn store_all_days(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        store_parties(connection, &in_order(&mut self.all_days))
    }

    /// Stores everything, and mends what taking away has left: cells without records, and first and
    /// last times that may be those of a row that is gone.
    pub fn finish(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        self.store(connection)?;
        self.store_all_days(connection)?;
        if !std::mem::take(&mut self.has_taken) {
            return Ok(());
        }
        for roll in ["roll_profile", "roll_party"] {
            connection.execute(&format!("DELETE FROM {roll} WHERE records = 0"), [])?;
        }
        mend(connection, self)
    }
}

/// The cells in their order; none remain.
fn in_order(cells: &mut Lookup<Cell, Sums>) -> Vec<(Cell, Sums)> {
    let mut cells: Vec<_> = cells.drain().collect();
    cells.sort_unstable_by_key(|(cell, _)| *cell);
    cells
}

fn store_parties(connection: &Connection, cells: &[(Cell, Sums)]) -> rusqlite::Result<()> {
    let insert = upsert("roll_party", &["day", "party", "class"]);
    let mut insert = connection.prepare_cached(&insert)?;
    for ((day, party, class), sums) in cells {
        bind(&mut insert, &[*day, *party, *class], sums)?;
    }
    Ok(())
}

/// Works out anew the times of the cells whose first or last row was taken away: one pass over the
/// rows, and none where no such cell is left.
fn mend(connection: &Connection, rolls: &mut Rolls) -> rusqlite::Result<()> {
    let mut profiles = lost(connection, "roll_profile", &mut rolls.profiles)?;
    let mut parties = lost(connection, "roll_party", &mut rolls.parties)?;
    if profiles.is_empty() && parties.is_empty() {
        return Ok(());
    }
    for_each(connection, &mut |part| {
        if part.sides & side::APART != 0 {
            return Ok(());
        }
        let seen = |cells: &mut BTreeMap<Cell, Sums>, cell| {
            if let Some(sums) = cells.get_mut(&cell) {
                sums.add(part);
            }
        };
        seen(&mut profiles, of_profile(part));
        seen(&mut parties, of_party(part));
        seen(&mut parties, (ALL_DAYS, part.party, part.class));
        Ok(())
    })?;
    for ((day, profile, _), sums) in &profiles {
        let set =
            "UPDATE roll_profile SET first_ms = ?3, last_ms = ?4 WHERE day = ?1 AND profile = ?2";
        connection.execute(set, params![day, profile, first(sums), last(sums)])?;
    }
    for ((day, party, class), sums) in &parties {
        let set = "UPDATE roll_party SET first_ms = ?4, last_ms = ?5 WHERE day = ?1 AND party = ?2 AND class = ?3";
        connection.execute(set, params![day, party, class, first(sums), last(sums)])?;
    }
    Ok(())
}

/// The cells whose first or last time is that of a row that was taken away.
fn lost(
    connection: &Connection,
    table: &str,
    roll: &mut Roll,
) -> rusqlite::Result<BTreeMap<Cell, Sums>> {
    let mut lost = BTreeMap::new();
    let is_party = table == "roll_party";
    let key = if is_party {
        "party = ?2 AND class = ?3"
    } else {
        "profile = ?2 AND ?3 = 0"
    };
    let find = format!("SELECT first_ms, last_ms FROM {table} WHERE day = ?1 AND {key}");
    let mut find = connection.prepare_cached(&find)?;
    let taken: BTreeMap<Cell, (i64, i64)> = std::mem::take(&mut roll.taken).into_iter().collect();
    for ((day, row, class), (first, last)) in taken {
        for day in [day, ALL_DAYS]
            .into_iter()
            .take(if is_party { 2 } else { 1 })
        {
            let held = find.query_row([day, row, class], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
            });
            let touched = held
                .optional()?
                .is_some_and(|held| first <= held.0 || last >= held.1);
            if touched {
                lost.insert((day, row, class), Sums::default());
            }
        }
    }
    Ok(lost)
}

//! Record + receipt → rows: its own, those beside it, and what the roll-ups and the control sums gain.

use std::collections::BTreeSet;

use rusqlite::Connection;

use super::codes::{self, code};
use super::columns::side;
use super::control::Control;
use super::exchange::Converted;
use super::items::{self, Core, add};
use super::keys::Keys;
use super::pending::Pending;
use super::rollups::{self, DAY_MS, Part, Rolls};
use super::segments::Touched;
use super::shared::{Like, Profile, Shared};
use super::values::{Bytes, Val};
use super::words::Words;
use super::{Entry, raw, row};
use crate::usage::{Times, Value};

/// Where a row goes and where its record was read, as row numbers.
#[derive(Debug, Clone, Copy)]
pub struct Slot {
    /// The row to write; a new one where absent.
    pub row: Option<i64>,
    /// The run that brought the record in.
    pub run: i64,
    /// Its source.
    pub source: i64,
}

/// What a run writes through: everything that it remembers of what it has written.
#[derive(Default)]
pub struct Writer {
    /// Interned text.
    pub words: Words,
    /// The keys of records.
    pub keys: Keys,
    /// The sums of what was written.
    pub control: Control,
    shared: Shared,
    rolls: Rolls,
    segments: Touched,
    pending: Pending,
    /// Days that are known to be in the calendar.
    days: BTreeSet<i64>,
    /// The number of the last row, once it was looked up.
    last: Option<i64>,
    sides: Bytes,
}

impl Writer {
    /// Writes a record; replaces what stood in its row. `hash` is that of its facts.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn write(
        &mut self,
        connection: &Connection,
        entry: &Entry,
        slot: Slot,
        (hash, [usd, rub]): (i64, Converted),
        like: Option<Like<'_>>,
    ) -> rusqlite::Result<i64> {
        let core = items::core(&entry.receipt);
        let shared = &mut self.shared;
        let known = like.and_then(|like| Some((shared.profile_of(like.kind)?, like.numbers)));
        let raw = entry
            .record
            .raw_usage
            .as_deref()
            .filter(|_| known.is_none());
        let raw = raw.map(raw::split);
        let (shape, numbers) = match &raw {
            Some((shape, numbers)) => (Some(shape.as_str()), Some(numbers.as_str())),
            None => (None, known.map(|(_, numbers)| numbers)),
        };
        let profile = match known {
            Some((profile, _)) => profile,
            None => shared.profile(connection, &mut self.words, entry, (&core, shape))?,
        };
        if let Some(like) = like {
            shared.remember(like.kind, profile);
        }
        let party = shared.party(connection, &mut self.words, &entry.record)?;
        let items = items::beside(&entry.receipt, &core, profile.whole);
        let part = part(
            entry,
            &core,
            (profile, party),
            sides(entry, !items.is_empty()),
        );
        let row = match slot.row {
            Some(row) => {
                self.store_rows(connection)?;
                let old = rollups::of_row(connection, row)?;
                self.rolls.take(&old, Some(&part));
                self.erase(connection, row)?;
                row
            }
            None => self.next(connection)?,
        };
        self.rolls.add(connection, &part)?;
        if slot.row.is_some() {
            self.segments.touch(row);
        } else {
            let times = Times::FIELDS.map(|field| entry.record.facts.get_integer(field));
            let cost = entry.receipt.cost.map(crate::money::Money::pico);
            self.segments
                .append(connection, row, (&part, party, cost), &times)?;
        }
        self.sides.clear();
        items::write(connection, row, &items, &mut self.sides)?;
        self.write_sides(connection, row, entry)?;
        let head = row::head(entry, slot, row, (&part, hash, party));
        let mut rest = [Val::Null; row::MOST_BITS];
        let mask = row::rest(entry, numbers, [usd, rub], &mut rest);
        self.insert(connection, &head, (&rest, mask))?;
        if slot.row.is_some() {
            // Only rows behind all others may wait: the table goes on where its last one stands.
            self.store_rows(connection)?;
        }
        self.remember_days(connection, entry)?;
        Ok(row)
    }

    /// Inserts a row with the hash of all that is stored for it.
    fn insert(
        &mut self,
        connection: &Connection,
        head: &[Val<'_>],
        (rest, mask): (&[Val<'_>], u64),
    ) -> rusqlite::Result<()> {
        let present = || row::bits(mask).filter_map(|at| Some((at, *rest.get(at)?)));
        self.sides.extend(head.iter().copied());
        let mut next = 0;
        for (at, value) in present() {
            self.sides.skip(at - next);
            self.sides.push(value);
            next = at + 1;
        }
        self.sides.skip(row::rest_len() - next);
        let sum = self.sides.sum();
        let values = std::iter::once(Val::Int(sum)).chain(head.iter().copied());
        let values = values.chain(present().map(|(_, value)| value));
        self.pending.row(connection, mask, values)?;
        self.control.add("usage", sum);
        Ok(())
    }

    /// Takes a record out: its row, what lies beside it, and its part of the sums, which is handed out.
    /// Its key is the caller's.
    pub fn remove(&mut self, connection: &Connection, row: i64) -> rusqlite::Result<Part> {
        self.store_rows(connection)?;
        let part = rollups::of_row(connection, row)?;
        self.rolls.take(&part, None);
        self.segments.touch(row);
        self.erase(connection, row)?;
        Ok(part)
    }

    /// Takes a row and all that lies beside it out of the tables. Roll-ups and keys are the caller's.
    fn erase(&mut self, connection: &Connection, row: i64) -> rusqlite::Result<()> {
        self.store_rows(connection)?;
        let find = "SELECT chk, sides FROM usage WHERE id = ?1";
        let (sum, sides) = connection
            .prepare_cached(find)?
            .query_row([row], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))?;
        self.control.remove("usage", sum);
        if sides != 0 {
            items::erase(connection, row)?;
        }
        let mut delete = connection.prepare_cached("DELETE FROM usage WHERE id = ?1")?;
        delete.execute([row]).map(drop)
    }

    /// The number that the next new row takes.
    pub fn begin_at(&mut self, row: i64) {
        self.last = Some(row - 1);
    }

    fn next(&mut self, connection: &Connection) -> rusqlite::Result<i64> {
        let last = match self.last {
            Some(last) => last,
            None => row::last(connection)?,
        };
        Ok(*self.last.insert(last + 1))
    }

    /// Stores what has been gathered: the run ends.
    pub fn finish(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        self.store_rows(connection)?;
        self.keys.store(connection)?;
        self.rolls.finish(connection)?;
        self.segments.finish(connection)?;
        self.control.finish(connection)
    }

    fn write_sides(
        &mut self,
        connection: &Connection,
        row: i64,
        entry: &Entry,
    ) -> rusqlite::Result<()> {
        let (sides, words) = (&mut self.sides, &mut self.words);
        for (n, note) in (0_i64..).zip(&entry.record.notes) {
            let text = words.id(connection, &note.text)?;
            let kind = code(note.kind, &codes::NOTE_KINDS);
            let values = [row, n, kind, text];
            sides.extend(values.map(Val::Int));
            self.pending.note(connection, values)?;
        }
        for (n, search) in (0_i64..).zip(&entry.record.searches) {
            let insert = "INSERT INTO search(usage, n, provider, count, query_chars_total, response_bytes_total, status, error_code) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
            let values = [
                Val::Int(row),
                Val::Int(n),
                Val::text(search.provider.as_deref()),
                Val::Int(search.count.exact().to_integer().unwrap_or(0)),
                Val::maybe(search.query_chars_total),
                Val::maybe(search.response_bytes_total),
                Val::text(search.status.as_deref()),
                Val::text(search.error_code.as_deref()),
            ];
            add(connection, insert, &values, sides)?;
        }
        for (name, value) in &entry.record.tags {
            sides.extend([Val::Int(row), Val::Text(name), Val::Text(value)]);
            self.pending.tag(connection, row, (name, value))?;
        }
        Ok(())
    }

    /// Stores the rows that wait for it: whoever reads one asks for that first.
    pub fn store_rows(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        self.pending.store(connection)
    }

    /// Remembers the days of all times that an entry states.
    fn remember_days(&mut self, connection: &Connection, entry: &Entry) -> rusqlite::Result<()> {
        let stated = entry
            .record
            .facts
            .iter()
            .filter_map(|(_, value)| match value {
                Value::Time(time) => Some(*time),
                Value::Text(_) | Value::Integer(_) | Value::Flag(_) => None,
            });
        let occurred = entry.record.occurred.map(|occurred| occurred.at);
        for time in occurred.into_iter().chain(stated) {
            if self.days.insert(time.millis().div_euclid(DAY_MS)) {
                row::remember_day(connection, time)?;
            }
        }
        Ok(())
    }
}

fn sides(entry: &Entry, has_items: bool) -> i64 {
    let bit = |present: bool, bit: i64| if present { bit } else { 0 };
    let record = &entry.record;
    let is_unsplit = record.items.is_empty() && record.stated_total.is_some();
    bit(has_items, side::ITEMS)
        | bit(!record.notes.is_empty(), side::NOTES)
        | bit(!record.searches.is_empty(), side::SEARCHES)
        | bit(!record.tags.is_empty(), side::TAGS)
        | bit(record.reported_cost.is_some() || is_unsplit, side::STATED)
}

fn part(
    entry: &Entry,
    core: &Core<'_>,
    (profile, party): (Profile, Option<i64>),
    sides: i64,
) -> Part {
    Part {
        profile: profile.id,
        party: party.unwrap_or(0),
        class: profile.class,
        ms: entry.record.occurred.map(|occurred| occurred.at.millis()),
        sides,
        meters: core.map(items::quantity),
        cost: entry.receipt.cost.map_or(0, crate::money::Money::pico),
    }
}

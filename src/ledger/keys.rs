//! The key store: which records the ledger holds, by identity. Everything that knows how keys are
//! kept is in this file, so that it can be swapped for something faster.

use fastbloom::BloomFilter;
use rusqlite::{Connection, OptionalExtension};

use super::values::Val;
use super::{bulk, row};
use crate::lookup::Lookup;
use crate::usage::RecordId;

/// Keys that wait to be stored together, in their order: a table that grows in order stays quick.
const MOST_WAITING: usize = 1 << 16;

/// A table is worth a look at all of its keys once so many questions were asked that one stands for so many of
/// them: a walk takes a fraction of what a search takes for each.
const KEYS_PER_QUESTION: i64 = 16;

/// What is known of a record that was met before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// It stands in this row.
    Row(i64),
    /// It was taken out, and is not to come back.
    Gone,
}

/// The keys of a run.
#[derive(Default)]
pub struct Keys {
    waiting: Lookup<RecordId, i64>,
    /// Whether the table holds any key.
    stored: Option<bool>,
    /// Tells most keys that the table does not hold; nothing until it knows all that it does.
    filter: Option<Filter>,
    /// How often the table was asked, and about how many keys it holds: one for each row.
    asked: i64,
    size: Option<i64>,
}

impl Keys {
    /// What is known of a record.
    pub fn find(
        &mut self,
        connection: &Connection,
        id: &RecordId,
    ) -> rusqlite::Result<Option<Held>> {
        if let Some(row) = self.waiting.get(id) {
            return Ok(Some(Held::Row(*row)));
        }
        let stored = match self.stored {
            Some(stored) => stored,
            None => *self.stored.insert(any(connection)?),
        };
        if !stored || self.is_strange(connection, id)? {
            return Ok(None);
        }
        let mut statement =
            connection.prepare_cached("SELECT usage FROM key_row WHERE key = ?1")?;
        statement
            .query_row([id.bytes()], |row| row.get::<_, Option<i64>>(0))
            .optional()
            .map(|found| found.map(|row| row.map_or(Held::Gone, Held::Row)))
    }

    /// Remembers the row of a record that was not there.
    pub fn add(&mut self, connection: &Connection, id: RecordId, row: i64) -> rusqlite::Result<()> {
        self.waiting.insert(id, row);
        if self.waiting.len() < MOST_WAITING {
            return Ok(());
        }
        self.store(connection)
    }

    /// Stores the keys that wait.
    pub fn store(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mut keys: Vec<(RecordId, i64)> = self.waiting.drain().collect();
        keys.sort_unstable();
        if self.stored == Some(false) {
            self.filter = Some(Filter::of(keys.len()));
        }
        if let Some(filter) = &mut self.filter {
            for (id, _) in &keys {
                filter.add(id);
            }
        }
        bulk::insert(connection, "key_row(key, usage)", &keys, |(id, row)| {
            Ok([Val::Blob(id.bytes()), Val::Int(*row)])
        })?;
        if !keys.is_empty() {
            self.stored = Some(true);
        }
        Ok(())
    }

    /// Whether the table surely does not hold a key.
    fn is_strange(&mut self, connection: &Connection, id: &RecordId) -> rusqlite::Result<bool> {
        if self.filter.is_none() {
            self.asked += 1;
            let size = match self.size {
                Some(size) => size,
                None => *self.size.insert(row::last(connection)?),
            };
            if self.asked > size / KEYS_PER_QUESTION {
                self.filter = Some(Filter::of_table(connection, size)?);
            }
        }
        let filter = self.filter.as_ref();
        Ok(filter.is_some_and(|filter| !filter.may_hold(id)))
    }
}

/// Bits for a key, and how many of them it sets: of strange keys, one in 150 is taken for a known one, and
/// looked for in vain.
const BITS: usize = 12;
const SET: u32 = 4;
/// Keys that a first filter has room for, at least.
const FEWEST: usize = 1 << 17;
/// How much more room the next one has.
const GROWTH: usize = 4;

/// Filters of keys, each larger than the one before it, and the room that is left in the last.
struct Filter {
    layers: Vec<BloomFilter>,
    size: usize,
    room: usize,
}

impl Filter {
    /// With room for so many keys and some more.
    fn of(keys: usize) -> Self {
        Self {
            layers: Vec::new(),
            size: (keys + keys / 4).max(FEWEST) / GROWTH,
            room: 0,
        }
    }

    /// Of all keys in the table, which are about so many.
    fn of_table(connection: &Connection, size: i64) -> rusqlite::Result<Self> {
        let mut filter = Self::of(usize::try_from(size).unwrap_or_default());
        let mut list = connection.prepare("SELECT key FROM key_row")?;
        let mut rows = list.query([])?;
        while let Some(row) = rows.next()? {
            filter.add(&RecordId::from_bytes(row.get(0)?));
        }
        Ok(filter)
    }

    fn may_hold(&self, id: &RecordId) -> bool {
        let hash = hash_of(id);
        self.layers.iter().any(|layer| layer.contains_hash(hash))
    }

    fn add(&mut self, id: &RecordId) {
        if self.room == 0 {
            self.size *= GROWTH;
            self.room = self.size;
            let layer = BloomFilter::with_num_bits(self.size * BITS).hashes(SET);
            self.layers.push(layer);
        }
        self.room -= 1;
        if let Some(layer) = self.layers.last_mut() {
            layer.insert_hash(hash_of(id));
        }
    }
}

/// A key is a hash already.
fn hash_of(id: &RecordId) -> u64 {
    id.bytes()
        .first_chunk()
        .map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

fn any(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT EXISTS(SELECT 1 FROM key_row)", [], |row| row.get(0))
}

/// The rows whose id begins with these hexadecimal digits, at most `most` of them.
pub fn with_prefix(connection: &Connection, digits: &str, most: u32) -> rusqlite::Result<Vec<i64>> {
    let (low, high) = range(digits);
    let mut statement = connection
        .prepare("SELECT usage FROM key_row WHERE key BETWEEN ?1 AND ?2 AND usage IS NOT NULL ORDER BY key LIMIT ?3")?;
    statement
        .query_map(rusqlite::params![low, high, most], |row| row.get(0))?
        .collect()
}

fn range(digits: &str) -> ([u8; 16], [u8; 16]) {
    let fill = |with: char| {
        let full: String = digits
            .chars()
            .chain(std::iter::repeat(with))
            .take(32)
            .collect();
        let mut bytes = [0_u8; 16];
        for (byte, pair) in bytes.iter_mut().zip(full.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).unwrap_or("00");
            *byte = u8::from_str_radix(pair, 16).unwrap_or(0);
        }
        bytes
    };
    (fill('0'), fill('f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u32) -> RecordId {
        RecordId::of(&[&number.to_le_bytes()])
    }

    #[test]
    fn a_filter_never_says_of_a_key_that_it_is_not_there() {
        let mut filter = Filter::of(0);
        let known = 0..400_000;
        for number in known.clone() {
            filter.add(&id(number));
        }
        assert!(filter.layers.len() > 1);
        assert!(known.clone().all(|number| filter.may_hold(&id(number))));
        let others = 1_000_000..1_100_000;
        let taken = others.filter(|number| filter.may_hold(&id(*number)));
        let taken = taken.count();
        assert!(taken < 2_500, "{taken} of 100,000");
    }

    #[test]
    fn a_table_is_asked_or_walked_and_answers_the_same() {
        let connection = Connection::open_in_memory().unwrap();
        super::super::schema::build(&connection, super::super::schema::VERSION).unwrap();
        connection
            .pragma_update(None, "foreign_keys", false)
            .unwrap();
        let mut keys = Keys::default();
        for number in 0..1_000_i64 {
            let key = id(u32::try_from(number).unwrap());
            assert_eq!(keys.find(&connection, &key).unwrap(), None);
            keys.add(&connection, key, number).unwrap();
        }
        keys.store(&connection).unwrap();
        connection
            .execute("UPDATE key_row SET usage = NULL WHERE usage = 7", [])
            .unwrap();
        // As in a ledger of many more rows: the first answers come from the table, the others past a filter.
        let mut keys = Keys {
            size: Some(8_000),
            ..Keys::default()
        };
        for number in (0..2_000).rev() {
            let wanted = match number {
                7 => Some(Held::Gone),
                0..1_000 => Some(Held::Row(i64::from(number))),
                _ => None,
            };
            assert_eq!(keys.find(&connection, &id(number)).unwrap(), wanted);
            assert_eq!(keys.filter.is_some(), number < 1_500, "{number}");
        }
    }
}

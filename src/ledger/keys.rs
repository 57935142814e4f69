//! The key store: which records the ledger holds, by identity. Everything that knows how keys are
//! kept is in this file, so that it can be swapped for something faster.

use rusqlite::{Connection, OptionalExtension};

use super::bulk;
use super::values::Val;
use crate::lookup::Lookup;
use crate::usage::RecordId;

/// Keys that wait to be stored together, in their order: a table that grows in order stays quick.
const MOST_WAITING: usize = 1 << 16;

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
        if !stored {
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
        let into = ("INSERT INTO key_row(key, usage)", "");
        bulk::insert(connection, into, &keys, |(id, row)| {
            Ok([Val::Blob(id.bytes()), Val::Int(*row)])
        })?;
        if !keys.is_empty() {
            self.stored = Some(true);
        }
        Ok(())
    }
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

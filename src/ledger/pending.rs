//! Rows on their way into the ledger: those that fill the same columns are written together.

use std::ops::Range;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Statement};

use super::bulk::{self, AT_ONCE};
use super::row;
use super::values::Val;
use crate::lookup::Lookup;

/// Notes and tags that wait, at most.
const MOST_BESIDE: usize = 1024;

/// Rows, and the notes and tags of them, that wait to be written. Whoever reads rows has them stored first.
#[derive(Default)]
pub struct Pending {
    /// The columns that the rows fill, of those that only some have.
    mask: u64,
    rows: usize,
    /// Their values, one row behind the other.
    values: Vec<Kept>,
    bytes: Vec<u8>,
    /// `INSERT` statements by the columns that they fill: for one row, and for as many as are written at once.
    inserts: Lookup<u64, [String; 2]>,
    /// What stands in each note.
    notes: Vec<[i64; 4]>,
    /// Row, name and value.
    tags: Vec<(i64, String, String)>,
}

/// A value whose text or bytes stand elsewhere.
enum Kept {
    Null,
    Int(i64),
    Text(Range<usize>),
    Blob(Range<usize>),
}

impl Pending {
    /// Adds a row that fills these columns of those that only some rows have.
    pub fn row<'v>(
        &mut self,
        connection: &Connection,
        mask: u64,
        values: impl Iterator<Item = Val<'v>>,
    ) -> rusqlite::Result<()> {
        if mask != self.mask {
            self.store_rows(connection)?;
            self.mask = mask;
        }
        for value in values {
            let kept = match value {
                Val::Null => Kept::Null,
                Val::Int(number) => Kept::Int(number),
                Val::Text(text) => Kept::Text(self.keep(text.as_bytes())),
                Val::Blob(bytes) => Kept::Blob(self.keep(bytes)),
            };
            self.values.push(kept);
        }
        self.rows += 1;
        if self.rows < AT_ONCE {
            return Ok(());
        }
        self.store_rows(connection)
    }

    /// Adds a tag of a row.
    pub fn tag(
        &mut self,
        connection: &Connection,
        row: i64,
        (name, value): (&str, &str),
    ) -> rusqlite::Result<()> {
        self.tags.push((row, name.to_owned(), value.to_owned()));
        self.store_many_beside(connection)
    }

    /// Adds a note: its row, which of the row's it is, its kind and its text.
    pub fn note(&mut self, connection: &Connection, note: [i64; 4]) -> rusqlite::Result<()> {
        self.notes.push(note);
        self.store_many_beside(connection)
    }

    /// Writes everything that waits.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn store(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        self.store_rows(connection)?;
        self.store_beside(connection)
    }

    fn keep(&mut self, bytes: &[u8]) -> Range<usize> {
        let begin = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        begin..self.bytes.len()
    }

    fn store_rows(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let Some(width) = self.values.len().checked_div(self.rows) else {
            return Ok(());
        };
        let mask = self.mask;
        let new = || [1, AT_ONCE].map(|rows| row::insert_sql(mask, rows));
        let [one, many] = self.inserts.entry(mask).or_insert_with(new);
        let (sql, rows) = if self.rows == AT_ONCE {
            (many, AT_ONCE)
        } else {
            (one, 1)
        };
        let mut insert = connection.prepare_cached(sql)?;
        for values in self.values.chunks(width * rows) {
            for (at, value) in (1..).zip(values) {
                bind(&mut insert, at, value, &self.bytes)?;
            }
            insert.raw_execute()?;
        }
        self.values.clear();
        self.bytes.clear();
        self.rows = 0;
        Ok(())
    }

    fn store_many_beside(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        if self.notes.len() + self.tags.len() < MOST_BESIDE {
            return Ok(());
        }
        self.store_beside(connection)
    }

    fn store_beside(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let table = "note(usage, n, kind, text)";
        bulk::insert(
            connection,
            table,
            &self.notes,
            |note| Ok(note.map(Val::Int)),
        )?;
        self.notes.clear();
        let table = "tag(usage, name, value)";
        bulk::insert(connection, table, &self.tags, |(row, name, value)| {
            Ok([Val::Int(*row), Val::Text(name), Val::Text(value)])
        })?;
        self.tags.clear();
        Ok(())
    }
}

fn bind(insert: &mut Statement<'_>, at: usize, value: &Kept, bytes: &[u8]) -> rusqlite::Result<()> {
    let of = |range: &Range<usize>| bytes.get(range.clone()).unwrap_or_default();
    let value = match value {
        Kept::Null => ValueRef::Null,
        Kept::Int(number) => ValueRef::Integer(*number),
        Kept::Text(range) => ValueRef::Text(of(range)),
        Kept::Blob(range) => ValueRef::Blob(of(range)),
    };
    insert.raw_bind_parameter(at, ToSqlOutput::Borrowed(value))
}

//! Values on their way into rows, and the hash over everything that is stored for a record.

use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, ValueRef};
use xxhash_rust::xxh3::xxh3_64;

/// One value of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Val<'a> {
    /// Unknown.
    Null,
    /// A number, a code, or the row of another table.
    Int(i64),
    /// Text.
    Text(&'a str),
    /// Bytes.
    Blob(&'a [u8]),
}

impl<'a> Val<'a> {
    /// A number that may be unknown.
    pub fn maybe(number: Option<i64>) -> Self {
        number.map_or(Self::Null, Self::Int)
    }

    /// A text that may be unknown; an empty one is none.
    pub fn text(text: Option<&'a str>) -> Self {
        text.filter(|text| !text.is_empty())
            .map_or(Self::Null, Self::Text)
    }

    /// What SQLite hands out. The ledger stores no fractions.
    pub fn of(value: ValueRef<'a>) -> Self {
        match value {
            ValueRef::Null | ValueRef::Real(_) => Self::Null,
            ValueRef::Integer(number) => Self::Int(number),
            ValueRef::Text(text) => str::from_utf8(text).map_or(Self::Blob(text), Self::Text),
            ValueRef::Blob(bytes) => Self::Blob(bytes),
        }
    }
}

impl ToSql for Val<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// Values in a row of bytes, each with its kind and length, so that no two lists look the same.
#[derive(Default)]
pub struct Bytes(Vec<u8>);

impl Bytes {
    /// Forgets all values.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Adds a value.
    pub fn push(&mut self, value: Val<'_>) {
        match value {
            Val::Null => self.0.push(0),
            Val::Int(number) => self.start(1, number.to_le_bytes()),
            Val::Text(text) => self.stretch(2, text.as_bytes()),
            Val::Blob(bytes) => self.stretch(3, bytes),
        }
    }

    /// Adds many.
    pub fn extend<'v>(&mut self, values: impl IntoIterator<Item = Val<'v>>) {
        values.into_iter().for_each(|value| self.push(value));
    }

    /// Adds so many unknown values.
    pub fn skip(&mut self, count: usize) {
        self.0.resize(self.0.len() + count, 0);
    }

    fn stretch(&mut self, kind: u8, bytes: &[u8]) {
        self.0.reserve(bytes.len() + 9);
        self.start(kind, bytes.len().to_le_bytes());
        self.0.extend_from_slice(bytes);
    }

    fn start(&mut self, kind: u8, number: [u8; 8]) {
        let mut start = [kind; 9];
        let [_, rest @ ..] = &mut start;
        *rest = number;
        self.0.extend_from_slice(&start);
    }

    /// The bytes.
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// A hash of all values: against rot, not against tampering.
    pub fn sum(&self) -> i64 {
        sum_of(&self.0)
    }
}

/// A hash of bytes that is the same on every machine and in every version.
pub fn sum_of(bytes: &[u8]) -> i64 {
    xxh3_64(bytes).cast_signed()
}

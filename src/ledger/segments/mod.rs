//! The numbers of rows, column by column: what a question that roll-ups cannot answer goes through instead
//! of the rows themselves. Nothing stands here that does not stand in the rows.

mod column;

use std::collections::BTreeSet;
use std::ops::Range;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::rollups::{self, MORE, Part};
use super::row;
use crate::usage::Times;
use column::Column;

/// Rows of a segment, by their numbers; fewer where some were taken out.
const ROWS: i64 = 4096;
/// What a segment holds: what [`rollups::rows`] reads, and the times of requests.
const COLUMNS: usize = MORE + Times::FIELDS.len();

/// The chunk that a row is in.
fn chunk_of(row: i64) -> i64 {
    (row - 1).div_euclid(ROWS)
}

/// The rows of a chunk, by their numbers.
pub fn rows_of(chunk: i64) -> Range<i64> {
    chunk * ROWS + 1..(chunk + 1) * ROWS + 1
}

/// The numbers of rows, column by column.
type Columns = [Vec<Option<i64>>; COLUMNS];

/// Chunks with rows that a run has written or taken out.
#[derive(Default)]
pub struct Touched {
    /// Those that must be made from their rows.
    chunks: BTreeSet<i64>,
    /// The columns of new rows, from the first one of a chunk on, and the row that comes next.
    growing: Columns,
    next: i64,
}

impl Touched {
    /// A row has changed or gone, or has come behind others that are not at hand.
    pub fn touch(&mut self, row: i64) {
        self.chunks.insert(chunk_of(row));
    }

    /// A row has come behind all others. A chunk that has come whole is stored without another look at
    /// its rows; `part` is what they are read as, beside what may be unknown of them.
    pub fn append(
        &mut self,
        connection: &Connection,
        row: i64,
        (part, party, cost): (&Part, Option<i64>, Option<i64>),
        times: &[Option<i64>],
    ) -> rusqlite::Result<()> {
        let rows = rows_of(chunk_of(row));
        if row == rows.start {
            self.growing.iter_mut().for_each(Vec::clear);
        } else if row != self.next {
            self.touch(row);
            return Ok(());
        }
        self.next = row + 1;
        let head = [Some(part.profile), party, part.ms, Some(part.sides), cost];
        let meters = part.meters.iter().copied().map(Some);
        let numbers = head.into_iter().chain(meters).chain(times.iter().copied());
        for (column, number) in self.growing.iter_mut().zip(numbers) {
            column.push(number);
        }
        if self.next == rows.end {
            return store(connection, chunk_of(row), put(&self.growing));
        }
        Ok(())
    }

    /// Makes the segments of what was touched anew, as far as their rows are complete.
    pub fn finish(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let chunks = std::mem::take(&mut self.chunks);
        let last = row::last(connection)?;
        for chunk in chunks {
            let mut delete = connection.prepare_cached("DELETE FROM segment WHERE chunk = ?1")?;
            delete.execute([chunk])?;
            if rows_of(chunk).end <= last + 1 {
                store(connection, chunk, make(connection, chunk)?)?;
            }
        }
        Ok(())
    }
}

/// Makes the segments of a ledger that has none yet.
pub fn build(connection: &Connection) -> rusqlite::Result<()> {
    let last = row::last(connection)?;
    let mut all = Touched {
        chunks: (0..=chunk_of(last)).collect(),
        ..Touched::default()
    };
    all.finish(connection)
}

/// The segments that are not what their rows say.
pub fn wrong(connection: &Connection) -> rusqlite::Result<Vec<i64>> {
    let mut list = connection.prepare("SELECT chunk, rows, columns FROM segment")?;
    let mut rows = list.query([])?;
    let mut wrong = Vec::new();
    while let Some(row) = rows.next()? {
        let (chunk, stored): (_, (u32, &[u8])) =
            (row.get(0)?, (row.get(1)?, row.get_ref(2)?.as_blob()?));
        let made = make(connection, chunk)?;
        if made.is_none_or(|(rows, bytes)| (rows, bytes.as_slice()) != stored) {
            wrong.push(chunk);
        }
    }
    Ok(wrong)
}

fn store(
    connection: &Connection,
    chunk: i64,
    made: Option<(u32, Vec<u8>)>,
) -> rusqlite::Result<()> {
    let Some((rows, bytes)) = made else {
        return Ok(());
    };
    let insert = "INSERT INTO segment(chunk, rows, columns) VALUES(?1, ?2, ?3)";
    let mut insert = connection.prepare_cached(insert)?;
    insert.execute(params![chunk, rows, bytes]).map(drop)
}

/// How many rows a chunk has, and their columns; nothing where there is none, or their numbers have no place
/// in one.
fn make(connection: &Connection, chunk: i64) -> rusqlite::Result<Option<(u32, Vec<u8>)>> {
    let mut columns = Columns::default();
    let mut list = rollups::rows(connection, &Times::FIELDS, &within(&rows_of(chunk)))?;
    let mut found = list.query([])?;
    while let Some(row) = found.next()? {
        for (at, column) in columns.iter_mut().enumerate() {
            column.push(row.get(at)?);
        }
    }
    Ok(put(&columns))
}

/// The same of columns.
fn put(columns: &Columns) -> Option<(u32, Vec<u8>)> {
    let rows = columns.first().map_or(0, Vec::len);
    let rows = u32::try_from(rows).ok().filter(|rows| *rows > 0)?;
    let mut bytes = Vec::new();
    let fits = columns
        .iter()
        .try_for_each(|numbers| column::put(numbers, &mut bytes));
    bytes.extend([0; column::PAD]);
    fits.map(|()| (rows, bytes))
}

/// A condition on the numbers of rows.
pub fn within(rows: &Range<i64>) -> String {
    format!("id >= {} AND id < {}", rows.start, rows.end)
}

/// All rows in order, each either in a segment or by itself.
pub enum Piece {
    /// The rows of this chunk, as a segment.
    Segment(i64),
    /// The rows with these numbers.
    Rows(Range<i64>),
}

impl Piece {
    /// The rows in it, by their numbers.
    pub fn rows(&self) -> Range<i64> {
        match self {
            Self::Segment(chunk) => rows_of(*chunk),
            Self::Rows(rows) => rows.clone(),
        }
    }
}

/// The pieces that the rows of a ledger come in.
pub fn pieces(connection: &Connection) -> rusqlite::Result<Vec<Piece>> {
    let (mut pieces, mut next) = (Vec::new(), 1);
    for chunk in stored(connection)? {
        let rows = rows_of(chunk);
        if next < rows.start {
            pieces.push(Piece::Rows(next..rows.start));
        }
        pieces.push(Piece::Segment(chunk));
        next = rows.end;
    }
    pieces.push(Piece::Rows(next..i64::MAX));
    Ok(pieces)
}

/// The same, none of them larger than a chunk.
pub fn chunks(connection: &Connection) -> rusqlite::Result<Vec<Piece>> {
    let last = chunk_of(row::last(connection)?);
    let stored = stored(connection)?;
    let piece = |chunk| {
        if stored.contains(&chunk) {
            Piece::Segment(chunk)
        } else {
            Piece::Rows(rows_of(chunk))
        }
    };
    Ok((0..=last).map(piece).collect())
}

/// The chunks that there are segments of.
fn stored(connection: &Connection) -> rusqlite::Result<BTreeSet<i64>> {
    let mut list = connection.prepare("SELECT chunk FROM segment")?;
    let chunks = list.query_map([], |row| row.get(0))?;
    chunks.collect()
}

/// The numbers of some rows.
pub struct Segment<'b> {
    /// How many rows there are.
    pub rows: usize,
    columns: [Column<'b>; COLUMNS],
}

impl<'b> Segment<'b> {
    fn of(rows: u32, mut bytes: &'b [u8]) -> Option<Self> {
        let rows = usize::try_from(rows).ok()?;
        let mut columns = Vec::with_capacity(COLUMNS);
        for _ in 0..COLUMNS {
            let (column, rest) = Column::take(bytes, rows)?;
            columns.push(column);
            bytes = rest;
        }
        let columns = <[Column<'b>; COLUMNS]>::try_from(columns).ok()?;
        Some(Self { rows, columns })
    }

    /// Whether no row of its chunk is missing, so that a row's place tells its number.
    pub fn is_whole(&self) -> bool {
        i64::try_from(self.rows) == Ok(ROWS)
    }

    /// As [`rollups::head`].
    pub fn head(&self, row: usize) -> Part {
        let [profile, party, ms, sides, ..] = &self.columns;
        Part {
            profile: profile.at(row).unwrap_or(0),
            party: party.at(row).unwrap_or(0),
            class: 0,
            ms: ms.at(row),
            sides: sides.at(row).unwrap_or(0),
            meters: [0; 6],
            cost: 0,
        }
    }

    /// As [`rollups::rest`].
    pub fn rest(&self, mut part: Part, row: usize) -> Part {
        let [_, _, _, _, cost, meters @ ..] = &self.columns;
        part.cost = cost.at(row).unwrap_or(0);
        for (meter, column) in part.meters.iter_mut().zip(meters) {
            *meter = column.at(row).unwrap_or(0);
        }
        part
    }

    /// What a row says in the fields of [`Times::FIELDS`].
    pub fn times(&self, row: usize) -> [Option<i64>; Times::FIELDS.len()] {
        let mut times = [None; Times::FIELDS.len()];
        for (time, column) in times.iter_mut().zip(self.columns.iter().skip(MORE)) {
            *time = column.at(row);
        }
        times
    }
}

/// Reads a segment and hands it to a function; says whether it could be read.
pub fn read(
    connection: &Connection,
    chunk: i64,
    take: impl FnOnce(&Segment<'_>) -> rusqlite::Result<()>,
) -> rusqlite::Result<bool> {
    let find = "SELECT rows, columns FROM segment WHERE chunk = ?1";
    let mut find = connection.prepare_cached(find)?;
    let read = |row: &Row<'_>| {
        let Some(segment) = Segment::of(row.get(0)?, row.get_ref(1)?.as_blob()?) else {
            return Ok(false);
        };
        take(&segment).map(|()| true)
    };
    Ok(find.query_row([chunk], read).optional()? == Some(true))
}

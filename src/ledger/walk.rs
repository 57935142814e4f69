//! Whole records one by one, in the order in which they came or back. Most of them may not be wanted: which
//! are is told by segments, else by a narrow look at rows, and only those are read whole.

use std::ops::Range;

use rusqlite::Connection;

use super::read::{self, Loader};
use super::segments::{self, Piece, Segment};
use super::wanted::{Chooser, Wanted};
use super::{Entry, Ledger};
use crate::error::Result;

/// Which way, and which rows at most.
struct Way {
    last_first: bool,
    rows: Range<i64>,
}

impl Ledger {
    /// Hands records that are wanted to a function until it wants no more, from the first or from the
    /// last that came in, where `after` names one beginning after it.
    ///
    /// # Errors
    /// When `after` is no record's id, or the ledger cannot be read.
    pub fn walk(
        &self,
        last_first: bool,
        after: Option<&str>,
        wanted: &Wanted<'_>,
        take: &mut dyn FnMut(&Entry) -> Result<bool>,
    ) -> Result<()> {
        let after = after.map(|id| self.row_of(id)).transpose()?;
        let rows = match (after, last_first) {
            (None, _) => 1..i64::MAX,
            (Some(row), true) => 1..row,
            (Some(row), false) => row + 1..i64::MAX,
        };
        let way = Way { last_first, rows };
        let failed = |error: rusqlite::Error| self.failed(&error);
        let connection = &self.connection;
        let mut chooser = Chooser::new(connection, wanted);
        let mut loader = Loader::default();
        let mut whole = connection.prepare(&read::select_held()).map_err(failed)?;
        for piece in way.pieces(connection, wanted).map_err(failed)? {
            let numbers = way.numbers(connection, &piece, &mut chooser);
            for number in numbers.map_err(failed)? {
                let entry = whole.query_row([number], |row| loader.entry(connection, row));
                if !take(&entry.map_err(failed)?)? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

impl Way {
    /// The pieces that hold its rows, in its order, none of them larger than a segment. Texts that rows say
    /// themselves stand in no segment.
    fn pieces(&self, connection: &Connection, wanted: &Wanted<'_>) -> rusqlite::Result<Vec<Piece>> {
        let mut pieces = segments::chunks(connection)?;
        if !wanted.own_fields.is_empty() {
            let rows = pieces.iter().map(|piece| Piece::Rows(piece.rows()));
            pieces = rows.collect();
        }
        pieces.retain(|piece| !self.clipped(&piece.rows()).is_empty());
        if self.last_first {
            pieces.reverse();
        }
        Ok(pieces)
    }

    fn clipped(&self, rows: &Range<i64>) -> Range<i64> {
        rows.start.max(self.rows.start)..rows.end.min(self.rows.end)
    }

    /// The numbers of the wanted rows of a piece, in its order.
    fn numbers(
        &self,
        connection: &Connection,
        piece: &Piece,
        chooser: &mut Chooser<'_>,
    ) -> rusqlite::Result<Vec<i64>> {
        let mut numbers = None;
        if let Piece::Segment(chunk) = piece {
            segments::read(connection, *chunk, |segment| {
                numbers = told(segment, self.clipped(&piece.rows()), piece, chooser)?;
                Ok(())
            })?;
        }
        let mut numbers = match numbers {
            Some(numbers) => numbers,
            None => looked_up(connection, &self.clipped(&piece.rows()), chooser)?,
        };
        if self.last_first {
            numbers.reverse();
        }
        Ok(numbers)
    }
}

/// The numbers of the wanted rows of a segment; none where a row is missing, so that places tell no numbers.
fn told(
    segment: &Segment<'_>,
    among: Range<i64>,
    piece: &Piece,
    chooser: &mut Chooser<'_>,
) -> rusqlite::Result<Option<Vec<i64>>> {
    if !segment.is_whole() {
        return Ok(None);
    }
    let mut numbers = Vec::new();
    for (row, number) in piece.rows().enumerate() {
        let part = segment.head(row);
        if among.contains(&number)
            && chooser.wanted.has_time(part.ms)
            && chooser.accepts(part.profile, part.party)?
        {
            numbers.push(number);
        }
    }
    Ok(Some(numbers))
}

/// The same by a look at the rows.
fn looked_up(
    connection: &Connection,
    among: &Range<i64>,
    chooser: &mut Chooser<'_>,
) -> rusqlite::Result<Vec<i64>> {
    let within = chooser.wanted.within();
    let condition = format!("id >= ?1 AND id < ?2 AND {within} ORDER BY id");
    let mut list = connection.prepare_cached(&chooser.select(&condition))?;
    let mut rows = list.query([among.start, among.end])?;
    let mut numbers = Vec::new();
    while let Some(row) = rows.next()? {
        numbers.extend(chooser.takes(row)?);
    }
    Ok(numbers)
}

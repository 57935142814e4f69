//! Rows → cells: each by its profile, its party, its stretch of time and what it says itself.

use rusqlite::{Connection, Row};

use super::Cut;
use super::gather::{Cells, Gather};
use crate::ledger::columns::side;
use crate::ledger::rollups::{self, Part};
use crate::ledger::segments::{self, Piece, Segment};
use crate::ledger::wanted::Chooser;
use crate::usage::{Field, Times, Timestamp};

/// Cells of the rows that are wanted, each looked at once: in its segment, or by itself.
pub fn cells(
    connection: &Connection,
    cut: &Cut<'_>,
    known: &mut Chooser<'_>,
) -> rusqlite::Result<Cells> {
    let cells = Gather::default();
    let mut gathered = Gathered { cut, known, cells };
    if !cut.wanted.own_fields.is_empty() {
        gathered.rows(connection, "1")?;
        return Ok(gathered.cells.in_order());
    }
    for piece in segments::pieces(connection)? {
        if let Piece::Segment(chunk) = piece
            && segments::read(connection, chunk, |segment| gathered.segment(segment))?
        {
            continue;
        }
        gathered.rows(connection, &segments::within(&piece.rows()))?;
    }
    Ok(gathered.cells.in_order())
}

/// Rows on their way into cells.
struct Gathered<'g, 'k> {
    cut: &'g Cut<'g>,
    known: &'g mut Chooser<'k>,
    cells: Gather,
}

impl Gathered<'_, '_> {
    /// Takes in the rows that meet a condition.
    fn rows(&mut self, connection: &Connection, condition: &str) -> rusqlite::Result<()> {
        let own = &self.cut.wanted.own_fields;
        let more_times = Times::FIELDS.into_iter().filter(|_| self.cut.times);
        let more: Vec<Field> = own.iter().copied().chain(more_times).collect();
        let first_time = rollups::MORE + own.len();
        let condition = format!("{condition} AND {}", self.cut.wanted.within());
        let mut list = rollups::rows(connection, &more, &condition)?;
        let mut rows = list.query([])?;
        while let Some(row) = rows.next()? {
            let part = rollups::head(row)?;
            if !self.wants(&part)? {
                continue;
            }
            let number = self.known.own(part.profile, row, rollups::MORE)?;
            if number.is_none() && !own.is_empty() {
                continue;
            }
            let part = rollups::rest(part, row)?;
            let times = self.has_times(&part).then(|| times(row, first_time));
            self.add(&part, number, times.transpose()?);
        }
        Ok(())
    }

    /// Takes in the rows of a segment.
    fn segment(&mut self, segment: &Segment<'_>) -> rusqlite::Result<()> {
        for row in 0..segment.rows {
            let part = segment.head(row);
            if self.wants(&part)? {
                let part = segment.rest(part, row);
                let times = self.has_times(&part).then(|| segment.times(row));
                self.add(&part, None, times);
            }
        }
        Ok(())
    }

    /// Whether a row is wanted, as far as what it shares and its time tell.
    fn wants(&mut self, part: &Part) -> rusqlite::Result<bool> {
        let wanted = self.cut.wanted;
        if part.sides & side::APART != 0 || !wanted.has_time(part.ms) {
            return Ok(false);
        }
        let is_told = self.cut.by_party || wanted.party.is_some();
        let party = if is_told { part.party } else { 0 };
        self.known.accepts(part.profile, party)
    }

    fn has_times(&self, part: &Part) -> bool {
        self.cut.times && self.known.is_whole(part.profile)
    }

    fn add(
        &mut self,
        part: &Part,
        own: Option<usize>,
        times: Option<[Option<i64>; Times::FIELDS.len()]>,
    ) {
        let party = if self.cut.by_party { part.party } else { 0 };
        let stretch = (self.cut.stretch)(part.ms.map(Timestamp::from_millis));
        let meters = part
            .meters
            .map(|quantity| self.cut.by_meters && quantity != 0);
        let key = (part.profile, stretch, party, own, meters);
        self.cells.add(key, |cell| {
            cell.sums.add(part);
            if let Some(times) = times {
                cell.times.add_numbers(times);
            }
        });
    }
}

/// What a row says of how long its request took, beginning at a column.
fn times(row: &Row<'_>, first: usize) -> rusqlite::Result<[Option<i64>; Times::FIELDS.len()]> {
    let mut times = [None; Times::FIELDS.len()];
    for (time, column) in times.iter_mut().zip(first..) {
        *time = row.get(column)?;
    }
    Ok(times)
}

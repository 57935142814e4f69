//! The records that a run has just written: a transcript states the same call line after line, and what
//! has just been written is not read back to see that nothing is new.

use std::collections::VecDeque;

use crate::usage::UsageRecord;

/// Records that are remembered: readings of one call that follow each other stand close together.
const MOST: usize = 16;

/// The last records that were written, by their rows.
#[derive(Default)]
pub struct Recent(VecDeque<Written>);

/// A record as it stands in its row.
pub struct Written {
    row: i64,
    /// The hash of its facts.
    pub hash: i64,
    /// The source that it was read from first.
    pub source: i64,
    /// The record.
    pub record: UsageRecord,
}

impl Recent {
    /// What stands in a row, if it was written just now.
    pub fn get(&self, row: i64) -> Option<&Written> {
        self.0.iter().rev().find(|written| written.row == row)
    }

    /// Remembers what now stands in a row.
    pub fn remember(&mut self, row: i64, (hash, source): (i64, i64), record: UsageRecord) {
        self.0.retain(|written| written.row != row);
        if self.0.len() >= MOST {
            self.0.pop_front();
        }
        self.0.push_back(Written {
            row,
            hash,
            source,
            record,
        });
    }
}

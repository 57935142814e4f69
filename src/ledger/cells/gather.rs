//! What records add up to, by key, until all of them are known.

use crate::ledger::rollups::Sums;
use crate::lookup::Lookup;
use crate::usage::Times;

/// The profile, stretch and party of a cell, the number of what its rows say themselves, and which of their
/// meters are not zero.
pub type Key = (i64, i64, i64, Option<usize>, [bool; 6]);

/// What the records of a cell add up to.
#[derive(Default)]
pub struct Held {
    /// Quantities, cost and the span of time.
    pub sums: Sums,
    /// How long they took.
    pub times: Times,
}

/// Cells in the order of their keys, so that what is made of them is the same every time.
pub type Cells = Vec<(Key, Held)>;

/// Cells on their way. They are large, and stand apart from the map that finds them, which is copied as it
/// grows.
#[derive(Default)]
pub struct Gather {
    places: Lookup<Key, usize>,
    cells: Cells,
}

impl Gather {
    /// Changes the cell of a key; a new one is empty.
    pub fn add(&mut self, key: Key, change: impl FnOnce(&mut Held)) {
        let place = *self.places.entry(key).or_insert(self.cells.len());
        if place == self.cells.len() {
            self.cells.push((key, Held::default()));
        }
        if let Some((_, held)) = self.cells.get_mut(place) {
            change(held);
        }
    }

    /// All of them.
    pub fn in_order(self) -> Cells {
        let mut cells = self.cells;
        // Keys are sorted, and then each cell is moved once.
        cells.sort_by_cached_key(|(key, _)| *key);
        cells
    }
}

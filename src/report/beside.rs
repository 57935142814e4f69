//! The stored cost beside a cost at other terms: row by row, with the difference.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::money::Exact;

use super::rows::Row;
use super::summary::Key;
use super::tally::{plus, too_large};

/// What is stored for the records of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Beside {
    /// The stored cost, in the currency of the row; absent where none is known.
    pub stored: Option<Exact>,
    /// The cost less the stored one, where both are known of the same number of records: what is
    /// unknown on one side only would look like a saving.
    pub difference: Option<Exact>,
    /// Records whose stored cost is unknown.
    pub unpriced: u64,
    /// Records whose stored cost is known.
    pub priced: u64,
}

impl Beside {
    /// Adds what is stored for another row.
    ///
    /// # Errors
    /// When the sum does not fit.
    pub(super) fn add(&mut self, other: &Self) -> Result<()> {
        self.stored = match (self.stored, other.stored) {
            (Some(a), Some(b)) => Some(plus(a, b, "cost")?),
            (a, b) => a.or(b),
        };
        self.unpriced += other.unpriced;
        self.priced += other.priced;
        Ok(())
    }

    /// The same beside the cost of a row.
    ///
    /// # Errors
    /// When the difference does not fit.
    pub(super) fn against(mut self, row: &Row) -> Result<Self> {
        let known = row.cost.filter(|_| priced(row) == self.priced);
        let difference = known
            .zip(self.stored)
            .map(|(cost, stored)| cost.minus(stored));
        self.difference = difference.transpose().map_err(|_| too_large("cost"))?;
        Ok(self)
    }
}

/// Records of a row whose cost is known.
fn priced(row: &Row) -> u64 {
    row.tally.records.saturating_sub(row.tally.unpriced)
}

/// Puts the stored rows beside the others.
///
/// # Errors
/// When a difference does not fit.
pub fn join(rows: Vec<Row>, stored: Vec<Row>) -> Result<Vec<Row>> {
    let pairs = pairs(rows, stored).into_iter();
    pairs.map(|(row, stored)| put(row, stored)).collect()
}

/// Rows beside others of the same group and currency. What is unknown has no currency, so it stands
/// beside the only row of its group where there is but one. Others without a row get an empty one.
pub(super) fn pairs(rows: Vec<Row>, others: Vec<Row>) -> Vec<(Row, Option<Row>)> {
    let mut left: BTreeMap<Key, Vec<Row>> = BTreeMap::new();
    for row in others {
        left.entry(row.key.clone()).or_default().push(row);
    }
    let counts = rows.iter().fold(BTreeMap::new(), |mut counts, row| {
        *counts.entry(row.key.clone()).or_insert(0_usize) += 1;
        counts
    });
    let mut pairs = Vec::new();
    for mut row in rows {
        let only = counts.get(&row.key) == Some(&1);
        let partner = left.get_mut(&row.key).and_then(|others| {
            let same = |other: &Row| other.currency == row.currency;
            let unknown = |other: &Row| other.currency.is_none() || row.currency.is_none();
            let one = only && others.len() == 1;
            let at = others.iter().position(same);
            let at = at.or_else(|| others.iter().position(unknown).filter(|_| one))?;
            Some(others.remove(at))
        });
        if let (None, Some(other)) = (&row.currency, &partner) {
            row.currency.clone_from(&other.currency);
        }
        pairs.push((row, partner));
    }
    for other in left.into_values().flatten() {
        let row = Row {
            key: other.key.clone(),
            currency: other.currency.clone(),
            ..Row::default()
        };
        pairs.push((row, Some(other)));
    }
    pairs
}

fn put(mut row: Row, stored: Option<Row>) -> Result<Row> {
    let Some(stored) = stored else {
        row.beside = Some(Beside::default());
        return Ok(row);
    };
    let beside = Beside {
        stored: stored.cost,
        difference: None,
        unpriced: stored.tally.unpriced,
        priced: priced(&stored),
    };
    row.beside = Some(beside.against(&row)?);
    Ok(row)
}

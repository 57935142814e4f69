//! Receipts of records that the ledger holds already, given anew. The only way in which a stored
//! cost moves because a price did.

use super::exchange::{Before, Exchange};
use super::held::Held;
use super::trail::Cause;
use super::{Entry, Run, facts, open, runs, trail, write};
use crate::error::Result;
use crate::pricing::Receipt;
use crate::pricing::fx::Fx;

/// What is to become of a record's receipt.
pub enum Choice {
    /// The record is not asked for.
    Pass,
    /// Its cost stays; amounts in other currencies are filled in where they are missing.
    Keep,
    /// This one takes its place.
    Replace(Box<Receipt>),
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rewritten {
    /// Records with another receipt.
    pub repriced: u64,
    /// Other records that got an amount in another currency that they lacked.
    pub converted: u64,
}

/// Records that are read at once.
const PAGE: i64 = 1_000;

impl Run<'_> {
    /// Converts costs by these exchange rates from now on.
    pub fn exchange_by(&mut self, fx: Fx) {
        self.exchange = Exchange::by(fx);
    }

    /// Shows every record to a function, in the order in which they came, and writes what it wants
    /// of them, leaving a trail.
    ///
    /// # Errors
    /// When the ledger cannot be used, or the function fails.
    pub fn reprice(
        &mut self,
        choose: &mut dyn FnMut(&Entry) -> Result<Choice>,
    ) -> Result<Rewritten> {
        let mut done = Rewritten::default();
        let mut last = 0;
        loop {
            let page = self.page(last).map_err(|error| self.failed(&error))?;
            let Some(end) = page.last() else { break };
            last = *end;
            for row in page {
                self.choose(row, choose, &mut done)?;
            }
        }
        let marked = runs::mark_reprice(&self.transaction, self.id, done.repriced);
        marked.map_err(|error| self.failed(&error))?;
        Ok(done)
    }

    fn page(&self, after: i64) -> rusqlite::Result<Vec<i64>> {
        let sql = "SELECT id FROM usage WHERE id > ?1 ORDER BY id LIMIT ?2";
        let mut list = self.transaction.prepare_cached(sql)?;
        list.query_map([after, PAGE], |row| row.get(0))?.collect()
    }

    fn choose(
        &mut self,
        row: i64,
        choose: &mut dyn FnMut(&Entry) -> Result<Choice>,
        done: &mut Rewritten,
    ) -> Result<()> {
        let path = self.path.clone();
        let failed = |error: rusqlite::Error| open::failed(&path, &error);
        let mut held = self.held(row).map_err(failed)?;
        match choose(&held.entry)? {
            Choice::Pass => {}
            Choice::Keep => {
                let filled = self.fill(row, &held).map_err(failed)?;
                done.converted += u64::from(filled);
            }
            Choice::Replace(receipt) => {
                held.entry.receipt = *receipt;
                let slot = write::Slot {
                    row: Some(row),
                    run: held.run,
                    source: held.source,
                };
                self.rewrite(
                    &held.entry,
                    slot,
                    (facts::hash(&held.entry.record), &held.converted),
                )
                .and_then(|_| {
                    let place = (row, self.id);
                    trail::leave(&self.transaction, place, Cause::Repriced, &held.cost)
                })
                .map_err(failed)?;
                done.repriced += 1;
            }
        }
        Ok(())
    }

    /// Converts the cost of a record anew where an amount is missing; says whether one was added.
    fn fill(&mut self, row: i64, held: &Held) -> rusqlite::Result<bool> {
        let convert = self
            .exchange
            .convert(&self.transaction, &held.entry, &held.converted)?;
        if convert == held.converted.converted() {
            return Ok(false);
        }
        let slot = write::Slot {
            row: Some(row),
            run: held.run,
            source: held.source,
        };
        self.rewrite(
            &held.entry,
            slot,
            (facts::hash(&held.entry.record), &held.converted),
        )?;
        Ok(true)
    }

    /// Writes an entry into its row, or a new one, and converts its cost, by the rates of before where
    /// they hold. `hash` is that of its facts.
    pub(super) fn rewrite(
        &mut self,
        entry: &Entry,
        slot: write::Slot,
        (hash, before): (i64, &Before),
    ) -> rusqlite::Result<i64> {
        let converted = self.exchange.convert(&self.transaction, entry, before)?;
        self.writer
            .write(&self.transaction, entry, slot, (hash, converted), None)
    }
}

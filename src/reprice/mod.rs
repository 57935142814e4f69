//! The same usage under another book: what would it cost now, and let it cost that from now on.
//!
//! Stored costs move here and nowhere else, and only when the user says so: [`preview`] shows what
//! would change, [`apply`] writes it in one transaction and leaves a trail. [`WhatIf`] and [`Draws`]
//! answer questions without touching the ledger.

mod free;
mod what_if;

pub use free::{Allotment, Draws, PoolUse};
pub use what_if::{Alias, WhatIf};

use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{Choice, Entry, Ledger, Rewritten};
use crate::pricing::fx::Fx;
use crate::pricing::{self, PriceUsed, Prices, Receipt};
use crate::usage::Timestamp;

/// What to price anew, and by what.
pub struct Plan<'p> {
    /// The price books.
    pub prices: &'p Prices,
    /// Which records are asked for.
    pub selects: &'p dyn Fn(&Entry) -> bool,
    /// When this is.
    pub now: Timestamp,
    /// The llmcost that does it.
    pub version: &'p str,
    /// Is told how far it is, and says whether to go on.
    pub watch: &'p dyn Fn(Progress) -> bool,
}

/// How far a walk over the ledger is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Records that were looked at.
    pub records: u64,
    /// Records in the ledger.
    pub total: u64,
}

/// What was found, and what was written of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Records that were looked at.
    pub seen: u64,
    /// Records that were asked for.
    pub asked: u64,
    /// Those of them whose receipt is another one now.
    pub changed: u64,
    /// Those of them whose cost is known now and would not be then.
    pub lost: u64,
    /// Those whose cost stays, but was filled in in another currency.
    pub converted: u64,
    /// The run that wrote; absent where nothing was written.
    pub run: Option<i64>,
}

/// Is told of every change: the record as it stands, and its new receipt.
pub type Take<'t> = dyn FnMut(&Entry, &Receipt) -> Result<()> + 't;

/// Says what would change. Writes nothing.
///
/// # Errors
/// When the ledger cannot be read, or the walk is interrupted.
pub fn preview(ledger: &Ledger, plan: &Plan<'_>, take: &mut Take<'_>) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let total = total(ledger)?;
    ledger.for_each(&mut |entry| {
        go_on(plan, &mut outcome, total)?;
        decide(plan, entry, take, &mut outcome).map(drop)
    })?;
    Ok(outcome)
}

/// Rewrites what changes, in one transaction. Where nothing does, not even a run is left.
///
/// # Errors
/// When the ledger cannot be written, or the run is interrupted; nothing has changed then.
pub fn apply(ledger: &mut Ledger, plan: &Plan<'_>, take: &mut Take<'_>) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let total = total(ledger)?;
    let mut run = ledger.begin(plan.now, plan.version)?;
    run.exchange_by(Fx::of(plan.prices));
    let done = run.reprice(&mut |entry| {
        go_on(plan, &mut outcome, total)?;
        decide(plan, entry, take, &mut outcome)
    })?;
    if done != Rewritten::default() {
        (outcome.run, outcome.converted) = (Some(run.id()), done.converted);
        run.commit()?;
    }
    Ok(outcome)
}

/// Every record was new to one run.
fn total(ledger: &Ledger) -> Result<u64> {
    let runs = ledger.runs()?;
    Ok(runs.iter().map(|run| run.counts.new).sum())
}

/// Tells how far it is, before the next record.
fn go_on(plan: &Plan<'_>, outcome: &mut Outcome, total: u64) -> Result<()> {
    outcome.seen += 1;
    let records = outcome.seen;
    if (plan.watch)(Progress { records, total }) {
        return Ok(());
    }
    let message = "interrupted; nothing was changed";
    Err(Error::new(ErrorKind::Interrupted, message))
}

fn decide(
    plan: &Plan<'_>,
    entry: &Entry,
    take: &mut Take<'_>,
    outcome: &mut Outcome,
) -> Result<Choice> {
    if !(plan.selects)(entry) {
        return Ok(Choice::Pass);
    }
    outcome.asked += 1;
    let receipt = pricing::price(&entry.record, plan.prices);
    if says_the_same(&entry.receipt, &receipt) {
        return Ok(Choice::Keep);
    }
    outcome.changed += 1;
    outcome.lost += u64::from(entry.receipt.cost.is_some() && receipt.cost.is_none());
    take(entry, &receipt)?;
    Ok(Choice::Replace(Box::new(receipt)))
}

/// Whether nothing moves: the same charges at the same rates from the same price period, for the
/// same reasons. A newer version of the book that says the same moves nothing.
fn says_the_same(stored: &Receipt, new: &Receipt) -> bool {
    let shown = PriceUsed::shown_decimals;
    let period = |price: &PriceUsed| (price.sku.clone(), price.from.clone(), shown(price));
    stored.charges == new.charges
        && (stored.cost, &stored.currency) == (new.cost, &new.currency)
        && (stored.status, &stored.reasons) == (new.status, &new.reasons)
        && stored.price.as_ref().map(period) == new.price.as_ref().map(period)
}

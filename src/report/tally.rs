//! What one group adds up to. A tally can be filled record by record or merged from others, so
//! sums that are already kept somewhere can be used in place of records.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::ledger::Entry;
use crate::money::{Exact, MoneySum};
use crate::pricing::CostStatus;
use crate::pricing::fx::Way;
use crate::usage::{Direction, Meter, Status, Times};

use super::compared::Compared;
use super::share::{Amount, Share};

/// What providers say that the records cost, in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reported {
    /// The sum of what could be read.
    pub amount: Exact,
    /// How many records are in the sum.
    pub records: u64,
    /// How many amounts have more digits than a sum can hold.
    pub unread: u64,
}

/// Counts and sums over some records.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Records.
    pub records: u64,
    /// Requests. A response that bills several models is several records, but one request.
    pub requests: u64,
    /// Requests that failed.
    pub failed: u64,
    /// Requests whose cost is known: what an average divides by.
    pub costed: u64,
    /// Records whose cost rests on an assumption.
    pub estimated: u64,
    /// Records of which some line items have no rate: their cost is a lower bound.
    pub partial: u64,
    /// Records that are paid for elsewhere.
    pub covered: u64,
    /// Records whose cost is unknown.
    pub unpriced: u64,
    /// The quantity of each meter.
    pub meters: BTreeMap<Meter, Exact>,
    /// Tokens of records that state a total and nothing of what it is made of.
    pub unsplit: Exact,
    /// The sum of our costs that are known; absent when none is.
    pub cost: Option<MoneySum>,
    /// The sum of amounts that are not ours or were converted; absent when there is none.
    pub other: Option<Exact>,
    /// Sums in other currencies by the way to this one. They are converted once, as sums.
    pub foreign: BTreeMap<Arc<Way>, Exact>,
    /// What the providers say, by currency, beside our cost.
    pub reported: BTreeMap<String, Reported>,
    /// Our cost against the provider's, where both are known.
    pub compared: Compared,
    /// How long the requests took; kept only where a report asks for it.
    pub times: Times,
}

impl Tally {
    /// Adds an entry's share; an entry may stand for many records.
    ///
    /// # Errors
    /// When a sum of quantities becomes too large to keep exactly: wrong is worse than none.
    pub fn add(&mut self, entry: &Entry, share: &Share<'_>, records: u64) -> Result<()> {
        self.records += records;
        if entry.record.part.is_none() {
            let many = |holds: bool| if holds { records } else { 0 };
            self.requests += records;
            self.failed += many(entry.record.status == Status::Failed);
            self.costed += many(share.cost.is_some());
        }
        match share.status {
            CostStatus::Exact => {}
            CostStatus::Estimated => self.estimated += records,
            CostStatus::Partial => self.partial += records,
            CostStatus::Unpriced => self.unpriced += records,
            CostStatus::Covered => self.covered += records,
        }
        match (share.cost, &share.way) {
            (None, _) => {}
            (Some(cost), Some(way)) => self.add_foreign(way, cost.exact())?,
            (Some(Amount::Ours(cost)), None) => self.cost.get_or_insert_default().add(cost),
            (Some(Amount::Theirs(cost)), None) => self.add_other(cost)?,
        }
        for (meter, quantity, _) in &share.lines {
            self.add_quantity(meter, quantity.exact())?;
        }
        if let (true, Some(total)) = (entry.record.items.is_empty(), entry.record.stated_total) {
            self.unsplit = plus(self.unsplit, total.exact(), "tokens")?;
        }
        if let Some(reported) = share.reported {
            let sum = self.reported.entry(reported.currency.clone()).or_default();
            let amount = Exact::parse(&reported.amount);
            match amount.and_then(|amount| sum.amount.plus(amount)) {
                Ok(amount) => (sum.amount, sum.records) = (amount, sum.records + 1),
                Err(_) => sum.unread += 1,
            }
        }
        self.compared.add(share.computed, share.reported, records);
        Ok(())
    }

    /// Adds another tally.
    ///
    /// # Errors
    /// As [`Tally::add`].
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        self.records += other.records;
        self.requests += other.requests;
        self.failed += other.failed;
        self.costed += other.costed;
        self.estimated += other.estimated;
        self.partial += other.partial;
        self.covered += other.covered;
        self.unpriced += other.unpriced;
        if let Some(cost) = other.cost {
            self.cost.get_or_insert_default().add_sum(cost);
        }
        if let Some(amount) = other.other {
            self.add_other(amount)?;
        }
        for (way, amount) in &other.foreign {
            self.add_foreign(way, *amount)?;
        }
        for (meter, quantity) in &other.meters {
            self.add_quantity(meter, *quantity)?;
        }
        self.unsplit = plus(self.unsplit, other.unsplit, "tokens")?;
        for (currency, reported) in &other.reported {
            let sum = self.reported.entry(currency.clone()).or_default();
            sum.amount = plus(sum.amount, reported.amount, "reported cost")?;
            sum.records += reported.records;
            sum.unread += reported.unread;
        }
        self.times.merge(&other.times);
        self.compared.merge(&other.compared)
    }

    fn add_other(&mut self, amount: Exact) -> Result<()> {
        self.other = Some(plus(self.other.unwrap_or_default(), amount, "cost")?);
        Ok(())
    }

    fn add_foreign(&mut self, way: &Arc<Way>, amount: Exact) -> Result<()> {
        let sum = self.foreign.entry(Arc::clone(way)).or_default();
        *sum = plus(*sum, amount, "cost")?;
        Ok(())
    }

    fn add_quantity(&mut self, meter: &Meter, quantity: Exact) -> Result<()> {
        match self.meters.get_mut(meter) {
            Some(sum) => *sum = plus(*sum, quantity, meter.name())?,
            None => drop(self.meters.insert(meter.clone(), quantity)),
        }
        Ok(())
    }

    /// The token sums as dashboards count them.
    ///
    /// # Errors
    /// As [`Tally::add`].
    pub fn tokens(&self) -> Result<Tokens> {
        let sum_of = |wanted: &dyn Fn(&Meter) -> bool| {
            let chosen = self.meters.iter().filter(|(meter, _)| wanted(meter));
            let mut quantities = chosen.map(|(_, quantity)| *quantity);
            quantities.try_fold(Exact::ZERO, |sum, quantity| plus(sum, quantity, "tokens"))
        };
        let input = sum_of(&|meter| meter.direction() == Direction::Input)?;
        let output = sum_of(&|meter| meter.direction() == Direction::Output)?;
        Ok(Tokens {
            input,
            cached: sum_of(&|meter| meter.name().starts_with("cache_read"))?,
            written: sum_of(&|meter| meter.name().starts_with("cache_write"))?,
            output,
            reasoning: sum_of(&|meter| *meter == Meter::REASONING)?,
            total: plus(plus(input, output, "tokens")?, self.unsplit, "tokens")?,
        })
    }

    /// The known cost: each sum in another currency is converted once, then all are added up.
    ///
    /// # Errors
    /// As [`Tally::add`].
    pub fn known_cost(&self) -> Result<Option<Exact>> {
        let mut known = self.cost.map(MoneySum::exact);
        let mut add = |amount: Exact| -> Result<()> {
            known = Some(plus(known.unwrap_or_default(), amount, "cost")?);
            Ok(())
        };
        self.other.into_iter().try_for_each(&mut add)?;
        for (way, sum) in &self.foreign {
            let (amount, _) = way.convert(*sum).map_err(|_| too_large("cost"))?;
            add(amount)?;
        }
        Ok(known)
    }
}

/// Token sums. Input includes what was read from and written to caches, output includes reasoning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tokens {
    /// All that was read.
    pub input: Exact,
    /// Of the input: read from a cache.
    pub cached: Exact,
    /// Of the input: written to a cache.
    pub written: Exact,
    /// All that was written.
    pub output: Exact,
    /// Of the output: reasoning.
    pub reasoning: Exact,
    /// Input and output, and totals that are not split into them.
    pub total: Exact,
}

impl Tokens {
    /// The sums with their names in data formats, their headings, and whether people see them
    /// even where all are zero.
    pub fn named(self) -> [(&'static str, &'static str, Exact, bool); 6] {
        [
            ("input_tokens", "input", self.input, true),
            ("cached_input_tokens", "cached", self.cached, false),
            ("cache_write_tokens", "written", self.written, false),
            ("output_tokens", "output", self.output, true),
            ("reasoning_tokens", "reasoning", self.reasoning, false),
            ("total_tokens", "tokens", self.total, true),
        ]
    }
}

/// The sum of two numbers of a report.
///
/// # Errors
/// When it is too large to keep exactly.
pub(super) fn plus(a: Exact, b: Exact, what: &str) -> Result<Exact> {
    a.plus(b).map_err(|_| too_large(what))
}

pub(super) fn too_large(what: &str) -> Error {
    Error::new(
        ErrorKind::Input,
        format!("A sum is too large to keep exactly: {what}."),
    )
    .hint("Narrow the period or the filters.")
}

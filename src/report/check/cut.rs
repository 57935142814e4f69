//! One way to cut the records into groups, and what the groups add up to. Rules that cut alike share
//! a cut, so that one scan serves them all.

use std::collections::{BTreeMap, BTreeSet};

use super::words::Metric;
use crate::error::Result;
use crate::ledger::Entry;
use crate::money::Exact;
use crate::report::costing::Costing;
use crate::report::rows::rows_of;
use crate::report::summary::Key;
use crate::report::tally::too_large;
use crate::report::{Dimension, Filter, Query, Summary, calendar};
use crate::usage::Field;

/// What a rule asks of the records.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Asked {
    /// The dimensions, by their names.
    pub by: Vec<String>,
    /// The conditions.
    pub conditions: Vec<String>,
    /// How many days before the period count, too.
    pub days_before: u64,
    /// Whether the dearest request of each group is looked for.
    pub dearest: bool,
}

/// What a group adds up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// The values of the dimensions.
    pub key: Key,
    /// Requests.
    pub requests: u64,
    /// The known cost in the currency of the check.
    pub cost: Exact,
    /// The cost of the dearest request, where that was looked for.
    pub dearest: Option<Exact>,
    /// Records of unknown cost, in whole or in part.
    pub unpriced: u64,
    /// Records whose cost is in another currency.
    pub foreign: u64,
}

impl Figures {
    /// A group without records.
    pub fn nothing(key: Key) -> Self {
        Self {
            key,
            requests: 0,
            cost: Exact::ZERO,
            dearest: Some(Exact::ZERO),
            unpriced: 0,
            foreign: 0,
        }
    }

    /// A metric of the group as an amount over a number of requests, because a quotient could not be
    /// kept exactly. `None` where there is none, as the average of no requests.
    pub fn metric(&self, metric: Metric) -> Option<(Exact, i64)> {
        match metric {
            Metric::Cost => Some((self.cost, 1)),
            Metric::MaxRequestCost => self.dearest.map(|dearest| (dearest, 1)),
            Metric::CostPerRequest => {
                let requests = i64::try_from(self.requests).ok()?;
                (requests > 0).then_some((self.cost, requests))
            }
        }
    }
}

/// Requests that are several records, by the id of their main record.
pub type Split = BTreeSet<String>;

/// The costs of requests in one group and currency.
#[derive(Default)]
struct Requests {
    dearest: Option<Exact>,
    parts: BTreeMap<String, Exact>,
}

/// A cut, being filled.
pub struct Cut {
    query: Query,
    summary: Summary,
    requests: Option<BTreeMap<(Key, Option<String>), Requests>>,
}

impl Cut {
    /// An empty cut of what a query selects.
    ///
    /// # Errors
    /// When a dimension or condition is none.
    pub fn new(base: &Query, asked: &Asked) -> Result<Self> {
        let mut query = base.clone();
        let by = asked.by.iter().map(|name| Dimension::parse(name));
        query.by = by.collect::<Result<_>>()?;
        for condition in &asked.conditions {
            query.filters.push(Filter::parse(condition)?);
        }
        if asked.days_before > 0 {
            let earlier = |from| calendar::days_before(from, asked.days_before, base.timezone);
            query.period.from = base.period.from.map(earlier);
        }
        Ok(Self {
            query,
            summary: Summary::default(),
            requests: asked.dearest.then(BTreeMap::new),
        })
    }

    /// What it asks of the records.
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// Whether it looks at single requests, so that every record must be added.
    pub fn is_of_requests(&self) -> bool {
        self.requests.is_some()
    }

    /// Takes the sums of all records.
    pub fn take(&mut self, summary: Summary) {
        self.summary = summary;
    }

    /// Adds an entry, if it belongs here.
    ///
    /// # Errors
    /// When a sum becomes too large to keep exactly.
    pub fn add(&mut self, entry: &Entry, split: &Split) -> Result<()> {
        self.summary.add(&self.query, entry)?;
        match &mut self.requests {
            Some(requests) if self.query.selects(entry) => {
                add_request(requests, &self.query, entry, split)
            }
            Some(_) | None => Ok(()),
        }
    }

    /// The sums as a report has them.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// The groups, with their costs in one currency.
    ///
    /// # Errors
    /// When a sum is too large to keep exactly.
    pub fn figures(&self, currency: Option<&str>) -> Result<Vec<Figures>> {
        let groups = self.summary.groups.iter();
        let figures = groups.map(|(key, tallies)| {
            let mut figures = Figures::nothing(key.clone());
            figures.dearest = self.dearest(key, currency);
            for row in rows_of(key, tallies)? {
                figures.requests += row.tally.requests;
                figures.unpriced += row.tally.unpriced + row.tally.partial;
                match (row.cost, row.currency.as_deref()) {
                    (None, _) => {}
                    (Some(cost), own) if own.is_none() || own == currency => {
                        let sum = figures.cost.plus(cost);
                        figures.cost = sum.map_err(|_| too_large("cost"))?;
                    }
                    (Some(_), _) => figures.foreign += row.tally.records,
                }
            }
            Ok(figures)
        });
        figures.collect()
    }

    fn dearest(&self, key: &Key, currency: Option<&str>) -> Option<Exact> {
        let requests = self.requests.as_ref()?;
        let held = requests.get(&(key.clone(), currency.map(str::to_owned)))?;
        let parts = held.parts.values().copied();
        held.dearest.into_iter().chain(parts).max()
    }
}

/// Adds the cost of one record to its request. Only requests that are several records are kept apart
/// until all of them have come.
fn add_request(
    requests: &mut BTreeMap<(Key, Option<String>), Requests>,
    query: &Query,
    entry: &Entry,
    split: &Split,
) -> Result<()> {
    let costing = Costing::of(query, entry, &entry.receipt);
    let own = entry.receipt.cost.map(crate::money::Money::exact);
    let Some(cost) = costing.stated.or(own) else {
        return Ok(());
    };
    let cost = match &costing.way {
        Some(way) => way.convert(cost).map_err(|_| too_large("cost"))?.0,
        None => cost,
    };
    let values = query.by.iter();
    let values = values.map(|by| by.value(entry, query.timezone).map(Into::into));
    let group = requests.entry((values.collect(), costing.currency));
    let group = group.or_default();
    match request_of(entry).filter(|request| split.contains(request)) {
        Some(request) => {
            let sum = group.parts.entry(request).or_default();
            *sum = sum.plus(cost).map_err(|_| too_large("cost"))?;
        }
        None => group.dearest = group.dearest.max(Some(cost)),
    }
    Ok(())
}

/// The main record of the request that a record belongs to.
fn request_of(entry: &Entry) -> Option<String> {
    if entry.record.part.is_none() {
        return Some(entry.id.to_string());
    }
    let parent = entry.record.facts.get_text(Field::ParentUsageLogId);
    parent.map(str::to_owned)
}

/// Notes a request that is more than one record.
pub fn note_split(entry: &Entry, split: &mut Split) {
    if entry.record.part.is_some() {
        split.extend(request_of(entry));
    }
}

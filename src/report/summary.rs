//! Folds entries into groups. Memory grows with the number of groups, not of records.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::error::Result;
use crate::ledger::{Cell, Entry};
use crate::pricing::fx::Way;
use crate::pricing::{CostStatus, Receipt};
use crate::usage::{Meter, Times, Timestamp};

use super::costing::{Costing, From};
use super::dimension::Dimension;
use super::earlier::Against;
use super::share::{Line, Share, lines};
use super::tally::Tally;
use super::view::Detail;
use super::{Filter, Period, Query};

/// The values of the dimensions, in the order of `--by`; absent is a group of its own.
pub type Key = Vec<Option<String>>;

/// Tallies by currency. Records of unknown cost have no currency. Boxed, because a node of the map has
/// room for eleven, and most groups have one.
pub type ByCurrency = BTreeMap<Option<String>, Box<Tally>>;

/// Groups by their keys.
pub type Groups = BTreeMap<Key, ByCurrency>;

/// Distinct reasons that are listed one by one; the rest is counted together.
const MOST_REASONS: usize = 200;

/// Why records have no exact cost.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Doubt {
    /// Who served them.
    pub provider: Option<String>,
    /// The model.
    pub model: Option<String>,
    /// The reasons of the receipt.
    pub reason: String,
}

/// What of a summary records go into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goes {
    /// All of it.
    All,
    /// The groups only.
    Groups,
    /// All but the groups.
    Others,
}

/// How many records an entry stands for.
#[derive(Clone, Copy)]
struct Many<'a> {
    records: u64,
    span: Option<(Timestamp, Timestamp)>,
    /// How long they took, where the entry is not one record that says it.
    times: Option<&'a Times>,
    goes: Goes,
}

impl Many<'_> {
    fn one(entry: &Entry) -> Self {
        let at = entry.record.occurred.map(|occurred| occurred.at);
        Self {
            records: 1,
            span: at.map(|at| (at, at)),
            times: None,
            goes: Goes::All,
        }
    }

    /// How many of them are counted outside of groups.
    fn others(self) -> u64 {
        if self.goes == Goes::Groups {
            0
        } else {
            self.records
        }
    }
}

/// Everything that a report needs to know about the records it covers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// The groups.
    pub groups: Groups,
    /// The groups split once more, by each of the query's finer dimensions.
    pub finer: Vec<Groups>,
    /// The records of the period that is compared with, under the same question.
    pub earlier: Option<Box<Summary>>,
    /// The totals over all groups, each record once.
    pub totals: ByCurrency,
    /// Records that meet the filters, but have no time and so belong to no period.
    pub without_time: u64,
    /// The earliest and the latest time.
    pub seen: Option<(Timestamp, Timestamp)>,
    /// Name and version of the price books used, and by how many records.
    pub books: BTreeMap<(String, String), u64>,
    /// What is unpriced, and why.
    pub unpriced: BTreeMap<Doubt, u64>,
    /// What is estimated or partial, and why.
    pub doubtful: BTreeMap<Doubt, u64>,
    /// Whose costs are in the sums, and of how many records.
    pub from: BTreeMap<From, u64>,
    /// The ways into the report's currency, and how many records went them.
    pub ways: BTreeMap<Arc<Way>, u64>,
    /// Records that stay in their own currency, because no rate leads to the report's.
    pub unconverted: BTreeMap<String, u64>,
}

impl Summary {
    /// Adds an entry as it is stored, if it is asked for.
    ///
    /// # Errors
    /// When a sum becomes too large to keep exactly.
    pub fn add(&mut self, query: &Query, entry: &Entry) -> Result<()> {
        self.add_priced(query, entry, &entry.receipt)
    }

    /// Adds an entry under another receipt than the one that is stored. Filters and groups are
    /// those of the entry as it is stored.
    ///
    /// # Errors
    /// As [`Summary::add`].
    pub fn add_priced(&mut self, query: &Query, entry: &Entry, receipt: &Receipt) -> Result<()> {
        self.add_many(query, entry, receipt, Many::one(entry))
    }

    /// Adds many records that are the same in everything that is asked for, as one entry with the
    /// quantities and the cost of all.
    ///
    /// # Errors
    /// As [`Summary::add`].
    pub fn add_cell(&mut self, query: &Query, cell: &Cell, goes: Goes) -> Result<()> {
        let many = Many {
            records: cell.records,
            span: cell.span,
            times: Some(&cell.times),
            goes,
        };
        self.add_many(query, &cell.entry, &cell.entry.receipt, many)
    }

    fn add_many(
        &mut self,
        query: &Query,
        entry: &Entry,
        receipt: &Receipt,
        many: Many<'_>,
    ) -> Result<()> {
        if let Some(Against::Period(period)) = query.against {
            let earlier = self.earlier.get_or_insert_default();
            earlier.add_within(query, (period, &[]), (entry, receipt), many)?;
        }
        self.add_within(query, (query.period, &query.finer), (entry, receipt), many)
    }

    fn add_within(
        &mut self,
        query: &Query,
        (period, finer): (Period, &[Dimension]),
        (entry, receipt): (&Entry, &Receipt),
        many: Many<'_>,
    ) -> Result<()> {
        let at = entry.record.occurred.map(|occurred| occurred.at);
        if !period.contains(at) {
            let is_asked = at.is_none() && chosen_lines(query, entry, receipt).is_some();
            self.without_time += if is_asked { many.others() } else { 0 };
            return Ok(());
        }
        let Some(chosen) = chosen_lines(query, entry, receipt) else {
            return Ok(());
        };
        let costing = Costing::of(query, entry, receipt);
        let whole = match &chosen {
            Chosen::All => Share::priced(entry, receipt),
            Chosen::Some(lines) => Share::of_lines(receipt, lines.clone())?,
        };
        let part = Part {
            query,
            entry,
            receipt,
            chosen: &chosen,
            whole: whole.at(&costing),
            costing: &costing,
            many,
        };
        if many.goes != Goes::Others {
            part.fold(&mut self.groups, None)?;
            self.finer.resize_with(finer.len(), Groups::new);
            for (groups, dimension) in self.finer.iter_mut().zip(finer) {
                part.fold(groups, Some(dimension))?;
            }
        }
        if many.goes == Goes::Groups {
            return Ok(());
        }
        let total = self.totals.entry(costing.currency.clone()).or_default();
        part.put(total, &part.whole)?;
        self.observe(query, (entry, receipt), &costing, many);
        Ok(())
    }

    fn observe(
        &mut self,
        query: &Query,
        (entry, receipt): (&Entry, &Receipt),
        costing: &Costing,
        Many { records, span, .. }: Many<'_>,
    ) {
        if let Some((from, to)) = span {
            let (first, last) = self.seen.unwrap_or((from, to));
            self.seen = Some((first.min(from), last.max(to)));
        }
        if let Some(price) = &receipt.price {
            let book = (price.book.clone(), price.version.clone());
            *self.books.entry(book).or_default() += records;
        }
        *self.from.entry(costing.from).or_default() += records;
        if let Some(way) = &costing.way {
            *self.ways.entry(Arc::clone(way)).or_default() += records;
        }
        if let (true, Some(own)) = (costing.unconverted, &costing.currency) {
            *self.unconverted.entry(own.clone()).or_default() += records;
        }
        let listed = match costing.status {
            CostStatus::Unpriced => &mut self.unpriced,
            CostStatus::Estimated | CostStatus::Partial => &mut self.doubtful,
            CostStatus::Exact | CostStatus::Covered => return,
        };
        let reasons = || receipt.reasons.join("; ");
        let mut doubt = doubt_about(query, entry, costing.why.map_or_else(reasons, Into::into));
        if listed.len() >= MOST_REASONS && !listed.contains_key(&doubt) {
            doubt = Doubt {
                reason: "other reasons".to_owned(),
                ..Doubt::default()
            };
        }
        *listed.entry(doubt).or_default() += records;
    }
}

fn doubt_about(query: &Query, entry: &Entry, reason: String) -> Doubt {
    let value = |name| {
        let dimension = Dimension::parse(name).ok()?;
        let value = dimension.value(entry, query.timezone)?;
        Some(value.into_owned())
    };
    Doubt {
        provider: value("provider"),
        model: value("model"),
        reason,
    }
}

/// Which line items of an entry are asked for.
enum Chosen<'a> {
    All,
    Some(Vec<Line<'a>>),
}

/// `None` when the entry does not meet the filters.
fn chosen_lines<'a>(query: &Query, entry: &'a Entry, receipt: &'a Receipt) -> Option<Chosen<'a>> {
    if !query
        .filters
        .iter()
        .all(|filter| filter.accepts(entry, query.timezone))
    {
        return None;
    }
    if !query.filters.iter().any(Filter::is_meter) {
        return Some(Chosen::All);
    }
    let meets = |meter: Option<&Meter>| {
        let mut filters = query.filters.iter().filter(|filter| filter.is_meter());
        filters.all(|filter| filter.accepts_value(meter.map(Meter::name)))
    };
    if entry.record.items.is_empty() {
        return meets(None).then_some(Chosen::All);
    }
    let lines: Vec<Line<'_>> = lines(entry, receipt)
        .filter(|(meter, _, _)| meets(Some(meter)))
        .collect();
    (!lines.is_empty()).then_some(Chosen::Some(lines))
}

/// Whether an entry is asked for, as a whole.
pub(super) fn selects(query: &Query, entry: &Entry) -> bool {
    let at = entry.record.occurred.map(|occurred| occurred.at);
    query.period.contains(at) && chosen_lines(query, entry, &entry.receipt).is_some()
}

/// What of an entry is asked for, on its way into groups.
struct Part<'a> {
    query: &'a Query,
    entry: &'a Entry,
    receipt: &'a Receipt,
    chosen: &'a Chosen<'a>,
    whole: Share<'a>,
    costing: &'a Costing,
    many: Many<'a>,
}

impl<'a> Part<'a> {
    /// Adds the entry to each of its groups.
    fn fold(&self, groups: &mut Groups, finer: Option<&Dimension>) -> Result<()> {
        for (key, share) in self.keyed_shares(finer)? {
            let group = groups.entry(key).or_default();
            let tally = group.entry(self.costing.currency.clone()).or_default();
            match share {
                Some(share) => self.put(tally, &share.at(self.costing))?,
                None => self.put(tally, &self.whole)?,
            }
        }
        Ok(())
    }

    fn put(&self, tally: &mut Tally, share: &Share<'_>) -> Result<()> {
        if self.query.view.has(Detail::Latency) {
            match self.many.times {
                Some(times) => tally.times.merge(times),
                None if self.entry.record.part.is_none() => {
                    tally.times.add(&self.entry.record.facts);
                }
                None => {}
            }
        }
        tally.add(self.entry, share, self.many.records)
    }

    /// The groups that the entry belongs to, with what it adds to each: one with the whole of it,
    /// unless grouped by meter.
    fn keyed_shares(&self, finer: Option<&Dimension>) -> Result<Vec<(Key, Option<Share<'a>>)>> {
        let by = || self.query.by.iter().chain(finer);
        let key_for = |meter: Option<&Meter>| {
            let values = by().map(|dimension| {
                if dimension.is_meter() {
                    meter.map(|meter| meter.name().to_owned())
                } else {
                    let value = dimension.value(self.entry, self.query.timezone);
                    value.map(Into::into)
                }
            });
            values.collect::<Key>()
        };
        let splits = by().any(Dimension::is_meter);
        let chosen = match self.chosen {
            Chosen::All if splits => lines(self.entry, self.receipt).collect(),
            Chosen::Some(lines) if splits => lines.clone(),
            Chosen::All | Chosen::Some(_) => Vec::new(),
        };
        if chosen.is_empty() {
            return Ok(vec![(key_for(None), None)]);
        }
        let mut by_meter: BTreeMap<&Meter, Vec<Line<'a>>> = BTreeMap::new();
        for line in chosen {
            by_meter.entry(line.0).or_default().push(line);
        }
        let shares = by_meter.into_iter().map(|(meter, lines)| {
            let share = Share::of_lines(self.receipt, lines)?;
            Ok((key_for(Some(meter)), Some(share)))
        });
        shares.collect()
    }
}

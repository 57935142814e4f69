//! Summaries from cells: many records that are the same in everything that a query asks for go in as
//! one. The plain way, record by record, is what this must equal; queries that need more than cells
//! know are left to it.

use chrono_tz::Tz;

use crate::error::Result;
use crate::ledger::{Cell, Cut, Ledger, Origin};
use crate::usage::{Field, Timestamp};

use super::dimension::{Depends, Dimension};
use super::summary::Goes;
use super::view::Detail;
use super::wanted::wanted;
use super::{Against, Period, Query, Summary};

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;
/// Milliseconds of the longest stretch in which no timezone begins another hour or day.
const QUARTER_MS: i64 = 900_000;

/// The summary of a query over a whole ledger, as [`Summary::add`] would give it from every entry;
/// none where that needs every entry.
///
/// # Errors
/// When the ledger cannot be read, or a sum becomes too large to keep exactly.
pub fn summarize(query: &Query, ledger: &Ledger) -> Result<Option<Summary>> {
    let is_whose = |dimension: &Dimension| dimension.depends() == Depends::Party;
    let whose = query.finer.iter().filter(|finer| is_whose(finer)).count();
    if whose == 0 || whose == query.finer.len() || query.by.iter().any(is_whose) {
        return summarize_at_once(query, ledger);
    }
    // Whose records are and how they were served are as many groups together as there are records.
    let of = |is_wanted: &dyn Fn(&Dimension) -> bool| Query {
        finer: query
            .finer
            .iter()
            .filter(|finer| is_wanted(finer))
            .cloned()
            .collect(),
        ..query.clone()
    };
    let served = summarize_at_once(&of(&|finer| !is_whose(finer)), ledger)?;
    let Some(mut summary) = served else {
        return Ok(None);
    };
    let Some(by_whose) = summarize_at_once(&of(&is_whose), ledger)? else {
        return Ok(None);
    };
    let (mut served, mut by_whose) = (summary.finer.into_iter(), by_whose.finer.into_iter());
    let finer = query.finer.iter().map(|finer| {
        let groups = if is_whose(finer) {
            &mut by_whose
        } else {
            &mut served
        };
        groups.next().unwrap_or_default()
    });
    summary.finer = finer.collect();
    Ok(Some(summary))
}

fn summarize_at_once(query: &Query, ledger: &Ledger) -> Result<Option<Summary>> {
    let Some(plan) = Plan::of(query) else {
        return Ok(None);
    };
    let mut summary = Summary::default();
    let done = match plan.origin {
        Origin::Profiles | Origin::Rows => {
            plan.cells(ledger, plan.origin, &mut summary, Goes::All)?
        }
        Origin::Parties | Origin::PartiesOfAllDays => {
            plan.cells(ledger, Origin::Profiles, &mut summary, Goes::Others)?
                && plan.cells(ledger, plan.origin, &mut summary, Goes::Groups)?
        }
    };
    if !done {
        return Ok(None);
    }
    // Where some costs have no rate, records that cost nothing are told from others.
    let earlier = summary.earlier.iter().map(AsRef::as_ref);
    let mut all = std::iter::once(&summary).chain(earlier);
    let has_rates = query
        .exchange
        .as_ref()
        .is_some_and(|exchange| !exchange.fx.is_empty());
    if has_rates && all.any(|summary| !summary.unconverted.is_empty()) {
        return Ok(None);
    }
    ledger.for_each_apart(&mut |entry| summary.add(query, entry))?;
    if let Some(Against::Period(_)) = query.against {
        summary.earlier.get_or_insert_default();
    }
    Ok(Some(summary))
}

/// The summaries of queries over a whole ledger: from cells where that can be, the others together in
/// one pass over all records.
///
/// # Errors
/// When the ledger cannot be read, or a sum becomes too large to keep exactly.
pub fn summaries(queries: &[&Query], ledger: &Ledger) -> Result<Vec<Summary>> {
    let quick = queries.iter().map(|query| summarize(query, ledger));
    let mut quick: Vec<Option<Summary>> = quick.collect::<Result<_>>()?;
    let mut plain: Vec<(&Query, Summary)> = queries
        .iter()
        .zip(&quick)
        .filter(|(_, quick)| quick.is_none())
        .map(|(query, _)| (*query, Summary::default()))
        .collect();
    if !plain.is_empty() {
        ledger.for_each(&mut |entry| {
            let mut plain = plain.iter_mut();
            plain.try_for_each(|(query, summary)| summary.add(query, entry))
        })?;
    }
    let mut plain = plain.into_iter().map(|(_, summary)| summary);
    let all = quick
        .iter_mut()
        .map(|quick| quick.take().or_else(|| plain.next()));
    let mut all: Vec<Summary> = all.map(Option::unwrap_or_default).collect();
    ledger.for_each_kept(&mut |cell| {
        let mut all = queries.iter().zip(&mut all);
        all.try_for_each(|(query, summary)| summary.add_cell(query, cell, Goes::All))
    })?;
    Ok(all)
}

/// How a query is answered from cells.
struct Plan<'q> {
    query: &'q Query,
    /// The query with those of its filters that cells are not chosen by already.
    rest: Query,
    origin: Origin,
    by_party: bool,
    by_meters: bool,
    /// Header fields of the rows themselves that groups and filters depend on.
    own_fields: Vec<Field>,
    times: bool,
    /// How long a stretch is, in milliseconds; none where time does not matter.
    stretch: Option<i64>,
}

impl<'q> Plan<'q> {
    fn of(query: &'q Query) -> Option<Self> {
        let by: Vec<Depends> = query
            .by
            .iter()
            .chain(&query.finer)
            .map(Dimension::depends)
            .collect();
        let of_filters = query
            .filters
            .iter()
            .map(|filter| filter.dimension().depends());
        let filters: Vec<Depends> = of_filters.collect();
        let groups = |wanted| by.contains(&wanted);
        let any = |wanted| by.contains(&wanted) || filters.contains(&wanted);
        if any(Depends::Record) {
            return None;
        }
        let by_party = groups(Depends::Party);
        let own_fields: Vec<Field> = by.iter().copied().filter_map(Depends::own).collect();
        let times = query.view.has(Detail::Latency);
        let by_meters = any(Depends::Meter);
        let of_rows = times
            || by_meters
            || !own_fields.is_empty()
            || filters.iter().any(|depends| depends.own().is_some());
        let is_whole_days = ends(query).all(|at| at.millis().rem_euclid(DAY_MS) == 0);
        let in_days = is_whole_days
            && !any(Depends::Time)
            && (query.timezone == Tz::UTC || !any(Depends::Day));
        // A cost is exchanged by the rates of its day, in UTC.
        let is_timeless = ends(query).next().is_none()
            && !any(Depends::Day)
            && !any(Depends::Time)
            && query.exchange.is_none();
        let origin = if of_rows {
            Origin::Rows
        } else if in_days && !any(Depends::Party) {
            Origin::Profiles
        } else if in_days && filters.is_empty() && !groups(Depends::Profile) {
            if is_timeless {
                Origin::PartiesOfAllDays
            } else {
                Origin::Parties
            }
        } else {
            Origin::Rows
        };
        let stretch = match (is_timeless, in_days) {
            (true, _) => None,
            (false, true) => Some(DAY_MS),
            (false, false) => Some(QUARTER_MS),
        };
        let left = query.filters.iter().filter(|filter| {
            !matches!(
                filter.dimension().depends(),
                Depends::Profile | Depends::Party | Depends::Own(_)
            )
        });
        let rest = Query {
            filters: left.cloned().collect(),
            ..query.clone()
        };
        Some(Self {
            query,
            rest,
            origin,
            by_party,
            by_meters,
            own_fields,
            times,
            stretch,
        })
    }

    fn cells(
        &self,
        ledger: &Ledger,
        origin: Origin,
        summary: &mut Summary,
        goes: Goes,
    ) -> Result<bool> {
        let mut wanted = wanted(self.query);
        let more = self.own_fields.iter().copied();
        wanted.own_fields.extend(more);
        wanted.own_fields.sort_unstable();
        wanted.own_fields.dedup();
        let cut = Cut {
            origin,
            by_party: self.by_party,
            by_meters: self.by_meters,
            times: self.times,
            is_timeless: self.stretch.is_none(),
            stretch: &|at| self.stretch_of(at),
            wanted: &wanted,
        };
        ledger.for_each_cell(&cut, &mut |cell: &Cell| {
            summary.add_cell(&self.rest, cell, goes)
        })
    }

    /// The stretch of a time: no period of the query begins or ends within it.
    fn stretch_of(&self, at: Option<Timestamp>) -> i64 {
        let Some(at) = at else { return -1 };
        let Some(length) = self.stretch else {
            return 0;
        };
        let periods = periods(self.query);
        let [asked, earlier] =
            periods.map(|period| i64::from(period.is_some_and(|period| period.contains(Some(at)))));
        at.millis().div_euclid(length) * 4 + asked * 2 + earlier
    }
}

/// The period that is asked for, and the one that it is compared with.
pub(super) fn periods(query: &Query) -> [Option<Period>; 2] {
    let earlier = match query.against {
        Some(Against::Period(period)) => Some(period),
        _ => None,
    };
    [Some(query.period), earlier]
}

/// Where the periods of a query begin and end.
fn ends(query: &Query) -> impl Iterator<Item = Timestamp> {
    let periods = periods(query).into_iter().flatten();
    periods
        .flat_map(|period| [period.from, period.to])
        .flatten()
}

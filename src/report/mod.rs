//! Entries → table: who, what and when spent how much.
//!
//! A [`Query`] says what is asked for. [`report`] folds the entries that meet it into groups, one
//! entry at a time; [`Report::table`] and [`Report::json`] say the same thing to people and to
//! scripts. [`Summary`] is filled by hand where entries cannot be had as an iterator.

pub mod beside;
pub mod calendar;
pub mod changes;
pub mod charges;
pub mod check;
pub mod compared;
pub mod costing;
pub mod deviation;
pub mod dimension;
pub mod explain;
mod figures;
pub mod filter;
pub mod history;
mod json;
pub mod nearest;
mod notes;
pub mod period;
pub mod records;
pub mod rows;
pub mod share;
pub mod summary;
mod tabulate;
pub mod tally;
mod terms;
pub mod worked;

use std::borrow::Borrow;

use chrono_tz::Tz;
use serde_json::Value as Json;

use crate::error::Result;
use crate::ledger::Entry;
use crate::usage::Timestamp;

pub use costing::{Basis, Exchange};
pub use dimension::{DIMENSIONS, Dimension};
pub use filter::Filter;
pub use period::{Clock, Period};
pub use rows::{Row, Sort};
pub use summary::Summary;
pub use tally::Tally;

/// What is asked for.
#[derive(Clone)]
pub struct Query {
    /// What to group by, outermost first. None gives one group.
    pub by: Vec<Dimension>,
    /// Conditions that must all hold.
    pub filters: Vec<Filter>,
    /// Which stretch of time.
    pub period: Period,
    /// Where days start.
    pub timezone: Tz,
    /// The order of the rows; by default by time, else by cost.
    pub sort: Option<Sort>,
    /// How many rows to show; totals cover all.
    pub limit: Option<usize>,
    /// Whether the disjoint meters are shown, too.
    pub meters: bool,
    /// Whether what the providers say it cost is shown, too.
    pub reported: bool,
    /// Now: how old a price book is.
    pub now: Timestamp,
    /// Name and version of the book that new records would be priced by, where one is loaded.
    pub book: Option<(String, String)>,
    /// Whose cost counts.
    pub basis: Basis,
    /// The one currency of the report, where one is asked for.
    pub exchange: Option<Exchange>,
    /// Which figures a row shows.
    pub layout: Layout,
    /// At which terms the costs are, where they are not those of the ledger.
    pub terms: Vec<Term>,
}

/// Which figures a row shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// Requests, tokens and cost.
    #[default]
    Usual,
    /// Our cost against what the providers state; groups without both are left out.
    Compared,
    /// Old cost, new cost and difference.
    Changes,
}

/// Something that makes a report's costs other than the stored ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Its name in JSON, and for people.
    pub key: &'static str,
    /// For people.
    pub text: String,
    /// For scripts.
    pub json: Json,
}

impl Query {
    /// Everything in one group, in UTC.
    pub fn new(now: Timestamp) -> Self {
        Self {
            by: Vec::new(),
            filters: Vec::new(),
            period: Period::default(),
            timezone: Tz::UTC,
            sort: None,
            limit: None,
            meters: false,
            reported: false,
            now,
            book: None,
            basis: Basis::default(),
            exchange: None,
            layout: Layout::default(),
            terms: Vec::new(),
        }
    }

    /// Whether an entry is asked for: filters and period. For lists of whole records.
    pub fn selects(&self, entry: &Entry) -> bool {
        summary::selects(self, entry)
    }
}

/// The answer to a query.
#[derive(Clone)]
pub struct Report {
    /// What was asked.
    pub query: Query,
    /// The rows in order, at most as many as asked for.
    pub rows: Vec<Row>,
    /// How many more rows there are.
    pub hidden: usize,
    /// The totals over all rows, one per currency.
    pub totals: Vec<Row>,
    /// Everything else that is known about the records.
    pub summary: Summary,
    /// Whether the stored costs stand beside.
    pub beside: bool,
}

/// Answers a query from entries.
///
/// # Errors
/// When a sum is too large to keep exactly.
pub fn report<E: Borrow<Entry>>(
    query: &Query,
    entries: impl IntoIterator<Item = E>,
) -> Result<Report> {
    let mut summary = Summary::default();
    for entry in entries {
        summary.add(query, entry.borrow())?;
    }
    from_summary(query, summary)
}

/// Answers a query from a summary that was made for it.
///
/// # Errors
/// When a sum is too large to keep exactly.
pub fn from_summary(query: &Query, summary: Summary) -> Result<Report> {
    let rows = rows::rows(&summary)?;
    let totals = rows::rows_of(&Vec::new(), &summary.totals)?;
    Ok(assemble(query, summary, rows, totals))
}

/// Answers a query at other terms, from a summary of costs at these and one of the stored costs of
/// the same records.
///
/// # Errors
/// When a sum is too large to keep exactly.
pub fn from_summaries(query: &Query, summary: Summary, stored: &Summary) -> Result<Report> {
    let rows = beside::join(rows::rows(&summary)?, rows::rows(stored)?)?;
    let totals_of = |summary: &Summary| rows::rows_of(&Vec::new(), &summary.totals);
    let totals = beside::join(totals_of(&summary)?, totals_of(stored)?)?;
    let report = assemble(query, summary, rows, totals);
    Ok(Report {
        beside: true,
        ..report
    })
}

fn assemble(query: &Query, summary: Summary, mut rows: Vec<Row>, totals: Vec<Row>) -> Report {
    if query.layout == Layout::Compared {
        rows.retain(|row| row.tally.compared.records > 0);
    }
    rows::sort(&mut rows, &query.by, query.sort);
    let all = rows.len();
    rows.truncate(query.limit.unwrap_or(all));
    Report {
        query: query.clone(),
        hidden: all - rows.len(),
        rows,
        totals,
        summary,
        beside: false,
    }
}

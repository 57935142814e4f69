//! Entries → table: who, what and when spent how much.
//!
//! A [`Query`] says what is asked for. [`report`] folds the entries that meet it into groups, one
//! entry at a time; [`Report::table`] and [`Report::json`] say the same thing to people and to
//! scripts. [`Summary`] is filled by hand where entries cannot be had as an iterator.

pub mod anomalies;
mod arrange;
pub mod beside;
pub mod calendar;
pub mod cells;
pub mod changes;
pub mod charges;
mod charts;
pub mod check;
pub mod compared;
pub mod costing;
pub mod credits;
pub mod deviation;
pub mod dimension;
pub mod doubts;
pub mod earlier;
pub mod explain;
mod extras;
mod figures;
pub mod filter;
pub mod history;
mod json;
mod meters;
pub mod nearest;
mod notes;
pub mod overview;
pub mod overview_json;
pub mod overview_table;
pub mod page;
pub mod period;
pub mod pivot;
pub mod records;
pub mod rows;
pub mod saved;
mod series;
pub mod share;
pub mod summary;
mod tabulate;
pub mod tally;
mod terms;
pub mod unusual;
pub mod view;
pub mod wanted;
pub mod worked;

use std::borrow::Borrow;

use chrono_tz::Tz;
use serde_json::Value as Json;

use crate::error::Result;
use crate::ledger::Entry;
use crate::usage::Timestamp;

pub use costing::{Basis, Exchange};
pub use dimension::{DIMENSIONS, Dimension};
pub use earlier::Against;
pub use filter::Filter;
pub use period::{Clock, Period};
pub use pivot::Pivot;
pub use rows::{Row, RowKind, Sort};
pub use saved::Saved;
pub use summary::Summary;
pub use tally::Tally;
pub use view::{Detail, View};

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
    /// What is shown beside the groups, and how.
    pub view: View,
    /// What the groups are split by once more, each on its own: see [`Summary::finer`].
    pub finer: Vec<Dimension>,
    /// What the report is compared with.
    pub against: Option<Against>,
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
    /// One row per meter of each group: where the money goes.
    Meters,
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
            view: View::default(),
            finer: Vec::new(),
            against: None,
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
    /// The rows in order, at most as many groups as asked for.
    pub rows: Vec<Row>,
    /// How many more groups there are.
    pub hidden: usize,
    /// The totals over all rows, one per currency.
    pub totals: Vec<Row>,
    /// Everything else that is known about the records.
    pub summary: Summary,
    /// Whether the stored costs stand beside.
    pub beside: bool,
    /// The groups as a matrix, where that is asked for.
    pub pivot: Option<Pivot>,
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
    assemble(query, summary, rows, totals)
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
    let report = assemble(query, summary, rows, totals)?;
    Ok(Report {
        beside: true,
        ..report
    })
}

fn assemble(query: &Query, summary: Summary, rows: Vec<Row>, totals: Vec<Row>) -> Result<Report> {
    let (mut rows, mut totals) = earlier::join(query, &summary, rows, totals)?;
    for total in &mut totals {
        total.kind = RowKind::Total;
    }
    if query.layout == Layout::Compared {
        rows.retain(|row| row.tally.compared.records > 0);
    }
    charts::put_trends(query, &summary, &mut rows, &mut totals)?;
    meters::put_meters(query, &summary, &mut rows, &mut totals)?;
    rows::sort(&mut rows, &query.by, query.sort);
    let pivot = query
        .view
        .pivot
        .then(|| pivot::pivot(query, &rows, &totals));
    let pivot = pivot.transpose()?;
    let shown = arrange::arrange(query, rows, &totals)?;
    Ok(Report {
        query: query.clone(),
        hidden: shown.hidden,
        rows: shown.rows,
        pivot,
        totals,
        summary,
        beside: false,
    })
}

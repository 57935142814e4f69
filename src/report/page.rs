//! A report as a page or a workbook: the question that was asked, and beside it the ones that nearly
//! everybody asks next: by day, model, user, tenant and meter.

use crate::error::Result;
use crate::money::Exact;
use crate::table::{Page, Section, Table};

use super::series::{self, Frame};
use super::{Basis, Dimension, Layout, Query, Report};

/// The questions beside the one that was asked; each gives a section, in this order.
const BESIDE: [&str; 5] = ["day", "model", "user", "tenant", "meter"];

/// What the chart of days needs.
const STACKED: [&str; 2] = ["day", "model"];

/// Rows up to which a section shows its table at once.
const FEW: usize = 15;

/// What a page shows beyond its report.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wishes {
    /// The amount to stay below over the whole period.
    pub budget: Option<Exact>,
    /// Rows of a table beyond which the rest is only counted.
    pub most_rows: Option<usize>,
}

/// The questions that a page answers beside the one that was asked.
///
/// # Errors
/// Never: the dimensions are there.
pub fn questions(query: &Query) -> Result<Vec<Query>> {
    if !is_drawn(query) {
        return Ok(Vec::new());
    }
    // A provider states the cost of a call, not of its meters.
    let splits = query.basis == Basis::Computed;
    let single = BESIDE.iter().filter(|name| splits || **name != "meter");
    let lists = single.map(|name| vec![*name]).chain([STACKED.to_vec()]);
    // The same records at the same terms, and nothing of how the one that was asked is shown.
    let beside = lists.map(|by| {
        Ok(Query {
            by: Dimension::parse_list(&by)?,
            filters: query.filters.clone(),
            period: query.period,
            timezone: query.timezone,
            reported: query.reported,
            book: query.book.clone(),
            basis: query.basis,
            exchange: query.exchange.clone(),
            terms: query.terms.clone(),
            ..Query::new(query.now)
        })
    });
    beside.collect()
}

/// The page: what was asked, and the answers to [`questions`].
///
/// # Errors
/// When a sum is too large to keep exactly.
pub fn page(asked: &Report, beside: &[Report], wishes: Wishes) -> Result<Page> {
    let days = beside.iter().find(|report| is_by(report, &STACKED));
    let frame = days.and_then(Frame::of).filter(Frame::is_a_range);
    let days = days.zip(frame.as_ref());
    let mut sections = Vec::new();
    let is_asked = |report: &Report| keys(report) == keys(asked);
    let of_day = beside.iter().find(|report| is_by(report, &["day"]));
    for report in of_day.into_iter().filter(|report| !is_asked(report)) {
        sections.push(section(report, days, wishes, true)?);
    }
    sections.push(section(asked, days, wishes, false)?);
    for report in beside {
        let shown = !is_by(report, &["day"]) && !is_by(report, &STACKED);
        if shown && !is_asked(report) && says_something(report) {
            sections.push(section(report, days, wishes, true)?);
        }
    }
    let table = asked.table();
    Ok(Page {
        title: "LLM costs".to_owned(),
        meta: table.meta.clone(),
        notes: table.notes.clone(),
        // The usual sums, whatever is shown of the groups.
        totals: totals(of_day.map_or(table, Report::table)),
        sections,
    })
}

/// The totals of a table alone; the only row without groups is one.
fn totals(table: Table) -> Table {
    Table {
        rows: if table.totals.is_empty() {
            table.rows
        } else {
            table.totals
        },
        columns: table.columns,
        ..Table::default()
    }
}

/// Whether the costs of a report are those that charts are drawn of.
fn is_drawn(query: &Query) -> bool {
    match query.layout {
        Layout::Usual | Layout::Meters => true,
        Layout::Compared | Layout::Changes => false,
    }
}

fn keys(report: &Report) -> Vec<String> {
    report.query.by.iter().map(Dimension::key).collect()
}

fn is_by(report: &Report, names: &[&str]) -> bool {
    keys(report) == names
}

/// Whether some group has a name: a report by tenant says nothing where nobody states one.
fn says_something(report: &Report) -> bool {
    let mut rows = report.rows.iter();
    rows.any(|row| row.key.iter().any(Option::is_some))
}

fn section(
    report: &Report,
    days: Option<(&Report, &Frame)>,
    wishes: Wishes,
    folds: bool,
) -> Result<Section> {
    let titles: Vec<String> = report.query.by.iter().map(Dimension::title).collect();
    let charts = match days {
        _ if !is_drawn(&report.query) => Vec::new(),
        Some((days, frame)) if is_by(report, &["day"]) => {
            series::over_time(days, frame, wishes.budget)?
        }
        _ if report.query.by.iter().any(Dimension::is_time) => Vec::new(),
        _ => series::bars(report)?,
    };
    let mut table = report.table();
    table.meta.clear();
    table.notes.clear();
    let all = table.rows.len();
    table.rows.truncate(wishes.most_rows.unwrap_or(all));
    match all - table.rows.len() {
        0 => {}
        more => table.notes.push(format!(
            "{more} more rows are left out of this page; totals cover all of them."
        )),
    }
    Ok(Section {
        name: format!("By {}", titles.join(", ")),
        charts,
        folded: folds && table.rows.len() > FEW,
        table,
    })
}

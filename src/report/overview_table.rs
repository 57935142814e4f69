//! A summary as tables: one for people to read at a glance, in parts, and the same in one table for
//! data formats.

use crate::error::Result;
use crate::money::Exact;
use crate::table::{Cell, Column, Kind, Shown, Table};

use super::calendar::range_text;
use super::charts;
use super::extras;
use super::figures::{code, count};
use super::overview::{Answered, Overview};
use super::rows::Row;
use super::{Sort, View};

/// Parts of a summary that list groups: the dimension and its heading.
const LISTS: [(&str, &str); 2] = [("model", "Top models"), ("user", "Top users")];

/// The sections of a summary for people.
///
/// # Errors
/// When a sum is too large to keep exactly.
pub fn tables(overview: &Overview, top: usize, draws: bool) -> Result<Vec<Table>> {
    let mut tables = vec![spans(overview, draws)];
    for (dimension, title) in LISTS {
        let rows = groups(overview, dimension, top)?;
        // Where no record says who made it, a list of one line that says so says nothing.
        if rows.iter().any(|row| row.key.iter().any(Option::is_some)) {
            tables.push(list(overview, (dimension, title), &rows, draws));
        }
    }
    let mut failures = failures(overview)?;
    failures.truncate(top);
    if !failures.is_empty() {
        tables.push(errors(overview, &failures));
    }
    Ok(tables)
}

/// The whole in one table: which part a row belongs to stands in its first column.
///
/// # Errors
/// When a sum is too large to keep exactly.
pub fn combined(overview: &Overview, top: usize) -> Result<Table> {
    let mut lines: Vec<(&str, Option<String>, Row)> = Vec::new();
    for span in &overview.spans {
        let totals = overview.totals_of(span).into_iter();
        lines.extend(totals.map(|row| ("period", Some(span.name.clone()), row)));
    }
    for (dimension, _) in LISTS {
        let rows = groups(overview, dimension, top)?.into_iter();
        lines.extend(rows.map(|row| (dimension, row.key.first().cloned().flatten(), row)));
    }
    for row in failures(overview)? {
        lines.push(("error", row.key.first().cloned().flatten(), row));
    }
    let mut columns = vec![
        Column::new("section", "section", Kind::Text),
        Column::new("name", "name", Kind::Group),
    ];
    let figures = |row: &Row| {
        let mut figures = usual(row);
        figures.extend(extras::before(row, &row.before.unwrap_or_default()));
        figures
    };
    columns.extend(
        figures(&Row::default())
            .into_iter()
            .map(|(column, _)| column),
    );
    let rows = lines.iter().map(|(section, name, row)| {
        let first = [
            Cell::Text((*section).to_owned()),
            Cell::text(name.as_deref()),
        ];
        let compared = row.before.is_some();
        let figures = figures(row).into_iter().map(|(column, cell)| {
            let of_before = column.key.starts_with("previous") || column.key.starts_with("change");
            if of_before && !compared {
                Cell::Blank
            } else {
                cell
            }
        });
        first.into_iter().chain(figures).collect()
    });
    Ok(Table {
        title: Some("Summary".to_owned()),
        meta: overview.all().map(super::Report::meta).unwrap_or_default(),
        columns,
        rows: rows.collect(),
        notes: overview.all().map(super::Report::notes).unwrap_or_default(),
        ..Table::default()
    })
}

/// The groups that are shown: of each currency the most expensive.
pub(super) fn groups(overview: &Overview, dimension: &str, top: usize) -> Result<Vec<Row>> {
    let mut rows = overview.split(dimension, Sort::Cost)?;
    let mut seen = std::collections::BTreeMap::new();
    rows.retain(|row| {
        let count = seen.entry(row.currency.clone()).or_insert(0_usize);
        *count += 1;
        *count <= top
    });
    Ok(rows)
}

/// Failed requests by what the providers call the error.
pub(super) fn failures(overview: &Overview) -> Result<Vec<Row>> {
    let mut rows = overview.split("error", Sort::Requests)?;
    rows.retain(|row| row.tally.failed > 0);
    rows.sort_by_key(|row| std::cmp::Reverse(row.tally.failed));
    Ok(rows)
}

fn usual(row: &Row) -> Vec<(Column, Cell)> {
    let requests = Column::new("requests", "requests", Kind::Count);
    let tokens = Column::new("total_tokens", "tokens", Kind::Quantity);
    let cost = Column::new("cost", "cost", Kind::Money);
    vec![
        (requests, Cell::Count(row.tally.requests)),
        count("failed", row.tally.failed),
        (tokens, Cell::Quantity(row.tokens.total)),
        (cost, Cell::money(row.cost, row.currency.as_deref())),
        code(row),
        count("estimated", row.tally.estimated),
        count("partial", row.tally.partial),
        count("unpriced", row.tally.unpriced),
    ]
}

fn spans(overview: &Overview, draws: bool) -> Table {
    let figures = |row: &Row| {
        let mut figures = usual(row);
        let counts = figures.split_off(5);
        let before = row.before.unwrap_or_default();
        figures.extend(
            extras::before(row, &before)
                .into_iter()
                .map(|(column, cell)| {
                    let cell = if row.before.is_some() {
                        cell
                    } else {
                        Cell::Blank
                    };
                    (column, cell)
                }),
        );
        let is_count = |key: &str| key == "previous_requests" || key == "previous_unpriced";
        figures.retain(|(column, _)| !is_count(&column.key));
        figures.extend(counts);
        figures
    };
    let mut columns = vec![
        Column::new("name", "", Kind::Text),
        Column::new("days", "", Kind::Time),
    ];
    columns.extend(
        figures(&Row::default())
            .into_iter()
            .map(|(column, _)| column),
    );
    let mut rows = Vec::new();
    for span in &overview.spans {
        for row in overview.totals_of(span) {
            let first = [Cell::Text(span.name.clone()), Cell::Time(days_of(span))];
            let cells = figures(&row).into_iter().map(|(_, cell)| cell);
            rows.push(first.into_iter().chain(cells).collect());
        }
    }
    let mut notes: Vec<String> = recent(overview).filter(|_| draws).into_iter().collect();
    notes.extend(latency(overview));
    notes.push("before: the period before, as far as this one has got.".to_owned());
    notes.extend(overview.all().map(super::Report::notes).unwrap_or_default());
    Table {
        meta: overview.all().map(super::Report::meta).unwrap_or_default(),
        columns,
        rows,
        notes,
        ..Table::default()
    }
}

fn days_of(span: &Answered) -> String {
    let query = &span.report.query;
    match span.report.summary.seen.filter(|_| query.period.is_open()) {
        Some((first, last)) => {
            let date = |at| super::calendar::date(at, query.timezone);
            format!("{} to {}", date(first), date(last))
        }
        None => range_text(query.period.from, query.period.to, query.timezone),
    }
}

/// The last thirty days as a sparkline, in the only currency there is.
fn recent(overview: &Overview) -> Option<String> {
    let report = &overview.recent;
    let [total] = report.totals.as_slice() else {
        return None;
    };
    let zone = report.query.timezone;
    let first = super::calendar::date(report.query.period.from?, zone);
    let mut costs = vec![Exact::ZERO; 30];
    for row in report
        .rows
        .iter()
        .filter(|row| row.currency == total.currency)
    {
        let day = row.key.first().cloned().flatten()?;
        let day = chrono::NaiveDate::parse_from_str(&day, "%Y-%m-%d").ok()?;
        let at = usize::try_from((day - first).num_days()).ok()?;
        *costs.get_mut(at)? = row.cost.unwrap_or_default();
    }
    Some(format!("last 30 days  {}", charts::line(&costs)))
}

fn titled(overview: &Overview, title: &str) -> Option<String> {
    let details = overview.details()?;
    Some(match details.name.as_str() {
        "as asked" => format!("{title}, {}", days_of(details)),
        name => format!("{title}, {name}"),
    })
}

fn list(overview: &Overview, (by, title): (&str, &str), rows: &[Row], draws: bool) -> Table {
    let view = View {
        columns: vec!["share_percent"],
        ..View::default()
    };
    let most = rows
        .iter()
        .filter_map(|row| row.cost)
        .max()
        .unwrap_or_default();
    let figures = |row: &Row| {
        let mut figures = usual(row);
        let counts = figures.split_off(5);
        figures.extend(extras::details(row, &view).into_iter().take(1));
        if draws {
            let bar = row
                .cost
                .map_or(Cell::Blank, |cost| Cell::Text(charts::bar(cost, most)));
            let column = Column::new("bar", "", Kind::Chart).shown(Shown::IfRoom);
            figures.push((column, bar));
        }
        figures.extend(counts);
        figures
    };
    let mut columns = vec![Column::new(by, by, Kind::Group)];
    columns.extend(
        figures(&Row::default())
            .into_iter()
            .map(|(column, _)| column),
    );
    let lines = rows.iter().map(|row| {
        let name = Cell::text(row.key.first().cloned().flatten());
        let cells = figures(row).into_iter().map(|(_, cell)| cell);
        std::iter::once(name).chain(cells).collect()
    });
    Table {
        title: titled(overview, title),
        columns,
        rows: lines.collect(),
        ..Table::default()
    }
}

fn errors(overview: &Overview, rows: &[Row]) -> Table {
    let lines = rows.iter().map(|row| {
        let name = Cell::text(row.key.first().cloned().flatten());
        vec![name, Cell::Count(row.tally.failed)]
    });
    Table {
        title: titled(overview, "Failed requests"),
        columns: vec![
            Column::new("error", "error", Kind::Group),
            Column::new("failed", "requests", Kind::Count),
        ],
        rows: lines.collect(),
        ..Table::default()
    }
}

/// How long requests took, where they say so.
fn latency(overview: &Overview) -> Option<String> {
    let details = overview.details()?;
    let spread = &overview.times().latency;
    let [half, most] = [50, 95].map(|percent| spread.percentile(percent));
    let (count, name) = (spread.count(), &details.name);
    Some(format!(
        "latency {name}  p50 {} ms, p95 {} ms ({count} requests)",
        half?, most?
    ))
}

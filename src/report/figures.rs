//! The figures of a row beside their columns: one list, so that they cannot get out of step.

use crate::money::Exact;
use crate::table::{Cell, Column, Kind, Shown};
use crate::usage::Meter;

use super::charts::{self, Largest};
use super::rows::Row;
use super::{Layout, View, changes, extras};

/// Which figures beside the usual ones are asked for and there.
#[derive(Default)]
pub struct Extra {
    /// The disjoint meters.
    pub meters: Vec<Meter>,
    /// The currencies in which providers state costs.
    pub currencies: Vec<String>,
    /// Whether the stored cost stands beside.
    pub beside: bool,
    /// Which figures are shown.
    pub layout: Layout,
    /// Whether the report is compared with an earlier one.
    pub before: bool,
    /// What is asked for beside the usual figures.
    pub view: View,
    /// What bars are measured by, where there are any.
    pub(super) largest: Largest,
    /// The days of one character of a sparkline.
    pub days: i64,
}

/// The columns of the figures.
pub fn columns(extra: &Extra) -> Vec<Column> {
    let figures = figures(&Row::default(), extra).into_iter();
    figures.map(|(column, _)| column).collect()
}

/// The figures of a row.
pub fn figures(row: &Row, extra: &Extra) -> Vec<(Column, Cell)> {
    match extra.layout {
        // A table of meters has columns of its own.
        Layout::Usual | Layout::Meters => usual(row, extra),
        Layout::Compared => comparison(row),
        Layout::Changes => changes::figures(row),
    }
}

fn usual(row: &Row, extra: &Extra) -> Vec<(Column, Cell)> {
    let tally = &row.tally;
    let requests = Column::new("requests", "requests", Kind::Count);
    let mut figures = vec![
        (requests, Cell::Count(tally.requests)),
        count("failed", tally.failed),
    ];
    figures.extend(row.tokens.named().map(|(key, title, sum, always)| {
        let shown = if always {
            Shown::Always
        } else {
            Shown::WhenUsed
        };
        quantity(key, title, shown, Some(sum))
    }));
    figures.extend(extra.meters.iter().map(|meter| {
        let sum = tally.meters.get(meter).copied();
        quantity(
            &format!("meter_{meter}"),
            meter.name(),
            Shown::WhenUsed,
            sum,
        )
    }));
    figures.extend(amounts(row, &extra.currencies));
    figures.extend(extras::details(row, &extra.view));
    if extra.beside {
        figures.extend(beside(row));
    }
    if extra.before {
        figures.extend(extras::before(row, &row.before.unwrap_or_default()));
    }
    figures.extend(charts::figures(row, &extra.largest, extra.days));
    figures.extend([
        count("estimated", tally.estimated),
        count("partial", tally.partial),
        count("covered", tally.covered),
        count("unpriced", tally.unpriced),
    ]);
    if extra.view.columns.is_empty() {
        figures
    } else {
        extras::chosen(figures, &extra.view)
    }
}

/// A count that people see where it is not zero.
pub fn count(key: &str, number: u64) -> (Column, Cell) {
    let column = Column::new(key, key.replace('_', " "), Kind::Count);
    (column.shown(Shown::WhenUsed), Cell::Count(number))
}

fn quantity(key: &str, title: &str, shown: Shown, sum: Option<Exact>) -> (Column, Cell) {
    let column = Column::new(key, title, Kind::Quantity);
    (
        column.shown(shown),
        sum.map_or(Cell::Absent, Cell::Quantity),
    )
}

/// Our cost with its currency, and beside it what the providers say.
fn amounts(row: &Row, currencies: &[String]) -> Vec<(Column, Cell)> {
    let currency = row.currency.as_deref();
    let cost = Column::new("cost", "cost", Kind::Money);
    let reported = currencies.iter().map(|currency| {
        let amount = row.tally.reported.get(currency).map(|sum| sum.amount);
        let key = format!("reported_cost_{}", currency.to_lowercase());
        let column = Column::new(key, "reported", Kind::Reported);
        (column, Cell::money(amount, Some(currency)))
    });
    let ours = [(cost, Cell::money(row.cost, currency)), code(row)];
    ours.into_iter().chain(reported).collect()
}

/// The currency of the row.
pub fn code(row: &Row) -> (Column, Cell) {
    let column = Column::new("currency", "currency", Kind::Text);
    let cell = Cell::text(row.currency.as_deref());
    (column.shown(Shown::DataOnly), cell)
}

/// What is stored, and how much more it costs at the terms of the report.
fn beside(row: &Row) -> Vec<(Column, Cell)> {
    let beside = row.beside.unwrap_or_default();
    let amount = |key: &str, title: &str, amount: Option<Exact>| {
        let column = Column::new(key, title, Kind::Reported);
        (column, Cell::money(amount, row.currency.as_deref()))
    };
    vec![
        amount("stored_cost", "stored", beside.stored),
        amount("difference", "difference", beside.difference),
        count("stored_unpriced", beside.unpriced),
    ]
}

/// Our cost against the providers', over the records of which both are known.
fn comparison(row: &Row) -> Vec<(Column, Cell)> {
    let compared = &row.tally.compared;
    let known = compared.records > 0;
    let amount = |key: &str, title: &str, amount: Option<Exact>| {
        let column = Column::new(key, title, Kind::Reported);
        let amount = amount.filter(|_| known);
        (column, Cell::money(amount, row.currency.as_deref()))
    };
    let always = |key: &str, title: &str, number: u64| {
        (Column::new(key, title, Kind::Count), Cell::Count(number))
    };
    let percent = compared.equal_percent();
    let percent = percent.map_or(Cell::Absent, Cell::Percent);
    vec![
        always("compared_records", "records", compared.records),
        amount("computed_cost", "ours", Some(compared.ours.exact())),
        amount("reported_cost", "theirs", Some(compared.theirs)),
        amount("difference", "difference", compared.difference().ok()),
        code(row),
        always("equal", "equal", compared.equal),
        (
            Column::new("equal_percent", "equal %", Kind::Percent),
            percent,
        ),
        always("equal_at_12_digits", "at 12 digits", compared.equal_at_12),
        count("only_computed", compared.only_ours),
        count("only_reported", compared.only_theirs),
        count("not_comparable", compared.apart),
    ]
}

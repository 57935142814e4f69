//! Figures that a report shows when it is asked for them: shares, averages, cache hits, times, and
//! what a row was before.

use crate::money::{Exact, Ratio};
use crate::table::{Cell, Column, Kind, Shown};
use crate::usage::Spread;

use super::earlier::Before;
use super::rows::{Row, RowKind};
use super::view::{Detail, FIGURES, View};

/// The percentiles that are shown.
const PERCENTILES: [u64; 4] = [50, 90, 95, 99];

/// The details of a row that a view asks for.
pub(super) fn details(row: &Row, view: &View) -> Vec<(Column, Cell)> {
    let asked = Detail::ALL.iter().filter(|(_, detail)| view.has(*detail));
    let figures = asked.flat_map(|(_, detail)| match detail {
        Detail::Share => shares(row),
        Detail::Averages => averages(row),
        Detail::Cache => cache(row),
        Detail::Latency => latency(row),
        // Meters have a table of their own.
        Detail::Meters => Vec::new(),
    });
    let figures = figures.map(|(column, cell)| (column.shown(Shown::IfRoom), cell));
    figures.collect()
}

/// The figures that a view chooses, in its order, then what it cannot choose: the currency, which
/// belongs to any cost.
pub(super) fn chosen(mut all: Vec<(Column, Cell)>, view: &View) -> Vec<(Column, Cell)> {
    let mut chosen = Vec::new();
    for key in &view.columns {
        if let Some(at) = all.iter().position(|(column, _)| column.key == *key) {
            let (column, cell) = all.remove(at);
            // Who asks for a column wants to see it, whatever it holds.
            chosen.push((column.shown(Shown::IfRoom), cell));
        }
    }
    let is_choice = |column: &Column| FIGURES.iter().any(|figure| figure.key == column.key);
    all.retain(|(column, _)| !is_choice(column));
    chosen.extend(all);
    chosen
}

fn percent(key: &str, title: &str, ratio: Option<Ratio>) -> (Column, Cell) {
    let column = Column::new(key, title, Kind::Percent);
    (column, ratio.map_or(Cell::Absent, Cell::Percent))
}

fn shares(row: &Row) -> Vec<(Column, Cell)> {
    let of_total = |cost: Option<Exact>| Ratio::percent(cost?, row.standing.total?);
    let mut share = percent("share_percent", "share", of_total(row.cost));
    let running = of_total(row.standing.running);
    let mut cumulative = percent("cumulative_percent", "cumulative", running);
    // The share of the whole says nothing, and a sum has no place among its parts.
    let is_sum = matches!(row.kind, RowKind::Total | RowKind::Subtotal);
    if row.kind == RowKind::Total {
        share.1 = Cell::Blank;
    }
    if is_sum {
        cumulative.1 = Cell::Blank;
    }
    vec![share, cumulative]
}

fn averages(row: &Row) -> Vec<(Column, Cell)> {
    let tally = &row.tally;
    let per = |count: u64, number: Exact| Ratio::new(number, Exact::from(count));
    let cost = |thousands: i64| {
        let cost = row.cost?.times(Exact::from_integer(thousands)).ok()?;
        per(tally.costed, cost)
    };
    let money = |key: &str, title: &str, amount: Option<Ratio>| {
        let column = Column::new(key, title, Kind::Money);
        let cell = match amount {
            // No request at all has no average; one of unknown cost has an unknown one.
            None if tally.costed == tally.requests => Cell::Blank,
            amount => Cell::per_unit(amount, row.currency.as_deref()),
        };
        (column, cell)
    };
    let tokens = |key: &str, title: &str, sum: Exact| {
        let column = Column::new(key, title, Kind::Quantity);
        let average = per(tally.requests, sum);
        (column, average.map_or(Cell::Absent, Cell::Average))
    };
    vec![
        money("cost_per_request", "per request", cost(1)),
        money("cost_per_1k_requests", "per 1k requests", cost(1000)),
        tokens("input_per_request", "input each", row.tokens.input),
        tokens("output_per_request", "output each", row.tokens.output),
    ]
}

fn cache(row: &Row) -> Vec<(Column, Cell)> {
    let hit = Ratio::percent(row.tokens.cached, row.tokens.input);
    vec![percent("cache_hit_percent", "cache hit", hit)]
}

fn latency(row: &Row) -> Vec<(Column, Cell)> {
    let times = &row.tally.times;
    let mut figures = spread("latency", "", &times.latency);
    figures.extend(spread("ttft", "ttft ", &times.ttft));
    figures
}

/// Its percentiles and mean, and how many requests say it.
fn spread(key: &str, title: &str, spread: &Spread) -> Vec<(Column, Cell)> {
    let count = Column::new(
        format!("{key}_requests"),
        format!("{title}timed"),
        Kind::Count,
    );
    let mean = Column::new(
        format!("{key}_mean_ms"),
        format!("{title}mean ms"),
        Kind::Quantity,
    );
    let percentiles = PERCENTILES.map(|percent| {
        let (key, title) = (
            format!("{key}_p{percent}_ms"),
            format!("{title}p{percent} ms"),
        );
        let ms = spread.percentile(percent).map_or(Cell::Absent, Cell::Count);
        (Column::new(key, title, Kind::Count), ms)
    });
    let rest = [
        (mean, spread.mean().map_or(Cell::Absent, Cell::Average)),
        (count, Cell::Count(spread.count())),
    ];
    percentiles.into_iter().chain(rest).collect()
}

/// What the row was before, and how much more it is now.
pub(super) fn before(row: &Row, before: &Before) -> Vec<(Column, Cell)> {
    let currency = row.currency.as_deref();
    let money = |key: &str, title: &str, kind: Kind, amount: Option<Exact>| {
        let column = Column::new(key, title, kind);
        (column, Cell::money(amount, currency))
    };
    let percent = before.change_percent(row.cost);
    let percent = percent.map_or(Cell::Absent, Cell::Percent);
    let count = |key: &str, title: &str, number: u64| {
        let column = Column::new(key, title, Kind::Count);
        (column.shown(Shown::WhenUsed), Cell::Count(number))
    };
    vec![
        count("previous_requests", "requests before", before.requests),
        (
            Column::new("previous_cost", "before", Kind::Money),
            // Nothing has no currency where nothing else has one.
            match (before.requests, currency) {
                (0, None) => Cell::Blank,
                (_, currency) => Cell::money(before.cost, currency),
            },
        ),
        money("change", "change", Kind::Change, before.change(row.cost)),
        (
            Column::new("change_percent", "change %", Kind::Change),
            percent,
        ),
        count("previous_unpriced", "unpriced before", before.unpriced),
    ]
}

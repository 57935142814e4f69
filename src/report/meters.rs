//! Where the money goes: of each group the meters with their quantity, cost and share.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::error::Result;
use crate::money::{Exact, Ratio};
use crate::table::{Cell, Column, Kind, Shown, Table};
use crate::usage::Meter;

use super::arrange::sum;
use super::rows::{self, Row, RowKind};
use super::summary::{Key, Summary};
use super::tabulate::total_cells;
use super::{Dimension, Query, Report};

/// Gives each row, and each total, its meters, the most expensive first.
///
/// # Errors
/// When a sum is too large to keep exactly.
pub(super) fn put_meters(
    query: &Query,
    summary: &Summary,
    rows: &mut [Row],
    totals: &mut [Row],
) -> Result<()> {
    let by_meter = query.finer.iter().position(Dimension::is_meter);
    let Some(groups) = by_meter.and_then(|at| summary.finer.get(at)) else {
        return Ok(());
    };
    let mut all = rows::rows_of_groups(groups)?;
    // A failed call that used nothing and cost nothing went nowhere.
    all.retain(|row| row.key.last() != Some(&None) || row.cost != Some(Exact::ZERO));
    hand_out(totals, sums(&all)?, 0);
    hand_out(rows, all, query.by.len());
    Ok(())
}

/// Hands meters to the rows of the same group and currency. What has no currency belongs to the row
/// that has none either, or to the only one.
fn hand_out(rows: &mut [Row], meters: Vec<Row>, depth: usize) {
    let mut at: BTreeMap<Key, Vec<(Option<String>, usize)>> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        let places = at.entry(row.key.clone()).or_default();
        places.push((row.currency.clone(), index));
    }
    for meter in meters {
        let outer: Key = meter.key.iter().take(depth).cloned().collect();
        let places = at.get(&outer).map_or(&[][..], Vec::as_slice);
        let alone = places.len() == 1;
        let mine = places
            .iter()
            .find(|(currency, _)| alone || *currency == meter.currency);
        if let Some(row) = mine.and_then(|(_, index)| rows.get_mut(*index)) {
            row.meters.push(meter);
        }
    }
    for row in rows {
        row.meters
            .sort_by(|a, b| (b.cost, &a.key).cmp(&(a.cost, &b.key)));
    }
}

/// The sums of all groups, meter by meter.
fn sums(rows: &[Row]) -> Result<Vec<Row>> {
    let mut by_meter: BTreeMap<Option<String>, Vec<Row>> = BTreeMap::new();
    for row in rows {
        let meter = row.key.last().cloned().flatten();
        by_meter.entry(meter).or_default().push(row.clone());
    }
    let sums = by_meter.into_iter();
    let sums = sums.map(|(meter, rows)| sum(&rows, &vec![meter], RowKind::Group));
    Ok(sums
        .collect::<Result<Vec<_>>>()?
        .into_iter()
        .flatten()
        .collect())
}

/// The meters of a row for scripts.
pub(super) fn json(row: &Row) -> Json {
    let named = row.meters.iter().filter_map(|meter| {
        let name = meter.key.last().cloned().flatten()?;
        let figures = json!({
            "cost": meter.cost,
            "share_percent": share(meter, row.cost),
            "unpriced": meter.tally.unpriced,
        });
        Some((name, figures))
    });
    Json::Object(named.collect())
}

impl Report {
    pub(super) fn meter_table(&self) -> Table {
        let by = &self.query.by;
        let groups = by
            .iter()
            .map(|by| Column::new(by.key(), by.title(), Kind::Group));
        let figures = [
            Column::new("meter", "meter", Kind::Group),
            Column::new("quantity", "quantity", Kind::Quantity),
            Column::new("unit", "unit", Kind::Text),
            Column::new("cost", "cost", Kind::Money),
            Column::new("currency", "currency", Kind::Text).shown(Shown::DataOnly),
            Column::new("share_percent", "share", Kind::Percent),
            Column::new("unpriced", "unpriced", Kind::Count).shown(Shown::WhenUsed),
        ];
        let mut lines = Vec::new();
        for row in self.rows.iter().filter(|row| row.is_group()) {
            let values = row.key.iter().map(|value| Cell::text(value.as_deref()));
            let values: Vec<Cell> = values.collect();
            for meter in &row.meters {
                let figures = figures_of(meter, row.cost);
                lines.push(values.iter().cloned().chain(figures).collect());
            }
        }
        Table {
            title: None,
            meta: self.meta(),
            columns: groups.chain(figures).collect(),
            rows: lines,
            totals: self.meter_totals(),
            notes: self.notes(),
            ..Table::default()
        }
    }

    /// What each meter costs in all groups together, then the sum.
    fn meter_totals(&self) -> Vec<Vec<Cell>> {
        let by = &self.query.by;
        if by.is_empty() {
            return Vec::new();
        }
        let mut lines = Vec::new();
        for total in &self.totals {
            for meter in &total.meters {
                let cells = total_cells(by).into_iter();
                lines.push(cells.chain(figures_of(meter, total.cost)).collect());
            }
            let whole = Row {
                key: vec![None],
                ..total.clone()
            };
            let mut figures = figures_of(&whole, total.cost);
            for cell in figures.iter_mut().take(3) {
                *cell = Cell::Blank;
            }
            lines.push(total_cells(by).into_iter().chain(figures).collect());
        }
        lines
    }
}

/// Meter, quantity, unit, cost, currency, share of a whole, and how often it is unpriced.
fn figures_of(row: &Row, whole: Option<Exact>) -> Vec<Cell> {
    let name = row.key.last().cloned().flatten();
    let held = row.tally.meters.iter();
    let mut held = held.filter(|(meter, _)| Some(meter.name()) == name.as_deref());
    let held: Option<(&Meter, &Exact)> = held.next();
    vec![
        Cell::text(name.as_deref()),
        held.map_or(Cell::Absent, |(_, sum)| Cell::Quantity(*sum)),
        Cell::text(held.map(|(meter, _)| meter.unit())),
        Cell::money(row.cost, row.currency.as_deref()),
        Cell::text(row.currency.as_deref()),
        share(row, whole).map_or(Cell::Absent, Cell::Percent),
        Cell::Count(row.tally.unpriced),
    ]
}

fn share(row: &Row, whole: Option<Exact>) -> Option<Ratio> {
    Ratio::percent(row.cost?, whole?)
}

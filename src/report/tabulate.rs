//! A report as a table.

use std::collections::BTreeSet;

use crate::table::{Cell, Column, Kind, Table};
use crate::usage::Meter;

use super::figures::{self, Extra};
use super::rows::{Row, RowKind};
use super::{Dimension, Layout, Report};

/// What groups are called that have no row or column of their own.
pub(super) const OTHERS: &str = "(others)";

/// The meters of all rows, in the order of display.
pub(super) fn meters_of(report: &Report) -> Vec<Meter> {
    let rows = report.rows.iter().chain(&report.totals);
    let distinct: BTreeSet<Meter> = rows
        .flat_map(|row| row.tally.meters.keys().cloned())
        .collect();
    let mut meters: Vec<Meter> = distinct.into_iter().collect();
    meters.sort_by_key(Meter::rank);
    meters
}

impl Report {
    /// The report for people and spreadsheets.
    pub fn table(&self) -> Table {
        match (&self.pivot, self.query.layout) {
            (Some(pivot), _) => self.pivot_table(pivot),
            (None, Layout::Meters) => self.meter_table(),
            (None, Layout::Usual | Layout::Compared | Layout::Changes) => self.usual_table(),
        }
    }

    fn usual_table(&self) -> Table {
        let extra = self.extra();
        let by = &self.query.by;
        let groups = by
            .iter()
            .map(|by| Column::new(by.key(), by.title(), Kind::Group));
        let figures = figures::columns(&extra);
        // Without dimensions the only row is the total already.
        let totals = self.totals.iter().filter(|_| !by.is_empty());
        Table {
            title: None,
            meta: self.meta(),
            columns: groups.chain(figures).collect(),
            rows: self
                .rows
                .iter()
                .map(|row| cells(group_cells(by, row), row, &extra))
                .collect(),
            subtotals: self.subtotals(),
            totals: totals
                .map(|row| cells(total_cells(by), row, &extra))
                .collect(),
            notes: self.notes(),
        }
    }

    fn extra(&self) -> Extra {
        let reported = self
            .totals
            .iter()
            .flat_map(|row| row.tally.reported.keys().cloned());
        let reported = reported.filter(|_| self.query.reported);
        Extra {
            meters: if self.query.meters {
                meters_of(self)
            } else {
                Vec::new()
            },
            currencies: reported.collect::<BTreeSet<_>>().into_iter().collect(),
            beside: self.beside,
            layout: self.query.layout,
            before: self.query.against.is_some(),
            view: self.query.view.clone(),
            largest: self.largest(),
            days: self.spark_days(),
        }
    }

    fn subtotals(&self) -> BTreeSet<usize> {
        let rows = self.rows.iter().enumerate();
        let sums = rows.filter(|(_, row)| row.kind == RowKind::Subtotal);
        sums.map(|(index, _)| index).collect()
    }
}

fn cells(mut groups: Vec<Cell>, row: &Row, extra: &Extra) -> Vec<Cell> {
    groups.extend(
        figures::figures(row, extra)
            .into_iter()
            .map(|(_, cell)| cell),
    );
    groups
}

/// The values of the dimensions; a sum of groups says what it is after those that it has.
fn group_cells(by: &[Dimension], row: &Row) -> Vec<Cell> {
    let values = row.key.iter().map(|value| Cell::text(value.as_deref()));
    let label = match row.kind {
        RowKind::Group | RowKind::Total => None,
        RowKind::Subtotal => Some("subtotal".to_owned()),
        RowKind::Others(_) => Some(OTHERS.to_owned()),
    };
    let mut cells: Vec<Cell> = values.chain(label.map(Cell::Text)).collect();
    cells.resize(by.len(), Cell::Blank);
    cells
}

pub(super) fn total_cells(by: &[Dimension]) -> Vec<Cell> {
    let rest = by.iter().skip(1).map(|_| Cell::Blank);
    std::iter::once(Cell::Text("total".to_owned()))
        .chain(rest)
        .collect()
}

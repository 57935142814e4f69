//! A report as a table.

use std::collections::BTreeSet;

use crate::table::{Cell, Column, Kind, Table};
use crate::usage::Meter;

use super::figures::{self, Extra};
use super::rows::Row;
use super::{Dimension, Report};

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
                .map(|row| cells(group_cells(row), row, &extra))
                .collect(),
            totals: totals
                .map(|row| cells(total_cells(by), row, &extra))
                .collect(),
            notes: self.notes(),
            whole: false,
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
        }
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

fn group_cells(row: &Row) -> Vec<Cell> {
    row.key
        .iter()
        .map(|value| Cell::text(value.as_deref()))
        .collect()
}

fn total_cells(by: &[Dimension]) -> Vec<Cell> {
    let rest = by.iter().skip(1).map(|_| Cell::Blank);
    std::iter::once(Cell::Text("total".to_owned()))
        .chain(rest)
        .collect()
}

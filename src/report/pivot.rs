//! A matrix of costs: the last dimension's values side by side. Every cell is the cost of a group of
//! the plain report; sums along a row or a column are those of the report by the other dimensions.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json, json};

use crate::error::{Error, Result};
use crate::money::Exact;
use crate::table::{Cell, Column, Kind, NONE, Shown, Table};

use super::arrange::sum;
use super::rows::{self, Row, RowKind, Sort};
use super::summary::Key;
use super::tabulate::{OTHERS, total_cells};
use super::{Dimension, Query, Report, from_summary};

/// Columns where nobody asks for another number; the rest is added up in one more.
const MOST: usize = 10;

/// One row of a matrix, in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The row's sum.
    pub sum: Row,
    /// The groups with a column of their own. A column that is missing has no records.
    pub cells: BTreeMap<Option<String>, Row>,
    /// The other groups together, if there are any.
    pub others: Option<Row>,
}

/// A matrix of costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pivot {
    /// The values with a column of their own, in order.
    pub columns: Vec<Option<String>>,
    /// How many values are in the last column together.
    pub others: usize,
    /// The rows in order, at most as many as asked for.
    pub lines: Vec<Line>,
    /// How many more rows there are.
    pub hidden: usize,
    /// The sums of the columns over all rows, one line per currency.
    pub totals: Vec<Line>,
}

/// Lays the groups of a report out as a matrix.
///
/// # Errors
/// When a sum is too large to keep exactly.
pub(super) fn pivot(query: &Query, groups: &[Row], totals: &[Row]) -> Result<Pivot> {
    let (outer, columns) = query.by.split_at(query.by.len().saturating_sub(1));
    let (columns, others) = columns_of(query, columns, groups)?;
    let mut by_row: BTreeMap<Key, Vec<Row>> = BTreeMap::new();
    for group in groups {
        let key = group.key.iter().take(outer.len()).cloned().collect();
        by_row.entry(key).or_default().push(group.clone());
    }
    let mut lines = Vec::new();
    for (key, groups) in by_row {
        lines.extend(lines_of(
            &groups,
            sum(&groups, &key, RowKind::Group)?,
            &columns,
        )?);
    }
    let order = rows::order(outer, query.sort);
    lines.sort_by(|a, b| rows::compare(outer, order, &a.sum, &b.sum));
    let hidden = lines.len() - query.limit.unwrap_or(lines.len()).min(lines.len());
    lines.truncate(lines.len() - hidden);
    Ok(Pivot {
        totals: lines_of(groups, totals.to_vec(), &columns)?,
        columns,
        others,
        lines,
        hidden,
    })
}

/// The values that get a column, in their order: by time, by name where that is asked for, else the
/// most expensive first. Beyond the limit it is always the most expensive that stay.
fn columns_of(
    query: &Query,
    last: &[Dimension],
    groups: &[Row],
) -> Result<(Vec<Option<String>>, usize)> {
    let mut by_value: BTreeMap<Option<String>, Vec<Row>> = BTreeMap::new();
    for group in groups {
        let value = group.key.last().cloned().flatten();
        by_value.entry(value).or_default().push(group.clone());
    }
    let mut sums = Vec::new();
    for (value, groups) in by_value {
        sums.extend(sum(&groups, &vec![value], RowKind::Group)?);
    }
    let in_order = |sums: &mut Vec<Row>, order: Sort| {
        sums.sort_by(|a, b| rows::compare(last, order, a, b));
        let mut seen = BTreeSet::new();
        let values = sums.iter().map(|sum| sum.key.first().cloned().flatten());
        values
            .filter(|value| seen.insert(value.clone()))
            .collect::<Vec<_>>()
    };
    let dearest = in_order(&mut sums, Sort::Cost);
    let is_dated = last.iter().any(Dimension::is_time);
    let most = query.view.top.or((!is_dated).then_some(MOST));
    let kept: BTreeSet<_> = dearest.iter().take(most.unwrap_or(dearest.len())).collect();
    let mut columns = in_order(&mut sums, rows::order(last, query.sort));
    columns.retain(|value| kept.contains(value));
    Ok((columns, dearest.len() - kept.len()))
}

/// The line of each sum of some groups. What has no currency belongs to the only sum there is, or to
/// the one without a currency.
fn lines_of(groups: &[Row], sums: Vec<Row>, columns: &[Option<String>]) -> Result<Vec<Line>> {
    let alone = sums.len() == 1;
    let line = |sum: Row| {
        let is_part = |group: &&Row| alone || group.currency == sum.currency;
        let parts: Vec<Row> = groups.iter().filter(is_part).cloned().collect();
        line(sum, &parts, columns)
    };
    sums.into_iter().map(line).collect()
}

fn line(sum_row: Row, parts: &[Row], columns: &[Option<String>]) -> Result<Line> {
    let mut cells: BTreeMap<Option<String>, Vec<Row>> = BTreeMap::new();
    let mut others = Vec::new();
    for part in parts {
        let value = part.key.last().cloned().flatten();
        if columns.contains(&value) {
            cells.entry(value).or_default().push(part.clone());
        } else {
            others.push(part.clone());
        }
    }
    // The parts are of one currency at most.
    let one = |rows: &[Row]| Ok::<_, Error>(sum(rows, &Key::new(), RowKind::Group)?.pop());
    let mut shown = BTreeMap::new();
    for (value, rows) in cells {
        shown.extend(one(&rows)?.map(|row| (value, row)));
    }
    Ok(Line {
        others: one(&others)?,
        cells: shown,
        sum: sum_row,
    })
}

impl Report {
    /// The same matrix with at most so many columns; the rest is added up with the others.
    ///
    /// # Errors
    /// When a sum is too large to keep exactly.
    pub fn narrowed(&self, columns: usize) -> Result<Self> {
        let mut query = self.query.clone();
        query.view.top = Some(columns);
        let beside = self.beside;
        let report = from_summary(&query, self.summary.clone())?;
        Ok(Self { beside, ..report })
    }

    pub(super) fn pivot_table(&self, pivot: &Pivot) -> Table {
        let outer = self.query.by.len().saturating_sub(1);
        let outer = self.query.by.get(..outer).unwrap_or_default();
        let mut columns: Vec<Column> = outer
            .iter()
            .map(|by| Column::new(by.key(), by.title(), Kind::Group))
            .collect();
        columns.extend(pivot.columns.iter().map(|value| {
            let name = value.as_deref().unwrap_or(NONE);
            Column::new(name, name, Kind::Money).shown(Shown::IfRoom)
        }));
        if pivot.others > 0 {
            columns.push(Column::new(OTHERS, OTHERS, Kind::Money));
        }
        columns.push(Column::new("total", "total", Kind::Money));
        columns.push(Column::new("currency", "currency", Kind::Text).shown(Shown::DataOnly));
        let row = |line: &Line| {
            let values = line.sum.key.iter();
            let values = values.map(|value| Cell::text(value.as_deref()));
            values.chain(amounts(pivot, line)).collect()
        };
        let total = |line: &Line| {
            let cells = total_cells(outer).into_iter();
            cells.chain(amounts(pivot, line)).collect()
        };
        Table {
            title: None,
            meta: self.meta(),
            columns,
            rows: pivot.lines.iter().map(row).collect(),
            totals: pivot.totals.iter().map(total).collect(),
            notes: self.notes(),
            ..Table::default()
        }
    }

    /// The matrix for scripts, beside the rows of the plain report. A column without records is
    /// left out of a row; an unknown cost is null.
    pub(super) fn pivot_json(&self, pivot: &Pivot) -> Json {
        let outer = self.query.by.len().saturating_sub(1);
        let line = |line: &Line| {
            let mut object = Map::new();
            for (by, value) in self.query.by.iter().zip(&line.sum.key) {
                object.insert(by.key(), json!(value));
            }
            let cell = |value: &Option<String>| {
                let row = line.cells.get(value)?;
                Some(json!({"value": value, "cost": row.cost}))
            };
            let cells: Vec<Json> = pivot.columns.iter().filter_map(cell).collect();
            object.insert("cells".to_owned(), json!(cells));
            if let Some(others) = &line.others {
                object.insert("others".to_owned(), json!(others.cost));
            }
            object.insert("total".to_owned(), json!(line.sum.cost));
            object.insert("currency".to_owned(), json!(line.sum.currency));
            Json::Object(object)
        };
        json!({
            "column": self.query.by.get(outer).map(Dimension::key),
            "columns": pivot.columns,
            "others": pivot.others,
            "rows": pivot.lines.iter().map(line).collect::<Vec<_>>(),
            "rows_hidden": pivot.hidden,
            "totals": pivot.totals.iter().map(line).collect::<Vec<_>>(),
        })
    }
}

fn amounts(pivot: &Pivot, line: &Line) -> Vec<Cell> {
    let currency = line.sum.currency.as_deref();
    let amount = |row: Option<&Row>| row.map_or(Cell::Blank, |row| Cell::money(row.cost, currency));
    let cells = pivot
        .columns
        .iter()
        .map(|value| amount(line.cells.get(value)));
    let others = (pivot.others > 0).then(|| amount(line.others.as_ref()));
    let total: Option<Exact> = line.sum.cost;
    cells
        .chain(others)
        .chain([Cell::money(total, currency), Cell::text(currency)])
        .collect()
}

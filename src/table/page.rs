//! Tables and charts that belong together: what `report` hands to `render` for a page or a workbook.

use crate::money::Exact;

use super::Table;

/// A page to read, or a workbook.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// The heading.
    pub title: String,
    /// What holds for all of it: period, timezone, price book.
    pub meta: Vec<(String, String)>,
    /// The totals with their columns, one row per currency; no rows where nothing is summed.
    pub totals: Table,
    /// The parts, in the order of reading.
    pub sections: Vec<Section>,
    /// What a reader must know.
    pub notes: Vec<String>,
}

impl Page {
    /// A page with one table.
    pub fn of(table: &Table) -> Self {
        let title = table.title.as_deref().unwrap_or("llmcost").to_owned();
        Self {
            meta: table.meta.clone(),
            totals: Table {
                columns: table.columns.clone(),
                rows: table.totals.clone(),
                ..Table::default()
            },
            sections: vec![Section {
                name: title.clone(),
                charts: Vec::new(),
                table: Table {
                    title: None,
                    meta: Vec::new(),
                    notes: Vec::new(),
                    ..table.clone()
                },
                folded: false,
            }],
            notes: table.notes.clone(),
            title,
        }
    }
}

/// A part of a page, or a sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub name: String,
    /// Its charts; a workbook has none.
    pub charts: Vec<Chart>,
    /// Its table, without a heading of its own.
    pub table: Table,
    /// Whether a page shows the table only when it is asked for.
    pub folded: bool,
}

/// A chart of amounts in one currency: different currencies never share an axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// What it shows, with the currency.
    pub title: String,
    /// How it is drawn.
    pub shape: Shape,
    /// ISO 4217 code.
    pub currency: String,
    /// What each bar or point stands for.
    pub labels: Vec<String>,
    /// The amounts, the largest series first.
    pub series: Vec<Series>,
    /// The amount to stay below.
    pub budget: Option<Exact>,
}

/// How a chart is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One bar per stretch of time, the series on top of each other.
    Stacked,
    /// A line over time.
    Line,
    /// One bar per group, beside its name and amount.
    Bars,
}

/// One colour of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// Its name.
    pub name: String,
    /// As many amounts as the chart has labels; absent is unknown, which is not zero.
    pub amounts: Vec<Option<Exact>>,
}

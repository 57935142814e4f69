//! A table for a terminal. It fits the width that is given: columns that say least leave first, and
//! a note says which; numbers are never wrapped.

use std::io::Write;

use comfy_table::{
    Attribute, Cell as Shown, CellAlignment, ColumnConstraint, ContentArrangement, LineStyle,
    TableStyle, Width,
};

use crate::error::Result;
use crate::table::{Align, Cell, Column, Kind, Table};

use super::Style;
use super::number;
use super::visible::visible;

/// Stands where the rule above the totals goes; no cell can hold it, because it is made visible.
const RULE: &str = "\u{E000}";

/// Columns that leave first when there is no room, by key. What groups or counts money stays.
const LEAST: [&str; 30] = [
    "record",
    "warn_below",
    "revoked",
    "time_basis",
    "modality",
    "requested_model",
    "reasoning_tokens",
    "cache_write_tokens",
    "cached_input_tokens",
    "covered",
    "output_tokens",
    "input_tokens",
    "failed",
    "modified_at",
    "pending_bytes",
    "last_run",
    "conflicts",
    "pending",
    "updated",
    "duplicate",
    "ignored",
    "bytes",
    "lines",
    "status",
    "estimated",
    "unpriced",
    "provider",
    "cost_status",
    "tenant_id",
    "user_id",
];

/// Words are wrapped, but not to less than this.
const NARROWEST: usize = 16;

/// What a column takes beside its text.
const PADDING: usize = 3;

/// Writes a table.
///
/// # Errors
/// When it cannot be written.
pub fn write(table: &Table, style: Style, out: &mut dyn Write) -> Result<()> {
    let (shown, left_out) = fitting_columns(table, style);
    let mut lines: Vec<String> = Vec::new();
    lines.extend(table.title.iter().map(|title| visible(title).into_owned()));
    let meta = table
        .meta
        .iter()
        .map(|(name, text)| format!("{name} {}", visible(text)));
    let meta = meta.collect::<Vec<_>>().join("   ");
    if !meta.is_empty() {
        lines.extend([meta, String::new()]);
    }
    if !table.rows.is_empty() {
        lines.extend(drawn(table, &shown, style));
        lines.push(String::new());
    }
    lines.extend(table.notes.iter().map(|note| visible(note).into_owned()));
    if !left_out.is_empty() {
        lines.push(format!("Columns that do not fit: {}", left_out.join(", ")));
    }
    write_raw(&lines, out)
}

/// Writes lines of text, made harmless.
///
/// # Errors
/// When they cannot be written.
pub fn write_lines(lines: &[String], out: &mut dyn Write) -> Result<()> {
    let lines: Vec<String> = lines
        .iter()
        .map(|line| visible(line).into_owned())
        .collect();
    write_raw(&lines, out)
}

fn write_raw(lines: &[String], out: &mut dyn Write) -> Result<()> {
    let mut lines = lines.iter();
    lines
        .try_for_each(|line| writeln!(out, "{}", line.trim_end()))
        .map_err(super::failed)
}

/// The columns to show, and the headings of those that do not fit.
fn fitting_columns(table: &Table, style: Style) -> (Vec<usize>, Vec<String>) {
    let mut shown = table.visible_columns();
    let mut left_out: Vec<usize> = Vec::new();
    let width = style.width.filter(|_| !table.whole).map(usize::from);
    let Some(width) = width else {
        return (shown, Vec::new());
    };
    for key in LEAST {
        if least_width(table, &shown, style) <= width {
            break;
        }
        let leaves = |index: &usize| {
            table
                .columns
                .get(*index)
                .is_some_and(|column| column.key == key && column.kind != Kind::Group)
        };
        if let Some(at) = shown.iter().position(leaves) {
            left_out.push(shown.remove(at));
        }
    }
    left_out.sort_unstable();
    let title = |index: usize| Some(table.columns.get(index)?.title.clone());
    let titles = left_out.into_iter().filter_map(title);
    (shown, titles.collect())
}

/// The width below which numbers would be cut; words can be wrapped down to a few letters.
fn least_width(table: &Table, shown: &[usize], style: Style) -> usize {
    let widths = shown
        .iter()
        .map(|index| least_column_width(table, *index, style) + PADDING);
    widths.sum()
}

fn least_column_width(table: &Table, index: usize, style: Style) -> usize {
    let Some(column) = table.columns.get(index) else {
        return 0;
    };
    let rows = table.rows.iter().chain(&table.totals);
    let cells = rows.filter_map(|row| row.get(index));
    let texts = cells.map(|cell| number::text(cell, column.kind, style.digits));
    let widest = texts
        .map(|text| text.chars().count())
        .chain([column.title.chars().count()])
        .max()
        .unwrap_or_default();
    if wraps(column.kind) {
        widest.min(NARROWEST)
    } else {
        widest
    }
}

/// Only words may go over several lines; a number or a time cut in two is another one.
fn wraps(kind: Kind) -> bool {
    matches!(kind, Kind::Group | Kind::Text)
}

fn drawn(table: &Table, shown: &[usize], style: Style) -> Vec<String> {
    let columns: Vec<&Column> = shown
        .iter()
        .filter_map(|index| table.columns.get(*index))
        .collect();
    let cells = |row: &[Cell], strong: bool| -> Vec<Shown> {
        let pairs = shown.iter().zip(&columns);
        let cell = |(index, column): (&usize, &&Column)| {
            let text = row
                .get(*index)
                .map(|cell| number::text(cell, column.kind, style.digits));
            drawn_cell(text.unwrap_or_default(), column.kind, strong)
        };
        pairs.map(cell).collect()
    };
    let mut drawing = canvas(style);
    drawing.set_header(
        columns
            .iter()
            .map(|column| drawn_cell(visible(&column.title).into_owned(), column.kind, true)),
    );
    drawing.add_rows(table.rows.iter().map(|row| cells(row, false)));
    if !table.totals.is_empty() {
        drawing.add_row([RULE]);
    }
    drawing.add_rows(table.totals.iter().map(|row| cells(row, true)));
    let columns = shown.iter().zip(&columns);
    for ((index, column), drawn) in columns.zip(drawing.column_iter_mut()) {
        drawn.set_constraint(if wraps(column.kind) {
            let least = least_column_width(table, *index, style) + PADDING - 1;
            ColumnConstraint::LowerBoundary(Width::Fixed(least.try_into().unwrap_or(u16::MAX)))
        } else {
            ColumnConstraint::ContentWidth
        });
    }
    with_rule(drawing.lines().collect())
}

/// An empty table: no lines but one below the header.
fn canvas(style: Style) -> comfy_table::Table {
    let rule = LineStyle::none().fill('─').junction('─');
    let mut canvas = comfy_table::Table::new();
    canvas.load_style(TableStyle::new().header_separator(rule));
    match style.width {
        Some(width) => canvas
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width),
        None => canvas.set_content_arrangement(ContentArrangement::Disabled),
    };
    if style.colour {
        canvas.enforce_styling();
    } else {
        canvas.force_no_tty();
    }
    canvas
}

/// Puts the rule below the header above the totals, too.
fn with_rule(mut lines: Vec<String>) -> Vec<String> {
    let rule = lines.iter().find(|line| line.starts_with('─')).cloned();
    for line in &mut lines {
        if line.contains(RULE) {
            *line = rule.clone().unwrap_or_default();
        }
    }
    lines
}

fn drawn_cell(text: String, kind: Kind, strong: bool) -> Shown {
    let cell = Shown::new(text).set_alignment(match kind.align() {
        Align::Left => CellAlignment::Left,
        Align::Right => CellAlignment::Right,
    });
    if strong {
        cell.add_attribute(Attribute::Bold)
    } else {
        cell
    }
}

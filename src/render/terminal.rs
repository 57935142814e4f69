//! A table for a terminal. It fits the width that is given: columns that say least leave first, and
//! a note says which; numbers are never wrapped.

use std::collections::BTreeMap;
use std::io::Write;

use comfy_table::{
    Attribute, Cell as Drawn, CellAlignment, Color, ColumnConstraint, ContentArrangement,
    LineStyle, TableStyle, Width,
};

use crate::error::Result;
use crate::table::{Align, Cell, Column, Kind, Shown, Table};

use super::Style;
use super::number;
use super::room::LEAST;
use super::visible::visible;

/// Stands where the rule above the totals goes; no cell can hold it, because it is made visible.
const RULE: &str = "\u{E000}";

/// Words are wrapped, but not to less than this.
const NARROWEST: usize = 16;

/// What the names of groups have together before other columns must leave: most fit on one line.
const NAMES: usize = 32;

/// The least width of a terminal where names go before figures.
const USUAL: u16 = 80;

/// Before the headings of columns without room.
const LEFT_OUT: &str = "Columns that do not fit: ";

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
    let meta = meta_lines(table, style);
    if !meta.is_empty() {
        lines.extend(meta);
        lines.push(String::new());
    }
    if !table.rows.is_empty() {
        lines.extend(drawn(table, &shown, style));
        lines.push(String::new());
    }
    lines.extend(table.notes.iter().map(|note| visible(note).into_owned()));
    let left_out = left_out.iter().enumerate().map(|(at, name)| {
        let before = if at == 0 { LEFT_OUT } else { "" };
        let after = if at + 1 < left_out.len() { "," } else { "" };
        format!("{before}{}{after}", visible(name))
    });
    lines.extend(packed(left_out, " ", style));
    write_raw(&lines, out)
}

/// What holds for the whole table.
fn meta_lines(table: &Table, style: Style) -> Vec<String> {
    let meta = table.meta.iter();
    let parts = meta.map(|(name, text)| format!("{name} {}", visible(text)));
    packed(parts, "   ", style)
}

/// Parts beside each other, on as few lines as the width allows.
fn packed(parts: impl Iterator<Item = String>, between: &str, style: Style) -> Vec<String> {
    let width = style.width.map_or(usize::MAX, usize::from);
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if line.chars().count() + between.len() + part.chars().count() <= width => {
                line.push_str(between);
                line.push_str(&part);
            }
            Some(_) | None => lines.push(part),
        }
    }
    lines
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

/// How many columns would not fit.
pub fn without_room(table: &Table, style: Style) -> usize {
    fitting_columns(table, style).1.len()
}

/// The columns to show, and the headings of those that do not fit.
fn fitting_columns(table: &Table, style: Style) -> (Vec<usize>, Vec<String>) {
    let mut shown = table.visible_columns();
    let mut left_out: Vec<usize> = Vec::new();
    let width = style.width.filter(|_| !table.whole).map(usize::from);
    let Some(width) = width else {
        return (shown, Vec::new());
    };
    let spare = |index: &usize| {
        let column = table.columns.get(*index);
        column.is_some_and(|column| column.shown == Shown::IfRoom)
    };
    // Every cell of a column is measured, so that is done once.
    let widths = shown
        .iter()
        .map(|index| (*index, least_column_width(table, *index, style)));
    let widths: BTreeMap<usize, usize> = widths.collect();
    let taken = |shown: &[usize]| -> usize {
        let widths = shown.iter().filter_map(|index| widths.get(index));
        widths.map(|width| width + PADDING).sum()
    };
    for key in LEAST {
        if taken(&shown) <= width {
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
    while taken(&shown) > width
        && let Some(at) = shown.iter().rposition(spare)
    {
        left_out.push(shown.remove(at));
    }
    left_out.sort_unstable();
    let title = |index: usize| {
        let column = table.columns.get(index)?;
        let named = Some(&column.title).filter(|title| !title.is_empty());
        Some(named.unwrap_or(&column.key).clone())
    };
    let titles = left_out.into_iter().filter_map(title);
    (shown, titles.collect())
}

/// The width below which numbers would be cut; words can be wrapped down to a few letters.
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
    if column.kind == Kind::Group {
        let kinds = table.columns.iter().map(|column| column.kind);
        let groups = kinds.filter(|kind| *kind == Kind::Group).count().max(1);
        let names = style
            .width
            .map_or(NAMES, |width| NAMES * usize::from(width >= USUAL));
        widest.min(NARROWEST.max(names / groups))
    } else if wraps(column.kind) {
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
    let cells = |row: &[Cell], strong: bool| -> Vec<Drawn> {
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
    let rows = table.rows.iter().enumerate();
    drawing.add_rows(rows.map(|(index, row)| cells(row, table.subtotals.contains(&index))));
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

fn drawn_cell(text: String, kind: Kind, strong: bool) -> Drawn {
    let colour = change_colour(&text, kind);
    let mut cell = Drawn::new(text).set_alignment(match kind.align() {
        Align::Left => CellAlignment::Left,
        Align::Right => CellAlignment::Right,
    });
    if let Some(colour) = colour {
        cell = cell.fg(colour);
    }
    if strong {
        cell.add_attribute(Attribute::Bold)
    } else {
        cell
    }
}

/// What costs more stands out; the sign says the same without colours. Dark ones: the bright green can
/// hardly be read on a light terminal.
fn change_colour(text: &str, kind: Kind) -> Option<Color> {
    if kind != Kind::Change {
        return None;
    }
    match text.chars().next() {
        Some('+') => Some(Color::DarkRed),
        Some('-') => Some(Color::DarkGreen),
        Some(_) | None => None,
    }
}

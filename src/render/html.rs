//! One page that stands alone: no script, no request, nothing but text from a record.

use std::io::{self, Write};

use crate::error::Result;
use crate::table::{Align, Cell, Column, Table};

use super::number::{self, Digits};
use super::visible::visible;

const HEAD: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
"#;

const STYLE: &str = "<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 80rem; padding: 0 1rem; }
dl { display: grid; grid-template-columns: max-content auto; gap: 0 1rem; }
dt { opacity: .7; }
dd { margin: 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .75rem; text-align: left; border-bottom: 1px solid #8884; }
.n { text-align: right; white-space: nowrap; }
tfoot, .s { font-weight: bold; }
</style>
</head>
<body>
";

/// Writes a page.
///
/// # Errors
/// When it cannot be written.
pub fn write(table: &Table, digits: Digits, out: &mut dyn Write) -> Result<()> {
    put(table, digits, out).map_err(super::failed)
}

fn put(table: &Table, digits: Digits, out: &mut dyn Write) -> io::Result<()> {
    let title = escape(table.title.as_deref().unwrap_or("llmcost"));
    write!(
        out,
        "{HEAD}<title>{title}</title>\n{STYLE}<h1>{title}</h1>\n<dl>\n"
    )?;
    for (name, text) in &table.meta {
        writeln!(out, "<dt>{}</dt><dd>{}</dd>", escape(name), escape(text))?;
    }
    write!(out, "</dl>\n<table>\n<thead>\n<tr>")?;
    let shown = table.visible_columns();
    for column in shown.iter().filter_map(|index| table.columns.get(*index)) {
        write!(out, "<th{}>{}</th>", class(column), escape(&column.title))?;
    }
    write!(out, "</tr>\n</thead>\n<tbody>\n")?;
    for (index, row) in table.rows.iter().enumerate() {
        let class = if table.subtotals.contains(&index) {
            " class=\"s\""
        } else {
            ""
        };
        write!(out, "<tr{class}>")?;
        put_row(table, &shown, row, digits, out)?;
    }
    write!(out, "</tbody>\n<tfoot>\n")?;
    for row in &table.totals {
        write!(out, "<tr>")?;
        put_row(table, &shown, row, digits, out)?;
    }
    write!(out, "</tfoot>\n</table>\n")?;
    for note in &table.notes {
        writeln!(out, "<p>{}</p>", escape(note))?;
    }
    write!(out, "</body>\n</html>\n")
}

fn put_row(
    table: &Table,
    shown: &[usize],
    row: &[Cell],
    digits: Digits,
    out: &mut dyn Write,
) -> io::Result<()> {
    for index in shown {
        let (Some(column), Some(cell)) = (table.columns.get(*index), row.get(*index)) else {
            continue;
        };
        let text = escape(&number::text(cell, column.kind, digits));
        write!(out, "<td{}{}>{text}</td>", class(column), exact_title(cell))?;
    }
    writeln!(out, "</tr>")
}

fn class(column: &Column) -> &'static str {
    match column.kind.align() {
        Align::Left => "",
        Align::Right => " class=\"n\"",
    }
}

/// Pointing at a rounded amount shows all its digits.
fn exact_title(cell: &Cell) -> String {
    match cell {
        Cell::Money { amount, .. } => format!(" title=\"{amount}\""),
        Cell::PerUnit { amount, .. } => format!(" title=\"{amount}\""),
        Cell::Blank
        | Cell::Absent
        | Cell::Text(_)
        | Cell::Time(_)
        | Cell::Count(_)
        | Cell::Quantity(_)
        | Cell::Number(_)
        | Cell::Percent(_)
        | Cell::Average(_) => String::new(),
    }
}

fn escape(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in visible(text).chars() {
        match letter {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '"' => shown.push_str("&quot;"),
            '\'' => shown.push_str("&#39;"),
            _ => shown.push(letter),
        }
    }
    shown
}

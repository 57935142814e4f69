//! A Markdown table for issues, pull requests and step summaries. Nothing in a cell becomes markup,
//! a link or a mention.

use std::io::{self, Write};

use crate::error::Result;
use crate::table::{Align, Cell, Table};

use super::number::{self, Digits};
use super::visible::visible;

/// Writes a table.
///
/// # Errors
/// When it cannot be written.
pub fn write(table: &Table, digits: Digits, out: &mut dyn Write) -> Result<()> {
    put(table, digits, out).map_err(super::failed)
}

fn put(table: &Table, digits: Digits, out: &mut dyn Write) -> io::Result<()> {
    if let Some(title) = &table.title {
        writeln!(out, "## {}\n", plain(title))?;
    }
    for (name, text) in &table.meta {
        writeln!(out, "- {}: {}", plain(name), plain(text))?;
    }
    let shown = table.visible_columns();
    let columns: Vec<_> = shown
        .iter()
        .filter_map(|index| table.columns.get(*index))
        .collect();
    writeln!(
        out,
        "\n|{}",
        joined(columns.iter().map(|column| plain(&column.title)))
    )?;
    let rule = columns.iter().map(|column| match column.kind.align() {
        Align::Left => "---".to_owned(),
        Align::Right => "---:".to_owned(),
    });
    writeln!(out, "|{}", joined(rule))?;
    let totals = table.totals.iter().map(|row| (row, true));
    let rows = table.rows.iter().enumerate();
    let rows = rows.map(|(index, row)| (row, table.subtotals.contains(&index)));
    for (row, strong) in rows.chain(totals) {
        let cells = shown.iter().zip(&columns).filter_map(|(index, column)| {
            let cell = row.get(*index)?;
            Some(cell_text(cell, column.kind, digits, strong))
        });
        writeln!(out, "|{}", joined(cells))?;
    }
    if !table.notes.is_empty() {
        writeln!(out)?;
    }
    table
        .notes
        .iter()
        .try_for_each(|note| writeln!(out, "- {}", plain(note)))
}

fn joined(cells: impl Iterator<Item = String>) -> String {
    cells
        .map(|cell| cell + " |")
        .fold(String::new(), |line, cell| line + " " + &cell)
}

fn cell_text(cell: &Cell, kind: crate::table::Kind, digits: Digits, strong: bool) -> String {
    let text = plain(&number::text(cell, kind, digits));
    if strong && !text.is_empty() {
        format!("**{text}**")
    } else {
        text
    }
}

/// The text with everything escaped that Markdown, or a site around it, would act on. Amounts and
/// times stay readable in the source: a dollar before a digit opens no formula, a colon no link.
fn plain(text: &str) -> String {
    let text = visible(text);
    let mut shown = String::with_capacity(text.len());
    for (at, letter) in text.char_indices() {
        let rest = text.get(at + letter.len_utf8()..).unwrap_or_default();
        match letter {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '@' => shown.push_str("&#64;"),
            ':' if rest.starts_with("//") => shown.push_str("\\:"),
            '$' if !rest.starts_with(|next: char| next.is_ascii_digit()) => shown.push_str("\\$"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' => {
                shown.push('\\');
                shown.push(letter);
            }
            _ => shown.push(letter),
        }
    }
    shown
}

//! Markdown for issues, pull requests and step summaries: the first rows and the totals, the rest
//! folded away. Nothing in a cell becomes markup, a link or a mention.

use std::io::{self, Write};

use crate::error::Result;
use crate::table::{Align, Cell, Column, Kind, Table};

use super::number::{self, Digits};
use super::visible::visible;

/// Rows that are not folded away, where there are more than a few others.
const FIRST: usize = 10;

/// A fold for so few rows would hide them for nothing.
const FEW: usize = 5;

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
    let rows = table.rows.iter().enumerate();
    let rows = rows.map(|(index, row)| (row.as_slice(), table.subtotals.contains(&index)));
    let mut first: Vec<(&[Cell], bool)> = rows.collect();
    let rest = if first.len() > FIRST + FEW {
        first.split_off(FIRST)
    } else {
        Vec::new()
    };
    first.extend(table.totals.iter().map(|row| (row.as_slice(), true)));
    let drawing = Drawing::new(table, digits);
    drawing.put(&first, out)?;
    if !rest.is_empty() {
        let rows = rest.len();
        writeln!(out, "\n<details><summary>{rows} more rows</summary>\n")?;
        drawing.put(&rest, out)?;
        writeln!(out, "\n</details>")?;
    }
    if !table.notes.is_empty() {
        writeln!(out)?;
    }
    let mut notes = table.notes.iter();
    notes.try_for_each(|note| writeln!(out, "- {}", plain(note)))?;
    if !table.meta.is_empty() {
        let meta = table.meta.iter();
        let meta = meta.map(|(name, text)| format!("{} {}", plain(name), plain(text)));
        let meta: Vec<String> = meta.collect();
        writeln!(out, "\n<sub>{}</sub>", meta.join(" · "))?;
    }
    Ok(())
}

/// The columns that people see.
struct Drawing<'t> {
    columns: Vec<(usize, &'t Column)>,
    digits: Digits,
}

impl<'t> Drawing<'t> {
    fn new(table: &'t Table, digits: Digits) -> Self {
        let shown = table.visible_columns().into_iter();
        let columns = shown.filter_map(|index| Some((index, table.columns.get(index)?)));
        Self {
            columns: columns.collect(),
            digits,
        }
    }

    /// Draws rows, sums in bold.
    fn put(&self, rows: &[(&[Cell], bool)], out: &mut dyn Write) -> io::Result<()> {
        let columns = self.columns.iter();
        let titles = columns.clone().map(|(_, column)| plain(&column.title));
        writeln!(out, "|{}", joined(titles))?;
        let rule = columns.map(|(_, column)| match column.kind.align() {
            Align::Left => "---".to_owned(),
            Align::Right => "---:".to_owned(),
        });
        writeln!(out, "|{}", joined(rule))?;
        for (row, strong) in rows {
            let cells = self.columns.iter().filter_map(|(index, column)| {
                let cell = row.get(*index)?;
                Some(cell_text(cell, column.kind, self.digits, *strong))
            });
            writeln!(out, "|{}", joined(cells))?;
        }
        Ok(())
    }
}

fn joined(cells: impl Iterator<Item = String>) -> String {
    cells
        .map(|cell| cell + " |")
        .fold(String::new(), |line, cell| line + " " + &cell)
}

fn cell_text(cell: &Cell, kind: Kind, digits: Digits, strong: bool) -> String {
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
    let mut before = ' ';
    for (at, letter) in text.char_indices() {
        let rest = text.get(at + letter.len_utf8()..).unwrap_or_default();
        match letter {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            // Sites look for mentions in what is shown; an address is none.
            '@' if before.is_alphanumeric() => shown.push_str("&#64;"),
            '@' => shown.push_str("&#64;&#8203;"),
            ':' if rest.starts_with("//") => shown.push_str("\\:"),
            '.' if is_host(&text, at) => shown.push_str("\\."),
            '$' if !rest.starts_with(|next: char| next.is_ascii_digit()) => shown.push_str("\\$"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' => {
                shown.push('\\');
                shown.push(letter);
            }
            _ => shown.push(letter),
        }
        before = letter;
    }
    shown
}

/// Whether the point here makes a link of `www.example.com`.
fn is_host(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let tail = before
        .len()
        .checked_sub(3)
        .and_then(|from| before.get(from..));
    tail.is_some_and(|tail| tail.eq_ignore_ascii_case("www"))
}

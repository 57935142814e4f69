//! One page that stands alone: no request, nothing but text from a record, and all of it readable
//! without its script, which only sorts tables. The policy lets exactly that script and that style
//! run, by their hashes.

use std::io::{self, Write};

use crate::error::Result;
use crate::table::{Align, Cell, Column, Kind, Page, Section, Shape, Table};

use super::number::{self, Digits};
use super::room::LEAST;
use super::svg;
use super::visible::visible;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The SHA-256 of the style and of the script, as a Content-Security-Policy writes it.
const STYLE_HASH: &str = "sha256-PXpAyMQvA76LcJ5eIfayq/Zz7a0tBfiD6+4AQ7WgmBA=";
const SCRIPT_HASH: &str = "sha256-eyFzVkd8rrC3XNtscMkhRGiPNTFerLA/aG5amQGk9XU=";

/// Writes a page.
///
/// # Errors
/// When it cannot be written.
pub fn write(page: &Page, digits: Digits, out: &mut dyn Write) -> Result<()> {
    put(page, digits, out).map_err(super::failed)
}

fn put(page: &Page, digits: Digits, out: &mut dyn Write) -> io::Result<()> {
    let title = escape(&page.title);
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src '{STYLE_HASH}'; script-src '{SCRIPT_HASH}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    )?;
    put_meta(&page.meta, out)?;
    put_cards(&page.totals, digits, out)?;
    put_notes(&page.notes, out)?;
    let mut charts = 0;
    let is_stack = |section: &Section| {
        let mut charts = section.charts.iter();
        charts.any(|chart| chart.shape == Shape::Stacked)
    };
    if page.sections.iter().any(is_stack) {
        write!(out, "{}", svg::PATTERNS)?;
    }
    let alone = page.sections.len() == 1;
    for section in &page.sections {
        if !alone {
            writeln!(out, "<h2>{}</h2>", escape(&section.name))?;
        }
        for chart in &section.charts {
            charts += 1;
            svg::put(chart, charts, out)?;
        }
        put_section(section, alone, digits, out)?;
    }
    write!(out, "<script>{SCRIPT}</script>\n</body>\n</html>\n")
}

fn put_meta(meta: &[(String, String)], out: &mut dyn Write) -> io::Result<()> {
    if meta.is_empty() {
        return Ok(());
    }
    writeln!(out, "<dl class=\"meta\">")?;
    for (name, text) in meta {
        writeln!(out, "<dt>{}</dt><dd>{}</dd>", escape(name), escape(text))?;
    }
    writeln!(out, "</dl>")
}

fn put_notes(notes: &[String], out: &mut dyn Write) -> io::Result<()> {
    if notes.is_empty() {
        return Ok(());
    }
    writeln!(out, "<ul class=\"notes\">")?;
    let mut notes = notes.iter();
    notes.try_for_each(|note| writeln!(out, "<li>{}</li>", escape(note)))?;
    writeln!(out, "</ul>")
}

/// The sums at a glance, one line of them per currency.
fn put_cards(totals: &Table, digits: Digits, out: &mut dyn Write) -> io::Result<()> {
    let shown = totals.visible_columns();
    for row in &totals.rows {
        writeln!(out, "<dl class=\"cards\">")?;
        // What it costs is what most come for.
        let is_cost = |(column, _): &(&Column, &Cell)| column.kind == Kind::Money;
        let costs = cells(totals, &shown, row).filter(is_cost);
        let others = cells(totals, &shown, row).filter(|pair| !is_cost(pair));
        for (column, cell) in costs.chain(others) {
            if column.kind != Kind::Group {
                let text = escape(&number::text(cell, column.kind, digits));
                let (title, exact) = (escape(&column.title), exact_title(cell, &text));
                write!(out, "<div><dt>{title}</dt><dd{exact}>{text}</dd></div>")?;
            }
        }
        writeln!(out, "</dl>")?;
    }
    Ok(())
}

fn put_section(
    section: &Section,
    alone: bool,
    digits: Digits,
    out: &mut dyn Write,
) -> io::Result<()> {
    let table = &section.table;
    if !alone {
        let open = if section.folded { "" } else { " open" };
        let rows = match table.rows.len() {
            1 => "1 row".to_owned(),
            many => format!("{many} rows"),
        };
        writeln!(out, "<details{open}><summary>Table of {rows}</summary>")?;
    }
    put_table(table, &section.name, digits, out)?;
    if !alone {
        writeln!(out, "</details>")?;
    }
    put_notes(&table.notes, out)
}

fn put_table(table: &Table, name: &str, digits: Digits, out: &mut dyn Write) -> io::Result<()> {
    let caption = escape(name);
    // A part that scrolls must be reachable by keyboard.
    write!(
        out,
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{caption}\">\n<table>\n<caption>{caption}</caption>\n<thead>\n<tr>"
    )?;
    let shown = table.visible_columns();
    for column in shown.iter().filter_map(|index| table.columns.get(*index)) {
        let (class, title) = (class(column), escape(&column.title));
        write!(out, "<th scope=\"col\"{class}>{title}</th>")?;
    }
    write!(out, "</tr>\n</thead>\n<tbody>\n")?;
    for (index, row) in table.rows.iter().enumerate() {
        let is_sum = table.subtotals.contains(&index);
        write!(out, "{}", if is_sum { "<tr class=\"s\">" } else { "<tr>" })?;
        put_row(table, &shown, row, digits, out)?;
    }
    write!(out, "</tbody>\n<tfoot>\n")?;
    for row in &table.totals {
        write!(out, "<tr>")?;
        put_row(table, &shown, row, digits, out)?;
    }
    write!(out, "</tfoot>\n</table>\n</div>\n")
}

fn put_row(
    table: &Table,
    shown: &[usize],
    row: &[Cell],
    digits: Digits,
    out: &mut dyn Write,
) -> io::Result<()> {
    for (column, cell) in cells(table, shown, row) {
        let text = escape(&number::text(cell, column.kind, digits));
        let (class, exact) = (class(column), exact_title(cell, &text));
        write!(out, "<td{class}{exact}>{text}</td>")?;
    }
    writeln!(out, "</tr>")
}

/// The cells of a row that are shown, with their columns.
fn cells<'t>(
    table: &'t Table,
    shown: &'t [usize],
    row: &'t [Cell],
) -> impl Iterator<Item = (&'t Column, &'t Cell)> {
    let pair = |index: &usize| Some((table.columns.get(*index)?, row.get(*index)?));
    shown.iter().filter_map(pair)
}

/// How a column is aligned, and whether a phone has no room for it.
fn class(column: &Column) -> &'static str {
    match column.kind.align() {
        Align::Left => " class=\"t\"",
        Align::Right if is_spare(column) => " class=\"x\"",
        Align::Right => "",
    }
}

/// What it costs, and of how many tokens, is shown everywhere.
fn is_spare(column: &Column) -> bool {
    column.key != "total_tokens" && LEAST.contains(&column.key.as_str())
}

/// Pointing at a rounded amount shows all its digits; sorting goes by them, too.
fn exact_title(cell: &Cell, shown: &str) -> String {
    match cell {
        Cell::Money { amount, .. } => title(&amount.to_string(), shown),
        Cell::PerUnit { amount, .. } => title(&amount.to_string(), shown),
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

fn title(all: &str, shown: &str) -> String {
    if shown.trim_start_matches('$') == all {
        String::new()
    } else {
        format!(" title=\"{all}\"")
    }
}

/// The text with nothing left that a browser would act on, in an element as in an attribute.
pub fn escape(text: &str) -> String {
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

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    fn hash(text: &str) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let digest = Sha256::digest(text.as_bytes());
        let mut bits = digest
            .iter()
            .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1));
        let mut letters = String::new();
        while let Some(first) = bits.next() {
            let rest = (0..5).map(|_| bits.next().unwrap_or(0));
            let six = std::iter::once(first).chain(rest.collect::<Vec<_>>());
            let index = six.fold(0_usize, |sum, bit| sum * 2 + usize::from(bit));
            letters.push(char::from(LETTERS[index]));
        }
        // 256 bits are 42 letters and four bits: one filling sign.
        format!("sha256-{letters}=")
    }

    #[test]
    fn the_policy_lets_just_this_style_and_this_script_run() {
        assert_eq!(hash(STYLE), STYLE_HASH);
        assert_eq!(hash(SCRIPT), SCRIPT_HASH);
        assert!(!STYLE.contains("</") && !SCRIPT.contains("</"));
    }
}

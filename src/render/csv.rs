//! RFC 4180 for spreadsheets and data tools: every column, every digit, no totals (they would be
//! summed again). Text that a spreadsheet would run as a formula gets a leading apostrophe.

use std::borrow::Cow;
use std::io::Write;

use crate::error::{Error, ErrorKind, Result};
use crate::money::round_half_even;
use crate::table::{Cell, Column, Kind, NONE, Shown, Table};

/// Writes rows one at a time, so that an export of any length takes no memory.
pub struct Rows<'a> {
    writer: csv::Writer<&'a mut dyn Write>,
    /// What each column holds; none where it is not for data.
    kinds: Vec<Option<Kind>>,
}

impl<'a> Rows<'a> {
    /// Writes the header.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn start(columns: &[Column], out: &'a mut dyn Write) -> Result<Self> {
        let mut writer = csv::Writer::from_writer(out);
        let is_data = |column: &Column| column.shown != Shown::PeopleOnly;
        let names = columns.iter().filter(|column| is_data(column));
        let names = names.map(|column| harmless(&column.key).into_owned());
        writer.write_record(names).map_err(failed)?;
        let kinds = columns
            .iter()
            .map(|column| is_data(column).then_some(column.kind));
        Ok(Self {
            writer,
            kinds: kinds.collect(),
        })
    }

    /// Writes a row.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn row(&mut self, cells: &[Cell]) -> Result<()> {
        let cells = cells.iter().zip(&self.kinds);
        let fields = cells.filter_map(|(cell, kind)| kind.map(|kind| field(cell, kind)));
        self.writer
            .write_record(fields.collect::<Vec<String>>())
            .map_err(failed)
    }

    /// Makes sure that everything is written.
    ///
    /// # Errors
    /// When it cannot be.
    pub fn finish(mut self) -> Result<()> {
        self.writer.flush().map_err(super::failed)
    }
}

/// Writes a table.
///
/// # Errors
/// When it cannot be written.
pub fn write(table: &Table, out: &mut dyn Write) -> Result<()> {
    let mut rows = Rows::start(&table.columns, out)?;
    let lines = table.rows.iter().enumerate();
    let mut lines = lines.filter(|(index, _)| !table.subtotals.contains(index));
    lines.try_for_each(|(_, row)| rows.row(row))?;
    rows.finish()
}

fn field(cell: &Cell, kind: Kind) -> String {
    match cell {
        // An empty group would be dropped by tools that read it as missing, and its money with it.
        Cell::Absent if kind == Kind::Group => NONE.to_owned(),
        Cell::Blank | Cell::Absent => String::new(),
        Cell::Text(text) => harmless(text).into_owned(),
        Cell::Time(text) => text.clone(),
        Cell::Count(count) => count.to_string(),
        Cell::Quantity(number) | Cell::Number(number) => number.to_string(),
        Cell::Percent(ratio) | Cell::Average(ratio) | Cell::PerUnit { amount: ratio, .. } => {
            ratio.to_string()
        }
        Cell::Money {
            amount, decimals, ..
        } => decimals
            .map_or(*amount, |decimals| round_half_even(*amount, decimals))
            .to_string(),
    }
}

/// Puts an apostrophe before text that starts a formula, and before text that already looks so
/// guarded: taking one apostrophe off such a cell always gives the text back.
fn harmless(text: &str) -> Cow<'_, str> {
    let starts = text.trim_start_matches(['\'', ' ', '\u{A0}', '\u{FEFF}', '\u{200B}']);
    let acts = |letter: char| {
        matches!(
            letter,
            '=' | '+'
                | '-'
                | '@'
                | '\t'
                | '\r'
                | '\n'
                | '\0'
                | '\u{FF1D}'
                | '\u{FF0B}'
                | '\u{FF0D}'
                | '\u{FF20}'
        )
    };
    if starts.starts_with(acts) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

fn failed(error: csv::Error) -> Error {
    // Any other kind would mean that we wrote a row wrongly.
    let csv::ErrorKind::Io(error) = error.into_kind() else {
        return Error::new(ErrorKind::Output, "A row cannot be written as CSV.");
    };
    super::failed(error)
}

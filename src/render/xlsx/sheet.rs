//! A sheet that is written from the top down, cell by cell.

use std::collections::BTreeMap;

use rust_xlsxwriter::{
    Color, ExcelDateTime, Format, FormatAlign, FormatBorder, Worksheet, XlsxError,
};

use crate::error::{Error, ErrorKind, Result};
use crate::money::Exact;
use crate::render::formula::starts_formula;
use crate::render::number::{self, Digits};
use crate::render::visible::visible;
use crate::table::{Align, Cell, Column, Kind, NONE, Shown};

use super::cell::{cut, shortened, typed};

/// Letters of a cell, below the 32,767 that a spreadsheet can hold.
const MOST_LETTERS: usize = 32_000;

/// Widths of columns in letters.
const WIDTHS: std::ops::RangeInclusive<u16> = 8..=60;

/// Rows that decide how wide columns are.
const MEASURED: u32 = 1_000;

/// The column of the digits that do not fit.
const EXACT_DIGITS: &str = "exact_digits";

/// A sheet that is written from the top down.
pub struct Sheet {
    /// The sheet as the library knows it.
    pub worksheet: Worksheet,
    /// The row that is written next.
    pub row: u32,
    widths: BTreeMap<u16, usize>,
    /// By the codes of the spreadsheet's number formats.
    formats: BTreeMap<String, Format>,
}

impl Sheet {
    /// An empty sheet.
    pub fn new(worksheet: Worksheet) -> Self {
        Self {
            worksheet,
            row: 0,
            widths: BTreeMap::new(),
            formats: BTreeMap::new(),
        }
    }

    /// Writes the names of columns, the same as in CSV, and where it is asked for that of the digits
    /// that do not fit.
    pub fn header(&mut self, columns: &[Column], exact: bool) -> Result<()> {
        let shown = columns.iter().filter(|column| is_data(column));
        let names = shown.map(|column| (column.key.as_str(), column.kind.align()));
        let names = names.chain(exact.then_some((EXACT_DIGITS, Align::Left)));
        for (at, (name, align)) in (0..).zip(names) {
            self.text(at, name, &header_format(align))?;
            self.measure(at, name);
        }
        self.row += 1;
        Ok(())
    }

    /// Writes a row, and behind it what its numbers lost; says whether they lost something.
    pub fn cells(&mut self, cells: &[Cell], columns: &[Column]) -> Result<bool> {
        let shown = cells.iter().zip(columns);
        let shown = shown.filter(|(_, column)| is_data(column));
        let (mut at, mut lost) = (0, Vec::new());
        for (cell, column) in shown {
            if let Some(number) = self.cell(at, cell, column)? {
                lost.push(format!("{} {number}", column.key));
            }
            if self.row <= MEASURED {
                self.measure(at, &measured(cell, column.kind));
            }
            at += 1;
        }
        if !lost.is_empty() {
            self.text(at, &lost.join("; "), &Format::new())?;
        }
        self.row += 1;
        Ok(!lost.is_empty())
    }

    /// Writes a cell; the number, where it has more digits than the cell can hold.
    fn cell(&mut self, at: u16, cell: &Cell, column: &Column) -> Result<Option<Exact>> {
        if let Some((number, code)) = typed(cell) {
            return self.number(at, number, &code);
        }
        match cell {
            Cell::Absent if column.kind == Kind::Group => self.words(at, NONE),
            // An empty cell would be read as nothing, and unknown is not nothing.
            Cell::Absent if column.kind == Kind::Money => {
                self.text(at, "unpriced", &Format::new().set_align(FormatAlign::Right))
            }
            Cell::Text(text) if column.kind == Kind::Group && column.key == "day" => {
                self.time(at, text, "yyyy-mm-dd")
            }
            Cell::Text(text) => self.words(at, text),
            Cell::Time(text) if text.contains('.') => {
                self.time(at, text, "yyyy-mm-dd hh:mm:ss.000")
            }
            Cell::Time(text) => self.time(at, text, "yyyy-mm-dd hh:mm:ss"),
            Cell::Blank
            | Cell::Absent
            | Cell::Count(_)
            | Cell::Quantity(_)
            | Cell::Number(_)
            | Cell::Percent(_)
            | Cell::Average(_)
            | Cell::PerUnit { .. }
            | Cell::Money { .. } => Ok(()),
        }?;
        Ok(None)
    }

    fn words(&mut self, at: u16, text: &str) -> Result<()> {
        let mut format = Format::new().set_indent(1);
        // As text it is harmless; so it must be when somebody edits the cell.
        if starts_formula(text) {
            format = format.set_quote_prefix();
        }
        self.text(at, text, &format)
    }

    pub fn text(&mut self, at: u16, text: &str, format: &Format) -> Result<()> {
        let text = cut(&visible(text), MOST_LETTERS);
        let written = self
            .worksheet
            .write_string_with_format(self.row, at, &text, format);
        written.map_err(failed)?;
        Ok(())
    }

    /// A point in time, which a spreadsheet keeps without a timezone: ours are UTC.
    fn time(&mut self, at: u16, text: &str, code: &str) -> Result<()> {
        let is_whole = text.ends_with('Z') || !text.contains('T');
        let time = ExcelDateTime::parse_from_str(text)
            .ok()
            .filter(|_| is_whole);
        let Some(time) = time else {
            return self.words(at, text);
        };
        let format = self.format(code);
        let written = self
            .worksheet
            .write_datetime_with_format(self.row, at, &time, &format);
        written.map_err(failed)?;
        Ok(())
    }

    /// The one place where a number becomes a float, because a spreadsheet knows no other: of at
    /// most 15 digits, which come back unchanged.
    #[allow(
        clippy::disallowed_types,
        reason = "a spreadsheet's numbers are floats"
    )]
    fn number(&mut self, at: u16, number: Exact, code: &str) -> Result<Option<Exact>> {
        let kept = shortened(number);
        let Ok(float) = kept.to_string().parse::<f64>() else {
            // Every decimal is one; a number that were none would be text, not nothing.
            return self.words(at, &number.to_string()).map(|()| None);
        };
        let format = self.format(code);
        let written = self
            .worksheet
            .write_number_with_format(self.row, at, float, &format);
        written.map_err(failed)?;
        Ok((kept != number).then_some(number))
    }

    fn format(&mut self, code: &str) -> Format {
        if let Some(format) = self.formats.get(code) {
            return format.clone();
        }
        let mut format = Format::new().set_num_format(code);
        if code.starts_with("yyyy") {
            format = format.set_align(FormatAlign::Left).set_indent(1);
        }
        self.formats.insert(code.to_owned(), format.clone());
        format
    }

    fn measure(&mut self, at: u16, text: &str) {
        let width = self.widths.entry(at).or_default();
        *width = (*width).max(text.chars().count() + 2);
    }

    pub fn set_widths(&mut self) -> Result<()> {
        for (at, width) in &self.widths {
            let width = u16::try_from(*width).unwrap_or(u16::MAX);
            let width = width.clamp(*WIDTHS.start(), *WIDTHS.end());
            self.worksheet
                .set_column_width(*at, width)
                .map_err(failed)?;
        }
        Ok(())
    }
}

/// About what a spreadsheet shows: of an amount that would be rounded to nothing, all its digits.
fn measured(cell: &Cell, kind: Kind) -> String {
    let rounded = number::text(cell, kind, Digits::Rounded);
    let is_amount = matches!(cell, Cell::Money { .. } | Cell::PerUnit { .. });
    if is_amount && rounded.contains(['<', '>']) {
        return number::text(cell, kind, Digits::Exact);
    }
    rounded
}

/// Whether a column is for data, not only for people.
pub fn is_data(column: &Column) -> bool {
    column.shown != Shown::PeopleOnly
}

fn header_format(align: Align) -> Format {
    let format = Format::new()
        .set_bold()
        .set_background_color(Color::RGB(0x00EA_EEF2))
        .set_border_bottom(FormatBorder::Thin);
    match align {
        Align::Left => format.set_indent(1),
        Align::Right => format.set_align(FormatAlign::Right),
    }
}

#[allow(clippy::needless_pass_by_value)] // it is what map_err hands over
pub fn failed(error: XlsxError) -> Error {
    if let XlsxError::IoError(error) = error {
        return crate::render::failed(error);
    }
    let why = error.to_string();
    let message = format!("The workbook cannot be written: {}", visible(&why));
    Error::new(ErrorKind::Output, message)
}

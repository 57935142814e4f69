//! A workbook: a summary, then one sheet per table, with typed cells. Text is always text: nothing
//! from a record becomes a formula or a link.
//!
//! A spreadsheet keeps numbers as binary floats, of which 15 decimal digits always come back as they
//! were written. A number of more digits is rounded to 15 in its cell, and stands whole, as text, in
//! the last column.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet,
    XlsxError,
};

use crate::error::{Error, ErrorKind, Result};
use crate::money::{Exact, round_half_even};
use crate::table::{Align, Cell, Column, Kind, NONE, Page, Shown};

use super::formula::starts_formula;
use super::number::{self, Digits};
use super::visible::visible;

/// Decimal digits that a spreadsheet's number always keeps.
const DIGITS: u32 = 15;

/// Rows of a sheet below its header; what is more goes on in another sheet.
const MOST_ROWS: u32 = 1_048_575;

/// Letters of a cell, below the 32,767 that a spreadsheet can hold.
const MOST_LETTERS: usize = 32_000;

/// Letters of a sheet's name.
const MOST_NAME: usize = 31;

/// Widths of columns in letters.
const WIDTHS: std::ops::RangeInclusive<u16> = 8..=60;

/// Rows that decide how wide columns are.
const MEASURED: u32 = 1_000;

/// The column of the digits that do not fit.
const EXACT_DIGITS: &str = "exact_digits";

/// Writes a page as a workbook.
///
/// # Errors
/// When it cannot be written.
pub fn write(page: &Page, out: &mut dyn Write) -> Result<()> {
    let mut book = Book::new();
    book.summary(page)?;
    for section in &page.sections {
        let mut rows = book.rows(&section.name, &section.table.columns)?;
        section
            .table
            .rows
            .iter()
            .try_for_each(|row| rows.row(row))?;
        rows.finish()?;
    }
    book.finish(out)
}

/// A workbook in the making. Rows wait in unnamed files, so that memory does not grow with them.
pub struct Book {
    workbook: Workbook,
    names: BTreeSet<String>,
}

impl Default for Book {
    fn default() -> Self {
        Self::new()
    }
}

impl Book {
    /// An empty workbook. It does not say when it was made: the same input gives the same bytes.
    pub fn new() -> Self {
        let mut workbook = Workbook::new();
        let mut properties = DocProperties::new();
        if let Ok(date) = ExcelDateTime::from_ymd(2000, 1, 1) {
            properties = properties.set_creation_datetime(&date);
        }
        workbook.set_properties(&properties);
        Self {
            workbook,
            names: BTreeSet::new(),
        }
    }

    /// A sheet that takes rows one at a time.
    ///
    /// # Errors
    /// When it cannot be begun.
    pub fn rows(&mut self, name: &str, columns: &[Column]) -> Result<Rows<'_>> {
        let sheet = self.sheet(name)?;
        let mut rows = Rows {
            book: self,
            name: name.to_owned(),
            columns: columns.to_vec(),
            sheet,
            lost: false,
        };
        rows.header()?;
        Ok(rows)
    }

    /// What holds for the whole page: period, prices, totals, notes.
    fn summary(&mut self, page: &Page) -> Result<()> {
        let totals = &page.totals;
        if page.meta.is_empty() && totals.rows.is_empty() && page.notes.is_empty() {
            return Ok(());
        }
        let mut sheet = self.sheet("Summary")?;
        sheet.text(0, &page.title, &Format::new().set_bold().set_font_size(14))?;
        sheet.row += 2;
        for (name, text) in &page.meta {
            sheet.text(0, name, &Format::new())?;
            sheet.text(1, text, &Format::new())?;
            sheet.row += 1;
        }
        sheet.row += 1;
        let figures = |row: &[Cell]| -> Vec<Cell> {
            let cells = totals.columns.iter().zip(row);
            let figures = cells.filter(|(column, _)| column.kind != Kind::Group);
            figures.map(|(_, cell)| cell.clone()).collect()
        };
        let columns = totals.columns.iter();
        let columns = columns.filter(|column| column.kind != Kind::Group);
        let columns: Vec<Column> = columns.cloned().collect();
        if !totals.rows.is_empty() {
            let loses = totals.rows.iter().flatten().any(loses_digits);
            sheet.header(&columns, loses)?;
        }
        for row in &totals.rows {
            sheet.cells(&figures(row), &columns)?;
        }
        sheet.row += 1;
        for note in &page.notes {
            sheet.text(0, note, &Format::new())?;
            sheet.row += 1;
        }
        sheet.set_widths()?;
        self.workbook.push_worksheet(sheet.worksheet);
        Ok(())
    }

    fn sheet(&mut self, name: &str) -> Result<Sheet> {
        let name = self.free_name(name);
        let mut worksheet = self
            .workbook
            .new_worksheet_with_constant_memory()
            .map_err(failed)?;
        worksheet.set_name(name).map_err(failed)?;
        // On paper, all columns stand side by side.
        worksheet.set_landscape().set_print_fit_to_pages(1, 0);
        Ok(Sheet {
            worksheet,
            row: 0,
            widths: BTreeMap::new(),
            formats: BTreeMap::new(),
        })
    }

    /// A name that a sheet may have and no other has.
    fn free_name(&mut self, wanted: &str) -> String {
        let wanted = visible(wanted).replace(['[', ']', ':', '*', '?', '/', '\\'], " ");
        let wanted = wanted.trim_matches(['\'', ' ']);
        let wanted = if wanted.is_empty() { "sheet" } else { wanted };
        let mut number = 1_u32;
        loop {
            let end = match number {
                1 => String::new(),
                more => format!(" {more}"),
            };
            let name = cut(wanted, MOST_NAME - end.len()) + &end;
            if self.names.insert(name.to_lowercase()) {
                return name;
            }
            number += 1;
        }
    }

    /// Writes the workbook.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self, out: &mut dyn Write) -> Result<()> {
        let bytes = self.workbook.save_to_buffer().map_err(failed)?;
        out.write_all(&bytes).map_err(super::failed)
    }
}

/// The rows of a table, on as many sheets as they need.
pub struct Rows<'b> {
    book: &'b mut Book,
    name: String,
    columns: Vec<Column>,
    sheet: Sheet,
    /// Whether a number of this sheet has more digits than its cell.
    lost: bool,
}

impl Rows<'_> {
    fn header(&mut self) -> Result<()> {
        self.sheet.header(&self.columns, true)?;
        let worksheet = &mut self.sheet.worksheet;
        worksheet
            .set_freeze_panes(1, 0)
            .and_then(|worksheet| worksheet.set_repeat_rows(0, 0))
            .map_err(failed)?;
        Ok(())
    }

    /// Writes a row.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn row(&mut self, cells: &[Cell]) -> Result<()> {
        if self.sheet.row > MOST_ROWS {
            let next = self.book.sheet(&self.name)?;
            let full = std::mem::replace(&mut self.sheet, next);
            put_away(self.book, full, &self.columns, self.lost)?;
            self.lost = false;
            self.header()?;
        }
        self.lost |= self.sheet.cells(cells, &self.columns)?;
        Ok(())
    }

    /// Adds the last sheet to the workbook.
    ///
    /// # Errors
    /// When it cannot be.
    pub fn finish(self) -> Result<()> {
        put_away(self.book, self.sheet, &self.columns, self.lost)
    }
}

/// Adds a sheet that is full, or the last one.
fn put_away(book: &mut Book, mut sheet: Sheet, columns: &[Column], lost: bool) -> Result<()> {
    let shown = columns.iter().filter(|column| is_data(column));
    let after = u16::try_from(shown.count()).unwrap_or(u16::MAX);
    sheet.set_widths()?;
    let worksheet = &mut sheet.worksheet;
    let rightmost = if lost {
        after
    } else {
        worksheet.set_column_hidden(after).map_err(failed)?;
        after.saturating_sub(1)
    };
    let bottom = sheet.row.saturating_sub(1);
    worksheet
        .autofilter(0, 0, bottom, rightmost)
        .map_err(failed)?;
    book.workbook.push_worksheet(sheet.worksheet);
    Ok(())
}

/// A sheet that is written from the top down.
struct Sheet {
    worksheet: Worksheet,
    row: u32,
    widths: BTreeMap<u16, usize>,
    /// By the codes of the spreadsheet's number formats.
    formats: BTreeMap<String, Format>,
}

impl Sheet {
    /// Writes the names of columns, the same as in CSV, and where it is asked for that of the digits
    /// that do not fit.
    fn header(&mut self, columns: &[Column], exact: bool) -> Result<()> {
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
    fn cells(&mut self, cells: &[Cell], columns: &[Column]) -> Result<bool> {
        let shown = cells.iter().zip(columns);
        let shown = shown.filter(|(_, column)| is_data(column));
        let (mut at, mut lost) = (0, Vec::new());
        for (cell, column) in shown {
            if let Some(number) = self.cell(at, cell, column)? {
                lost.push(format!("{} {number}", column.key));
            }
            if self.row <= MEASURED {
                let shown = number::text(cell, column.kind, Digits::Rounded);
                self.measure(at, &shown);
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

    fn text(&mut self, at: u16, text: &str, format: &Format) -> Result<()> {
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

    fn set_widths(&mut self) -> Result<()> {
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

fn is_data(column: &Column) -> bool {
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

/// The number that a cell holds, and the spreadsheet's code for showing it.
fn typed(cell: &Cell) -> Option<(Exact, String)> {
    match cell {
        Cell::Blank | Cell::Absent | Cell::Text(_) | Cell::Time(_) => None,
        Cell::Count(count) => Some((Exact::new(i128::from(*count), 0), "#,##0".to_owned())),
        Cell::Quantity(number) => Some((*number, quantity_code(*number))),
        Cell::Number(number) => Some((*number, "General".to_owned())),
        Cell::Percent(number) => Some((*number, "0.0\"%\"".to_owned())),
        Cell::Money {
            amount,
            currency,
            decimals,
        } => {
            let amount = decimals.map_or(*amount, |decimals| round_half_even(*amount, decimals));
            Some((amount, money_code(currency.as_deref(), *decimals)))
        }
    }
}

/// Whether a cell has more digits than it keeps.
fn loses_digits(cell: &Cell) -> bool {
    typed(cell).is_some_and(|(number, _)| shortened(number) != number)
}

/// The number with at most 15 significant digits, rounded half-even.
fn shortened(number: Exact) -> Exact {
    let text = number.mantissa().to_string();
    let significant = text.trim_start_matches('-').trim_end_matches('0').len();
    if significant <= usize::try_from(DIGITS).unwrap_or(0) {
        return number;
    }
    let signed = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let before = signed(number.significant_digits()) - signed(number.scale());
    let shift = signed(DIGITS) - before;
    let rounded = number.shift(shift).map(|number| round_half_even(number, 0));
    rounded
        .and_then(|rounded| rounded.shift(-shift))
        .unwrap_or(number)
}

/// Whole numbers without a point, others with the decimals they have.
fn quantity_code(number: Exact) -> String {
    match usize::try_from(number.scale().min(12)) {
        Ok(0) | Err(_) => "#,##0".to_owned(),
        Ok(decimals) => format!("#,##0.{}", "0".repeat(decimals)),
    }
}

/// Amounts as people read them elsewhere; one that would be shown as nothing shows its digits.
fn money_code(currency: Option<&str>, decimals: Option<u32>) -> String {
    let is_code = |code: &&str| code.bytes().all(|byte| byte.is_ascii_uppercase());
    let (before, after) = match currency.filter(is_code) {
        Some("USD") => ("\"$\"", String::new()),
        Some("EUR") => ("\"€\"", String::new()),
        Some("GBP") => ("\"£\"", String::new()),
        Some(code) => ("", format!("\" {code}\"")),
        None => ("", String::new()),
    };
    let decimals = usize::try_from(decimals.unwrap_or(4).min(12)).unwrap_or(4);
    if decimals == 0 {
        return format!("{before}#,##0{after}");
    }
    let zeros = "0".repeat(decimals);
    let half = format!("0.{}5", "0".repeat(decimals));
    let more = "#".repeat(12 - decimals);
    format!(
        "[>={half}]{before}#,##0.{zeros}{after};[<=-{half}]-{before}#,##0.{zeros}{after};{before}0.{zeros}{more}{after}"
    )
}

/// At most so many letters, as a spreadsheet counts them.
fn cut(text: &str, most: usize) -> String {
    let mut left = most;
    let fits = |letter: &char| {
        let rest = left.checked_sub(letter.len_utf16());
        left = rest.unwrap_or(0);
        rest.is_some()
    };
    text.chars().take_while(fits).collect()
}

#[allow(clippy::needless_pass_by_value)] // it is what map_err hands over
fn failed(error: XlsxError) -> Error {
    if let XlsxError::IoError(error) = error {
        return super::failed(error);
    }
    let why = error.to_string();
    let message = format!("The workbook cannot be written: {}", visible(&why));
    Error::new(ErrorKind::Output, message)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn more_than_fifteen_digits_are_rounded_half_even() {
        for (number, kept) in [
            ("123456789012345", "123456789012345"),
            ("1234567890123450000000", "1234567890123450000000"),
            ("1234567890123455", "1234567890123460"),
            ("1234567890123465", "1234567890123460"),
            ("-12345.67890123456789", "-12345.6789012346"),
            ("0.0001234567890123451", "0.000123456789012345"),
        ] {
            let exact = Exact::parse(number).unwrap();
            assert_eq!(shortened(exact).to_string(), kept, "{number}");
        }
    }

    #[test]
    fn sheets_have_names_that_are_allowed_and_free() {
        let mut book = Book::new();
        assert_eq!(book.free_name("by tag:env"), "by tag env");
        assert_eq!(book.free_name("BY TAG/ENV"), "BY TAG ENV 2");
        assert_eq!(book.free_name("'[]'"), "sheet");
        assert_eq!(book.free_name(&"x".repeat(40)), "x".repeat(31));
        assert_eq!(book.free_name(&"x".repeat(40)), "x".repeat(29) + " 2");
        assert_eq!(cut("aé😀b", 3), "aé");
    }

    proptest! {
        #[test]
        #[allow(clippy::disallowed_types, reason = "a spreadsheet's numbers are floats")]
        fn fifteen_digits_come_back_from_a_float(mantissa in any::<i128>(), scale in 0_u32..30) {
            let number = shortened(Exact::new(mantissa, scale));
            let float: f64 = number.to_string().parse().unwrap();
            prop_assert_eq!(float.to_string(), number.to_string());
        }

        #[test]
        fn rounding_moves_less_than_the_last_digit(mantissa in any::<i64>(), scale in 0_u32..12) {
            let number = Exact::new(i128::from(mantissa), scale);
            let lost = number.minus(shortened(number)).unwrap();
            let lost = if lost.is_negative() { Exact::ZERO.minus(lost).unwrap() } else { lost };
            let bound = lost.shift(14).unwrap();
            let size = if number.is_negative() { Exact::ZERO.minus(number).unwrap() } else { number };
            prop_assert!(lost.is_zero() || bound <= size);
        }
    }
}

//! A workbook: a summary, then one sheet per table, with typed cells. Text is always text: nothing
//! from a record becomes a formula or a link.
//!
//! A spreadsheet keeps numbers as binary floats, of which 15 decimal digits always come back as they
//! were written. A number of more digits is rounded to 15 in its cell, and stands whole, as text, in
//! the last column.

mod cell;
mod sheet;

use std::collections::BTreeSet;
use std::io::Write;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook};

use crate::error::Result;
use crate::table::{Cell, Column, Kind, Page, Table};

use super::visible::visible;
use cell::{cut, loses_digits};
use sheet::{Sheet, failed, is_data};

/// Rows of a sheet below its header; what is more goes on in another sheet.
const MOST_ROWS: u32 = 1_048_575;

/// Letters of a sheet's name.
const MOST_NAME: usize = 31;

/// Writes a page as a workbook.
///
/// # Errors
/// When it cannot be written.
pub fn write(page: &Page, out: &mut dyn Write) -> Result<()> {
    let mut book = Book::new();
    book.summary(page)?;
    for section in &page.sections {
        let mut rows = book.rows(&section.name, &section.table.columns)?;
        // A sum among the rows would be added up with them.
        let lines = section.table.rows.iter().enumerate();
        let mut lines = lines.filter(|(index, _)| !section.table.subtotals.contains(index));
        lines.try_for_each(|(_, row)| rows.row(row))?;
        rows.finish()?;
    }
    book.finish(out)
}

/// A workbook in the making. Rows wait in unnamed files, so that memory does not grow with them.
pub struct Book {
    workbook: Workbook,
    names: BTreeSet<String>,
    most_rows: u32,
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
            most_rows: MOST_ROWS,
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
        put_totals(&mut sheet, totals)?;
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
        Ok(Sheet::new(worksheet))
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
        if self.sheet.row > self.book.most_rows {
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

/// The totals without the columns of groups, which say nothing of them.
fn put_totals(sheet: &mut Sheet, totals: &Table) -> Result<()> {
    if totals.rows.is_empty() {
        return Ok(());
    }
    let is_figure = |column: &Column| column.kind != Kind::Group;
    let columns = totals.columns.iter().filter(|column| is_figure(column));
    let columns: Vec<Column> = columns.cloned().collect();
    let loses = totals.rows.iter().flatten().any(loses_digits);
    sheet.header(&columns, loses)?;
    for row in &totals.rows {
        let cells = totals.columns.iter().zip(row);
        let cells = cells.filter(|(column, _)| is_figure(column));
        let cells: Vec<Cell> = cells.map(|(_, cell)| cell.clone()).collect();
        sheet.cells(&cells, &columns)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};

    use super::*;

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

    #[test]
    fn rows_that_a_sheet_cannot_hold_go_on_in_the_next() {
        let mut book = Book::new();
        book.most_rows = 2;
        let columns = [Column::new("number", "number", Kind::Count)];
        let mut rows = book.rows("calls", &columns).unwrap();
        for number in 1..=5 {
            rows.row(&[Cell::Count(number)]).unwrap();
        }
        rows.finish().unwrap();
        let mut out = Vec::new();
        book.finish(&mut out).unwrap();
        let mut read = Xlsx::new(Cursor::new(out)).unwrap();
        assert_eq!(read.sheet_names(), ["calls", "calls 2", "calls 3"]);
        let mut cells = |name: &str| -> Vec<Data> {
            let range = read.worksheet_range(name).unwrap();
            range.rows().map(|row| row[0].clone()).collect()
        };
        let header = Data::String("number".to_owned());
        assert_eq!(
            cells("calls 2"),
            [header.clone(), Data::Float(3.0), Data::Float(4.0)]
        );
        assert_eq!(cells("calls 3"), [header, Data::Float(5.0)]);
    }
}

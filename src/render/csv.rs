//! CSV for spreadsheets and data tools: every column, every digit, no totals (they would be summed
//! again). Text that a spreadsheet would run as a formula gets a leading apostrophe.

use std::borrow::Cow;
use std::io::Write;

use crate::error::{Error, ErrorKind, Result};
use crate::money::round_half_even;
use crate::table::{Cell, Column, Kind, NONE, Shown, Table};

use super::formula::starts_formula;

/// Whose CSV it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// RFC 4180 in UTF-8: commas, points, no byte order mark. For data tools.
    #[default]
    Rfc4180,
    /// What Excel opens by itself where numbers are written with a point: a byte order mark, without
    /// which it misreads UTF-8, and CRLF.
    Excel,
    /// The same where numbers are written with a comma: semicolons between cells, decimal commas.
    ExcelSemicolon,
}

impl Dialect {
    /// Each dialect and its name.
    pub const ALL: [(Self, &'static str); 3] = [
        (Self::Rfc4180, "rfc4180"),
        (Self::Excel, "excel"),
        (Self::ExcelSemicolon, "excel-semicolon"),
    ];

    /// The dialect of a name, if there is one.
    pub fn of_name(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter();
        all.find(|(_, known)| *known == name)
            .map(|(dialect, _)| *dialect)
    }

    fn is_excel(self) -> bool {
        match self {
            Self::Rfc4180 => false,
            Self::Excel | Self::ExcelSemicolon => true,
        }
    }

    fn number(self, number: String) -> String {
        match self {
            Self::Rfc4180 | Self::Excel => number,
            Self::ExcelSemicolon => number.replace('.', ","),
        }
    }
}

/// Writes rows one at a time, so that an export of any length takes no memory.
pub struct Rows<'a> {
    writer: csv::Writer<&'a mut dyn Write>,
    dialect: Dialect,
    /// What each column holds; none where it is not for data.
    kinds: Vec<Option<Kind>>,
}

impl<'a> Rows<'a> {
    /// Writes the header.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn start(columns: &[Column], dialect: Dialect, out: &'a mut dyn Write) -> Result<Self> {
        let mut builder = csv::WriterBuilder::new();
        if dialect.is_excel() {
            builder.terminator(csv::Terminator::CRLF);
            out.write_all("\u{FEFF}".as_bytes())
                .map_err(super::failed)?;
        }
        if dialect == Dialect::ExcelSemicolon {
            builder.delimiter(b';');
        }
        let mut writer = builder.from_writer(out);
        let is_data = |column: &Column| column.shown != Shown::PeopleOnly;
        let names = columns.iter().filter(|column| is_data(column));
        let names = names.map(|column| harmless(&column.key).into_owned());
        writer.write_record(names).map_err(failed)?;
        let kinds = columns
            .iter()
            .map(|column| is_data(column).then_some(column.kind));
        Ok(Self {
            writer,
            dialect,
            kinds: kinds.collect(),
        })
    }

    /// Writes a row.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn row(&mut self, cells: &[Cell]) -> Result<()> {
        let cells = cells.iter().zip(&self.kinds);
        let dialect = self.dialect;
        let fields = cells.filter_map(|(cell, kind)| kind.map(|kind| field(cell, kind, dialect)));
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
pub fn write(table: &Table, dialect: Dialect, out: &mut dyn Write) -> Result<()> {
    let mut rows = Rows::start(&table.columns, dialect, out)?;
    let lines = table.rows.iter().enumerate();
    let mut lines = lines.filter(|(index, _)| !table.subtotals.contains(index));
    lines.try_for_each(|(_, row)| rows.row(row))?;
    rows.finish()
}

fn field(cell: &Cell, kind: Kind, dialect: Dialect) -> String {
    match cell {
        // An empty group would be dropped by tools that read it as missing, and its money with it.
        Cell::Absent if kind == Kind::Group => NONE.to_owned(),
        Cell::Blank | Cell::Absent => String::new(),
        Cell::Text(text) => harmless(text).into_owned(),
        Cell::Time(text) => text.clone(),
        Cell::Count(count) => count.to_string(),
        Cell::Quantity(number) | Cell::Number(number) => dialect.number(number.to_string()),
        Cell::Percent(ratio) | Cell::Average(ratio) | Cell::PerUnit { amount: ratio, .. } => {
            dialect.number(ratio.to_string())
        }
        Cell::Money {
            amount, decimals, ..
        } => {
            let amount = decimals.map_or(*amount, |decimals| round_half_even(*amount, decimals));
            dialect.number(amount.to_string())
        }
    }
}

/// Puts an apostrophe before text that starts a formula, and before text that already looks so
/// guarded: taking one apostrophe off such a cell always gives the text back.
fn harmless(text: &str) -> Cow<'_, str> {
    if starts_formula(text) {
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

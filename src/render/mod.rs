//! Table → text, one file per format. Data formats print every digit; formats for people round.
//! Whatever a record says is made harmless on the way out: for terminals, spreadsheets, browsers.

mod axis;
pub mod csv;
mod format;
mod formula;
pub mod github;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
mod number;
pub mod openmetrics;
mod room;
mod svg;
pub mod terminal;
mod visible;
pub mod xlsx;

use std::io::{self, Write};

use serde_json::Value as Json;

use crate::error::{Error, ErrorKind, Result};
use crate::table::{Page, Table};

pub use csv::Dialect;
pub use format::Format;
pub use number::Digits;
pub use visible::visible;

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    /// How many columns there are to fit into; without a limit nothing is cut or wrapped.
    pub width: Option<u16>,
    /// Whether to use colours.
    pub colour: bool,
    /// Whether amounts are rounded.
    pub digits: Digits,
    /// Whose CSV it is.
    pub dialect: Dialect,
}

/// What is printed: the same facts for people, for scripts, and for scripts line by line.
pub struct Document<'a> {
    /// For people and spreadsheets.
    pub table: &'a Table,
    /// The whole as JSON.
    pub json: &'a Json,
    /// Its rows, one JSON object each.
    pub lines: &'a [Json],
}

/// Prints a document.
///
/// # Errors
/// When it cannot be written; a reader that has gone away is told apart.
pub fn write(
    document: &Document<'_>,
    format: Format,
    style: Style,
    out: &mut dyn Write,
) -> Result<()> {
    match format {
        Format::Table => terminal::write(document.table, style, out),
        Format::Csv => csv::write(document.table, style.dialect, out),
        Format::Json => json::write(document.json, out),
        Format::Jsonl => document
            .lines
            .iter()
            .try_for_each(|line| json::write_line(line, out)),
        Format::Markdown => markdown::write(document.table, style.digits, out),
        Format::Html => html::write(&Page::of(document.table), style.digits, out),
        Format::Xlsx => xlsx::write(&Page::of(document.table), out),
    }
}

/// What a failed write means for the command.
#[allow(clippy::needless_pass_by_value)] // it is what map_err hands over
pub fn failed(error: io::Error) -> Error {
    let kind = error.kind();
    if kind == io::ErrorKind::BrokenPipe {
        return Error::new(
            ErrorKind::BrokenPipe,
            "The reader of the output has gone away.",
        );
    }
    Error::new(
        ErrorKind::Output,
        format!("The output cannot be written: {kind}."),
    )
}

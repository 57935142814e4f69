//! The output formats by name and by file extension.

use std::path::Path;

use crate::error::{Error, Result};

/// How a document is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For a terminal.
    Table,
    /// RFC 4180, for spreadsheets.
    Csv,
    /// One JSON document.
    Json,
    /// One JSON object per line.
    Jsonl,
    /// A table for issues, pull requests and wikis.
    Markdown,
    /// A page that stands alone.
    Html,
    /// A workbook for spreadsheets, with typed cells.
    Xlsx,
}

impl Format {
    /// Each format, its name, and the extensions that mean it.
    pub const ALL: [(Self, &'static str, &'static [&'static str]); 7] = [
        (Self::Table, "table", &["txt"]),
        (Self::Csv, "csv", &["csv"]),
        (Self::Json, "json", &["json"]),
        (Self::Jsonl, "jsonl", &["jsonl", "ndjson"]),
        (Self::Markdown, "markdown", &["md", "markdown"]),
        (Self::Html, "html", &["html", "htm"]),
        (Self::Xlsx, "xlsx", &["xlsx"]),
    ];

    /// The format of a name; `md` is `markdown`.
    ///
    /// # Errors
    /// When there is none.
    pub fn parse(name: &str) -> Result<Self> {
        let wanted = name.to_ascii_lowercase();
        let is_it =
            |names: &(Self, &str, &[&str])| names.1 == wanted || names.2.contains(&wanted.as_str());
        Self::ALL
            .iter()
            .find(|names| is_it(names))
            .map(|names| names.0)
            .ok_or_else(|| {
                let names = Self::ALL.map(|(_, name, _)| name);
                Error::usage("There is no such format.")
                    .hint(format!("One of: {}", names.join(", ")))
            })
    }

    /// The format that a file's name asks for, if it does.
    pub fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        let is_it = |names: &&(Self, &str, &[&str])| names.2.contains(&extension.as_str());
        Self::ALL.iter().find(is_it).map(|names| names.0)
    }
}

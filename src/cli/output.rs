//! Where an answer goes: standard output, or a file that appears whole or not at all.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value as Json;

use super::console::{Console, write_failed};
use crate::atomic::{self, Draft};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::Ledger;
use crate::render::{self, Dialect, Document, Format, Style};
use crate::table::{Page, Table};

/// Options of commands that print an answer.
#[derive(Debug, Clone, Default, Args)]
pub struct OutputArgs {
    /// table, csv, json, jsonl, markdown, html or xlsx [default: by the output file's name, else table]
    #[arg(long, short, value_name = "FORMAT", help_heading = "Output")]
    pub format: Option<String>,
    /// Write to a file instead of standard output
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Replace the output file if there is one
    #[arg(long, help_heading = "Output")]
    pub force: bool,
    /// Show every digit of amounts
    #[arg(long, help_heading = "Output")]
    pub exact: bool,
    /// Whose CSV: rfc4180, excel (byte order mark, CRLF) or excel-semicolon (decimal commas, too)
    #[arg(long, value_name = "DIALECT", value_parser = Dialect::ALL.map(|(_, name)| name), help_heading = "Output")]
    pub csv_dialect: Option<String>,
}

impl OutputArgs {
    /// The format that is asked for.
    ///
    /// # Errors
    /// When there is no such format, or it does not go with the rest.
    pub fn chosen(&self) -> Result<Format> {
        let format = match (&self.format, &self.output) {
            (Some(name), _) => Format::parse(name)?,
            (None, None) if self.csv_dialect.is_some() => Format::Csv,
            (None, Some(path)) => Format::of_path(path).unwrap_or(Format::Table),
            (None, None) => Format::Table,
        };
        if self.csv_dialect.is_some() && format != Format::Csv {
            return Err(Error::usage("--csv-dialect: the output is no CSV")
                .hint("say --format csv, or name a file with -o costs.csv"));
        }
        if format == Format::Xlsx && self.file().is_none() && std::io::stdout().is_terminal() {
            return Err(Error::usage("a workbook cannot be shown in a terminal")
                .hint("name a file with -o costs.xlsx"));
        }
        Ok(format)
    }

    /// Whose CSV is asked for.
    pub fn dialect(&self) -> Dialect {
        let name = self.csv_dialect.as_deref();
        name.and_then(Dialect::of_name).unwrap_or_default()
    }

    /// The file to write to, where it is not standard output.
    fn file(&self) -> Option<&Path> {
        self.output
            .as_deref()
            .filter(|path| *path != Path::new("-"))
    }

    /// Fails early where printing would, for commands that do something first.
    ///
    /// # Errors
    /// When there is no such format, or the output file is there already.
    pub fn check(&self) -> Result<()> {
        self.chosen()?;
        match self.file() {
            Some(path) => refuse_existing(path, self.force),
            None => Ok(()),
        }
    }

    /// Prints a document where and how it is asked for.
    ///
    /// # Errors
    /// When it cannot be written, or the file is there already.
    pub fn print(&self, document: &Document<'_>, console: &Console) -> Result<()> {
        let format = self.chosen()?;
        let style = self.style(console);
        self.write(console, |out| render::write(document, format, style, out))
    }

    /// Prints a page, or a workbook where that is asked for.
    ///
    /// # Errors
    /// As [`OutputArgs::print`].
    pub fn print_page(&self, page: &Page, console: &Console) -> Result<()> {
        let format = self.chosen()?;
        let style = self.style(console);
        self.write(console, |out| {
            if format == Format::Xlsx {
                render::xlsx::write(page, out)
            } else {
                render::html::write(page, style.digits, out)
            }
        })
    }

    /// Prints several tables below each other, in a format for people.
    ///
    /// # Errors
    /// As [`OutputArgs::print`].
    pub fn print_tables(&self, tables: &[Table], console: &Console) -> Result<()> {
        let format = self.chosen()?;
        let style = self.style(console);
        self.write(console, |out| {
            tables.iter().enumerate().try_for_each(|(index, table)| {
                let document = Document {
                    table,
                    json: &Json::Null,
                    lines: &[],
                };
                let mut text = Vec::new();
                render::write(&document, format, style, &mut text)?;
                // A table without notes ends with an empty line already.
                if index + 1 < tables.len() && !text.ends_with(b"\n\n") {
                    text.push(b'\n');
                }
                out.write_all(&text).map_err(|error| write_failed(&error))
            })
        })
    }

    /// A file is not as wide as the terminal, and has no colours.
    pub fn style(&self, console: &Console) -> Style {
        let style = Style {
            dialect: self.dialect(),
            ..console.style(self.exact)
        };
        if self.output.is_none() {
            return style;
        }
        Style {
            width: None,
            colour: false,
            ..style
        }
    }

    /// Prints a table and its rows as JSON.
    ///
    /// # Errors
    /// As [`OutputArgs::print`].
    pub fn print_table(
        &self,
        table: &Table,
        json: &Json,
        lines: &[Json],
        console: &Console,
    ) -> Result<()> {
        self.print(&Document { table, json, lines }, console)
    }

    /// Hands the chosen place to a function.
    ///
    /// # Errors
    /// As [`OutputArgs::print`].
    pub fn write(
        &self,
        console: &Console,
        write: impl FnOnce(&mut dyn Write) -> Result<()>,
    ) -> Result<()> {
        if let Some(path) = self.file() {
            to_file(path, self.force, write)
        } else {
            let mut outcome = Ok(());
            console.print(|out| {
                outcome = write(out);
                Ok(())
            })?;
            outcome
        }
    }
}

/// Fails where an output must not be put. A ledger is never replaced by one, whatever is forced.
fn refuse_existing(path: &Path, force: bool) -> Result<()> {
    atomic::refuse(path, force)?;
    if Ledger::is_one(path) {
        let error = Error::new(
            ErrorKind::Output,
            "this file is a ledger; it was not touched",
        );
        return Err(error.at(path, None).hint("name another file"));
    }
    Ok(())
}

/// Replaces a file, or makes it and the folders above it. Who may read it stays as it is. A link is not
/// followed: in a folder that somebody else has filled it could lead anywhere.
///
/// # Errors
/// When it cannot be written.
pub fn replace(path: &Path, text: &str) -> Result<()> {
    let failed = |error: &std::io::Error| write_failed(error).at(path, None);
    let before = std::fs::metadata(path).ok();
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder).map_err(|error| failed(&error))?;
    }
    to_file(path, true, |out| {
        out.write_all(text.as_bytes())
            .map_err(|error| failed(&error))
    })?;
    match before {
        Some(before) => {
            std::fs::set_permissions(path, before.permissions()).map_err(|error| failed(&error))
        }
        None => Ok(()),
    }
}

/// Nobody ever sees half of the file.
fn to_file(
    path: &Path,
    force: bool,
    write: impl FnOnce(&mut dyn Write) -> Result<()>,
) -> Result<()> {
    refuse_existing(path, force)?;
    let mut draft = Draft::begin(path, force)?;
    let mut out = std::io::BufWriter::new(draft.file());
    write(&mut out)?;
    out.flush()
        .map_err(|error| write_failed(&error).at(path, None))?;
    drop(out);
    draft.publish()
}

/// How many of what, in words: `1 file`, `2 files`.
pub fn counted<N: std::fmt::Display + PartialEq + From<u8> + Copy>(count: N, what: &str) -> String {
    let end = if count == N::from(1) { "" } else { "s" };
    format!("{count} {what}{end}")
}

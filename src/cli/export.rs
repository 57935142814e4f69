//! `llmcost export`: records, charges or sums, for spreadsheets and scripts.

use clap::{Args, ValueEnum};
use serde_json::{Value as Json, json};

use super::output::OutputArgs;
use super::selection::SelectionArgs;
use super::{Console, Done, Global, input};
use crate::error::Result;
use crate::ledger::{Entry, Ledger};
use crate::render::{self, Format};
use crate::report::page::{self, Wishes};
use crate::report::{self, Dimension, Query, cells, charges, records};
use crate::table::{Cell, Column, Table};

/// Write records, charges or sums to a file
///
/// Every digit is kept. CSV cells that a spreadsheet would run as a formula are made harmless;
/// numbers stay numbers.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost export records -o records.csv
  llmcost export charges --period 2026-11 -o charges.csv
  llmcost export summary --by tenant,model,day -o summary.xlsx
  llmcost export charges --csv-dialect excel-semicolon -o charges.csv
  llmcost export records --format jsonl logs/")]
pub struct ExportArgs {
    /// What to export
    what: What,
    /// Logs to read instead of the ledger
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    /// For `summary`: group by these
    #[arg(
        long,
        value_name = "DIMENSION",
        value_delimiter = ',',
        default_value = "day,provider,model"
    )]
    by: Vec<String>,
    #[command(flatten)]
    selection: SelectionArgs,
    #[command(flatten)]
    output: OutputArgs,
    /// State what the logs do not say (only with PATH)
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// One row per record
    Records,
    /// One row per line item and its rate
    Charges,
    /// One row per group
    Summary,
}

/// Runs the command.
///
/// # Errors
/// When the question cannot be understood, or the records cannot be read or written.
pub fn run(args: &ExportArgs, global: &Global, console: &Console) -> Result<Done> {
    let mut output = args.output.clone();
    if output.format.is_none() && output.output.is_none() {
        output.format = Some("csv".to_owned());
    }
    output.exact = true;
    let mut query = args.selection.query(console)?;
    let ledger = input::records(&args.paths, &args.set, global, console)?;
    if args.what == What::Summary {
        query.by = Dimension::parse_list(&args.by)?;
        query.meters = true;
        let summary = cells::summaries(&[&query], &ledger)?
            .pop()
            .unwrap_or_default();
        let report = report::from_summary(&query, summary)?;
        let (table, json, lines) = (report.table(), report.json(), report.json_rows());
        if output.chosen()? == Format::Xlsx {
            let page = page::page(&report, &[], Wishes::default())?;
            output.print_page(&page, console)?;
            return Ok(Done::Well);
        }
        output.print_table(&table, &json, &lines, console)?;
        return Ok(Done::Well);
    }
    match output.chosen()? {
        Format::Jsonl => output.write(console, |out| {
            each(&ledger, &query, &mut |entry| {
                let mut lines = args.what.lines(entry).into_iter();
                lines.try_for_each(|line| render::json::write_line(&line, out))
            })
        })?,
        Format::Csv => output.write(console, |out| {
            let mut rows = render::csv::Rows::start(&args.what.columns(), output.dialect(), out)?;
            each(&ledger, &query, &mut |entry| {
                let entry_rows = args.what.rows(entry)?;
                entry_rows.iter().try_for_each(|row| rows.row(row))
            })?;
            rows.finish()
        })?,
        Format::Xlsx => output.write(console, |out| {
            let mut book = render::xlsx::Book::new();
            let mut rows = book.rows(args.what.name(), &args.what.columns())?;
            each(&ledger, &query, &mut |entry| {
                let entry_rows = args.what.rows(entry)?;
                entry_rows.iter().try_for_each(|row| rows.row(row))
            })?;
            rows.finish()?;
            book.finish(out)
        })?,
        Format::Json | Format::Table | Format::Markdown | Format::Html => {
            whole(args, &ledger, &query, &output, console)?;
        }
    }
    Ok(Done::Well)
}

/// Hands the records that are asked for to a function.
fn each(ledger: &Ledger, query: &Query, take: &mut dyn FnMut(&Entry) -> Result<()>) -> Result<()> {
    ledger.for_each(&mut |entry| {
        if query.selects(entry) {
            take(entry)
        } else {
            Ok(())
        }
    })
}

/// Formats that must be known as a whole before the first line is written.
fn whole(
    args: &ExportArgs,
    ledger: &Ledger,
    query: &Query,
    output: &OutputArgs,
    console: &Console,
) -> Result<()> {
    let mut table = Table {
        columns: args.what.columns(),
        ..Table::default()
    };
    let mut lines: Vec<Json> = Vec::new();
    let is_json = output.chosen()? == Format::Json;
    each(ledger, query, &mut |entry| {
        if is_json {
            lines.extend(args.what.lines(entry));
        } else {
            table.rows.extend(args.what.rows(entry)?);
        }
        Ok(())
    })?;
    let json = match args.what {
        What::Charges => json!({"schema": "llmcost.charges/1", "charges": lines}),
        What::Records | What::Summary => {
            json!({"schema": "llmcost.records/1", "records": lines, "next": null})
        }
    };
    output.print_table(&table, &json, &lines, console)
}

impl What {
    /// What its sheet is called.
    fn name(self) -> &'static str {
        match self {
            Self::Charges => "charges",
            Self::Records | Self::Summary => "records",
        }
    }

    fn columns(self) -> Vec<Column> {
        match self {
            Self::Charges => charges::columns(),
            Self::Records | Self::Summary => records::columns(),
        }
    }

    fn rows(self, entry: &Entry) -> Result<Vec<Vec<Cell>>> {
        match self {
            Self::Charges => Ok(charges::rows(entry)),
            Self::Records | Self::Summary => Ok(vec![records::row(entry)?]),
        }
    }

    fn lines(self, entry: &Entry) -> Vec<Json> {
        match self {
            Self::Charges => charges::json(entry),
            Self::Records | Self::Summary => vec![Json::Object(records::json(entry))],
        }
    }
}

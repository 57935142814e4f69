//! `llmcost report`: who, what and when spent how much.

use clap::Args;
use serde_json::Value as Json;

use super::output::OutputArgs;
use super::selection::SelectionArgs;
use super::terms::TermsArgs;
use super::view::ViewArgs;
use super::{Console, Done, Global, input, wrong};
use crate::error::{Error, Result};
use crate::money::Exact;
use crate::render::{Document, Format, terminal};
use crate::report::page::{self, Wishes};
use crate::report::view::FIGURES;
use crate::report::{DIMENSIONS, Dimension, Report, Sort};
use crate::table::Table;

/// Rows of a page's table; a spreadsheet is better for more.
const MOST_ROWS: usize = 500;

/// Who, what and when spent how much
///
/// From the ledger, or straight from the logs that are named: those are read, priced, summed and
/// forgotten.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost report --by model
  llmcost report --by tenant,day --period 2026-11 --timezone Asia/Seoul
  llmcost report --by user --where 'model=gpt-5*' --sort cost --limit 10
  llmcost report --by tenant,model --subtotals --top 3 --others
  llmcost report --by model --detail share,averages,latency
  llmcost report --by model --columns requests,cost,share,cache
  llmcost report --by user --detail meters
  llmcost report --by model --period 7d --compare previous --sort change
  llmcost report --by model --compare last-month.json
  llmcost report --pivot day,model --period 7d
  llmcost report --by model --bars --sparkline
  llmcost report --by model logs/*.jsonl
  llmcost report --by day -o costs.csv
  llmcost report --by tenant,model -o costs.xlsx
  llmcost report --period this-month --budget-line 500 -o costs.html
  llmcost report --prices other.yaml --as 'gpt-4o=gpt-5-mini'
  llmcost report --by month --currency RUB
  llmcost report --by provider --compare-reported")]
pub struct ReportArgs {
    /// Logs to read instead of the ledger
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    /// Group by these (comma-separated, repeatable); `--by help` lists them
    #[arg(
        long,
        value_name = "DIMENSION",
        value_delimiter = ',',
        default_value = "model",
        conflicts_with = "pivot"
    )]
    by: Vec<String>,
    #[command(flatten)]
    view: ViewArgs,
    #[command(flatten)]
    selection: SelectionArgs,
    /// cost, requests, tokens, name, time, or change with --compare [default: time if grouped by it, else cost]
    #[arg(long, value_name = "ORDER", help_heading = "Output")]
    sort: Option<String>,
    /// Show at most this many rows; totals cover all
    #[arg(long, value_name = "N", help_heading = "Output")]
    limit: Option<usize>,
    /// Show what the providers say it cost beside what we computed
    #[arg(long, help_heading = "Output")]
    reported: bool,
    /// The amount to stay below, drawn into a page's chart of the cost so far
    #[arg(long, value_name = "AMOUNT", help_heading = "Output")]
    budget_line: Option<String>,
    #[command(flatten)]
    terms: TermsArgs,
    #[command(flatten)]
    output: OutputArgs,
    /// State what the logs do not say (only with PATH)
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
}

impl ReportArgs {
    /// What is asked of a page or a workbook, where the format is one.
    fn wishes(&self, format: Format) -> Result<Option<Wishes>> {
        let budget = self.budget_line.as_deref().map(amount).transpose()?;
        if budget.is_some() && format != Format::Html {
            return Err(Error::usage("--budget-line: only a page has charts")
                .hint("write one with -o costs.html"));
        }
        let is_page = matches!(format, Format::Html | Format::Xlsx);
        let most_rows = (format == Format::Html).then_some(MOST_ROWS);
        Ok(is_page.then_some(Wishes { budget, most_rows }))
    }
}

fn amount(text: &str) -> Result<Exact> {
    let amount = Exact::parse(text).ok();
    let amount = amount.filter(|amount| *amount > Exact::ZERO);
    amount.ok_or_else(|| {
        Error::usage("--budget-line: this is no amount").hint("write it as 500 or 49.95")
    })
}

/// Names beside what they mean.
fn listed<'n>(names: impl Iterator<Item = (&'n str, &'n str)>, width: usize) -> Vec<String> {
    names
        .map(|(name, doc)| format!("{name:<width$} {doc}"))
        .collect()
}

/// A matrix no wider than the terminal: columns without room are added up with the others, so that
/// its rows still add up before the reader's eyes. How many there are is left as it was asked for.
fn fitted(mut report: Report, args: &ReportArgs, console: &Console) -> Result<Report> {
    if args.output.chosen()? != Format::Table || report.query.view.top.is_some() {
        return Ok(report);
    }
    let style = args.output.style(console);
    while let Some(columns) = report.pivot.as_ref().map(|pivot| pivot.columns.len()) {
        let without_room = terminal::without_room(&report.table(), style);
        if without_room == 0 || columns < 2 {
            break;
        }
        report = report.narrowed(columns.saturating_sub(without_room).max(1))?;
    }
    Ok(report)
}

/// Runs the command.
///
/// # Errors
/// When the question cannot be understood or the records cannot be read.
pub fn run(args: &ReportArgs, global: &Global, console: &Console) -> Result<Done> {
    if args.by.iter().any(|name| name == "help") {
        let known = DIMENSIONS.iter().map(|known| (known.name, known.doc));
        let tags = ("tag:KEY", "Your own label of that name");
        console.print_lines(&listed(known.chain([tags]), 16))?;
        return Ok(Done::Well);
    }
    if args.view.asks_for_columns() {
        let figures = FIGURES.iter().map(|figure| (figure.key, figure.doc));
        console.print_lines(&listed(figures, 21))?;
        return Ok(Done::Well);
    }
    let format = args.output.chosen()?;
    let wishes = args.wishes(format)?;
    let mut query = args.selection.query(console)?;
    query.by = match args.view.pivot() {
        Some(by) => Dimension::parse_list(by).map_err(|error| wrong("--pivot", error))?,
        None => Dimension::parse_list(&args.by).map_err(|error| wrong("--by", error))?,
    };
    query.sort = args
        .sort
        .as_deref()
        .map(Sort::parse)
        .transpose()
        .map_err(|error| wrong("--sort", error))?;
    query.limit = args.limit;
    query.reported = args.reported;
    args.view.settle(&mut query, format)?;
    if query.sort == Some(Sort::Change) && query.against.is_none() {
        return Err(
            Error::usage("--sort change: there is nothing to compare with")
                .hint("add --compare previous, a period or a saved report"),
        );
    }
    let ledger = input::records(&args.paths, &args.set, global, console)?;
    let looking = !args.paths.is_empty();
    let around = (global, console);
    if let Some(wishes) = wishes {
        let (terms, output) = (&args.terms, &args.output);
        let (report, beside) =
            terms.answer_with(query, page::questions, &ledger, looking, around)?;
        if wishes.budget.is_some() && report.totals.len() > 1 {
            return Err(
                Error::usage("--budget-line: the costs are in several currencies")
                    .hint("convert them with --currency"),
            );
        }
        output.print_page(&page::page(&report, &beside, wishes)?, console)?;
        return Ok(Done::Well);
    }
    let report = args.terms.answer(query, &ledger, looking, around)?;
    let report = fitted(report, args, console)?;
    // Of many groups each of them is a lot of work.
    let (mut table, mut json, mut lines) = (Table::default(), Json::Null, Vec::new());
    match format {
        Format::Json => json = report.json(),
        Format::Jsonl => lines = report.json_lines(),
        Format::Table | Format::Csv | Format::Markdown | Format::Html | Format::Xlsx => {
            table = report.table();
        }
    }
    args.output.print(
        &Document {
            table: &table,
            json: &json,
            lines: &lines,
        },
        console,
    )?;
    Ok(Done::Well)
}

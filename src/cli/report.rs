//! `llmcost report`: who, what and when spent how much.

use clap::Args;

use super::output::OutputArgs;
use super::selection::SelectionArgs;
use super::terms::TermsArgs;
use super::{Console, Done, Global, input, wrong};
use crate::error::Result;
use crate::render::Document;
use crate::report::{DIMENSIONS, Dimension, Sort};

/// Who, what and when spent how much
///
/// From the ledger, or straight from the logs that are named: those are read, priced, summed and
/// forgotten.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost report --by model
  llmcost report --by tenant,day --period 2026-11 --timezone Asia/Seoul
  llmcost report --by user --where 'model=gpt-5*' --sort cost --limit 10
  llmcost report --by model --detail meters --format json
  llmcost report --by model logs/*.jsonl
  llmcost report --by day -o costs.csv
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
        default_value = "model"
    )]
    by: Vec<String>,
    #[command(flatten)]
    selection: SelectionArgs,
    /// cost, requests, tokens, name or time [default: time if grouped by it, else cost]
    #[arg(long, value_name = "ORDER", help_heading = "Output")]
    sort: Option<String>,
    /// Show at most this many rows; totals cover all
    #[arg(long, value_name = "N", help_heading = "Output")]
    limit: Option<usize>,
    /// `meters`: the disjoint meters beside the sums
    #[arg(long, value_name = "WHAT", value_parser = ["meters"], help_heading = "Output")]
    detail: Option<String>,
    /// Show what the providers say it cost beside what we computed
    #[arg(long, help_heading = "Output")]
    reported: bool,
    #[command(flatten)]
    terms: TermsArgs,
    #[command(flatten)]
    output: OutputArgs,
    /// State what the logs do not say (only with PATH)
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
}

/// Runs the command.
///
/// # Errors
/// When the question cannot be understood or the records cannot be read.
pub fn run(args: &ReportArgs, global: &Global, console: &Console) -> Result<Done> {
    if args.by.iter().any(|name| name == "help") {
        console.print(|out| {
            DIMENSIONS
                .iter()
                .try_for_each(|dimension| writeln!(out, "{}", dimension.name))?;
            writeln!(out, "tag:NAME")
        })?;
        return Ok(Done::Well);
    }
    args.output.chosen()?;
    let mut query = args.selection.query(console)?;
    query.by = Dimension::parse_list(&args.by).map_err(|error| wrong("--by", error))?;
    query.sort = args
        .sort
        .as_deref()
        .map(Sort::parse)
        .transpose()
        .map_err(|error| wrong("--sort", error))?;
    query.limit = args.limit;
    query.meters = args.detail.is_some();
    query.reported = args.reported;
    let ledger = input::records(&args.paths, &args.set, global, console)?;
    let looking = !args.paths.is_empty();
    let report = args
        .terms
        .answer(query, &ledger, looking, (global, console))?;
    let (table, json, lines) = (report.table(), report.json(), report.json_rows());
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

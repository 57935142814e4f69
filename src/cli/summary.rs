//! `llmcost summary`: what was spent lately, at a glance.

use clap::Args;

use super::output::OutputArgs;
use super::selection::SelectionArgs;
use super::{Console, Done, Global, input};
use crate::error::Result;
use crate::render::{Document, Format};
use crate::report::overview::Questions;
use crate::report::{overview_json, overview_table};

/// Today, this week, this month and all time at a glance
///
/// Each against the period before, as far as this one has got; then the models and users that cost
/// the most this month (or in the period that is asked for), and what failed.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost summary
  llmcost summary --user alice --period 2026-11 --format json
  llmcost summary --timezone Europe/Berlin --top 10
  llmcost summary logs/*.jsonl")]
pub struct SummaryArgs {
    /// Logs to read instead of the ledger
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    /// How many models and users to list
    #[arg(long, value_name = "N", default_value_t = 5, help_heading = "Output")]
    top: usize,
    #[command(flatten)]
    selection: SelectionArgs,
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
pub fn run(args: &SummaryArgs, global: &Global, console: &Console) -> Result<Done> {
    let format = args.output.chosen()?;
    let query = args.selection.query(console)?;
    let mut questions = Questions::new(&query)?;
    let ledger = input::records(&args.paths, &args.set, global, console)?;
    ledger.for_each(&mut |entry| questions.add(entry))?;
    let overview = questions.answer()?;
    if matches!(format, Format::Table | Format::Markdown) {
        let draws = format == Format::Table;
        let tables = overview_table::tables(&overview, args.top, draws)?;
        args.output.print_tables(&tables, console)?;
        return Ok(Done::Well);
    }
    let table = overview_table::combined(&overview, args.top)?;
    let (json, lines) = (
        overview_json::json(&overview, args.top)?,
        overview_json::lines(&overview, args.top)?,
    );
    let document = Document {
        table: &table,
        json: &json,
        lines: &lines,
    };
    args.output.print(&document, console)?;
    Ok(Done::Well)
}

//! `llmcost summary`: what was spent lately, at a glance.

use clap::Args;
use serde_json::Value as Json;

use super::output::OutputArgs;
use super::selection::SelectionArgs;
use super::{Console, Done, Global, input, terms};
use crate::error::Result;
use crate::ledger::{Holder, Ledger};
use crate::render::{Document, Format};
use crate::report::credits::{self, Asked};
use crate::report::overview::Questions;
use crate::report::{overview_json, overview_table};
use crate::usage::Timestamp;

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
    /// Convert costs by the book's rate of each record's day; what has none stays as it is
    #[arg(long, value_name = "CODE", help_heading = "Output")]
    currency: Option<String>,
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
    let mut query = args.selection.query(console)?;
    let ledger = input::records(&args.paths, &args.set, global, console)?;
    query.exchange = terms::asked_exchange(args.currency.as_deref(), &ledger, global)?;
    let mut questions = Questions::new(&query)?;
    questions.ask(&ledger)?;
    let overview = questions.answer()?;
    let low = low_credits(args, &ledger, query.now)?;
    if matches!(format, Format::Table | Format::Markdown) {
        let draws = format == Format::Table;
        let mut tables = overview_table::tables(&overview, args.top, draws)?;
        if let Some(last) = tables.last_mut() {
            last.notes.extend(low);
        }
        args.output.print_tables(&tables, console)?;
        return Ok(Done::Well);
    }
    let mut table = overview_table::combined(&overview, args.top)?;
    let (mut json, lines) = (
        overview_json::json(&overview, args.top)?,
        overview_json::lines(&overview, args.top)?,
    );
    if let Some(notes) = json.get_mut("notes").and_then(Json::as_array_mut) {
        notes.extend(low.iter().cloned().map(Json::String));
    }
    table.notes.extend(low);
    let document = Document {
        table: &table,
        json: &json,
        lines: &lines,
    };
    args.output.print(&document, console)?;
    Ok(Done::Well)
}

/// Credits that run low: of everybody, or of the user and the tenant that are asked for. Where
/// anything else is asked for, whose they are would be a guess.
fn low_credits(args: &SummaryArgs, ledger: &Ledger, at: Timestamp) -> Result<Vec<String>> {
    let selection = &args.selection;
    let narrowed = [&selection.model, &selection.provider];
    if !selection.conditions.is_empty() || narrowed.into_iter().any(Option::is_some) {
        return Ok(Vec::new());
    }
    let of = Holder {
        user: selection.user.clone(),
        tenant: selection.tenant.clone(),
    };
    let accounts = credits::balances(ledger, &Asked { of, at })?;
    Ok(credits::low(&accounts))
}

//! `llmcost anomalies`: days that cost unusually much or little.

use clap::Args;

use super::output::OutputArgs;
use super::selection::SelectionArgs;
use super::{Console, Done, Global, input, terms, wrong};
use crate::error::{Error, Result};
use crate::money::Exact;
use crate::report::anomalies::{Rule, Search};
use crate::report::{Dimension, deviation};

/// Find days that cost unusually much or little
///
/// Every day is judged against the days before it: all records together, and each user and model
/// against its own past, by the median absolute deviation (MAD). The score is 0.6745 × (cost −
/// median) ÷ MAD; beyond 3.5 either way is unusual. Days without records are no past, and a day that
/// is not over can only be too expensive.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost anomalies --period 7d
  llmcost anomalies --by tenant,agent --threshold 5
  llmcost anomalies --user alice --format json
  llmcost anomalies logs/")]
pub struct AnomaliesArgs {
    /// Logs to read instead of the ledger
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    /// Judge the days of each of these, too (comma-separated, repeatable)
    #[arg(
        long,
        value_name = "DIMENSION",
        value_delimiter = ',',
        default_value = "user,model"
    )]
    by: Vec<String>,
    /// The score beyond which a day is unusual [default: 3.5]
    #[arg(long, value_name = "SCORE", help_heading = "What is unusual")]
    threshold: Option<String>,
    /// How far from the median it must be, at least
    #[arg(
        long,
        value_name = "PERCENT",
        default_value = "10%",
        help_heading = "What is unusual"
    )]
    min_change: String,
    /// How many days before it are its past
    #[arg(
        long,
        value_name = "DAYS",
        default_value_t = 28,
        help_heading = "What is unusual"
    )]
    past: u64,
    /// Days with records that its past must have
    #[arg(
        long,
        value_name = "DAYS",
        default_value_t = 7,
        value_parser = clap::value_parser!(u64).range(1..),
        help_heading = "What is unusual"
    )]
    min_days: u64,
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
pub fn run(args: &AnomaliesArgs, global: &Global, console: &Console) -> Result<Done> {
    args.output.chosen()?;
    let mut query = args.selection.query(console)?;
    let by = Dimension::parse_list(&args.by).map_err(|error| wrong("--by", error))?;
    if by.iter().any(Dimension::is_time) {
        return Err(Error::usage("--by: days are what is judged")
            .hint("Name whose days: --by user,model,tenant"));
    }
    let rule = args.rule()?;
    let ledger = input::records(&args.paths, &args.set, global, console)?;
    query.exchange = terms::asked_exchange(args.currency.as_deref(), &ledger, global)?;
    let mut search = Search::new(&query, by, rule)?;
    search.ask(&ledger)?;
    let found = search.judge()?;
    let lines = found.json_rows();
    args.output
        .print_table(&found.table(), &found.json(), &lines, console)?;
    Ok(Done::Well)
}

impl AnomaliesArgs {
    fn rule(&self) -> Result<Rule> {
        let (mantissa, scale) = deviation::USUAL_LIMIT;
        let limit = match &self.threshold {
            Some(text) => positive("--threshold", text)?,
            None => Exact::new(mantissa, scale),
        };
        let percent = self.min_change.strip_suffix('%');
        Ok(Rule {
            limit,
            least_percent: positive("--min-change", percent.unwrap_or(&self.min_change))?,
            past: self.past,
            least_days: self.min_days,
        })
    }
}

fn positive(flag: &str, text: &str) -> Result<Exact> {
    let number = Exact::parse(text.trim()).ok();
    number
        .filter(|number| !number.is_negative())
        .ok_or_else(|| {
            Error::usage(format!("{flag}: this is no number that is not below zero"))
                .hint("write it as 3.5")
        })
}

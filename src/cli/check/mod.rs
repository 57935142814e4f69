//! `llmcost check`: fail the CI job when a budget is broken.

mod outputs;
mod rules;

use std::path::{Path, PathBuf};

use clap::Args;

use super::output::{OutputArgs, replace};
use super::selection::SelectionArgs;
use super::{Console, Done, Global, input, terms};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::Ledger;
use crate::report::check::{Around, Baseline, Judge, Verdict, credit::Balance, data::Known};
use crate::report::credits::{self, Asked};
use crate::table::checklist::Outcome;
use crate::usage::Timestamp;
use outputs::Outputs;

/// Fail the CI job when a budget is broken
///
/// Limits come from llmcost.budget.toml, where there is one, and from the options. Ends with 0 when
/// all of them hold, 1 when one is broken, 2 when the check could not be made, and 3 when nothing
/// certain can be said: usage without a price, rejected records, no records, no baseline. What is
/// surely broken goes before what cannot be judged.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost check --max-total 50 --period this-month
  llmcost check --max-total 5 logs/*.jsonl
  llmcost check --max day,tenant=20 --max model=30 --where 'user!=ci-bot'
  llmcost check --budget llmcost.budget.toml --report junit=costs.xml
  llmcost check logs/ --save-baseline base.json
  llmcost check logs/ --baseline base.json --max-increase 10%
  llmcost check --on-unpriced warn --warn-only --format markdown
  llmcost check --schema > llmcost.budget.schema.json

docs/ci.md shows the budget file, and the jobs of GitHub and GitLab.")]
pub struct CheckArgs {
    /// Logs to read instead of the ledger
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    /// What everything may cost
    #[arg(long, value_name = "AMOUNT", help_heading = "Limits")]
    max_total: Option<String>,
    /// What each group may cost: day,tenant=20 (repeatable); groups are those of report --by
    #[arg(long, value_name = "GROUPS=AMOUNT", help_heading = "Limits")]
    max: Vec<String>,
    /// The file with the limits [default: llmcost.budget.toml, if it is there]
    #[arg(long, value_name = "FILE", help_heading = "Limits")]
    budget: Option<PathBuf>,
    /// The currency of the limits [default: the budget file's, else the only one there is]
    #[arg(long, value_name = "CODE", help_heading = "Limits")]
    currency: Option<String>,
    /// What usage without a price does: fail (exit 3), warn or ignore
    #[arg(long, value_name = "LEVEL", value_parser = ["fail", "warn", "ignore"], help_heading = "Limits")]
    on_unpriced: Option<String>,
    /// Say what is broken, and end with 0 all the same
    #[arg(long, help_heading = "Limits")]
    warn_only: bool,
    /// The baseline to compare with
    #[arg(long, value_name = "FILE", help_heading = "Against a baseline")]
    baseline: Option<PathBuf>,
    /// How much more it may cost: 10%
    #[arg(
        long,
        value_name = "PERCENT",
        requires = "baseline",
        help_heading = "Against a baseline"
    )]
    max_increase: Option<String>,
    /// How much more it may cost, as an amount
    #[arg(
        long,
        value_name = "AMOUNT",
        requires = "baseline",
        help_heading = "Against a baseline"
    )]
    max_increase_amount: Option<String>,
    /// Keep what it costs as a baseline, unless the check fails
    #[arg(long, value_name = "FILE", help_heading = "Against a baseline")]
    save_baseline: Option<PathBuf>,
    #[command(flatten)]
    selection: SelectionArgs,
    /// Report as well to: github, junit=FILE, json=FILE, markdown=FILE, openmetrics=FILE
    /// (repeatable; github is on by itself where GITHUB_ACTIONS=true)
    #[arg(long, value_name = "WHERE", help_heading = "Output")]
    report: Vec<String>,
    #[command(flatten)]
    output: OutputArgs,
    /// Print the JSON Schema of the budget file, for editors
    #[arg(long, help_heading = "Output")]
    schema: bool,
    /// State what the logs do not say (only with PATH)
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
}

/// The JSON Schema of the budget file; a test keeps it true.
const SCHEMA: &str = include_str!("../../../docs/llmcost.budget.schema.json");

/// Runs the command.
///
/// # Errors
/// When a limit cannot be understood or the records cannot be read.
pub fn run(args: &CheckArgs, global: &Global, console: &Console) -> Result<Done> {
    if args.schema {
        console.print(|out| out.write_all(SCHEMA.as_bytes()))?;
        return Ok(Done::Well);
    }
    let outputs = Outputs::parse(&args.report)?;
    let done = judged(args, &outputs, global, console);
    if let Err(error) = &done {
        outputs.failed(error, console)?;
    }
    done
}

fn judged(args: &CheckArgs, outputs: &Outputs, global: &Global, console: &Console) -> Result<Done> {
    args.output.check()?;
    let limits = rules::gather(args)?;
    let mut query = selection(args, &limits, global).query(console)?;
    let baseline = args
        .baseline
        .as_deref()
        .map(read_baseline)
        .transpose()?
        .flatten();
    let ledger = input::records(&args.paths, &args.set, global, console)?;
    let of_file = limits
        .currency
        .as_ref()
        .filter(|_| !global.has_typed("currency"));
    if let Some(code) = of_file.or(args.currency.as_ref()) {
        query.exchange = Some(terms::exchange(code, &ledger, global)?);
    }
    let judge = Judge::new(&limits.rules, &query)?;
    let prepaid = !limits.rules.credits.is_empty() && args.paths.is_empty();
    let balances = prepaid.then(|| balances(&ledger, query.now)).transpose()?;
    let balances = balances.flatten();
    let beside = (baseline.as_ref(), balances.as_deref());
    let (verdict, new_baseline) = judge_all(args, judge, &ledger, beside)?;
    let done = done(verdict.outcome(), args.warn_only);
    outputs.write(&verdict, (&limits, done), (args, console))?;
    if let (Some(path), Some(baseline)) = (&args.save_baseline, new_baseline) {
        match verdict.outcome() {
            Outcome::Passed | Outcome::Warned => replace(path, &baseline.text()?)?,
            Outcome::Unjudged | Outcome::Failed => {
                console.remark("the baseline was not saved, because the check did not pass");
            }
        }
    }
    Ok(done)
}

/// The verdict about a ledger, and the baseline that it would make.
fn judge_all(
    args: &CheckArgs,
    mut judge: Judge<'_>,
    ledger: &Ledger,
    (baseline, balances): (Option<&Baseline>, Option<&[Balance]>),
) -> Result<(Verdict, Option<Baseline>)> {
    judge.ask(ledger)?;
    let new_baseline = args.save_baseline.is_some().then(|| judge.baseline());
    let known = known(ledger, !args.paths.is_empty())?;
    let around = Around {
        known,
        baseline,
        balances,
    };
    Ok((judge.finish(&around)?, new_baseline.transpose()?))
}

/// What holders of credits have left; nothing where no credits are kept.
fn balances(ledger: &Ledger, at: Timestamp) -> Result<Option<Vec<Balance>>> {
    let accounts = credits::balances(ledger, &Asked::all(at))?;
    let left = accounts.into_iter().map(|account| Balance {
        is_upper_bound: account.is_upper_bound(),
        user: account.holder.user,
        tenant: account.holder.tenant,
        unit: account.unit.name().to_owned(),
        amount: account.balance,
    });
    let left: Vec<Balance> = left.collect();
    Ok((!left.is_empty()).then_some(left))
}

fn known(ledger: &Ledger, looking: bool) -> Result<Known> {
    let runs = ledger.runs()?;
    let ingests = runs.iter().filter(|run| run.what == "ingest");
    Ok(Known {
        rejected: u64::try_from(ledger.rejects()?.len()).unwrap_or(u64::MAX),
        last_ingest: ingests.map(|run| run.started).max().filter(|_| !looking),
        looking,
    })
}

/// Which records are looked at. The budget file's timezone goes before that of settings, because its
/// limits mean days of its own; the command line goes before both.
fn selection(args: &CheckArgs, limits: &rules::Limits, global: &Global) -> SelectionArgs {
    let mut selection = args.selection.clone();
    if let Some(zone) = limits.timezone.filter(|_| !global.has_typed("timezone")) {
        zone.name().clone_into(&mut selection.timezone);
    }
    selection
}

/// A baseline that is not there is none; one that cannot be read is a mistake.
fn read_baseline(path: &Path) -> Result<Option<Baseline>> {
    match std::fs::read(path) {
        Ok(bytes) => Baseline::parse(path, &bytes).map(Some),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            let message = format!("the baseline cannot be read: {}", error.kind());
            Err(Error::new(ErrorKind::Input, message).at(path, None))
        }
    }
}

fn done(outcome: Outcome, warn_only: bool) -> Done {
    match outcome {
        Outcome::Passed | Outcome::Warned => Done::Well,
        Outcome::Failed | Outcome::Unjudged if warn_only => Done::Well,
        Outcome::Failed => Done::ConditionFailed,
        Outcome::Unjudged => Done::CannotJudge,
    }
}

//! `llmcost reprice`: what stored costs would be at the books of now, and, on demand, will be.

use clap::Args;
use serde_json::json;

use super::console::{self, Console};
use super::output::OutputArgs;
use super::selection::SelectionArgs;
use super::{Done, Global, input};
use crate::error::Result;
use crate::report::{self, Dimension, Layout, Query, Report, Summary, changes};
use crate::reprice::{self, Outcome, Plan};

/// Show what stored costs would be at today's price books; with --apply, rewrite them
///
/// Without --apply nothing is written. With it all changes are one transaction, and `explain` shows
/// of each record what its cost was before. Records are priced as of their own time.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost reprice
  llmcost reprice --where cost_status=unpriced --apply
  llmcost reprice --prices corrected.yaml --model 'gpt-5*' --period 2026-11
  llmcost reprice --by month,provider --format json")]
pub struct RepriceArgs {
    /// Rewrite what changes
    #[arg(long)]
    apply: bool,
    /// Group the changes by these
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
}

/// Runs the command.
///
/// # Errors
/// When the ledger or a price book cannot be used; nothing has changed then.
pub fn run(args: &RepriceArgs, global: &Global, console: &Console) -> Result<Done> {
    args.output.check()?;
    let mut query = args.selection.query(console)?;
    query.by = Dimension::parse_list(&args.by).map_err(|error| super::wrong("--by", error))?;
    query.layout = Layout::Changes;
    let prices = input::prices(global)?;
    let selects = |entry: &_| query.selects(entry);
    console::catch_interrupts();
    let bar = console.counting();
    let plan = Plan {
        prices: &prices,
        selects: &selects,
        now: query.now,
        version: env!("CARGO_PKG_VERSION"),
        watch: &|progress| bar.count(progress),
    };
    let (mut new, mut old) = (Summary::default(), Summary::default());
    let mut take = |entry: &_, receipt: &_| {
        old.add(&query, entry)?;
        new.add_priced(&query, entry, receipt)
    };
    let path = input::ledger_path(global)?;
    // A ledger that is not there is not made for this.
    let ledger = input::reading(&path, console)?;
    let outcome = if args.apply {
        drop(ledger);
        reprice::apply(&mut input::writing(&path, console)?, &plan, &mut take)
    } else {
        reprice::preview(&ledger, &plan, &mut take)
    };
    bar.finish();
    let outcome = outcome?;
    let report = report::from_summaries(&query, new, &old)?;
    print(args, &report, &query, outcome, console)?;
    Ok(Done::Well)
}

fn print(
    args: &RepriceArgs,
    report: &Report,
    query: &Query,
    outcome: Outcome,
    console: &Console,
) -> Result<()> {
    let mut table = report.table();
    table.notes = vec![summary(args.apply, outcome)];
    table.notes.extend(loss(args.apply, outcome.lost));
    let lines = changes::json_rows(report);
    let json = json!({
        "schema": "llmcost.reprice/1",
        "applied": args.apply,
        "run": outcome.run,
        "records": {
            "asked": outcome.asked,
            "changed": outcome.changed,
            "lost": outcome.lost,
            "converted": outcome.converted,
        },
        "by": query.by.iter().map(Dimension::key).collect::<Vec<_>>(),
        "rows": lines,
        "totals": changes::json_totals(report),
    });
    args.output.print_table(&table, &json, &lines, console)
}

/// A cost that goes missing is most often a book that was not named.
fn loss(applied: bool, lost: u64) -> Option<String> {
    let what = if applied { "lost" } else { "would lose" };
    let advice =
        "these books have no price for them. Name the book that they were priced by with --prices.";
    (lost > 0).then(|| format!("{lost} of them {what} their cost: {advice}"))
}

fn summary(applied: bool, outcome: Outcome) -> String {
    let Outcome {
        asked,
        changed,
        converted,
        run,
        seen: _,
        lost: _,
    } = outcome;
    let found = format!("{changed} of {asked} records");
    match (applied, run) {
        (false, _) if changed == 0 => format!("{found} would change."),
        (false, _) => format!("{found} would change. Rewrite them with --apply."),
        (true, None) => format!("{found} changed: nothing was written."),
        (true, Some(run)) if converted > 0 => format!(
            "{found} changed by run {run}; {converted} more were filled in in another currency."
        ),
        (true, Some(run)) => {
            format!("{found} changed by run {run}; `llmcost explain ID` shows what was.")
        }
    }
}

//! `llmcost forget` and `llmcost prune`: taking records out of the ledger again.

use std::path::Path;

use clap::Args;
use serde_json::json;

use super::{Console, Done, Global, input};
use crate::error::{Error, Result};
use crate::ledger::{Forgotten, Ledger, Removed, Unwanted};
use crate::report::{Clock, Period};
use crate::usage::Timestamp;

/// Take a user, a run or a file out of the ledger; without --apply, say what would go
///
/// A user's records do not come back when their logs are read again, and his name is overwritten. Those
/// of a run or a file do: a wrong ingest is undone. What another file held, too, stays. Bytes are
/// overwritten in the file and in its log; backups and exports are yours to look after.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost forget --user alice
  llmcost forget --user alice --apply
  llmcost forget --source logs/wrong.jsonl --apply
  llmcost forget --run 12 --apply          the number is in `llmcost runs`")]
#[group(id = "what", required = true, multiple = false)]
pub struct ForgetArgs {
    /// The user
    #[arg(long, value_name = "USER", group = "what")]
    user: Option<String>,
    /// The run
    #[arg(long, value_name = "NUMBER", group = "what")]
    run: Option<i64>,
    /// The file, as `llmcost sources` lists it
    #[arg(long, value_name = "PATH", group = "what")]
    source: Option<String>,
    #[command(flatten)]
    how: How,
}

/// Take records of long ago out of the ledger; without --apply, say what would go
///
/// They do not come back when their logs are read again. With --keep-totals reports go on to count
/// them, by day, provider and model, as nobody's. Records without a time stay.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost prune --before 2026-01-01
  llmcost prune --before 90d --keep-totals --apply")]
pub struct PruneArgs {
    /// The first day that stays, or how long ago that was
    #[arg(long, value_name = "TIME")]
    before: String,
    /// Keep their sums, without anybody's name
    #[arg(long)]
    keep_totals: bool,
    #[command(flatten)]
    how: How,
}

/// How it is done and told.
#[derive(Debug, Args)]
struct How {
    /// Do it
    #[arg(long)]
    apply: bool,
    /// text or json
    #[arg(long, short, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    format: String,
}

/// Runs `forget`.
///
/// # Errors
/// When the ledger cannot be used; nothing has changed then.
pub fn forget(args: &ForgetArgs, global: &Global, console: &Console) -> Result<Done> {
    let what = match (&args.user, args.run, &args.source) {
        (Some(user), ..) => Unwanted::User(user.clone()),
        (_, Some(run), _) => Unwanted::Run(run),
        (_, _, Some(path)) => Unwanted::Source(source(path)),
        (None, None, None) => return Err(Error::usage("nothing is named that is to go")),
    };
    carry_out(&what, false, &args.how, global, console)
}

/// Runs `prune`.
///
/// # Errors
/// When the time cannot be understood, or as [`forget`].
pub fn prune(args: &PruneArgs, global: &Global, console: &Console) -> Result<Done> {
    let clock = Clock {
        now: console.now()?,
        zone: chrono_tz::Tz::UTC,
    };
    let period = Period::between(Some(&args.before), None, clock);
    let period = period.map_err(|error| super::wrong("--before", error))?;
    let before = period
        .from
        .ok_or_else(|| Error::usage("--before: this is no time"))?;
    carry_out(
        &Unwanted::Before(before),
        args.keep_totals,
        &args.how,
        global,
        console,
    )
}

/// Paths in a ledger begin at the root.
fn source(path: &str) -> String {
    let absolute = Path::new(path)
        .canonicalize()
        .or_else(|_| std::path::absolute(path));
    match absolute {
        Ok(absolute) if path != "-" => absolute.to_string_lossy().into_owned(),
        _ => path.to_owned(),
    }
}

fn carry_out(
    what: &Unwanted,
    keep_totals: bool,
    how: &How,
    global: &Global,
    console: &Console,
) -> Result<Done> {
    let path = input::ledger_path(global)?;
    let ledger = Ledger::open_for_reading(&path)?;
    let found = ledger.unwanted(what)?;
    drop(ledger);
    let now: Timestamp = console.now()?;
    let removed = (how.apply && found.records > 0)
        .then(|| {
            let mut ledger = Ledger::open(&path)?;
            ledger.remove(what, keep_totals, (now, env!("CARGO_PKG_VERSION")))
        })
        .transpose()?;
    let found = removed.map_or(found, |removed| removed.found);
    if how.format == "json" {
        let json = json!({
            "schema": "llmcost.forget/1",
            "applied": removed.is_some(),
            "run": removed.map(|removed| removed.run),
            "records": found.records,
            "shared": found.shared,
            "totals_kept": removed.is_some() && keep_totals,
        });
        console.print_json(&json)?;
    } else {
        console.print_lines(&told(found, removed))?;
    }
    Ok(Done::Well)
}

fn told(found: Forgotten, removed: Option<Removed>) -> Vec<String> {
    let records = |count: u64| format!("{count} record{}", if count == 1 { "" } else { "s" });
    let went = match removed {
        Some(removed) => format!(
            "{} taken out by run {}.",
            records(found.records),
            removed.run
        ),
        None if found.records == 0 => "There is nothing to take out.".to_owned(),
        None => format!(
            "{} would go. Take them out with --apply.",
            records(found.records)
        ),
    };
    let stay = format!(
        "{} stay: another source held them, too.",
        records(found.shared)
    );
    let stay = Some(stay).filter(|_| found.shared > 0);
    std::iter::once(went).chain(stay).collect()
}

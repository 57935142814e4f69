//! `llmcost runs`: what was ingested when.

use clap::Args;
use serde_json::{Value as Json, json};

use super::output::OutputArgs;
use super::{Console, Done, Global, input};
use crate::error::Result;
use crate::ledger::RunInfo;
use crate::table::{Cell, Column, Kind, Table};

/// List what was ingested when
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost runs
  llmcost runs --format jsonl")]
pub struct RunsArgs {
    #[command(flatten)]
    output: OutputArgs,
}

/// Runs the command.
///
/// # Errors
/// When the ledger cannot be read.
pub fn run(args: &RunsArgs, global: &Global, console: &Console) -> Result<Done> {
    let ledger = input::reading(&input::ledger_path(global)?, console)?;
    let runs = ledger.runs()?;
    let lines: Vec<Json> = runs.iter().map(line).collect();
    let json = json!({"schema": "llmcost.runs/1", "rows": lines});
    args.output
        .print_table(&table(&runs), &json, &lines, console)?;
    Ok(Done::Well)
}

/// Counts of a run under their names.
fn counts(run: &RunInfo) -> [(&'static str, &'static str, u64); 10] {
    let counts = &run.counts;
    [
        ("read", "Read", counts.read()),
        ("new", "New", counts.new),
        ("duplicate", "Duplicate", counts.duplicate),
        ("updated", "Updated", counts.updated),
        ("ignored", "Ignored", counts.ignored),
        ("rejected", "Rejected", counts.rejected),
        ("pending", "Pending", counts.pending),
        ("conflicts", "Conflicts", counts.conflicts),
        ("repriced", "Repriced", run.repriced),
        ("removed", "Removed", run.removed),
    ]
}

fn table(runs: &[RunInfo]) -> Table {
    let mut columns = vec![
        Column::new("run", "Run", Kind::Count),
        Column::new("started_at", "Started", Kind::Time),
        Column::new("what", "What", Kind::Text),
    ];
    let names = RunInfo {
        id: 0,
        started: crate::usage::Timestamp::from_millis(0),
        version: String::new(),
        what: String::new(),
        repriced: 0,
        removed: 0,
        counts: crate::ledger::Counts::default(),
    };
    columns.extend(counts(&names).map(|(key, title, _)| Column::new(key, title, Kind::Count)));
    let rows = runs.iter().map(|run| {
        let mut row = vec![
            Cell::Count(run.id.unsigned_abs()),
            Cell::Time(run.started.to_string()),
            Cell::Text(run.what.clone()),
        ];
        row.extend(counts(run).map(|(_, _, count)| Cell::Count(count)));
        row
    });
    Table {
        columns,
        rows: rows.collect(),
        ..Table::default()
    }
}

fn line(run: &RunInfo) -> Json {
    let mut line = json!({"run": run.id, "started_at": run.started.to_string(), "what": run.what, "version": run.version});
    if let Some(object) = line.as_object_mut() {
        object.extend(counts(run).map(|(key, _, count)| (key.to_owned(), json!(count))));
    }
    line
}

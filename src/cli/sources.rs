//! `llmcost sources`: the files that were read, and what in them could not be.

use clap::Args;
use serde_json::{Value as Json, json};

use super::output::OutputArgs;
use super::{Console, Done, Global, input};
use crate::error::Result;
use crate::ledger::{RejectInfo, SourceInfo};
use crate::table::{Cell, Column, Kind, Table};
use crate::usage::Timestamp;

/// List the files that were read, and what could not be
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost sources
  llmcost sources --rejects")]
pub struct SourcesArgs {
    /// List the records that could not be read instead
    #[arg(long)]
    rejects: bool,
    #[command(flatten)]
    output: OutputArgs,
}

/// Runs the command.
///
/// # Errors
/// When the ledger cannot be read.
pub fn run(args: &SourcesArgs, global: &Global, console: &Console) -> Result<Done> {
    let ledger = input::reading(&input::ledger_path(global)?, console)?;
    let (table, lines) = if args.rejects {
        rejects(&ledger.rejects()?)
    } else {
        sources(&ledger.sources()?)
    };
    let schema = if args.rejects {
        "llmcost.rejects/1"
    } else {
        "llmcost.sources/1"
    };
    let json = json!({"schema": schema, "rows": lines});
    args.output.print_table(&table, &json, &lines, console)?;
    Ok(Done::Well)
}

fn sources(sources: &[SourceInfo]) -> (Table, Vec<Json>) {
    let columns = vec![
        Column::new("path", "File", Kind::Text),
        Column::new("format", "Format", Kind::Text),
        Column::new("status", "Status", Kind::Text),
        Column::new("bytes", "Bytes", Kind::Count),
        Column::new("modified_at", "Modified", Kind::Time),
        Column::new("lines", "Lines", Kind::Count),
        Column::new("records", "Records", Kind::Count),
        Column::new("rejected", "Rejected", Kind::Count),
        Column::new("pending_bytes", "Pending bytes", Kind::Count),
        Column::new("last_run", "Last run", Kind::Count),
    ];
    let rows = sources.iter().map(|source| {
        vec![
            Cell::Text(source.path.clone()),
            Cell::Text(source.format.clone()),
            Cell::Text(source.status.clone()),
            Cell::Count(source.bytes),
            source
                .modified
                .map_or(Cell::Absent, |time| Cell::Time(time.to_string())),
            Cell::Count(source.lines),
            Cell::Count(source.records),
            Cell::Count(source.rejected),
            Cell::Count(source.pending_bytes),
            Cell::Count(source.last_run.unsigned_abs()),
        ]
    });
    let lines = sources.iter().map(|source| {
        json!({
            "path": source.path, "format": source.format, "status": source.status, "bytes": source.bytes,
            "modified_at": source.modified.map(|time: Timestamp| time.to_string()), "lines": source.lines,
            "records": source.records, "rejected": source.rejected, "pending_bytes": source.pending_bytes,
            "first_run": source.first_run, "last_run": source.last_run,
        })
    });
    (
        Table {
            columns,
            rows: rows.collect(),
            ..Table::default()
        },
        lines.collect(),
    )
}

fn rejects(rejects: &[RejectInfo]) -> (Table, Vec<Json>) {
    let columns = vec![
        Column::new("path", "File", Kind::Text),
        Column::new("line", "Line", Kind::Count),
        Column::new("pointer", "Place in it", Kind::Text),
        Column::new("reason", "Reason", Kind::Text),
    ];
    let rows = rejects.iter().map(|reject| {
        vec![
            Cell::Text(reject.path.clone()),
            Cell::Count(reject.line),
            Cell::Text(reject.pointer.clone()),
            Cell::Text(reject.reason.clone()),
        ]
    });
    let lines = rejects.iter().map(|reject| {
        json!({"path": reject.path, "line": reject.line, "offset": reject.offset, "pointer": reject.pointer, "reason": reject.reason})
    });
    (
        Table {
            columns,
            rows: rows.collect(),
            ..Table::default()
        },
        lines.collect(),
    )
}

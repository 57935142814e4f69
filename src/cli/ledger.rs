//! `llmcost ledger`: what can be done to the ledger file itself.

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Console, Done, Global, input};
use crate::error::Result;
use crate::ledger::{Indexed, Ledger};

/// Make the ledger quick to ask in SQL
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost ledger index
  llmcost ledger index --drop")]
pub struct LedgerArgs {
    #[command(subcommand)]
    command: LedgerCommand,
}

#[derive(Debug, Subcommand)]
enum LedgerCommand {
    Index(IndexArgs),
}

/// Add indexes for those who ask the ledger in SQL, or drop them
///
/// Questions to the views by user, agent, workflow, provider and model, request, response and time then read
/// what they ask for instead of every record; docs/sql.md has them. Reports do not need the indexes. The
/// file grows, and ingesting takes longer, until they are dropped.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost ledger index
  llmcost ledger index --drop
  llmcost ledger index --format json")]
struct IndexArgs {
    /// Drop them
    #[arg(long)]
    drop: bool,
    /// text or json
    #[arg(long, short, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    format: String,
}

/// Runs the command.
///
/// # Errors
/// When the ledger cannot be written to; nothing has changed then.
pub fn run(args: &LedgerArgs, global: &Global, console: &Console) -> Result<Done> {
    let LedgerCommand::Index(args) = &args.command;
    let path = input::ledger_path(global)?;
    // A ledger that is not there is not made for this.
    drop(input::reading(&path, console)?);
    let indexed = Ledger::open(&path)?.index(args.drop)?;
    if args.format == "json" {
        let json = json!({
            "schema": "llmcost.index/1",
            "changed": indexed.changed,
            "indexes": indexed.present,
            "bytes": indexed.bytes,
        });
        console.print_json(&json)?;
    } else {
        console.print_lines(&[told(&indexed, args.drop)])?;
    }
    Ok(Done::Well)
}

fn told(indexed: &Indexed, dropped: bool) -> String {
    let changed = indexed.changed.len();
    match (dropped, changed) {
        (true, 0) => "There are no indexes to drop.".to_owned(),
        (true, _) => format!("{changed} indexes dropped; the next ingests fill their room."),
        (false, _) => {
            let now = if changed == 0 {
                "All indexes are there".to_owned()
            } else {
                format!("{changed} indexes made")
            };
            let mib = indexed.bytes.div_ceil(1 << 20);
            format!("{now}: {mib} MiB of the ledger.")
        }
    }
}

//! `llmcost backup`: a copy of the ledger that is whole.

use std::path::PathBuf;

use clap::Args;

use super::{Console, Done, Global, input};
use crate::error::Result;
use crate::ledger::Ledger;

/// Copy the ledger to a file, whoever writes to it meanwhile
///
/// The copy is a ledger: `--ledger FILE` asks it, and copied back it is the ledger again. A plain `cp`
/// of a ledger in use lacks what still stands in the log beside it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost backup ledger-2026-11-22.db
  llmcost backup --force /mnt/backup/ledger.db
  llmcost report --ledger ledger-2026-11-22.db")]
pub struct BackupArgs {
    /// Where the copy is to stand; for its owner alone
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Replace the file if there is one
    #[arg(long)]
    force: bool,
}

/// Runs the command.
///
/// # Errors
/// When the ledger cannot be read, or the copy cannot be put there.
pub fn run(args: &BackupArgs, global: &Global, console: &Console) -> Result<Done> {
    Ledger::back_up(&input::ledger_path(global)?, &args.file, args.force)?;
    console.remark(&format!("backup: {}", args.file.display()));
    Ok(Done::Well)
}

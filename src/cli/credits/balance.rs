//! `llmcost credits balance`: what is left, by account.

use clap::Args;
use serde_json::{Value as Json, json};

use super::{Console, Done, Global, HolderArgs, input, time};
use crate::cli::output::OutputArgs;
use crate::error::Result;
use crate::report::credits::{self, Asked};

/// Show what is left of credits
///
/// Accounts of a user, of a tenant and of a user within a tenant stand for themselves: one call draws
/// on each that it belongs to.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost credits balance
  llmcost credits balance --tenant acme --at 2026-11-01
  llmcost credits balance --user alice --format json | jq '.accounts[].balance'")]
pub struct BalanceArgs {
    #[command(flatten)]
    holder: HolderArgs,
    /// As of this time [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    #[command(flatten)]
    output: OutputArgs,
}

/// Runs the command.
///
/// # Errors
/// When the ledger cannot be read or the answer cannot be written.
pub fn run(args: &BalanceArgs, global: &Global, console: &Console) -> Result<Done> {
    args.output.check()?;
    let asked = Asked {
        of: args.holder.holder()?,
        at: time("--at", args.at.as_deref(), console)?,
    };
    let ledger = input::reading(&input::ledger_path(global)?, console)?;
    let accounts = credits::balances(&ledger, &asked)?;
    let mut table = credits::table(&accounts, asked.at);
    if accounts.is_empty() {
        let grant = "llmcost credits grant --user ID --amount 100 --currency USD";
        table.notes.push(format!(
            "There are no such credits; grant some with: {grant}"
        ));
    }
    let lines: Vec<Json> = accounts
        .iter()
        .map(|account| Json::Object(credits::json(account)))
        .collect();
    let json = json!({
        "schema": "llmcost.credits/1", "as_of": asked.at.to_string(), "accounts": lines,
    });
    args.output.print_table(&table, &json, &lines, console)?;
    Ok(Done::Well)
}

//! `llmcost credits grant`, `revoke` and `warn`: each adds one entry.

use clap::Args;
use serde_json::{Value as Json, json};

use super::{AmountArgs, Console, Done, Global, HolderArgs, input, pick, time, wrong};
use crate::cli::output::OutputArgs;
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{Credit, CreditKind, Ledger};
use crate::report::credits::{self, Asked};
use crate::usage::clean_text;

/// Grant credits
///
/// Counts from now on, or from --at. The first entry opens the account: usage before it draws nothing.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost credits grant --user alice --amount 100 --currency USD
  llmcost credits grant --tenant acme --tokens 5000000 --at 2026-11-01")]
pub struct GrantArgs {
    #[command(flatten)]
    entry: EntryArgs,
}

/// Take credits back, or correct a grant
///
/// An entry of its own: what was granted stays in the statement.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost credits revoke --user alice --amount 5 --currency USD
  llmcost credits revoke --tenant acme --tokens 1000 --note 'granted twice'")]
pub struct RevokeArgs {
    #[command(flatten)]
    entry: EntryArgs,
}

/// State the balance below which to warn
///
/// Holds from now on, until another is stated; 0 warns of a balance below zero only.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost credits warn --user alice --amount 10 --currency USD")]
pub struct WarnArgs {
    #[command(flatten)]
    entry: EntryArgs,
}

/// Options of an entry.
#[derive(Debug, Args)]
struct EntryArgs {
    #[command(flatten)]
    holder: HolderArgs,
    #[command(flatten)]
    amount: AmountArgs,
    /// From when on it counts [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Why, for the statement
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    #[command(flatten)]
    output: OutputArgs,
}

/// Runs `credits grant`.
///
/// # Errors
/// When the entry cannot be understood or written.
pub fn grant(args: &GrantArgs, global: &Global, console: &Console) -> Result<Done> {
    add(CreditKind::Grant, &args.entry, global, console)
}

/// Runs `credits revoke`.
///
/// # Errors
/// As [`grant`], and when there is no such account.
pub fn revoke(args: &RevokeArgs, global: &Global, console: &Console) -> Result<Done> {
    add(CreditKind::Revoke, &args.entry, global, console)
}

/// Runs `credits warn`.
///
/// # Errors
/// As [`revoke`].
pub fn warn(args: &WarnArgs, global: &Global, console: &Console) -> Result<Done> {
    add(CreditKind::Warn, &args.entry, global, console)
}

fn add(kind: CreditKind, args: &EntryArgs, global: &Global, console: &Console) -> Result<Done> {
    args.output.check()?;
    let (amount, unit) = args.amount.stated()?;
    if amount.is_zero() && kind != CreditKind::Warn {
        return Err(Error::usage("an entry of nothing changes nothing"));
    }
    let now = console.now()?;
    let mut credit = Credit {
        id: 0,
        kind,
        holder: args.holder.one()?,
        unit,
        amount,
        at: time("--at", args.at.as_deref(), console)?,
        entered: now,
        note: args.note.as_deref().and_then(clean_text),
    };
    let path = input::ledger_path(global)?;
    let mut ledger = if kind == CreditKind::Grant {
        input::writing(&path, console)?
    } else {
        input::reading(&path, console).and_then(|ledger| must_have(&ledger, &credit))?;
        input::writing(&path, console)?
    };
    credit.id = ledger.add_credit(&credit, env!("CARGO_PKG_VERSION"))?;
    show(&ledger, &credit, args, console)
}

/// Only a grant opens an account.
fn must_have(ledger: &Ledger, credit: &Credit) -> Result<()> {
    let credits = ledger.credits()?;
    let mut own = credits.iter().filter(|held| held.holder == credit.holder);
    if own.any(|held| held.unit == credit.unit) {
        return Ok(());
    }
    let (holder, unit) = (&credit.holder, credit.unit.name());
    let error = Error::new(
        ErrorKind::Input,
        format!("{holder} has no credits in {unit}"),
    );
    Err(error.hint("`llmcost credits balance` lists who has; a grant begins an account"))
}

/// The entry, and the account as it stands now.
fn show(ledger: &Ledger, credit: &Credit, args: &EntryArgs, console: &Console) -> Result<Done> {
    let asked = Asked {
        of: credit.holder.clone(),
        at: credit.entered,
    };
    let accounts = credits::balances(ledger, &asked)?;
    let account = pick(&accounts, &credit.holder, Some(&credit.unit))?;
    let accounts: Vec<_> = account.cloned().into_iter().collect();
    let (name, unit) = (credit.kind.name(), credit.unit.name());
    let mut table = credits::table(&accounts, asked.at);
    table.title = Some(format!(
        "entry {}: {name} {} {unit}, {}, from {}",
        credit.id, credit.amount, credit.holder, credit.at
    ));
    let lines: Vec<Json> = accounts
        .iter()
        .map(|account| Json::Object(credits::json(account)))
        .collect();
    let json = json!({
        "schema": "llmcost.credits/1",
        "as_of": asked.at.to_string(),
        "entry": {
            "id": credit.id, "entry": name, "amount": credit.amount, "unit": unit,
            "user": credit.holder.user, "tenant": credit.holder.tenant,
            "at": credit.at.to_string(), "entered_at": credit.entered.to_string(), "note": credit.note,
        },
        "accounts": lines,
    });
    let printed = args.output.print_table(&table, &json, &lines, console);
    printed.map_err(|error| wrong("the entry was made, but", error))?;
    Ok(Done::Well)
}

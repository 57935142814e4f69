//! `llmcost credits check`: is there enough? The exit code answers.

use clap::Args;
use serde_json::json;

use super::{AmountArgs, Console, Done, Global, HolderArgs, input, pick, time};
use crate::cli::output::OutputArgs;
use crate::error::{Error, Result};
use crate::ledger::{Holder, Unit};
use crate::money::Exact;
use crate::report::credits::{self, Account, Asked};
use crate::table::{Cell, Column, Kind, Table};

/// Say by the exit code whether there is enough
///
/// 0 is enough, 1 is not enough, 2 could not be told. Whoever has no credits has none left. A balance that usage of unknown cost may have lowered counts
/// as it stands, and that is said.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost credits check --user alice --amount 0.50
  llmcost credits check --tenant acme --tokens 20000 --format json")]
pub struct CheckArgs {
    #[command(flatten)]
    holder: HolderArgs,
    #[command(flatten)]
    amount: AmountArgs,
    /// As of this time [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    #[command(flatten)]
    output: OutputArgs,
}

/// Runs the command.
///
/// # Errors
/// When the question cannot be understood, the ledger cannot be read, or it is not clear which account
/// is meant.
pub fn run(args: &CheckArgs, global: &Global, console: &Console) -> Result<Done> {
    args.output.check()?;
    let (amount, unit) = args.amount.read()?;
    let holder = args.holder.one()?;
    let asked = Asked {
        of: holder.clone(),
        at: time("--at", args.at.as_deref(), console)?,
    };
    let ledger = input::reading(&input::ledger_path(global)?, console)?;
    let accounts = credits::balances(&ledger, &asked)?;
    let account = pick(&accounts, &holder, unit.as_ref())?;
    let answer = Answer::of(account, unit, amount)?;
    let json = json!({
        "schema": "llmcost.credits.check/1",
        "as_of": asked.at.to_string(),
        "enough": answer.enough(),
        "user": holder.user,
        "tenant": holder.tenant,
        "unit": answer.unit.as_ref().map(Unit::name),
        "asked": amount,
        "balance": answer.balance,
        "missing": answer.missing,
        "upper_bound": account.is_some_and(Account::is_upper_bound),
    });
    let table = answer.table(&holder, account, &accounts);
    args.output
        .print_table(&table, &json, std::slice::from_ref(&json), console)?;
    Ok(if answer.enough() {
        Done::Well
    } else {
        Done::ConditionFailed
    })
}

struct Answer {
    unit: Option<Unit>,
    asked: Exact,
    balance: Exact,
    missing: Exact,
}

impl Answer {
    fn of(account: Option<&Account>, unit: Option<Unit>, asked: Exact) -> Result<Self> {
        let balance = account.map_or(Exact::ZERO, |account| account.balance);
        let missing = asked
            .minus(balance)
            .map_err(|error| Error::usage(format!("the amount {error}")))?;
        Ok(Self {
            unit: unit.or_else(|| account.map(|account| account.unit.clone())),
            asked,
            balance,
            missing: missing.max(Exact::ZERO),
        })
    }

    fn enough(&self) -> bool {
        self.missing.is_zero()
    }

    fn table(&self, holder: &Holder, account: Option<&Account>, others: &[Account]) -> Table {
        let verdict = if self.enough() {
            "enough"
        } else {
            "not enough"
        };
        let amount = |amount| match &self.unit {
            Some(unit) => credits::amount_cell(unit, amount),
            None => Cell::Number(amount),
        };
        let column = |key: &str| Column::new(key, key, Kind::Reported);
        let unit = Cell::text(self.unit.as_ref().map(Unit::name));
        let mut notes = account.map_or_else(Vec::new, |account| {
            credits::notes(std::slice::from_ref(account))
        });
        if account.is_none() {
            notes.push(format!("{holder} has no such credits"));
            let others = others
                .iter()
                .map(|other| (&other.holder, other.unit.name()));
            notes.extend(
                others.map(|(other, unit)| format!("there are credits of {other} in {unit}")),
            );
        }
        Table {
            title: Some(format!("{verdict}: {holder}")),
            columns: vec![
                Column::new("enough", "enough", Kind::Text),
                Column::new("unit", "unit", Kind::Text),
                column("asked"),
                column("balance"),
                column("missing"),
            ],
            rows: vec![vec![
                Cell::Text(if self.enough() { "yes" } else { "no" }.to_owned()),
                unit,
                amount(self.asked),
                amount(self.balance),
                amount(self.missing),
            ]],
            notes,
            ..Table::default()
        }
    }
}

//! `llmcost credits`: what users and tenants were granted, what they drew, and what is left. One file
//! per command.

mod balance;
mod check;
mod entry;
mod statement;

use clap::{Args, Subcommand};

use super::{Console, Done, Global, input, terms, wrong};
use crate::error::{Error, Result};
use crate::ledger::{Holder, Unit};
use crate::money::Exact;
use crate::report::credits::Account;
use crate::usage::{Timestamp, clean_text};

/// Credits of users and tenants: grants, balances, statements
///
/// An account begins with its first entry. From then on each record of its user or tenant draws its
/// cost, or the provider's total of tokens, in the order of time. A failed call draws nothing; what
/// the provider billed for it shows as absorbed. Nothing is ever edited: a correction is an entry.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost credits grant --user alice --amount 100 --currency USD
  llmcost credits grant --tenant acme --tokens 5000000 --note 'November'
  llmcost credits balance
  llmcost credits statement --user alice --period this-month
  llmcost credits check --user alice --amount 0.50
  llmcost credits warn --user alice --amount 10 --currency USD
  llmcost credits revoke --user alice --amount 5 --currency USD")]
pub struct CreditsArgs {
    #[command(subcommand)]
    command: CreditsCommand,
}

#[derive(Debug, Subcommand)]
enum CreditsCommand {
    Grant(entry::GrantArgs),
    Revoke(entry::RevokeArgs),
    Warn(entry::WarnArgs),
    Balance(balance::BalanceArgs),
    Statement(statement::StatementArgs),
    Check(check::CheckArgs),
}

/// Runs the command.
///
/// # Errors
/// When the ledger cannot be used or the answer cannot be written.
pub fn run(args: &CreditsArgs, global: &Global, console: &Console) -> Result<Done> {
    match &args.command {
        CreditsCommand::Grant(args) => entry::grant(args, global, console),
        CreditsCommand::Revoke(args) => entry::revoke(args, global, console),
        CreditsCommand::Warn(args) => entry::warn(args, global, console),
        CreditsCommand::Balance(args) => balance::run(args, global, console),
        CreditsCommand::Statement(args) => statement::run(args, global, console),
        CreditsCommand::Check(args) => check::run(args, global, console),
    }
}

/// Whose credits.
#[derive(Debug, Clone, Default, Args)]
struct HolderArgs {
    /// Credits of this user
    #[arg(long, value_name = "ID")]
    user: Option<String>,
    /// Credits of this tenant; with --user, of the user within it
    #[arg(long, value_name = "ID")]
    tenant: Option<String>,
}

impl HolderArgs {
    /// The holder in the words of records: those are cleaned when they are read.
    fn holder(&self) -> Result<Holder> {
        let name = |flag: &str, text: &Option<String>| {
            let cleaned = text.as_deref().map(clean_text);
            match cleaned {
                Some(None) => Err(Error::usage(format!("{flag}: the name is empty"))),
                Some(name) => Ok(name),
                None => Ok(None),
            }
        };
        Ok(Holder {
            user: name("--user", &self.user)?,
            tenant: name("--tenant", &self.tenant)?,
        })
    }

    /// The one holder of an account.
    fn one(&self) -> Result<Holder> {
        let holder = self.holder()?;
        if holder == Holder::default() {
            return Err(Error::usage("whose credits are meant is not said")
                .hint("name the account with --user ID, --tenant ID, or both"));
        }
        Ok(holder)
    }
}

/// How much.
#[derive(Debug, Clone, Args)]
#[group(skip)]
struct AmountArgs {
    /// An amount of money
    #[arg(
        long,
        value_name = "AMOUNT",
        required_unless_present = "tokens",
        conflicts_with = "tokens",
        allow_hyphen_values = true
    )]
    amount: Option<String>,
    /// A number of tokens
    #[arg(
        long,
        value_name = "N",
        conflicts_with = "currency",
        allow_hyphen_values = true
    )]
    tokens: Option<String>,
    /// The currency of the amount: USD, EUR …
    #[arg(long, value_name = "CODE", requires = "amount")]
    currency: Option<String>,
}

/// The most digits that an amount may have before the point; enough for anybody's budget, and every
/// sum of such stays exact.
const MOST_DIGITS: u32 = 18;

impl AmountArgs {
    /// The amount, and its unit where it is said.
    fn read(&self) -> Result<(Exact, Option<Unit>)> {
        if let Some(text) = &self.tokens {
            let tokens = number("--tokens", text)?;
            if tokens.to_integer().is_err() {
                return Err(Error::usage("--tokens: this is no whole number"));
            }
            return Ok((tokens, Some(Unit::Tokens)));
        }
        let text = self.amount.as_deref().unwrap_or_default();
        let amount = number("--amount", text)?;
        let currency = self.currency.as_deref().map(terms::currency_code);
        Ok((amount, currency.transpose()?.map(Unit::Money)))
    }

    /// The amount with the unit that an entry needs.
    fn stated(&self) -> Result<(Exact, Unit)> {
        let (amount, unit) = self.read()?;
        let unit = unit.ok_or_else(|| {
            Error::usage("--amount: the currency is not said").hint("add --currency USD")
        })?;
        Ok((amount, unit))
    }
}

fn number(flag: &str, text: &str) -> Result<Exact> {
    let number =
        Exact::parse(text).map_err(|error| Error::usage(format!("{flag}: {text} {error}")))?;
    if number.is_negative() {
        return Err(Error::usage(format!("{flag}: {text} is below zero"))
            .hint("what is taken back is revoked: llmcost credits revoke"));
    }
    if number.scale() > crate::money::MONEY_SCALE {
        return Err(Error::usage(format!(
            "{flag}: {text} has more than {} decimals",
            crate::money::MONEY_SCALE
        )));
    }
    if number.significant_digits() > MOST_DIGITS + number.scale() {
        return Err(Error::usage(format!("{flag}: {text} is too large")));
    }
    Ok(number)
}

/// A time that a flag names, otherwise now.
fn time(flag: &str, text: Option<&str>, console: &Console) -> Result<Timestamp> {
    match text {
        None => console.now(),
        Some(text) => Timestamp::parse(text).ok_or_else(|| {
            Error::usage(format!("{flag}: this is no time"))
                .hint("write it as 2026-11-02 or 2026-11-02T10:00:00Z")
        }),
    }
}

/// The one account of a holder that is meant by a unit, or by none where there is only one of money.
fn pick<'a>(
    accounts: &'a [Account],
    holder: &Holder,
    unit: Option<&Unit>,
) -> Result<Option<&'a Account>> {
    let own = accounts.iter().filter(|account| account.holder == *holder);
    if let Some(unit) = unit {
        return Ok(own.into_iter().find(|account| account.unit == *unit));
    }
    let money: Vec<&Account> = own
        .filter(|account| account.unit.currency().is_some())
        .collect();
    match money.as_slice() {
        [] => Ok(None),
        [account] => Ok(Some(account)),
        [..] => {
            let codes: Vec<&str> = money.iter().map(|account| account.unit.name()).collect();
            Err(
                Error::usage(format!("{holder} has credits in {}", codes.join(", ")))
                    .hint("say which is meant: --currency CODE"),
            )
        }
    }
}

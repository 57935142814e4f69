//! The statement of an account: entries and draws in the order of time, with the running balance.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use crate::error::Result;
use crate::ledger::{Credit, CreditKind, Draw, Ledger};
use crate::money::Exact;
use crate::usage::Timestamp;

use super::super::calendar::{day, local};
use super::super::period::Period;
use super::super::tally::plus;
use super::account::negative;
use super::{Account, Accounts, Asked, Effect};

/// What a line of draws covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Each {
    /// The usage of a day.
    Day,
    /// One record.
    Record,
}

/// Which lines are listed.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// What a line of draws covers.
    pub each: Each,
    /// The stretch of time; what is before it is brought forward.
    pub period: Period,
    /// Where days begin.
    pub zone: Tz,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When; of a day's draws, the last of them.
    pub at: Timestamp,
    /// The day, where the line is that of a day.
    pub day: Option<String>,
    /// `grant`, `revoke` or `warn`; `draw`; of a single record also `absorbed` or `not_drawn`.
    pub entry: &'static str,
    /// Its number, where it is an entry.
    pub id: Option<i64>,
    /// What it adds to the balance; below zero where it takes from it.
    pub amount: Exact,
    /// The balance below which to warn from now on, where the line states it.
    pub warn_below: Option<Exact>,
    /// How many records drew.
    pub records: u64,
    /// What failed calls were billed; absent where none was billed.
    pub absorbed: Option<Exact>,
    /// Records that should have drawn and could not.
    pub not_drawn: u64,
    /// The balance after it.
    pub balance: Exact,
    /// The record, where the line is that of one.
    pub record: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// The note of an entry.
    pub note: Option<String>,
}

/// An account and what moved it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The account as it stands at last.
    pub account: Account,
    /// The balance before the first line, where a period is asked for.
    pub brought_forward: Option<Exact>,
    /// The lines in the order of time.
    pub lines: Vec<Line>,
}

impl Line {
    fn new(at: Timestamp, entry: &'static str) -> Self {
        Self {
            at,
            day: None,
            entry,
            id: None,
            amount: Exact::ZERO,
            warn_below: None,
            records: 0,
            absorbed: None,
            not_drawn: 0,
            balance: Exact::ZERO,
            record: None,
            model: None,
            note: None,
        }
    }

    fn of_entry(credit: &Credit) -> Self {
        let mut line = Self::new(credit.at, credit.kind.name());
        line.id = Some(credit.id);
        line.note.clone_from(&credit.note);
        match credit.kind {
            CreditKind::Grant => line.amount = credit.amount,
            CreditKind::Revoke => line.amount = negative(credit.amount),
            CreditKind::Warn => line.warn_below = Some(credit.amount),
        }
        line
    }

    fn add(&mut self, effect: Effect) -> Result<()> {
        match effect {
            Effect::Drawn(amount) => {
                self.amount = plus(self.amount, negative(amount), "credits")?;
                self.records += 1;
            }
            Effect::Absorbed(amount) => {
                let before = self.absorbed.unwrap_or_default();
                let sum = plus(before, amount.unwrap_or_default(), "credits")?;
                self.absorbed = Some(sum);
            }
            Effect::Undrawn(_) => self.not_drawn += 1,
        }
        Ok(())
    }

    /// At the same instant, entries come before what draws on them.
    fn order(&self) -> (Timestamp, bool, Option<i64>, Option<&str>) {
        (self.at, self.id.is_none(), self.id, self.record.as_deref())
    }
}

/// The statements of the accounts that are asked for. Lines of single records stay in memory.
///
/// # Errors
/// When the ledger cannot be read, or a sum is too large to keep exactly.
pub fn statement(ledger: &Ledger, asked: &Asked, span: &Span) -> Result<Vec<Statement>> {
    let credits = ledger.credits()?;
    let mut accounts = Accounts::open(&credits, asked)?;
    let mut lines: Vec<Vec<Line>> = accounts
        .list
        .iter()
        .map(|account| {
            let own = credits.iter().filter(|credit| {
                credit.holder == account.holder
                    && credit.unit == account.unit
                    && credit.at <= asked.at
            });
            own.map(Line::of_entry).collect()
        })
        .collect();
    let mut days: BTreeMap<(usize, String), Line> = BTreeMap::new();
    ledger.for_each_draw(&asked.of, &mut |draw| {
        for (index, effect) in accounts.effects(draw) {
            accounts.apply(index, draw, effect)?;
            // What has no time, or is not due yet, is in no line; the account counts it.
            let Some(at) = draw.at.filter(|at| *at <= asked.at) else {
                continue;
            };
            match span.each {
                Each::Day => {
                    let name = day(&local(at, span.zone));
                    let line = days
                        .entry((index, name))
                        .or_insert_with(|| Line::new(at, "draw"));
                    line.at = line.at.max(at);
                    line.add(effect)?;
                }
                Each::Record => {
                    let mut line = of_record(at, draw, effect);
                    line.add(effect)?;
                    if let Some(own) = lines.get_mut(index) {
                        own.push(line);
                    }
                }
            }
        }
        Ok(())
    })?;
    for ((index, name), mut line) in days {
        line.day = Some(name);
        if let Some(own) = lines.get_mut(index) {
            own.push(line);
        }
    }
    let pairs = accounts.list.into_iter().zip(lines);
    pairs
        .map(|(account, lines)| settle(account, lines, span.period))
        .collect()
}

fn of_record(at: Timestamp, draw: &Draw, effect: Effect) -> Line {
    let entry = match effect {
        Effect::Drawn(_) => "draw",
        Effect::Absorbed(_) => "absorbed",
        Effect::Undrawn(_) => "not_drawn",
    };
    let mut line = Line::new(at, entry);
    line.record = Some(draw.id.to_string());
    line.model = draw.model.as_deref().map(str::to_owned);
    line
}

/// Puts the lines in order, works the balances out and keeps those of the period.
fn settle(account: Account, mut lines: Vec<Line>, period: Period) -> Result<Statement> {
    lines.sort_by(|a, b| a.order().cmp(&b.order()));
    let mut balance = Exact::ZERO;
    let mut before = Exact::ZERO;
    for line in &mut lines {
        balance = plus(balance, line.amount, "credits")?;
        line.balance = balance;
        if period.from.is_some_and(|from| line.at < from) {
            before = balance;
        }
    }
    lines.retain(|line| period.contains(Some(line.at)));
    Ok(Statement {
        account,
        brought_forward: period.from.map(|_| before),
        lines,
    })
}

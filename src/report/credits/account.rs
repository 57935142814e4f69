//! One account: what entries and records do to it.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::ledger::{Credit, CreditKind, Draw, Holder, Unit};
use crate::money::{Exact, Money};
use crate::pricing::CostStatus;
use crate::usage::Timestamp;

use super::super::tally::plus;

/// Why a record draws nothing though it was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Undrawn {
    /// Its cost is unknown.
    Unpriced,
    /// It costs money of another currency, of which its holder has no credits.
    OtherCurrency,
    /// Nothing says when it happened.
    NoTime,
    /// It is later than what is asked for.
    Later,
}

impl Undrawn {
    /// All reasons.
    pub const ALL: [Self; 4] = [
        Self::Unpriced,
        Self::OtherCurrency,
        Self::NoTime,
        Self::Later,
    ];

    /// Its name in data formats.
    pub fn key(self) -> &'static str {
        match self {
            Self::Unpriced => "unpriced",
            Self::OtherCurrency => "other_currency",
            Self::NoTime => "no_time",
            Self::Later => "later",
        }
    }
}

/// What a record does to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It takes this much from the balance.
    Drawn(Exact),
    /// It failed: this much, where it is known, was billed and is not drawn.
    Absorbed(Option<Exact>),
    /// It should draw, but cannot.
    Undrawn(Undrawn),
}

/// What failed calls would have drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Absorbed {
    /// Failed calls that were billed.
    pub records: u64,
    /// What they were billed, as far as it is known.
    pub amount: Exact,
    /// How many of them have no known cost.
    pub unpriced: u64,
}

/// The credits of a holder in one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Whose they are.
    pub holder: Holder,
    /// What they are counted in.
    pub unit: Unit,
    /// When it begins: what is earlier draws nothing.
    pub opened: Timestamp,
    /// The sum of grants.
    pub granted: Exact,
    /// The sum of what was revoked.
    pub revoked: Exact,
    /// The sum of what usage drew.
    pub drawn: Exact,
    /// Granted, less revoked, less drawn; below zero where more was used than granted.
    pub balance: Exact,
    /// How many records drew.
    pub records: u64,
    /// How many of them have an estimated cost.
    pub estimated: u64,
    /// How many of them have a cost that is a lower bound.
    pub partial: u64,
    /// What failed calls were billed.
    pub absorbed: Absorbed,
    /// Records that should have drawn and could not, by reason.
    pub undrawn: BTreeMap<Undrawn, u64>,
    /// Entries that do not count yet.
    pub pending: u64,
    /// The balance below which to warn.
    pub warn_below: Option<Exact>,
}

impl Account {
    pub(super) fn new(credit: &Credit) -> Self {
        Self {
            holder: credit.holder.clone(),
            unit: credit.unit.clone(),
            opened: credit.at,
            granted: Exact::ZERO,
            revoked: Exact::ZERO,
            drawn: Exact::ZERO,
            balance: Exact::ZERO,
            records: 0,
            estimated: 0,
            partial: 0,
            absorbed: Absorbed::default(),
            undrawn: BTreeMap::new(),
            pending: 0,
            warn_below: None,
        }
    }

    /// Whether the balance is below the one at which to warn.
    pub fn is_low(&self) -> bool {
        self.warn_below.is_some_and(|least| self.balance < least)
    }

    /// Whether the balance may be lower than it says, because the cost of some usage is not known.
    pub fn is_upper_bound(&self) -> bool {
        let unknown = [Undrawn::Unpriced, Undrawn::OtherCurrency, Undrawn::NoTime];
        self.partial > 0 || unknown.iter().any(|why| self.undrawn.contains_key(why))
    }

    pub(super) fn enter(&mut self, credit: &Credit, at: Timestamp) -> Result<()> {
        if credit.at > at {
            self.pending += 1;
            return Ok(());
        }
        match credit.kind {
            CreditKind::Grant => {
                self.granted = plus(self.granted, credit.amount, "credits")?;
                self.balance = plus(self.balance, credit.amount, "credits")?;
            }
            CreditKind::Revoke => {
                self.revoked = plus(self.revoked, credit.amount, "credits")?;
                self.balance = plus(self.balance, negative(credit.amount), "credits")?;
            }
            CreditKind::Warn => self.warn_below = Some(credit.amount),
        }
        Ok(())
    }

    pub(super) fn apply(&mut self, draw: &Draw, effect: Effect) -> Result<()> {
        match effect {
            Effect::Drawn(amount) => {
                self.drawn = plus(self.drawn, amount, "credits")?;
                self.balance = plus(self.balance, negative(amount), "credits")?;
                self.records += 1;
                // How far a cost can be trusted says nothing of tokens.
                if self.unit != Unit::Tokens {
                    self.estimated += u64::from(draw.cost_status == CostStatus::Estimated);
                    self.partial += u64::from(draw.cost_status == CostStatus::Partial);
                }
            }
            Effect::Absorbed(amount) => {
                let sum = plus(self.absorbed.amount, amount.unwrap_or_default(), "credits")?;
                self.absorbed.amount = sum;
                self.absorbed.records += 1;
                self.absorbed.unpriced += u64::from(amount.is_none());
            }
            Effect::Undrawn(why) => *self.undrawn.entry(why).or_default() += 1,
        }
        Ok(())
    }

    /// What the record does, if it is any of the account's business. The flag says that the holder
    /// has credits in the currency of the record.
    pub(super) fn effect(&self, draw: &Draw, at: Timestamp, elsewhere: bool) -> Option<Effect> {
        let Some(when) = draw.at else {
            return (!draw.failed).then_some(Effect::Undrawn(Undrawn::NoTime));
        };
        if when < self.opened {
            return None;
        }
        if when > at {
            return Some(Effect::Undrawn(Undrawn::Later));
        }
        let own = match self.unit.currency() {
            None => Some(draw.tokens),
            Some(_) if draw.cost.is_none() => None,
            Some(own) if draw.currency.as_deref() == Some(own) => draw.cost.map(Money::exact),
            Some(_) if draw.failed || elsewhere => return None,
            Some(_) => return Some(Effect::Undrawn(Undrawn::OtherCurrency)),
        };
        match own {
            // A failed call that was not billed is nobody's loss.
            Some(amount) if draw.failed && amount.is_zero() => None,
            amount if draw.failed => Some(Effect::Absorbed(amount)),
            Some(amount) => Some(Effect::Drawn(amount)),
            None => Some(Effect::Undrawn(Undrawn::Unpriced)),
        }
    }
}

/// The number below zero.
pub(super) fn negative(amount: Exact) -> Exact {
    Exact::new(-amount.mantissa(), amount.scale())
}

//! Credits: what was granted, what usage drew, and what is left. Worked out from entries and records
//! each time; no balance is stored.
//!
//! An account is a holder and a unit. It begins with its first entry, and each record of its holder
//! from then on draws its cost, or the provider's total of tokens. A failed call draws nothing: what
//! the provider billed for it is absorbed. What cannot be drawn is counted by reason.

mod show;
mod statement;

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::error::Result;
use crate::ledger::{Credit, CreditKind, Draw, Holder, Ledger, Unit};
use crate::money::Exact;
use crate::pricing::CostStatus;
use crate::usage::Timestamp;

use super::tally::plus;

pub use show::{amount_cell, holder_cells, holder_columns, json, low, notes, table};
pub use statement::{Each, Line, Span, Statement, statement};

/// Which accounts are asked for, and as of when.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Only of this user and this tenant, where they are given.
    pub of: Holder,
    /// What is later does not count yet.
    pub at: Timestamp,
}

impl Asked {
    /// All accounts.
    pub fn all(at: Timestamp) -> Self {
        Self {
            of: Holder::default(),
            at,
        }
    }

    fn takes(&self, holder: &Holder) -> bool {
        let is = |asked: &Option<String>, held: &Option<String>| asked.is_none() || asked == held;
        is(&self.of.user, &holder.user) && is(&self.of.tenant, &holder.tenant)
    }
}

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
    fn new(credit: &Credit) -> Self {
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

    fn enter(&mut self, credit: &Credit, at: Timestamp) -> Result<()> {
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

    fn apply(&mut self, draw: &Draw, effect: Effect) -> Result<()> {
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
    fn effect(&self, draw: &Draw, at: Timestamp, elsewhere: bool) -> Option<Effect> {
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
            Some(own) if draw.currency.as_deref() == Some(own) => {
                draw.cost.map(crate::money::Money::exact)
            }
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
fn negative(amount: Exact) -> Exact {
    Exact::new(-amount.mantissa(), amount.scale())
}

/// User and tenant of a record or of an account.
type Party = (Option<Rc<str>>, Option<Rc<str>>);

/// The accounts that are asked for, found by whose record it is.
struct Accounts {
    list: Vec<Account>,
    by_party: BTreeMap<Party, Vec<usize>>,
    at: Timestamp,
}

impl Accounts {
    /// Enters every entry that is asked for; in the order of holders, then units.
    fn open(credits: &[Credit], asked: &Asked) -> Result<Self> {
        let mut opened: BTreeMap<(Holder, Unit), Account> = BTreeMap::new();
        for credit in credits.iter().filter(|credit| asked.takes(&credit.holder)) {
            let key = (credit.holder.clone(), credit.unit.clone());
            let account = opened.entry(key).or_insert_with(|| Account::new(credit));
            account.enter(credit, asked.at)?;
        }
        let list: Vec<Account> = opened.into_values().collect();
        let mut by_party: BTreeMap<Party, Vec<usize>> = BTreeMap::new();
        for (index, account) in list.iter().enumerate() {
            let word = |text: &Option<String>| text.as_deref().map(Rc::from);
            let party = (word(&account.holder.user), word(&account.holder.tenant));
            by_party.entry(party).or_default().push(index);
        }
        Ok(Self {
            list,
            by_party,
            at: asked.at,
        })
    }

    /// What a record does, by the position of the account: those of its user, of its tenant, and of
    /// its user within its tenant are drawn on each by itself.
    fn effects(&self, draw: &Draw) -> Vec<(usize, Effect)> {
        let (user, tenant) = (&draw.user, &draw.tenant);
        let parties: [Party; 3] = [
            (user.clone(), None),
            (None, tenant.clone()),
            (user.clone(), tenant.clone()),
        ];
        let mut effects = Vec::new();
        for (n, party) in parties.iter().enumerate() {
            // A record without a user or a tenant meets the same party twice.
            if parties.iter().take(n).any(|before| before == party) {
                continue;
            }
            let indices = self.by_party.get(party).into_iter().flatten();
            let accounts = || indices.clone().filter_map(|index| self.list.get(*index));
            let elsewhere =
                accounts().any(|account| account.unit.currency() == draw.currency.as_deref());
            let found = indices
                .clone()
                .zip(accounts())
                .filter_map(|(index, account)| {
                    let effect = account.effect(draw, self.at, elsewhere)?;
                    Some((*index, effect))
                });
            effects.extend(found);
        }
        effects
    }

    fn apply(&mut self, index: usize, draw: &Draw, effect: Effect) -> Result<()> {
        match self.list.get_mut(index) {
            Some(account) => account.apply(draw, effect),
            None => Ok(()),
        }
    }
}

/// What is left of credits, by holder and unit.
///
/// # Errors
/// When the ledger cannot be read, or a sum is too large to keep exactly.
pub fn balances(ledger: &Ledger, asked: &Asked) -> Result<Vec<Account>> {
    let mut accounts = Accounts::open(&ledger.credits()?, asked)?;
    if accounts.list.is_empty() {
        return Ok(Vec::new());
    }
    ledger.for_each_draw(&asked.of, &mut |draw| {
        for (index, effect) in accounts.effects(draw) {
            accounts.apply(index, draw, effect)?;
        }
        Ok(())
    })?;
    Ok(accounts.list)
}

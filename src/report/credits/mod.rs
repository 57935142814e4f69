//! Credits: what was granted, what usage drew, and what is left. Worked out from entries and records
//! each time; no balance is stored.
//!
//! An account is a holder and a unit. It begins with its first entry, and each record of its holder
//! from then on draws its cost, or the provider's total of tokens. A failed call draws nothing: what
//! the provider billed for it is absorbed. What cannot be drawn is counted by reason.

mod account;
mod show;
mod statement;

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::error::Result;
use crate::ledger::{Credit, Draw, Holder, Ledger, Unit};
use crate::usage::Timestamp;

pub use account::{Absorbed, Account, Effect, Undrawn};
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

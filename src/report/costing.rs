//! Which cost of a record counts in a report: ours, what the provider states, or one before the
//! other; in its own currency, or in the report's.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::ledger::Entry;
use crate::money::{Exact, Money};
use crate::pricing::fx::{Fx, Way};
use crate::pricing::{CostStatus, Receipt};

use super::{Query, nearest};

/// Whose cost counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Basis {
    /// What we computed.
    #[default]
    Computed,
    /// What the provider states; a record of which it states nothing has no known cost.
    Reported,
    /// What the provider states, and what we computed where it states nothing.
    ReportedFirst,
}

impl Basis {
    /// All of them with their names.
    pub const ALL: [(&'static str, Self); 3] = [
        ("computed", Self::Computed),
        ("reported", Self::Reported),
        ("reported-first", Self::ReportedFirst),
    ];

    /// The one of that name.
    ///
    /// # Errors
    /// When there is none.
    pub fn parse(name: &str) -> Result<Self> {
        let found = Self::ALL.iter().find(|(known, _)| *known == name);
        found.map(|(_, basis)| *basis).ok_or_else(|| {
            let names = Self::ALL.iter().map(|(known, _)| *known);
            Error::usage("There is no such basis of costs.").hint(nearest::hint(name, names))
        })
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Computed => "computed",
            Self::Reported => "reported",
            Self::ReportedFirst => "reported-first",
        }
    }
}

/// The one currency of a report, and the rates that lead to it.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The currency.
    pub to: String,
    /// The rates.
    pub fx: Arc<Fx>,
}

/// Who the cost of a record comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum From {
    /// We computed it.
    Us,
    /// The provider states it.
    Provider,
    /// Nobody: it is unknown.
    Nobody,
}

/// The cost of a record as it counts.
pub struct Costing {
    /// Whose it is.
    pub from: From,
    /// What the provider states, where that counts.
    pub stated: Option<Exact>,
    /// How far it can be trusted.
    pub status: CostStatus,
    /// Why it is unknown, where our receipt does not say it.
    pub why: Option<&'static str>,
    /// The currency of the row that it belongs to.
    pub currency: Option<String>,
    /// How it gets there, where it is in another one.
    pub way: Option<Arc<Way>>,
    /// Whether it stays in its own currency, because no rate leads to the report's.
    pub unconverted: bool,
}

impl Costing {
    /// The cost of a record by its receipt, under the terms of a query.
    pub fn of(query: &Query, entry: &Entry, receipt: &Receipt) -> Self {
        let costing = match query.basis {
            Basis::Computed => ours(receipt),
            Basis::Reported => theirs(entry).unwrap_or_else(nobodys),
            Basis::ReportedFirst => theirs(entry).unwrap_or_else(|_| ours(receipt)),
        };
        match &query.exchange {
            Some(exchange) => costing.exchanged(exchange, entry, receipt.cost),
            None => costing,
        }
    }

    fn exchanged(mut self, exchange: &Exchange, entry: &Entry, ours: Option<Money>) -> Self {
        let Some(own) = self.currency.as_ref().filter(|own| **own != exchange.to) else {
            return self;
        };
        let at = entry.record.occurred.map(|occurred| occurred.at);
        let way = at.and_then(|at| exchange.fx.way(own, &exchange.to, at));
        // Nothing is nothing in every currency; but where no rate leads anywhere, it stays with the rest.
        let is_nothing = match self.stated {
            Some(stated) => stated.is_zero(),
            None => ours == Some(Money::ZERO),
        };
        if way.is_some() || (is_nothing && !exchange.fx.is_empty()) {
            self.currency = Some(exchange.to.clone());
            self.way = way.map(Arc::new);
        } else {
            self.unconverted = true;
        }
        self
    }
}

fn ours(receipt: &Receipt) -> Costing {
    Costing {
        from: receipt.cost.map_or(From::Nobody, |_| From::Us),
        stated: None,
        status: receipt.status,
        why: None,
        currency: receipt.currency.clone(),
        way: None,
        unconverted: false,
    }
}

fn theirs(entry: &Entry) -> Result<Costing, &'static str> {
    let reported = entry.record.reported_cost.as_ref();
    let reported = reported.ok_or("the provider states no cost")?;
    let stated = Exact::parse(&reported.amount);
    let stated = stated.map_err(|_| "the stated cost has too many digits to add up")?;
    Ok(Costing {
        from: From::Provider,
        stated: Some(stated),
        status: CostStatus::Exact,
        why: None,
        currency: Some(reported.currency.clone()),
        way: None,
        unconverted: false,
    })
}

fn nobodys(why: &'static str) -> Costing {
    Costing {
        from: From::Nobody,
        stated: None,
        status: CostStatus::Unpriced,
        why: Some(why),
        currency: None,
        way: None,
        unconverted: false,
    }
}

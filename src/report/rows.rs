//! Groups → rows: one per currency, in the order that was asked for.

use std::cmp::{Ordering, Reverse};

use crate::error::{Error, Result};
use crate::money::Exact;

use super::beside::Beside;
use super::dimension::Dimension;
use super::earlier::Before;
use super::summary::{ByCurrency, Groups, Key, Summary};
use super::tally::{Tally, Tokens};
use super::{calendar, nearest};

/// What a row stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RowKind {
    /// One group.
    #[default]
    Group,
    /// All groups.
    Total,
    /// The sum of the groups whose first values are the row's.
    Subtotal,
    /// So many groups that have no row of their own; their first values are the row's.
    Others(usize),
}

/// One row of a report, or one of its totals.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// The values of the dimensions; empty in a total, the first ones in a sum of groups.
    pub key: Key,
    /// What it stands for.
    pub kind: RowKind,
    /// The currency of the cost; absent where no cost is known.
    pub currency: Option<String>,
    /// The cost as far as it is known, in that currency; absent where none is.
    pub cost: Option<Exact>,
    /// The counts and sums.
    pub tally: Box<Tally>,
    /// Token sums as dashboards count them.
    pub tokens: Tokens,
    /// What is stored, where the cost is one at other terms.
    pub beside: Option<Beside>,
    /// What it was in the period that is compared with.
    pub before: Option<Before>,
    /// Where it stands among the rows of its currency.
    pub standing: Standing,
    /// Its costs over time, oldest first; empty where they are not asked for.
    pub trend: Vec<Exact>,
    /// The same split by meter; empty where that is not asked for.
    pub meters: Vec<Row>,
}

/// Where a row stands among the rows of its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// The cost of all of them.
    pub total: Option<Exact>,
    /// The cost of the row and of those above it.
    pub running: Option<Exact>,
}

impl Row {
    /// The row of a tally.
    ///
    /// # Errors
    /// When a sum is too large to keep exactly.
    pub fn of(key: Key, currency: Option<String>, tally: Box<Tally>) -> Result<Self> {
        Ok(Self {
            key,
            currency,
            cost: tally.known_cost()?,
            tokens: tally.tokens()?,
            tally,
            ..Self::default()
        })
    }

    /// Whether it is a group, not a sum of several.
    pub fn is_group(&self) -> bool {
        self.kind == RowKind::Group
    }
}

/// What rows are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// The most expensive first.
    Cost,
    /// The most requests first.
    Requests,
    /// The most tokens first.
    Tokens,
    /// By the values of the dimensions.
    Name,
    /// The earliest first.
    Time,
    /// What rose the most first, against what the report is compared with.
    Change,
}

impl Sort {
    /// All orders with their names.
    pub const ALL: [(&'static str, Self); 6] = [
        ("cost", Self::Cost),
        ("requests", Self::Requests),
        ("tokens", Self::Tokens),
        ("name", Self::Name),
        ("time", Self::Time),
        ("change", Self::Change),
    ];

    /// The order of that name.
    ///
    /// # Errors
    /// When there is none.
    pub fn parse(name: &str) -> Result<Self> {
        let found = Self::ALL.iter().find(|(known, _)| *known == name);
        found.map(|(_, sort)| *sort).ok_or_else(|| {
            let names = Self::ALL.iter().map(|(known, _)| *known);
            Error::usage("There is no such order.").hint(nearest::hint(name, names))
        })
    }
}

/// The rows of all groups, by their keys.
///
/// # Errors
/// When a sum is too large to keep exactly.
pub fn rows(summary: &Summary) -> Result<Vec<Row>> {
    rows_of_groups(&summary.groups)
}

/// The rows of groups, by their keys.
///
/// # Errors
/// When a sum is too large to keep exactly.
pub fn rows_of_groups(groups: &Groups) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (key, tallies) in groups {
        rows.extend(rows_of(key, tallies)?);
    }
    Ok(rows)
}

/// The order that is asked for; else by time where rows have one, and by cost where not.
pub fn order(by: &[Dimension], sort: Option<Sort>) -> Sort {
    let is_dated = by.iter().any(Dimension::is_time);
    sort.unwrap_or(if is_dated { Sort::Time } else { Sort::Cost })
}

/// Puts rows in order.
pub fn sort(rows: &mut [Row], by: &[Dimension], sort: Option<Sort>) {
    let order = order(by, sort);
    rows.sort_by(|a, b| compare(by, order, a, b));
}

/// One row per currency. What has no currency (unpriced, or free of charge) joins the only
/// currency there is; beside several it stands alone, because it belongs to none of them.
pub fn rows_of(key: &Key, tallies: &ByCurrency) -> Result<Vec<Row>> {
    let currencies = tallies.keys().flatten().count();
    let mut merged = tallies.clone();
    let joins = (currencies == 1).then(|| merged.remove(&None)).flatten();
    if let (Some(rest), Some(only)) = (joins, merged.values_mut().next()) {
        only.merge(&rest)?;
    }
    let rows = merged.into_iter();
    rows.map(|(currency, tally)| Row::of(key.clone(), currency, tally))
        .collect()
}

/// Compares two rows by an order.
pub(super) fn compare(by: &[Dimension], sort: Sort, a: &Row, b: &Row) -> Ordering {
    let names = || by_name(by, a, b, |_| true).then_with(|| a.currency.cmp(&b.currency));
    let cost = || by_amount(a, b, |row| row.cost).then_with(names);
    match sort {
        Sort::Cost => cost(),
        Sort::Requests => b.tally.requests.cmp(&a.tally.requests).then_with(names),
        Sort::Tokens => b.tokens.total.cmp(&a.tokens.total).then_with(names),
        Sort::Name => names(),
        Sort::Time => by_name(by, a, b, Dimension::is_time).then_with(cost),
        Sort::Change => by_amount(a, b, change).then_with(cost),
    }
}

/// How much more it costs than before.
fn change(row: &Row) -> Option<Exact> {
    row.before?.change(row.cost)
}

/// The largest amount first. Amounts of different currencies cannot be compared, so currencies stay
/// together; unknown ones come last.
fn by_amount(a: &Row, b: &Row, amount: fn(&Row) -> Option<Exact>) -> Ordering {
    let parts = |row: &Row| {
        let amount = amount(row);
        (amount.is_none(), Reverse(amount.unwrap_or(Exact::ZERO)))
    };
    let ((a_lacks, a_amount), (b_lacks, b_amount)) = (parts(a), parts(b));
    let currencies = || a.currency.cmp(&b.currency);
    let orders = a_lacks.cmp(&b_lacks).then_with(currencies);
    orders.then_with(|| a_amount.cmp(&b_amount))
}

/// Compares the values of some dimensions in turn; `(none)` comes last.
fn by_name(by: &[Dimension], a: &Row, b: &Row, wanted: fn(&Dimension) -> bool) -> Ordering {
    let pairs = by.iter().zip(a.key.iter().zip(&b.key));
    let order = |dimension: &Dimension, a: &Option<String>, b: &Option<String>| {
        let rank = |value: &Option<String>| {
            let value = value.as_deref().filter(|_| dimension.is_time());
            value.map(calendar::rank)
        };
        let lacks = a.is_none().cmp(&b.is_none());
        lacks
            .then_with(|| rank(a).cmp(&rank(b)))
            .then_with(|| a.cmp(b))
    };
    pairs
        .filter(|(dimension, _)| wanted(dimension))
        .map(|(dimension, (a, b))| order(dimension, a, b))
        .find(|ordering| ordering.is_ne())
        .unwrap_or(Ordering::Equal)
}

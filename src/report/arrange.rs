//! Rows in order → the rows that are shown: the groups that cost the most, one row for the others,
//! and the sums of outer groups. Whatever is put together is added up exactly.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::money::Exact;

use super::earlier::Before;
use super::rows::{self, Row, RowKind, Sort, Standing};
use super::summary::Key;
use super::tally::plus;
use super::{Query, charts};

/// The rows as they are shown, and how many groups have none of their own.
pub(super) struct Shown {
    pub rows: Vec<Row>,
    pub hidden: usize,
}

/// Chooses and completes sorted rows.
///
/// # Errors
/// When a sum is too large to keep exactly.
pub(super) fn arrange(query: &Query, rows: Vec<Row>, totals: &[Row]) -> Result<Shown> {
    let mut shown = Shown {
        rows: Vec::new(),
        hidden: 0,
    };
    if query.view.subtotals {
        shown.push_level(query, &Key::new(), rows)?;
    } else {
        shown.push_chosen(query, &Key::new(), rows)?;
    }
    stand(&mut shown.rows, totals)?;
    Ok(shown)
}

impl Shown {
    /// The rows of the groups below a key, and the sum of each.
    fn push_level(&mut self, query: &Query, key: &Key, rows: Vec<Row>) -> Result<()> {
        let order = rows::order(&query.by, query.sort);
        let mut groups: BTreeMap<Option<String>, Vec<Row>> = BTreeMap::new();
        for row in rows {
            let value = row.key.get(key.len()).cloned().flatten();
            groups.entry(value).or_default().push(row);
        }
        let mut levels = Vec::new();
        for (value, rows) in groups {
            let key: Key = key.iter().cloned().chain([value]).collect();
            let mut sums = sum(&rows, &key, RowKind::Subtotal)?;
            sums.sort_by(|a, b| rows::compare(&query.by, order, a, b));
            levels.push((key, rows, sums));
        }
        levels.sort_by(|(_, _, a), (_, _, b)| {
            let pairs = a.iter().zip(b);
            let mut orders = pairs.map(|(a, b)| rows::compare(&query.by, order, a, b));
            orders
                .find(|order| order.is_ne())
                .unwrap_or(a.len().cmp(&b.len()))
        });
        for (key, rows, sums) in levels {
            if key.len() + 1 < query.by.len() {
                self.push_level(query, &key, rows)?;
            } else {
                self.push_chosen(query, &key, rows)?;
            }
            self.rows.extend(sums);
        }
        Ok(())
    }

    /// Those of the rows that are to be shown, and one for the others where that is asked for.
    fn push_chosen(&mut self, query: &Query, key: &Key, rows: Vec<Row>) -> Result<()> {
        let (chosen, rest) = choose(query, rows);
        self.hidden += rest.len();
        self.rows.extend(chosen);
        if query.view.others && !rest.is_empty() {
            let kind = RowKind::Others(rest.len());
            self.rows.extend(sum(&rest, key, kind)?);
        }
        Ok(())
    }
}

/// The rows to show and the rest, both in their order. The most expensive are chosen by currency,
/// because amounts of different ones cannot be compared.
fn choose(query: &Query, rows: Vec<Row>) -> (Vec<Row>, Vec<Row>) {
    if query.view.pivot {
        // A matrix has limits of its own.
        return (rows, Vec::new());
    }
    let Some(top) = query.view.top else {
        let limit = query.limit.unwrap_or(rows.len());
        let mut chosen = rows;
        let rest = chosen.split_off(limit.min(chosen.len()));
        return (chosen, rest);
    };
    let mut ranked: Vec<&Row> = rows.iter().collect();
    ranked.sort_by(|a, b| rows::compare(&query.by, Sort::Cost, a, b));
    let mut left: BTreeMap<&Option<String>, usize> = BTreeMap::new();
    let mut kept: Vec<(Key, Option<String>)> = Vec::new();
    for row in ranked {
        let left = left.entry(&row.currency).or_insert(top);
        if *left > 0 {
            *left -= 1;
            kept.push((row.key.clone(), row.currency.clone()));
        }
    }
    kept.sort();
    let is_kept = |row: &Row| {
        let wanted = (&row.key, &row.currency);
        let order = |held: &(Key, Option<String>)| (&held.0, &held.1).cmp(&wanted);
        kept.binary_search_by(order).is_ok()
    };
    rows.into_iter().partition(is_kept)
}

/// The sum of rows, one for each currency. What has none joins the only one there is.
pub(super) fn sum(rows: &[Row], key: &Key, kind: RowKind) -> Result<Vec<Row>> {
    let mut currencies = rows.iter().filter_map(|row| row.currency.as_ref());
    let first = currencies.next();
    let only = first.filter(|first| currencies.all(|other| other == *first));
    let mut sums: BTreeMap<Option<&String>, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        sums.entry(row.currency.as_ref().or(only))
            .or_default()
            .push(row);
    }
    let sums = sums.into_iter();
    sums.map(|(currency, rows)| one(&rows, (key, currency, kind)))
        .collect()
}

fn one(rows: &[&Row], (key, currency, kind): (&Key, Option<&String>, RowKind)) -> Result<Row> {
    let mut row = Row::default();
    let mut before = None;
    for other in rows {
        row.tally.merge(&other.tally)?;
        if let Some(beside) = &other.beside {
            row.beside.get_or_insert_default().add(beside)?;
        }
        before = match (before, &other.before) {
            (Some(mut sum), Some(other)) => {
                Before::add(&mut sum, other)?;
                Some(sum)
            }
            (sum, other) => sum.or(*other),
        };
        charts::add_trend(&mut row.trend, &other.trend)?;
    }
    let mut sum = Row::of(key.clone(), currency.cloned(), row.tally)?;
    if sum.tally.records == 0 {
        sum.cost = Some(Exact::ZERO);
    }
    (sum.kind, sum.before, sum.trend) = (kind, before, row.trend);
    sum.beside = row.beside.map(|beside| beside.against(&sum)).transpose()?;
    Ok(sum)
}

/// Says where each row stands among those of its currency. Sums of other rows add nothing.
fn stand(rows: &mut [Row], totals: &[Row]) -> Result<()> {
    let costs = totals
        .iter()
        .map(|total| (total.currency.clone(), total.cost));
    let totals: BTreeMap<Option<String>, Option<Exact>> = costs.collect();
    let mut running: BTreeMap<Option<String>, Exact> = BTreeMap::new();
    for row in rows {
        let adds = row.kind != RowKind::Subtotal;
        let sum = running.entry(row.currency.clone()).or_default();
        if let Some(cost) = row.cost.filter(|_| adds) {
            *sum = plus(*sum, cost, "cost")?;
        }
        row.standing = Standing {
            total: totals.get(&row.currency).copied().flatten(),
            running: (adds && row.cost.is_some()).then_some(*sum),
        };
    }
    Ok(())
}

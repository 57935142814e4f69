//! Budgets: what groups may cost.

use std::collections::BTreeMap;

use super::cut::Figures;
use super::judge::{Judge, budget_cut};
use super::rules::{Budget, Placed};
use super::values::Percent;
use super::verdict::{Finding, Judged, percent_of};
use crate::error::Result;
use crate::money::Exact;
use crate::report::summary::Key;
use crate::report::tally::too_large;
use crate::table::checklist::Outcome;

/// Judges a budget.
///
/// # Errors
/// When a product is too large to keep exactly.
pub fn judge(placed: &Placed<Budget>, judge: &Judge<'_>) -> Result<Judged> {
    let budget = &placed.rule;
    let asked = budget_cut(budget);
    let own = budget.overrides().map(|(_, key, limit)| (key, limit));
    let own: BTreeMap<Key, Exact> = own.collect();
    let mut findings = Vec::new();
    for figures in judge.figures(&asked)? {
        // What has no time belongs to no period; the data rules say so.
        let timeless = budget.period.is_some() && figures.key.last() == Some(&None);
        if timeless {
            continue;
        }
        let values: Key = figures.key.iter().take(budget.by.len()).cloned().collect();
        let limit = own.get(&values).copied().unwrap_or(budget.limit.0);
        if let Some(mut finding) = of_group(budget, &figures, limit)? {
            finding.group = asked.by.iter().cloned().zip(figures.key).collect();
            finding.currency = judge.currency().map(str::to_owned);
            findings.push(finding);
        }
    }
    let judged = Judged {
        kind: "budget",
        name: budget.title(),
        line: placed.line,
        metric: Some(budget.metric),
        groups: u64::try_from(findings.len()).unwrap_or(u64::MAX),
        findings,
    };
    Ok(judged.sorted())
}

/// `None` where there is nothing to judge, as the average of no requests.
fn of_group(budget: &Budget, figures: &Figures, limit: Exact) -> Result<Option<Finding>> {
    let Some((amount, over)) = figures.metric(budget.metric) else {
        return Ok(None);
    };
    let over = Exact::from_integer(over);
    let most = limit.times(over).map_err(|_| too_large("limit"))?;
    let (value, _) = amount.divided_by(over).map_err(|_| too_large("cost"))?;
    let mut finding = Finding::said(Outcome::Passed, "");
    finding.value = Some(value);
    finding.limit = Some(limit);
    finding.percent = percent_of(value, limit)?;
    if amount > most {
        finding.outcome = Outcome::Failed;
    } else if figures.foreign > 0 {
        finding.outcome = Outcome::Unjudged;
        let records = crate::report::notes::records(figures.foreign);
        finding.why = format!("{records} in another currency");
    } else if let Some(reached) = reached(budget, amount, most)? {
        finding.outcome = Outcome::Warned;
        finding.why = format!("above {}%", reached.0);
    }
    Ok(Some(finding))
}

/// The highest level of warning that an amount is at.
fn reached(budget: &Budget, amount: Exact, most: Exact) -> Result<Option<Percent>> {
    let mut reached = None;
    let hundredfold = amount.times(Exact::from_integer(100));
    let hundredfold = hundredfold.map_err(|_| too_large("cost"))?;
    for level in &budget.warn_at.0 {
        let from = most.times(level.0).map_err(|_| too_large("limit"))?;
        if hundredfold >= from && !amount.is_zero() {
            reached = Some(*level);
        }
    }
    Ok(reached)
}

//! Growth: what groups may cost more than in a baseline.

use std::collections::BTreeMap;

use super::baseline::Baseline;
use super::cut::Figures;
use super::judge::{Judge, growth_cut};
use super::rules::{Growth, Placed};
use super::verdict::{Finding, Judged, shown};
use super::words::Level;
use crate::error::Result;
use crate::money::{Exact, NumberError, round_half_even};
use crate::report::summary::Key;
use crate::report::tally::too_large;
use crate::table::checklist::Outcome;

/// Judges a growth. Without a baseline there is nothing to say.
///
/// # Errors
/// When a product is too large to keep exactly.
pub fn judge(
    placed: &Placed<Growth>,
    judge: &Judge<'_>,
    baseline: Option<&Baseline>,
) -> Result<Judged> {
    let growth = &placed.rule;
    let mut judged = Judged {
        kind: "growth",
        name: growth.title(),
        line: placed.line,
        metric: Some(growth.metric),
        groups: 0,
        findings: Vec::new(),
    };
    let asked = growth_cut(growth);
    let before = match before(baseline, judge, &asked) {
        Ok(before) => before,
        Err(why) => {
            judged.findings.push(Finding::said(Outcome::Unjudged, why));
            return Ok(judged);
        }
    };
    let strict = judge.rules().data.unpriced == Level::Fail;
    for figures in judge.figures(&asked)? {
        let nothing = Figures::nothing(figures.key.clone());
        let old = before.get(&figures.key).unwrap_or(&nothing);
        if let Some(mut finding) = of_group(growth, (old, &figures), strict)? {
            finding.group = asked.by.iter().cloned().zip(figures.key).collect();
            finding.currency = judge.currency().map(str::to_owned);
            judged.findings.push(finding);
        }
    }
    judged.groups = u64::try_from(judged.findings.len()).unwrap_or(u64::MAX);
    Ok(judged.sorted())
}

/// The groups of the baseline, or why they cannot be compared with.
fn before(
    baseline: Option<&Baseline>,
    judge: &Judge<'_>,
    asked: &super::cut::Asked,
) -> Result<BTreeMap<Key, Figures>, String> {
    let baseline = baseline.ok_or("there is no baseline: make one with --save-baseline")?;
    let (old, new) = (baseline.currency.as_deref(), judge.currency());
    if let (Some(old), Some(new)) = (old, new)
        && old != new
    {
        return Err(format!(
            "the baseline is in {old}, these costs are in {new}"
        ));
    }
    let groups = baseline.groups(asked);
    groups.ok_or_else(|| "the baseline does not hold these groups: save it again".to_owned())
}

fn of_group(
    growth: &Growth,
    (old, new): (&Figures, &Figures),
    strict: bool,
) -> Result<Option<Finding>> {
    let failed = |_: NumberError| too_large("increase");
    let Some(new_amount) = new.metric(growth.metric) else {
        return Ok(None);
    };
    let old_amount = old.metric(growth.metric).unwrap_or((Exact::ZERO, 1));
    let change = Change::of(old_amount, new_amount).map_err(failed)?;
    let broken = change.breaks(growth).map_err(failed)?;
    let mut finding = Finding::said(Outcome::Passed, change.words().map_err(failed)?);
    finding.value = Some(quotient(new_amount).map_err(failed)?);
    finding.limit = change.limit(growth).map_err(failed)?;
    if broken {
        finding.outcome = Outcome::Failed;
    }
    if old.unpriced > 0 && broken && strict {
        // The old sum was a lower bound, so the increase is an upper one.
        finding.outcome = Outcome::Unjudged;
        finding.why = format!("{}; the baseline holds unpriced usage", finding.why);
    } else if (new.foreign > 0 || old.foreign > 0) && !broken {
        finding.outcome = Outcome::Unjudged;
        finding.why = format!("{}; some costs are in another currency", finding.why);
    }
    Ok(Some(finding))
}

/// An old and a new amount over the same number of requests, so that nothing is divided before it is
/// judged.
struct Change {
    old: Exact,
    new: Exact,
    over: Exact,
}

impl Change {
    fn of(old: (Exact, i64), new: (Exact, i64)) -> Result<Self, NumberError> {
        let (old_over, new_over) = (Exact::from_integer(old.1), Exact::from_integer(new.1));
        Ok(Self {
            old: old.0.times(new_over)?,
            new: new.0.times(old_over)?,
            over: old_over.times(new_over)?,
        })
    }

    fn breaks(&self, growth: &Growth) -> Result<bool, NumberError> {
        let increase = self.new.minus(self.old)?;
        let least = growth.min_delta.map_or(Exact::ZERO, |least| least.0);
        if increase <= least.times(self.over)? {
            return Ok(false);
        }
        let by_amount = match growth.max_increase_amount {
            Some(most) => increase > most.0.times(self.over)?,
            None => false,
        };
        let by_percent = match growth.max_increase {
            Some(most) => increase.times(Exact::from_integer(100))? > self.old.times(most.0)?,
            None => false,
        };
        Ok(by_amount || by_percent)
    }

    /// The most that the new value may be.
    fn limit(&self, growth: &Growth) -> Result<Option<Exact>, NumberError> {
        let (old, _) = self.old.divided_by(self.over)?;
        let by_percent = growth.max_increase.map(|most| {
            let share = old.times(most.0)?.divided_by(Exact::from_integer(100))?.0;
            old.plus(share)
        });
        let by_amount = growth.max_increase_amount.map(|most| old.plus(most.0));
        let limits: Result<Vec<Exact>, NumberError> =
            by_percent.into_iter().chain(by_amount).collect();
        let least = growth
            .min_delta
            .map(|least| old.plus(least.0))
            .transpose()?;
        Ok(limits?.into_iter().min().max(least))
    }

    /// `was 3.2, +25%`
    fn words(&self) -> Result<String, NumberError> {
        let (old, _) = self.old.divided_by(self.over)?;
        let was = format!("was {}", shown(old));
        if self.old.is_zero() {
            return Ok(was);
        }
        let increase = self.new.minus(self.old)?;
        let percent = increase
            .times(Exact::from_integer(100))?
            .divided_by(self.old)?
            .0;
        let sign = if percent.is_negative() { "" } else { "+" };
        Ok(format!("{was}, {sign}{}%", round_half_even(percent, 1)))
    }
}

fn quotient((amount, over): (Exact, i64)) -> Result<Exact, NumberError> {
    Ok(amount.divided_by(Exact::from_integer(over))?.0)
}

//! Costs that are unusual against a group's own past.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use super::judge::{Judge, anomaly_cut};
use super::rules::{Anomaly, Placed};
use super::verdict::{Finding, Judged, shown};
use super::words::{AlarmLevel, Method};
use crate::error::Result;
use crate::money::{Exact, round_half_even};
use crate::report::deviation::Usual;
use crate::report::summary::Key;
use crate::report::tally::too_large;
use crate::report::{Clock, Period, calendar};
use crate::table::checklist::Outcome;
use crate::usage::Timestamp;

/// Less of a past tells nothing.
const LEAST_PAST: usize = 5;

/// One stretch of the calendar of a group: its label and its cost.
type Stretches = BTreeMap<Timestamp, (String, Exact)>;

/// Judges unusual costs. Only stretches inside the period of the check are judged; their past may
/// lie before it.
///
/// # Errors
/// When a sum is too large to keep exactly.
pub fn judge(placed: &Placed<Anomaly>, judge: &Judge<'_>) -> Result<Judged> {
    let anomaly = &placed.rule;
    let asked = anomaly_cut(anomaly);
    let query = judge.query();
    let clock = Clock {
        now: query.now,
        zone: query.timezone,
    };
    let mut groups: BTreeMap<Key, Stretches> = BTreeMap::new();
    for mut figures in judge.figures(&asked)? {
        let Some(Some(label)) = figures.key.pop() else {
            continue;
        };
        if let Some(start) = Period::parse(&label, clock)?.from {
            let group = groups.entry(figures.key).or_default();
            group.insert(start, (label, figures.cost));
        }
    }
    let (mut findings, mut judged, mut young) = (Vec::new(), 0, 0);
    for (key, stretches) in &groups {
        for (start, (label, cost)) in stretches {
            let asked_for = query.period.from.is_none_or(|from| from <= *start)
                && query.period.to.is_none_or(|to| *start < to);
            if !asked_for {
                continue;
            }
            let Some(usual) = past(anomaly, stretches, (*start, clock.zone))? else {
                young += 1;
                continue;
            };
            judged += 1;
            let mut finding = of_stretch(anomaly, usual, *cost)?;
            let values = key.iter().cloned().chain([Some(label.clone())]);
            finding.group = asked.by.iter().cloned().zip(values).collect();
            finding.currency = judge.currency().map(str::to_owned);
            findings.push(finding);
        }
    }
    let said = nothing_unusual(anomaly, judged, young);
    findings.retain(|finding| finding.outcome != Outcome::Passed);
    if findings.is_empty() {
        findings.push(Finding::said(Outcome::Passed, said));
    }
    Ok(Judged {
        kind: "anomaly",
        name: anomaly.title(),
        line: placed.line,
        metric: None,
        groups: judged,
        findings,
    }
    .sorted())
}

fn nothing_unusual(anomaly: &Anomaly, judged: u64, young: u64) -> String {
    let period = anomaly.period.dimension();
    let said = format!("none of {judged} group {period}s is unusual");
    match young {
        0 => said,
        young => format!("{said}; {young} have less than {LEAST_PAST} {period}s of past"),
    }
}

/// What is usual by the stretches within the window before one; none where they are too few.
fn past(
    anomaly: &Anomaly,
    stretches: &Stretches,
    (start, zone): (Timestamp, Tz),
) -> Result<Option<Usual>> {
    let first = calendar::days_before(start, anomaly.window.days(), zone);
    let past = stretches.range(first..start);
    let past: Vec<Exact> = past.map(|(_, (_, cost))| *cost).collect();
    if past.len() < LEAST_PAST {
        return Ok(None);
    }
    match anomaly.method {
        Method::Mad => Usual::of(&past).map_err(|_| too_large("deviation")),
    }
}

fn of_stretch(anomaly: &Anomaly, usual: Usual, cost: Exact) -> Result<Finding> {
    let failed = |_| too_large("deviation");
    let beyond = usual.is_beyond(cost, anomaly.threshold.0).map_err(failed)?;
    let large = anomaly.min_cost.is_none_or(|min| cost >= min.0);
    let unusual = beyond && large && cost > usual.median;
    let outcome = match (unusual, anomaly.level) {
        (false, _) => Outcome::Passed,
        (true, AlarmLevel::Warn) => Outcome::Warned,
        (true, AlarmLevel::Fail) => Outcome::Failed,
    };
    let score = match usual.score(cost).map_err(failed)? {
        Some(score) => format!("score {}", round_half_even(score, 2)),
        None => "all of them the same".to_owned(),
    };
    let (count, period) = (usual.count, anomaly.period.dimension());
    let (median, mad) = (shown(usual.median), shown(usual.mad));
    let why = format!("{count} {period}s before: median {median}, MAD {mad}; {score}");
    let mut finding = Finding::said(outcome, why);
    finding.value = Some(cost);
    Ok(finding)
}

//! Models that must not be used.

use super::judge::{Judge, models_cut};
use super::rules::Models;
use super::verdict::{Finding, Judged};
use crate::error::Result;
use crate::report::notes;
use crate::table::checklist::Outcome;

/// Judges which models were used, where some are denied. A model that was asked for counts as well
/// as the one that served.
///
/// # Errors
/// When a sum is too large to keep exactly.
pub fn judge(models: &Models, judge: &Judge<'_>) -> Result<Option<Judged>> {
    if models.deny.is_empty() {
        return Ok(None);
    }
    let asked = models_cut();
    let mut findings = Vec::new();
    let figures = judge.figures(&asked)?;
    let groups = u64::try_from(figures.len()).unwrap_or(u64::MAX);
    for figures in figures {
        let provider = figures.key.first().cloned().flatten();
        let names = figures.key.iter().skip(1).flatten();
        let denied = names.clone().find_map(|name| {
            let whole = provider
                .as_ref()
                .map(|provider| format!("{provider}/{name}"));
            let is_it = |glob: &&super::values::Glob| {
                glob.0.matches(name) || whole.as_ref().is_some_and(|whole| glob.0.matches(whole))
            };
            models.deny.iter().find(is_it)
        });
        if let Some(pattern) = denied {
            let requests = notes::requests(figures.requests);
            let why = format!("{requests} to a model that {} denies", pattern.0);
            let mut finding = Finding::said(Outcome::Failed, why);
            let mut group: Vec<_> = asked.by.iter().cloned().zip(figures.key).collect();
            // What was asked for is told where it is not what served.
            let values: Vec<_> = group.iter().map(|(_, value)| value.clone()).collect();
            if let [_, served, wanted] = values.as_slice()
                && (wanted.is_none() || wanted == served)
            {
                group.pop();
            }
            finding.group = group;
            findings.push(finding);
        }
    }
    if findings.is_empty() {
        findings.push(Finding::said(Outcome::Passed, "no denied model was used"));
    }
    let judged = Judged {
        kind: "models",
        name: "denied models".to_owned(),
        line: None,
        metric: None,
        groups,
        findings,
    };
    Ok(Some(judged.sorted()))
}

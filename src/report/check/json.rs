//! A verdict as JSON: the contract `llmcost.check/1`. Money is a string, unknown is null.

use serde_json::{Map, Value as Json, json};

use super::verdict::{Finding, Judged, Verdict};
use crate::report::Tally;
use crate::table::checklist::Outcome;

/// The contract's name; another shape needs another one.
pub const SCHEMA: &str = "llmcost.check/1";

impl Verdict {
    /// The verdict for scripts; `exit_code` is the one that the process ends with.
    pub fn json(&self, exit_code: u8) -> Json {
        let report = self.report.json();
        let counts = Outcome::ALL.map(|it| (it.name().to_owned(), json!(self.count(it))));
        let totals = &self.report.summary.totals;
        let count = |of: fn(&Tally) -> u64| totals.values().map(|tally| of(tally)).sum::<u64>();
        let field = |name: &str| report.get(name).cloned().unwrap_or_default();
        json!({
            "schema": SCHEMA,
            "verdict": self.outcome().name(),
            "exit_code": exit_code,
            "title": self.title(),
            "period": field("period"),
            "currency": self.currency,
            "cost": self.cost(),
            "requests": self.total.requests,
            "data": {
                "records": count(|tally| tally.records),
                "unpriced": count(|tally| tally.unpriced),
                "partial": count(|tally| tally.partial),
                "estimated": count(|tally| tally.estimated),
                "covered": count(|tally| tally.covered),
                "rejected": self.rejected,
                "without_time": field("without_time"),
                "last_ingest": self.last_ingest.map(|at| self.instant(at)),
            },
            "counts": counts.into_iter().collect::<Map<_, _>>(),
            "rules": self.json_rules(),
            "unpriced": field("unpriced"),
            "estimated": field("estimated"),
            "price_books": field("price_books"),
            "notes": field("notes"),
        })
    }

    /// The rules alone, one object each.
    pub fn json_rules(&self) -> Vec<Json> {
        self.rules.iter().map(rule).collect()
    }
}

fn rule(rule: &Judged) -> Json {
    json!({
        "kind": rule.kind,
        "name": rule.name,
        "line": rule.line,
        "outcome": rule.outcome().name(),
        "metric": rule.metric.map(super::words::Metric::name),
        "groups": rule.groups,
        "findings": rule.findings.iter().map(finding).collect::<Vec<_>>(),
    })
}

fn finding(finding: &Finding) -> Json {
    let group = finding.group.iter();
    let group = group.map(|(name, value)| (name.clone(), json!(value)));
    json!({
        "outcome": finding.outcome.name(),
        "group": group.collect::<Map<_, _>>(),
        "value": finding.value,
        "limit": finding.limit,
        "percent": finding.percent,
        "currency": finding.currency,
        "why": (!finding.why.is_empty()).then_some(&finding.why),
    })
}

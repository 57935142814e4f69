//! How a check came out: every rule with what was found.

use std::cmp::Reverse;

use chrono_tz::Tz;

use super::cut::Figures;
use super::words::Metric;
use crate::error::Result;
use crate::money::{Exact, round_half_even};
use crate::report::tally::too_large;
use crate::report::{Report, calendar};
use crate::table::NONE;
use crate::table::checklist::Outcome;
use crate::usage::Timestamp;

/// One thing that a rule found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How it came out.
    pub outcome: Outcome,
    /// The group that it is about: dimensions and values.
    pub group: Vec<(String, Option<String>)>,
    /// What the group comes to.
    pub value: Option<Exact>,
    /// What it may come to.
    pub limit: Option<Exact>,
    /// The value in percent of the limit.
    pub percent: Option<Exact>,
    /// The currency of both.
    pub currency: Option<String>,
    /// What else there is to say.
    pub why: String,
}

impl Finding {
    /// A finding that is only words.
    pub fn said(outcome: Outcome, why: impl Into<String>) -> Self {
        Self {
            outcome,
            group: Vec::new(),
            value: None,
            limit: None,
            percent: None,
            currency: None,
            why: why.into(),
        }
    }

    /// The values of the group, each cut at so many letters.
    pub fn group_text(&self, most: usize) -> String {
        let cut = |value: &str| match value.char_indices().nth(most) {
            Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
            None => value.to_owned(),
        };
        let values = self.group.iter();
        let values = values.map(|(_, value)| cut(value.as_deref().unwrap_or(NONE)));
        values.collect::<Vec<_>>().join(", ")
    }
}

/// A rule and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// What kind of rule it is: data, budget, growth, anomaly, models, credit.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// The line of the budget file that states it.
    pub line: Option<u64>,
    /// What is compared.
    pub metric: Option<Metric>,
    /// How many groups were judged.
    pub groups: u64,
    /// The worst first; where all is well, the one that is nearest to its limit.
    pub findings: Vec<Finding>,
}

impl Judged {
    /// How the rule came out.
    pub fn outcome(&self) -> Outcome {
        let outcomes = self.findings.iter().map(|finding| finding.outcome);
        outcomes.max().unwrap_or(Outcome::Passed)
    }

    /// Keeps the findings that say something, the worst first.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        let weight = |finding: &Finding| (finding.outcome, finding.percent, finding.value);
        if self.findings.is_empty() {
            self.findings
                .push(Finding::said(Outcome::Passed, "no such records"));
        }
        self.findings
            .sort_by_key(|finding| Reverse(weight(finding)));
        if self.outcome() == Outcome::Passed {
            self.findings.truncate(1);
        } else {
            let says = |finding: &Finding| finding.outcome != Outcome::Passed;
            self.findings.retain(says);
        }
        self
    }
}

/// The answer of a check.
pub struct Verdict {
    /// The rules, in the order of the file.
    pub rules: Vec<Judged>,
    /// The records as a report has them.
    pub report: Report,
    /// The currency of all limits.
    pub currency: Option<String>,
    /// All records that were looked at.
    pub total: Figures,
    /// How many records could not be read.
    pub rejected: u64,
    /// When the last ingest was.
    pub last_ingest: Option<Timestamp>,
}

impl Verdict {
    /// How the whole came out.
    pub fn outcome(&self) -> Outcome {
        let outcomes = self.rules.iter().map(Judged::outcome);
        outcomes.max().unwrap_or(Outcome::Passed)
    }

    /// The known cost of all records; none where it is in several currencies and none is named.
    pub fn cost(&self) -> Option<Exact> {
        let several = self.currency.is_none() && self.total.foreign > 0;
        (!several).then_some(self.total.cost)
    }

    /// How many rules came out so.
    pub fn count(&self, outcome: Outcome) -> usize {
        let rules = self.rules.iter();
        rules.filter(|rule| rule.outcome() == outcome).count()
    }

    /// How many groups break a rule.
    pub fn violations(&self) -> usize {
        let findings = self.rules.iter().flat_map(|rule| &rule.findings);
        findings
            .filter(|finding| finding.outcome == Outcome::Failed)
            .count()
    }

    /// The verdict in one sentence.
    pub fn title(&self) -> String {
        let many = |count: usize, one: &str, more: &str| {
            let all = self.rules.len();
            let verb = if count == 1 { one } else { more };
            format!("{count} of {all} rules {verb}")
        };
        let [passed, warned, unjudged, failed] = Outcome::ALL.map(|outcome| self.count(outcome));
        let said = match self.outcome() {
            Outcome::Failed if unjudged > 0 => {
                let broken = many(failed, "is broken", "are broken");
                format!("{broken}, {unjudged} cannot be judged")
            }
            Outcome::Failed => many(failed, "is broken", "are broken"),
            Outcome::Unjudged => many(unjudged, "cannot be judged", "cannot be judged"),
            Outcome::Warned => many(warned, "warns, none is broken", "warn, none is broken"),
            Outcome::Passed if passed == 1 => "1 rule holds".to_owned(),
            Outcome::Passed => format!("{passed} rules hold"),
        };
        format!("{}: {said}", self.outcome().word())
    }

    /// The timezone in which days began.
    pub fn zone(&self) -> Tz {
        self.report.query.timezone
    }

    /// An instant in that timezone.
    pub fn instant(&self, at: Timestamp) -> String {
        calendar::rfc3339(at, self.zone())
    }
}

/// An amount as people read it: rounded to a hundredth of a cent, unless that leaves nothing of it.
pub fn shown(amount: Exact) -> Exact {
    let rounded = round_half_even(amount, 4);
    if rounded.is_zero() { amount } else { rounded }
}

/// `part` in percent of `whole`, where the whole is not zero.
///
/// # Errors
/// When it does not fit.
pub fn percent_of(part: Exact, whole: Exact) -> Result<Option<Exact>> {
    if whole <= Exact::ZERO {
        return Ok(None);
    }
    let hundredfold = part.times(Exact::from_integer(100));
    let percent = hundredfold.and_then(|part| part.divided_by(whole));
    percent
        .map(|(percent, _)| Some(percent))
        .map_err(|_| too_large("percentage"))
}

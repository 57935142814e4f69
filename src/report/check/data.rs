//! Whether the figures can be trusted at all.

use super::cut::Figures;
use super::rules::DataRules;
use super::verdict::{Finding, Judged};
use super::words::Level;
use crate::report::Summary;
use crate::report::notes;
use crate::table::checklist::Outcome;
use crate::usage::Timestamp;

/// What is known of how the records came in.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// How many could not be read.
    pub rejected: u64,
    /// When the last ingest was; none where logs are only looked at.
    pub last_ingest: Option<Timestamp>,
    /// Whether logs are only looked at.
    pub looking: bool,
}

/// What the data rules are judged by.
pub struct Data {
    /// The currencies that costs are in.
    pub currencies: Vec<String>,
    /// Records that belong to no period, where a period is asked for.
    pub undated: u64,
    /// Records that are looked at.
    pub records: u64,
    /// Now.
    pub now: Timestamp,
}

/// How many records a summary covers.
pub fn records(summary: &Summary) -> u64 {
    summary.totals.values().map(|tally| tally.records).sum()
}

impl Data {
    /// Judges the rules on data. What is wrong here makes it impossible to say that anything holds.
    pub fn judge(&self, rules: &DataRules, total: &Figures, known: &Known) -> Vec<Judged> {
        let (records, unpriced, foreign) = (self.records, total.unpriced, total.foreign);
        let many = notes::records;
        let mut judged = vec![
            rule(rules.empty, "empty", records > 0, || {
                (
                    "no records are selected".into(),
                    format!("{} selected", many(records)),
                )
            }),
            rule(rules.unpriced, "unpriced", unpriced == 0, || {
                let wrong = format!("{} unpriced, in whole or in part", many(unpriced));
                (wrong, "all usage is priced".into())
            }),
            rule(
                Level::Fail,
                "rejected",
                known.rejected <= rules.rejected_max,
                || {
                    let how = if known.looking {
                        ""
                    } else {
                        ": llmcost sources --rejects"
                    };
                    let (rejected, most) = (known.rejected, rules.rejected_max);
                    let wrong = format!("{} rejected, {most} may be{how}", many(rejected));
                    (wrong, format!("{} rejected", many(rejected)))
                },
            ),
        ];
        if self.undated > 0 {
            judged.push(rule(rules.undated, "undated", false, || {
                let wrong = format!("{} without a time belong to no period", many(self.undated));
                (wrong, String::new())
            }));
        }
        let several = self.currencies.len() > 1;
        if several && foreign > 0 {
            judged.push(rule(Level::Fail, "currency", false, || {
                let wrong = format!(
                    "costs are in {}: name one with --currency, and rates in a price book",
                    self.currencies.join(" and ")
                );
                (wrong, String::new())
            }));
        }
        judged.extend(self.age(rules, known));
        judged
    }

    fn age(&self, rules: &DataRules, known: &Known) -> Option<Judged> {
        let most = rules.max_age.filter(|_| !known.looking)?;
        let since = known
            .last_ingest
            .map(|last| self.now.millis() - last.millis());
        let young = since.is_some_and(|age| age <= most.0);
        Some(rule(Level::Fail, "age", young, || {
            let wrong = match known.last_ingest {
                Some(last) => format!("the last ingest was {last}, more than {most} ago"),
                None => "nothing was ever ingested".to_owned(),
            };
            (wrong, format!("the last ingest was less than {most} ago"))
        }))
    }
}

fn rule(level: Level, name: &str, holds: bool, words: impl FnOnce() -> (String, String)) -> Judged {
    let (wrong, right) = words();
    let finding = if holds {
        Finding::said(Outcome::Passed, right)
    } else {
        Finding::said(level.outcome(Outcome::Unjudged), wrong)
    };
    Judged {
        kind: "data",
        name: name.to_owned(),
        line: None,
        metric: None,
        groups: 0,
        findings: vec![finding],
    }
}

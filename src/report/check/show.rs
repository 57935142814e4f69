//! A verdict for people, and for machines that list checks.

use super::verdict::{Finding, Judged, Verdict, shown};
use crate::money::{Exact, round_half_even};
use crate::report::notes;
use crate::table::checklist::{Check, Checklist, Measure, Outcome};
use crate::table::{Cell, Column, Kind, Shown, Table};

/// Letters of a name that people see: a comment on a pull request has room for 65,536.
const MOST_LETTERS: usize = 100;

/// Sentences of one rule that are said one by one.
const MOST_SAID: usize = 20;

impl Verdict {
    /// The verdict as a table of all findings, or of the first so many; the worst first.
    pub fn table(&self, most: Option<usize>) -> Table {
        let columns = vec![
            Column::new("outcome", "", Kind::Text),
            Column::new("kind", "kind", Kind::Text).shown(Shown::DataOnly),
            Column::new("rule", "rule", Kind::Text),
            Column::new("group", "group", Kind::Text).shown(Shown::WhenUsed),
            Column::new("value", "is", Kind::Reported).shown(Shown::WhenUsed),
            Column::new("limit", "may be", Kind::Reported).shown(Shown::WhenUsed),
            Column::new("currency", "currency", Kind::Text).shown(Shown::DataOnly),
            Column::new("percent", "of limit", Kind::Percent).shown(Shown::WhenUsed),
            Column::new("why", "why", Kind::Text).shown(Shown::WhenUsed),
        ];
        let (found, hidden) = self.found(most);
        let letters = most.map_or(usize::MAX, |_| MOST_LETTERS);
        Table {
            title: Some(self.title()),
            meta: self.report.meta(),
            columns,
            rows: found.into_iter().map(|found| row(found, letters)).collect(),
            totals: Vec::new(),
            notes: self.notes(hidden),
        }
    }

    /// The verdict in lines of words, for a terminal: the verdict first, then why.
    pub fn lines(&self, most: usize, exact: bool) -> Vec<String> {
        let (found, hidden) = self.found(Some(most));
        let words = found
            .iter()
            .map(|(_, finding)| finding.outcome.word().len());
        let width = words.max().unwrap_or_default();
        let mut lines = vec![self.title(), String::new()];
        lines.extend(found.iter().map(|(rule, finding)| {
            let word = finding.outcome.word();
            format!("{word:width$}  {}: {}", rule.name, sentence(finding, exact))
        }));
        lines.push(String::new());
        lines.extend(self.notes(hidden));
        let meta = self.report.meta().into_iter();
        let meta = meta.map(|(name, text)| format!("{name} {text}"));
        lines.push(meta.collect::<Vec<_>>().join("   "));
        lines
    }

    /// The findings, the worst first, and how many are hidden. Where not all of them are wanted, it
    /// goes without saying that the data are sound.
    fn found(&self, most: Option<usize>) -> (Vec<(&Judged, &Finding)>, usize) {
        let rules = self.rules.iter();
        let found = rules.flat_map(|rule| rule.findings.iter().map(move |it| (rule, it)));
        let mut found: Vec<(&Judged, &Finding)> = found.collect();
        if most.is_some() {
            found.retain(|(rule, it)| rule.kind != "data" || it.outcome != Outcome::Passed);
        }
        found.sort_by_key(|(_, finding)| std::cmp::Reverse(finding.outcome));
        let hidden = found.len().saturating_sub(most.unwrap_or(found.len()));
        found.truncate(found.len() - hidden);
        (found, hidden)
    }

    fn notes(&self, hidden: usize) -> Vec<String> {
        let cost = match self.cost() {
            Some(cost) => amount(shown(cost), self.currency.as_deref()),
            None => "in several currencies".to_owned(),
        };
        let requests = notes::requests(self.total.requests);
        let mut notes = vec![format!("total {cost} in {requests}")];
        if hidden > 0 {
            notes.push(format!(
                "… and {hidden} more findings: --format json lists all"
            ));
        }
        notes.extend(self.report.notes());
        notes
    }

    /// The verdict for machines that list checks and follow numbers.
    pub fn checklist(&self) -> Checklist {
        Checklist {
            title: self.title(),
            outcome: self.outcome(),
            checks: self.rules.iter().map(check).collect(),
            measures: self.measures(),
        }
    }

    fn measures(&self) -> Vec<Measure> {
        let count = |number: u64| Exact::new(i128::from(number), 0);
        let currency = self.currency.clone().map(|code| ("currency", code));
        let cost = self.cost().map(|value| Measure {
            name: "llmcost_cost",
            help: "The known cost of all records that were looked at.",
            labels: currency.into_iter().collect(),
            value,
        });
        let mut measures: Vec<Measure> = cost.into_iter().collect();
        measures.push(Measure {
            name: "llmcost_requests",
            help: "Requests.",
            labels: Vec::new(),
            value: count(self.total.requests),
        });
        let trouble = [
            ("unpriced", self.total.unpriced),
            ("rejected", self.rejected),
        ];
        measures.extend(trouble.map(|(state, records)| Measure {
            name: "llmcost_records",
            help: "Records whose cost is not known.",
            labels: vec![("state", state.to_owned())],
            value: count(records),
        }));
        let labels =
            |rule: &Judged| vec![("kind", rule.kind.to_owned()), ("rule", rule.name.clone())];
        let worst = self.rules.iter().filter_map(|rule| {
            let value = rule.findings.first()?.value?;
            Some(Measure {
                name: "llmcost_rule_value",
                help: "What comes nearest to the limit of a rule, or is furthest beyond it.",
                labels: labels(rule),
                value,
            })
        });
        measures.extend(worst);
        measures.extend(self.rules.iter().map(|rule| {
            let broken = rule.findings.iter();
            let broken = broken.filter(|finding| finding.outcome == Outcome::Failed);
            Measure {
                name: "llmcost_rule_violations",
                help: "How many groups break a rule.",
                labels: labels(rule),
                value: Exact::new(i128::try_from(broken.count()).unwrap_or(i128::MAX), 0),
            }
        }));
        measures
    }
}

fn row((rule, finding): (&Judged, &Finding), letters: usize) -> Vec<Cell> {
    let currency = finding.currency.as_deref();
    let words = |text: String| {
        if text.is_empty() {
            Cell::Blank
        } else {
            Cell::Text(text)
        }
    };
    vec![
        Cell::Text(finding.outcome.word().to_owned()),
        Cell::Text(rule.kind.to_owned()),
        Cell::Text(rule.name.clone()),
        words(finding.group_text(letters)),
        finding
            .value
            .map_or(Cell::Blank, |value| Cell::money(Some(value), currency)),
        finding
            .limit
            .map_or(Cell::Blank, |limit| Cell::money(Some(limit), currency)),
        words(finding.currency.clone().unwrap_or_default()),
        finding.percent.map_or(Cell::Blank, Cell::Percent),
        words(finding.why.clone()),
    ]
}

fn check(rule: &Judged) -> Check {
    let mut found: Vec<String> = rule
        .findings
        .iter()
        .take(MOST_SAID)
        .map(|finding| sentence(finding, false))
        .collect();
    match rule.findings.len().saturating_sub(MOST_SAID) {
        0 => {}
        more => found.push(format!("… and {more} more")),
    }
    Check {
        kind: rule.kind,
        name: rule.name.clone(),
        outcome: rule.outcome(),
        found,
        line: rule.line,
    }
}

/// `acme, 2026-11-03: 23.4 USD of 20 USD (117%); above 80%`
fn sentence(finding: &Finding, exact: bool) -> String {
    let currency = finding.currency.as_deref();
    let figures = match (finding.value, finding.limit) {
        (Some(value), Some(limit)) => {
            let (mut is, mut most) = (shown(value), shown(limit));
            if exact || (is == most && value != limit) {
                (is, most) = (value, limit);
            }
            let percent = finding.percent.map(|percent| round_half_even(percent, 1));
            let percent = percent.map_or(String::new(), |percent| format!(" ({percent}%)"));
            Some(format!(
                "{} of {}{percent}",
                amount(is, currency),
                amount(most, currency)
            ))
        }
        (Some(value), None) => Some(amount(if exact { value } else { shown(value) }, currency)),
        (None, _) => None,
    };
    let why = (!finding.why.is_empty()).then(|| finding.why.clone());
    let said = figures
        .into_iter()
        .chain(why)
        .collect::<Vec<_>>()
        .join("; ");
    let group = finding.group_text(MOST_LETTERS);
    if group.is_empty() {
        said
    } else {
        format!("{group}: {said}")
    }
}

fn amount(amount: Exact, currency: Option<&str>) -> String {
    match currency {
        Some(code) => format!("{amount} {code}"),
        None => amount.to_string(),
    }
}

//! Unusual days as a table and as JSON (`llmcost.anomalies/1`).

use serde_json::{Value as Json, json};

use crate::money::{Exact, Ratio};
use crate::table::{Cell, Column, Kind, NONE, Shown, Table};

use super::anomalies::{Anomaly, Found};
use super::{Dimension, calendar};

/// The contract's name; another shape needs another one.
pub const SCHEMA: &str = "llmcost.anomalies/1";

impl Found {
    /// What was found, for people.
    pub fn table(&self) -> Table {
        let zone = self.query.timezone;
        let period = self.query.period;
        Table {
            meta: vec![
                (
                    "period".to_owned(),
                    calendar::range_text(period.from, period.to, zone),
                ),
                ("timezone".to_owned(), zone.name().to_owned()),
                ("unusual".to_owned(), self.rule_text()),
            ],
            columns: columns(),
            rows: self.anomalies.iter().map(cells).collect(),
            notes: self.notes(),
            ..Table::default()
        }
    }

    fn rule_text(&self) -> String {
        let rule = &self.rule;
        format!(
            "score beyond ±{} and {}% from the median of the {} days before",
            rule.limit, rule.least_percent, rule.past
        )
    }

    fn notes(&self) -> Vec<String> {
        let (judged, early, unknown) = (self.judged, self.too_early, self.unknown);
        let least = self.rule.least_days;
        let unusual = self.anomalies.len();
        let by = self.query.finer.iter().map(Dimension::title);
        let whose: Vec<String> = by.map(|by| format!("of each {by}")).collect();
        let whose = [vec!["of everything".to_owned()], whose]
            .concat()
            .join(", ");
        let mut notes = vec![format!(
            "{unusual} of {judged} days are unusual: days {whose}, each against its own past."
        )];
        if early > 0 {
            let (days, them) = match early {
                1 => ("1 day was".to_owned(), "it"),
                more => (format!("{more} days were"), "them"),
            };
            notes.push(format!(
                "{days} not judged: fewer than {least} days with records are before {them}."
            ));
        }
        if unknown > 0 {
            notes.push(match unknown {
                1 => "1 day was not judged: its cost is unknown.".to_owned(),
                more => format!("{more} days were not judged: their cost is unknown."),
            });
        }
        notes
    }

    /// The unusual days, one object each.
    pub fn json_rows(&self) -> Vec<Json> {
        let rows = self.anomalies.iter().map(|anomaly| {
            json!({
                "what": anomaly.what,
                "which": anomaly.which,
                "day": anomaly.day.to_string(),
                "cost": anomaly.cost,
                "currency": anomaly.currency,
                "median": anomaly.usual.median,
                "mad": anomaly.usual.mad,
                "difference": anomaly.difference,
                "difference_percent": percent(anomaly),
                "score": anomaly.score,
                "past_days": anomaly.usual.count,
                "unpriced": anomaly.unpriced,
            })
        });
        rows.collect()
    }

    /// What was found, for scripts.
    pub fn json(&self) -> Json {
        let instant = |at| calendar::rfc3339(at, self.query.timezone);
        json!({
            "schema": SCHEMA,
            "period": {
                "from": self.query.period.from.map(instant),
                "to": self.query.period.to.map(instant),
                "timezone": self.query.timezone.name(),
            },
            "by": self.query.finer.iter().map(Dimension::key).collect::<Vec<_>>(),
            "rule": {
                "threshold": self.rule.limit,
                "least_percent": self.rule.least_percent,
                "past": self.rule.past,
                "least_days": self.rule.least_days,
            },
            "judged": self.judged,
            "too_early": self.too_early,
            "unknown": self.unknown,
            "rows": self.json_rows(),
        })
    }
}

fn columns() -> Vec<Column> {
    vec![
        Column::new("day", "day", Kind::Time),
        Column::new("whose", "whose", Kind::Text).shown(Shown::PeopleOnly),
        Column::new("what", "what", Kind::Text).shown(Shown::DataOnly),
        Column::new("which", "which", Kind::Group).shown(Shown::DataOnly),
        Column::new("cost", "cost", Kind::Money),
        Column::new("currency", "currency", Kind::Text).shown(Shown::DataOnly),
        Column::new("median", "usual", Kind::Money),
        Column::new("difference", "change", Kind::Change),
        Column::new("score", "score", Kind::Number),
        Column::new("difference_percent", "change %", Kind::Change).shown(Shown::IfRoom),
        Column::new("mad", "MAD", Kind::Money).shown(Shown::IfRoom),
        Column::new("past_days", "past days", Kind::Count).shown(Shown::IfRoom),
        Column::new("unpriced", "unpriced", Kind::Count).shown(Shown::WhenUsed),
    ]
}

fn percent(anomaly: &Anomaly) -> Option<Ratio> {
    Ratio::percent(anomaly.difference, anomaly.usual.median)
}

fn cells(anomaly: &Anomaly) -> Vec<Cell> {
    let currency = anomaly.currency.as_deref();
    let money = |amount| Cell::money(Some(amount), currency);
    let which = anomaly.which.as_deref();
    let whose = match &anomaly.what {
        Some(what) => format!("{what} {}", which.unwrap_or(NONE)),
        None => "everything".to_owned(),
    };
    let score = anomaly
        .score
        .and_then(|score| Ratio::new(score, Exact::ONE));
    vec![
        Cell::Time(anomaly.day.to_string()),
        Cell::Text(whose),
        Cell::text(anomaly.what.as_deref()),
        match &anomaly.what {
            Some(_) => Cell::text(which),
            None => Cell::Blank,
        },
        money(anomaly.cost),
        Cell::text(currency),
        money(anomaly.usual.median),
        money(anomaly.difference),
        score.map_or(Cell::Absent, Cell::Average),
        percent(anomaly).map_or(Cell::Absent, Cell::Percent),
        money(anomaly.usual.mad),
        Cell::Count(anomaly.usual.count),
        Cell::Count(anomaly.unpriced),
    ]
}

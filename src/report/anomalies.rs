//! Unusual days: of everything, and of each user, model and the like, against their own past. What
//! is unusual is decided by the median absolute deviation; every number behind the word is kept.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde_json::{Value as Json, json};

use crate::error::Result;
use crate::ledger::Entry;
use crate::money::{Exact, Ratio};
use crate::table::{Cell, Column, Kind, NONE, Shown, Table};

use super::deviation::Usual;
use super::rows::{self, Row};
use super::summary::Groups;
use super::tally::too_large;
use super::{Dimension, Period, Query, Summary, calendar};

/// The contract's name; another shape needs another one.
pub const SCHEMA: &str = "llmcost.anomalies/1";

/// When a day is unusual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The score that it must be beyond, above or below.
    pub limit: Exact,
    /// How far it must be from the median, in percent of it. Where every day costs the same, any
    /// change at all would be unusual otherwise.
    pub least_percent: Exact,
    /// How many days before it are its past. Days without records are none.
    pub past: u64,
    /// Days that its past must have at least.
    pub least_days: u64,
}

/// An unusual day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anomaly {
    /// The dimension; absent where it is the day of everything.
    pub what: Option<String>,
    /// The value of the dimension; absent is the group of those that say nothing.
    pub which: Option<String>,
    /// The day.
    pub day: NaiveDate,
    /// The currency of the amounts.
    pub currency: Option<String>,
    /// The cost of the day.
    pub cost: Exact,
    /// The cost of the days before it.
    pub usual: Usual,
    /// How far the cost is above the median, or below it.
    pub difference: Exact,
    /// The modified z-score; absent where all days before cost the same.
    pub score: Option<Exact>,
    /// Records of that day of unknown cost: the day may have cost more.
    pub unpriced: u64,
}

/// The search for unusual days: records are added, then judged.
pub struct Search {
    query: Query,
    period: Period,
    rule: Rule,
    summary: Summary,
}

/// What a search found.
pub struct Found {
    /// The question.
    query: Query,
    /// The rule.
    rule: Rule,
    /// The unusual days, the latest first, the largest difference first.
    pub anomalies: Vec<Anomaly>,
    /// Days that were judged.
    pub judged: u64,
    /// Days that were not, because too few days are before them.
    pub too_early: u64,
    /// Days that were not, because their cost is unknown.
    pub unknown: u64,
}

impl Search {
    /// A search among the records that a query selects: all of each day together, and split by
    /// each dimension on its own. The query's period says which days are judged.
    ///
    /// # Errors
    /// When a name of this file is no longer understood.
    pub fn new(query: &Query, by: Vec<Dimension>, rule: Rule) -> Result<Self> {
        let mut query = query.clone();
        let period = query.period;
        query.by = vec![Dimension::parse("day")?];
        query.finer = by;
        let zone = query.timezone;
        query.period.from = period.from.and_then(|from| {
            let first = calendar::date(from, zone).checked_sub_days(Days::new(rule.past))?;
            Some(calendar::day_start(first, zone))
        });
        Ok(Self {
            query,
            period,
            rule,
            summary: Summary::default(),
        })
    }

    /// Adds an entry.
    ///
    /// # Errors
    /// When a sum becomes too large to keep exactly.
    pub fn add(&mut self, entry: &Entry) -> Result<()> {
        self.summary.add(&self.query, entry)
    }

    /// Judges the days.
    ///
    /// # Errors
    /// When a sum is too large to keep exactly.
    pub fn judge(mut self) -> Result<Found> {
        let finer = std::mem::take(&mut self.summary.finer);
        let groups = std::mem::take(&mut self.summary.groups);
        let mut found = Found {
            query: Query {
                period: self.period,
                ..self.query.clone()
            },
            rule: self.rule.clone(),
            anomalies: Vec::new(),
            judged: 0,
            too_early: 0,
            unknown: 0,
        };
        self.judge_groups(None, &groups, &mut found)?;
        for (dimension, groups) in self.query.finer.iter().zip(&finer) {
            // Where no record says it, its only group is everything once more.
            if groups.keys().all(|key| key.last() == Some(&None)) {
                continue;
            }
            self.judge_groups(Some(&dimension.key()), groups, &mut found)?;
        }
        let distance = |anomaly: &Anomaly| {
            let zero = Exact::ZERO;
            anomaly
                .difference
                .max(zero.minus(anomaly.difference).unwrap_or(zero))
        };
        let anomalies = &mut found.anomalies;
        anomalies.sort_by_key(|anomaly| (Reverse(anomaly.day), Reverse(distance(anomaly))));
        Ok(found)
    }

    fn judge_groups(&self, what: Option<&str>, groups: &Groups, found: &mut Found) -> Result<()> {
        let mut series: BTreeMap<(Option<String>, Option<String>), BTreeMap<NaiveDate, Row>> =
            BTreeMap::new();
        for row in rows::rows_of_groups(groups)? {
            let mut values = row.key.iter().cloned();
            let day = values.next().flatten();
            let day = day.and_then(|day| NaiveDate::parse_from_str(&day, "%Y-%m-%d").ok());
            let which = values.next().flatten();
            if let Some(day) = day {
                let days = series.entry((which, row.currency.clone())).or_default();
                days.insert(day, row);
            }
        }
        for ((which, currency), days) in series {
            for (day, row) in &days {
                let anomaly = self.judge_day(&days, *day, row, found)?;
                found.anomalies.extend(anomaly.map(|anomaly| Anomaly {
                    what: what.map(str::to_owned),
                    which: which.clone(),
                    currency: currency.clone(),
                    ..anomaly
                }));
            }
        }
        Ok(())
    }

    fn judge_day(
        &self,
        days: &BTreeMap<NaiveDate, Row>,
        day: NaiveDate,
        row: &Row,
        found: &mut Found,
    ) -> Result<Option<Anomaly>> {
        let start = calendar::day_start(day, self.query.timezone);
        if !self.period.contains(Some(start)) {
            return Ok(None);
        }
        let Some(cost) = row.cost else {
            found.unknown += 1;
            return Ok(None);
        };
        let first = day
            .checked_sub_days(Days::new(self.rule.past))
            .unwrap_or(day);
        let past = days.range(first..day).filter_map(|(_, row)| row.cost);
        let past: Vec<Exact> = past.collect();
        let fits = |_| too_large("cost");
        let Some(usual) = Usual::of(&past).map_err(fits)? else {
            found.too_early += 1;
            return Ok(None);
        };
        if usual.count < self.rule.least_days {
            found.too_early += 1;
            return Ok(None);
        }
        found.judged += 1;
        let difference = usual.difference(cost).map_err(fits)?;
        let is_beyond = usual.is_beyond(cost, self.rule.limit).map_err(fits)?;
        // A day that is not over can only be found to have cost too much already.
        let is_over = day < calendar::date(self.query.now, self.query.timezone);
        let counts = is_over || !difference.is_negative();
        let counts = counts && is_far(&usual, difference, self.rule.least_percent);
        Ok((is_beyond && counts).then_some(Anomaly {
            what: None,
            which: None,
            day,
            currency: None,
            cost,
            difference,
            score: usual.score(cost).map_err(fits)?,
            usual,
            unpriced: row.tally.unpriced,
        }))
    }
}

/// Whether a difference is at least so many percent of the median. Of a median of zero anything is.
fn is_far(usual: &Usual, difference: Exact, percent: Exact) -> bool {
    let distance = difference.max(Exact::ZERO.minus(difference).unwrap_or(difference));
    let sides = (
        distance.times(Exact::from_integer(100)),
        usual.median.times(percent),
    );
    match sides {
        (Ok(distance), Ok(least)) => distance >= least,
        (Err(_), _) | (_, Err(_)) => true,
    }
}

impl Found {
    /// What was found, for people.
    pub fn table(&self) -> Table {
        let columns = vec![
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
        ];
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
            columns,
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
            notes.push(format!(
                "{early} days were not judged: fewer than {least} days with records are before them."
            ));
        }
        if unknown > 0 {
            notes.push(format!(
                "{unknown} days were not judged: their cost is unknown."
            ));
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

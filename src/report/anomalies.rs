//! Unusual days: of everything, and of each user, model and the like, against their own past. What
//! is unusual is decided by the median absolute deviation; every number behind the word is kept, and
//! shown by `unusual.rs`.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use crate::error::Result;
use crate::ledger::{Entry, Ledger};
use crate::money::{Exact, NumberError};

use super::deviation::Usual;
use super::rows::{self, Row};
use super::summary::Groups;
use super::tally::too_large;
use super::{Dimension, Period, Query, Summary, calendar, cells};

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
    pub(super) query: Query,
    /// The rule.
    pub(super) rule: Rule,
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

    /// Adds an entry that stands in no ledger.
    ///
    /// # Errors
    /// When a sum becomes too large to keep exactly.
    pub fn add(&mut self, entry: &Entry) -> Result<()> {
        self.summary.add(&self.query, entry)
    }

    /// Looks at the records of a ledger.
    ///
    /// # Errors
    /// When the ledger cannot be read, or a sum becomes too large to keep exactly.
    pub fn ask(&mut self, ledger: &Ledger) -> Result<()> {
        let summary = cells::summaries(&[&self.query], ledger)?.pop();
        self.summary = summary.unwrap_or_default();
        Ok(())
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
        let usual = Usual::of(&past.collect::<Vec<_>>()).map_err(|_| too_large("cost"))?;
        let Some(usual) = usual.filter(|usual| usual.count >= self.rule.least_days) else {
            found.too_early += 1;
            return Ok(None);
        };
        found.judged += 1;
        let anomaly = self.judge_cost(day, cost, usual);
        let anomaly = anomaly.map_err(|_| too_large("cost"))?;
        Ok(anomaly.map(|anomaly| Anomaly {
            unpriced: row.tally.unpriced,
            ..anomaly
        }))
    }

    fn judge_cost(
        &self,
        day: NaiveDate,
        cost: Exact,
        usual: Usual,
    ) -> Result<Option<Anomaly>, NumberError> {
        let difference = usual.difference(cost)?;
        // A day that is not over can only be found to have cost too much already.
        let is_over = day < calendar::date(self.query.now, self.query.timezone);
        let counts = is_over || !difference.is_negative();
        let is_unusual = counts
            && usual.is_beyond(cost, self.rule.limit)?
            && is_far(&usual, difference, self.rule.least_percent)?;
        let score = usual.score(cost)?;
        Ok(is_unusual.then_some(Anomaly {
            what: None,
            which: None,
            day,
            currency: None,
            cost,
            usual,
            difference,
            score,
            unpriced: 0,
        }))
    }
}

/// Whether a difference is at least so many percent of the median. Of a median of zero anything is.
fn is_far(usual: &Usual, difference: Exact, percent: Exact) -> Result<bool, NumberError> {
    let distance = difference.max(Exact::ZERO.minus(difference)?);
    let hundredfold = distance.times(Exact::from_integer(100))?;
    Ok(hundredfold >= usual.median.times(percent)?)
}

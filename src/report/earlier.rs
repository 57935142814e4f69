//! A report beside an earlier one: what the same groups cost in another period, or in a report that
//! was saved. Days, weeks, months and hours are put beside those that stood at the same place in the
//! earlier period.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate};
use chrono_tz::Tz;

use crate::error::Result;
use crate::money::{Exact, Ratio};
use crate::usage::Timestamp;

use super::baseline::Baseline;
use super::dimension::Dimension;
use super::rows::{self, Row};
use super::summary::{ByCurrency, Groups, Summary};
use super::tally::plus;
use super::{Query, beside, calendar};

/// What a report is compared with.
#[derive(Clone)]
pub enum Against {
    /// The same question about another period.
    Period(Box<Query>),
    /// A report that was saved.
    File(Box<Baseline>),
}

impl Query {
    /// Compares with the same question about another period.
    pub fn compare_with(&mut self, period: super::Period) {
        let mut earlier = self.clone();
        earlier.period = period;
        earlier.finer.clear();
        earlier.view = super::View::default();
        self.against = Some(Against::Period(Box::new(earlier)));
    }
}

/// What a row was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Before {
    /// The cost, as far as it was known; zero where there were no records, absent where none was
    /// known.
    pub cost: Option<Exact>,
    /// Requests.
    pub requests: u64,
    /// Records of unknown cost.
    pub unpriced: u64,
}

impl Before {
    fn of(row: Option<&Row>) -> Self {
        row.map_or_else(Self::nothing, |row| Self {
            cost: row.cost,
            requests: row.tally.requests,
            unpriced: row.tally.unpriced,
        })
    }

    /// What it was where there were no records.
    pub(super) fn nothing() -> Self {
        Self {
            cost: Some(Exact::ZERO),
            ..Self::default()
        }
    }

    /// How much more a cost is now, where both are known.
    pub fn change(&self, now: Option<Exact>) -> Option<Exact> {
        now?.minus(self.cost?).ok()
    }

    /// The same of a hundred of what it was; nothing where it was nothing.
    pub fn change_percent(&self, now: Option<Exact>) -> Option<Ratio> {
        Ratio::percent(self.change(now)?, self.cost?)
    }

    /// Adds what another row was.
    ///
    /// # Errors
    /// When the sum does not fit.
    pub(super) fn add(&mut self, other: &Self) -> Result<()> {
        self.cost = match (self.cost, other.cost) {
            (Some(a), Some(b)) => Some(plus(a, b, "cost")?),
            (a, b) => a.or(b),
        };
        self.requests += other.requests;
        self.unpriced += other.unpriced;
        Ok(())
    }
}

/// Puts rows and totals beside what they were, where a report is compared with another.
///
/// # Errors
/// When a sum is too large to keep exactly.
pub(super) fn join(
    query: &Query,
    summary: &Summary,
    rows: Vec<Row>,
    totals: Vec<Row>,
) -> Result<(Vec<Row>, Vec<Row>)> {
    let empty = Summary::default();
    let (earlier, from) = match &query.against {
        None => return Ok((rows, totals)),
        Some(Against::Period(asked)) => {
            let earlier = summary.earlier.as_deref().unwrap_or(&empty);
            (earlier, asked.period.from)
        }
        Some(Against::File(baseline)) => (&baseline.summary, baseline.from),
    };
    let groups = match (from, query.period.from) {
        (Some(from), Some(to)) => moved(query, &earlier.groups, (from, to))?,
        (Some(_) | None, Some(_) | None) => earlier.groups.clone(),
    };
    let before = rows::rows_of_groups(&groups)?;
    let totals_before = rows::rows_of(&Vec::new(), &earlier.totals)?;
    Ok((
        beside_them(rows, before),
        beside_them(totals, totals_before),
    ))
}

fn beside_them(rows: Vec<Row>, before: Vec<Row>) -> Vec<Row> {
    let pairs = beside::pairs(rows, before).into_iter();
    let joined = pairs.map(|(mut row, before)| {
        row.before = Some(Before::of(before.as_ref()));
        // Where there are no records, nothing was spent, and that is known.
        if row.tally.records == 0 {
            row.cost = Some(Exact::ZERO);
        }
        row
    });
    joined.collect()
}

/// The groups of the earlier period under the times that stand at the same place in the later one.
fn moved(query: &Query, groups: &Groups, starts: (Timestamp, Timestamp)) -> Result<Groups> {
    let zone = query.timezone;
    let (from, to) = (
        calendar::date(starts.0, zone),
        calendar::date(starts.1, zone),
    );
    let mut moved = Groups::new();
    for (key, tallies) in groups {
        let values = query.by.iter().zip(key).map(|(dimension, value)| {
            let label = value.as_deref()?;
            let later = later(dimension, label, (from, to), zone);
            let is_inside = |at: &Timestamp| query.period.contains(Some(*at));
            let later = later.filter(|(_, at)| at.as_ref().is_none_or(is_inside));
            Some(later.map_or_else(|| label.to_owned(), |(label, _)| label))
        });
        merge(moved.entry(values.collect()).or_default(), tallies)?;
    }
    Ok(moved)
}

fn merge(into: &mut ByCurrency, tallies: &ByCurrency) -> Result<()> {
    tallies
        .iter()
        .try_for_each(|(currency, tally)| into.entry(currency.clone()).or_default().merge(tally))
}

/// A label of the earlier period as it is called in the later one, and for a day and an hour when it
/// begins. Weekdays and hours of the day are the same in both.
fn later(
    dimension: &Dimension,
    label: &str,
    (from, to): (NaiveDate, NaiveDate),
    zone: Tz,
) -> Option<(String, Option<Timestamp>)> {
    let days = |date: NaiveDate| forward(date, (to - from).num_days());
    match dimension.key().as_str() {
        "day" => {
            let date = days(NaiveDate::parse_from_str(label, "%Y-%m-%d").ok()?)?;
            Some((date.to_string(), Some(calendar::day_start(date, zone))))
        }
        "week" => {
            let monday = NaiveDate::parse_from_str(&format!("{label}-1"), "%G-W%V-%u").ok()?;
            Some((days(monday)?.format("%G-W%V").to_string(), None))
        }
        "month" => {
            let first = NaiveDate::parse_from_str(&format!("{label}-01"), "%Y-%m-%d").ok()?;
            let index = |date: NaiveDate| date.year() * 12 + date.month0().cast_signed();
            let months = Months::new((index(to) - index(from)).unsigned_abs());
            let month = if to < from {
                first.checked_sub_months(months)?
            } else {
                first.checked_add_months(months)?
            };
            Some((month.format("%Y-%m").to_string(), None))
        }
        "hour" => {
            let text = label.replace('Z', "+00:00");
            let hour = DateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M%:z").ok()?;
            let wall = days(hour.date_naive())?.and_time(hour.time());
            let at = calendar::instant(wall, zone);
            Some((calendar::hour(&calendar::local(at, zone)), Some(at)))
        }
        _ => None,
    }
}

fn forward(date: NaiveDate, days: i64) -> Option<NaiveDate> {
    let count = Days::new(days.unsigned_abs());
    if days < 0 {
        date.checked_sub_days(count)
    } else {
        date.checked_add_days(count)
    }
}

impl super::Report {
    /// What the report is compared with, for people.
    pub(super) fn against_text(&self) -> Option<(&'static str, String)> {
        let text = match self.query.against.as_ref()? {
            Against::Period(asked) => {
                calendar::range_text(asked.period.from, asked.period.to, asked.timezone)
            }
            Against::File(baseline) => format!("{} ({})", baseline.name, baseline.period),
        };
        Some(("compared_with", text))
    }
}

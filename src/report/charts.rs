//! Costs drawn with block characters, for terminals: how long a bar is, and how high a column, is
//! decided by comparing exact amounts.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::error::Result;
use crate::money::Exact;
use crate::table::{Cell, Column, Kind, Shown};

use super::rows::{self, Row};
use super::summary::{Key, Summary};
use super::tally::plus;
use super::{Query, Report, calendar};

/// Characters of a bar.
const BAR: usize = 10;
/// Most characters of a sparkline; each stands for as many days as it takes to fit.
const LINE: i64 = 24;

const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const WIDTHS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
/// Stands where nothing was spent.
const NOTHING: char = '·';

/// Gives each row its costs over time, where that is asked for.
///
/// # Errors
/// When a sum is too large to keep exactly.
pub(super) fn put_trends(
    query: &Query,
    summary: &Summary,
    rows: &mut [Row],
    totals: &mut [Row],
) -> Result<()> {
    let Some((first, per, length)) = buckets(query, summary) else {
        return Ok(());
    };
    let by_day = query.finer.iter().position(|finer| finer.key() == "day");
    let Some(groups) = by_day.and_then(|at| summary.finer.get(at)) else {
        return Ok(());
    };
    let mut trends: BTreeMap<(Key, Option<String>), Vec<Exact>> = BTreeMap::new();
    for mut row in rows::rows_of_groups(groups)? {
        let day = row.key.pop().flatten();
        let day = day.and_then(|day| NaiveDate::parse_from_str(&day, "%Y-%m-%d").ok());
        let at = day.map(|day| (day - first).num_days() / per);
        let at = at.and_then(|at| usize::try_from(at).ok());
        let trend = trends.entry((row.key, row.currency)).or_default();
        trend.resize(length, Exact::ZERO);
        if let (Some(bucket), Some(cost)) = (at.and_then(|at| trend.get_mut(at)), row.cost) {
            *bucket = plus(*bucket, cost, "cost")?;
        }
    }
    for row in rows {
        let trend = trends.remove(&(row.key.clone(), row.currency.clone()));
        row.trend = trend.unwrap_or_else(|| vec![Exact::ZERO; length]);
        let mut totals = totals.iter_mut();
        if let Some(total) = totals.find(|total| total.currency == row.currency) {
            add_trend(&mut total.trend, &row.trend)?;
        }
    }
    Ok(())
}

/// Adds costs over time.
///
/// # Errors
/// When a sum is too large to keep exactly.
pub(super) fn add_trend(sum: &mut Vec<Exact>, other: &[Exact]) -> Result<()> {
    sum.resize(sum.len().max(other.len()), Exact::ZERO);
    for (sum, other) in sum.iter_mut().zip(other) {
        *sum = plus(*sum, *other, "cost")?;
    }
    Ok(())
}

/// The first day, the days of one character, and how many characters there are.
fn buckets(query: &Query, summary: &Summary) -> Option<(NaiveDate, i64, usize)> {
    let (first, last) = summary.seen.filter(|_| query.view.sparkline)?;
    let first = calendar::date(first, query.timezone);
    let days = (calendar::date(last, query.timezone) - first).num_days() + 1;
    let per = (days + LINE - 1) / LINE;
    let length = usize::try_from((days + per - 1) / per).ok()?;
    Some((first, per, length))
}

/// The drawn columns of a row, as far as they are asked for.
pub(super) fn figures(row: &Row, largest: &Largest, days: i64) -> Vec<(Column, Cell)> {
    let mut figures = Vec::new();
    if let Some(largest) = &largest.0 {
        let most = largest.get(&row.currency).copied().unwrap_or_default();
        let drawn = row
            .cost
            .filter(|_| row.is_group())
            .map(|cost| bar(cost, most));
        let column = Column::new("bar", "", Kind::Chart).shown(Shown::IfRoom);
        figures.push((column, drawn.map_or(Cell::Blank, Cell::Text)));
    }
    if days > 0 {
        let title = match days {
            1 => "cost by day".to_owned(),
            days => format!("cost by {days} days"),
        };
        let column = Column::new("sparkline", title, Kind::Chart).shown(Shown::IfRoom);
        let drawn = (!row.trend.is_empty()).then(|| line(&row.trend));
        figures.push((column, drawn.map_or(Cell::Blank, Cell::Text)));
    }
    figures
}

/// The largest cost of a group by currency, where bars are asked for.
#[derive(Default)]
pub(super) struct Largest(Option<BTreeMap<Option<String>, Exact>>);

impl Report {
    /// What bars are measured by.
    pub(super) fn largest(&self) -> Largest {
        let mut largest: BTreeMap<Option<String>, Exact> = BTreeMap::new();
        for row in self.rows.iter().filter(|row| row.is_group()) {
            let most = largest.entry(row.currency.clone()).or_default();
            *most = (*most).max(row.cost.unwrap_or_default());
        }
        Largest(self.query.view.bars.then_some(largest))
    }

    /// The days of one character of a sparkline; zero where none is asked for.
    pub(super) fn spark_days(&self) -> i64 {
        buckets(&self.query, &self.summary).map_or(0, |(_, days, _)| days)
    }
}

/// A bar as long as a cost is of the largest one. What costs anything is seen.
pub(super) fn bar(cost: Exact, most: Exact) -> String {
    let eighths = steps(cost, most, BAR * 8);
    let full = WIDTHS.last().into_iter().cycle().take(eighths / 8);
    let rest = (eighths % 8).checked_sub(1).and_then(|at| WIDTHS.get(at));
    full.chain(rest).collect()
}

/// A sparkline: each cost as high as it is of the largest one.
pub(super) fn line(costs: &[Exact]) -> String {
    let most = costs.iter().copied().max().unwrap_or_default();
    let height = |cost: &Exact| {
        let step = steps(*cost, most, HEIGHTS.len()).checked_sub(1)?;
        HEIGHTS.get(step).copied()
    };
    let letters = costs.iter().map(|cost| height(cost).unwrap_or(NOTHING));
    letters.collect()
}

/// How many of so many steps a cost is of the largest one, rounded up; none for nothing.
fn steps(cost: Exact, most: Exact, count: usize) -> usize {
    let times = |number: Exact, factor: usize| {
        let factor = i64::try_from(factor).unwrap_or_default();
        number
            .times(Exact::from_integer(factor))
            .unwrap_or_default()
    };
    let (cost, fits) = (times(cost, count), |step: &usize| times(most, *step));
    if cost.is_zero() || cost.is_negative() {
        return 0;
    }
    (1..count).find(|step| fits(step) >= cost).unwrap_or(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::parse(text).unwrap()
    }

    #[test]
    fn bars_and_lines_are_as_long_as_their_amounts() {
        assert_eq!(bar(exact("1"), exact("1")), "██████████");
        assert_eq!(bar(exact("0.25"), exact("1")), "██▌");
        assert_eq!(bar(exact("0.000001"), exact("1000")), "▏");
        assert_eq!(bar(exact("0"), exact("1")), "");
        let costs = ["0", "0.001", "1", "4", "8"].map(exact);
        assert_eq!(line(&costs), "·▁▁▄█");
        assert_eq!(line(&[Exact::ZERO]), "·");
    }
}

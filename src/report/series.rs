//! The series behind charts: cost over time, and by group. Every amount is exact; what is summed
//! into "others" adds up with the rest.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::error::Result;
use crate::money::Exact;
use crate::table::{Chart, NONE, Series, Shape};

use super::rows::{Row, RowKind};
use super::tabulate::OTHERS;
use super::tally::plus;
use super::{Report, calendar};

/// Series of a stack that are told apart; the rest is one more.
const MOST_SERIES: usize = 7;

/// Bars that are told apart; the rest is one more.
const MOST_BARS: usize = 12;

/// Bars over time; beyond them they stand for longer stretches.
const MOST_LABELS: usize = 100;

/// The stretches of time that the bars of a chart stand for, without gaps.
pub(super) struct Frame {
    /// What one bar stands for.
    unit: Unit,
    labels: Vec<String>,
}

#[derive(Clone, Copy)]
enum Unit {
    Day,
    Week,
    Month,
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    fn label(self, date: NaiveDate) -> String {
        let format = match self {
            Self::Day => "%Y-%m-%d",
            Self::Week => "%G-W%V",
            Self::Month => "%Y-%m",
        };
        date.format(format).to_string()
    }
}

impl Frame {
    /// From the first record's day to the last one's, by day where that is not too many bars, else
    /// by week or month.
    pub fn of(report: &Report) -> Option<Self> {
        let (first, last) = report.summary.seen?;
        let zone = report.query.timezone;
        let (first, last) = (calendar::date(first, zone), calendar::date(last, zone));
        let by = |unit: Unit| {
            let days = first.iter_days().take_while(|day| *day <= last);
            let mut labels: Vec<String> = days.map(|day| unit.label(day)).collect();
            labels.dedup();
            Self { unit, labels }
        };
        let frames = [Unit::Day, Unit::Week].map(by);
        let mut fitting = frames.into_iter();
        let fitting = fitting.find(|frame| frame.labels.len() <= MOST_LABELS);
        Some(fitting.unwrap_or_else(|| by(Unit::Month)))
    }

    /// Whether there is something to compare.
    pub fn is_a_range(&self) -> bool {
        self.labels.len() > 1
    }

    /// The bar that a day belongs to.
    fn place(&self, day: Option<&str>) -> Option<usize> {
        let day = NaiveDate::parse_from_str(day?, "%Y-%m-%d").ok()?;
        let label = self.unit.label(day);
        // Labels sort as they are written.
        self.labels.binary_search(&label).ok()
    }

    /// No cost yet in any stretch.
    fn nothing(&self) -> Vec<Exact> {
        vec![Exact::ZERO; self.labels.len()]
    }
}

/// The currencies of a report, in order.
fn currencies(report: &Report) -> impl Iterator<Item = &str> {
    let totals = report.totals.iter();
    totals.filter_map(|row| row.currency.as_deref())
}

/// What a series is called.
fn name(value: Option<&str>) -> String {
    value.unwrap_or(NONE).to_owned()
}

fn others(number: usize) -> String {
    match number {
        1 => "1 other".to_owned(),
        more => format!("{more} others"),
    }
}

/// From a report by day and model: the cost of each day, stacked by model, and the cost so far; both
/// once per currency.
pub(super) fn over_time(
    report: &Report,
    frame: &Frame,
    budget: Option<Exact>,
) -> Result<Vec<Chart>> {
    let mut charts = Vec::new();
    for currency in currencies(report) {
        let models = by_model(report, frame, currency)?;
        charts.push(Chart {
            title: format!("Cost by {} and model, {currency}", frame.unit.name()),
            shape: Shape::Stacked,
            currency: currency.to_owned(),
            labels: frame.labels.clone(),
            series: stacked(models.clone(), frame)?,
            budget: None,
        });
        let mut sum = Exact::ZERO;
        let mut so_far = frame.nothing();
        for (at, slot) in so_far.iter_mut().enumerate() {
            for amounts in models.values() {
                let amount = amounts.get(at).copied().unwrap_or_default();
                sum = plus(sum, amount, "cost")?;
            }
            *slot = sum;
        }
        charts.push(Chart {
            title: format!("Cost so far, {currency}"),
            shape: Shape::Line,
            currency: currency.to_owned(),
            labels: frame.labels.clone(),
            series: vec![series("cost so far".to_owned(), so_far)],
            budget,
        });
    }
    Ok(charts)
}

fn by_model(
    report: &Report,
    frame: &Frame,
    currency: &str,
) -> Result<BTreeMap<Option<String>, Vec<Exact>>> {
    let mut models: BTreeMap<Option<String>, Vec<Exact>> = BTreeMap::new();
    let rows = report.rows.iter();
    for row in rows.filter(|row| row.currency.as_deref() == Some(currency)) {
        let [day, model] = row.key.as_slice() else {
            continue;
        };
        // What has no time has no place in it.
        let (Some(at), Some(cost)) = (frame.place(day.as_deref()), row.cost) else {
            continue;
        };
        let amounts = models.entry(model.clone());
        let amounts = amounts.or_insert_with(|| frame.nothing());
        if let Some(slot) = amounts.get_mut(at) {
            *slot = plus(*slot, cost, "cost")?;
        }
    }
    Ok(models)
}

/// The largest series first; the rest as one.
fn stacked(models: BTreeMap<Option<String>, Vec<Exact>>, frame: &Frame) -> Result<Vec<Series>> {
    let sized = models.into_iter().map(|(model, amounts)| {
        let mut all = amounts.iter();
        let sum = all.try_fold(Exact::ZERO, |sum, amount| plus(sum, *amount, "cost"))?;
        Ok((sum, name(model.as_deref()), amounts))
    });
    let mut sized = sized.collect::<Result<Vec<_>>>()?;
    // Equal ones stay in the order of their names.
    sized.sort_by(|(a, _, _), (b, _, _)| b.cmp(a));
    let told_apart = if sized.len() > MOST_SERIES + 1 {
        MOST_SERIES
    } else {
        sized.len()
    };
    let rest = sized.split_off(told_apart);
    let told = sized.into_iter();
    let mut all: Vec<Series> = told
        .map(|(_, name, amounts)| series(name, amounts))
        .collect();
    if !rest.is_empty() {
        let mut sums = frame.nothing();
        for (_, _, amounts) in &rest {
            for (sum, amount) in sums.iter_mut().zip(amounts) {
                *sum = plus(*sum, *amount, "cost")?;
            }
        }
        all.push(series(others(rest.len()), sums));
    }
    Ok(all)
}

fn series(name: String, amounts: Vec<Exact>) -> Series {
    Series {
        name,
        amounts: amounts.into_iter().map(Some).collect(),
    }
}

/// The cost of each group, once per currency: the largest one by one, the rest as one.
pub(super) fn bars(report: &Report) -> Result<Vec<Chart>> {
    let all: Vec<&str> = currencies(report).collect();
    let charts = all.iter().map(|currency| {
        // What is unknown belongs to the only currency there is.
        let belongs = |row: &&Row| match &row.currency {
            Some(own) => own == currency,
            None => all.len() == 1,
        };
        // A sum of groups that have bars has none.
        let drawn = |row: &&Row| row.kind != RowKind::Subtotal && belongs(row);
        let mut rows: Vec<&Row> = report.rows.iter().filter(drawn).collect();
        rows.sort_by(|a, b| (b.cost, &a.key).cmp(&(a.cost, &b.key)));
        bar_chart(report, currency, &rows)
    });
    charts.collect()
}

fn bar_chart(report: &Report, currency: &str, rows: &[&Row]) -> Result<Chart> {
    let told_apart = if rows.len() > MOST_BARS + 1 {
        MOST_BARS
    } else {
        rows.len()
    };
    let (told, rest) = rows.split_at_checked(told_apart).unwrap_or((rows, &[]));
    let label = |row: &Row| {
        let names = row.key.iter().map(|value| name(value.as_deref()));
        let names = names.chain((!row.is_group()).then(|| OTHERS.to_owned()));
        names.collect::<Vec<_>>().join(" · ")
    };
    let mut labels: Vec<String> = told.iter().map(|row| label(row)).collect();
    let mut amounts: Vec<Option<Exact>> = told.iter().map(|row| row.cost).collect();
    if !rest.is_empty() {
        let known = rest.iter().filter_map(|row| row.cost);
        let known = known.map(Ok).reduce(|sum, cost| plus(sum?, cost?, "cost"));
        labels.push(others(rest.len()));
        amounts.push(known.transpose()?);
    }
    let titles: Vec<String> = report
        .query
        .by
        .iter()
        .map(super::Dimension::title)
        .collect();
    Ok(Chart {
        title: format!("Cost by {}, {currency}", titles.join(" and ")),
        shape: Shape::Bars,
        currency: currency.to_owned(),
        labels,
        series: vec![Series {
            name: "cost".to_owned(),
            amounts,
        }],
        budget: None,
    })
}

//! What `llmcost summary` answers: today, this week, this month and all time, each against the period
//! before, and who and what costs the most.

use crate::error::Result;
use crate::ledger::Ledger;
use crate::money::Exact;
use crate::usage::{Times, Timestamp};

use super::earlier::Before;
use super::rows::Row;
use super::summary::Groups;
use super::view::Detail;
use super::{
    Against, Clock, Dimension, Period, Query, Report, Sort, Summary, cells, from_summary, rows,
};

/// The stretches of time that are always shown, by their names and periods.
const SPANS: [(&str, &str); 3] = [
    ("today", "today"),
    ("this week", "this-week"),
    ("this month", "this-month"),
];
/// The name of the stretch without a beginning or an end.
const ALL: &str = "all time";
/// What the details are split by that tells how requests were served. Whose they are is asked for apart,
/// without their times: those are asked of every row.
const SERVED: [&str; 3] = ["model", "status", "error"];
const WHOSE: [&str; 1] = ["user"];
/// How far back the sparkline goes.
const RECENT: &str = "29d";

/// A question about one stretch of time, and what was found so far.
struct Span {
    name: String,
    query: Query,
    summary: Summary,
}

/// The questions of a summary.
pub struct Questions {
    spans: Vec<Span>,
    recent: Span,
    asked: bool,
    details: Details,
}

/// What is known in detail of one stretch of time.
#[derive(Default)]
struct Details {
    /// Which stretch.
    of: usize,
    /// Its groups, by each of some dimensions.
    splits: Vec<(Dimension, Groups)>,
    /// How long its requests took.
    times: Times,
}

/// One stretch of time, answered.
pub struct Answered {
    /// What it is called.
    pub name: String,
    /// The answer; its totals stand beside those of the period before.
    pub report: Report,
}

/// The answer to a summary.
pub struct Overview {
    /// The stretches of time: the one that is asked for, then those that are always shown.
    pub spans: Vec<Answered>,
    details: Details,
    /// The costs of the last thirty days, day by day.
    pub recent: Report,
}

impl Questions {
    /// The questions about the records that a query selects; its period, where it has one, is asked
    /// about first, and in detail.
    ///
    /// # Errors
    /// When a name of this file is no longer understood.
    pub fn new(query: &Query) -> Result<Self> {
        let clock = Clock {
            now: query.now,
            zone: query.timezone,
        };
        let span = |name: &str, period: Period| {
            let mut query = query.clone();
            query.period = period;
            query.against = period.previous(clock).ok().map(Against::Period);
            Span {
                name: name.to_owned(),
                query,
                summary: Summary::default(),
            }
        };
        let asked = !query.period.is_open();
        let mut spans = Vec::new();
        if asked {
            spans.push(span("as asked", query.period));
        }
        for (name, period) in SPANS {
            spans.push(span(name, Period::parse(period, clock)?));
        }
        spans.push(span(ALL, Period::default()));
        let mut recent = span("recent", Period::parse(RECENT, clock)?);
        recent.query.by = vec![Dimension::parse("day")?];
        recent.query.against = None;
        Ok(Self {
            spans,
            recent,
            asked,
            details: Details::default(),
        })
    }

    /// Looks at the records of a ledger. Details are about the period that is asked for, else about this
    /// month, and about all time where this month has no records.
    ///
    /// # Errors
    /// When the ledger cannot be read, or a sum becomes too large to keep exactly.
    pub fn ask(&mut self, ledger: &Ledger) -> Result<()> {
        let spans = self.spans.iter_mut().chain([&mut self.recent]);
        let mut spans: Vec<&mut Span> = spans.collect();
        let queries: Vec<&Query> = spans.iter().map(|span| &span.query).collect();
        let summaries = cells::summaries(&queries, ledger)?;
        for (span, summary) in spans.iter_mut().zip(summaries) {
            span.summary = summary;
        }
        let last = self.spans.len().saturating_sub(1);
        let has_records = |at: &usize| {
            let span = self.spans.get(*at);
            span.is_some_and(|span| span.summary.seen.is_some())
        };
        let first = if self.asked {
            0
        } else {
            last.saturating_sub(1)
        };
        let of = Some(first).filter(|at| self.asked || has_records(at));
        self.details.of = of.unwrap_or(last);
        let span = self.spans.get(self.details.of);
        span.map_or(Ok(()), |span| self.details.ask(&span.query, ledger))
    }

    /// The answers.
    ///
    /// # Errors
    /// When a sum is too large to keep exactly.
    pub fn answer(self) -> Result<Overview> {
        let answer = |span: Span| {
            let report = from_summary(&span.query, span.summary)?;
            let name = span.name;
            Ok(Answered { name, report })
        };
        let spans = self.spans.into_iter().map(answer);
        let spans: Vec<Answered> = spans.collect::<Result<_>>()?;
        Ok(Overview {
            spans,
            details: self.details,
            recent: answer(self.recent)?.report,
        })
    }
}

impl Details {
    fn ask(&mut self, query: &Query, ledger: &Ledger) -> Result<()> {
        let split = |names: &[&str]| -> Result<Query> {
            let finer = names.iter().copied().map(Dimension::parse);
            let (finer, against) = (finer.collect::<Result<_>>()?, None);
            Ok(Query {
                finer,
                against,
                ..query.clone()
            })
        };
        let (mut served, whose) = (split(&SERVED)?, split(&WHOSE)?);
        served.view.details = vec![Detail::Latency];
        let found = cells::summaries(&[&served, &whose], ledger)?;
        for (query, summary) in [served, whose].into_iter().zip(found) {
            for tally in summary.totals.values() {
                self.times.merge(&tally.times);
            }
            self.splits
                .extend(query.finer.into_iter().zip(summary.finer));
        }
        Ok(())
    }
}

impl Overview {
    /// What is known of all records that are asked for.
    pub fn all(&self) -> Option<&Report> {
        self.spans.last().map(|span| &span.report)
    }

    /// The stretch that the details are about.
    pub fn details(&self) -> Option<&Answered> {
        self.spans.get(self.details.of)
    }

    /// How long its requests took.
    pub fn times(&self) -> &Times {
        &self.details.times
    }

    /// The groups of the details by one of their dimensions, the most expensive of each currency
    /// first, or those with the most requests where costs are not the question.
    ///
    /// # Errors
    /// When a sum is too large to keep exactly.
    pub fn split(&self, dimension: &str, order: Sort) -> Result<Vec<Row>> {
        let mut splits = self.details.splits.iter();
        let split = splits.find(|(by, _)| by.key() == dimension);
        let (Some((by, groups)), Some(details)) = (split, self.details()) else {
            return Ok(Vec::new());
        };
        let mut found = rows::rows_of_groups(groups)?;
        rows::sort(&mut found, std::slice::from_ref(by), Some(order));
        for row in &mut found {
            let mut totals = details.report.totals.iter();
            let total = totals.find(|total| total.currency == row.currency);
            row.standing.total = total.and_then(|total| total.cost);
        }
        Ok(found)
    }

    /// The totals of a stretch, one per currency; nothing at all is zero.
    pub fn totals_of(&self, span: &Answered) -> Vec<Row> {
        if !span.report.totals.is_empty() {
            return span.report.totals.clone();
        }
        let known = self.all().and_then(|all| all.totals.first());
        vec![Row {
            currency: known.and_then(|total| total.currency.clone()),
            cost: Some(Exact::ZERO),
            before: span
                .report
                .query
                .against
                .as_ref()
                .map(|_| Before::nothing()),
            ..Row::default()
        }]
    }

    /// When the summary was made.
    pub fn now(&self) -> Timestamp {
        self.recent.query.now
    }
}

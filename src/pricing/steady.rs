//! Within which times and sizes of prompts the price of a record is the same rate times another quantity.

use super::decimal::Price;
use super::locate::{Located, locate};
use super::period::Period;
use super::receipt::Receipt;
use super::rules::Call;
use super::scalar::{Day, Moment};
use super::search::Search;
use crate::money::Exact;
use crate::usage::{Timestamp, UsageRecord};

/// Where records that say the same but for their time and their counts are priced by the same rates.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Steady {
    /// From when, inclusive, and until when, exclusive.
    span: (Option<Timestamp>, Option<Timestamp>),
    /// Sizes of a prompt at which rates change.
    edges: Vec<Edge>,
    /// The line items that are a prompt, by their places.
    prompt: Vec<usize>,
}

/// A size of a prompt at which rates change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Edge {
    at: Exact,
    /// Whether the size itself belongs to what is larger.
    with: bool,
    /// Whether the prompt is on the side of what is larger.
    above: bool,
}

impl Edge {
    fn is_below(self, prompt: Exact) -> bool {
        prompt > self.at || self.with && prompt == self.at
    }
}

impl Steady {
    /// Whether a record of that time whose line items have these quantities is priced by the same rates.
    pub fn holds(&self, at: Option<Timestamp>, items: &[i64]) -> bool {
        let within = |at: Timestamp| {
            self.span.0.is_none_or(|from| from <= at) && self.span.1.is_none_or(|to| at < to)
        };
        let parts = self.prompt.iter().filter_map(|at| items.get(*at));
        let prompt = Exact::new(parts.map(|part| i128::from(*part)).sum(), 0);
        at.is_none_or(within)
            && self
                .edges
                .iter()
                .all(|edge| edge.is_below(prompt) == edge.above)
    }
}

/// Where the price of a record is steady; nothing where other counts or times need another look at the book.
/// `receipt` is the record's own.
pub fn steady(record: &UsageRecord, receipt: &Receipt, search: &Search<'_>) -> Option<Steady> {
    let located = match locate(record, search) {
        Ok(located) => located,
        // Without a model there is no price at any time. Every other reason may be one of this time.
        Err(reason) => {
            let timeless = UsageRecord {
                occurred: None,
                ..record.clone()
            };
            let same = locate(&timeless, search).is_err_and(|other| other == reason);
            return same.then(Steady::default);
        }
    };
    let Located { found, period, .. } = &located;
    let same_rates = period.graduated.is_empty()
        && period.bill.is_empty()
        && !receipt.charges.iter().any(|charge| {
            let fallback = charge
                .rate
                .as_ref()
                .and_then(|rate| rate.falls_back_to.as_ref());
            let meters = [Some(&charge.meter), fallback];
            let names = meters.into_iter().flatten().map(crate::usage::Meter::name);
            let mut quotas =
                names.flat_map(|name| period.free.iter().filter(move |quota| quota.meter == name));
            quotas.next().is_some()
        });
    let rules = || period.rules.iter().flatten().map(|rule| &rule.condition);
    if !same_rates || rules().any(|condition| condition.schedule.is_some()) {
        return None;
    }
    let call = Call {
        record,
        book: found.book,
        model: found.model,
        period,
    };
    let size = call.prompt().ok()?;
    let edge = |(price, with): (Option<Price>, bool)| {
        let (at, above) = (price?.exact(), false);
        let edge = Edge { at, with, above };
        let above = edge.is_below(size);
        Some(Edge { above, ..edge })
    };
    let edges = rules().flat_map(|condition| {
        let edges = [
            (condition.prompt_above, false),
            (condition.prompt_from, true),
        ];
        edges.into_iter().filter_map(edge)
    });
    let items = record.items.iter().enumerate();
    let prompt = items.filter(|(_, item)| call.is_prompt(item));
    let at = record.occurred?.at;
    let mut span = span_of(period);
    // A promise makes no difference before its last day is over where the price was checked since.
    if let Some(promised) = period.guaranteed_until {
        if Day::of(at) > promised {
            return None;
        }
        let end = Some(promised.end());
        span.1 = [span.1, end].into_iter().flatten().min();
    }
    let others = found.model.prices.iter();
    let others = others.filter(|other| !std::ptr::eq(*other, *period));
    let overlaps = others.map(span_of).any(|other| {
        let before = |end: Option<Timestamp>, begin: Option<Timestamp>| {
            matches!((end, begin), (Some(end), Some(begin)) if end <= begin)
        };
        !before(other.1, span.0) && !before(span.1, other.0)
    });
    (!overlaps).then(|| Steady {
        span,
        edges: edges.collect(),
        prompt: prompt.map(|(at, _)| at).collect(),
    })
}

fn span_of(period: &Period) -> (Option<Timestamp>, Option<Timestamp>) {
    let at = |moment: &Option<Moment>| moment.as_ref().map(Moment::at);
    (at(&period.from), at(&period.to))
}

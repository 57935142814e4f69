//! The records that a query wants, as far as a narrow look at their rows tells.

use crate::ledger::{Judge, Wanted};
use crate::usage::{Field, Timestamp};

use super::cells::periods;
use super::dimension::Depends;
use super::{Period, Query};

/// What must hold of a record part by part, so that the query may want it. Records without a time are
/// among them: they are counted where a period leaves them out.
pub fn wanted(query: &Query) -> Wanted<'_> {
    let depends = || {
        query
            .filters
            .iter()
            .map(|filter| filter.dimension().depends())
    };
    let own_fields: Vec<Field> = depends().filter_map(Depends::own).collect();
    Wanted {
        from: end(query, |period| period.from, i64::min),
        to: end(query, |period| period.to, i64::max),
        time: Box::new(|at| {
            let mut periods = periods(query).into_iter().flatten();
            at.is_none() || periods.any(|period| period.contains(at))
        }),
        profile: judge(query, |depends| depends == Depends::Profile),
        party: depends()
            .any(|depends| depends == Depends::Party)
            .then(|| judge(query, |depends| depends == Depends::Party)),
        own: judge(query, |depends| depends.own().is_some()),
        own_fields,
    }
}

/// The filters of a query whose dimensions depend on something, as one.
fn judge(query: &Query, is_asked: fn(Depends) -> bool) -> Judge<'_> {
    let filters = query.filters.iter();
    let filters: Vec<_> = filters
        .filter(|filter| is_asked(filter.dimension().depends()))
        .collect();
    Box::new(move |entry| {
        let mut filters = filters.iter();
        filters.all(|filter| filter.accepts(entry, query.timezone))
    })
}

/// The first or the last end of the periods of a query, in milliseconds; none where one of them is open.
fn end(
    query: &Query,
    of: fn(&Period) -> Option<Timestamp>,
    outer: fn(i64, i64) -> i64,
) -> Option<i64> {
    let periods = periods(query).into_iter().flatten();
    let ends: Option<Vec<i64>> = periods
        .map(|period| of(&period).map(Timestamp::millis))
        .collect();
    ends?.into_iter().reduce(outer)
}

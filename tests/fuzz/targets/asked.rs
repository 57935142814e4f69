//! What people type: periods, filters, dimensions, columns, `--set`, budget files, saved reports.

use std::path::Path;

use chrono_tz::Tz;
use llmcost::ingest::Options;
use llmcost::report::check::{baseline::Baseline, file};
use llmcost::report::{Clock, Dimension, Filter, Period, Query, Saved, View};
use llmcost::usage::Timestamp;

/// Values that a filter may meet: no longer than where a pattern of stars takes long.
const VALUES: [Option<&str>; 4] = [None, Some(""), Some("gpt-4o"), Some("alice, bob")];

/// The first byte says what the text behind it is.
pub fn run(bytes: &[u8]) {
    let Some((what, bytes)) = bytes.split_first() else {
        return;
    };
    let text = super::text(bytes);
    match what % 8 {
        0 => period(text),
        1 => filter(text),
        2 => drop(Dimension::parse_list(&[text])),
        3 => drop(View::parse_columns(&[text.to_owned()])),
        4 => set(text),
        5 => drop(file::parse(Path::new("budget.toml"), text)),
        6 => drop(Baseline::parse(Path::new("baseline.json"), bytes)),
        _ => drop(Saved::parse("last.json", bytes, &Query::new(now()))),
    }
}

fn now() -> Timestamp {
    Timestamp::parse("2026-11-22T00:00:00Z").unwrap()
}

/// A period ends after it starts, wherever the clock hangs.
fn period(text: &str) {
    for zone in [Tz::UTC, Tz::Asia__Seoul, Tz::America__New_York] {
        let clock = Clock { now: now(), zone };
        let Ok(period) = Period::parse(text, clock) else {
            continue;
        };
        let order = |period: Period| {
            if let (Some(from), Some(to)) = (period.from, period.to) {
                assert!(from <= to, "{text:?}");
            }
        };
        order(period);
        if let Ok(before) = period.previous(clock) {
            order(before);
            assert!(before.to <= period.from, "{text:?}");
        }
    }
}

fn filter(text: &str) {
    let Ok(filter) = Filter::parse(text) else {
        return;
    };
    if text.matches('*').count() < 8 {
        for value in VALUES {
            filter.accepts_value(value);
        }
    }
}

fn set(text: &str) {
    let mut options = Options::default();
    if let Some((name, value)) = text.split_once('=') {
        drop(options.set(name, value));
    }
}

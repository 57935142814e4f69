//! The same costs, requests and tokens to the digit in every format, by every dimension.

use llmcost::ledger::{Entry, Ledger};
use llmcost::money::Exact;
use llmcost::render::{Dialect, Digits};
use llmcost::report::page::{self, Wishes};
use llmcost::report::{DIMENSIONS, Dimension, Query};
use llmcost::usage::Field;
use proptest::prelude::*;

use crate::binary::demo_home;
use crate::build::{Build, ask, call, query};
use crate::cases::cases;
use crate::read::{self, COST, FIGURES, Sums};

fn demo() -> Vec<Entry> {
    let home = demo_home();
    let ledger = Ledger::open_for_reading(&home.ledger()).unwrap();
    let mut entries = Vec::new();
    let mut keep = |entry: &Entry| {
        entries.push(entry.clone());
        Ok(())
    };
    ledger.for_each(&mut keep).unwrap();
    entries
}

/// Prints the answer in each format, reads it back, and compares.
fn compare(query: &Query, entries: &[Entry]) {
    let report = ask(query, entries);
    let by: Vec<String> = query.by.iter().map(Dimension::key).collect();
    let heading = query.by.iter().map(Dimension::title).collect::<Vec<_>>();
    let heading = format!("By {}", heading.join(", "));
    // What a page says beside is tested elsewhere.
    let page = page::page(&report, &[], Wishes::default()).unwrap();
    // Rounded for people, every digit is in the title.
    let pages = [Digits::Rounded, Digits::Exact].map(|digits| read::html_of(&page, digits));
    let workbook = read::xlsx_of(&page);
    let sheet: String = heading.replace(':', " ").chars().take(31).collect();
    for figure in FIGURES {
        let what = format!("{} {by:?}", figure.key);
        let wanted = read::json(&report, figure);
        assert_eq!(read::jsonl(&report, figure), wanted.rows, "jsonl {what}");
        for (dialect, name) in Dialect::ALL {
            let rows = read::csv(&report, dialect, figure);
            assert_eq!(rows, wanted.rows, "{name} {what}");
        }
        assert_eq!(read::markdown(&report, figure), wanted, "markdown {what}");
        assert_eq!(read::terminal(&report, figure), wanted, "table {what}");
        for html in &pages {
            let sums = read::html_sums(html, &heading, figure);
            assert_eq!(sums, wanted, "html {what}");
        }
        let sums = read::xlsx_sums(&workbook, &sheet, &by[0], figure);
        assert_eq!(sums, wanted, "xlsx {what}");
    }
}

#[test]
fn every_format_has_the_same_sums_by_every_dimension() {
    let entries = demo();
    assert!(entries.len() > 100);
    for known in DIMENSIONS {
        compare(&query(&[known.name], &[]), &entries);
    }
    for by in [
        &["tag:env"][..],
        &["tenant", "user"],
        &["day", "model", "meter"],
        &["provider", "model", "tier", "status"],
    ] {
        compare(&query(by, &[]), &entries);
    }
}

fn entry(index: usize, user: u8, cents: i64, scale: u32, currency: &str) -> Entry {
    let amount = Exact::new(i128::from(cents), scale).to_string();
    let entry = call(&index.to_string())
        .with(Field::UserId, &format!("user {user}"))
        .on("2026-11-02T10:00:00Z");
    entry.costs(&amount, currency)
}

#[test]
fn the_sum_of_the_rows_is_the_total() {
    let Sums { rows, totals } = read::json(&ask(&query(&["model"], &[]), &demo()), COST);
    let sum = rows
        .iter()
        .flatten()
        .try_fold(Exact::ZERO, |sum, cost| sum.plus(*cost));
    assert_eq!(vec![Some(sum.unwrap())], totals);
}

proptest! {
    #![proptest_config(cases(48))]
    #[test]
    fn amounts_of_any_size_and_currency_come_back(
        calls in proptest::collection::vec(
            (0_u8..20, -9_000_000_000_000_000_000_i64..9_000_000_000_000_000_000, 12_u32..16, 0_usize..3), 1..30),
    ) {
        let currencies = ["USD", "EUR", "RUB"];
        let entries: Vec<Entry> = calls.iter().enumerate().map(|(index, (user, cents, scale, currency))| {
            // At twelve decimals, as stored.
            let cents = cents / 10_i64.pow(scale - 12);
            entry(index, *user, cents, 12, currencies[*currency])
        }).collect();
        compare(&query(&["user"], &[]), &entries);
    }
}

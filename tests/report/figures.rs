//! Sums: exact, per currency, and honest about what is not known.

use llmcost::ledger::Entry;
use llmcost::money::Quantity;
use llmcost::pricing::CostStatus;
use llmcost::report::{Summary, Tally, report};
use llmcost::usage::{Field, Meter, ReportedCost};
use serde_json::json;

use crate::build::{Build, ask, call, column, query, rows};

#[test]
fn ten_times_ten_cents_is_one_dollar() {
    let entries: Vec<Entry> = (0..10)
        .map(|n| call(&n.to_string()).costs("0.10", "USD"))
        .collect();
    assert_eq!(rows(&query(&[], &[]), &entries)[0]["cost"], "1");
}

#[test]
fn a_million_calls_below_a_cent_do_not_vanish() {
    let one = call("one").costs("0.0000000055", "USD");
    let report = report(&query(&["user"], &[]), std::iter::repeat_n(&one, 1_000_000)).unwrap();
    assert_eq!(report.json()["totals"][0]["cost"], "0.0055");
    assert_eq!(report.json()["rows"][0]["requests"], 1_000_000);
}

#[test]
fn input_includes_caches_and_output_includes_reasoning() {
    let entry = call("cached")
        .used(Meter::INPUT, "3", "3")
        .used(Meter::CACHE_READ, "48000", "0.30")
        .used(Meter::CACHE_WRITE, "200", "3.75")
        .used(Meter::CACHE_WRITE_1H, "1000", "6")
        .used(Meter::OUTPUT, "150", "15")
        .used(Meter::REASONING, "400", "15")
        .used(Meter::WEB_SEARCH, "2", "10000");
    let mut query = query(&[], &[]);
    query.meters = true;
    let row = rows(&query, &[entry])[0].clone();
    assert_eq!(row["input_tokens"], "49203");
    assert_eq!(row["cached_input_tokens"], "48000");
    assert_eq!(row["cache_write_tokens"], "1200");
    assert_eq!(row["output_tokens"], "550");
    assert_eq!(row["reasoning_tokens"], "400");
    assert_eq!(row["total_tokens"], "49753");
    assert_eq!(row["cost"], "0.049409");
    assert_eq!(row["meters"]["cache_write_1h"], "1000");
    assert_eq!(row["meters"]["web_search"], "2");
}

/// A record of which only the total is stated is counted in the total, and in neither side.
#[test]
fn a_total_that_is_not_split_is_in_the_total() {
    let mut unsplit = call("unsplit");
    unsplit.record.items.clear();
    unsplit.record.stated_total = Some(Quantity::of(345));
    let split = call("split").used(Meter::INPUT, "3", "3");
    let mut query = query(&[], &[]);
    query.meters = true;
    let row = rows(&query, &[unsplit, split])[0].clone();
    assert_eq!(row["input_tokens"], "3");
    assert_eq!(row["output_tokens"], "0");
    assert_eq!(row["total_tokens"], "348");
}

#[test]
fn currencies_are_never_added_up() {
    let unpriced = |id: &str| {
        call(id)
            .with(Field::UserId, "a")
            .is(CostStatus::Unpriced, "no model")
    };
    let in_a = |id: &str, amount: &str, currency: &str| {
        call(id).with(Field::UserId, "a").costs(amount, currency)
    };
    let mut entries = vec![in_a("1", "1", "USD"), unpriced("2")];
    // One currency: what is unpriced joins it, visibly.
    let found = rows(&query(&["user"], &[]), &entries);
    assert_eq!(column(&found, "cost"), [json!("1")]);
    assert_eq!(column(&found, "unpriced"), [json!(1)]);
    // Two: it belongs to neither.
    entries.push(in_a("3", "80", "RUB"));
    let report = ask(&query(&["user"], &[]), &entries);
    let found = report.json_rows();
    assert_eq!(
        column(&found, "currency"),
        [json!("RUB"), json!("USD"), json!(null)]
    );
    assert_eq!(
        column(&found, "cost"),
        [json!("80"), json!("1"), json!(null)]
    );
    assert_eq!(column(&found, "requests"), [json!(1), json!(1), json!(1)]);
    assert_eq!(report.totals.len(), 3);
}

#[test]
fn unknown_is_null_and_zero_is_zero() {
    let entries = [
        call("1")
            .with(Field::ResponseModel, "unknown-1")
            .unpriced(Meter::INPUT, "10")
            .is(CostStatus::Unpriced, "no price for the model"),
        call("2")
            .with(Field::ResponseModel, "free")
            .used(Meter::INPUT, "10", "0"),
        call("3")
            .with(Field::ResponseModel, "plan")
            .is(CostStatus::Covered, "subscription"),
        call("4")
            .with(Field::ResponseModel, "maybe")
            .is(CostStatus::Estimated, "provider is guessed"),
    ];
    let report = ask(&query(&["model"], &[]), &entries);
    let found = report.json_rows();
    assert_eq!(
        column(&found, "model"),
        ["free", "maybe", "plan", "unknown-1"]
    );
    assert_eq!(
        column(&found, "cost"),
        [json!("0"), json!("0"), json!("0"), json!(null)]
    );
    assert_eq!(
        column(&found, "covered"),
        [json!(0), json!(0), json!(1), json!(0)]
    );
    let json = report.json();
    assert_eq!(
        json["unpriced"],
        json!([{"provider": null, "model": "unknown-1", "reason": "no price for the model", "records": 1}])
    );
    assert_eq!(json["estimated"][0]["reason"], "provider is guessed");
    assert_eq!(
        json["notes"][0],
        "1 record unpriced: llmcost records --where cost_status=unpriced"
    );
    let found = rows(&query(&["model"], &["cost_status=unpriced"]), &entries);
    assert_eq!(column(&found, "model"), ["unknown-1"]);
}

#[test]
fn nothing_is_nothing() {
    let report = ask(&query(&["model"], &[]), &[]);
    assert_eq!(report.json()["rows"], json!([]));
    assert_eq!(report.json()["totals"], json!([]));
    assert_eq!(report.table().notes, ["No records match."]);
}

#[test]
fn reported_costs_stand_beside_ours() {
    let reported = |id: &str, amount: &str| {
        let mut entry = call(id).costs("1", "USD");
        entry.record.reported_cost = Some(ReportedCost {
            amount: amount.to_owned(),
            currency: "USD".to_owned(),
            field: "usage.cost".to_owned(),
        });
        entry
    };
    let mut query = query(&[], &[]);
    query.reported = true;
    let entries = [
        reported("1", "0"),
        reported("2", "0.1"),
        reported("3", "2.9999999999999997e-06"),
        call("4"),
        reported("5", "0.123456789012345678901234567890123"),
    ];
    let row = rows(&query, &entries)[0].clone();
    assert_eq!(
        row["reported_cost"],
        json!([{"currency": "USD", "amount": "0.1000029999999999999997", "records": 3, "unread": 1}])
    );
    let keys: Vec<String> = ask(&query, &entries)
        .table()
        .columns
        .into_iter()
        .map(|column| column.key)
        .collect();
    assert!(keys.contains(&"reported_cost_usd".to_owned()));
}

#[test]
fn every_report_says_its_period_zone_and_prices() {
    let entries = [call("1")
        .on("2026-11-02T00:00:00Z")
        .book("worked", "2026-11-19")
        .costs("1", "USD")];
    let mut query = query(&["model"], &[]);
    query.book = Some(("worked".to_owned(), "2026-11-21".to_owned()));
    let report = ask(&query, &entries);
    let books = report.json()["price_books"].clone();
    assert_eq!(
        books[0],
        json!({"book": "worked", "version": "2026-11-19", "records": 1, "age_days": 3})
    );
    assert_eq!(
        books[1],
        json!({"book": "worked", "version": "2026-11-21", "records": 0, "age_days": 1})
    );
    let meta = report.table().meta;
    assert_eq!(meta[0].1, "all (2026-11-02)");
    assert_eq!(meta[1].1, "UTC");
    assert_eq!(
        meta[2].1,
        "2026-11-21 (1 day old): worked; 2026-11-19 (3 days old): worked"
    );
}

#[test]
fn many_price_books_of_one_version_are_one_entry() {
    let books = ["openai", "xai", "xai", "google", "mistral"];
    let entries: Vec<Entry> = (0..)
        .zip(books)
        .map(|(n, book): (u8, _)| {
            let entry = call(&n.to_string()).on("2026-11-02T00:00:00Z");
            entry.book(book, "2026-11-22").costs("1", "USD")
        })
        .collect();
    let report = ask(&query(&["model"], &[]), &entries);
    let meta = report.table().meta;
    assert_eq!(meta[2].1, "2026-11-22 (0 days old): xai, google and 2 more");
    assert_eq!(report.json()["price_books"].as_array().unwrap().len(), 4);
    let few = ask(&query(&["model"], &[]), &entries[..4]);
    assert_eq!(
        few.table().meta[2].1,
        "2026-11-22 (0 days old): xai, google, openai"
    );
}

#[test]
fn price_books_of_more_than_thirty_days_are_said_to_be_old() {
    let priced_by = |version| {
        let entry = call("1").on("2026-11-02T00:00:00Z");
        let entry = entry.book("worked", version).costs("1", "USD");
        ask(&query(&["model"], &[]), &[entry]).table().notes
    };
    let is_old = |notes: &[String]| notes.iter().any(|note| note.contains("days old"));
    assert!(is_old(&priced_by("2026-10-22")), "31 days");
    assert!(!is_old(&priced_by("2026-10-23")), "30 days");
}

#[test]
fn a_price_book_of_tomorrow_is_ahead_and_not_old() {
    for (version, age) in [
        ("2026-11-23", "1 day ahead"),
        ("2026-12-01", "9 days ahead"),
    ] {
        let entry = call("1").on("2026-11-02T00:00:00Z");
        let entry = entry.book("worked", version).costs("1", "USD");
        let meta = ask(&query(&["model"], &[]), &[entry]).table().meta;
        assert_eq!(meta[2].1, format!("{version} ({age}): worked"));
    }
}

#[test]
fn tallies_merge_as_if_their_records_were_added() {
    let entries = [
        call("1").used(Meter::INPUT, "10", "1"),
        call("2")
            .used(Meter::INPUT, "5", "1")
            .used(Meter::OUTPUT, "2.5", "3"),
        call("3").is(CostStatus::Unpriced, "x"),
    ];
    let tally = |entries: &[Entry]| {
        let mut summary = Summary::default();
        for entry in entries {
            summary.add(&query(&[], &[]), entry).unwrap();
        }
        let mut sum = Tally::default();
        summary
            .totals
            .values()
            .for_each(|tally| sum.merge(tally).unwrap());
        sum
    };
    let mut halves = tally(&entries[..1]);
    halves.merge(&tally(&entries[1..])).unwrap();
    assert_eq!(halves, tally(&entries));
}

#[test]
fn a_sum_that_does_not_fit_is_an_error_not_a_wrong_number() {
    // Eighteen decimals beside large counts need more digits than there are.
    let fine = call("fine").used(Meter::INPUT, "0.000000000000000001", "1");
    let large = call("large").used(Meter::INPUT, "999999999999999", "0");
    let many = std::iter::repeat_n(large, 200_000).chain([fine]);
    assert!(report(&query(&[], &[]), many).is_err());
}

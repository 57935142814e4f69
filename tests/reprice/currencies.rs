//! One currency for a report: exact sums at the rate of each day, and what has no rate stays.

use rusqlite::Connection;
use serde_json::{Value as Json, json};

use crate::calls::{BOOK, RATES, call, home, row};
use crate::home::Home;

fn with_rates() -> Home {
    let calls = [
        call(1, "big", 2, 1_000, 100),
        call(2, "big", 3, 1, 0),
        call(3, "big", 11, 1_000, 100),
        call(4, "big", 30, 1_000, 100),
        call(5, "euro", 11, 1_000, 100),
        call(6, "euro", 13, 1_000, 100),
        call(7, "unheard-of", 13, 1_000, 100),
    ];
    home(&format!("{BOOK}{RATES}"), &calls)
}

#[test]
fn sums_are_converted_at_the_rate_of_each_day() {
    let home = with_rates();
    let report = home.json("report --currency rub --prices book.yaml");
    let big = |currency| {
        let rows = report["rows"].as_array().unwrap().iter();
        let mut rows = rows.filter(|row| row["model"] == "big" && row["currency"] == currency);
        rows.next().unwrap()["cost"].clone()
    };
    // (0.006 + 0.000004) × 80 + 0.006 × 81.1350
    assert_eq!(big("RUB"), "0.96713");
    // The thirtieth has no rate that is a week old at most.
    assert_eq!(big("USD"), "0.006");
    // 0.0039 EUR × 1.25 × 81.1350, through the base currency; on the eleventh there was no rate.
    assert_eq!(row(&report, "currency", "EUR")["cost"], "0.0039");
    let euros = report["rows"].as_array().unwrap().iter();
    let euros = euros.filter(|row| row["model"] == "euro" && row["currency"] == "RUB");
    assert_eq!(
        euros.map(|row| row["cost"].clone()).collect::<Vec<Json>>(),
        ["0.395533125"]
    );
    assert_eq!(
        report["exchange"]["unconverted"],
        json!([{"currency": "EUR", "records": 1}, {"currency": "USD", "records": 1}])
    );
    assert_eq!(
        report["exchange"]["rates"][1]["steps"][0]["source"],
        "https://prices.example/fair"
    );
    let total = report["totals"].as_array().unwrap().iter();
    let total = total.filter(|row| row["currency"] == "RUB");
    assert_eq!(
        total.map(|row| row["cost"].clone()).collect::<Vec<Json>>(),
        ["1.362663125"]
    );
    let table = home.ok("report --currency RUB");
    assert!(table.contains("1 USD = 80 RUB of 2026-11-01"), "{table}");
    assert!(
        table.contains("1 record in EUR left unconverted"),
        "{table}"
    );
}

#[test]
fn an_inverse_rate_divides_the_sum_and_rounds_once() {
    let mut calls: Vec<Json> = (0..3).map(|n| call(n, "big", 2, 1, 0)).collect();
    calls.push(call(9, "big", 3, 0, 0));
    let home = home(
        &format!("{BOOK}fx: [{{date: 2026-11-01, from: EUR, to: USD, rate: 0.7, source: page}}]"),
        &calls,
    );
    // Each 0.000004 ÷ 0.7 rounded by itself would make 0.000017142858.
    let report = home.json("report --currency EUR --prices book.yaml");
    assert_eq!(report["rows"][0]["cost"], "0.000017142857");
    let one = home.json("report --currency EUR --by user --period 2026-11-02 --prices book.yaml");
    assert_eq!(one["totals"][0]["cost"], "0.000017142857");
}

#[test]
fn without_any_rate_nothing_moves_to_another_currency() {
    // The second costs nothing, which would be nothing in euros, too.
    let home = home(BOOK, &[call(0, "big", 2, 1000, 0), call(1, "big", 2, 0, 0)]);
    let report = home.json("report --currency EUR --prices book.yaml");
    let totals = report["totals"].as_array().unwrap();
    assert_eq!(totals.len(), 1, "{totals:?}");
    assert_eq!(
        (&totals[0]["currency"], &totals[0]["requests"]),
        (&json!("USD"), &json!(2))
    );
    let notes = report["notes"].to_string();
    assert!(
        notes.contains("2 records in USD left unconverted") && notes.contains("`fx:`"),
        "{notes}"
    );
}

/// When, dollars, roubles, and these in 10⁻¹².
type Converted = (String, Option<String>, Option<String>, Option<i64>);

fn view(home: &Home) -> Vec<Converted> {
    let ledger = Connection::open(home.ledger()).unwrap();
    let sql = "SELECT created_at, cost_usd, cost_rub, cost_rub_pico FROM token_usage ORDER BY created_at, ai_model";
    let mut list = ledger.prepare(sql).unwrap();
    let rows = list.query_map([], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

#[test]
fn dollars_and_roubles_stand_in_the_view_where_rates_exist() {
    let home = with_rates();
    let text = |text: &str| Some(text.to_owned());
    let found: Vec<_> = view(&home).into_iter().map(|row| (row.1, row.2)).collect();
    assert_eq!(
        found,
        [
            (text("0.006"), text("0.48")),
            (text("0.000004"), text("0.00032")),
            (text("0.006"), text("0.48681")),
            (None, None),
            (text("0.004875"), text("0.395533125")),
            (None, None),
            (text("0.006"), None),
        ]
    );
    // The rates are kept with their source, and lead there without the book.
    let ledger = Connection::open(home.ledger()).unwrap();
    let kept: Vec<String> = ledger
        .prepare("SELECT date || ' ' || from_currency || to_currency || ' ' || rate || ' ' || source FROM fx_rate ORDER BY 1")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(
        kept,
        [
            "2026-11-01 USDRUB 80 https://prices.example/fair",
            "2026-11-10 USDRUB 81.135 https://prices.example/fair",
            "2026-11-12 EURUSD 1.25 https://prices.example/fair",
        ]
    );
    std::fs::remove_file(home.file("book.yaml")).unwrap();
    let report = home.json("report --currency RUB --by day");
    assert_eq!(row(&report, "day", "2026-11-02")["cost"], "0.48");
}

#[test]
fn stored_conversions_never_move_and_missing_ones_are_filled_on_demand() {
    let calls = [
        call(1, "big", 2, 1_000, 100),
        call(2, "euro", 13, 1_000, 100),
    ];
    let home = home(BOOK, &calls);
    assert!(view(&home).iter().all(|row| row.2.is_none()));
    home.write("rates.yaml", format!("{BOOK}{RATES}"));
    let filled = home.json("reprice --apply --prices rates.yaml");
    assert_eq!(
        filled["records"],
        json!({"asked": 2, "changed": 0, "lost": 0, "converted": 2})
    );
    let stored = view(&home);
    assert_eq!(stored[0].3, Some(480_000_000_000));
    // Other rates of the same days move nothing.
    let rates = RATES
        .replace("rate: 80,", "rate: 99,")
        .replace("81.1350", "99");
    home.write("rates.yaml", format!("{BOOK}{rates}"));
    let again = home.json("reprice --apply --prices rates.yaml");
    assert_eq!(again["run"], json!(null));
    // Another price moves the amount, at the rate that was kept.
    let dearer = format!("{BOOK}{rates}").replace("input: 4", "input: 8");
    home.write("rates.yaml", dearer);
    home.ok("reprice --apply --prices rates.yaml");
    let moved = view(&home);
    assert_eq!(moved[0].2, Some("0.8".to_owned()));
    assert_eq!(moved[1], stored[1]);
}

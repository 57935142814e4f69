//! Reports at other prices and of other models: beside the stored cost, and nothing is touched.

use serde_json::json;

use crate::calls::{BOOK, call, home, row};

#[test]
fn other_prices_stand_beside_the_stored_cost() {
    let home = home(
        BOOK,
        &[call(1, "big", 2, 1_000, 100), call(2, "small", 2, 1_000, 0)],
    );
    home.write("other.yaml", BOOK.replace("input: 4", "input: 3"));
    let before = std::fs::read(home.ledger()).unwrap();
    let report = home.json("report --prices other.yaml");
    let big = row(&report, "model", "big");
    assert_eq!(
        (&big["cost"], &big["stored_cost"], &big["difference"]),
        (&json!("0.005"), &json!("0.006"), &json!("-0.001"))
    );
    assert_eq!(row(&report, "model", "small")["difference"], "0");
    assert_eq!(report["totals"][0]["difference"], "-0.001");
    assert_eq!(
        report["what_if"],
        json!({"prices": "other.yaml", "as": [], "records": 2})
    );
    assert_eq!(home.json("--prices other.yaml report"), report);
    let table = home.ok("report --prices other.yaml");
    assert!(table.contains("the ledger is untouched"), "{table}");
    assert_eq!(std::fs::read(home.ledger()).unwrap(), before);
}

#[test]
fn a_book_of_the_environment_is_no_question() {
    let home = home(BOOK, &[call(1, "big", 2, 1_000, 100)]);
    home.write("other.yaml", BOOK.replace("input: 4", "input: 3"));
    let answer = home.run_with(
        &["report", "--format", "json"],
        &[("LLMCOST_PRICES", "other.yaml")],
    );
    let report: serde_json::Value = serde_json::from_str(&answer.out).unwrap();
    assert_eq!(report["rows"][0]["cost"], "0.006");
    assert_eq!(report["rows"][0].get("stored_cost"), None);
}

#[test]
fn other_models_are_priced_at_the_same_tokens() {
    let calls = [
        call(1, "big", 2, 1_000, 100),
        call(2, "big", 3, 1_000, 100),
        call(3, "euro", 2, 1_000, 100),
    ];
    let home = home(BOOK, &calls);
    for (alias, cost, records) in [
        ("big=small", "0.0024", 2),
        ("b*=acme/small", "0.0024", 2),
        ("acme/big=rival/big", "0.006", 2),
        // The first that fits counts.
        ("big=small --as big=rival/big", "0.0024", 2),
        ("other/big=small", "0.012", 0),
    ] {
        // The books of the user are asked for the other model, not for the rest.
        home.write("config/llmcost/prices.yaml", BOOK);
        let report = home.json(&format!("report --as {alias}"));
        let big = row(&report, "model", "big");
        assert_eq!(
            (&big["cost"], &big["stored_cost"]),
            (&json!(cost), &json!("0.012")),
            "{alias}"
        );
        assert_eq!(report["what_if"]["records"], records, "{alias}");
        assert_eq!(row(&report, "model", "euro")["difference"], "0");
    }
    let unknown = home.json("report --as big=nobody-sells-this");
    let big = row(&unknown, "model", "big");
    assert_eq!(
        (&big["cost"], &big["difference"]),
        (&json!(null), &json!(null))
    );
    assert_eq!(
        unknown["notes"][0],
        "2 records of unknown cost: no price for nobody-sells-this (provider is not stated)"
    );
}

#[test]
fn costs_in_two_currencies_have_no_difference() {
    let home = home(
        BOOK,
        &[call(1, "big", 2, 1_000, 100), call(2, "big", 3, 0, 100)],
    );
    home.write("config/llmcost/prices.yaml", BOOK);
    let report = home.json("report --as big=euro");
    let (euro, dollar) = (
        row(&report, "currency", "EUR"),
        row(&report, "currency", "USD"),
    );
    assert_eq!(
        (&euro["cost"], &euro["stored_cost"]),
        (&json!("0.0048"), &json!(null))
    );
    assert_eq!(
        (&dollar["cost"], &dollar["stored_cost"]),
        (&json!(null), &json!("0.008"))
    );
    assert_eq!(
        (&euro["difference"], &dollar["requests"]),
        (&json!(null), &json!(0))
    );
}

/// Where a cost is known on one side only, the sums are of different calls.
#[test]
fn what_would_be_unknown_is_no_saving() {
    let calls = [
        call(1, "big", 2, 1_000, 100),
        call(2, "small", 2, 1_000, 0),
        call(3, "euro", 3, 1_000, 100),
    ];
    let home = home(BOOK, &calls);
    home.write("config/llmcost/prices.yaml", BOOK);
    let report = home.json("report --by day --as big=nobody-sells-this");
    let dollars = |rows: &serde_json::Value| {
        let rows = rows.as_array().unwrap().iter();
        let mut of_them = rows.filter(|row| row["currency"] == "USD");
        of_them.next().unwrap().clone()
    };
    for row in [dollars(&report["rows"]), dollars(&report["totals"])] {
        assert_eq!(
            (&row["cost"], &row["stored_cost"], &row["difference"]),
            (&json!("0.001"), &json!("0.007"), &json!(null)),
            "{row:#}"
        );
    }
    assert_eq!(row(&report, "day", "2026-11-03")["difference"], "0");
}

#[test]
fn what_is_no_question_is_refused() {
    let home = home(BOOK, &[call(1, "big", 2, 1_000, 100)]);
    for line in [
        "report --as big",
        "report --as =small",
        "report --as [=small",
        "report --currency rouble$",
        "report --cost-basis guessed",
        "report --cost-basis reported --by meter",
        "report --compare-reported --currency RUB",
    ] {
        assert_eq!(home.run(line).code, 2, "{line}");
    }
}

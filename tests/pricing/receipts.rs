//! Worked receipts: `fixtures/receipts/<case>.json` is a list of quotes on one book, with the sum
//! written out for whoever checks it by hand.

use std::collections::BTreeMap;

use llmcost::pricing::{CostStatus, Prices, price, quoted_record};
use llmcost::pricing::{Quote, Receipt};
use llmcost::usage::{TimeBasis, Timestamp, UsageRecord};
use serde::Deserialize;

use super::support::{self, Ask, cost};

#[derive(Deserialize)]
struct Worked {
    book: String,
    receipts: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    provider: String,
    model: String,
    #[serde(default)]
    at: Option<String>,
    usage: String,
    #[serde(default)]
    attributes: String,
    /// Meter → (the sum in words, what it comes to).
    charges: BTreeMap<String, (String, String)>,
    cost: String,
    #[serde(default)]
    currency: Option<String>,
    status: String,
    #[serde(default)]
    reasons: Vec<String>,
}

#[test]
fn every_worked_receipt_is_right_line_by_line() {
    let mut seen = 0;
    for entry in std::fs::read_dir(support::fixture("receipts")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let worked: Worked = serde_json::from_str(&text).unwrap();
        let prices = Prices::only(support::book(&worked.book));
        for case in &worked.receipts {
            check(case, &prices);
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen} receipts");
}

fn check(case: &Case, prices: &Prices) {
    let at = case.at.as_deref().unwrap_or("2026-11-11T12:00:00Z");
    let ask = Ask {
        provider: &case.provider,
        model: &case.model,
        at,
        usage: &case.usage,
        attributes: &case.attributes,
    };
    let receipt = ask.of(prices);
    let name = &case.name;
    for charge in &receipt.charges {
        let (_, wanted) = &case.charges[charge.meter.name()];
        let found = charge
            .cost
            .map_or_else(|| "unpriced".to_owned(), |cost| cost.to_string());
        assert_eq!(&found, wanted, "{name}: {}", charge.meter);
    }
    assert_eq!(receipt.charges.len(), case.charges.len(), "{name}");
    assert_eq!(cost(&receipt), case.cost, "{name}: {:?}", receipt.reasons);
    assert_eq!(
        receipt.status.name(),
        case.status,
        "{name}: {:?}",
        receipt.reasons
    );
    assert_eq!(receipt.reasons, case.reasons, "{name}");
    if let Some(currency) = &case.currency {
        assert_eq!(receipt.currency.as_ref(), Some(currency), "{name}");
    }
}

fn workshop() -> Prices {
    Prices::only(support::book("prices/workshop.yaml"))
}

fn record(usage: &str) -> UsageRecord {
    quoted_record(&Quote {
        provider: Some("acme"),
        model: "plain",
        at: Timestamp::parse("2026-11-11T12:00:00Z"),
        usage: support::usage(usage),
        attributes: BTreeMap::new(),
    })
}

fn told(receipt: &Receipt) -> (String, CostStatus, Vec<&str>) {
    let reasons = receipt.reasons.iter().map(String::as_str).collect();
    (cost(receipt), receipt.status, reasons)
}

#[test]
fn remarks_of_the_adapter_reach_the_status() {
    let mut doubtful = record("input=100");
    doubtful.doubt("odd");
    doubtful.warn("harmless");
    let receipt = price(&doubtful, &workshop());
    assert_eq!(
        told(&receipt),
        ("0.0004".to_owned(), CostStatus::Estimated, vec!["odd"])
    );
    let mut lacking = record("input=100");
    lacking.gap("output is missing");
    let receipt = price(&lacking, &workshop());
    let wanted = (
        "0.0004".to_owned(),
        CostStatus::Partial,
        vec!["output is missing"],
    );
    assert_eq!(told(&receipt), wanted);
    let mut unknown = record("");
    unknown.gap("no usage");
    let receipt = price(&unknown, &workshop());
    assert_eq!(
        told(&receipt),
        (
            "unpriced".to_owned(),
            CostStatus::Unpriced,
            vec!["no usage"]
        )
    );
}

#[test]
fn nothing_used_costs_nothing_at_any_price() {
    let receipt = price(&record(""), &workshop());
    assert_eq!(told(&receipt), ("0".to_owned(), CostStatus::Exact, vec![]));
}

#[test]
fn a_time_that_is_not_the_records_own_is_a_guess() {
    let mut of_file = record("input=100");
    of_file.happened(Timestamp::parse("2026-11-11T12:00:00Z"), TimeBasis::File);
    let receipt = price(&of_file, &workshop());
    assert_eq!(receipt.reasons, ["the time is that of the file"]);
    let mut timeless = record("input=100");
    timeless.occurred = None;
    let receipt = price(&timeless, &workshop());
    assert_eq!(receipt.reasons, ["the time is not known"]);
    assert_eq!(receipt.status, CostStatus::Estimated);
}

#[test]
fn what_is_paid_elsewhere_is_covered() {
    for (name, value) in [("plan", "subscription"), ("plan", "provisioned")] {
        let mut covered = record("input=100,stamp=1");
        covered.attribute(name, Some(value));
        let receipt = price(&covered, &workshop());
        assert_eq!(
            (cost(&receipt), receipt.status),
            ("0".to_owned(), CostStatus::Covered)
        );
        assert_eq!(receipt.charges.len(), 2);
    }
}

#[test]
fn an_amount_too_large_to_keep_is_no_number() {
    let receipt = price(&record("output=1000000000000000"), &workshop());
    let wanted = vec!["output: the amount is too large"];
    assert_eq!(
        told(&receipt),
        ("unpriced".to_owned(), CostStatus::Unpriced, wanted)
    );
}

#[test]
fn a_discount_of_one_book_holds_for_another() {
    let overlay = support::parse(
        "format: llmcost-prices/1
book: {name: mine, version: 1, currency: USD}
providers: {openai: {discount: 0.9}}
",
    );
    let prices = Prices::bundled().with_overlay(overlay).unwrap();
    let usage = "input=1000000,web_search=1";
    let receipt = Ask {
        provider: "openai",
        model: "gpt-5",
        usage,
        ..Ask::default()
    }
    .of(&prices);
    // (1.25 + 0.01) × 0.9
    assert_eq!(cost(&receipt), "1.134");
    let snapshot = support::parse(&receipt.price.as_ref().unwrap().snapshot);
    let again = Ask {
        provider: "openai",
        model: "gpt-5",
        usage,
        ..Ask::default()
    };
    assert_eq!(again.of(&Prices::only(snapshot)).charges, receipt.charges);
}

#[test]
fn a_doubt_begins_on_the_day_after() {
    let prices = Prices::only(support::parse(
        "format: llmcost-prices/1
book: {name: days, version: 1, currency: USD}
sources: {page: {url: x, checked: 2026-11-01}}
meters: {murmur: {group: tokens, falls_back_to: input}}
schedules: {rush: {days: [sun, mon], hours_utc: [00:00-24:00], calendar_until: 2026-11-15}}
models:
  - id: acme/new
    match: [new]
    prices: [{from: 2026-11-01, source: [page], per_1m: {input: 1}}]
  - id: acme/newer
    match: [newer]
    prices: [{from: 2026-11-02, source: [page], per_1m: {input: 1}}]
  - {id: acme/none, match: [none], prices: []}
  - id: acme/rush
    match: [rush]
    prices:
      - source: [page]
        per_1m: {input: 1, output: 2}
        unverified: [input]
        rules: [{if: {schedule: rush}, times: {output: 2}}]
",
    ));
    let status = |model, at, usage| {
        let ask = Ask {
            provider: "acme",
            model,
            at,
            usage,
            ..Ask::default()
        };
        ask.of(&prices).status
    };
    let none = Ask {
        provider: "acme",
        model: "none",
        at: "",
        usage: "input=1",
        ..Ask::default()
    };
    let reasons = none.of(&prices).reasons;
    assert_eq!(reasons, ["acme/none has no published price"]);
    let input = |model| status(model, "2026-11-10T12:00:00Z", "input=1");
    assert_eq!(input("new"), CostStatus::Exact, "checked on its first day");
    assert_eq!(input("newer"), CostStatus::Estimated, "announced");
    let output = |at| status("rush", at, "output=1");
    assert_eq!(output("2026-11-15T12:00:00Z"), CostStatus::Exact);
    assert_eq!(output("2026-11-16T12:00:00Z"), CostStatus::Estimated);
    assert_eq!(output("2026-11-17T12:00:00Z"), CostStatus::Exact);
    for usage in ["input=1", "murmur=1"] {
        let ask = Ask {
            provider: "acme",
            model: "rush",
            usage,
            ..Ask::default()
        };
        let reasons = ask.of(&prices).reasons.join(" ");
        assert!(reasons.contains("is not verified"), "{usage}: {reasons}");
    }
}

#[test]
fn the_ordinary_words_of_an_attribute_are_no_doubt() {
    let prices = Prices::only(support::book("prices/workshop.yaml"));
    let status = |attributes| {
        let ask = Ask {
            provider: "acme",
            model: "plain",
            usage: "input=1",
            attributes,
            ..Ask::default()
        };
        ask.of(&prices).status
    };
    for ordinary in [
        "service_tier=default",
        "service_tier=on_demand",
        "service_tier=standard_only",
        "geo=global",
        "geo=not_available",
        "plan=paid",
    ] {
        assert_eq!(status(ordinary), CostStatus::Exact, "{ordinary}");
    }
    for odd in ["service_tier=paid", "geo=on_demand", "plan=on_demand"] {
        assert_eq!(status(odd), CostStatus::Estimated, "{odd}");
    }
}

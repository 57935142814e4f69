//! What changed: by model and meter, from when, however it is cut into periods.

use serde_json::{Value as Json, json};

use super::binary::Home;
use super::book;

fn changes(old: &str, new: &str) -> Vec<Json> {
    let home = Home::new();
    std::fs::write(home.path("old.yaml"), book(old)).unwrap();
    std::fs::write(home.path("new.yaml"), book(new)).unwrap();
    let json = home.json(&["prices", "diff", "old.yaml", "new.yaml", "--format", "json"]);
    assert_eq!(json["schema"], "llmcost.prices.diff/1");
    json["changes"].as_array().unwrap().clone()
}

/// A change of the input or cache rate from a day on.
fn change(what: &str, from: &str, old: Option<&str>, new: &str) -> Json {
    let rate = |price: &str| format!("{price} USD per 1M tokens");
    json!({"model": "acme/a", "what": what, "from": from, "to": null, "old": old.map(rate), "new": rate(new)})
}

const OLD: &str = "  - id: acme/a
    match: [a]
    prices:
      - {source: [page], per_1m: {input: 3, output: 15}}
";

#[test]
fn a_period_that_ends_and_one_that_begins_are_one_change() {
    let new = "  - id: acme/a
    match: [a]
    prices:
      - {to: 2026-10-01, source: [page], per_1m: {input: 3, output: 15}}
      - {from: 2026-10-01, to: 2026-12-01, source: [page], per_1m: {input: 2, output: 15}}
      - {from: 2026-12-01, source: [page], per_1m: {input: 2, output: 15, cache_read: 0.20}}
";
    let wanted = [
        change("cache_read", "2026-12-01", None, "0.20"),
        change("input", "2026-10-01", Some("3"), "2"),
    ];
    let mut found = changes(OLD, new);
    found.sort_by_key(|change| change["what"].to_string());
    assert_eq!(found, wanted);
}

#[test]
fn rules_names_and_whole_models_are_told_too() {
    let new = "  - id: acme/a
    match: [a, a2]
    prices:
      - source: [page]
        per_1m: {input: 3, output: 15}
        rules:
          - {if: {service_tier: [batch]}, times: {tokens: 0.5}}

  - id: acme/b
    match: [b]
    prices:
      - {source: [page], each: {image: 0.1}}
";
    let found = changes(OLD, new);
    let told: Vec<(&str, &str)> = found
        .iter()
        .map(|change| {
            (
                change["model"].as_str().unwrap(),
                change["what"].as_str().unwrap(),
            )
        })
        .collect();
    let wanted = [
        ("acme/a", "match"),
        ("acme/a", "if service_tier is batch"),
        ("acme/b", "match"),
        ("acme/b", "image"),
    ];
    assert_eq!(told, wanted);
    assert_eq!(changes(OLD, OLD).len(), 0);
    assert_eq!(changes(new, OLD).len(), 4);
}

#[test]
fn a_rate_in_another_unit_or_with_other_zeros_is_told_as_it_is_written() {
    let found = changes(OLD, &OLD.replace("input: 3,", "input: 3.50,"));
    assert_eq!(found[0]["new"], "3.50 USD per 1M tokens");
    assert_eq!(
        changes(OLD, &OLD.replace("input: 3,", "input: 3.00,")),
        [Json::Null; 0]
    );
}

#[test]
fn an_overlay_is_compared_as_it_lies_over_the_bundled_books() {
    let home = Home::new();
    let overlay = book("  - id: openai/gpt-5-mini\n    extends: bundled\n    prices:\n      - {source: [page], per_1k: {stamp: 1}}\n")
        .replace("models:", "meters: {stamp: {group: fees}}\nmodels:");
    std::fs::write(home.path("ours.yaml"), overlay).unwrap();
    let json = home.json(&["prices", "diff", "bundled", "ours.yaml", "--format", "json"]);
    let told: Vec<&str> = json["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["what"].as_str().unwrap())
        .collect();
    assert!(told.contains(&"stamp"), "{told:?}");
    assert!(
        told.iter()
            .all(|what| *what == "stamp" || what.starts_with("meter")),
        "{told:?}"
    );
}

//! Names by regular expression, and rules that say why they are an estimate.

use llmcost::pricing::{CostStatus, Prices};

use super::support::{Ask, cost, parse};

const BOOK: &str = r#"
format: llmcost-prices/1
book: {name: b, version: 1, currency: USD}
sources: {page: {url: x}}
models:
  - id: acme/family
    regex: ['quill-\d+(-mini)?']
    prices:
      - source: [page]
        each: {image: 1}
        rules:
          - {pick: context, if: {prompt_above: 10}, times: {tokens: 2}, estimated: nobody measured it}
          - {if: {geo: [eu]}, estimated: the contract is not signed}
        per_1m: {input: 1}
  - id: acme/dated
    match: ["quill-7*"]
    prices: [{source: [page], each: {image: 2}}]
  - id: acme/one
    match: [quill-77]
    prices: [{source: [page], each: {image: 3}}]
  - id: gemini/paint
    match: [paint]
    prices: [{source: [page], each: {image: 4}}]
"#;

fn image(provider: &str, model: &str) -> String {
    let ask = Ask {
        provider,
        model,
        usage: "image=1",
        ..Ask::default()
    };
    cost(&ask.of(&Prices::only(parse(BOOK))))
}

#[test]
fn exact_beats_pattern_beats_expression() {
    assert_eq!(image("acme", "quill-5-mini"), "1");
    assert_eq!(image("acme", "quill-5-maxi"), "unpriced");
    assert_eq!(image("acme", "my-quill-5"), "unpriced");
    assert_eq!(image("acme", "quill-71"), "2");
    assert_eq!(image("acme", "quill-77"), "3");
    // It fixes letters, so it says who serves it.
    assert_eq!(image("", "quill-5"), "1");
}

/// Of two models that fit a name alike, that of the higher book has the price.
#[test]
fn the_higher_book_wins_where_both_fit_alike() {
    let with_higher = |from: &str, to: &str| {
        let book = BOOK.replace("name: b", "name: higher");
        let book = book
            .replace("acme/one", "acme/other")
            .replace("image: 3", "image: 5");
        let prices = Prices::only(parse(BOOK));
        let prices = prices.with_overlay(parse(&book.replace(from, to))).unwrap();
        let ask = Ask {
            provider: "acme",
            model: "quill-77",
            usage: "image=1",
            ..Ask::default()
        };
        cost(&ask.of(&prices))
    };
    assert_eq!(with_higher("[quill-77]", "[quill-77]"), "5");
    // One that fits better has it in whatever book it stands.
    assert_eq!(with_higher("[quill-77]", "[quill-78]"), "3");
}

/// A book may call a provider by any name that is known.
#[test]
fn spellings_of_a_provider_are_one_provider() {
    for provider in ["gemini", "google", "gcp.gemini"] {
        assert_eq!(image(provider, "paint"), "4");
    }
}

#[test]
fn a_rule_may_say_that_it_is_an_estimate() {
    let prices = Prices::only(parse(BOOK));
    let ask = |usage, attributes| {
        let ask = Ask {
            provider: "acme",
            model: "quill-5",
            usage,
            attributes,
            ..Ask::default()
        };
        let receipt = ask.of(&prices);
        (cost(&receipt), receipt.status, receipt.reasons)
    };
    assert_eq!(
        ask("input=10", ""),
        ("0.00001".to_owned(), CostStatus::Exact, vec![])
    );
    let long = (
        "0.000022".to_owned(),
        CostStatus::Estimated,
        vec!["nobody measured it".to_owned()],
    );
    assert_eq!(ask("input=11", ""), long);
    assert_eq!(ask("input=10", "geo=eu").2, ["the contract is not signed"]);
}

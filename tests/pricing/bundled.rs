//! The books in the binary.

use std::collections::BTreeSet;

use llmcost::pricing::{CostStatus, PriceBook, Prices, bundled_texts};

use super::support::{Ask, cost, parse};

#[test]
fn every_bundled_book_loads_and_no_model_is_in_two() {
    let mut ids = BTreeSet::new();
    for (provider, text) in bundled_texts() {
        let book = PriceBook::parse(provider, text.as_bytes()).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(book.info().name, provider);
        for model in book.models() {
            assert!(ids.insert(model.id.clone()), "{} is in two books", model.id);
            let own = provider == model.provider() || provider == "local";
            assert!(own, "{} is in the book of {provider}", model.id);
        }
    }
    assert_eq!(Prices::bundled().books().len(), bundled_texts().count());
}

/// A run reads single models out of the books. It must find what the whole book says.
#[test]
fn a_model_that_is_read_alone_is_what_its_book_says() {
    let prices = Prices::bundled();
    for (book, model) in prices.models() {
        let text = serde_json::to_string(model).unwrap();
        for name in &model.matches {
            let name = name.replace('*', "x").replace('?', "0");
            let (fit, wanted) = book.find(model.provider(), &name, &|_| false).unwrap();
            let found = prices.find(model.provider(), &name).unwrap();
            assert_eq!((found.fit, &found.model.id), (fit, &wanted.id), "{name}");
            assert_eq!(found.book.info(), book.info(), "{name}");
            if wanted.id == model.id {
                assert_eq!(serde_json::to_string(found.model).unwrap(), text);
            }
        }
    }
}

#[test]
fn a_local_server_costs_nothing_and_ollamas_cloud_is_unknown() {
    let ask = |provider, model| {
        let ask = Ask {
            provider,
            model,
            usage: "input=10,reasoning=5",
            ..Ask::default()
        };
        let receipt = ask.of(&Prices::bundled());
        (cost(&receipt), receipt.status)
    };
    assert_eq!(
        ask("ollama", "qwen3:4b"),
        ("0".to_owned(), CostStatus::Exact)
    );
    assert_eq!(
        ask("llamacpp", "/models/any.gguf"),
        ("0".to_owned(), CostStatus::Exact)
    );
    assert_eq!(ask("ollama", "gpt-oss:120b-cloud").1, CostStatus::Unpriced);
    // A pattern that fits everything does not make a model local.
    assert_eq!(ask("", "some-unheard-of-model").1, CostStatus::Unpriced);
}

#[test]
fn an_overlay_may_change_one_price_of_a_bundled_model() {
    let overlay = parse(
        "format: llmcost-prices/1
book: {name: mine, version: 1, currency: USD}
sources: {contract: {url: 'file:contract.pdf', checked: 2026-11-01}}
models:
  - id: openai/gpt-5-mini
    extends: bundled
    prices: [{source: [contract], per_1m: {output: 1.5}}]
",
    );
    let prices = Prices::bundled().with_overlay(overlay).unwrap();
    let ask = |attributes| {
        let usage = "input=1000000,output=1000000";
        let ask = Ask {
            provider: "openai",
            model: "gpt-5-mini-2025-08-07",
            usage,
            attributes,
            ..Ask::default()
        };
        let receipt = ask.of(&prices);
        assert_eq!(receipt.status, CostStatus::Exact, "{:?}", receipt.reasons);
        (cost(&receipt), receipt.price.unwrap().book)
    };
    assert_eq!(ask(""), ("1.75".to_owned(), "mine".to_owned()));
    assert_eq!(ask("service_tier=flex").0, "0.875");
}

#[test]
fn an_overlay_that_extends_nothing_says_so() {
    let overlay = parse(
        "format: llmcost-prices/1
book: {name: mine, version: 1, currency: USD}
sources: {contract: {url: x, checked: 2026-11-01}}
models: [{id: openai/gpt-0, extends: bundled, prices: []}]
",
    );
    let error = Prices::bundled().with_overlay(overlay).unwrap_err();
    assert!(error.message.contains("openai/gpt-0"), "{error}");
}

//! Any text as a price book: what can be read prices without a panic, and has one canonical form.

use std::collections::BTreeMap;

use llmcost::money::{Money, Quantity};
use llmcost::pricing::{PriceBook, Prices, Quote, quote, writing};
use llmcost::usage::Timestamp;

/// Models of a book that are asked for.
const ASKED: usize = 4;

/// The text of a book, in our format or in the older one.
pub fn run(bytes: &[u8]) {
    let Ok(book) = PriceBook::parse("book.yaml", bytes) else {
        return;
    };
    let text = super::text(bytes);
    if book.usage_logging().is_none() {
        match writing::canonical("book.yaml", text) {
            Ok(written) => {
                let again = writing::canonical("book.yaml", &written).unwrap();
                assert_eq!(again, written, "the canonical form of the canonical form");
            }
            Err(error) => assert!(
                !error.message.contains("would not say the same"),
                "{text:?}"
            ),
        }
    }
    let models: Vec<String> = book
        .models()
        .iter()
        .take(ASKED)
        .map(|model| model.id.clone())
        .collect();
    let prices = Prices::only(book);
    for id in &models {
        let (provider, model) = id.split_once('/').unwrap_or(("", id));
        ask(&prices, Some(provider), model);
    }
    ask(&prices, None, "gpt-4o");
}

/// What is asked for costs the sum of its charges.
fn ask(prices: &Prices, provider: Option<&str>, model: &str) {
    let usage = ["input", "cache_read", "output", "image", "video_second"];
    let usage = usage.map(|meter| (meter.to_owned(), Quantity::of(1_234_567)));
    for (at, tier) in [
        ("2026-11-02T10:00:00Z", None),
        ("2020-01-01T00:00:00Z", Some("batch")),
    ] {
        let quantities = Quote {
            provider,
            model,
            at: Timestamp::parse(at),
            usage: BTreeMap::from(usage.clone()),
            attributes: tier
                .map(|tier| ("service_tier".to_owned(), tier.to_owned()))
                .into_iter()
                .collect(),
        };
        let receipt = quote(&quantities, prices);
        let mut charges = receipt.charges.iter().filter_map(|charge| charge.cost);
        let sum = charges.try_fold(Money::ZERO, |sum, cost| sum.plus(cost).ok());
        assert!(receipt.cost.is_none() || receipt.cost == sum, "{receipt:?}");
    }
}

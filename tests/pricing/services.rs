//! Services whose responses name no model, and tiers that are not the caller's.

use llmcost::money::Quantity;
use llmcost::pricing::{CostStatus, Prices, Receipt, price};
use llmcost::usage::{Field, LineItem, Meter, ReportedCost, UsageRecord};

use super::support::cost;

fn record(provider: &str, operation: &str, meter: Meter, count: u32) -> UsageRecord {
    let mut record = UsageRecord::of("text", operation);
    record.facts.text(Field::Provider, Some(provider));
    record.add_item(LineItem::new(meter, Quantity::of(count)));
    record
}

fn sku(receipt: &Receipt) -> Option<&str> {
    Some(receipt.price.as_ref()?.sku.as_str())
}

#[test]
fn a_service_that_names_no_model_has_the_price_of_its_operation() {
    let prices = Prices::bundled();
    for (provider, operation, meter, count, expected) in [
        ("tavily", "search", Meter::CREDIT, 2, "0.016"),
        ("serper", "search", Meter::CREDIT, 1, "0.001"),
        ("brave", "search", Meter::WEB_SEARCH, 1, "0.005"),
        ("perplexity", "search", Meter::WEB_SEARCH, 1, "0.005"),
        ("runway", "task", Meter::CREDIT, 25, "0.25"),
    ] {
        let receipt = price(&record(provider, operation, meter, count), &prices);
        assert_eq!(
            cost(&receipt),
            expected,
            "{provider}: {:?}",
            receipt.reasons
        );
        assert_eq!(
            sku(&receipt),
            Some(format!("{provider}/{operation}").as_str())
        );
    }
}

#[test]
fn an_operation_is_no_model_where_one_is_named_or_only_a_pattern_would_fit() {
    let prices = Prices::bundled();
    let mut named = record("tavily", "search", Meter::CREDIT, 1);
    named.facts.text(Field::ResponseModel, Some("extract"));
    let receipt = price(&named, &prices);
    assert_eq!(receipt.reasons, ["no price for extract (tavily)"]);
    // The local servers' book has `*`, and OpenAI's no model called chat.
    for provider in ["ollama", "openai"] {
        let receipt = price(&record(provider, "chat", Meter::INPUT, 1), &prices);
        assert_eq!(receipt.status, CostStatus::Unpriced);
        assert_eq!(
            receipt.reasons,
            ["the response does not say its model"],
            "{provider}"
        );
    }
}

#[test]
fn a_gateways_way_to_its_model_covers_nothing_that_it_charges() {
    let prices = Prices::bundled();
    let asked = |stated: Option<&str>, plan: Option<&str>| {
        let mut record = record("openrouter", "chat", Meter::INPUT, 808);
        let model = Some("google/gemini-2.5-flash");
        record.facts.text(Field::ResponseModel, model);
        record.tier(Some("provisioned"));
        record.attribute("plan", plan);
        record.reported_cost = stated.map(|amount| ReportedCost {
            amount: amount.to_owned(),
            currency: "USD".to_owned(),
            field: "usage.cost".to_owned(),
        });
        price(&record, &prices).status
    };
    assert_eq!(asked(Some("0.0002524"), None), CostStatus::Unpriced);
    assert_eq!(asked(Some("0"), None), CostStatus::Covered);
    assert_eq!(asked(None, None), CostStatus::Covered);
    let subscribed = asked(Some("0.0002524"), Some("subscription"));
    assert_eq!(subscribed, CostStatus::Covered);
}

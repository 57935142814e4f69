//! What a response of the OpenAI dialect says it cost: kept beside our own figure, never billed.

use crate::error::Fault;
use crate::json::{Kind, Object};
use crate::usage::{ReportedCost, UsageRecord, clean_text};

/// xAI counts money in ticks: 10¹⁰ of them are one US dollar. <https://docs.x.ai/docs/models>
const TICKS: i32 = -10;
/// Copilot counts in billionths of its AI units.
const NANO: i32 = -9;

/// Components of a cost object; its total is kept.
const PARTS: &[&str] = &[
    "input_tokens_cost",
    "output_tokens_cost",
    "request_cost",
    "citation_tokens_cost",
    "reasoning_tokens_cost",
    "search_queries_cost",
    "input_cost",
    "output_cost",
    "cache_creation_cost",
    "cache_read_cost",
    "tool_calls_cost",
    "currency",
];

/// Reads the cost that a usage object states, in any of the known ways: a number, a decimal string,
/// or an object with a total.
pub fn read(record: &mut UsageRecord, usage: &Object<'_>) -> Result<(), Fault> {
    if usage.is_kind("cost", Kind::Object) {
        if let Some(cost) = usage.object("cost")? {
            let currency = cost.text("currency")?.and_then(|word| clean_text(&word));
            let currency =
                currency.map_or_else(|| "USD".to_owned(), |word| word.to_ascii_uppercase());
            state(record, &cost, "total_cost", &currency);
            cost.ignore(PARTS);
            record.warn_unread(&cost);
        }
    } else {
        state(record, usage, "cost", "USD");
    }
    if usage.flag("is_byok")? == Some(true) {
        record.warn("the call ran on the caller's own key: usage.cost is the gateway's fee only, and usage.cost_details.upstream_inference_cost what the upstream account pays");
    }
    usage.ignore(&["cost_details", "market_cost"]);
    ticks(record, usage)
}

/// Venice states dollars beside the usage object, or its own credits where those paid.
pub fn venice(record: &mut UsageRecord, body: &Object<'_>) -> Result<(), Fault> {
    if !body.is_kind("cost", Kind::Object) {
        return Ok(());
    }
    let Some(cost) = body.object("cost")? else {
        return Ok(());
    };
    let states = |name: &str| cost.peek(name).is_some_and(|value| value.as_str() != "0");
    if states("diem") && !states("usd") {
        state(record, &cost, "diem", "DIEM");
    } else {
        state(record, &cost, "usd", "USD");
    }
    Ok(())
}

/// Keeps a cost exactly as it is written. One that is no number costs only itself, not the record.
fn state(record: &mut UsageRecord, object: &Object<'_>, name: &str, currency: &str) {
    match object.number_text(name) {
        Ok(Some(amount)) => {
            record.reported_cost = Some(ReportedCost {
                amount,
                currency: currency.to_owned(),
                field: object.path_of(name),
            });
        }
        Ok(None) => {}
        Err(_) => record.warn(format!("{} is not a number", object.path_of(name))),
    }
}

/// xAI's exact charge, tools and batch discount included.
pub fn ticks(record: &mut UsageRecord, usage: &Object<'_>) -> Result<(), Fault> {
    if let Some(amount) = scaled(usage, "cost_in_usd_ticks", TICKS)? {
        record.reported_cost = Some(dollars(amount, usage.path_of("cost_in_usd_ticks")));
    }
    Ok(())
}

/// Copilot's charge in its own unit; what a unit costs depends on the plan.
pub fn copilot(record: &mut UsageRecord, body: &Object<'_>) -> Result<(), Fault> {
    let Some(usage) = body.object("copilot_usage")? else {
        return Ok(());
    };
    if let Some(amount) = scaled(&usage, "total_nano_aiu", NANO)? {
        record.reported_cost = Some(ReportedCost {
            amount,
            currency: "AIU".to_owned(),
            field: usage.path_of("total_nano_aiu"),
        });
    }
    Ok(())
}

/// A cost in US dollars, as the field states it.
pub fn dollars(amount: String, field: String) -> ReportedCost {
    ReportedCost {
        amount,
        currency: "USD".to_owned(),
        field,
    }
}

fn scaled(object: &Object<'_>, name: &str, exponent: i32) -> Result<Option<String>, Fault> {
    let Some(number) = object.exact(name)? else {
        return Ok(None);
    };
    number
        .shift(exponent)
        .map(|amount| Some(amount.to_string()))
        .map_err(|error| object.fault(name, &error.to_string()))
}

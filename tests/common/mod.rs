//! Records and receipts for tests, built by hand.
#![allow(dead_code, reason = "each test binary uses some of these")]

use std::collections::BTreeMap;
use std::sync::Arc;

use llmcost::ledger::Place;
use llmcost::money::{Exact, Money, Quantity, charge as cost_of};
use llmcost::pricing::{AppliedRate, Charge, CostStatus, Multiplier, Per, PriceUsed, Receipt};
use llmcost::usage::{
    Field, FieldKind, Identity, LineItem, Meter, ReportedCost, Timestamp, UsageRecord, Value,
    WebSearch, identity,
};

pub fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

pub fn exact(text: &str) -> Exact {
    Exact::parse(text).unwrap()
}

pub fn place(path: &str, line: u64) -> Place {
    Place {
        path: path.into(),
        line,
        pointer: String::new(),
        format: "jsonl>anthropic.message".to_owned(),
    }
}

/// A plain record of a model at 3 and 15 dollars per million tokens.
pub fn record(id: &str, input: u32, output: u32) -> UsageRecord {
    let mut record = UsageRecord::of("text", "chat");
    record.facts.text(Field::Provider, Some("anthropic"));
    record
        .facts
        .text(Field::ResponseModel, Some("claude-sonnet-4-5"));
    record.facts.text(Field::ResponseId, Some(id));
    record.add(Meter::INPUT, Quantity::of(input));
    record.add(Meter::OUTPUT, Quantity::of(output));
    record
}

/// A record in which every field and every kind of line item says something.
pub fn rich_record() -> UsageRecord {
    let mut record = record("msg_01Xy7vTz3Rb9WfYxNc5LpAhD", 1_000, 500);
    for field in Field::ALL {
        let value = match field.kind() {
            FieldKind::Text => Value::Text(format!("some {field}")),
            FieldKind::Integer => Value::Integer(7),
            FieldKind::Time => Value::Time(time("2026-11-02T10:00:00.250Z")),
            FieldKind::Flag => Value::Flag(false),
        };
        if !record.facts.has(*field) {
            record.facts.set(*field, value);
        }
    }
    record.facts.text(Field::RequestId, Some("req_1"));
    record.created(Some(time("2026-11-02T10:00:00.250Z")));
    record.attributes.insert("geo".to_owned(), "us".to_owned());
    record
        .tags
        .insert("env".to_owned(), "prod \"x\"".to_owned());
    record.add(Meter::CACHE_READ, Quantity::of(2_000));
    record.add(Meter::REASONING, Quantity::of(40));
    record.add(Meter::INPUT_AUDIO, Quantity::of(12));
    record.add(Meter::WEB_SEARCH, Quantity::of(2));
    let seconds = Quantity::parse("8.5").unwrap();
    record.add_item(LineItem::new(Meter::VIDEO_SECOND, seconds).with("size", Some("720x1280")));
    record.add_item(
        LineItem::new(Meter::IMAGE, Quantity::ONE)
            .with("size", Some("1024x1024"))
            .with("quality", Some("high")),
    );
    let search = WebSearch {
        provider: Some("brave".into()),
        count: Quantity::of(2),
        query_chars_total: Some(17),
        ..WebSearch::default()
    };
    record.searches.push(search);
    record.doubt("a doubt");
    record.warn("a warning");
    record.stated_total = Some(Quantity::of(3_540));
    let reported = ReportedCost {
        amount: "0.0123450000000000001".into(),
        currency: "USD".into(),
        field: "usage.cost".into(),
    };
    record.reported_cost = Some(reported);
    record.raw_usage = Some(r#"{"input_tokens":1000,"tier":"standard","cost":1.50}"#.to_owned());
    record.part = Some("main".to_owned());
    record
}

/// The rate that the receipts below use for a meter.
fn rate_of(meter: &Meter) -> Option<AppliedRate> {
    let (quoted, per) = match meter.name() {
        "input" => ("3", Per::Million),
        "cache_read" => ("0.30", Per::Million),
        "output" | "reasoning" => ("15", Per::Million),
        "web_search" => ("10", Per::Thousand),
        "video_second" => ("0.111", Per::Hour),
        _ => return None,
    };
    let batch = Multiplier {
        why: "service_tier=batch".to_owned(),
        factor: exact("0.5"),
    };
    let falls_back_to = (*meter == Meter::REASONING).then_some(Meter::OUTPUT);
    Some(AppliedRate {
        quoted: exact(quoted),
        per,
        multipliers: vec![batch],
        falls_back_to,
        billed: None,
    })
}

/// The charge of one line item of a record.
pub fn charge(record: &UsageRecord, at: usize) -> Charge {
    let item = &record.items[at];
    let rate = rate_of(&item.meter);
    let cost = rate.as_ref().map(|rate| {
        cost_of(
            item.quantity.exact(),
            rate.quoted,
            &[exact("0.5")],
            rate.per.units(),
        )
        .unwrap()
    });
    Charge {
        meter: item.meter.clone(),
        quantity: item.quantity,
        attributes: item.attributes.clone(),
        rate,
        cost: cost.map(|(cost, _)| cost),
        rounded: cost.is_some_and(|(_, rounded)| rounded),
    }
}

/// A receipt at made-up prices.
pub fn receipt(record: &UsageRecord) -> Receipt {
    let charges: Vec<Charge> = (0..record.items.len())
        .map(|at| charge(record, at))
        .collect();
    let mut total = Money::ZERO;
    for cost in charges.iter().filter_map(|charge| charge.cost) {
        total = total.plus(cost).unwrap();
    }
    let partial = charges.iter().any(|charge| charge.cost.is_none());
    Receipt {
        charges,
        cost: Some(total),
        currency: Some("USD".to_owned()),
        status: if partial {
            CostStatus::Partial
        } else {
            CostStatus::Exact
        },
        reasons: if partial {
            vec!["no rate for some".to_owned()]
        } else {
            Vec::new()
        },
        price: Some(PriceUsed {
            book: "test".to_owned(),
            version: "2026-11-22".to_owned(),
            sha256: "0".repeat(64),
            sku: "anthropic/claude-sonnet-4-5".to_owned(),
            from: Some("2025-09-29".to_owned()),
            snapshot: Arc::from("format: llmcost-prices/1"),
        }),
    }
}

/// The identity a record has on its own.
pub fn identity_of(record: &UsageRecord) -> Identity {
    let position = identity::Position {
        source: &[1; 16],
        text: &[2; 16],
    };
    let (seed, basis) = identity::seed(record, position);
    identity::finish(seed, basis, 1)
}

/// Nothing, for maps in tests.
pub fn none() -> BTreeMap<String, String> {
    BTreeMap::new()
}

//! Entries for the tests, and short ways to ask about them.

use std::collections::BTreeMap;
use std::sync::Arc;

use llmcost::ledger::{Entry, Place};
use llmcost::money::{Exact, Money, Quantity};
use llmcost::pricing::{AppliedRate, Charge, CostStatus, Per, PriceUsed, Receipt};
use llmcost::report::{Dimension, Filter, Query, Report, report};
use llmcost::usage::{
    Field, IdentityBasis, Meter, Occurred, RecordId, TimeBasis, Timestamp, UsageRecord,
};
use serde_json::Value as Json;

pub fn exact(text: &str) -> Exact {
    Exact::parse(text).unwrap()
}

pub fn money(text: &str) -> Money {
    exact(text).to_money(1).unwrap().0
}

pub fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// A call that used nothing and cost nothing, in a currency.
pub fn call(id: &str) -> Entry {
    Entry {
        id: RecordId::of(&[id.as_bytes()]),
        basis: IdentityBasis::ResponseId,
        record: UsageRecord::default(),
        receipt: Receipt {
            charges: Vec::new(),
            cost: Some(Money::ZERO),
            currency: Some("USD".to_owned()),
            status: CostStatus::Exact,
            reasons: Vec::new(),
            price: None,
        },
        place: Place {
            path: "logs/app.jsonl".into(),
            line: 7,
            pointer: String::new(),
            format: "jsonl>openai.chat".to_owned(),
        },
        run: 1,
        ingested_at: at("2026-11-20T00:00:00Z"),
    }
}

pub trait Build: Sized {
    fn with(self, field: Field, text: &str) -> Self;
    fn on(self, time: &str) -> Self;
    fn tag(self, name: &str, value: &str) -> Self;
    fn used(self, meter: Meter, quantity: &str, rate: &str) -> Self;
    fn unpriced(self, meter: Meter, quantity: &str) -> Self;
    fn costs(self, amount: &str, currency: &str) -> Self;
    fn is(self, status: CostStatus, reason: &str) -> Self;
    fn book(self, name: &str, version: &str) -> Self;
}

impl Build for Entry {
    fn with(mut self, field: Field, text: &str) -> Self {
        self.record.facts.text(field, Some(text));
        self
    }

    fn on(mut self, time: &str) -> Self {
        self.record.occurred = Some(Occurred {
            at: at(time),
            basis: TimeBasis::Response,
        });
        self
    }

    fn tag(mut self, name: &str, value: &str) -> Self {
        self.record.tags.insert(name.to_owned(), value.to_owned());
        self
    }

    /// A line item at a rate per million.
    fn used(mut self, meter: Meter, quantity: &str, rate: &str) -> Self {
        let quantity = Quantity::parse(quantity).unwrap();
        self.record.add(meter.clone(), quantity);
        let product = quantity.exact().times(exact(rate)).unwrap();
        let (cost, rounded) = product.to_money(1_000_000).unwrap();
        self.receipt.charges.push(Charge {
            meter,
            quantity,
            attributes: BTreeMap::default(),
            rate: Some(AppliedRate {
                quoted: exact(rate),
                per: Per::Million,
                multipliers: Vec::new(),
                falls_back_to: None,
                billed: None,
            }),
            cost: Some(cost),
            rounded,
        });
        let sum = self.receipt.cost.unwrap_or_default().plus(cost).unwrap();
        self.receipt.cost = Some(sum);
        self
    }

    fn unpriced(mut self, meter: Meter, quantity: &str) -> Self {
        let quantity = Quantity::parse(quantity).unwrap();
        self.record.add(meter.clone(), quantity);
        self.receipt.charges.push(Charge {
            meter,
            quantity,
            attributes: BTreeMap::default(),
            rate: None,
            cost: None,
            rounded: false,
        });
        self
    }

    fn costs(mut self, amount: &str, currency: &str) -> Self {
        self.receipt.cost = Some(money(amount));
        self.receipt.currency = Some(currency.to_owned());
        self
    }

    fn is(mut self, status: CostStatus, reason: &str) -> Self {
        self.receipt.status = status;
        self.receipt.reasons = vec![reason.to_owned()];
        if status == CostStatus::Unpriced {
            self.receipt.cost = None;
            self.receipt.currency = None;
        }
        self
    }

    fn book(mut self, name: &str, version: &str) -> Self {
        self.receipt.price = Some(PriceUsed {
            book: name.to_owned(),
            version: version.to_owned(),
            sha256: "00".repeat(32),
            sku: "openai/gpt-5".to_owned(),
            from: Some("2026-01-01".to_owned()),
            snapshot: Arc::from(""),
        });
        self
    }
}

/// A query from `--by` and `--where` as people type them.
pub fn query(by: &[&str], filters: &[&str]) -> Query {
    let mut query = Query::new(at("2026-11-22T12:00:00Z"));
    query.by = Dimension::parse_list(by).unwrap();
    query.filters = filters
        .iter()
        .map(|text| Filter::parse(text).unwrap())
        .collect();
    query
}

pub fn ask(query: &Query, entries: &[Entry]) -> Report {
    report(query, entries).unwrap()
}

/// The rows as JSON.
pub fn rows(query: &Query, entries: &[Entry]) -> Vec<Json> {
    ask(query, entries).json_rows()
}

/// One field of each row.
pub fn column(rows: &[Json], key: &str) -> Vec<Json> {
    rows.iter().map(|row| row[key].clone()).collect()
}

//! Usage record + price books → receipt: what each line costs, what all of them cost, and how far
//! that can be trusted.

use super::format::Unpriced;
use super::locate::{Located, locate};
use super::prices::{Found, Prices};
use super::rate;
use super::receipt::{Charge, CostStatus, Multiplier, Receipt};
use super::rules::{self, Call, Held};
use super::search::Search;
use super::snapshot;
use crate::money::{Exact, Money};
use crate::usage::{Field, NoteKind, UsageRecord};

/// The currency of a cost of nothing where no price says another one.
const ANY_CURRENCY: &str = "USD";
/// Plans and tiers whose calls are paid for as capacity, not one by one.
const PAID_ELSEWHERE: &[(&str, &[&str])] = &[
    ("plan", &["subscription", "provisioned"]),
    (
        "service_tier",
        &["provisioned", "provisioned_throughput", "reserved"],
    ),
];

/// Prices a record.
pub fn price(record: &UsageRecord, prices: &Prices) -> Receipt {
    price_by(record, &Search::new(prices))
}

/// Prices a record by books in which other records have been looked up before.
pub fn price_by(record: &UsageRecord, search: &Search<'_>) -> Receipt {
    let located = locate(record, search);
    let currency = || {
        located
            .as_ref()
            .map_or_else(|_| ANY_CURRENCY.to_owned(), Located::currency)
    };
    if let Some(reason) = paid_elsewhere(record) {
        return nothing_due(record, CostStatus::Covered, vec![reason], currency());
    }
    if record.items.is_empty() && !has_gap(record) {
        let doubts = remarks(record);
        return nothing_due(record, status(false, &doubts), doubts, currency());
    }
    match located {
        Ok(located) => evaluate(record, search.prices(), located),
        Err(reason) => unpriced(record, vec![reason]),
    }
}

fn evaluate(record: &UsageRecord, prices: &Prices, located: Located<'_>) -> Receipt {
    let (Found { book, model, .. }, period) = (located.found, located.period);
    let call = Call {
        record,
        book,
        model,
        period,
    };
    let Ok((held, rule_doubts)) = rules::held(&call) else {
        let reason = "the count of input tokens is too large".to_owned();
        return unpriced(record, vec![reason]);
    };
    let discount = prices.discount(model.provider());
    let (charges, line_reasons) = lines(&call, &held, discount.as_ref());
    let lacking = charges.iter().any(|charge| charge.cost.is_none()) || has_gap(record);
    let currency = located.currency();
    let mut reasons = located.period_doubts(record);
    for more in [remarks(record), located.doubts, rule_doubts, line_reasons] {
        reasons.extend(more);
    }
    let snapshot = snapshot::of(book, model, period, discount.as_ref());
    let receipt = Receipt {
        cost: None,
        currency: Some(currency),
        status: status(lacking, &reasons),
        reasons,
        price: Some(book.price_used(model, period, snapshot)),
        charges,
    };
    settle(receipt, model.unpriced == Some(Unpriced::Fail))
}

/// One charge per line item, and what is doubtful or lacking about them.
fn lines(
    call: &Call<'_>,
    held: &[Held<'_>],
    discount: Option<&Multiplier>,
) -> (Vec<Charge>, Vec<String>) {
    let mut charges = Vec::new();
    let mut reasons = Vec::new();
    for item in &call.record.items {
        match rate::line(call, held, discount, item) {
            Ok((charge, doubts)) => {
                charges.push(charge);
                reasons.extend(doubts);
            }
            Err(reason) => {
                charges.push(rate::bare(item));
                reasons.push(reason);
            }
        }
    }
    (charges, reasons)
}

fn has_gap(record: &UsageRecord) -> bool {
    record.notes.iter().any(|note| note.kind == NoteKind::Gap)
}

fn status(lacking: bool, reasons: &[String]) -> CostStatus {
    match (lacking, reasons.is_empty()) {
        (true, _) => CostStatus::Partial,
        (false, true) => CostStatus::Exact,
        (false, false) => CostStatus::Estimated,
    }
}

/// Adds the charges up. When nothing is priced, or the model wants all or nothing, the cost is
/// unknown, which is not zero.
fn settle(mut receipt: Receipt, all_or_nothing: bool) -> Receipt {
    let mut costs = receipt
        .charges
        .iter()
        .filter_map(|charge| charge.cost)
        .peekable();
    let known = costs.peek().is_some();
    let total = costs.try_fold(Money::ZERO, Money::plus);
    let give_up = !known || (all_or_nothing && receipt.status == CostStatus::Partial);
    match total {
        Ok(total) if !give_up => receipt.cost = Some(total),
        Ok(_) => withdraw(&mut receipt),
        Err(error) => {
            receipt.reasons.push(format!("the cost {error}"));
            withdraw(&mut receipt);
        }
    }
    sort(&mut receipt.reasons);
    receipt
}

fn withdraw(receipt: &mut Receipt) {
    receipt.status = CostStatus::Unpriced;
    receipt.cost = None;
    receipt.currency = None;
    for charge in &mut receipt.charges {
        (charge.cost, charge.rounded) = (None, false);
    }
}

fn unpriced(record: &UsageRecord, mut reasons: Vec<String>) -> Receipt {
    reasons.extend(remarks(record));
    sort(&mut reasons);
    Receipt {
        charges: record.items.iter().map(rate::bare).collect(),
        cost: None,
        currency: None,
        status: CostStatus::Unpriced,
        reasons,
        price: None,
    }
}

/// A receipt over zero: nothing was used, or it is paid for elsewhere.
fn nothing_due(
    record: &UsageRecord,
    status: CostStatus,
    mut reasons: Vec<String>,
    currency: String,
) -> Receipt {
    sort(&mut reasons);
    Receipt {
        charges: record.items.iter().map(rate::free_of_charge).collect(),
        cost: Some(Money::ZERO),
        currency: Some(currency),
        status,
        reasons,
        price: None,
    }
}

/// Capacity that was paid for before. A tier covers nothing where the response states a charge all
/// the same: a gateway repeats the tier of its own way to the model, and bills its caller.
fn paid_elsewhere(record: &UsageRecord) -> Option<String> {
    let stated = |name: &str| match name {
        "service_tier" if is_charged(record) => None,
        "service_tier" => record.facts.get_text(Field::ServiceTier),
        _ => record.attributes.get(name).map(String::as_str),
    };
    let mut known = PAID_ELSEWHERE.iter();
    known.find_map(|(name, values)| {
        let value = stated(name).filter(|value| values.contains(value))?;
        Some(format!("{name} {value}"))
    })
}

/// Whether the provider says that it charged something.
fn is_charged(record: &UsageRecord) -> bool {
    let stated = record.reported_cost.as_ref();
    stated.is_some_and(|cost| Exact::parse(&cost.amount).is_ok_and(|amount| !amount.is_zero()))
}

/// What the adapter had to say about the cost.
fn remarks(record: &UsageRecord) -> Vec<String> {
    let touching = record.notes.iter().filter(|note| match note.kind {
        NoteKind::Gap | NoteKind::Doubt => true,
        NoteKind::Warning => false,
    });
    touching.map(|note| note.text.clone()).collect()
}

fn sort(reasons: &mut Vec<String>) {
    reasons.sort();
    reasons.dedup();
}

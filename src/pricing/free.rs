//! Free quotas. One response cannot know how much of a quota its account has left, so a receipt
//! prices everything; who sees all calls in their order can deduct what is free.

use std::collections::BTreeMap;

use super::book::PriceBook;
use super::period::{Free, FreePer};
use super::receipt::{Charge, CostStatus, PriceUsed, Receipt};
use super::scalar::Day;
use crate::money::{Exact, Money, NumberError, Quantity, charge as cost_of};
use crate::usage::{Meter, Timestamp};

/// Calls that draw on the same quota within the same day or month, in UTC.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pool {
    /// The provider and the name that models share, otherwise the SKU.
    pub of: String,
    /// The meter, where the quota is not shared by name.
    pub meter: Option<String>,
    /// The day or month.
    pub window: String,
}

/// What a charge may draw on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draw {
    /// The charge, by its place in the receipt.
    pub charge: usize,
    /// The meter of the quota.
    pub meter: String,
    /// The pool.
    pub pool: Pool,
    /// How much is free in it.
    pub count: Exact,
    /// How much the charge bills.
    pub billed: Quantity,
}

/// What a receipt says of a quota that it did not deduct.
pub fn not_deducted(meter: &str) -> String {
    format!("the free quota of {meter} is not deducted")
}

/// The free quotas of a price period.
pub fn quotas(price: &PriceUsed) -> Vec<Free> {
    let book = PriceBook::parse("snapshot", price.snapshot.as_bytes()).ok();
    let periods = book.iter().flat_map(PriceBook::models);
    let periods = periods.flat_map(|model| &model.prices);
    periods.flat_map(|period| period.free.clone()).collect()
}

/// What the charges of a receipt may draw on. What costs nothing needs no quota; what has no single
/// rate cannot be priced for a rest of itself.
pub fn draws(receipt: &Receipt, quotas: &[Free], at: Timestamp) -> Vec<Draw> {
    let Some(price) = &receipt.price else {
        return Vec::new();
    };
    let draw = |(at_charge, charge): (usize, &Charge)| {
        let rate = charge.rate.as_ref()?;
        charge.cost.filter(|cost| *cost != Money::ZERO)?;
        let owner = rate.falls_back_to.as_ref().map(Meter::name);
        let is_of = |free: &&Free| free.meter == charge.meter.name() || Some(&*free.meter) == owner;
        let free = quotas.iter().find(is_of)?;
        Some(Draw {
            charge: at_charge,
            meter: free.meter.clone(),
            pool: pool(&price.sku, free, at),
            count: free.count.exact(),
            billed: rate.billed.unwrap_or(charge.quantity),
        })
    };
    receipt
        .charges
        .iter()
        .enumerate()
        .filter_map(draw)
        .collect()
}

fn pool(sku: &str, free: &Free, at: Timestamp) -> Pool {
    let day = Day::of(at);
    let window = match free.per {
        FreePer::Day => day.to_string(),
        FreePer::Month => day.month(),
    };
    let provider = sku.split_once('/').map_or(sku, |(provider, _)| provider);
    let (of, meter) = match &free.shared {
        Some(shared) => (format!("{provider}/{shared}"), None),
        None => (sku.to_owned(), Some(free.meter.clone())),
    };
    Pool { of, meter, window }
}

/// The receipt with what is free taken off its charges: quantities by the places of the charges,
/// zero where the pool was empty. Then the quota is no doubt any more.
///
/// # Errors
/// When an amount does not fit, or more is free than was billed.
pub fn deduct(
    receipt: &Receipt,
    free: &BTreeMap<usize, (String, Quantity)>,
) -> Result<Receipt, NumberError> {
    let mut receipt = receipt.clone();
    for (at, (meter, quantity)) in free {
        if let Some(charge) = receipt.charges.get_mut(*at) {
            take_off(charge, *quantity)?;
        }
        let settled = not_deducted(meter);
        receipt.reasons.retain(|reason| *reason != settled);
    }
    let mut costs = receipt.charges.iter().filter_map(|charge| charge.cost);
    receipt.cost = Some(costs.try_fold(Money::ZERO, Money::plus)?);
    if receipt.status == CostStatus::Estimated && receipt.reasons.is_empty() {
        receipt.status = CostStatus::Exact;
    }
    Ok(receipt)
}

fn take_off(charge: &mut Charge, free: Quantity) -> Result<(), NumberError> {
    let Some(rate) = charge.rate.as_mut().filter(|_| !free.is_zero()) else {
        return Ok(());
    };
    let rest = rate.billed.unwrap_or(charge.quantity).minus(free)?;
    let factors: Vec<Exact> = rate.multipliers.iter().map(|m| m.factor).collect();
    let (cost, rounded) = cost_of(rest.exact(), rate.quoted, &factors, rate.per.units())?;
    rate.billed = Some(rest);
    (charge.cost, charge.rounded) = (Some(cost), rounded);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_doubtful_for_another_reason_stays_so() {
        let receipt = |reasons: &[String], status| Receipt {
            charges: Vec::new(),
            cost: Some(Money::ZERO),
            currency: Some("USD".to_owned()),
            status,
            reasons: reasons.to_vec(),
            price: None,
        };
        let (quota, other) = (not_deducted("image"), "nobody measured it".to_owned());
        let free = BTreeMap::from([(0, ("image".to_owned(), Quantity::ZERO))]);
        let settled = |reasons: &[String], status| {
            let settled = deduct(&receipt(reasons, status), &free).unwrap();
            (settled.status, settled.reasons)
        };
        assert_eq!(
            settled(std::slice::from_ref(&quota), CostStatus::Estimated),
            (CostStatus::Exact, Vec::new())
        );
        assert_eq!(
            settled(&[quota.clone(), other.clone()], CostStatus::Estimated),
            (CostStatus::Estimated, vec![other])
        );
        assert_eq!(
            settled(&[quota], CostStatus::Partial),
            (CostStatus::Partial, Vec::new())
        );
    }
}

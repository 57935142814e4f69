//! The rate of one line item and what it comes to.

use super::check;
use super::free;
use super::period::{Graduated, Step, Table};
use super::receipt::{AppliedRate, Charge, Multiplier, Per};
use super::rules::{Call, Held};
use crate::money::{Exact, NumberError, Quantity, charge_parts};
use crate::usage::{Group, LineItem, Meter};

/// What a line costs, and what of it is doubtful; or why it has no price.
pub type Line = Result<(Charge, Vec<String>), String>;

/// A rate and the meter that owns it.
struct Rate<'a> {
    owner: &'a str,
    kind: Kind<'a>,
    /// The rule that set it, by its place among those that hold.
    rule: Option<usize>,
}

enum Kind<'a> {
    Flat(Exact, Per),
    Graduated(&'a [Step]),
}

/// Prices one line under the rules that hold.
pub fn line<'a>(
    call: &Call<'a>,
    held: &[Held<'a>],
    discount: Option<&Multiplier>,
    item: &'a LineItem,
) -> Line {
    let meter = call.billed_meter(item);
    if meter == Meter::IMAGE.name() && told_by_tokens(call, held) {
        return Ok((free_of_charge(item), Vec::new()));
    }
    let rate = find(call, held, item, meter)?;
    let mut multipliers = multipliers(call, held, meter, &rate);
    let discounted = matches!(call.book.group(meter), Some(Group::Tokens | Group::Tools));
    multipliers.extend(discount.filter(|_| discounted).cloned());
    let charge = charge(call, item, &rate, multipliers);
    let charge = charge.map_err(|error| format!("{meter}: the amount {error}"))?;
    let doubts = doubts(call, meter, &rate, &charge);
    Ok((charge, doubts))
}

/// Where a picture's tokens are counted they are what is billed; its size and quality only say how
/// many they are. Plain output may be such tokens, but only at a price for tokens of pictures:
/// elsewhere it is the text that a picture came with.
fn told_by_tokens(call: &Call<'_>, held: &[Held<'_>]) -> bool {
    let made = [Meter::OUTPUT_IMAGE, Meter::OUTPUT];
    call.record.items.iter().any(|item| {
        let meter = call.billed_meter(item);
        made.iter().any(|made| made.name() == meter)
            && find(call, held, item, meter).is_ok()
            && find(call, held, item, Meter::OUTPUT_IMAGE.name()).is_ok()
    })
}

/// A line item without cost, priced or not.
pub fn bare(item: &LineItem) -> Charge {
    Charge {
        meter: item.meter.clone(),
        quantity: item.quantity,
        attributes: item.attributes.clone(),
        rate: None,
        cost: None,
        rounded: false,
    }
}

/// A line item that is known to cost nothing by itself.
pub fn free_of_charge(item: &LineItem) -> Charge {
    Charge {
        cost: Some(crate::money::Money::ZERO),
        ..bare(item)
    }
}

/// The rate of the meter, otherwise of the one it falls back to.
fn find<'a>(
    call: &Call<'a>,
    held: &[Held<'a>],
    item: &'a LineItem,
    meter: &'a str,
) -> Result<Rate<'a>, String> {
    for owner in check::chain(call.book, meter) {
        let replaced = held.iter().enumerate().rev();
        let replaced = replaced.filter_map(|(at, held)| Some((at, held.rule.flat(owner)?)));
        if let Some((at, (price, per))) = replaced.into_iter().next() {
            let kind = Kind::Flat(price.exact(), per);
            return Ok(Rate {
                owner,
                kind,
                rule: Some(at),
            });
        }
        if let Some(kind) = own_rate(call, item, owner)? {
            return Ok(Rate {
                owner,
                kind,
                rule: None,
            });
        }
    }
    Err(format!("no price for {meter}"))
}

fn own_rate<'a>(
    call: &Call<'a>,
    item: &'a LineItem,
    owner: &str,
) -> Result<Option<Kind<'a>>, String> {
    if let Some((price, per)) = call.period.flat(owner) {
        return Ok(Some(Kind::Flat(price.exact(), per)));
    }
    let of_owner = |scale: &&Graduated| scale.meter == owner;
    if let Some(scale) = call.period.graduated.iter().find(of_owner) {
        return Ok(Some(Kind::Graduated(&scale.steps)));
    }
    let mut reason = None;
    for table in call
        .period
        .tables
        .iter()
        .filter(|table| table.meter == owner)
    {
        match row(call, item, table) {
            Ok(price) => return Ok(Some(Kind::Flat(price, Per::Each))),
            Err(missing) => reason = reason.or(Some(missing)),
        }
    }
    reason.map_or(Ok(None), Err)
}

/// The row that the attributes name. No row is guessed.
fn row<'a>(call: &Call<'a>, item: &'a LineItem, table: &Table) -> Result<Exact, String> {
    let mut values = Vec::new();
    for name in &table.by {
        let value = call.attribute(Some(item), name);
        values.push(value.ok_or_else(|| format!("{}: {name} is not stated", table.meter))?);
    }
    let name = values.join("/");
    let price = table.rows.get(&name).map(|price| price.exact());
    price.ok_or_else(|| format!("no price for {} {name}", table.meter))
}

/// The factors of all rules that hold. A rule looks up the meter, then those it falls back to as
/// far as the owner of the rate, then its group; it does not scale a rate that it sets itself.
fn multipliers<'a>(
    call: &Call<'a>,
    held: &[Held<'a>],
    meter: &'a str,
    rate: &Rate<'a>,
) -> Vec<Multiplier> {
    let factor = |(at, held): (usize, &Held<'a>)| {
        if rate.rule == Some(at) {
            return None;
        }
        let times = &held.rule.times;
        let mut names = check::chain_to(call.book, meter, rate.owner);
        let group = || times.get(call.book.group(meter)?.name());
        let factor = names.find_map(|name| times.get(name)).or_else(group)?;
        Some(Multiplier {
            why: held.why.clone(),
            factor: factor.exact(),
        })
    };
    held.iter().enumerate().filter_map(factor).collect()
}

fn charge(
    call: &Call<'_>,
    item: &LineItem,
    rate: &Rate<'_>,
    multipliers: Vec<Multiplier>,
) -> Result<Charge, NumberError> {
    let billed = billed(call, item, rate.owner)?;
    let (parts, per) = match rate.kind {
        Kind::Flat(price, per) => (vec![(billed.exact(), price)], per),
        Kind::Graduated(steps) => (graduated(billed.exact(), steps)?, Per::Each),
    };
    let factors: Vec<Exact> = multipliers.iter().map(|by| by.factor).collect();
    let (cost, rounded) = charge_parts(&parts, &factors, per.units())?;
    let applied = |(price, per)| AppliedRate {
        quoted: price,
        per,
        multipliers,
        falls_back_to: (rate.owner != item.meter.name()).then(|| Meter::named(rate.owner)),
        billed: (billed != item.quantity).then_some(billed),
    };
    Ok(Charge {
        rate: match rate.kind {
            Kind::Flat(price, per) => Some(applied((price, per))),
            Kind::Graduated(_) => None,
        },
        cost: Some(cost),
        rounded,
        ..bare(item)
    })
}

/// The quantity that is billed: at least the minimum, then up to a whole step, as the meter says or
/// the first of those whose rate it takes.
fn billed(call: &Call<'_>, item: &LineItem, owner: &str) -> Result<Quantity, NumberError> {
    let mut names = check::chain_to(call.book, call.billed_meter(item), owner);
    let Some(bill) = names.find_map(|name| call.period.bill.get(name)) else {
        return Ok(item.quantity);
    };
    let least = bill.min.map_or(Exact::ZERO, super::decimal::Price::exact);
    let mut billed = item.quantity.exact().max(least);
    if let Some(step) = bill.step {
        billed = billed.up_to_multiple_of(step.exact())?;
    }
    Quantity::new(billed)
}

/// Each part of the quantity, and the rate of its step.
fn graduated(quantity: Exact, steps: &[Step]) -> Result<Vec<(Exact, Exact)>, NumberError> {
    let mut parts = Vec::new();
    let mut begins = Exact::ZERO;
    for step in steps {
        let ends = step
            .upto
            .map_or(quantity, |upto| upto.exact().min(quantity));
        if ends > begins {
            parts.push((ends.minus(begins)?, step.each.exact()));
            begins = ends;
        }
    }
    Ok(parts)
}

fn doubts(call: &Call<'_>, meter: &str, rate: &Rate<'_>, charge: &Charge) -> Vec<String> {
    let mut doubts = Vec::new();
    if call
        .period
        .unverified
        .iter()
        .any(|other| other == meter || other == rate.owner)
    {
        doubts.push(format!("the rate of {meter} is not verified"));
    }
    let costs = charge.cost.is_some_and(|cost| cost.pico() != 0);
    let quota = call
        .period
        .free
        .iter()
        .find(|free| free.meter == meter || free.meter == rate.owner);
    if let Some(quota) = quota.filter(|_| costs) {
        doubts.push(free::not_deducted(&quota.meter));
    }
    doubts
}

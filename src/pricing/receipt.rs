//! A priced usage record: one charge per line item, and their total.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::json::Raw;
use crate::money::{Exact, Money, Quantity, round_half_even};
use crate::usage::Meter;

/// How far a cost can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CostStatus {
    /// Every line item is priced by a rate that is known to hold.
    Exact,
    /// Every line item is priced, and something had to be assumed; the reasons say what.
    Estimated,
    /// Some line items have no rate: the cost is a lower bound.
    Partial,
    /// Nothing could be priced: the cost is unknown, which is not zero.
    Unpriced,
    /// Paid for elsewhere (provisioned capacity, a subscription): the cost here is zero.
    Covered,
}

impl CostStatus {
    /// All statuses.
    pub const ALL: [Self; 5] = [
        Self::Exact,
        Self::Estimated,
        Self::Partial,
        Self::Unpriced,
        Self::Covered,
    ];

    /// The word that is stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Estimated => "estimated",
            Self::Partial => "partial",
            Self::Unpriced => "unpriced",
            Self::Covered => "covered",
        }
    }
}

/// How many units a quoted price is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Per {
    /// One unit.
    Each,
    /// 1,000 units.
    Thousand,
    /// 1,000,000 units.
    Million,
    /// A minute, where the meter counts seconds.
    Minute,
    /// An hour, where the meter counts seconds.
    Hour,
    /// 1,000,000 token-hours.
    MillionHours,
    /// A gibibyte for a day.
    GibDay,
}

impl Per {
    /// All units, with the key that price books use.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Each, "each"),
        (Self::Thousand, "per_1k"),
        (Self::Million, "per_1m"),
        (Self::Minute, "per_minute"),
        (Self::Hour, "per_hour"),
        (Self::MillionHours, "per_1m_hours"),
        (Self::GibDay, "per_gib_day"),
    ];

    /// The key that price books use; also what is stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Each => "each",
            Self::Thousand => "per_1k",
            Self::Million => "per_1m",
            Self::Minute => "per_minute",
            Self::Hour => "per_hour",
            Self::MillionHours => "per_1m_hours",
            Self::GibDay => "per_gib_day",
        }
    }

    /// How many of the meter's units the price is for.
    pub fn units(self) -> i64 {
        match self {
            Self::Each | Self::GibDay => 1,
            Self::Thousand => 1_000,
            Self::Million | Self::MillionHours => 1_000_000,
            Self::Minute => 60,
            Self::Hour => 3_600,
        }
    }
}

/// A factor that a rule applied, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Multiplier {
    /// The condition in words, such as `service_tier=batch`.
    pub why: String,
    /// The factor.
    pub factor: Exact,
}

/// The rate that a line item took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedRate {
    /// The price as quoted.
    pub quoted: Exact,
    /// How many units it is for.
    pub per: Per,
    /// Factors of the rules that hold, in their order.
    pub multipliers: Vec<Multiplier>,
    /// The meter whose rate it is, where that is another one (`reasoning` takes `output`).
    pub falls_back_to: Option<Meter>,
    /// The quantity that is billed, where a minimum or a step makes it another one.
    pub billed: Option<Quantity>,
}

/// One line item and what it costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// What was counted.
    pub meter: Meter,
    /// How much was used.
    pub quantity: Quantity,
    /// What selected the rate.
    pub attributes: BTreeMap<String, String>,
    /// The rate, unless there is none. A graduated price has no single rate.
    pub rate: Option<AppliedRate>,
    /// The cost, unless there is no rate.
    pub cost: Option<Money>,
    /// Whether the cost was rounded at 10⁻¹².
    pub rounded: bool,
}

/// The price period that a receipt used: enough to find it again and to price by it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceUsed {
    /// The book's name.
    pub book: String,
    /// The book's version.
    pub version: String,
    /// SHA-256 of the book's text, in hexadecimal.
    pub sha256: String,
    /// The SKU: `provider/model` as the book calls it.
    pub sku: String,
    /// Start of the period, as the book writes it; absent where it has none.
    pub from: Option<String>,
    /// The period alone, as a small price book, so that it can be priced by without the book.
    pub snapshot: Arc<str>,
}

impl PriceUsed {
    /// Decimals that the model's `rounding` asks for where its amounts are shown.
    pub fn shown_decimals(&self) -> Option<u32> {
        // Few models ask for any; most snapshots need no second look.
        if !self.snapshot.contains("\"rounding\"") {
            return None;
        }
        let snapshot = Raw::parse(&self.snapshot).ok()?;
        let decimals = snapshot.at("/models/0/rounding/decimals")?;
        decimals.digits()?.parse().ok()
    }
}

impl Receipt {
    /// The cost with all its digits.
    pub fn exact_cost(&self) -> Option<Exact> {
        self.cost.map(Money::exact)
    }

    /// The cost as it is shown and exported for this one record: rounded if the model says so.
    /// Sums are made of exact costs.
    pub fn shown_cost(&self) -> Option<Exact> {
        let decimals = self.price.as_ref().and_then(PriceUsed::shown_decimals);
        let cost = self.exact_cost()?;
        Some(decimals.map_or(cost, |decimals| round_half_even(cost, decimals)))
    }
}

/// A priced usage record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// One charge per line item, in their order.
    pub charges: Vec<Charge>,
    /// The sum of the charges; absent when the record is unpriced.
    pub cost: Option<Money>,
    /// ISO 4217 code of the cost; absent when the record is unpriced.
    pub currency: Option<String>,
    /// How far it can be trusted.
    pub status: CostStatus,
    /// Why it is not exact, in sorted order.
    pub reasons: Vec<String>,
    /// The price period used, where one was found.
    pub price: Option<PriceUsed>,
}

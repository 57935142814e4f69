//! The prices of a model that hold for a time, as a book writes them: rates, tables, scales, rules.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use super::decimal::Price;
use super::receipt::Per;
use super::scalar::{Currency, Day, Moment};

/// Rates by meter.
pub type Rates = BTreeMap<String, Price>;

/// Defines a struct that carries rate blocks, one field per pricing unit: serde cannot share them
/// without flattening.
macro_rules! with_rate_blocks {
    ($(#[$meta:meta])* pub struct $name:ident { $($body:tt)* }) => {
        $(#[$meta])*
        pub struct $name {
            $($body)*
            /// Rates per unit.
            #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
            pub each: Rates,
            /// Rates per 1,000.
            #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
            pub per_1k: Rates,
            /// Rates per 1,000,000.
            #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
            pub per_1m: Rates,
            /// Rates per minute of a meter that counts seconds.
            #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
            pub per_minute: Rates,
            /// Rates per hour of a meter that counts seconds.
            #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
            pub per_hour: Rates,
            /// Rates per 1,000,000 token-hours.
            #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
            pub per_1m_hours: Rates,
            /// Rates per gibibyte and day.
            #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
            pub per_gib_day: Rates,
        }

        impl $name {
            /// All rate blocks with their units.
            pub fn blocks(&self) -> [(Per, &Rates); 7] {
                [
                    (Per::Each, &self.each),
                    (Per::Thousand, &self.per_1k),
                    (Per::Million, &self.per_1m),
                    (Per::Minute, &self.per_minute),
                    (Per::Hour, &self.per_hour),
                    (Per::MillionHours, &self.per_1m_hours),
                    (Per::GibDay, &self.per_gib_day),
                ]
            }

            /// All rate blocks, to be changed.
            pub fn blocks_mut(&mut self) -> [&mut Rates; 7] {
                [
                    &mut self.each,
                    &mut self.per_1k,
                    &mut self.per_1m,
                    &mut self.per_minute,
                    &mut self.per_hour,
                    &mut self.per_1m_hours,
                    &mut self.per_gib_day,
                ]
            }

            /// The flat rate of a meter.
            pub fn flat(&self, meter: &str) -> Option<(Price, Per)> {
                let mut blocks = self.blocks().into_iter();
                blocks.find_map(|(per, rates)| rates.get(meter).map(|price| (*price, per)))
            }
        }
    };
}

with_rate_blocks! {
    /// Prices that hold for a time.
    #[derive(Debug, Clone, Default, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct Period {
        /// From when, inclusive.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub from: Option<Moment>,
        /// Until when, exclusive.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub to: Option<Moment>,
        /// The last day for which the provider promised this price.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub guaranteed_until: Option<Day>,
        /// Its currency, where it is not the book's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub currency: Option<Currency>,
        /// Where it was read.
        pub source: Vec<String>,
        /// A remark for readers of the book.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub note: Option<String>,
        /// Meters whose rate is doubtful: what they cost is an estimate.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub unverified: Vec<String>,
        /// Rates that attributes select.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub tables: Vec<Table>,
        /// Rates that fall or rise with the quantity of one line.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub graduated: Vec<Graduated>,
        /// How quantities are rounded up before they are priced.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        pub bill: BTreeMap<String, Bill>,
        /// What is free up to a count; never deducted from a single record.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub free: Vec<Free>,
        /// What changes the rates, top to bottom.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub rules: Option<Vec<Rule>>,
        /// The period as a book of its own, made when it is first used.
        #[serde(skip)]
        pub snapshot: OnceLock<Arc<str>>,
    }
}

impl Period {
    /// All meters that have a rate of their own here.
    pub fn meters(&self) -> impl Iterator<Item = &str> {
        let flat = self
            .blocks()
            .into_iter()
            .flat_map(|(_, rates)| rates.keys());
        let tables = self.tables.iter().map(|table| &table.meter);
        let graduated = self.graduated.iter().map(|scale| &scale.meter);
        flat.chain(tables).chain(graduated).map(String::as_str)
    }
}

with_rate_blocks! {
    /// A condition, and what holds under it: factors, other rates, or both.
    #[derive(Debug, Clone, Default, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct Rule {
        /// Rules of one group exclude each other: the first that holds is taken.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub pick: Option<String>,
        /// When it holds.
        #[serde(rename = "if")]
        pub condition: Condition,
        /// Factors by meter or group.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        pub times: BTreeMap<String, Price>,
        /// Why what it prices is an estimate only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub estimated: Option<String>,
    }
}

/// When a rule holds: all parts that are given must; a list holds if any of its values does.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// More input tokens than this, of every kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_above: Option<Price>,
    /// At least this many input tokens, of every kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_from: Option<Price>,
    /// The tier that served the call.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub service_tier: Vec<String>,
    /// The speed that served the call.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub speed: Vec<String>,
    /// Where inference was to stay.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub geo: Vec<String>,
    /// The class of endpoint.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub endpoint: Vec<String>,
    /// The account's plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plan: Vec<String>,
    /// The version of a hosted tool.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_version: Vec<String>,
    /// Meters of which the record has some.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with_tool: Vec<String>,
    /// A schedule that holds at the record's time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
}

impl Condition {
    /// The names of the attributes that rules ask for.
    pub const ATTRIBUTES: [&'static str; 6] = [
        "service_tier",
        "speed",
        "geo",
        "endpoint",
        "plan",
        "tool_version",
    ];

    /// The attributes that rules ask for, with the values that this one accepts.
    pub fn attributes(&self) -> [(&'static str, &[String]); 6] {
        let [tier, speed, geo, endpoint, plan, version] = Self::ATTRIBUTES;
        [
            (tier, &self.service_tier),
            (speed, &self.speed),
            (geo, &self.geo),
            (endpoint, &self.endpoint),
            (plan, &self.plan),
            (version, &self.tool_version),
        ]
    }
}

/// Rates that attributes select: the values of `by`, joined by `/`, name a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The meter.
    pub meter: String,
    /// The attributes, in the order of the row names.
    pub by: Vec<String>,
    /// Rates per unit.
    pub rows: Rates,
}

impl Table {
    /// Whether one of its rows is for this value of an attribute.
    pub fn knows(&self, name: &str, value: &str) -> bool {
        let place = self.by.iter().position(|by| by == name);
        place.is_some_and(|at| {
            self.rows
                .keys()
                .any(|row| row.split('/').nth(at) == Some(value))
        })
    }
}

/// A marginal scale: each part of the quantity takes the rate of its step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Graduated {
    /// The meter.
    pub meter: String,
    /// The steps, ascending; only the last has no end.
    pub steps: Vec<Step>,
}

/// One step of a marginal scale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Where it ends, inclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upto: Option<Price>,
    /// The rate per unit.
    pub each: Price,
}

/// How a quantity is rounded up before it is priced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bill {
    /// The least that is billed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<Price>,
    /// The multiple that is billed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Price>,
}

/// A quantity that an account gets for nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Free {
    /// The meter.
    pub meter: String,
    /// How much.
    pub count: Price,
    /// How often.
    pub per: FreePer,
    /// The pool, where several models share one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared: Option<String>,
}

/// How often a free quota starts anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FreePer {
    /// Every day.
    Day,
    /// Every month.
    Month,
}

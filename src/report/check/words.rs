//! The words that rules are made of: what is limited, per what, and how much a problem weighs.

use serde::Deserialize;

use super::values::Amount;
use crate::money::Exact;
use crate::table::checklist::Outcome;

/// What becomes of a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// It fails the check.
    #[default]
    Fail,
    /// It is said, and passes.
    Warn,
    /// It passes in silence.
    Ignore,
}

impl Level {
    /// How a rule comes out where this problem is found; `weight` is what it weighs in full.
    pub fn outcome(self, weight: Outcome) -> Outcome {
        match self {
            Self::Fail => weight,
            Self::Warn => Outcome::Warned,
            Self::Ignore => Outcome::Passed,
        }
    }
}

/// What of a group is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// The total cost.
    #[default]
    Cost,
    /// The cost of the dearest request.
    MaxRequestCost,
    /// The average cost of a request.
    CostPerRequest,
}

impl Metric {
    /// Its name in the file and in data formats.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cost => "cost",
            Self::MaxRequestCost => "max_request_cost",
            Self::CostPerRequest => "cost_per_request",
        }
    }
}

/// A stretch of the calendar that is judged by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    /// Each hour.
    Hour,
    /// Each day.
    Day,
    /// Each ISO week.
    Week,
    /// Each month.
    Month,
}

impl Bucket {
    /// The dimension that it is.
    pub fn dimension(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// The one of a dimension's name.
    pub fn of(dimension: &str) -> Option<Self> {
        let all = [Self::Hour, Self::Day, Self::Week, Self::Month];
        all.into_iter()
            .find(|bucket| bucket.dimension() == dimension)
    }
}

/// How unusual amounts are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// By the median absolute deviation.
    #[default]
    Mad,
}

/// What an unusual cost weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AlarmLevel {
    /// It is said, and passes.
    #[default]
    Warn,
    /// It fails the check.
    Fail,
}

/// A modified z-score: a whole number, or a decimal in quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Score(pub Exact);

impl<'de> Deserialize<'de> for Score {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Score;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a whole number, or a decimal in quotes")
            }
            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Score, E> {
                self.visit_str(&number.to_string())
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Score, E> {
                let number = Amount::try_from(text.to_owned()).map_err(E::custom)?;
                Ok(Score(number.0))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

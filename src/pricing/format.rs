//! The shape of a price book, `llmcost-prices/1`, as it is written. `docs/pricing-file.md` explains
//! it field by field.
//!
//! No flattening, no untagged choice and no free-form value anywhere above a number: each of them
//! would make the YAML reader guess a type, and its guess for `0.1` is a float.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_saphyr::{Location, Spanned};

use super::check::Lines;
use super::decimal::Price;
use super::period::Period;
use super::scalar::{Currency, Day, DayOfWeek, GroupName, Hours};

/// The word that a book begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// The first and only version.
    #[serde(rename = "llmcost-prices/1")]
    One,
}

/// The whole file, with the lines of its parts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Text {
    #[allow(dead_code, reason = "reading it is the check")]
    pub format: Format,
    pub book: Head,
    #[serde(default)]
    pub sources: BTreeMap<String, Source>,
    #[serde(default)]
    pub meters: BTreeMap<String, Spanned<MeterTerms>>,
    #[serde(default)]
    pub schedules: BTreeMap<String, Schedule>,
    #[serde(default)]
    pub providers: BTreeMap<String, ProviderTerms>,
    #[serde(default)]
    pub models: Vec<Spanned<Model>>,
    #[serde(default)]
    pub fx: Vec<Spanned<FxRate>>,
}

impl Text {
    /// Where its parts stand.
    pub(super) fn lines(&self) -> Lines {
        let meters = self.meters.iter();
        let meters = meters.map(|(name, terms)| (name.clone(), terms.referenced.line()));
        Lines {
            models: self.models.iter().map(|m| m.referenced.line()).collect(),
            meters: meters.collect(),
            fx: self.fx.iter().map(|fx| fx.referenced.line()).collect(),
        }
    }
}

/// A part of a book that stands in no text.
pub(super) fn unplaced<T>(part: T) -> Spanned<T> {
    Spanned::new(part, Location::UNKNOWN, Location::UNKNOWN)
}

/// What a book calls itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Its name.
    pub name: String,
    /// Its version, usually a date.
    pub version: String,
    /// The currency of every period that names no other.
    pub currency: Currency,
}

/// Where prices were read, and when somebody last looked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The page.
    pub url: String,
    /// The day it was last read; absent where nobody says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked: Option<Day>,
}

/// A meter that the book declares, or declares anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeterTerms {
    /// Its family.
    pub group: GroupName,
    /// Whose rate it takes where a model prices it no further.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub falls_back_to: Option<String>,
}

/// Recurring hours, such as a peak time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Weekdays; none means every day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<DayOfWeek>,
    /// Hours in UTC, half-open; none means all day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hours_utc: Vec<Hours>,
    /// Days on which it does not hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<Day>,
    /// The last day for which `except` is known to be complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar_until: Option<Day>,
}

/// What the user has agreed with a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderTerms {
    /// The factor on token and tool rates, applied last: `0.85` is 15 % off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Price>,
}

/// What an overlay's model builds on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extends {
    /// The bundled model of the same id.
    Bundled,
}

/// What happens to a record with a line item that has no rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unpriced {
    /// The line stays without a cost and the record is partial. This is the default.
    Keep,
    /// The whole record is unpriced.
    Fail,
}

/// How amounts are shown; stored amounts are never rounded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rounding {
    /// Digits after the point.
    pub decimals: u32,
    /// How ties fall.
    #[serde(default)]
    pub mode: RoundingMode,
}

/// How ties fall when amounts are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundingMode {
    /// To the even digit.
    #[default]
    HalfEven,
}

/// One model of one provider and its price periods.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// `provider/name`.
    pub id: String,
    /// Model names it serves: exact, or with `*` and `?`.
    #[serde(default, rename = "match", skip_serializing_if = "Vec::is_empty")]
    pub matches: Vec<String>,
    /// Regular expressions for the names it serves; each fits a whole name or nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regex: Vec<String>,
    /// Whether it builds on a bundled model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extends: Option<Extends>,
    /// Names that a response may use for a meter.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub usage_aliases: BTreeMap<String, String>,
    /// What a line item without a rate does to the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unpriced: Option<Unpriced>,
    /// How its amounts are shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounding: Option<Rounding>,
    /// A remark for readers of the book.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Its prices over time. None: it is known that nobody publishes one.
    pub prices: Vec<Period>,
}

impl Model {
    /// The provider in the id.
    pub fn provider(&self) -> &str {
        super::shelves::provider_of(&self.id)
    }
}

/// An exchange rate of a day, for reports only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FxRate {
    /// The day.
    pub date: Day,
    /// The currency that is converted.
    pub from: Currency,
    /// The currency it becomes.
    pub to: Currency,
    /// Units of `to` for one `from`.
    pub rate: Price,
    /// Where it was read.
    pub source: String,
}

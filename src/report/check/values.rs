//! Values of a budget file and of `check`'s options: read from text, or refused with the reason.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, de};

use crate::error::{Error, Result};
use crate::money::Exact;
use crate::report::{Dimension, Filter, calendar};

/// The message and the hint of an error in one line, for what adds the place itself.
fn told(error: &Error) -> String {
    match &error.hint {
        Some(hint) => format!("{} {hint}", error.message),
        None => error.message.clone(),
    }
}

/// An amount of money that limits something: a decimal that is not below zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(extend("pattern" = "^[0-9]+(\\.[0-9]+)?$")))]
#[serde(try_from = "String")]
pub struct Amount(#[cfg_attr(test, schemars(with = "String"))] pub Exact);

impl Amount {
    /// Reads `20` or `20.50`.
    ///
    /// # Errors
    /// When it is no decimal, or below zero.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let amount = Exact::parse(text)
            .map_err(|error| Error::usage(format!("The amount {text} {error}.")))?;
        if amount.is_negative() {
            return Err(Error::usage(format!("The amount {text} is below zero.")));
        }
        Ok(Self(amount))
    }
}

impl TryFrom<String> for Amount {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|error| told(&error))
    }
}

/// A share of a hundred, such as `80%`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(extend("pattern" = "^[0-9]+(\\.[0-9]+)?%$")))]
#[serde(try_from = "String")]
pub struct Percent(#[cfg_attr(test, schemars(with = "String"))] pub Exact);

impl Percent {
    /// Reads `80%` or `12.5%`.
    ///
    /// # Errors
    /// When the sign is missing or the number is none.
    pub fn parse(text: &str) -> Result<Self> {
        let number = text.trim().strip_suffix('%').map(str::trim);
        let number = number.and_then(|number| Exact::parse(number).ok());
        match number.filter(|number| !number.is_negative()) {
            Some(number) => Ok(Self(number)),
            None => Err(Error::usage(format!("{text} is no percentage."))
                .hint("Write it with its sign, such as 80%.")),
        }
    }
}

impl TryFrom<String> for Percent {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|error| told(&error))
    }
}

/// A length of time, such as `90m`, `26h`, `2d` or `1w`. Kept in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(extend("pattern" = "^[0-9]+[mhdw]$")))]
#[serde(try_from = "String")]
pub struct Span(pub i64);

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

impl TryFrom<String> for Span {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let units = [('m', MINUTE), ('h', HOUR), ('d', DAY), ('w', 7 * DAY)];
        let length = units.into_iter().find_map(|(unit, millis)| {
            let count: i64 = text.strip_suffix(unit)?.parse().ok()?;
            let length = count.checked_mul(millis)?;
            (length > 0).then_some(length)
        });
        let wrong = || format!("{text} is no length of time. Write it as 90m, 26h, 2d or 1w.");
        length.map(Self).ok_or_else(wrong)
    }
}

impl Span {
    /// Whole days, rounded up.
    pub fn days(self) -> u64 {
        let days = self.0 / DAY + i64::from(self.0 % DAY != 0);
        days.unsigned_abs()
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            millis if millis % DAY == 0 => write!(f, "{}d", millis / DAY),
            millis if millis % HOUR == 0 => write!(f, "{}h", millis / HOUR),
            millis => write!(f, "{}m", millis / MINUTE),
        }
    }
}

/// One thing to group by, by its canonical name: `tenant`, `requested_model`, `tag:team`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(try_from = "String")]
pub struct Group(pub String);

impl TryFrom<String> for Group {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let dimension = Dimension::parse(&text).map_err(|error| told(&error))?;
        Ok(Self(dimension.key()))
    }
}

/// Conditions that must all hold, each as `--where` takes it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(try_from = "BTreeMap<String, String>")]
pub struct Conditions(pub Vec<String>);

impl TryFrom<BTreeMap<String, String>> for Conditions {
    type Error = String;
    fn try_from(table: BTreeMap<String, String>) -> Result<Self, String> {
        let conditions = table
            .into_iter()
            .map(|(name, pattern)| format!("{name}={pattern}"));
        let conditions: Vec<String> = conditions.collect();
        for condition in &conditions {
            Filter::parse(condition).map_err(|error| told(&error))?;
        }
        Ok(Self(conditions))
    }
}

/// A pattern of model names.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(try_from = "String")]
pub struct Glob(#[cfg_attr(test, schemars(with = "String"))] pub glob::Pattern);

impl TryFrom<String> for Glob {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let pattern = glob::Pattern::new(&text);
        pattern
            .map(Self)
            .map_err(|error| format!("The pattern {text} is malformed: {}.", error.msg))
    }
}

/// The code of a currency.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(extend("pattern" = "^[A-Z]{3,8}$")))]
#[serde(try_from = "String")]
pub struct Currency(pub String);

impl TryFrom<String> for Currency {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let sound = (3..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase());
        let wrong = || format!("{text} is no currency code. Write it as USD or EUR.");
        sound.then(|| Self(text.clone())).ok_or_else(wrong)
    }
}

/// The name of a timezone in the IANA database.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(try_from = "String")]
pub struct Zone(#[cfg_attr(test, schemars(with = "String"))] pub chrono_tz::Tz);

impl TryFrom<String> for Zone {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        calendar::timezone(&text)
            .map(Self)
            .map_err(|error| told(&error))
    }
}

/// One percentage, or a list of them, the lowest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Percents(pub Vec<Percent>);

impl<'de> Deserialize<'de> for Percents {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Percents;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a percentage such as \"80%\", or a list of them")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Percents, E> {
                let percent = Percent::try_from(text.to_owned()).map_err(E::custom)?;
                Ok(Percents(vec![percent]))
            }
            fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Percents, A::Error> {
                let mut percents = Vec::new();
                while let Some(percent) = list.next_element()? {
                    percents.push(percent);
                }
                percents.sort_unstable();
                Ok(Percents(percents))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

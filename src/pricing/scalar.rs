//! The scalars of a price book that are no numbers: each reads its text as it stands.
//!
//! Checks that need nothing but the scalar happen here, where the parser knows the line.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Weekday};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::usage::{Group, Timestamp};

/// Reads a scalar from its text with a function, and writes it back as the text.
macro_rules! text_scalar {
    ($name:ident, $parse:expr) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                $parse(&text).ok_or_else(|| {
                    serde::de::Error::custom(format!("\"{text}\" is not {}", $name::WHAT))
                })
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}

/// A calendar day, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(NaiveDate);

impl Day {
    const WHAT: &'static str = "a date such as 2026-11-22";

    /// Reads `2026-11-22`.
    pub fn parse(text: &str) -> Option<Self> {
        let written_out = text.len() == 10;
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        written_out.then_some(Self(date))
    }

    /// The day of a point in time.
    pub fn of(at: Timestamp) -> Self {
        Self(at.to_utc().date_naive())
    }

    /// When it is over: midnight of the next one.
    pub fn end(self) -> Timestamp {
        let next = self.0.succ_opt().unwrap_or(self.0);
        Timestamp::from_millis(
            next.and_time(chrono::NaiveTime::MIN)
                .and_utc()
                .timestamp_millis(),
        )
    }

    /// How many days it is after another one; negative when it is earlier.
    pub fn days_since(self, other: Self) -> i64 {
        (self.0 - other.0).num_days()
    }

    /// The month that it is in: `2026-11`.
    pub fn month(self) -> String {
        self.0.format("%Y-%m").to_string()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

text_scalar!(Day, Day::parse);

/// The start or end of a price period: a date or an instant, kept as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    text: String,
    at: Timestamp,
}

impl Moment {
    const WHAT: &'static str = "a date or an RFC 3339 instant such as 2026-08-16T16:00:00Z";

    /// Reads it from its text.
    pub fn parse(text: &str) -> Option<Self> {
        let at = match Day::parse(text) {
            Some(day) => day.0.and_hms_opt(0, 0, 0)?.and_utc(),
            None => DateTime::parse_from_rfc3339(text).ok()?.to_utc(),
        };
        Some(Self {
            text: text.to_owned(),
            at: Timestamp::from_millis(at.timestamp_millis()),
        })
    }

    /// The point in time; a date is its midnight in UTC.
    pub fn at(&self) -> Timestamp {
        self.at
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

text_scalar!(Moment, Moment::parse);

/// A weekday of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayOfWeek(Weekday);

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Mon),
    ("tue", Weekday::Tue),
    ("wed", Weekday::Wed),
    ("thu", Weekday::Thu),
    ("fri", Weekday::Fri),
    ("sat", Weekday::Sat),
    ("sun", Weekday::Sun),
];

impl DayOfWeek {
    const WHAT: &'static str = "a weekday such as mon";

    fn parse(text: &str) -> Option<Self> {
        let known = WEEKDAYS.iter().find(|(name, _)| *name == text);
        known.map(|(_, day)| Self(*day))
    }

    /// Whether the point in time is on this weekday, in UTC.
    pub fn holds(self, at: Timestamp) -> bool {
        at.to_utc().weekday() == self.0
    }
}

impl fmt::Display for DayOfWeek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = WEEKDAYS.iter().find(|(_, day)| *day == self.0);
        f.write_str(known.map_or("", |(name, _)| name))
    }
}

text_scalar!(DayOfWeek, DayOfWeek::parse);

/// Hours of a day in UTC, half-open: `01:00-04:00` ends before 04:00.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    text: String,
    from: u32,
    to: u32,
}

impl Hours {
    const WHAT: &'static str = "a span of hours of one day such as 01:00-04:00";

    fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        let (from, to) = (minute_of_day(from)?, minute_of_day(to)?);
        (from < to).then_some(Self {
            text: text.to_owned(),
            from,
            to,
        })
    }

    /// Whether the point in time is within these hours.
    pub fn holds(&self, at: Timestamp) -> bool {
        let at = at.to_utc();
        (self.from..self.to).contains(&(at.hour() * 60 + at.minute()))
    }
}

fn minute_of_day(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once(':')?;
    let number = |digits: &str| -> Option<u32> {
        let is_plain = digits.len() <= 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|_| is_plain)
    };
    let (hour, minute) = (number(hour)?, number(minute)?);
    (minute < 60 && hour * 60 + minute <= 24 * 60).then_some(hour * 60 + minute)
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

text_scalar!(Hours, Hours::parse);

/// The family of a meter that a book declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupName(pub Group);

impl GroupName {
    const WHAT: &'static str = "a group: tokens, tools, media, fees or storage";

    fn parse(text: &str) -> Option<Self> {
        Group::named(text).map(Self)
    }
}

impl fmt::Display for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

text_scalar!(GroupName, GroupName::parse);

/// A currency: an ISO 4217 code, or a provider's credits in the same spelling.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Currency(String);

impl Currency {
    const WHAT: &'static str = "a currency code such as USD";

    /// A code that is known to be one.
    pub(super) fn known(code: &'static str) -> Self {
        Self(code.to_owned())
    }

    fn parse(text: &str) -> Option<Self> {
        let sound = (3..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase());
        sound.then(|| Self(text.to_owned()))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_scalar!(Currency, Currency::parse);

//! Points in time, as records state them.

use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, TimeZone, Utc};

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// Earliest and latest time that is believed: the years 2000 to 2199. Anything else is a mistake
/// of unit or a placeholder, and is treated as absent.
const BELIEVED_MS: std::ops::Range<i64> = 946_684_800_000..7_258_118_400_000;

impl Timestamp {
    /// The time from milliseconds since the epoch, whatever they are.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// The time from a count of seconds, milliseconds, microseconds or nanoseconds since the epoch;
    /// the size tells which. `None` when no unit gives a believable time.
    pub fn from_epoch(digits: &str) -> Option<Self> {
        let number = crate::money::Exact::parse(digits).ok()?;
        [3, 0, -3, -6].into_iter().find_map(|exponent| {
            let millis = crate::money::round_half_even(number.shift(exponent).ok()?, 0);
            let millis = millis.to_integer().ok()?;
            BELIEVED_MS.contains(&millis).then_some(Self(millis))
        })
    }

    /// Reads RFC 3339, `YYYY-MM-DD HH:MM[:SS[.fff]]` (taken as UTC when it has no offset), a date,
    /// or a count since the epoch. `None` for anything else: a bad time never rejects a record.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
        {
            return Self::from_epoch(text);
        }
        let time = DateTime::parse_from_rfc3339(text)
            .map(|time| time.to_utc())
            .or_else(|_| DateTime::parse_from_rfc2822(text).map(|time| time.to_utc()))
            .ok()
            .or_else(|| without_seconds_or_offset(text))?;
        let millis = time.timestamp_millis();
        BELIEVED_MS.contains(&millis).then_some(Self(millis))
    }

    /// Milliseconds since the epoch.
    pub fn millis(self) -> i64 {
        self.0
    }

    /// The time for calendar work.
    pub fn to_utc(self) -> DateTime<Utc> {
        Utc.timestamp_millis_opt(self.0)
            .single()
            .unwrap_or(DateTime::UNIX_EPOCH)
    }
}

fn without_seconds_or_offset(text: &str) -> Option<DateTime<Utc>> {
    let (text, shift) = match text.strip_suffix(" UTC").or_else(|| text.strip_suffix('Z')) {
        Some(text) => (text, 0),
        None => offset_of(text).unwrap_or((text, 0)),
    };
    for format in [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
    ] {
        if let Ok(time) = NaiveDateTime::parse_from_str(text, format) {
            // A year at the end of all years may have no such hour in UTC.
            return time
                .and_utc()
                .checked_sub_signed(chrono::Duration::minutes(shift));
        }
    }
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    Some(date.and_hms_opt(0, 0, 0)?.and_utc())
}

/// Splits a trailing `+hh:mm`, `+hhmm` or `+hh` off, as minutes east of UTC.
fn offset_of(text: &str) -> Option<(&str, i64)> {
    let at = text.rfind(['+', '-']).filter(|at| *at > 10)?;
    let (time, offset) = text.split_at_checked(at)?;
    let digits: String = offset.chars().filter(char::is_ascii_digit).collect();
    let hours: i64 = digits.get(..2)?.parse().ok()?;
    let minutes: i64 = digits.get(2..4).map_or(Ok(0), str::parse).ok()?;
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    Some((time.trim_end(), sign * (hours * 60 + minutes)))
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC; milliseconds only where there are some.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = if self.0 % 1000 == 0 {
            SecondsFormat::Secs
        } else {
            SecondsFormat::Millis
        };
        f.write_str(&self.to_utc().to_rfc3339_opts(digits, true))
    }
}

/// Where a record's time comes from, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TimeBasis {
    /// The response states it.
    Response,
    /// The envelope around the response states it.
    Envelope,
    /// The user gave it with `--set timestamp=…`.
    Option,
    /// The file's own time, only where asked for.
    File,
}

impl TimeBasis {
    /// The word that is stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Response => "response",
            Self::Envelope => "envelope",
            Self::Option => "option",
            Self::File => "file",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_every_unit_and_spelling_are_one_time() {
        let wanted = "2026-11-02T10:00:00Z";
        for text in [
            "1793613600",
            "1793613600.0",
            "1793613600000",
            "1793613600000000",
            "1793613600000000000",
            "2026-11-02T10:00:00Z",
            "2026-11-02T10:00Z",
            "2026-11-02 10:00:00",
            "2026-11-02T12:00:00+02:00",
            "2026-11-02 10:00:00 UTC",
            "2026-11-02T05:00:00.000-0500",
            "2026-11-02T10:00:00.000000",
        ] {
            assert_eq!(
                Timestamp::parse(text)
                    .map(|time| time.to_string())
                    .as_deref(),
                Some(wanted),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_believable_time_is_absent() {
        for text in [
            "0",
            "-1",
            "",
            "soon",
            "9999999999999999999999",
            "1e400",
            "12",
            "0000-00-00",
            "+262142-12-31T23:59:59-23:00",
            "-262143-01-01T00:00:00+23:00",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }
}

//! Points in time as a calendar shows them in a timezone. A day starts at its first instant there,
//! also where daylight saving skips or repeats midnight.

use chrono::{
    DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Timelike,
};
use chrono_tz::Tz;

use crate::error::{Error, Result};
use crate::usage::Timestamp;

use super::nearest;

/// The timezone of an IANA name.
///
/// # Errors
/// When there is none of that name.
pub fn timezone(name: &str) -> Result<Tz> {
    name.parse().map_err(|_| {
        let names = || chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
        // A city is what most people type.
        let city = name.replace(' ', "_");
        let is_there = |zone: &&str| {
            let last = zone.rsplit('/').next();
            last.is_some_and(|last| last.eq_ignore_ascii_case(&city))
        };
        let close = names().find(is_there);
        let hint = match close.or_else(|| nearest::nearest(name, names())) {
            Some(close) => format!("Did you mean {close}?"),
            None => "Name it as the IANA database does, such as UTC or Asia/Seoul.".to_owned(),
        };
        Error::usage("There is no such timezone.").hint(hint)
    })
}

/// The clock on the wall.
pub fn local(at: Timestamp, zone: Tz) -> DateTime<Tz> {
    at.to_utc().with_timezone(&zone)
}

/// The date on the wall.
pub fn date(at: Timestamp, zone: Tz) -> NaiveDate {
    local(at, zone).date_naive()
}

/// The first instant of a day.
pub fn day_start(date: NaiveDate, zone: Tz) -> Timestamp {
    instant(date.and_time(NaiveTime::MIN), zone)
}

/// The start of the day that is so many days before an instant's own.
pub fn days_before(at: Timestamp, days: u64, zone: Tz) -> Timestamp {
    let earlier = date(at, zone).checked_sub_days(chrono::Days::new(days));
    earlier.map_or(at, |earlier| day_start(earlier, zone))
}

/// The first instant at which a wall clock shows this time or, where it is skipped, a later one.
pub fn instant(wall: NaiveDateTime, zone: Tz) -> Timestamp {
    // Clocks jump by minutes in multiples of five, and by a whole day at most (Apia, 2011-12-30).
    let mut shown = wall;
    for _ in 0..26 * 12 {
        if let Some(found) = zone.from_local_datetime(&shown).earliest() {
            return Timestamp::from_millis(found.timestamp_millis());
        }
        shown += Duration::minutes(5);
    }
    Timestamp::from_millis(wall.and_utc().timestamp_millis())
}

/// `2026-11-02`
pub fn day(at: &DateTime<Tz>) -> String {
    // Its own way of writing is that of ISO 8601, and much quicker than a pattern.
    at.date_naive().to_string()
}

/// `2026-W45`, the ISO week, which starts on Monday.
pub fn week(at: &DateTime<Tz>) -> String {
    at.format("%G-W%V").to_string()
}

/// `2026-11`
pub fn month(at: &DateTime<Tz>) -> String {
    at.format("%Y-%m").to_string()
}

/// `2026-11-02T10:00Z`, with the offset, because an hour can come twice.
pub fn hour(at: &DateTime<Tz>) -> String {
    let start = at.format("%Y-%m-%dT%H:00");
    match at.format("%:z").to_string().as_str() {
        "+00:00" => format!("{start}Z"),
        offset => format!("{start}{offset}"),
    }
}

/// `Monday` … `Sunday`
pub fn weekday(at: &DateTime<Tz>) -> String {
    at.format("%A").to_string()
}

/// `00` … `23`
pub fn hour_of_day(at: &DateTime<Tz>) -> String {
    format!("{:02}", at.hour())
}

/// Where a time label stands among its kind: weekdays from Monday, repeated hours in their order.
/// Labels that sort as they are written are all 0.
pub fn rank(label: &str) -> i64 {
    if let Ok(weekday) = label.parse::<chrono::Weekday>() {
        return i64::from(weekday.num_days_from_monday());
    }
    let hour = label.replace('Z', "+00:00");
    DateTime::parse_from_str(&hour, "%Y-%m-%dT%H:%M%:z").map_or(0, |time| time.timestamp())
}

/// How people read a half-open range: whole days by their dates, anything else by its instants.
pub fn range_text(from: Option<Timestamp>, to: Option<Timestamp>, zone: Tz) -> String {
    let is_start = |at: Timestamp| day_start(date(at, zone), zone) == at;
    let first = from.map(|from| {
        if is_start(from) {
            date(from, zone).to_string()
        } else {
            rfc3339(from, zone)
        }
    });
    let last = to.map(|to| match date(to, zone).pred_opt() {
        Some(day) if is_start(to) => day.to_string(),
        Some(_) | None => format!("before {}", rfc3339(to, zone)),
    });
    match (first, last) {
        (Some(first), Some(last)) if first == last => first,
        (Some(first), Some(last)) => format!("{first} to {last}"),
        (Some(first), None) => format!("since {first}"),
        (None, Some(last)) => format!("until {last}"),
        (None, None) => "all".to_owned(),
    }
}

/// RFC 3339 with the offset of the timezone; `Z` in UTC.
pub fn rfc3339(at: Timestamp, zone: Tz) -> String {
    let digits = if at.millis() % 1000 == 0 {
        chrono::SecondsFormat::Secs
    } else {
        chrono::SecondsFormat::Millis
    };
    local(at, zone).to_rfc3339_opts(digits, true)
}

/// The date that a price book's version starts with (`2026-11-22`, `2026.11.22`), if any.
pub fn version_date(version: &str) -> Option<NaiveDate> {
    let leading = version.get(..10)?.replace('.', "-");
    NaiveDate::parse_from_str(&leading, "%Y-%m-%d").ok()
}

/// The Monday of the week.
pub fn monday(date: NaiveDate) -> Option<NaiveDate> {
    let days = u64::from(date.weekday().num_days_from_monday());
    date.checked_sub_days(chrono::Days::new(days))
}

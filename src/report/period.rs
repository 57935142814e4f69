//! Which stretch of time is asked for, from what people type. Always half-open: the start belongs
//! to it, the end does not; a bare date as an end includes that day.

use chrono::{Datelike, Days, Duration, Months, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;

use crate::error::{Error, Result};
use crate::usage::Timestamp;

use super::calendar::{date, day_start, instant, local, monday};
use super::nearest;

/// The time now and where the wall clock hangs.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// Now.
    pub now: Timestamp,
    /// The timezone in which days start.
    pub zone: Tz,
}

/// A stretch of time; an absent end is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Period {
    /// The first instant.
    pub from: Option<Timestamp>,
    /// The first instant after it.
    pub to: Option<Timestamp>,
}

const WORDS: [&str; 8] = [
    "today",
    "yesterday",
    "this-week",
    "last-week",
    "this-month",
    "last-month",
    "this-year",
    "last-year",
];

impl Period {
    /// Whether the period is everything.
    pub fn is_open(self) -> bool {
        self.from.is_none() && self.to.is_none()
    }

    /// Whether something that happened then belongs to it. What has no time belongs only to
    /// everything.
    pub fn contains(self, at: Option<Timestamp>) -> bool {
        match at {
            Some(at) => self.from.is_none_or(|from| from <= at) && self.to.is_none_or(|to| at < to),
            None => self.is_open(),
        }
    }

    /// Reads `--period`: a word, a year, month, quarter, week, day, `7d` (today and the seven days
    /// before) or `FROM..TO`.
    ///
    /// # Errors
    /// When it is none of these, or ends before it starts.
    pub fn parse(text: &str, clock: Clock) -> Result<Self> {
        if let Some((from, to)) = text.split_once("..") {
            let stated = |end: &'_ str| (!end.trim().is_empty()).then(|| end.trim().to_owned());
            return Self::between(stated(from).as_deref(), stated(to).as_deref(), clock);
        }
        let span = Span::parse(text, clock)?;
        match span {
            Span::Ago(from) => Ok(Self {
                from: Some(from),
                to: next_day(date(clock.now, clock.zone), clock.zone),
            }),
            Span::Days(first, after) => Ok(Self {
                from: Some(day_start(first, clock.zone)),
                to: Some(day_start(after, clock.zone)),
            }),
            Span::Instant(_) => Err(Error::usage("A point in time is no period.")
                .hint("Write FROM..TO, or use --since.")),
        }
    }

    /// Reads `--since` and `--until`. What stands for several days starts with its first and ends
    /// with its last; an instant as an end is exclusive.
    ///
    /// # Errors
    /// When one cannot be read, or the period ends before it starts.
    pub fn between(since: Option<&str>, until: Option<&str>, clock: Clock) -> Result<Self> {
        let from = since.map(|text| Span::parse(text, clock)).transpose()?;
        let to = until.map(|text| Span::parse(text, clock)).transpose()?;
        let period = Self {
            from: from.map(|span| span.start(clock.zone)),
            to: to.map(|span| span.end(clock.zone)),
        };
        match (period.from, period.to) {
            (Some(from), Some(to)) if from >= to => {
                Err(Error::usage("The period ends before it starts."))
            }
            (Some(_) | None, Some(_) | None) => Ok(period),
        }
    }
}

impl Period {
    /// The period before this one: as many months before where it is whole months, as many days
    /// where it is whole days, else as long a time. Of a period that is not over only as much is
    /// taken as has passed of it, so that like is compared with like.
    ///
    /// # Errors
    /// When the period has no start, so that nothing is before it, or neither an end nor begun, so that
    /// nobody can say how long it is.
    pub fn previous(self, clock: Clock) -> Result<Self> {
        let zone = clock.zone;
        let found = self.from.and_then(|from| {
            let to = self.to.or_else(|| next_day(date(clock.now, zone), zone))?;
            if to <= from {
                return None;
            }
            let start = before(from, to, zone)?;
            let is_open = from <= clock.now && clock.now < to;
            let end = is_open.then(|| {
                let wall = |at| local(at, zone).naive_local();
                let passed = wall(clock.now) - wall(from);
                instant(wall(start) + passed, zone)
            });
            Some(Self {
                from: Some(start),
                to: Some(end.map_or(from, |end| end.min(from))),
            })
        });
        found.ok_or_else(|| {
            Error::usage("There is no period before this one.").hint(
                "Say from when on, in the past or with an end: --period this-month, --since 7d",
            )
        })
    }
}

/// The start of the stretch of the same length before this one.
fn before(from: Timestamp, to: Timestamp, zone: Tz) -> Option<Timestamp> {
    let (first, after) = (date(from, zone), date(to, zone));
    if day_start(first, zone) != from || day_start(after, zone) != to {
        let start = from
            .millis()
            .checked_sub(to.millis().checked_sub(from.millis())?)?;
        return Some(Timestamp::from_millis(start));
    }
    let months = (after.year() - first.year()) * 12 + after.month().cast_signed()
        - first.month().cast_signed();
    let start = match u32::try_from(months) {
        Ok(months) if months > 0 && first.day() == 1 && after.day() == 1 => {
            first.checked_sub_months(Months::new(months))
        }
        Ok(_) | Err(_) => {
            let days = u64::try_from((after - first).num_days()).ok()?;
            first.checked_sub_days(Days::new(days))
        }
    };
    start.map(|start| day_start(start, zone))
}

/// What one expression stands for.
#[derive(Clone, Copy)]
enum Span {
    /// Whole days: the first, and the first after them.
    Days(NaiveDate, NaiveDate),
    /// Some time ago.
    Ago(Timestamp),
    /// A point in time.
    Instant(Timestamp),
}

impl Span {
    fn parse(text: &str, clock: Clock) -> Result<Self> {
        let text = text.trim();
        let word = text.to_ascii_lowercase().replace(['_', ' '], "-");
        days_of_word(&word, date(clock.now, clock.zone))
            .or_else(|| days_of_date(text))
            .map(|(first, after)| Self::Days(first, after))
            .or_else(|| ago(&word, clock).map(Self::Ago))
            .or_else(|| point(text, clock.zone).map(Self::Instant))
            .ok_or_else(|| unknown(&word))
    }

    fn start(self, zone: Tz) -> Timestamp {
        match self {
            Self::Days(first, _) => day_start(first, zone),
            Self::Ago(at) | Self::Instant(at) => at,
        }
    }

    fn end(self, zone: Tz) -> Timestamp {
        match self {
            Self::Days(_, after) => day_start(after, zone),
            Self::Ago(at) | Self::Instant(at) => at,
        }
    }
}

fn unknown(word: &str) -> Error {
    let hint = match nearest::nearest(word, WORDS) {
        Some(name) => format!("Did you mean {name}?"),
        None => "Use today, last-month, 7d, 2026-11, 2026-W47, 2026-Q4, 2026-11-15, \
                 2026-11-01..2026-11-15 or an instant such as 2026-11-15T08:00:00Z."
            .to_owned(),
    };
    Error::usage("The period cannot be read.").hint(hint)
}

fn days_of_word(word: &str, today: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let month = today.with_day(1)?;
    let year = month.with_month(1)?;
    let week = monday(today)?;
    Some(match word {
        "today" => (today, today.succ_opt()?),
        "yesterday" => (today.pred_opt()?, today),
        "this-week" => (week, week.checked_add_days(Days::new(7))?),
        "last-week" => (week.checked_sub_days(Days::new(7))?, week),
        "this-month" => (month, month.checked_add_months(Months::new(1))?),
        "last-month" => (month.checked_sub_months(Months::new(1))?, month),
        "this-year" => (year, year.checked_add_months(Months::new(12))?),
        "last-year" => (year.checked_sub_months(Months::new(12))?, year),
        _ => return None,
    })
}

/// `2026`, `2026-11`, `2026-Q4`, `2026-W47`, `2026-11-15`
fn days_of_date(text: &str) -> Option<(NaiveDate, NaiveDate)> {
    let number = |part: &str, digits: usize| {
        let plain = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| part.parse::<u32>().ok()).flatten()
    };
    let mut parts = text.splitn(3, '-');
    let year = i32::try_from(number(parts.next()?, 4)?).ok()?;
    let months = |first: u32, count: u32| {
        let start = NaiveDate::from_ymd_opt(year, first, 1)?;
        Some((start, start.checked_add_months(Months::new(count))?))
    };
    let Some(part) = parts.next() else {
        return months(1, 12);
    };
    if let Some(day) = parts.next() {
        let day = NaiveDate::from_ymd_opt(year, number(part, 2)?, number(day, 2)?)?;
        return Some((day, day.succ_opt()?));
    }
    if let Some(quarter) = part.strip_prefix(['Q', 'q']) {
        return months((number(quarter, 1)?.checked_sub(1)?) * 3 + 1, 3);
    }
    if let Some(week) = part.strip_prefix(['W', 'w']) {
        let start = NaiveDate::from_isoywd_opt(year, number(week, 2)?, chrono::Weekday::Mon)?;
        return Some((start, start.checked_add_days(Days::new(7))?));
    }
    months(number(part, 2)?, 1)
}

/// `7d` and `2w` start at midnight that many days ago, so that no first day is cut in two; `24h`
/// is exact.
fn ago(word: &str, clock: Clock) -> Option<Timestamp> {
    let unit = word.chars().last()?;
    let count: u64 = word.strip_suffix(unit)?.parse().ok()?;
    let days = match unit {
        'd' => count,
        'w' => count.checked_mul(7)?,
        'h' => {
            let hours = Duration::try_hours(i64::try_from(count).ok()?)?;
            let at = clock.now.to_utc().checked_sub_signed(hours)?;
            return Some(Timestamp::from_millis(at.timestamp_millis()));
        }
        _ => return None,
    };
    let first = date(clock.now, clock.zone).checked_sub_days(Days::new(days))?;
    Some(day_start(first, clock.zone))
}

/// An instant; without an offset it is what the wall clock shows.
fn point(text: &str, zone: Tz) -> Option<Timestamp> {
    for format in [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
    ] {
        if let Ok(wall) = NaiveDateTime::parse_from_str(text, format) {
            return Some(instant(wall, zone));
        }
    }
    // Bare numbers are refused: a mistyped year must not become seconds since 1970.
    text.contains(['T', 't', ' ', ':'])
        .then(|| Timestamp::parse(text))
        .flatten()
}

fn next_day(date: NaiveDate, zone: Tz) -> Option<Timestamp> {
    date.succ_opt().map(|next| day_start(next, zone))
}

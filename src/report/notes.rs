//! What must be said beside the figures: period, timezone, price books and their age, and what is
//! not exact, with the command that lists it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Report, calendar};

/// A book older than this is said to be old: prices move every few weeks.
const OLD_AFTER_DAYS: i64 = 30;

/// A price book that was used, and how old it is.
pub struct BookUse<'a> {
    /// The book's name.
    pub name: &'a str,
    /// Its version.
    pub version: &'a str,
    /// How many records it priced.
    pub records: u64,
    /// Days since the date in its version, where there is one.
    pub age_days: Option<i64>,
}

impl Report {
    /// The price books that priced the records, and the one that is loaded.
    pub(super) fn books<'a>(&'a self) -> Vec<BookUse<'a>> {
        let used = self
            .summary
            .books
            .iter()
            .map(|((name, version), records)| (name, version, *records));
        let loaded = self
            .query
            .book
            .as_ref()
            .map(|(name, version)| (name, version, 0));
        let loaded = loaded.filter(|(name, version, _)| {
            !self
                .summary
                .books
                .keys()
                .any(|(held, at)| held == *name && at == *version)
        });
        let today = calendar::date(self.query.now, self.query.timezone);
        let with_age = |(name, version, records): (&'a String, &'a String, u64)| BookUse {
            name,
            version,
            records,
            age_days: calendar::version_date(version).map(|date| (today - date).num_days()),
        };
        used.chain(loaded).map(with_age).collect()
    }

    /// What holds for the whole report.
    pub(super) fn meta(&self) -> Vec<(String, String)> {
        let zone = self.query.timezone;
        let mut period = calendar::range_text(self.query.period.from, self.query.period.to, zone);
        if let (true, Some((first, last))) = (self.query.period.is_open(), self.summary.seen) {
            let (first, last) = (calendar::date(first, zone), calendar::date(last, zone));
            let days = if first == last {
                first.to_string()
            } else {
                format!("{first} to {last}")
            };
            period = format!("{period} ({days})");
        }
        let usual = [
            ("period", period),
            ("timezone", zone.name().to_owned()),
            ("prices", books_text(&self.books())),
        ];
        let all = usual
            .into_iter()
            .chain(self.against_text())
            .chain(self.terms_text());
        all.map(|(name, text)| (name.replace('_', " "), text))
            .collect()
    }

    /// What has no row or column of its own.
    fn left_out(&self) -> Option<String> {
        let pivot = self.pivot.as_ref();
        let hidden = pivot.map_or(self.hidden, |pivot| pivot.hidden);
        let columns = pivot.map_or(0, |pivot| pivot.others);
        if columns > 0 {
            return Some(format!(
                "{columns} more columns are added up in (others); --top N keeps more of them."
            ));
        }
        if self.query.view.others && hidden > 0 {
            return Some(format!("(others) stands for {hidden} more rows."));
        }
        let text = format!("{hidden} more rows are hidden by the limit; totals cover all of them.");
        (hidden > 0).then_some(text)
    }

    /// What is unpriced, estimated, left out or hidden.
    pub(super) fn notes(&self) -> Vec<String> {
        let count = |of: fn(&super::Tally) -> u64| -> u64 {
            self.totals.iter().map(|total| of(&total.tally)).sum()
        };
        let listed = |number: u64, what: &str, status: &str| {
            (number > 0).then(|| {
                format!(
                    "{} {what}: llmcost records --where cost_status={status}",
                    records(number)
                )
            })
        };
        let untimed = self.summary.without_time;
        let is_stored = self.is_stored();
        let [unpriced, partial, estimated] = [
            listed(count(|tally| tally.unpriced), "unpriced", "unpriced"),
            listed(
                count(|tally| tally.partial),
                "priced in part, so the cost is a lower bound",
                "partial",
            ),
            listed(count(|tally| tally.estimated), "estimated", "estimated"),
        ]
        .map(|note| note.filter(|_| is_stored));
        let notes = [
            unpriced,
            self.unknown().filter(|_| !is_stored),
            partial,
            estimated,
            (untimed > 0).then(|| {
                let left_out = records(untimed);
                format!("{left_out} without a time left out: llmcost records --where 'day=(none)'")
            }),
            self.left_out(),
            self.totals
                .is_empty()
                .then(|| "No records match.".to_owned()),
        ];
        notes
            .into_iter()
            .flatten()
            .chain(self.unconverted())
            .chain(self.old_books())
            .collect()
    }

    /// That prices may have moved since the book in force was made.
    fn old_books(&self) -> Option<String> {
        let books = self.books();
        let youngest = books.iter().filter_map(|book| book.age_days).min()?;
        (youngest > OLD_AFTER_DAYS).then(|| {
            format!("The price books are {youngest} days old or older; prices may have moved since: llmcost prices check")
        })
    }
}

/// How many records, in words.
pub(super) fn records(number: u64) -> String {
    match number {
        1 => "1 record".to_owned(),
        more => format!("{more} records"),
    }
}

/// How many requests, in words.
pub(super) fn requests(number: u64) -> String {
    match number {
        1 => "1 request".to_owned(),
        more => format!("{more} requests"),
    }
}

/// Price books by version, the newest first: `2026-11-22 (0 days old): openai, xai and 11 more`.
fn books_text(books: &[BookUse<'_>]) -> String {
    let mut versions: BTreeMap<Reverse<&str>, Vec<&BookUse<'_>>> = BTreeMap::new();
    for book in books {
        let same = versions.entry(Reverse(book.version)).or_default();
        same.push(book);
    }
    let texts: Vec<String> = versions
        .into_values()
        .filter_map(|mut books| {
            books.sort_by_key(|book| (Reverse(book.records), book.name));
            let (version, age) = books.first().map(|book| (book.version, age_text(book)))?;
            let names: Vec<&str> = books.iter().map(|book| book.name).collect();
            Some(format!("{version} ({age}): {}", some_of(&names)))
        })
        .collect();
    if texts.is_empty() {
        "none used".to_owned()
    } else {
        texts.join("; ")
    }
}

/// All names where they are few, otherwise the first and how many more.
fn some_of(names: &[&str]) -> String {
    match names {
        [first, second, rest @ ..] if rest.len() > 1 => {
            format!("{first}, {second} and {} more", rest.len())
        }
        few => few.join(", "),
    }
}

fn age_text(book: &BookUse<'_>) -> String {
    match book.age_days {
        Some(1) => "1 day old".to_owned(),
        // A version that a clock of today has not reached: announced prices, or a wrong clock.
        Some(-1) => "1 day ahead".to_owned(),
        Some(days) if days < 0 => format!("{} days ahead", days.unsigned_abs()),
        Some(days) => format!("{days} days old"),
        None => "age unknown".to_owned(),
    }
}

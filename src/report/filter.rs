//! Which records are asked for: `model=gpt*`, `user!=alice,bob`, `tenant=(none)`.

use chrono_tz::Tz;

use crate::error::{Error, Result};
use crate::ledger::Entry;
use crate::table::NONE;

use super::dimension::Dimension;

/// One condition: the dimension's value is one of the patterns, or none of them.
#[derive(Clone)]
pub struct Filter {
    dimension: Dimension,
    negated: bool,
    patterns: Vec<Pattern>,
}

#[derive(Clone)]
enum Pattern {
    Absent,
    Is(String),
    Like(glob::Pattern),
}

impl Filter {
    /// Reads `DIMENSION=PATTERN[,PATTERN…]` or `DIMENSION!=…`.
    ///
    /// # Errors
    /// When there is no `=`, no such dimension, or a pattern is malformed.
    pub fn parse(text: &str) -> Result<Self> {
        let (name, patterns) = text.split_once('=').ok_or_else(|| {
            Error::usage("A filter has no = sign.")
                .hint("Write DIMENSION=VALUE, such as model=gpt* or user!=alice,bob.")
        })?;
        match name.strip_suffix('!') {
            Some(name) => Self::new(name, true, patterns),
            None => Self::new(name, false, patterns),
        }
    }

    /// The short form of a filter, such as `--user alice`.
    ///
    /// # Errors
    /// As [`Filter::parse`].
    pub fn of(dimension: &str, patterns: &str) -> Result<Self> {
        Self::new(dimension, false, patterns)
    }

    fn new(dimension: &str, negated: bool, patterns: &str) -> Result<Self> {
        Ok(Self {
            dimension: Dimension::parse(dimension)?,
            negated,
            patterns: split(patterns)
                .iter()
                .map(|text| pattern(text))
                .collect::<Result<_>>()?,
        })
    }

    /// What it asks for.
    pub fn dimension(&self) -> &Dimension {
        &self.dimension
    }

    /// Whether it chooses among the line items of a record.
    pub fn is_meter(&self) -> bool {
        self.dimension.is_meter()
    }

    /// Whether an entry meets the condition. Filters on meters are met item by item instead.
    pub fn accepts(&self, entry: &Entry, zone: Tz) -> bool {
        self.is_meter() || self.accepts_value(self.dimension.value(entry, zone).as_deref())
    }

    /// Whether a value of the dimension meets the condition.
    pub fn accepts_value(&self, value: Option<&str>) -> bool {
        let is_one = self.patterns.iter().any(|pattern| match (pattern, value) {
            (Pattern::Absent, None) => true,
            (Pattern::Is(text), Some(value)) => text == value,
            (Pattern::Like(glob), Some(value)) => glob.matches(value),
            (Pattern::Absent, Some(_)) | (Pattern::Is(_) | Pattern::Like(_), None) => false,
        });
        is_one != self.negated
    }
}

fn pattern(text: &str) -> Result<Pattern> {
    if text == NONE {
        return Ok(Pattern::Absent);
    }
    if text.is_empty() {
        return Err(Error::usage("A filter has no value.")
            .hint("(none) matches what is absent; * matches what is present."));
    }
    if !text.contains(['*', '?', '[']) {
        return Ok(Pattern::Is(text.to_owned()));
    }
    glob::Pattern::new(text)
        .map(Pattern::Like)
        .map_err(|error| {
            Error::usage(format!("A filter's pattern is malformed: {}.", error.msg))
                .hint("* and ? are wildcards, [*] and [?] stand for themselves.")
        })
}

/// Splits at commas; `\,` is a comma that belongs to the value.
pub(super) fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let escaped = letter == '\\' && letters.peek() == Some(&',');
        let letter = if escaped {
            letters.next().unwrap_or(letter)
        } else {
            letter
        };
        if letter == ',' && !escaped {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(letter);
        }
    }
    parts
}

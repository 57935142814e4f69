//! What an envelope says of the call inside it, and where it says so.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::place::Unit;
use super::target::Target;
use crate::json::{word, words};
use crate::money::{Exact, round_half_even};
use crate::usage::{Facts, Field, FieldKind, Timestamp, Value, clean_text};

/// Longer words, in bytes, are somebody's text: they never become names or labels.
pub(super) const LONGEST_NAME: usize = 128;

/// Where something stands that was stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// What it is.
    pub target: Target,
    /// Its name, fit to be shown.
    pub name: Cow<'static, str>,
    /// Where it stands, fit to be shown.
    pub place: String,
}

/// What the envelopes around a response say of it, the nearest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// Header fields.
    pub facts: Facts,
    /// When it happened.
    pub occurred: Option<Timestamp>,
    /// Labels.
    pub tags: BTreeMap<String, String>,
    /// What selects rates for the whole record.
    pub attributes: BTreeMap<String, String>,
    /// What somebody says it cost: the number as written, and the place that says so.
    pub cost: Option<(String, String)>,
    /// The currency of that.
    pub currency: Option<String>,
    /// Whether it is said to have failed.
    pub failed: Option<bool>,
    /// Where each of them stands, by name.
    pub places: Vec<Stated>,
    /// Names that are too long to be kept: what they would be, and where they stand.
    pub too_long: BTreeMap<String, String>,
}

impl Said {
    /// States something, unless it has been stated, or the word is no value of it.
    pub fn state(&mut self, target: &Target, word: &str, unit: Option<Unit>, place: &str) {
        let stated = match target {
            Target::Field(field) => self.field(*field, word, unit),
            Target::Time => {
                let new = self.occurred.is_none();
                self.occurred = self.occurred.or_else(|| time(word, unit));
                new && self.occurred.is_some()
            }
            Target::Status => {
                let new = self.failed.is_none();
                self.failed = self.failed.or_else(|| failed(word));
                new && self.failed.is_some()
            }
            Target::Cost => {
                let cost = scaled(word, unit).filter(|_| self.cost.is_none());
                let new = cost.is_some();
                self.cost = cost
                    .map(|cost| (cost, words(place.to_owned())))
                    .or(self.cost.take());
                new
            }
            Target::Currency => {
                let currency = clean_text(word).map(|word| word.to_ascii_uppercase());
                self.currency = self.currency.take().or(currency);
                false
            }
            Target::Tag(tag) => keep(&mut self.tags, tag, word),
            Target::Attribute(name) => keep(&mut self.attributes, name, word),
            Target::Count(_) => false,
        };
        if stated && !place.starts_with('=') {
            self.stands(target.clone(), shown_name(target), shown(place));
        }
    }

    fn stands(&mut self, target: Target, name: Cow<'static, str>, place: String) {
        let stated = Stated {
            target,
            name,
            place,
        };
        match self.find(&stated.name) {
            Ok(at) => {
                if let Some(held) = self.places.get_mut(at) {
                    *held = stated;
                }
            }
            Err(at) => self.places.insert(at, stated),
        }
    }

    fn find(&self, name: &str) -> Result<usize, usize> {
        self.places
            .binary_search_by(|held| held.name.as_ref().cmp(name))
    }

    /// Whether it is known where something stands.
    pub fn places_name(&self, name: &str) -> bool {
        self.find(name).is_ok()
    }

    /// Notes that a name is left out because it is too long; a text in its place is none.
    pub fn leave_out(&mut self, target: &Target, word: &str, place: &str) {
        let is_name = word.len() > LONGEST_NAME && !word.contains(char::is_whitespace);
        if is_name {
            let place = shown(place);
            let name = shown_name(target).into_owned();
            self.too_long.entry(name).or_insert(place);
        }
    }

    fn field(&mut self, field: Field, word: &str, unit: Option<Unit>) -> bool {
        if self.facts.has(field) {
            return false;
        }
        let value = match field.kind() {
            FieldKind::Time => time(word, unit).map(Value::Time),
            FieldKind::Integer => whole(word, unit).map(Value::Integer),
            // How many there were of what a flag asks about.
            FieldKind::Flag if is_many(word) => Some(Value::Flag(true)),
            kind @ (FieldKind::Text | FieldKind::Flag) => Value::parse(kind, word),
        };
        let value = match (field, value) {
            // `"error": false` and the like say that there is none.
            (Field::ErrorMessage, Some(_)) if NO_ERROR.contains(&word) => None,
            // So does the HTTP status of a success, where a failed line has its error code.
            (Field::ErrorCode, Some(_)) if is_success(word) => None,
            (Field::ErrorMessage, Some(Value::Text(_))) => {
                let clean = crate::usage::clean_error_text(word);
                (!clean.is_empty()).then_some(Value::Text(clean))
            }
            (Field::Endpoint, Some(Value::Text(_))) => {
                Value::parse(FieldKind::Text, &without_secrets(word))
            }
            (Field::Provider, Some(Value::Text(word))) => {
                crate::usage::provider_name(&word).map(Value::Text)
            }
            (_, value) => value,
        };
        let found = value.is_some();
        if let Some(value) = value {
            self.facts.set(field, value);
        }
        found
    }

    /// Takes from an outer envelope what is not stated here.
    pub fn fill_from(&mut self, outer: &Said) {
        self.facts.fill_from(&outer.facts);
        self.occurred = self.occurred.or(outer.occurred);
        for (own, others) in [
            (&mut self.tags, &outer.tags),
            (&mut self.attributes, &outer.attributes),
            (&mut self.too_long, &outer.too_long),
        ] {
            for (name, value) in others {
                own.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        for stated in &outer.places {
            if let Err(at) = self.find(&stated.name) {
                self.places.insert(at, stated.clone());
            }
        }
        if self.cost.is_none() {
            self.cost.clone_from(&outer.cost);
            self.currency = self.currency.take().or_else(|| outer.currency.clone());
        }
        self.failed = self.failed.or(outer.failed);
    }

    /// Whether it says that the call went wrong.
    pub fn is_failure(&self) -> bool {
        let http = self.facts.get_integer(Field::HttpStatus);
        self.failed == Some(true)
            || http.is_some_and(|status| status >= 400)
            || self.failed.is_none()
                && (self.facts.has(Field::ErrorCode) || self.facts.has(Field::ErrorMessage))
    }
}

fn is_many(word: &str) -> bool {
    let digits = word.bytes().all(|byte| byte.is_ascii_digit());
    digits && word.bytes().any(|byte| byte != b'0')
}

/// What stands in the place of an error where there is none.
const NO_ERROR: &[&str] = &["false", "none", "None", "null", "0", "no", "-", "ok", "OK"];

/// Whether a word is the HTTP status of a success.
fn is_success(word: &str) -> bool {
    word.len() == 3 && word.starts_with('2') && word.bytes().all(|digit| digit.is_ascii_digit())
}

fn keep(map: &mut BTreeMap<String, String>, name: &str, word: &str) -> bool {
    let Some(word) = clean_text(word).filter(|_| !map.contains_key(name)) else {
        return false;
    };
    map.insert(name.to_owned(), word);
    true
}

/// An address without its query and its user, where keys and passwords stand.
fn without_secrets(address: &str) -> String {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    match path.split_once("://") {
        Some((scheme, rest)) => {
            let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
            let host = host.rsplit('@').next().unwrap_or_default();
            format!("{scheme}://{host}/{path}")
        }
        None => path.to_owned(),
    }
}

/// A whole number in its usual unit. A negative duration or status is a placeholder.
pub fn whole(word: &str, unit: Option<Unit>) -> Option<i64> {
    match Value::parse(FieldKind::Integer, &scaled(word, unit)?)? {
        Value::Integer(number) => Some(number).filter(|number| *number >= 0),
        Value::Text(_) | Value::Time(_) | Value::Flag(_) => None,
    }
}

/// A time; a bare number is taken in the unit where one is given, by its size otherwise.
pub fn time(word: &str, unit: Option<Unit>) -> Option<Timestamp> {
    let Some(unit) = unit else {
        return Timestamp::parse(word);
    };
    let millis = Exact::parse(word).ok()?.shift(unit.exponent()).ok()?;
    let millis = round_half_even(millis, 0).to_integer().ok()?;
    // Written out again so that only times that are believed elsewhere are believed here.
    Timestamp::parse(&Timestamp::from_millis(millis).to_string())
}

/// A number in its usual unit, exactly.
fn scaled(word: &str, unit: Option<Unit>) -> Option<String> {
    let word = word.trim();
    let number = Exact::parse(word).ok()?;
    match unit {
        None => Some(word.to_owned()),
        Some(unit) => number.shift(unit.exponent()).ok().map(|n| n.to_string()),
    }
}

/// Whether a word for a status says that the call failed. `None` when it says neither.
fn failed(word: &str) -> Option<bool> {
    let word = word.trim().to_ascii_lowercase();
    match word.as_str() {
        "success" | "succeeded" | "ok" | "true" | "1" | "completed" | "complete" | "done"
        | "200" | "successful" => Some(false),
        "error" | "errored" | "failed" | "failure" | "fail" | "false" | "0" | "timeout"
        | "exception" | "status_code_error" | "canceled" | "cancelled" | "expired" => Some(true),
        _ => None,
    }
}

/// The name of a target; what is odd in those that somebody else has given is not repeated.
fn shown_name(target: &Target) -> Cow<'static, str> {
    match target.name() {
        Cow::Borrowed(own) => Cow::Borrowed(own),
        Cow::Owned(given) => Cow::Owned(plain(&given)),
    }
}

/// A name with a question mark for every odd character.
fn plain(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.@$:^~*/".contains(c);
    let kept = |c: char| if is_plain(c) { c } else { '?' };
    name.chars().take(64).map(kept).collect()
}

/// A place with numbers of array elements left out, so that all records of a source name the same
/// places; what is odd in names is not repeated.
fn shown(place: &str) -> String {
    let mut before = b'/';
    let is_shown = |byte: u8| {
        let begins = std::mem::replace(&mut before, byte) == b'/';
        let letter = byte.is_ascii_alphabetic() || b"_-.@$:^~*/".contains(&byte);
        letter || byte.is_ascii_digit() && !begins
    };
    if place.len() <= 64 && place.bytes().all(is_shown) {
        return place.to_owned();
    }
    let steps = place.split('/').map(|step| {
        let number = !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit());
        if number {
            "*".to_owned()
        } else if word(step) == step {
            plain(step)
        } else {
            // Places are kept in a row, with blanks between them.
            "?".to_owned()
        }
    });
    steps.collect::<Vec<_>>().join("/")
}

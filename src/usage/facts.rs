//! The stated header fields of a record and their values.

use super::{Field, FieldKind, LONGEST_TEXT, Timestamp};

/// One value of a header field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// A short string, never empty.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A point in time.
    Time(Timestamp),
    /// A flag.
    Flag(bool),
}

impl Value {
    /// The value as text, as `--set` and CSV write it.
    pub fn to_text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Integer(number) => number.to_string(),
            Self::Time(time) => time.to_string(),
            Self::Flag(flag) => flag.to_string(),
        }
    }

    /// Reads a value of a kind from text. `None` when it is no such value.
    pub fn parse(kind: FieldKind, text: &str) -> Option<Self> {
        match kind {
            FieldKind::Text => clean_text(text).map(Self::Text),
            FieldKind::Integer => integer_of(text).map(Self::Integer),
            FieldKind::Time => Timestamp::parse(text).map(Self::Time),
            FieldKind::Flag => match text {
                "true" | "1" | "yes" => Some(Self::Flag(true)),
                "false" | "0" | "no" => Some(Self::Flag(false)),
                _ => None,
            },
        }
    }
}

/// A whole number from text; a fraction of a millisecond or of a count is rounded away.
fn integer_of(text: &str) -> Option<i64> {
    let number = crate::money::Exact::parse(text.trim()).ok()?;
    crate::money::round_half_even(number, 0).to_integer().ok()
}

/// Text fit for the ledger: no control characters, not empty, at most [`LONGEST_TEXT`] characters.
pub fn clean_text(text: &str) -> Option<String> {
    let text = text.trim();
    if text.len() <= LONGEST_TEXT && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return (!text.is_empty()).then(|| text.to_owned());
    }
    let safe = |c: char| if c.is_control() { '\u{FFFD}' } else { c };
    let cleaned: String = text.chars().take(LONGEST_TEXT).map(safe).collect();
    (!cleaned.is_empty()).then_some(cleaned)
}

/// The header fields that are stated, in their order. A missing entry is unknown, never zero or empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts(Vec<(Field, Value)>);

impl Facts {
    /// Sets a text field, unless there is nothing to say.
    pub fn text(&mut self, field: Field, text: Option<impl AsRef<str>>) {
        if let Some(text) = text.and_then(|text| clean_text(text.as_ref())) {
            self.set(field, Value::Text(text));
        }
    }

    /// Sets an integer field, unless there is nothing to say.
    pub fn integer(&mut self, field: Field, number: Option<i64>) {
        if let Some(number) = number {
            self.set(field, Value::Integer(number));
        }
    }

    /// Sets a count of things that we counted ourselves.
    pub fn count(&mut self, field: Field, number: impl TryInto<i64>) {
        self.integer(field, number.try_into().ok());
    }

    /// Sets a time field, unless there is nothing to say.
    pub fn time(&mut self, field: Field, time: Option<Timestamp>) {
        if let Some(time) = time {
            self.set(field, Value::Time(time));
        }
    }

    /// Sets a flag, unless there is nothing to say.
    pub fn flag(&mut self, field: Field, flag: Option<bool>) {
        if let Some(flag) = flag {
            self.set(field, Value::Flag(flag));
        }
    }

    /// Sets a value of any kind.
    pub fn set(&mut self, field: Field, value: Value) {
        match self.find(field) {
            Ok(at) => {
                if let Some(held) = self.0.get_mut(at) {
                    held.1 = value;
                }
            }
            Err(at) => self.0.insert(at, (field, value)),
        }
    }

    /// Sets a text field to a word that is [clean](clean_text).
    pub fn word(&mut self, field: Field, word: &str) {
        let held = self.find(field).ok().and_then(|at| self.0.get_mut(at));
        if let Some((_, Value::Text(held))) = held {
            held.clear();
            held.push_str(word);
        } else {
            self.set(field, Value::Text(word.to_owned()));
        }
    }

    fn find(&self, field: Field) -> Result<usize, usize> {
        self.0.binary_search_by_key(&field, |(field, _)| *field)
    }

    /// The value of a field.
    pub fn get(&self, field: Field) -> Option<&Value> {
        let at = self.find(field).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    /// The text of a text field.
    pub fn get_text(&self, field: Field) -> Option<&str> {
        match self.get(field) {
            Some(Value::Text(text)) => Some(text),
            Some(Value::Integer(_) | Value::Time(_) | Value::Flag(_)) | None => None,
        }
    }

    /// The number of an integer field.
    pub fn get_integer(&self, field: Field) -> Option<i64> {
        match self.get(field) {
            Some(Value::Integer(number)) => Some(*number),
            Some(Value::Text(_) | Value::Time(_) | Value::Flag(_)) | None => None,
        }
    }

    /// The time of a time field.
    pub fn get_time(&self, field: Field) -> Option<Timestamp> {
        match self.get(field) {
            Some(Value::Time(time)) => Some(*time),
            Some(Value::Text(_) | Value::Integer(_) | Value::Flag(_)) | None => None,
        }
    }

    /// Whether the field is stated.
    pub fn has(&self, field: Field) -> bool {
        self.find(field).is_ok()
    }

    /// Forgets a field.
    pub fn remove(&mut self, field: Field) -> Option<Value> {
        let at = self.find(field).ok()?;
        Some(self.0.remove(at).1)
    }

    /// All stated fields in their order.
    pub fn iter(&self) -> impl Iterator<Item = (Field, &Value)> {
        self.0.iter().map(|(field, value)| (*field, value))
    }

    /// Takes from `others` what is not stated here.
    pub fn fill_from(&mut self, others: &Facts) {
        if self.0.is_empty() {
            self.0.clone_from(&others.0);
            return;
        }
        for (field, value) in &others.0 {
            if let Err(at) = self.find(*field) {
                self.0.insert(at, (*field, value.clone()));
            }
        }
    }
}

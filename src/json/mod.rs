//! A field-taking view over raw JSON. It keeps every digit, borrows instead of copying, never
//! builds a tree of the content, and knows which fields nobody has read.
//!
//! A value is a slice of the document ([`Raw`]); an [`Object`] is a list of names and such slices.
//! Only the fields that are asked for are ever looked into, so prompts, completions and base64
//! images are skipped, whatever their size or nesting.

mod audit;
mod check;
mod name;
mod names;
mod numbers;
mod object;
mod scan;
mod shape;
mod spans;
mod way;

use std::borrow::Cow;

use serde_json::value::RawValue;

pub use names::Names;
pub use object::Object;
pub use scan::squeezed;
pub use spans::Checked;

use crate::error::Fault;
use crate::money::asked;

/// Longest name or enum word that is repeated in a message or kept for audit.
const LONGEST_WORD: usize = 64;

/// What stands for a name that is not repeated.
const ODD_NAME: &str = "(odd name)";

/// What sort of JSON value a [`Raw`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `{…}`
    Object,
    /// `[…]`
    Array,
    /// `"…"`
    String,
    /// Digits, kept as written.
    Number,
    /// `true` or `false`
    Bool,
    /// `null`
    Null,
}

/// One JSON value as it stands in the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raw<'a>(&'a str);

impl<'a> Raw<'a> {
    /// Checks that the text is one JSON value and nothing else.
    ///
    /// # Errors
    /// When it is not; the message names the position, never the content.
    pub fn parse(text: &'a str) -> Result<Self, Fault> {
        if let Some(value) =
            check::check(text, &mut spans::Nobody).and_then(|(start, end)| text.get(start..end))
        {
            return Ok(Self(value));
        }
        // It says what is wrong, and where.
        serde_json::from_str::<&RawValue>(text)
            .map(|value| Self(value.get()))
            .map_err(|e| syntax(&e))
    }

    /// A value that was cut out of text that has been checked, and is not checked again.
    pub fn cut(text: &'a str) -> Self {
        Self(text.trim_ascii())
    }

    /// The text of the value.
    pub fn as_str(self) -> &'a str {
        self.0
    }

    /// Where it stands in memory: a document's values are told apart by it.
    pub fn address(self) -> usize {
        self.0.as_ptr().addr()
    }

    /// Tells whoever [listens](asked::listen) that it is looked at otherwise than as a count.
    fn is_looked_at(self) {
        asked::looked_at_text(self.address());
    }

    /// The fields of an object in their order, as they stand: the inside of each name, whether that holds
    /// escapes, and the value. A name may stand twice. None for other kinds.
    pub fn fields(self) -> impl Iterator<Item = (&'a str, bool, Raw<'a>)> {
        let text = if self.kind() == Kind::Object {
            self.0
        } else {
            ""
        };
        let inside = |name: &'a str| name.get(1..name.len() - 1).unwrap_or_default();
        scan::Fields::of(text)
            .map(move |(name, escapes, value)| (inside(name), escapes, Raw(value)))
    }

    /// What sort of value it is.
    pub fn kind(self) -> Kind {
        match self.0.as_bytes().first() {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            Some(b'"') => Kind::String,
            Some(b't' | b'f') => Kind::Bool,
            Some(b'n') | None => Kind::Null,
            Some(_) => Kind::Number,
        }
    }

    /// The decoded string; `None` when it is no string, or one that no text can hold.
    pub fn string(self) -> Option<String> {
        self.decoded().map(Cow::into_owned)
    }

    fn decoded(self) -> Option<Cow<'a, str>> {
        let inside = self.digits().filter(|_| self.kind() == Kind::String)?;
        if memchr::memchr(b'\\', inside.as_bytes()).is_none() {
            return Some(Cow::Borrowed(inside));
        }
        serde_json::from_str(self.0).ok().map(Cow::Owned)
    }

    /// A string, number or flag as text; `None` for anything else and for the empty string.
    pub fn word(self) -> Option<String> {
        self.text().map(Cow::into_owned)
    }

    /// The same, copied only where it has to be decoded.
    pub fn text(self) -> Option<Cow<'a, str>> {
        let text = match self.kind() {
            Kind::String => self.decoded()?,
            Kind::Number | Kind::Bool => Cow::Borrowed(self.0),
            Kind::Object | Kind::Array | Kind::Null => return None,
        };
        (!text.is_empty()).then_some(text)
    }

    /// The digits of a number, or of a string that holds only a number.
    pub fn digits(self) -> Option<&'a str> {
        match self.kind() {
            Kind::Number => Some(self.0),
            Kind::String => self.0.get(1..self.0.len().saturating_sub(1)),
            Kind::Object | Kind::Array | Kind::Bool | Kind::Null => None,
        }
    }

    /// How many characters the string holds, without decoding it. Zero for other kinds.
    pub fn char_count(self) -> u64 {
        let inside = self.digits().filter(|_| self.kind() == Kind::String);
        let known = inside.and_then(|_| spans::chars(self.0.as_bytes()));
        let count = known.or_else(|| Some(scan::char_count(inside?)));
        u64::try_from(count.unwrap_or_default()).unwrap_or(u64::MAX)
    }

    /// The elements of an array one by one; none for other kinds.
    pub fn elements(self) -> impl Iterator<Item = Raw<'a>> {
        let text = if self.kind() == Kind::Array {
            self.0
        } else {
            ""
        };
        scan::Elements::of(text).map(Raw)
    }

    /// The value as an object, if it is one.
    pub fn object(self) -> Option<Object<'a>> {
        (self.kind() == Kind::Object)
            .then(|| Object::checked(self.0))
            .flatten()
    }

    /// Follows a JSON pointer (RFC 6901). Missing and `null` are both `None`.
    pub fn at(self, pointer: &str) -> Option<Raw<'a>> {
        let mut value = self;
        for step in pointer.split('/').skip(1) {
            let name = if step.contains('~') {
                Cow::Owned(step.replace("~1", "/").replace("~0", "~"))
            } else {
                Cow::Borrowed(step)
            };
            value = match value.kind() {
                Kind::Object => value.field(&name)?,
                Kind::Array => value.elements().nth(name.parse().ok()?)?,
                Kind::String | Kind::Number | Kind::Bool | Kind::Null => return None,
            };
        }
        (value.kind() != Kind::Null).then_some(value)
    }

    /// The last value of an object under a name, as [`Object::peek`] finds it, without a list of all.
    fn field(self, name: &str) -> Option<Raw<'a>> {
        let mut found = None;
        for (quoted, escapes, value) in scan::Fields::of(self.0) {
            let is_named = if escapes {
                Raw(quoted).string()? == name
            } else {
                Raw(quoted).digits()? == name
            };
            if is_named {
                found = Some(Raw(value));
            }
        }
        found.filter(|value| value.kind() != Kind::Null)
    }
}

/// A name from a document, fit for a message: a short plain word, or a stand-in.
pub fn printable(name: &str) -> String {
    if is_printable(name) {
        name.to_owned()
    } else {
        ODD_NAME.to_owned()
    }
}

/// A name that a log gives, where it is a single word; what else it may be, a text or what a terminal acts
/// on, is not repeated, because messages and places are kept.
pub fn word(name: &str) -> &str {
    let is_word = name.len() <= LONGEST_WORD && name.bytes().all(|byte| byte.is_ascii_graphic());
    if is_word { name } else { ODD_NAME }
}

/// A JSON pointer with such names.
pub fn words(pointer: String) -> String {
    if word(&pointer) == pointer {
        return pointer;
    }
    let steps: Vec<&str> = pointer.split('/').map(word).collect();
    steps.join("/")
}

fn is_printable(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:/@".contains(&byte);
    !name.is_empty() && name.len() <= LONGEST_WORD && name.bytes().all(plain)
}

/// A name without case and punctuation: `user_id`, `userId` and `USER-ID` are one.
pub fn plain(name: &str) -> String {
    let mut word = String::with_capacity(name.len());
    let letters = name.bytes().filter(u8::is_ascii_alphanumeric);
    word.extend(letters.map(|byte| char::from(byte.to_ascii_lowercase())));
    word
}

fn looks_numeric(digits: &str) -> bool {
    !digits.is_empty()
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte))
        && digits.bytes().any(|byte| byte.is_ascii_digit())
}

fn syntax(error: &serde_json::Error) -> Fault {
    let what = match error.classify() {
        serde_json::error::Category::Eof => "ends in the middle of a JSON value",
        serde_json::error::Category::Data => "is not a JSON object",
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => {
            "is not valid JSON"
        }
    };
    Fault::new(format!("{what} (column {})", error.column()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Quantity;

    #[test]
    fn fields_keep_digits_and_know_who_read_them() {
        let text = r#"{"cost":0.1234567890123456789,"n":5.0,"\u0061":1,"left":2,"nothing":null}"#;
        let object = Object::parse(text).unwrap();
        assert_eq!(
            object.number_text("cost").unwrap().unwrap(),
            "0.1234567890123456789"
        );
        assert_eq!(object.count("n").unwrap(), Some(Quantity::of(5)));
        assert_eq!(object.count("a").unwrap(), Some(Quantity::of(1)));
        assert_eq!(object.count("nothing").unwrap(), None);
        assert_eq!(object.unread(), ["left"]);
    }

    #[test]
    fn what_is_no_count_is_a_fault_that_names_the_field_only() {
        let object = Object::parse(r#"{"u":{"n":"CANARY","half":5.5,"below":-1}}"#).unwrap();
        let usage = object.object("u").unwrap().unwrap();
        for name in ["n", "half", "below"] {
            let fault = usage.count(name).unwrap_err();
            assert_eq!(fault.field, format!("u.{name}"));
            assert!(!fault.to_string().contains("CANARY"));
        }
        let broken = Object::parse(r#"{"a": "CANARY" x"#).unwrap_err();
        assert!(!broken.to_string().contains("CANARY"));
    }

    #[test]
    fn a_name_with_two_values_is_refused_only_when_asked_for() {
        let object = Object::parse(r#"{"n":1,"n":2,"same":1,"same":1,"m":"x"}"#).unwrap();
        assert!(object.count("n").is_err());
        assert_eq!(object.count("same").unwrap(), Some(Quantity::of(1)));
        assert_eq!(object.text("m").unwrap().as_deref(), Some("x"));
    }

    #[test]
    fn any_nesting_is_skipped() {
        let deep = format!(
            r#"{{"skip":{}{},"n":1}}"#,
            "[".repeat(1_000_000),
            "]".repeat(1_000_000)
        );
        assert_eq!(
            Object::parse(&deep).unwrap().count("n").unwrap(),
            Some(Quantity::of(1))
        );
    }

    #[test]
    fn characters_are_counted_as_a_reader_sees_them() {
        let count = |text: &str| Raw::parse(text).unwrap().char_count();
        assert_eq!(count(r#""añ\n\"x""#), 5);
        assert_eq!(count(r#""\ud83d\ude00!""#), 2);
        assert_eq!(count("17"), 0);
    }

    #[test]
    fn audit_keeps_numbers_and_known_words() {
        let raw = Raw::parse(r#"{"a":[1,{"t":"standard","s":"a secret"}],"b":2.50}"#).unwrap();
        assert_eq!(
            raw.object().unwrap().numbers_only(),
            r#"{"a":[1,{"s":"…","t":"standard"}],"b":2.50}"#
        );
        assert_eq!(raw.at("/a/1/t").unwrap().as_str(), r#""standard""#);
        assert_eq!(raw.at("/a/9"), None);
    }
}

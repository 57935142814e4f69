//! One look over a document: what of it must be the same in the next one, and what may be another.

use super::roles::Role;
use crate::adapters::Counted;
use crate::envelopes::{Unit, request_facts, time_of, whole_of};
use crate::json::{Kind, Raw};
use crate::usage::{Field, Timestamp, Value, is_strong_id};

/// Parts of a document that is looked at, at most.
const MOST_PARTS: usize = 96;
/// Keys are at most about this long.
const LONGEST_KEY: usize = 64 << 10;
/// Names are at most this long.
const LONGEST_NAME: usize = 64;
/// Text that must be the same is at most this long.
const LONGEST_SAME: usize = 4 << 10;
/// Words that are taken over are at most this long.
const LONGEST_WORD: usize = 128;
/// So are times in words.
const LONGEST_TIME: usize = 40;
/// More words are somebody's text.
const MOST_WORDS: usize = 3;
/// Digits of a count, so that no sum of them is too large.
const MOST_DIGITS: usize = 12;
/// The last group of an id that tells nothing is at least this long.
const SHORTEST_BODY: usize = 16;
/// What the elements of a list of counts are called, and how many there may be.
pub(super) const ELEMENTS: [&str; 8] = ["0", "1", "2", "3", "4", "5", "6", "7"];
/// Objects and lists in objects of counts.
const DEEPEST: usize = 4;
/// No text holds these bytes.
const END: u8 = 0xff;
const KIND: u8 = 0xf8;

/// A field of a document, or of an object among its fields.
pub(super) struct Part<'a> {
    pub(super) name: &'a str,
    pub(super) value: Raw<'a>,
    /// Whether it is a field of the last object before it.
    pub(super) inside: bool,
}

/// The fields of a document and of the objects among them, in their order; `outline` is what can be said of
/// them without a look at any value. Nothing where names are written with escapes, or there are too many.
pub(super) fn parts_of<'a>(document: Raw<'a>, outline: &mut Vec<u8>) -> Option<Vec<Part<'a>>> {
    outline.clear();
    if document.kind() != Kind::Object {
        return None;
    }
    let mut parts = Vec::with_capacity(MOST_PARTS / 3);
    let mut add = |(name, escapes, value): (&'a str, bool, Raw<'a>), inside: bool| {
        if escapes || name.len() > LONGEST_NAME || parts.len() >= MOST_PARTS {
            return None;
        }
        outline.extend_from_slice(name.as_bytes());
        outline.extend([KIND | u8::from(inside), sort_of(value), END]);
        parts.push(Part {
            name,
            value,
            inside,
        });
        Some(())
    };
    for field in document.fields() {
        add(field, false)?;
        if field.2.kind() == Kind::Object {
            for inner in field.2.fields() {
                add(inner, true)?;
            }
        }
    }
    Some(parts)
}

/// A letter for the kind of a value, where an empty text is one of its own.
fn sort_of(value: Raw<'_>) -> u8 {
    match value.kind() {
        Kind::Object => b'{',
        Kind::Array => b'[',
        Kind::String if value.as_str().len() == 2 => b'e',
        Kind::String => b'"',
        Kind::Number => b'0',
        Kind::Bool => b't',
        Kind::Null => b'n',
    }
}

/// What may be another in the next document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Slots {
    /// Words, one behind the other.
    words: String,
    /// Where each of them ends.
    ends: Vec<usize>,
    /// Which of them is the response's id.
    pub(super) id: Option<usize>,
    /// Numbers of header fields, in their usual units.
    pub(super) numbers: Vec<i64>,
    /// When it happened, as the envelope says.
    pub(super) time: Option<Timestamp>,
    /// The response's own time.
    pub(super) created: Option<Timestamp>,
    /// When the response was complete: not before that.
    pub(super) completed: Option<Timestamp>,
    /// The hash of the prompt, and its length.
    pub(super) prompt: Option<(String, i64)>,
    /// What the content amounts to.
    pub(super) counted: Option<Counted>,
    /// The counts.
    pub(super) counts: Vec<i64>,
    /// Where each of the counts stands in memory, while the document is there.
    pub(super) places: Vec<usize>,
}

impl Slots {
    /// Looks at a document's parts by their roles. Nothing where one of them is not as its role wants it.
    pub(super) fn of(roles: &[Role], parts: &[Part<'_>], key: &mut Vec<u8>) -> Option<Self> {
        let mut slots = Self {
            words: String::with_capacity(MOST_PARTS),
            ends: Vec::with_capacity(8),
            counts: Vec::with_capacity(8),
            places: Vec::with_capacity(8),
            ..Self::default()
        };
        for (role, part) in roles.iter().zip(parts) {
            slots.see(*role, part.value, key)?;
            if key.len() > LONGEST_KEY {
                return None;
            }
        }
        let in_order = slots.completed.is_none() || slots.created <= slots.completed;
        in_order.then_some(slots)
    }

    /// The word in a place.
    pub fn word(&self, at: usize) -> &str {
        let begin = at.checked_sub(1).and_then(|before| self.ends.get(before));
        let end = self.ends.get(at).copied().unwrap_or_default();
        let inside = self.words.get(begin.copied().unwrap_or_default()..end);
        inside.unwrap_or_default()
    }

    /// The response's id.
    pub fn id(&self) -> Option<&str> {
        self.id.map(|at| self.word(at))
    }

    fn see(&mut self, role: Role, value: Raw<'_>, key: &mut Vec<u8>) -> Option<()> {
        match role {
            Role::Open | Role::Inside | Role::Unseen | Role::Passed => {}
            Role::Same => same(value, key)?,
            Role::Word(_) => self.take(word(value)?),
            Role::Id => {
                let id = word(value)?;
                sort_of_id(id, key)?;
                self.id = Some(self.ends.len());
                self.take(id);
            }
            Role::Number(_, unit) => self.numbers.push(whole_of(number(value)?, unit)?),
            Role::Time(unit) => self.time = Some(time(value, unit)?),
            Role::Created => self.created = Some(epoch(value)?),
            Role::Completed => self.completed = Some(epoch(value)?),
            Role::Count => self.count(value)?,
            Role::Counts => self.see_counts(value, key, DEEPEST)?,
            Role::Request => self.see_request(value, key),
            Role::Content(differs) => self.counted = Some((differs.read?)(value, key)?),
        }
        Some(())
    }

    fn take(&mut self, word: &str) {
        self.words.push_str(word);
        self.ends.push(self.words.len());
    }

    fn count(&mut self, value: Raw<'_>) -> Option<()> {
        self.counts.push(whole(value)?);
        self.places.push(value.address());
        Some(())
    }

    /// Names and whatever is no whole number are a part of the key.
    fn see_counts(&mut self, value: Raw<'_>, key: &mut Vec<u8>, depth: usize) -> Option<()> {
        key.push(KIND);
        for (name, escapes, value) in value.fields() {
            if escapes || key.len() > LONGEST_KEY {
                return None;
            }
            key.extend_from_slice(name.as_bytes());
            match value.kind() {
                Kind::Number if self.count(value).is_some() => key.push(KIND | 1),
                Kind::Object if depth > 0 => self.see_counts(value, key, depth - 1)?,
                Kind::Array if depth > 0 && is_list_of_objects(value) => {
                    key.push(KIND | 3);
                    for element in value.elements() {
                        self.see_counts(element, key, depth - 1)?;
                    }
                    key.push(END);
                }
                Kind::Object
                | Kind::Array
                | Kind::String
                | Kind::Number
                | Kind::Bool
                | Kind::Null => {
                    key.push(KIND | 2);
                    same(value, key)?;
                }
            }
        }
        key.push(END);
        Some(())
    }

    fn see_request(&mut self, value: Raw<'_>, key: &mut Vec<u8>) {
        let mut facts = request_facts(value);
        let hash = facts.remove(Field::PromptHash);
        let chars = facts.remove(Field::PromptLengthChars);
        if let (Some(Value::Text(hash)), Some(Value::Integer(chars))) = (hash, chars) {
            self.prompt = Some((hash, chars));
            key.push(KIND | 1);
        }
        for (field, value) in facts.iter() {
            key.extend_from_slice(field.name().as_bytes());
            key.push(KIND);
            key.extend_from_slice(value.to_text().as_bytes());
            key.push(END);
        }
        key.push(END);
    }
}

/// Whether a list is of objects alone, and of not too many.
pub(super) fn is_list_of_objects(list: Raw<'_>) -> bool {
    let mut elements = list.elements().take(ELEMENTS.len() + 1);
    let are_objects = elements.all(|element| element.kind() == Kind::Object);
    are_objects && list.elements().take(ELEMENTS.len() + 1).count() <= ELEMENTS.len()
}

fn same(value: Raw<'_>, key: &mut Vec<u8>) -> Option<()> {
    let text = value.as_str();
    if text.len() > LONGEST_SAME {
        return None;
    }
    key.extend_from_slice(text.as_bytes());
    key.push(END);
    Some(())
}

/// A single word of plain letters, as it is kept.
fn word(value: Raw<'_>) -> Option<&str> {
    let inside = value.digits().filter(|_| value.kind() == Kind::String)?;
    let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
    let fits = (1..=LONGEST_WORD).contains(&inside.len()) && inside.bytes().all(is_plain);
    fits.then_some(inside)
}

/// A whole number as anybody would write it.
fn whole(value: Raw<'_>) -> Option<i64> {
    let digits = value.as_str().as_bytes();
    let is_plain = digits.len() <= MOST_DIGITS
        && digits.iter().all(u8::is_ascii_digit)
        && (digits.len() == 1 || digits.first() != Some(&b'0'));
    if !is_plain || digits.is_empty() {
        return None;
    }
    let add = |number: i64, digit: &u8| number * 10 + i64::from(digit - b'0');
    Some(digits.iter().fold(0, add))
}

/// A time as a number.
fn epoch(value: Raw<'_>) -> Option<Timestamp> {
    whole(value)?;
    Timestamp::parse(value.as_str())
}

/// A number as it is written, so short that it may be one of a header.
fn number(value: Raw<'_>) -> Option<&str> {
    let digits = value.as_str();
    (value.kind() == Kind::Number && digits.len() <= LONGEST_TIME).then_some(digits)
}

/// A time in words or as a number, where it can be read as one.
fn time(value: Raw<'_>, unit: Option<Unit>) -> Option<Timestamp> {
    if let Some(digits) = number(value) {
        return time_of(digits, unit);
    }
    let inside = value.digits().filter(|_| value.kind() == Kind::String)?;
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'\\';
    let fits = inside.len() <= LONGEST_TIME
        && inside.bytes().all(is_plain)
        && inside.split_whitespace().count() <= MOST_WORDS;
    if fits { time_of(inside, unit) } else { None }
}

/// Writes into the key what of an id tells what it is of: everybody who asks compares its beginning, up to a
/// mark, or asks for forms that these are not of. Of other forms only those of UUIDs are known to tell nothing.
fn sort_of_id(id: &str, key: &mut Vec<u8>) -> Option<()> {
    if !is_strong_id(id) {
        return None;
    }
    let bytes = id.as_bytes();
    let mark = bytes.iter().rposition(|byte| is_mark(*byte))?;
    let (prefix, body) = (bytes.get(..=mark)?, bytes.get(mark + 1..)?);
    let groups = || prefix.split_inclusive(|byte| is_mark(*byte));
    let begins_with_word = prefix.first().is_some_and(u8::is_ascii_lowercase);
    let are_plain = groups().all(|group| is_word(group) || is_number(group));
    if begins_with_word && are_plain && is_body(body) {
        // What the second of a call is says nothing.
        let words = groups().map(|group| if is_word(group) { group } else { b"0" });
        words.for_each(|word| key.extend_from_slice(word));
    } else {
        let groups = id.split('-').map(str::len);
        let is_hex = |byte: &u8| *byte == b'-' || byte.is_ascii_hexdigit();
        let is_uuid = bytes.iter().all(is_hex) && groups.eq([8, 4, 4, 4, 12]);
        key.extend_from_slice(is_uuid.then_some(b"uuid")?);
    }
    key.push(END);
    Some(())
}

fn is_mark(byte: u8) -> bool {
    matches!(byte, b'-' | b'_')
}

/// Whether a group of an id is of small letters and its mark.
fn is_word(group: &[u8]) -> bool {
    let letters = group.split_last().map_or(group, |(_, letters)| letters);
    !letters.is_empty() && letters.iter().all(u8::is_ascii_lowercase)
}

/// Whether a group of an id is of digits and its mark.
fn is_number(group: &[u8]) -> bool {
    let digits = group.split_last().map_or(group, |(_, digits)| digits);
    !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}

/// Whether nothing can be told by the last group of an id.
fn is_body(body: &[u8]) -> bool {
    body.len() >= SHORTEST_BODY && body.iter().all(u8::is_ascii_alphanumeric)
}

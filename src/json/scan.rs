//! One forward pass over JSON text: whether it is a value, and where the values inside of one end.
//!
//! [`check`] accepts what serde_json accepts and nothing else; a test holds them together. What has been
//! checked once is never checked again: [`Fields`] and [`Elements`] only look for the ends of values.

use memchr::memchr2;

/// `0x01` in each byte of a word.
const ONES: u64 = u64::from_le_bytes([1; 8]);
/// The highest bit of each byte of a word.
const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
/// Words of a string that are looked through before a search that takes longer to begin is begun.
const FIRST_WORDS: usize = 4;

/// Where the one value in a text begins and ends; nothing when it is no JSON value.
pub(super) fn check(text: &str) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let start = blanks_end(bytes, 0);
    let mut at = start;
    let mut nest = Nest::default();
    loop {
        at = match byte(bytes, at)? {
            b'"' => checked_string(bytes, at + 1)?,
            b'{' => match blanks_end(bytes, at + 1) {
                empty if byte(bytes, empty) == Some(b'}') => empty + 1,
                name => {
                    nest.push(true);
                    at = checked_name(bytes, name)?;
                    continue;
                }
            },
            b'[' => match blanks_end(bytes, at + 1) {
                empty if byte(bytes, empty) == Some(b']') => empty + 1,
                element => {
                    nest.push(false);
                    at = element;
                    continue;
                }
            },
            b'-' | b'0'..=b'9' => checked_number(bytes, at)?,
            b't' => checked_word(bytes, at, b"true")?,
            b'f' => checked_word(bytes, at, b"false")?,
            b'n' => checked_word(bytes, at, b"null")?,
            _ => return None,
        };
        // A value has ended, and whatever ends with it.
        loop {
            let Some(is_object) = nest.top() else {
                let end = at;
                return (blanks_end(bytes, end) == bytes.len()).then_some((start, end));
            };
            at = blanks_end(bytes, at);
            match (byte(bytes, at)?, is_object) {
                (b',', true) => {
                    at = checked_name(bytes, blanks_end(bytes, at + 1))?;
                    break;
                }
                (b',', false) => {
                    at = blanks_end(bytes, at + 1);
                    break;
                }
                (b'}', true) | (b']', false) => {
                    nest.pop();
                    at += 1;
                }
                _ => return None,
            }
        }
    }
}

/// The objects (set bits) and arrays around a place, as deep as they may be.
#[derive(Default)]
struct Nest {
    word: u64,
    depth: usize,
    outer: Vec<u64>,
}

impl Nest {
    fn push(&mut self, is_object: bool) {
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.outer.push(self.word);
        }
        self.word = self.word << 1 | u64::from(is_object);
        self.depth += 1;
    }

    fn pop(&mut self) {
        self.word >>= 1;
        self.depth -= 1;
        if self.depth.is_multiple_of(64) {
            self.word = self.outer.pop().unwrap_or_default();
        }
    }

    fn top(&self) -> Option<bool> {
        (self.depth > 0).then_some(self.word & 1 == 1)
    }
}

fn byte(bytes: &[u8], at: usize) -> Option<u8> {
    bytes.get(at).copied()
}

fn blanks_end(bytes: &[u8], mut at: usize) -> usize {
    while matches!(byte(bytes, at), Some(b' ' | b'\n' | b'\t' | b'\r')) {
        at += 1;
    }
    at
}

/// From the name of a field to its value.
fn checked_name(bytes: &[u8], at: usize) -> Option<usize> {
    if byte(bytes, at) != Some(b'"') {
        return None;
    }
    let colon = blanks_end(bytes, checked_string(bytes, at + 1)?);
    (byte(bytes, colon) == Some(b':')).then(|| blanks_end(bytes, colon + 1))
}

fn checked_word(bytes: &[u8], at: usize, word: &[u8]) -> Option<usize> {
    let begins = bytes.get(at..)?.starts_with(word);
    begins.then_some(at + word.len())
}

fn checked_number(bytes: &[u8], mut at: usize) -> Option<usize> {
    if byte(bytes, at) == Some(b'-') {
        at += 1;
    }
    at = match byte(bytes, at)? {
        b'0' => at + 1,
        _ => digits_end(bytes, at)?,
    };
    if byte(bytes, at) == Some(b'.') {
        at = digits_end(bytes, at + 1)?;
    }
    if matches!(byte(bytes, at), Some(b'e' | b'E')) {
        let signed = matches!(byte(bytes, at + 1), Some(b'+' | b'-'));
        at = digits_end(bytes, at + 1 + usize::from(signed))?;
    }
    Some(at)
}

/// The end of at least one digit.
fn digits_end(bytes: &[u8], begin: usize) -> Option<usize> {
    let mut at = begin;
    while byte(bytes, at).is_some_and(|digit| digit.is_ascii_digit()) {
        at += 1;
    }
    (at > begin).then_some(at)
}

/// The end of a string whose first byte behind its quote is at `at`.
fn checked_string(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        while let Some(word) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
            match first_special(u64::from_le_bytes(*word)) {
                Some(inside) => {
                    at += inside;
                    break;
                }
                None => at += 8,
            }
        }
        match byte(bytes, at)? {
            b'"' => return Some(at + 1),
            b'\\' => at = checked_escape(bytes, at + 1)?,
            0..0x20 => return None,
            _ => at += 1,
        }
    }
}

fn checked_escape(bytes: &[u8], at: usize) -> Option<usize> {
    match byte(bytes, at)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(at + 1),
        b'u' => {
            let digits = bytes.get(at + 1..at + 5)?;
            digits.iter().all(u8::is_ascii_hexdigit).then_some(at + 5)
        }
        _ => None,
    }
}

/// Which byte of a word is the first quote, backslash or control character.
fn first_special(word: u64) -> Option<usize> {
    let is_zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let quote = is_zero(word ^ (ONES * u64::from(b'"')));
    let escape = is_zero(word ^ (ONES * u64::from(b'\\')));
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    let found = (quote | escape | control) & HIGH;
    // A borrow can only mark bytes behind the first that is one.
    (found != 0).then(|| usize::try_from(found.trailing_zeros() / 8).unwrap_or_default())
}

/// The end of a string in text that has been checked, and whether it holds escapes.
fn string_end(bytes: &[u8], mut at: usize) -> (usize, bool) {
    let mut escapes = false;
    loop {
        let mut near = false;
        for _ in 0..FIRST_WORDS {
            let Some(word) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) else {
                break;
            };
            if let Some(inside) = first_special(u64::from_le_bytes(*word)) {
                at += inside;
                near = true;
                break;
            }
            at += 8;
        }
        if !near {
            let rest = bytes.get(at..).unwrap_or_default();
            at += memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
        }
        match byte(bytes, at) {
            Some(b'\\') => {
                escapes = true;
                at += 2;
            }
            Some(b'"') => return (at + 1, escapes),
            // A control character, where the text is no JSON after all.
            Some(_) => at += 1,
            None => return (bytes.len(), escapes),
        }
    }
}

/// The end of a value in text that has been checked.
fn value_end(bytes: &[u8], at: usize) -> usize {
    match byte(bytes, at) {
        Some(b'"') => string_end(bytes, at + 1).0,
        Some(b'{' | b'[') => nested_end(bytes, at),
        Some(_) | None => {
            let rest = bytes.get(at..).unwrap_or_default();
            let ends =
                |byte: &u8| matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\t' | b'\r');
            at + rest.iter().position(ends).unwrap_or(rest.len())
        }
    }
}

fn nested_end(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while let Some(byte) = byte(bytes, at) {
        at += 1;
        match byte {
            b'"' => at = string_end(bytes, at).0,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at;
                }
            }
            _ => {}
        }
    }
    at
}

/// The fields of an object that has been checked: the name in its quotes, whether it holds escapes, and
/// the value.
pub(super) struct Fields<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Fields<'a> {
    /// Of an object that has been checked.
    pub(super) fn of(text: &'a str) -> Self {
        let start = blanks_end(text.as_bytes(), 0);
        Self {
            text,
            at: start + 1,
        }
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (&'a str, bool, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.text.as_bytes();
        let mut begin = blanks_end(bytes, self.at);
        if byte(bytes, begin) == Some(b',') {
            begin = blanks_end(bytes, begin + 1);
        }
        if byte(bytes, begin) != Some(b'"') {
            return None;
        }
        let (end, escapes) = string_end(bytes, begin + 1);
        let name = self.text.get(begin..end)?;
        let colon = blanks_end(bytes, end);
        let value = blanks_end(bytes, colon + 1);
        self.at = value_end(bytes, value);
        Some((name, escapes, self.text.get(value..self.at)?))
    }
}

/// The elements of an array that has been checked.
pub(super) struct Elements<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Elements<'a> {
    /// Of an array that has been checked.
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, at: 1 }
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.text.as_bytes();
        let mut begin = blanks_end(bytes, self.at);
        if byte(bytes, begin) == Some(b',') {
            begin = blanks_end(bytes, begin + 1);
        }
        if matches!(byte(bytes, begin), Some(b']') | None) {
            return None;
        }
        self.at = value_end(bytes, begin);
        self.text.get(begin..self.at)
    }
}

/// Hands out a JSON text without the white space between its values, piece by piece, so that a
/// reformatted copy is the same text. Text that is no JSON is cut at white space outside of quotes.
pub fn squeezed(text: &str, mut take: impl FnMut(&[u8])) {
    let bytes = text.as_bytes();
    let (mut begin, mut at) = (0, 0);
    while let Some(byte) = byte(bytes, at) {
        match byte {
            b'"' => {
                at = string_end(bytes, at + 1).0;
                continue;
            }
            b' ' | b'\t' | b'\n' | b'\r' => {
                take(bytes.get(begin..at).unwrap_or_default());
                begin = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    take(bytes.get(begin..).unwrap_or_default());
}

/// How many characters a checked string holds between its quotes, without decoding it.
pub(super) fn char_count(inside: &str) -> usize {
    let mut count = 0;
    let mut rest = inside;
    while let Some((before, escape)) = rest.split_once('\\') {
        count += before.chars().count();
        let mut chars = escape.chars();
        let is_code = chars.next() == Some('u');
        let code = if is_code { escape.get(1..5) } else { None };
        // The second half of a pair belongs to the character counted with its first.
        let second = code
            .and_then(|code| u16::from_str_radix(code, 16).ok())
            .is_some_and(|unit| (0xDC00..0xE000).contains(&unit));
        count += usize::from(!second);
        rest = match code {
            Some(_) => escape.get(5..).unwrap_or_default(),
            None => chars.as_str(),
        };
    }
    count + rest.chars().count()
}

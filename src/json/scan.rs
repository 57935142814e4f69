//! Where the values inside of a JSON text end. The text has been checked (`check.rs`) and is not checked
//! again; one that has not gives nonsense, never a panic.

use memchr::{memchr, memchr2};

use super::spans;

/// `0x01` in each byte of a word.
pub(super) const ONES: u64 = u64::from_le_bytes([1; 8]);
/// The highest bit of each byte of a word.
const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
/// Words of a string that are looked through before a search that takes longer to begin is begun.
const FIRST_WORDS: usize = 4;

pub(super) fn byte(bytes: &[u8], at: usize) -> Option<u8> {
    bytes.get(at).copied()
}

pub(super) fn blanks_end(bytes: &[u8], mut at: usize) -> usize {
    while matches!(byte(bytes, at), Some(b' ' | b'\n' | b'\t' | b'\r')) {
        at += 1;
    }
    at
}

/// Which byte of a word is the first quote, backslash or control character.
pub(super) fn first_special(word: u64) -> Option<usize> {
    let is_zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let quote = is_zero(word ^ (ONES * u64::from(b'"')));
    let escape = is_zero(word ^ (ONES * u64::from(b'\\')));
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    let found = (quote | escape | control) & HIGH;
    // A borrow can only mark bytes behind the first that is one.
    (found != 0).then(|| usize::try_from(found.trailing_zeros() / 8).unwrap_or_default())
}

/// The end of a string in text that has been checked, and whether it holds escapes.
fn string_end(bytes: &[u8], begin: usize) -> (usize, bool) {
    let (mut at, mut escapes, mut asked) = (begin, false, false);
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
        if !asked && at - begin >= FIRST_WORDS * 8 {
            asked = true;
            let quote = begin.checked_sub(1).and_then(|quote| bytes.get(quote..));
            if let Some((length, escapes)) = quote.and_then(spans::string) {
                return (begin - 1 + length, escapes);
            }
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
    if let Some(length) = bytes.get(at..).and_then(spans::length) {
        return at + length;
    }
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
    while let Some(at) = memchr(b'\\', rest.as_bytes()) {
        let (before, escape) = rest.split_at(at);
        let escape = escape.get(1..).unwrap_or_default();
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

//! Whether a text is JSON: one forward pass over the grammar, without recursion. It accepts what
//! serde_json accepts and nothing else; a test holds them together.

use super::scan::{ONES, blanks_end, byte, first_special};
use super::spans::{Ends, Passed};

/// Where the one value in a text begins and ends; nothing when it is no JSON value. Where objects and
/// arrays end is noted.
pub(super) fn check(text: &str, ends: &mut impl Ends) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let start = blanks_end(bytes, 0);
    let mut at = start;
    let mut nest = Nest::default();
    loop {
        at = match byte(bytes, at)? {
            b'"' => {
                let string = counted_string(bytes, at)?;
                let end = string.end;
                ends.string(string);
                end
            }
            b'{' => match blanks_end(bytes, at + 1) {
                empty if byte(bytes, empty) == Some(b'}') => empty + 1,
                name => {
                    nest.push(true);
                    ends.open(at);
                    at = checked_name(bytes, name)?;
                    continue;
                }
            },
            b'[' => match blanks_end(bytes, at + 1) {
                empty if byte(bytes, empty) == Some(b']') => empty + 1,
                element => {
                    nest.push(false);
                    ends.open(at);
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
                    ends.close(at);
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

/// A string that is a value, whose first quote stands at `begin`, with its characters counted on the way.
fn counted_string(bytes: &[u8], begin: usize) -> Option<Passed> {
    let mut at = begin + 1;
    let (mut chars, mut escapes) = (0, false);
    loop {
        while let Some(word) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
            let word = u64::from_le_bytes(*word);
            if let Some(inside) = first_special(word) {
                chars += inside - followers(word & !(u64::MAX << (8 * inside)));
                at += inside;
                break;
            }
            chars += 8 - followers(word);
            at += 8;
        }
        match byte(bytes, at)? {
            b'"' => {
                let end = at + 1;
                return Some(Passed {
                    begin,
                    end,
                    chars,
                    escapes,
                });
            }
            b'\\' => {
                escapes = true;
                let end = checked_escape(bytes, at + 1)?;
                // The second half of a pair belongs to the character counted with its first.
                let is_second = end == at + 6
                    && matches!(byte(bytes, at + 2), Some(b'd' | b'D'))
                    && matches!(byte(bytes, at + 3), Some(b'c'..=b'f' | b'C'..=b'F'));
                chars += usize::from(!is_second);
                at = end;
            }
            0..0x20 => return None,
            other => {
                chars += usize::from(!(0x80..0xC0).contains(&other));
                at += 1;
            }
        }
    }
}

/// How many bytes of a word go on with a character that has begun before them.
fn followers(word: u64) -> usize {
    let each = (word >> 7) & !(word >> 6) & ONES;
    usize::try_from(each.wrapping_mul(ONES) >> 56).unwrap_or_default()
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

//! Where a JSON value ends, and what a line looks like. Nothing here builds or recurses.

use memchr::{memchr, memchr_iter, memchr2_iter, memmem};
use serde::de::IgnoredAny;

/// How far the value at the beginning of some bytes reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// This many bytes.
    Whole(usize),
    /// Further than these bytes; so far it is JSON.
    Open,
    /// It is no JSON; this many line ends before the error belong to it.
    Broken(usize),
}

/// Finds the end of the value at the beginning of some bytes. More bytes never change an answer
/// other than `Open`; only a bare number at the very end is `Open` as long as it may go on.
pub(super) fn extent(bytes: &[u8]) -> Extent {
    let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<IgnoredAny>();
    match values.next() {
        None => Extent::Open,
        Some(Err(error)) if error.is_eof() => Extent::Open,
        Some(Err(error)) => Extent::Broken(error.line().saturating_sub(1)),
        Some(Ok(_)) => {
            let end = values.byte_offset();
            let closed = matches!(bytes.first(), Some(b'{' | b'[' | b'"'));
            if closed || end < bytes.len() {
                Extent::Whole(end)
            } else {
                Extent::Open
            }
        }
    }
}

/// Whether so many brackets are opened that keeping count of them takes more room than the value.
/// Only looked at when a value is large.
pub(super) fn is_bottomless(bytes: &[u8]) -> bool {
    const LARGE: usize = 16 << 20;
    bytes.len() >= LARGE && memchr2_iter(b'[', b'{', bytes).nth(LARGE / 2).is_some()
}

/// Whether a line that begins with `{` can only be one object, or else be broken: it ends with
/// `}`, and nowhere could one object end and another begin.
pub(super) fn looks_like_one_object(line: &[u8]) -> bool {
    line.last() == Some(&b'}')
        && memchr_iter(b'{', line).all(|at| {
            let before = line.get(..at).unwrap_or_default().trim_ascii_end();
            before.last() != Some(&b'}')
        })
}

/// Whether one of these whole lines is an object by itself, no deeper than `indent`. Inside a
/// value that never ends, it shows that the value broke off before that line.
pub(super) fn has_object_line(lines: &[u8], indent: usize) -> bool {
    lines.split(|byte| *byte == b'\n').any(|line| {
        let value = line.trim_ascii();
        begins_object(line, indent)
            && value.last() == Some(&b'}')
            && extent(value) == Extent::Whole(value.len())
    })
}

/// Whether a line begins an object, no deeper than `indent`.
pub(super) fn begins_object(line: &[u8], indent: usize) -> bool {
    let value = line.trim_ascii_start();
    value.first() == Some(&b'{') && line.len() - value.len() <= indent
}

/// The fields of an event stream, by how their lines begin.
const FIELDS: &[&[u8]] = &[b"data:", b"event:", b"id:", b"retry:", b":"];

/// How much of a line the questions about its beginning need.
pub(super) const LONGEST_BEGINNING: usize = 10;

/// Whether a line belongs to an event stream.
pub(super) fn is_event_field(line: &[u8]) -> bool {
    FIELDS.iter().any(|field| line.starts_with(field))
}

/// Whether a line begins with a date, as those of plain logs do.
pub(super) fn begins_with_date(line: &[u8]) -> bool {
    let is_date = |(at, byte): (usize, &u8)| match at {
        4 | 7 => *byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    line.get(..10)
        .is_some_and(|date| date.iter().enumerate().all(is_date))
}

/// Container runtimes write these between time and text.
const RUNTIME_MARKS: &[&[u8]] = &[b" stdout F ", b" stdout P ", b" stderr F ", b" stderr P "];

/// Whether a line of plain text may carry JSON, or a part of some.
pub(super) fn may_carry_json(line: &[u8]) -> bool {
    memchr(b'{', line).is_some() || is_of_runtime(line)
}

/// Whether a container runtime wrote the beginning of a line.
fn is_of_runtime(line: &[u8]) -> bool {
    let head = line.get(..64).unwrap_or(line);
    let mut marks = RUNTIME_MARKS.iter();
    marks.any(|mark| memmem::find(head, mark).is_some())
}

/// Whether a line is what is left of an object that lost its beginning: it closes more braces than
/// it opens, and it has a field. What a container runtime has split is put together elsewhere.
pub(super) fn is_tail_of_json(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    line.last() == Some(&b'}')
        && memchr_iter(b'}', line).count() > memchr_iter(b'{', line).count()
        && memmem::find(line, b"\":").is_some()
        && !is_of_runtime(line)
        && !ends_in_json(line)
}

/// Whether the rest of a line from one of its first braces on is one value. Braces may also stand in
/// its texts, so that counting them tells nothing.
fn ends_in_json(line: &[u8]) -> bool {
    memchr_iter(b'{', line).take(8).any(|at| {
        let json = line.get(at..).unwrap_or_default();
        extent(json) == Extent::Whole(json.len())
    })
}

/// Whether a line of plain text ends in the middle of the JSON that it carries.
pub(super) fn is_cut_in_json(line: &[u8]) -> bool {
    let json = memchr(b'{', line).and_then(|at| line.get(at..));
    json.is_some_and(|json| extent(json) == Extent::Open)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_value() {
        assert_eq!(extent(b"{\"a\":[1,\"}\"]} {"), Extent::Whole(13));
        assert_eq!(extent(b"{\"a\":\"\\ud83d\"}"), Extent::Whole(14));
        assert_eq!(extent(b"12,"), Extent::Whole(2));
        for open in [
            "",
            "{",
            "{\"a",
            "[1",
            "12",
            "tru",
            "{\"a\":1e400,",
            "\"\\u12",
        ] {
            assert_eq!(extent(open.as_bytes()), Extent::Open, "{open}");
        }
        assert_eq!(extent(b"{\"a\":\n1,\n{"), Extent::Broken(2));
        assert_eq!(extent(b"{\"a\":\"\n"), Extent::Broken(0));
    }

    #[test]
    fn a_tail_closes_what_it_does_not_open_outside_of_texts() {
        for line in ["\"a\":1}", "b\":{\"a\":1}}", ",\"a\":\"{\"}}"] {
            assert!(is_tail_of_json(line.as_bytes()), "{line}");
        }
        for line in [
            "INFO {\"a\":\"}}\"}",
            "{} INFO {\"a\":\"}\"}",
            "done {\"a\":1}",
        ] {
            assert!(!is_tail_of_json(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn only_what_must_be_one_object_looks_like_it() {
        for line in ["{}", "{\"a\":{}}", "{\"a\":\"{\"}", "{oops}"] {
            assert!(looks_like_one_object(line.as_bytes()), "{line}");
        }
        for line in ["{}{}", "{} {}", "{\"a\":1", "{},", "{}\r{}"] {
            assert!(!looks_like_one_object(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn lines_that_may_carry_json() {
        assert!(may_carry_json(b"INFO {\"a\":1}"));
        assert!(may_carry_json(b"2026-11-01T00:00:00Z stdout P AAAA"));
        assert!(!may_carry_json(b"plain"));
        assert!(is_tail_of_json(b"1\",\"usage\":{\"a\":1}}"));
        assert!(!is_tail_of_json(b"INFO {\"a\":{\"b\":1}}"));
        assert!(begins_with_date(b"2026-11-01 x") && !begins_with_date(b"12026-11-1"));
    }
}

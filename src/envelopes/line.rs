//! A line of plain text that carries JSON: what a container runtime or a logger wrote before it.

use crate::json::Raw;
use crate::usage::Timestamp;

/// Longest beginning of a line in which its time is looked for.
const LONGEST_TIME: usize = 40;

/// A line taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<'a> {
    /// What follows the runtime's mark, or the JSON after a prefix.
    pub rest: &'a str,
    /// The time that the prefix states.
    pub time: Option<Timestamp>,
    /// The runtime's stream, and whether the line ends here (`F`) or goes on (`P`); other lines have
    /// no such mark.
    pub piece: Option<(&'a str, bool)>,
}

/// Takes a line apart: `TIME stdout F …` as CRI runtimes write it, or any words before JSON that
/// reaches to the end of the line.
pub fn split(text: &str) -> Option<Line<'_>> {
    cri(text).or_else(|| prefixed(text))
}

fn cri(text: &str) -> Option<Line<'_>> {
    let mut words = text.splitn(4, ' ');
    let time = Timestamp::parse(words.next()?)?;
    let stream = words
        .next()
        .filter(|word| matches!(*word, "stdout" | "stderr"))?;
    let tag = words.next()?;
    let last = match tag.split(':').next()? {
        "F" => true,
        "P" => false,
        _ => return None,
    };
    Some(Line {
        rest: words.next().unwrap_or_default(),
        time: Some(time),
        piece: Some((stream, last)),
    })
}

fn prefixed(text: &str) -> Option<Line<'_>> {
    let text = text.trim_end();
    let starts = text.match_indices(['{', '[', '"']).map(|(at, _)| at);
    // A bracketed level or logger name may stand before; more than a few tries are no prefix.
    let (at, rest) = starts.take(8).find_map(|at| {
        let rest = text.get(at..)?;
        let holds = rest.starts_with(['{', '[']) && rest.contains('{') || rest.starts_with("\"{");
        (holds && Raw::parse(rest).is_ok()).then_some((at, rest))
    })?;
    Some(Line {
        rest,
        time: text.get(..at).and_then(time_at_start),
        piece: None,
    })
}

/// The time at the beginning of a prefix: `2026-11-02T10:00:00Z`, `2026-11-02 10:00:00,123`, also in
/// brackets.
fn time_at_start(prefix: &str) -> Option<Timestamp> {
    let prefix = prefix.trim_start_matches(['[', '(', ' ']);
    let ends = prefix.char_indices().filter(|(at, c)| {
        *at <= LONGEST_TIME && (c.is_whitespace() || matches!(c, ']' | ')' | '|'))
    });
    let ends: Vec<usize> = ends.map(|(at, _)| at).chain([prefix.len()]).collect();
    ends.into_iter().rev().find_map(|end| {
        let words = prefix
            .get(..end)
            .filter(|words| words.len() <= LONGEST_TIME && words.len() >= 10)?;
        Timestamp::parse(&words.replace(',', "."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_taken_off_and_its_time_is_read() {
        for (text, rest, time) in [
            (
                "2026-11-02T10:00:00.5Z INFO x {\"a\":1}",
                "{\"a\":1}",
                Some("2026-11-02T10:00:00.500Z"),
            ),
            (
                "2026-11-02 10:00:00,250 - llm - INFO - {\"a\":{}} ",
                "{\"a\":{}}",
                Some("2026-11-02T10:00:00.250Z"),
            ),
            (
                "[2026-11-02 10:00:00] [info] {\"a\":1}",
                "{\"a\":1}",
                Some("2026-11-02T10:00:00Z"),
            ),
            ("app | {\"a\":1}", "{\"a\":1}", None),
            ("log: \"{\\\"a\\\":1}\"", "\"{\\\"a\\\":1}\"", None),
        ] {
            let line = split(text).unwrap();
            assert_eq!(line.rest, rest);
            assert_eq!(
                line.time.map(|time| time.to_string()).as_deref(),
                time,
                "{text}"
            );
        }
        for text in ["no json {here}", "{'id': 1}", "done {\"a\":1} in 3 s", ""] {
            assert_eq!(split(text), None, "{text}");
        }
    }

    #[test]
    fn container_runtimes_say_whether_a_line_goes_on() {
        let line = split("2026-11-02T10:00:00.123456789Z stdout P {\"a\":").unwrap();
        assert_eq!(
            (line.rest, line.piece),
            ("{\"a\":", Some(("stdout", false)))
        );
        let line = split("2026-11-02T10:00:00+00:00 stderr F 1}").unwrap();
        assert_eq!((line.rest, line.piece), ("1}", Some(("stderr", true))));
    }
}

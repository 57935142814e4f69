//! Recorded exchanges in YAML → JSON text, scalar by scalar, so that no digit is lost. Other YAML is
//! configuration and is never read.

use std::collections::BTreeMap;
use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle};

/// The most bytes of JSON that aliases may add to a recording.
const MOST_COPIED: usize = 8 << 20;
/// Keys by which a recording is known, at the beginning of a line.
const KEYS: &[&str] = &["interactions:", "http_interactions:"];
/// Keys and marks that may stand before them.
const BEFORE: &[&str] = &["---", "version:", "#", "%YAML", "recorded_with:"];

/// Whether the beginning of a stream is that of a recording in YAML.
pub(super) fn is_recording(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head);
    let lines = text.trim_start_matches('\u{feff}').lines();
    let mut lines = lines.skip_while(|line| {
        line.trim().is_empty() || BEFORE.iter().any(|begin| line.starts_with(begin))
    });
    lines
        .next()
        .is_some_and(|line| KEYS.iter().any(|key| line.starts_with(key)))
}

/// The documents of a YAML text as JSON, one per line; `None` when it cannot be read.
pub(super) fn to_json(text: &str) -> Option<String> {
    written(text).or_else(|| written(&indented(text)))
}

/// Recorders that use PyYAML go on with a quoted scalar as far left as its key stands, which YAML
/// does not allow. White space at the beginning of such a line does not count, so more is put there.
fn indented(text: &str) -> String {
    let mut wide = String::with_capacity(text.len());
    let mut quote = None;
    for line in text.lines() {
        let rest = if quote.is_some() {
            wide.push_str(&" ".repeat(INDENT));
            line
        } else {
            let begins = |mark: &str| line.find(mark).map(|at| at + mark.len());
            let at = [": '", ": \"", "- '", "- \""]
                .iter()
                .filter_map(|mark| begins(mark))
                .min();
            let rest = at.and_then(|at| line.get(at - 1..));
            quote = rest.and_then(|rest| rest.chars().next());
            rest.and_then(|rest| rest.get(1..)).unwrap_or_default()
        };
        if quote.is_some_and(|quote| closes(rest, quote)) {
            quote = None;
        }
        wide.push_str(line);
        wide.push('\n');
    }
    wide
}

/// More than recordings are nested.
const INDENT: usize = 40;

/// Whether a quoted scalar ends on this line.
fn closes(line: &str, quote: char) -> bool {
    let mut chars = line.chars().peekable();
    while let Some(next) = chars.next() {
        if quote == '"' && next == '\\'
            || next == quote && quote == '\'' && chars.peek() == Some(&quote)
        {
            chars.next();
        } else if next == quote {
            return true;
        }
    }
    false
}

fn written(text: &str) -> Option<String> {
    let mut writer = Writer::default();
    for event in Parser::new_from_str(text) {
        let (event, _) = event.ok()?;
        writer.take(event)?;
    }
    Some(writer.json)
}

/// A collection that is being written.
struct Open {
    is_map: bool,
    entries: usize,
    /// Whether the next scalar is a key.
    at_key: bool,
    anchor: usize,
    start: usize,
}

#[derive(Default)]
struct Writer {
    json: String,
    open: Vec<Open>,
    /// Where in the JSON stands what anchors name, by their number.
    named: BTreeMap<usize, Range<usize>>,
    /// How much of it was said again.
    copied: usize,
}

impl Writer {
    fn take(&mut self, event: Event<'_>) -> Option<()> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain && tag.is_none();
                let start = self.begin();
                let key = self
                    .open
                    .last()
                    .is_some_and(|open| open.is_map && open.at_key);
                if key || !plain {
                    self.json
                        .push_str(&serde_json::to_string(text.as_ref()).ok()?);
                } else {
                    self.json.push_str(&scalar(&text));
                }
                self.name(anchor, start);
                self.end();
            }
            Event::SequenceStart(_, anchor, _) => self.open(false, anchor)?,
            Event::MappingStart(_, anchor, _) => self.open(true, anchor)?,
            Event::SequenceEnd | Event::MappingEnd => {
                let open = self.open.pop()?;
                self.json.push(if open.is_map { '}' } else { ']' });
                self.name(open.anchor, open.start);
                self.end();
            }
            Event::Alias(anchor) => {
                self.begin();
                let named = self.named.get(&anchor).cloned();
                let copy = named.and_then(|place| self.json.get(place));
                let copy = copy.unwrap_or("null").to_owned();
                self.copied += copy.len();
                if self.copied > MOST_COPIED {
                    return None;
                }
                self.json.push_str(&copy);
                self.end();
            }
            Event::DocumentEnd => self.json.push('\n'),
            Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(..)
            | Event::Anchor(..)
            | Event::UnresolvedAlias(_)
            | Event::Comment(..)
            | _ => {}
        }
        Some(())
    }

    /// Writes what stands before a value. A collection as a key is nothing that recorders write.
    fn begin(&mut self) -> usize {
        if let Some(open) = self.open.last_mut() {
            let first = open.entries == 0;
            if !open.is_map || open.at_key {
                open.entries += 1;
                if !first {
                    self.json.push(',');
                }
            } else {
                self.json.push(':');
            }
        }
        self.json.len()
    }

    fn end(&mut self) {
        if let Some(open) = self.open.last_mut() {
            open.at_key = !open.at_key;
        }
    }

    fn open(&mut self, is_map: bool, anchor: usize) -> Option<()> {
        let start = self.begin();
        if self
            .open
            .last()
            .is_some_and(|open| open.is_map && open.at_key)
        {
            return None;
        }
        self.json.push(if is_map { '{' } else { '[' });
        self.open.push(Open {
            is_map,
            entries: 0,
            at_key: true,
            anchor,
            start,
        });
        Some(())
    }

    fn name(&mut self, anchor: usize, start: usize) {
        if anchor > 0 {
            self.named.insert(anchor, start..self.json.len());
        }
    }
}

/// A plain scalar: a number or a word that JSON has, else text.
fn scalar(text: &str) -> String {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return "null".to_owned(),
        "true" | "True" | "TRUE" => return "true".to_owned(),
        "false" | "False" | "FALSE" => return "false".to_owned(),
        _ => {}
    }
    let begins = text
        .bytes()
        .next()
        .is_some_and(|b| b.is_ascii_digit() || b == b'-');
    let number = begins && serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok();
    if number {
        text.to_owned()
    } else {
        serde_json::to_string(text).unwrap_or_else(|_| "null".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_keep_their_digits_and_kinds() {
        let yaml = "a: 0.1000000000000000055511\nb: '12'\nc: ~\nd: [true, x y, 007, 1e3]\ne: |\n  l1\n  l2\nf: {k: -1}\n2: n\n";
        assert_eq!(
            to_json(yaml).unwrap(),
            "{\"a\":0.1000000000000000055511,\"b\":\"12\",\"c\":null,\"d\":[true,\"x y\",\"007\",1e3],\"e\":\"l1\\nl2\\n\",\"f\":{\"k\":-1},\"2\":\"n\"}\n"
        );
    }

    #[test]
    fn quoted_scalars_may_go_on_too_far_left() {
        let yaml = "r:\n  body: 'it''s\n  one'\n  n: 1\n  q: \"a \\\" b\n  c\"\n";
        assert_eq!(
            to_json(yaml).unwrap(),
            "{\"r\":{\"body\":\"it's one\",\"n\":1,\"q\":\"a \\\" b c\"}}\n"
        );
    }

    #[test]
    fn aliases_are_copies_and_bombs_are_refused() {
        assert_eq!(
            to_json("a: &x [1, {b: 2}]\nc: *x\n").unwrap(),
            "{\"a\":[1,{\"b\":2}],\"c\":[1,{\"b\":2}]}\n"
        );
        let mut bomb = "a0: &a0 [xxxxxxxxxxxxxxxx, xxxxxxxxxxxxxxxx]\n".to_owned();
        for n in 1..40 {
            bomb = format!("{bomb}a{n}: &a{n} [*a{0}, *a{0}]\n", n - 1);
        }
        assert_eq!(to_json(&bomb), None);
        assert_eq!(to_json("a: [1\nb: 2"), None);
    }

    #[test]
    fn only_recordings_are_known() {
        for head in [
            "interactions:\n- request:",
            "---\nhttp_interactions:\n",
            "# c\nversion: 1\ninteractions:\n",
        ] {
            assert!(is_recording(head.as_bytes()), "{head}");
        }
        for head in [
            "version: 2\nservices:\n",
            "{\"interactions\":[]}",
            "log: interactions:\n",
            "",
        ] {
            assert!(!is_recording(head.as_bytes()), "{head}");
        }
    }
}

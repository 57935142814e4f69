//! Text inside of documents: strings that hold JSON, event streams or encoded bodies, and lines with
//! words before their JSON.

use std::io::Cursor;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use super::documents::{DEEPEST, Documents, Outcome, Spot};
use crate::envelopes::{self, Said};
use crate::error::Fault;
use crate::json::Raw;
use crate::source::{self, Frame, Source};

/// Shorter strings hold no response.
const SHORTEST: usize = 16;

impl Documents<'_> {
    /// Reads a decoded string as if it were a file: JSON, lines, an event stream, or any of them
    /// compressed and in base64. Says whether anything in it was recognised.
    pub(super) fn read_text(
        &mut self,
        text: &str,
        spot: &Spot,
        around: &Said,
        depth: usize,
    ) -> bool {
        let text = text.trim();
        if depth > DEEPEST || text.len() < 2 {
            return false;
        }
        if text.starts_with(['{', '[', '"']) && Raw::parse(text).is_ok() {
            return self.read(text, spot, around, depth);
        }
        if let Some(bytes) = decoded(text) {
            return self.read_bytes(bytes, &spot.through("base64"), around, depth);
        }
        let is_events = ["data:", "event:", "id:", ":"]
            .iter()
            .any(|begin| text.starts_with(begin));
        if is_events || text.starts_with(['{', '[']) {
            return self.read_bytes(text.as_bytes().to_vec(), spot, around, depth);
        }
        let mut any = false;
        for line in text.lines() {
            any |= self.read_line(line, spot, around, depth);
        }
        any
    }

    fn read_bytes(&mut self, bytes: Vec<u8>, spot: &Spot, around: &Said, depth: usize) -> bool {
        let mut source = Source::from_reader(Cursor::new(bytes), false);
        let mut any = false;
        let mut faults = Vec::new();
        self.apart(false, |documents| {
            while let Ok(Some(frame)) = source.next_frame() {
                match frame {
                    Frame::Value { text, pointer, .. } => {
                        documents.streams.framed(false);
                        any |= documents.read(text, &spot.inside(pointer), around, depth);
                    }
                    Frame::Event { text, .. } => {
                        documents.streams.framed(true);
                        any |= documents.read(text, &spot.through("sse"), around, depth);
                    }
                    Frame::StreamEnd { .. } => documents.stream_end(),
                    Frame::Line { text, .. } => {
                        any |= documents.read_line(text, spot, around, depth);
                    }
                    Frame::Broken { reason, .. } => faults.push(Fault::from(reason)),
                    Frame::Text { .. } | Frame::Other { .. } => {}
                }
            }
        });
        for fault in faults.into_iter().filter(|_| any) {
            self.push(spot.clone(), Outcome::Rejected(fault));
        }
        any
    }

    /// Reads text that stands as a list of its bytes, as journald writes what is not UTF-8.
    pub(super) fn read_numbers(
        &mut self,
        list: Raw<'_>,
        spot: &Spot,
        around: &Said,
        depth: usize,
    ) -> bool {
        let bytes = list.elements();
        let bytes: Option<Vec<u8>> = bytes.map(|byte| byte.as_str().parse().ok()).collect();
        let text = bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        text.is_some_and(|text| self.read_text(&text, spot, around, depth + 1))
    }

    /// Reads a line of text: what a container runtime wrote, or words before JSON.
    pub(super) fn read_line(
        &mut self,
        text: &str,
        spot: &Spot,
        around: &Said,
        depth: usize,
    ) -> bool {
        let Some(line) = envelopes::split(text) else {
            return false;
        };
        let mut said = Said {
            occurred: line.time,
            ..Said::default()
        };
        said.fill_from(around);
        match line.piece {
            Some((stream, last)) => self.line_piece(
                &format!("cri\n{stream}"),
                last,
                line.rest,
                &spot.through("cri"),
                &said,
                depth,
            ),
            None => self.read(line.rest, &spot.through("prefix"), &said, depth + 1),
        }
    }
}

/// The bytes of a base64 string, where they are something that can be read.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_=\r\n".contains(&byte);
    if text.len() < SHORTEST || !text.bytes().all(fits) {
        return None;
    }
    let text: String = text.split_ascii_whitespace().collect();
    let engine = if text.contains(['-', '_']) {
        URL_SAFE
    } else {
        STANDARD
    };
    let bytes = engine.decode(text).ok()?;
    source::is_readable(&bytes).then_some(bytes)
}

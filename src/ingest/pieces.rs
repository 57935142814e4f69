//! Long lines that a runtime has split: pieces are kept until the last one comes.

use std::collections::BTreeMap;

use super::documents::{Documents, Spot};
use super::unrecognized;
use crate::envelopes::Said;
use crate::json::Raw;

/// The longest line that is put together, in bytes.
const LONGEST: usize = 64 << 20;

/// The open lines of one source, by what their pieces have in common.
#[derive(Default)]
pub struct Pieces(BTreeMap<String, Open>);

/// A line that goes on.
struct Open {
    text: String,
    spot: Spot,
    around: Said,
    depth: usize,
}

impl Documents<'_> {
    /// Takes a piece that stands in a JSON string; what is no string is whole.
    pub(super) fn piece(
        &mut self,
        key: &str,
        last: bool,
        body: &str,
        spot: &Spot,
        around: &Said,
        depth: usize,
    ) {
        let text = Raw::parse(body).ok().and_then(Raw::string);
        let known = match &text {
            None => self.read(body, spot, around, depth + 1),
            Some(text) => self.line_piece(key, last, text, spot, around, depth),
        };
        if !known {
            self.push(spot.clone(), unrecognized::outcome(body));
        }
    }

    /// Takes a piece of a line. Says whether it was kept, or the line recognised.
    pub(super) fn line_piece(
        &mut self,
        key: &str,
        last: bool,
        text: &str,
        spot: &Spot,
        around: &Said,
        depth: usize,
    ) -> bool {
        // A runtime that ends no line with a line feed writes whole ones: then JSON begins anew.
        if text.starts_with('{') && self.pieces.0.get(key).is_some_and(Open::is_whole) {
            self.end_piece(key);
        }
        let begun = self.pieces.0.remove(key);
        self.stateful |= begun.is_some() || !last;
        if begun.is_none() && last {
            return self.read_text(text, spot, around, depth + 1);
        }
        let mut open = begun.unwrap_or_else(|| Open {
            text: String::new(),
            spot: spot.clone(),
            around: around.clone(),
            depth,
        });
        open.text.push_str(text);
        let full = open.text.len() > LONGEST;
        self.pieces.0.insert(key.to_owned(), open);
        if last || full {
            self.end_piece(key);
        }
        true
    }

    fn end_piece(&mut self, key: &str) {
        let Some(open) = self.pieces.0.remove(key) else {
            return;
        };
        if !self.read_text(&open.text, &open.spot, &open.around, open.depth + 1) {
            let outcome = unrecognized::of_text(&open.text);
            self.push(open.spot, outcome);
        }
    }

    /// Ends all lines: the source has ended.
    pub(super) fn finish_pieces(&mut self) {
        while let Some(key) = self.pieces.0.keys().next().cloned() {
            self.end_piece(&key);
        }
    }
}

impl Open {
    fn is_whole(&self) -> bool {
        Raw::parse(&self.text).is_ok()
    }
}

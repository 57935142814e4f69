//! What stands at a place outside of arrays decides how it is read.

use std::io;

use super::window::Place;
use super::{Found, Frames, Pending, Reason, Step, Warning, values};
use crate::source::compression::Damage;

/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// What stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sight {
    Object,
    Bracket,
    Quote,
    Field,
    Hole,
    Words,
}

impl Frames {
    /// Reads on outside of arrays.
    pub(super) fn document(&mut self) -> io::Result<Step> {
        let blank_line = self.skip_blanks()?;
        let sight = self.sight()?;
        if self.event.is_open() && (blank_line || sight != Some(Sight::Field)) {
            return Ok(self.end_event(sight.is_none() && !blank_line));
        }
        match sight {
            None => Ok(self.finish()),
            Some(Sight::Hole) => self.hole(),
            Some(Sight::Object) => self.object(),
            Some(Sight::Bracket) => self.bracket(),
            Some(_) if self.is_midline() => self.broken(Reason::TextAfterValue, 0),
            Some(Sight::Quote) => self.quote(),
            Some(Sight::Field) => self.field(),
            Some(Sight::Words) => self.words(),
        }
    }

    /// Leaves blanks, line ends, record separators and byte order marks behind; says whether a
    /// blank line was among them.
    pub(super) fn skip_blanks(&mut self) -> io::Result<bool> {
        let mut blank_line = false;
        while let Some(byte) = self.window.byte(0)? {
            match byte {
                b'\n' | b' ' | b'\t' | b'\r' | 0x1e => {
                    let rest = self.window.rest();
                    let count = rest.iter().position(|byte| !is_blank(*byte));
                    let count = count.unwrap_or(rest.len());
                    let begun = self.is_midline();
                    let line = self.window.place().line;
                    self.window.consume(count);
                    // The first line end may be that of a line with something on it.
                    blank_line |= self.window.place().line > line + u64::from(begun);
                }
                // A comma between two values is what is left of an array without its brackets.
                b',' if self.is_midline() && self.array.is_none() => self.window.consume(1),
                0xef if self.window.column() == 0 && self.begins_with_mark()? => {
                    self.window.consume_mark(MARK.len());
                }
                _ => break,
            }
        }
        Ok(blank_line)
    }

    fn begins_with_mark(&mut self) -> io::Result<bool> {
        self.window.byte(MARK.len() - 1)?;
        Ok(self.window.front(MARK.len()) == MARK)
    }

    fn sight(&mut self) -> io::Result<Option<Sight>> {
        let Some(byte) = self.window.byte(0)? else {
            return Ok(None);
        };
        Ok(Some(match byte {
            b'{' => Sight::Object,
            b'[' => Sight::Bracket,
            b'"' => Sight::Quote,
            0 => Sight::Hole,
            b'd' | b'e' | b'i' | b'r' | b':' if self.window.column() == 0 => {
                self.window.byte(values::LONGEST_BEGINNING - 1)?;
                let is_field = values::is_event_field(self.window.front(values::LONGEST_BEGINNING));
                if is_field { Sight::Field } else { Sight::Words }
            }
            _ => Sight::Words,
        }))
    }

    /// A run of NUL bytes.
    fn hole(&mut self) -> io::Result<Step> {
        let place = self.window.place();
        while self.window.byte(0)? == Some(0) {
            let rest = self.window.rest();
            let count = rest.iter().position(|byte| *byte != 0);
            let count = count.unwrap_or(rest.len());
            self.window.consume(count);
        }
        Ok(Step::Found(Found::Broken(place, Reason::Hole)))
    }

    /// What was begun and never ended, with nothing after it.
    pub(super) fn cut_short(&mut self, place: Place) -> Step {
        let end = self.window.rest().len();
        self.window.consume(end);
        let bytes = self.window.place().offset - place.offset;
        match self.window.damage() {
            // The damage is told instead: it is why the value has no end.
            Some(Damage::Corrupt | Damage::Bomb | Damage::TooDeep | Damage::EndlessRow) => {
                Step::Again
            }
            Some(Damage::Trailing | Damage::Truncated) | None if self.can_grow => {
                let Place { line, offset } = place;
                self.pending = Some(Pending {
                    line,
                    offset,
                    bytes,
                });
                Step::Again
            }
            Some(Damage::Trailing | Damage::Truncated) | None => {
                Step::Found(Found::Broken(place, Reason::CutShort))
            }
        }
    }

    /// The end of the stream: what is left to say is said once.
    fn finish(&mut self) -> Step {
        let reason = match self.window.damage() {
            Some(_) if std::mem::replace(&mut self.damage_told, true) => return Step::End,
            None => return Step::End,
            Some(Damage::Trailing) => {
                self.warn(Warning::TrailingBytes);
                return Step::End;
            }
            Some(Damage::Truncated) => {
                self.warn(Warning::Truncated);
                return Step::End;
            }
            Some(Damage::Corrupt) => Reason::Damaged,
            Some(Damage::Bomb) => Reason::Bomb,
            Some(Damage::TooDeep) => Reason::TooDeep,
            Some(Damage::EndlessRow) => Reason::EndlessRow,
        };
        Step::Found(Found::Broken(self.window.place(), reason))
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b'\n' | b' ' | b'\t' | b'\r' | 0x1e)
}

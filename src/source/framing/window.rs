//! A window that moves over a stream: it holds what is being looked at, and at most one value.

use std::io::{self, Read};

use memchr::{memchr, memchr_iter, memrchr};

use crate::source::compression::{self, Bytes, Damage, long};

/// The largest value that is held.
pub(super) const LARGEST: usize = 64 << 20;
/// What is held beyond this is a large value.
const LARGE: usize = 4 << 20;
/// How much is read at a time.
pub(super) const BLOCK: usize = 1 << 20;
/// How much is read first; each time twice as much as before, up to a block. A decoder has all the room
/// cleared that it may write to, which takes longer than reading a small file.
const FIRST: usize = 16 << 10;

/// A place in the decoded bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Place {
    pub(super) line: u64,
    pub(super) offset: u64,
}

pub(super) struct Window {
    reader: Bytes,
    bytes: Vec<u8>,
    start: usize,
    place: Place,
    /// Bytes before the window on its first line.
    column: usize,
    ended: bool,
    /// How much is read next.
    step: usize,
    damage: Option<Damage>,
}

impl Window {
    /// Begins at the place of the first byte of the reader.
    pub(super) fn new(reader: Bytes, place: Place) -> Self {
        Self {
            reader,
            bytes: Vec::new(),
            start: 0,
            place,
            column: 0,
            ended: false,
            step: FIRST,
            damage: None,
        }
    }

    /// What has been read and not consumed.
    pub(super) fn rest(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }

    /// The first bytes of it, as many as are there.
    pub(super) fn front(&self, length: usize) -> &[u8] {
        let rest = self.rest();
        rest.get(..length).unwrap_or(rest)
    }

    /// Where the window begins.
    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// How far into its line the window begins.
    pub(super) fn column(&self) -> usize {
        self.column
    }

    /// Whether more is held than any value may be long.
    pub(super) fn is_full(&self) -> bool {
        self.rest().len() > LARGEST
    }

    /// How the stream ended before its time.
    pub(super) fn damage(&self) -> Option<Damage> {
        self.damage
    }

    /// How many lines have been consumed, the last one without an end included.
    pub(super) fn lines(&self) -> u64 {
        self.place.line - u64::from(self.column == 0)
    }

    /// One byte ahead.
    pub(super) fn byte(&mut self, at: usize) -> io::Result<Option<u8>> {
        loop {
            if let Some(byte) = self.rest().get(at) {
                return Ok(Some(*byte));
            }
            if !self.more()? {
                return Ok(None);
            }
        }
    }

    /// Where the line ends, if it does so within the next `limit` bytes.
    pub(super) fn line_end(&mut self, limit: usize) -> io::Result<Option<usize>> {
        let mut searched = 0;
        loop {
            let line = self.front(limit);
            if let Some(at) = line.get(searched..).and_then(|new| memchr(b'\n', new)) {
                return Ok(Some(searched + at));
            }
            searched = line.len();
            if searched == limit || !self.more()? {
                return Ok(None);
            }
        }
    }

    /// The line up to its end, where [`line_end`](Self::line_end) found one, or up to the end of
    /// the stream; nothing when it is longer than anything that is held.
    pub(super) fn line_before(&self, end: Option<usize>) -> Option<&[u8]> {
        match end {
            Some(end) => Some(self.front(end)),
            None if self.is_full() => None,
            None => Some(self.rest()),
        }
    }

    /// Reads on, at least doubling what is held, so that looking again stays cheap. False when
    /// there is no more, or when the window is as large as it may be.
    pub(super) fn more(&mut self) -> io::Result<bool> {
        let held = self.rest().len();
        let wanted = (held * 2).clamp(self.step, LARGEST + BLOCK);
        self.step = (self.step * 2).min(BLOCK);
        // A large value gets all the room there is at once: growing step by step leaves the old rooms
        // behind, and what is not yet written to takes no memory.
        let room = if wanted > LARGE {
            LARGEST + BLOCK
        } else {
            wanted
        };
        self.bytes.drain(..self.start);
        self.start = 0;
        if !self.ended && held < wanted {
            self.bytes.reserve_exact(room - held);
            let mut more = self.reader.by_ref().take(long(wanted - held));
            match more.read_to_end(&mut self.bytes) {
                Ok(_) => self.ended = more.limit() > 0,
                Err(error) => {
                    self.damage = Some(compression::damage(&error).ok_or(error)?);
                    self.ended = true;
                }
            }
        }
        Ok(self.bytes.len() > held)
    }

    /// Leaves bytes behind.
    pub(super) fn consume(&mut self, length: usize) {
        let gone = self.front(length);
        let length = gone.len();
        match memrchr(b'\n', gone) {
            Some(last) => {
                self.place.line += long(memchr_iter(b'\n', gone).count());
                self.column = length - last - 1;
            }
            None => self.column += length,
        }
        self.advance(length);
    }

    /// Leaves one line behind, of known length with its end.
    pub(super) fn consume_line(&mut self, length: usize) {
        self.place.line += 1;
        self.column = 0;
        self.advance(length);
    }

    /// Leaves this many lines behind, of known length with their ends.
    pub(super) fn consume_lines(&mut self, length: usize, lines: u64) {
        self.place.line += lines;
        self.column = 0;
        self.advance(length);
    }

    /// Takes bytes back that stood before the window, from the beginning of a line on.
    pub(super) fn give_back(&mut self, before: &[u8], place: Place) {
        self.bytes = [before, self.rest()].concat();
        self.start = 0;
        (self.place, self.column) = (place, 0);
    }

    /// Leaves a byte order mark behind, which takes no room in its line.
    pub(super) fn consume_mark(&mut self, length: usize) {
        self.advance(length);
    }

    fn advance(&mut self, length: usize) {
        self.start += length;
        self.place.offset += long(length);
    }

    /// Leaves the rest of the line behind, whatever its length.
    pub(super) fn skip_line(&mut self) -> io::Result<()> {
        loop {
            if let Some(end) = memchr(b'\n', self.rest()) {
                self.consume_line(end + 1);
                return Ok(());
            }
            self.consume(self.rest().len());
            if !self.more()? {
                return Ok(());
            }
        }
    }
}

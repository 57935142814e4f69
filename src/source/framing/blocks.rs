//! Blocks of whole lines, for whoever reads lines apart from each other: taken off a stream, and given
//! back where they hold more than one object on each line.

use std::io;

use memchr::memchr_iter;

use super::window::{BLOCK, Place};
use super::{Frames, Shape, Shown};
use crate::source::compression::long;

/// Whole lines, the first of which begins with `{`.
#[derive(Debug, Default)]
pub struct Block {
    /// The lines with their ends.
    pub bytes: Vec<u8>,
    /// Which line is the first.
    pub line: u64,
    /// How many bytes of the source had been read by then, before decompression.
    pub read: u64,
    /// Where the first begins, in the decoded bytes.
    pub offset: u64,
}

impl Frames {
    /// The next lines as a block of at most these bytes, put into the room. Nothing where the next line
    /// is no object, or where less than a block is left: that is quicker read at once.
    pub(in crate::source) fn take_block(
        &mut self,
        room: Vec<u8>,
        bytes: usize,
    ) -> io::Result<Option<Block>> {
        let bytes = bytes.clamp(1, BLOCK);
        let apart = self.array.is_none() && self.held.is_none() && !self.event.is_open();
        if !apart || self.shown != Shown::Nothing || self.window.column() != 0 {
            return Ok(None);
        }
        if self.window.byte(0)? != Some(b'{') || self.window.byte(bytes - 1)?.is_none() {
            return Ok(None);
        }
        let place = self.window.place();
        let bytes = self.window.take_lines(room, bytes);
        Ok((!bytes.is_empty()).then_some(Block {
            bytes,
            line: place.line,
            offset: place.offset,
            read: 0,
        }))
    }

    /// A block was read as lines that are one object each.
    pub(in crate::source) fn has_read(&mut self, any: bool) {
        if any {
            self.shape = Shape::Jsonl;
            self.shapes.insert(Shape::Jsonl);
        }
    }

    /// Gives back the last blocks, in their order: they are handed out as frames after all.
    pub(in crate::source) fn give_back(&mut self, blocks: &[Block]) {
        let Some(first) = blocks.first() else { return };
        let place = Place {
            line: first.line,
            offset: first.offset,
        };
        let bytes: Vec<&[u8]> = blocks.iter().map(|block| block.bytes.as_slice()).collect();
        self.window.give_back(&bytes.concat(), place);
    }
}

impl super::window::Window {
    /// Moves all whole lines that end within so many bytes into a vector.
    fn take_lines(&mut self, mut bytes: Vec<u8>, most: usize) -> Vec<u8> {
        bytes.clear();
        let lines = memchr::memrchr(b'\n', self.front(most)).map_or(0, |end| end + 1);
        let taken = self.front(lines);
        bytes.extend_from_slice(taken);
        let count = long(memchr_iter(b'\n', taken).count());
        self.consume_lines(lines, count);
        bytes
    }
}

//! Plain bytes → frames: JSON documents, events and lines, in one pass and bounded memory.
//!
//! What stands at a place decides how it is read, whatever came before, so one file may mix
//! values on a line, values over many lines, arrays, event streams and words. The hot path is a
//! line that can only be one object: it is handed out unchecked and borrowed.

mod arrays;
mod blocks;
mod documents;
mod events;
mod frame;
mod lines;
mod recovery;
mod showing;
mod sights;
mod values;
mod window;

use std::collections::BTreeSet;
use std::io;

use arrays::Array;
pub use blocks::Block;
use events::Event;
pub use frame::{Ending, Frame, Pending, Reason, Shape, Warning};
use recovery::Searched;
use window::{Place, Window};

use super::compression::Bytes;
use super::position::Position;

/// Splits a stream into frames.
pub(super) struct Frames {
    window: Window,
    /// Whether bytes may be added to the source later, so that its end is not final.
    can_grow: bool,
    /// What the last frame was made of; left behind when the next one is asked for.
    shown: Shown,
    /// The top-level array that we are inside of.
    array: Option<Array>,
    /// The last line on which something was consumed: what follows there does not begin a line.
    touched: u64,
    searched: Searched,
    pending: Option<Pending>,
    shape: Shape,
    shapes: BTreeSet<Shape>,
    warnings: BTreeSet<Warning>,
    event: Event,
    /// The event that is being shown.
    shown_event: Event,
    run: Option<Run>,
    /// What comes after the run of words that is being told of.
    held: Option<Found>,
    pointer: String,
    repaired: String,
    words_told: bool,
    damage_told: bool,
}

/// What to leave behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Nothing,
    /// A line of this length with its end.
    Line(usize),
    /// A value of this many bytes.
    Value(usize),
    /// The event.
    Event,
}

/// A run of lines of plain text.
struct Run {
    /// Where the first of them begins.
    place: Place,
    lines: u64,
}

/// One step of reading.
enum Step {
    /// Something to hand out.
    Found(Found),
    /// Nothing yet.
    Again,
    /// The end.
    End,
}

/// What is handed out, before its text is borrowed.
#[derive(Clone, Copy)]
enum Found {
    Value {
        length: usize,
        place: Place,
        index: Option<u64>,
    },
    Line {
        length: usize,
        place: Place,
    },
    Event,
    StreamEnd(Place),
    Other(Place),
    Broken(Place, Reason),
}

impl Frames {
    /// Begins at the start of a stream, or after a position in it.
    pub(super) fn new(bytes: Bytes, can_grow: bool, after: Option<&Position>) -> Self {
        let place = Place {
            line: after.map_or(1, |after| after.lines + 1),
            offset: after.map_or(0, |after| after.offset),
        };
        Self {
            window: Window::new(bytes, place),
            can_grow,
            shown: Shown::Nothing,
            array: None,
            touched: 0,
            searched: Searched::default(),
            pending: None,
            shape: Shape::Text,
            // A position stands only behind values, each on its line.
            shapes: after.map(|_| Shape::Jsonl).into_iter().collect(),
            warnings: BTreeSet::new(),
            event: Event::default(),
            shown_event: Event::default(),
            run: None,
            held: None,
            pointer: String::new(),
            repaired: String::new(),
            words_told: false,
            damage_told: false,
        }
    }

    /// The next frame, borrowed until the one after it is asked for.
    pub(super) fn next_frame(&mut self) -> io::Result<Option<Frame<'_>>> {
        if let Some(found) = self.held.take() {
            return Ok(Some(self.show(found)));
        }
        self.leave_shown();
        loop {
            let step = match self.array {
                Some(_) => self.element()?,
                None => self.document()?,
            };
            let found = match step {
                Step::Again => continue,
                Step::Found(found) => Some(found),
                Step::End => None,
            };
            if let Some(run) = self.run.take() {
                self.held = found;
                return Ok(Some(self.show_run(&run)));
            }
            return Ok(found.map(|found| self.show(found)));
        }
    }

    /// What can be said once the last frame has been handed out.
    pub(super) fn ending(&self) -> Ending {
        let words: Vec<&str> = self.shapes.iter().map(|shape| shape.word()).collect();
        Ending {
            lines: self.window.lines(),
            bytes: self.window.place().offset,
            pending: self.pending,
            compressed: false,
            format: words.join("+"),
            warnings: self.warnings.iter().copied().collect(),
        }
    }

    /// The shape of the last frame that had text.
    pub(super) fn shape(&self) -> Shape {
        self.shape
    }

    fn warn(&mut self, warning: Warning) {
        self.warnings.insert(warning);
    }

    /// Whether nothing but values on lines of their own was met, so that what follows would be read
    /// the same without them.
    pub(super) fn is_stateless(&self) -> bool {
        self.shapes.iter().eq([&Shape::Jsonl]) && !self.words_told && !self.damage_told
    }

    /// Whether everything so far was one value per line.
    fn is_jsonl(&self) -> bool {
        self.shapes.contains(&Shape::Jsonl) && !self.shapes.contains(&Shape::Json)
    }

    /// Whether something on this line has been consumed already.
    fn is_midline(&self) -> bool {
        self.touched == self.window.place().line
    }

    /// How far the line is indented; a value that does not begin its line counts as not at all.
    fn indent(&self) -> usize {
        if self.is_midline() {
            0
        } else {
            self.window.column()
        }
    }

    fn leave_shown(&mut self) {
        match std::mem::replace(&mut self.shown, Shown::Nothing) {
            Shown::Nothing => {}
            Shown::Line(length) => self.window.consume_line(length),
            Shown::Event => self.shown_event.clear(),
            Shown::Value(length) => {
                self.window.consume(length);
                self.touched = self.window.place().line;
            }
        }
    }
}

//! Who may read an object: remembered by its shape, so that the many tests that say no to a shape by
//! its names alone are asked once.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::adapters::{self, Adapter};
use crate::envelopes::{Format, Formats};
use crate::json::Object;

/// Shapes that are remembered; a log has few, and one that has more is asked in full.
const MOST: usize = 256;
/// Longer shapes are not remembered.
const LONGEST: usize = 4 << 10;

/// Everything that can recognise something, with a memory.
pub(super) struct Recognizer<'o> {
    formats: &'o Formats,
    shapes: RefCell<BTreeMap<Vec<u8>, Rc<Shape>>>,
}

/// Who may recognise an object of one shape; nobody else does.
#[derive(Default)]
struct Shape {
    transcripts: Vec<&'static Adapter>,
    formats: Vec<usize>,
    adapters: Vec<&'static Adapter>,
}

/// An object with who may recognise it.
pub(super) struct Candidates<'o> {
    formats: &'o Formats,
    shape: Rc<Shape>,
}

impl<'o> Recognizer<'o> {
    /// With nothing remembered.
    pub(super) fn new(formats: &'o Formats) -> Self {
        let shapes = RefCell::default();
        Self { formats, shapes }
    }

    /// Who may recognise an object.
    pub(super) fn of(&self, object: &Object<'_>) -> Candidates<'o> {
        let key = object.shape();
        let mut shapes = self.shapes.borrow_mut();
        let known = shapes.get(&key).map(Rc::clone);
        let shape = known.unwrap_or_else(|| {
            let shape = Rc::new(Shape::of(object, self.formats));
            if shapes.len() < MOST && key.len() < LONGEST {
                shapes.insert(key, Rc::clone(&shape));
            }
            shape
        });
        let formats = self.formats;
        Candidates { formats, shape }
    }
}

impl Shape {
    /// Asks everybody once: who says no without a look at a value says so to every object of this shape.
    fn of(object: &Object<'_>, formats: &Formats) -> Self {
        let may = |adapter: &&'static Adapter| {
            let (is_one, settled) = object.tested(|object| (adapter.recognizes)(object));
            is_one || !settled
        };
        Self {
            transcripts: adapters::transcripts().filter(may).collect(),
            formats: formats.candidates(object),
            adapters: adapters::ADAPTERS.iter().copied().filter(may).collect(),
        }
    }
}

impl<'o> Candidates<'o> {
    /// The adapter whose transcript or trace the object is a part of, as
    /// [`adapters::recognize_transcript`] says.
    pub(super) fn transcript(&self, object: &Object<'_>) -> Option<&'static Adapter> {
        first(&self.shape.transcripts, object)
    }

    /// The adapter that reads the object, as [`adapters::recognize`] says.
    pub(super) fn adapter(&self, object: &Object<'_>) -> Option<&'static Adapter> {
        first(&self.shape.adapters, object)
    }

    /// The format that the object is of, as [`Formats::recognize`] says.
    pub(super) fn format(&self, object: &Object<'_>) -> Option<&'o Format> {
        self.formats
            .best(object, self.shape.formats.iter().copied())
    }
}

fn first(adapters: &[&'static Adapter], object: &Object<'_>) -> Option<&'static Adapter> {
    let mut asked = adapters.iter().copied();
    asked.find(|adapter| (adapter.recognizes)(object))
}

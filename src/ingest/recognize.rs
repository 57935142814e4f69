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
    /// The shape that is being asked for.
    asked: RefCell<Vec<u8>>,
    last: Rc<RefCell<Row>>,
}

/// The text of the last row, and who reads it: a row is asked about several times on its way, and to
/// tell one takes longest.
#[derive(Default)]
struct Row {
    text: String,
    adapter: Option<&'static Adapter>,
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
    last: Rc<RefCell<Row>>,
}

impl<'o> Recognizer<'o> {
    /// With nothing remembered.
    pub(super) fn new(formats: &'o Formats) -> Self {
        Self {
            formats,
            shapes: RefCell::default(),
            asked: RefCell::default(),
            last: Rc::default(),
        }
    }

    /// Who may recognise an object.
    pub(super) fn of(&self, object: &Object<'_>) -> Candidates<'o> {
        let mut key = self.asked.borrow_mut();
        object.shape(&mut key);
        let mut shapes = self.shapes.borrow_mut();
        let known = shapes.get(key.as_slice()).map(Rc::clone);
        let shape = known.unwrap_or_else(|| {
            let shape = Rc::new(Shape::of(object, self.formats));
            if shapes.len() < MOST && key.len() < LONGEST {
                shapes.insert(key.clone(), Rc::clone(&shape));
            }
            shape
        });
        Candidates {
            formats: self.formats,
            shape,
            last: Rc::clone(&self.last),
        }
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
    /// The fields whose values decided that the object is not read by another adapter than this one.
    pub(super) fn decided_by(&self, adapter: Option<&Adapter>, object: &Object<'_>) -> Vec<String> {
        let transcripts = self.shape.transcripts.iter();
        let adapters = self.shape.adapters.iter();
        let adapters = adapters.take(if adapter.is_some() { usize::MAX } else { 0 });
        let is_other = |one: &&&Adapter| adapter.is_none_or(|adapter| adapter.id != one.id);
        let asked = transcripts.chain(adapters).take_while(is_other);
        let looked = asked.flat_map(|one| object.looked_at_by(|object| (one.recognizes)(object)));
        looked.map(str::to_owned).collect()
    }

    /// The formats that the object may be of, for all that its names say.
    pub(super) fn formats(&self) -> &[usize] {
        &self.shape.formats
    }

    /// The adapter whose transcript or trace the object is a part of, as
    /// [`adapters::recognize_transcript`] says.
    pub(super) fn transcript(&self, object: &Object<'_>) -> Option<&'static Adapter> {
        first(&self.shape.transcripts, object)
    }

    /// The adapter that reads the object, as [`adapters::recognize`] says.
    pub(super) fn adapter(&self, object: &Object<'_>) -> Option<&'static Adapter> {
        let text = object.unseen().as_str();
        let last = self.last.borrow();
        if last.adapter.is_some() && last.text == text {
            return last.adapter;
        }
        drop(last);
        let adapter = first(&self.shape.adapters, object);
        if adapter.is_some_and(Adapter::is_row) && text.len() < LONGEST {
            let mut last = self.last.borrow_mut();
            text.clone_into(&mut last.text);
            last.adapter = adapter;
        }
        adapter
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::json::{Kind, Raw};

    /// Every object in a value, down to the leaves.
    fn each(value: Raw<'_>, take: &mut dyn FnMut(&Object<'_>)) {
        match value.kind() {
            Kind::Object => {
                let Some(object) = value.object() else { return };
                take(&object);
                object.entries().for_each(|(_, inner)| each(inner, take));
            }
            Kind::Array => value.elements().for_each(|inner| each(inner, take)),
            Kind::String | Kind::Number | Kind::Bool | Kind::Null => {}
        }
    }

    fn texts(folder: &Path, take: &mut dyn FnMut(&str)) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                texts(&path, take);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                if Raw::parse(&text).is_ok() {
                    take(&text);
                } else {
                    text.lines()
                        .for_each(|line| take(line.trim_start_matches("data: ")));
                }
            }
        }
    }

    #[test]
    fn who_is_remembered_is_who_says_yes() {
        let formats = Formats::builtin();
        let recognizer = Recognizer::new(&formats);
        let id = |adapter: Option<&'static Adapter>| adapter.map(|adapter| adapter.id);
        let (mut asked, mut taken) = (0, 0);
        for _ in 0..2 {
            let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
            let mut check = |object: &Object<'_>| {
                let candidates = recognizer.of(object);
                let adapter = adapters::recognize(object);
                assert_eq!(id(candidates.adapter(object)), id(adapter));
                let transcript = adapters::recognize_transcript(object);
                assert_eq!(id(candidates.transcript(object)), id(transcript));
                let format = formats.recognize(object).map(|format| format.id.as_str());
                let found = candidates.format(object).map(|format| format.id.as_str());
                assert_eq!(found, format);
                asked += 1;
                taken += usize::from(adapter.is_some() || transcript.is_some());
            };
            texts(&fixtures, &mut |text| {
                if let Ok(value) = Raw::parse(text) {
                    each(value, &mut check);
                }
            });
        }
        assert!(
            asked > 10_000 && taken > 1_000,
            "{asked} objects, {taken} taken"
        );
    }
}

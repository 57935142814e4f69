//! How a source is read, without a ledger: what was recognised, where its fields stand, and what else
//! the first value that matters has.

use std::collections::BTreeMap;

use super::Options;
use super::documents::{Documents, Outcome, Spot};
use super::reader::take;
use crate::envelopes::{Formats, Leaf, leaves};
use crate::error::Result;
use crate::json::Object;
use crate::source::{Database, Document, Ending, Frame, Source};
use crate::usage::{NoteKind, UsageRecord};

/// Frames or rows that are looked at; a long log says the same all over.
const MOST: u64 = 10_000;

/// What was seen of a source.
#[derive(Debug, Default)]
pub struct Sight {
    /// Whether all of it was looked at.
    pub whole: bool,
    /// Records by the layers through which they were read.
    pub read_as: BTreeMap<String, u64>,
    /// What bills nothing, by kind.
    pub ignored: BTreeMap<String, u64>,
    /// What is odd in records and does not touch their cost.
    pub warnings: BTreeMap<String, u64>,
    /// What could not be read: lines and reasons.
    pub rejected: Vec<(u64, String)>,
    /// The first record and where it stands.
    pub first: Option<(Spot, UsageRecord)>,
    /// The fields of the value that it was found in, or of the first value that nobody reads.
    pub leaves: Vec<Leaf>,
    /// The end of the source, where that was reached.
    pub ending: Ending,
}

/// What to look at, and by what.
pub struct Look<'a> {
    /// The path; some tools name a session only there.
    pub path: &'a str,
    /// The known envelopes.
    pub formats: &'a Formats,
    /// What is known from outside.
    pub options: &'a Options,
    /// One line only, or one row of a database.
    pub line: Option<u64>,
}

impl Look<'_> {
    fn documents(&self) -> Documents<'_> {
        Documents::new(self.formats, self.options)
            .watched()
            .at(self.path)
    }
}

/// Looks at a source, or at one line of it.
///
/// # Errors
/// When it cannot be read.
pub fn inspect(source: &mut Source, look: &Look<'_>) -> Result<Sight> {
    let line = look.line;
    let mut documents = look.documents();
    let mut sight = Sight::default();
    let mut frames = 0;
    while let Some(frame) = source.next_frame()? {
        if frames == MOST || line.is_some_and(|line| frame.line() > line) {
            break;
        }
        if line.is_some_and(|line| frame.line() < line) {
            continue;
        }
        frames += 1;
        if let Frame::Broken { line, reason, .. } = &frame {
            sight.rejected.push((*line, reason.to_string()));
        } else if !take(&mut documents, &frame) {
            *sight.ignored.entry("text".to_owned()).or_default() += 1;
        }
        sight.look(&mut documents);
    }
    documents.finish();
    sight.look(&mut documents);
    sight.whole = frames < MOST;
    sight.ending = source.ending();
    Ok(sight)
}

/// Looks at the database of another program, or at one row of it.
///
/// # Errors
/// When it cannot be read.
pub fn inspect_database(database: &Database, look: &Look<'_>) -> Result<Sight> {
    let mut documents = look.documents();
    let mut sight = Sight::default();
    database.each(&mut |document: Document| {
        let row = document.line;
        sight.ending.lines = row;
        if row > MOST || look.line.is_some_and(|line| line != row) {
            return Ok(());
        }
        match document.text {
            Ok(text) => documents.value(
                &text,
                Spot {
                    line: row,
                    pointer: document.pointer,
                    layers: String::new(),
                },
            ),
            Err(fault) => sight.rejected.push((row, fault.to_string())),
        }
        sight.look(&mut documents);
        Ok(())
    })?;
    documents.finish();
    sight.look(&mut documents);
    sight.whole = sight.ending.lines <= MOST;
    sight.ending.format = database.format();
    Ok(sight)
}

impl Sight {
    fn look(&mut self, documents: &mut Documents<'_>) {
        let seen = documents.take_seen();
        for found in documents.take() {
            let (found, _) = found.in_full();
            match found.outcome {
                Outcome::Alike(_) => {}
                Outcome::Ignored(kind) => *self.ignored.entry(kind).or_default() += 1,
                Outcome::Rejected(fault) => {
                    self.rejected.push((found.spot.line, fault.to_string()));
                }
                Outcome::Record(record, _) => {
                    let layers = found.spot.layers.split(' ').next().unwrap_or_default();
                    *self.read_as.entry(layers.to_owned()).or_default() += 1;
                    let notes = record.notes.iter();
                    for note in notes.filter(|note| note.kind == NoteKind::Warning) {
                        *self.warnings.entry(note.text.clone()).or_default() += 1;
                    }
                    if self.first.is_none() {
                        self.first = Some((found.spot, *record));
                        self.leaves.clear();
                    }
                }
            }
        }
        let object = seen.as_deref().and_then(|text| Object::parse(text).ok());
        if let Some(object) = object.filter(|_| self.leaves.is_empty()) {
            self.leaves = leaves(&object);
        }
    }
}

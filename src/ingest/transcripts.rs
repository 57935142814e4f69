//! The transcripts of one source: each keeps its state from value to value until the source ends.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::documents::{Documents, Spot};
use super::identify::Fingerprint;
use crate::adapters::{self, Adapter, Context, Entry, Reader, Reading, Transcript};
use crate::envelopes::Said;
use crate::error::Fault;
use crate::json::Object;
use crate::usage::{UsageRecord, canonical};

/// One transcript that is being read.
struct Open {
    state: Box<dyn Transcript>,
    /// How many values it has taken.
    values: usize,
    /// Where its last value stands, and what is said around it.
    last: Rc<(Spot, Said)>,
    /// The same of every value of which something may be read at the end.
    places: BTreeMap<usize, Rc<(Spot, Said)>>,
}

/// The transcripts of one source by their adapters; hardly ever more than one.
#[derive(Default)]
pub(super) struct Transcripts(BTreeMap<&'static str, Open>);

impl Transcripts {
    /// The one that an adapter reads.
    fn of(&mut self, adapter: &Adapter) -> Option<&mut Open> {
        let Reader::Transcript(open) = &adapter.reader else {
            return None;
        };
        let new = || Open {
            state: open(),
            values: 0,
            last: Rc::default(),
            places: BTreeMap::new(),
        };
        Some(self.0.entry(adapter.id).or_insert_with(new))
    }
}

impl Documents<'_> {
    /// Takes a value that is a part of a transcript.
    pub(super) fn transcript(
        &mut self,
        adapter: &Adapter,
        value: &Object<'_>,
        spot: &Spot,
        around: &Said,
    ) {
        self.stateful = true;
        let options = self.options;
        let context = Context::new(&around.facts, &options.settings).or(&options.facts);
        let context = context.at(&self.path);
        let spot = spot.through(adapter.id);
        let Some(transcript) = self.transcripts.of(adapter) else {
            return;
        };
        let reading = transcript.state.read(value, &context);
        transcript.last = Rc::new((spot.clone(), around.clone()));
        if !matches!(reading, Ok(Reading::Ignored(_))) {
            let place = Rc::clone(&transcript.last);
            transcript.places.insert(transcript.values, place);
        }
        transcript.values += 1;
        // What has a name needs no fingerprint, and most lines of a transcript are no records.
        let text = if is_named(&reading) {
            ""
        } else {
            value.raw().as_str()
        };
        self.settle(reading, spot, around, &Fingerprint::of(text));
    }

    /// A value that is a part of a transcript was read as another one like it.
    pub(super) fn goes_on(&mut self, adapter: &'static str, session: Option<&str>) {
        self.stateful = true;
        let adapter = adapters::transcripts().find(|one| one.id == adapter);
        let open = adapter.and_then(|adapter| self.transcripts.of(adapter));
        if let Some(open) = open {
            open.state.goes_on(session);
            open.values += 1;
        }
    }

    /// Settles several responses of one document, each with its place in it.
    pub(super) fn settle_each(&mut self, entries: Vec<Entry>, spot: &Spot, around: &Said) {
        for entry in entries {
            let spot = Spot {
                pointer: format!("{}{}", spot.pointer, entry.pointer),
                ..spot.clone()
            };
            let text = fingerprint(&entry.reading);
            self.settle(entry.reading, spot, around, &text);
        }
    }

    /// The source has ended: what transcripts know only now.
    pub(super) fn end_transcripts(&mut self) {
        for mut open in std::mem::take(&mut self.transcripts.0).into_values() {
            let options = self.options;
            let context = Context::new(&open.last.1.facts, &options.settings).or(&options.facts);
            match open.state.finish(&context.at(&self.path)) {
                Ok(late) => {
                    for late in late {
                        let place = late.value.and_then(|value| open.places.get(&value));
                        let (spot, around) = &**place.unwrap_or(&open.last);
                        let text = fingerprint(&late.entry.reading);
                        let spot = spot.inside(&late.entry.pointer);
                        self.settle(late.entry.reading, spot, around, &text);
                    }
                }
                Err(fault) => {
                    let (spot, around) = &*open.last;
                    self.settle(Err(fault), spot.clone(), around, &Fingerprint::of(""));
                }
            }
        }
    }
}

/// Whether nothing in a reading has to be known by its text.
fn is_named(reading: &Result<Reading, Fault>) -> bool {
    match reading {
        Ok(Reading::Records(records)) => records.iter().all(|record| record.key.is_some()),
        Ok(Reading::Ignored(_) | Reading::Each(_)) | Err(_) => true,
    }
}

/// What a record without a name is known by where it has no line of its own: what it says. The text
/// around it goes on growing.
fn fingerprint(reading: &Result<Reading, Fault>) -> Fingerprint<'static> {
    let said = |record: &UsageRecord| canonical::to_json(record);
    let text = match reading {
        Ok(Reading::Records(records)) => {
            let said: Vec<_> = records.iter().map(said).collect();
            serde_json::to_string(&said).unwrap_or_default()
        }
        Ok(Reading::Ignored(_) | Reading::Each(_)) | Err(_) => String::new(),
    };
    Fingerprint::of(&text).kept()
}

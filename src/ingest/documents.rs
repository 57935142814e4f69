//! One source's documents → usage records: envelopes are opened, adapters read what is inside,
//! streams are folded, and what the record does not say is filled from outside.

mod transcripts;

use super::complete::{Options, complete};
use super::identify::{Fingerprint, Identifier};
use super::unrecognized;
use crate::adapters::{self, Closed, Context, Reader, Reading, Streams};
use crate::envelopes::{self, Formats, Opened};
use crate::error::Fault;
use crate::json::Object;
use crate::usage::{Facts, Field, Identity, IdentityBasis, Timestamp, UsageRecord};
use transcripts::Transcripts;

/// Envelopes inside envelopes, at most.
const DEEPEST: usize = 8;

/// Where a document stands in its source.
#[derive(Debug, Clone, Default)]
pub struct Spot {
    /// The line it begins on, from 1.
    pub line: u64,
    /// JSON pointer to it inside its document.
    pub pointer: String,
    /// How it was read so far, outermost first.
    pub layers: String,
}

/// What became of one record candidate.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It was read.
    Record(Box<UsageRecord>, Identity),
    /// It bills nothing; the word is its kind.
    Ignored(String),
    /// It cannot be read.
    Rejected(Fault),
}

/// One record candidate, where it stands, and what became of it.
#[derive(Debug, Clone)]
pub struct Found {
    /// Where.
    pub spot: Spot,
    /// What.
    pub outcome: Outcome,
}

/// What is known about a body from the envelopes around it, innermost first.
#[derive(Debug, Clone, Default)]
struct Around {
    facts: Facts,
    occurred: Option<Timestamp>,
}

struct StreamPlace {
    spot: Spot,
    around: Around,
    fingerprint: Fingerprint,
}

/// Reads the documents of one source, in their order.
pub struct Documents<'o> {
    formats: &'o Formats,
    options: &'o Options,
    identifier: Identifier,
    streams: Streams<StreamPlace>,
    transcripts: Transcripts,
    /// Where the source is.
    path: String,
    /// Events of a stream that nobody recognised, until one is recognised.
    stray_events: Option<Spot>,
    /// Whether any document was read otherwise than it would be alone.
    stateful: bool,
    found: Vec<Found>,
}

impl<'o> Documents<'o> {
    /// Begins a source.
    pub fn new(formats: &'o Formats, options: &'o Options) -> Self {
        Self {
            formats,
            options,
            identifier: Identifier::default(),
            streams: Streams::default(),
            transcripts: Transcripts::default(),
            path: String::new(),
            stray_events: None,
            stateful: false,
            found: Vec::new(),
        }
    }

    /// Says where the source is: the names of some transcripts stand in their path only.
    #[must_use]
    pub fn at(self, path: &str) -> Self {
        Self {
            path: path.to_owned(),
            ..self
        }
    }

    /// Whether every document so far was read as it would be alone: no streams, no transcript, and no
    /// record that is known by its place in this source.
    pub fn is_stateless(&self) -> bool {
        !self.stateful
    }

    /// Takes what has been found so far.
    pub fn take(&mut self) -> Vec<Found> {
        std::mem::take(&mut self.found)
    }

    /// Reads one JSON value.
    pub fn value(&mut self, text: &str, spot: Spot) {
        self.identifier.first(text);
        self.streams.framed(false);
        if !self.read(text, spot.clone(), &Around::default(), 0) {
            let outcome = unrecognized::outcome(text);
            self.found.push(Found { spot, outcome });
        }
    }

    /// Reads the data of one event of an event stream. What is unknown among them is a part of the
    /// stream, not a record of its own.
    pub fn event(&mut self, text: &str, spot: Spot) {
        self.stateful = true;
        self.identifier.first(text);
        self.streams.framed(true);
        if self.read(text, spot.clone(), &Around::default(), 0) {
            self.stray_events = None;
        } else if self.streams.is_empty() && self.found.is_empty() {
            self.stray_events.get_or_insert(spot);
        }
    }

    /// Notes something that bills nothing.
    pub fn ignore(&mut self, spot: Spot, kind: &str) {
        self.push(spot, Outcome::Ignored(kind.to_owned()));
    }

    /// The source says that its stream has ended.
    pub fn stream_end(&mut self) {
        let outside = self.outside(&Around::default());
        let closed = self
            .streams
            .finish(&Context::new(&outside, &self.options.settings));
        self.close(closed);
    }

    /// The source has ended.
    pub fn finish(&mut self) {
        self.stream_end();
        self.end_transcripts();
        if let Some(spot) = self.stray_events.take() {
            self.found.push(Found {
                spot,
                outcome: Outcome::Ignored("unrecognized stream".into()),
            });
        }
    }

    /// Reads a value if anyone recognises it.
    fn read(&mut self, text: &str, spot: Spot, around: &Around, depth: usize) -> bool {
        let Ok(object) = Object::parse(text) else {
            return false;
        };
        if let Some(adapter) = adapters::recognize_transcript(&object) {
            self.transcript(adapter, &object, spot, around, text);
            return true;
        }
        if depth < DEEPEST
            && let Some((format, opened)) = envelopes::open(&object, self.formats)
        {
            for opened in opened {
                self.open(opened, &format.id, &spot, around, depth);
            }
            return true;
        }
        let Some(adapter) = adapters::recognize(&object) else {
            return false;
        };
        let outside = self.outside(around);
        let context = Context::new(&outside, &self.options.settings);
        let spot = Spot {
            layers: layer(&spot.layers, adapter.id),
            ..spot
        };
        match &adapter.reader {
            Reader::Transcript(_) => self.transcript(adapter, &object, spot, around, text),
            Reader::Ignore(kind) => self.push(spot, Outcome::Ignored((*kind).to_owned())),
            Reader::Body(read) => {
                let reading = read(&object, &context);
                self.settle(reading, spot, around, &Fingerprint::of(text));
            }
            Reader::Stream(reader) => {
                self.stateful = true;
                let place = || StreamPlace {
                    spot,
                    around: around.clone(),
                    fingerprint: Fingerprint::of(text),
                };
                let grow = |place: &mut StreamPlace| place.fingerprint.add(text);
                let closed = self
                    .streams
                    .push(adapter, reader, &object, &context, place, grow);
                self.close(closed);
            }
        }
        true
    }

    fn open(
        &mut self,
        opened: Opened<'_>,
        format: &str,
        spot: &Spot,
        around: &Around,
        depth: usize,
    ) {
        let mut facts = opened.facts;
        facts.fill_from(&around.facts);
        let around = Around {
            facts,
            occurred: opened.occurred.or(around.occurred),
        };
        let pointer = format!("{}{}", spot.pointer, opened.pointer);
        let spot = Spot {
            line: spot.line,
            pointer,
            layers: layer(&spot.layers, format),
        };
        match (opened.body, opened.failure) {
            (Some(body), _) => {
                if !self.read(body.as_str(), spot.clone(), &around, depth + 1) {
                    let outcome = unrecognized::outcome(body.as_str());
                    self.push(spot, outcome);
                }
            }
            (None, failure) => {
                let mut record = UsageRecord::of("text", "chat");
                let (code, message) = failure.unwrap_or_default();
                record.failed(code, message);
                let text = Fingerprint::of(opened.whole);
                self.settle(Ok(record.into()), spot, &around, &text);
            }
        }
    }

    fn close(&mut self, closed: Vec<Closed<StreamPlace>>) {
        for stream in closed {
            let StreamPlace {
                spot,
                around,
                fingerprint,
            } = stream.place;
            self.settle(stream.reading, spot, &around, &fingerprint);
        }
    }

    /// Completes and identifies what an adapter read.
    fn settle(
        &mut self,
        reading: Result<Reading, Fault>,
        spot: Spot,
        around: &Around,
        text: &Fingerprint,
    ) {
        let records = match reading {
            Ok(Reading::Records(records)) => records,
            Ok(Reading::Ignored(kind)) => return self.push(spot, Outcome::Ignored(kind)),
            Ok(Reading::Each(entries)) => return self.settle_each(entries, &spot, around),
            Err(fault) => return self.push(spot, Outcome::Rejected(fault)),
        };
        let mut main = None;
        for mut record in records {
            let said = text.said(record.occurred, around.occurred, &around.facts);
            let unnamed = record.part.is_some() && !record.facts.has(Field::ResponseModel);
            record.facts.fill_from(&around.facts);
            if record.occurred.is_none() {
                record.happened(around.occurred, crate::usage::TimeBasis::Envelope);
            }
            let identity = self.identifier.identify(&record, &said);
            self.stateful |= identity.basis == IdentityBasis::Position;
            if let (Some(main), true) = (main, record.part.is_some()) {
                super::complete::link(&mut record, main);
            }
            main.get_or_insert(identity.id);
            record.key = None;
            complete(&mut record, self.options);
            if unnamed {
                // What is known from outside is the main record's model, which did not do this part.
                record.facts.remove(Field::ResponseModel);
                record.facts.remove(Field::RequestedModel);
            }
            self.push(spot.clone(), Outcome::Record(Box::new(record), identity));
        }
    }

    /// What is known about a body from outside: its envelopes first, then the options.
    fn outside(&self, around: &Around) -> Facts {
        let mut facts = around.facts.clone();
        facts.fill_from(&self.options.facts);
        facts
    }

    fn push(&mut self, spot: Spot, outcome: Outcome) {
        self.found.push(Found { spot, outcome });
    }
}

fn layer(layers: &str, next: &str) -> String {
    if layers.is_empty() {
        next.to_owned()
    } else {
        format!("{layers}>{next}")
    }
}

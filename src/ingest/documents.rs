//! One source's documents → usage records: envelopes are opened, adapters read what is inside,
//! streams are folded, and what the record does not say is filled from outside.

use super::alike::{Alike, Cast, Notes};
use super::complete::Options;
use super::identify::{Fingerprint, Identifier};
use super::pieces::Pieces;
use super::recognize::{Candidates, Recognizer};
use super::transcripts::Transcripts;
use super::unrecognized;
use crate::adapters::{Context, Streams};
use crate::envelopes::{self, Formats, Said, Scene, States};
use crate::error::Fault;
use crate::json::{Checked, Kind, Object, Raw};
use crate::pricing::Prices;
use crate::usage::{Identity, RecordId, UsageRecord};

/// Envelopes inside envelopes, at most.
pub(super) const DEEPEST: usize = 8;

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

impl Spot {
    /// The same place, read through one more layer.
    pub(super) fn through(&self, layer: &str) -> Self {
        let layers = match self.layers.as_str() {
            "" => layer.to_owned(),
            layers => [layers, ">", layer].concat(),
        };
        Self {
            line: self.line,
            pointer: self.pointer.clone(),
            layers,
        }
    }

    /// A place inside of this one.
    pub(super) fn inside(&self, pointer: &str) -> Self {
        Self {
            line: self.line,
            pointer: [&self.pointer, pointer].concat(),
            layers: self.layers.clone(),
        }
    }
}

/// What became of one record candidate.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It was read.
    Record(Box<UsageRecord>, Identity),
    /// It is like one that was read before.
    Alike(Box<Cast>),
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
    /// What it is known by where equal ones are counted apart, and which of them it is.
    pub(super) nth: Option<(RecordId, u64)>,
}

/// Where a stream began.
pub(super) struct StreamPlace {
    pub(super) spot: Spot,
    pub(super) around: Said,
    pub(super) fingerprint: Fingerprint<'static>,
}

/// Reads the documents of one source, in their order.
pub struct Documents<'o> {
    pub(super) formats: &'o Formats,
    pub(super) options: &'o Options,
    pub(super) recognizer: Recognizer<'o>,
    pub(super) identifier: Identifier,
    pub(super) streams: Streams<StreamPlace>,
    /// Long lines that are split over several documents.
    pub(super) pieces: Pieces,
    pub(super) transcripts: Transcripts,
    /// Where the source is.
    pub(super) path: String,
    /// Events of a stream that nobody recognised, until one is recognised.
    stray_events: Option<Spot>,
    /// Whether any document was read otherwise than it would be alone.
    pub(super) stateful: bool,
    /// Whether any value was not JSON, or a record names another one that is only known by the count
    /// of equal ones before it.
    pub(super) entangled: bool,
    pub(super) found: Vec<Found>,
    /// What was learned of documents that are read alike.
    pub(super) alike: Option<Alike<'o>>,
    /// How a document is being read from which something is to be learned.
    pub(super) notes: Option<Box<Notes>>,
    /// For `inspect`: whether to keep the first value of a document that is no transport, and that.
    watching: bool,
    seen: Option<String>,
}

impl<'o> Documents<'o> {
    /// Begins a source.
    pub fn new(formats: &'o Formats, options: &'o Options) -> Self {
        Self {
            formats,
            options,
            recognizer: Recognizer::new(formats),
            identifier: Identifier::default(),
            streams: Streams::default(),
            pieces: Pieces::default(),
            transcripts: Transcripts::default(),
            path: String::new(),
            stray_events: None,
            stateful: false,
            entangled: false,
            found: Vec::new(),
            alike: None,
            notes: None,
            watching: false,
            seen: None,
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

    /// Whether every value so far was JSON that gives the same wherever it stands, but for the count of
    /// equal ones before it.
    pub(super) fn is_apart(&self) -> bool {
        !self.stateful && !self.entangled
    }

    /// Begins another source.
    #[must_use]
    pub(super) fn anew(self, path: &str) -> Self {
        Self {
            recognizer: self.recognizer,
            alike: self.alike,
            ..Self::new(self.formats, self.options).at(path)
        }
    }

    /// Goes on in a source of which a part has been read elsewhere.
    #[must_use]
    pub(super) fn after(self, identifier: Identifier) -> Self {
        Self { identifier, ..self }
    }

    /// Reads documents that are alike as [`Outcome::Alike`], priced by these books.
    #[must_use]
    pub fn alike(self, prices: &'o Prices) -> Self {
        let alike = Alike::new(self.formats, self.options, prices);
        Self { alike, ..self }
    }

    /// Keeps what [`take_seen`](Self::take_seen) hands out.
    #[must_use]
    pub fn watched(self) -> Self {
        Self {
            watching: true,
            ..self
        }
    }

    /// The value that the last documents held inside of their transport.
    pub fn take_seen(&mut self) -> Option<String> {
        self.seen.take()
    }

    /// Takes what has been found so far.
    pub fn take(&mut self) -> Vec<Found> {
        std::mem::take(&mut self.found)
    }

    /// Reads one JSON value.
    pub fn value(&mut self, text: &str, spot: Spot) {
        self.identifier.first(text);
        self.streams.framed(false);
        let checked = Checked::parse(text);
        self.entangled |= checked.is_err();
        if !checked.is_ok_and(|it| self.read_alike(it.raw(), &spot)) {
            self.push(spot, unrecognized::outcome(text));
        }
    }

    /// Reads the data of one event of an event stream. What is unknown among them is a part of the
    /// stream, not a record of its own.
    pub fn event(&mut self, text: &str, spot: Spot) {
        self.stateful = true;
        self.identifier.first(text);
        self.streams.framed(true);
        if self.read(text, &spot, &Said::default(), 0) {
            self.stray_events = None;
        } else if self.streams.is_empty() && self.found.is_empty() {
            self.stray_events.get_or_insert(spot);
        }
    }

    /// Reads a line of plain text that may carry JSON; says whether it did.
    pub fn line(&mut self, text: &str, spot: Spot) -> bool {
        self.identifier.first(text);
        self.streams.framed(false);
        if self.read_line(text, &spot, &Said::default(), 0) {
            return true;
        }
        let rest = envelopes::split(text).map_or("", |line| line.rest);
        let outcome = unrecognized::of_text(rest);
        let usage = matches!(outcome, Outcome::Rejected(_));
        if usage {
            self.push(spot, outcome);
        }
        usage
    }

    /// Notes something that bills nothing.
    pub fn ignore(&mut self, spot: Spot, kind: &str) {
        self.push(spot, Outcome::Ignored(kind.to_owned()));
    }

    /// The source says that its stream has ended.
    pub fn stream_end(&mut self) {
        let context = Context::new(&self.options.facts, &self.options.settings);
        let closed = self.streams.finish(&context);
        self.close(closed);
    }

    /// The source has ended.
    pub fn finish(&mut self) {
        self.finish_pieces();
        self.stream_end();
        self.end_transcripts();
        if let Some(spot) = self.stray_events.take() {
            self.push(spot, Outcome::Ignored("unrecognized stream".into()));
        }
    }

    /// Reads a value if anyone recognises it.
    pub(super) fn read(&mut self, text: &str, spot: &Spot, around: &Said, depth: usize) -> bool {
        Raw::parse(text).is_ok_and(|raw| self.read_raw(raw, spot, around, depth))
    }

    /// Reads a value that stands in a document that has been checked.
    pub(super) fn read_raw(
        &mut self,
        raw: Raw<'_>,
        spot: &Spot,
        around: &Said,
        depth: usize,
    ) -> bool {
        match raw.kind() {
            Kind::Object => {
                let Some(object) = raw.object() else {
                    self.entangled = true;
                    return false;
                };
                self.read_object(&object, spot, around, depth)
            }
            Kind::Array => {
                self.read_list(raw, spot, around, depth)
                    || depth > 0 && self.read_numbers(raw, spot, around, depth)
                    || self.search(raw, (depth > 0, &[]), spot, around, depth)
            }
            Kind::String if depth < DEEPEST => {
                let text = raw.string().unwrap_or_default();
                self.read_text(&text, spot, around, depth + 1)
            }
            Kind::String | Kind::Number | Kind::Bool | Kind::Null => false,
        }
    }

    fn read_object(
        &mut self,
        object: &Object<'_>,
        spot: &Spot,
        around: &Said,
        depth: usize,
    ) -> bool {
        let candidates = self.recognizer.of(object);
        // A form of the user's own goes before everything that is built in.
        let own = || candidates.format(object).is_some_and(|format| format.own);
        if !(self.formats.has_own() && own())
            && let Some(adapter) = candidates.transcript(object)
        {
            self.note(object, &candidates, None);
            self.note_adapter(adapter, object, &candidates);
            self.transcript(adapter, object, spot, around);
            return true;
        }
        let format = candidates.format(object).filter(|_| depth < DEEPEST);
        self.note(object, &candidates, format);
        let carries = format.is_some_and(|format| format.transport);
        if self.watching && !carries && self.seen.is_none() {
            self.seen = Some(object.raw().as_str().to_owned());
        }
        if let Some(format) = format {
            for opened in envelopes::open(object, format, self.formats) {
                self.open(opened, format, spot, around, depth);
            }
            return true;
        }
        self.read_unwrapped((object, &candidates), &[], spot, around, depth)
    }

    /// Reads an object that no format describes, or that one has handed on as it is: then it
    /// `states` what goes before the usual names.
    pub(super) fn read_unwrapped(
        &mut self,
        (object, candidates): (&Object<'_>, &Candidates<'_>),
        states: &States,
        spot: &Spot,
        around: &Said,
        depth: usize,
    ) -> bool {
        let adapter = candidates.adapter(object);
        if let Some(adapter) = adapter {
            self.note_adapter(adapter, object, candidates);
        }
        match adapter {
            Some(adapter) if !adapter.is_row() => {
                if !self.formats.has_mapping() {
                    self.adapt(adapter, object, spot, around);
                    return true;
                }
                let mut said = Said::default();
                self.formats.state_mapping(Scene::of(object), "", &mut said);
                said.fill_from(around);
                self.adapt(adapter, object, spot, &said);
                true
            }
            Some(adapter)
                if depth < DEEPEST
                    && let Some(mut said) = envelopes::row(object, self.formats, states) =>
            {
                said.fill_from(around);
                self.adapt(adapter, object, spot, &said);
                true
            }
            Some(_) | None => self.search(object.raw(), (true, states), spot, around, depth),
        }
    }
}

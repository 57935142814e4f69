//! What is inside of an envelope, a list or a value of no known format, read as far as anyone can.

use std::collections::BTreeMap;

use super::documents::{DEEPEST, Documents, Outcome, Spot};
use super::identify::Fingerprint;
use super::unrecognized;
use crate::adapters::{Context, Reader, Reading};
use crate::envelopes::{self, Format, Hit, Opened, Said, Search, Sort, States};
use crate::error::Fault;
use crate::json::{Object, Raw};
use crate::usage::{Facts, Field, UsageRecord};

impl Documents<'_> {
    /// Reads what a format found: the response, or else the counts beside it, or else the failure.
    pub(super) fn open(
        &mut self,
        opened: Opened<'_>,
        format: &Format,
        spot: &Spot,
        around: &Said,
        depth: usize,
    ) {
        let spot = spot.through(&format.id);
        if let Some(kind) = opened.skipped {
            return self.push(spot.inside(&opened.at), Outcome::Ignored(kind));
        }
        let mut said = opened.said;
        said.fill_from(around);
        if let (Some((key, last)), Some(body)) = (&opened.piece, &opened.body) {
            let key = format!("{}\n{key}", format.id);
            return self.piece(
                &key,
                *last,
                body,
                &spot.inside(&opened.pointer),
                &said,
                depth,
            );
        }
        if format.hands_on()
            && let Ok(object) = Object::parse(&opened.whole)
        {
            let spot = spot.inside(&opened.at);
            let known = (&object, &self.recognizer.of(&object));
            if !self.read_unwrapped(known, &format.states, &spot, &said, depth + 1) {
                self.push(spot, unrecognized::outcome(&opened.whole));
            }
            return;
        }
        let inner = spot.inside(&opened.pointer);
        let rows_first = opened.row.is_some() && !opened.body.as_deref().is_some_and(states_usage);
        if let Some(body) = opened.body.as_deref().filter(|_| !rows_first)
            && self.read_raw(Raw::cut(body), &inner, &said, depth + 1)
        {
            return;
        }
        let at = spot.inside(&opened.at);
        if let Some(row) = &opened.row {
            return self.read_row(row, &opened.whole, &at, &said);
        }
        if said.is_failure() && !opened.body.as_deref().is_some_and(states_usage) {
            let mut record = UsageRecord::of("text", "chat");
            let word = |field| said.facts.get_text(field).map(str::to_owned);
            record.failed(word(Field::ErrorCode), word(Field::ErrorMessage));
            return self.settle(
                Ok(record.into()),
                at,
                &said,
                &Fingerprint::of(&opened.whole),
            );
        }
        let whole = Raw::cut(&opened.whole);
        if self.search(whole, (true, &[]), &at, around, depth + 1) {
            return;
        }
        let outcome = match &opened.body {
            Some(body) => unrecognized::outcome(body),
            None => Outcome::Ignored(format!("{} without a response", format.id)),
        };
        self.push(inner, outcome);
    }

    /// Reads the elements of a list that stands where one response would: chunks of a stream, or
    /// several responses.
    pub(super) fn read_list(
        &mut self,
        list: Raw<'_>,
        spot: &Spot,
        around: &Said,
        depth: usize,
    ) -> bool {
        let known = |element: &Raw<'_>| {
            let object = element.object();
            object.is_some_and(|object| {
                let candidates = self.recognizer.of(&object);
                candidates.format(&object).is_some()
                    || candidates.transcript(&object).is_some()
                    || candidates
                        .adapter(&object)
                        .is_some_and(|adapter| !adapter.is_row())
            })
        };
        if depth >= DEEPEST || !list.elements().any(|element| known(&element)) {
            return false;
        }
        self.apart(true, |documents| {
            for (index, element) in list.elements().enumerate() {
                let spot = spot.inside(&format!("/{index}"));
                documents.read_raw(element, &spot, around, depth + 1);
            }
        });
        true
    }

    /// Reads something whose streams are its own: they do not go on outside of it.
    pub(super) fn apart(&mut self, framed: bool, read: impl FnOnce(&mut Self)) {
        let outer = std::mem::take(&mut self.streams);
        self.streams.framed(framed);
        read(self);
        self.stream_end();
        self.streams = outer;
    }

    /// Looks for usage in a value of no known format. `whole` says whether the value itself may be it,
    /// and `states` what the user's format of it states.
    pub(super) fn search(
        &mut self,
        value: Raw<'_>,
        (whole, states): (bool, &States),
        spot: &Spot,
        around: &Said,
        depth: usize,
    ) -> bool {
        if depth >= DEEPEST {
            return false;
        }
        if let Some(notes) = &mut self.notes {
            notes.searched = true;
        }
        let (formats, recognizer) = (self.formats, &self.recognizer);
        let judge = |object: &Object<'_>, at_slot: bool| {
            let is_root = object.raw() == value;
            let candidates = recognizer.of(object);
            if !is_root && candidates.format(object).is_some() {
                return Some(Sort::Envelope);
            }
            let adapter = candidates.adapter(object);
            match adapter.map(|adapter| (adapter.is_row(), &adapter.reader)) {
                Some((true, _)) => Some(Sort::Row),
                Some((false, Reader::Ignore(_))) | None => None,
                Some((false, _)) if is_root => None,
                Some((false, reader)) => {
                    let bears = at_slot || envelopes::bears_usage(object).is_some();
                    (bears && !bills_nothing(reader, object)).then_some(Sort::Response)
                }
            }
        };
        let search = Search {
            formats,
            states,
            whole,
            judge: &judge,
        };
        let (hits, all) = envelopes::find(value, search);
        let mut any = false;
        for hit in hits.into_iter().filter(is_plausible) {
            any |= self.read_hit(hit, spot, around, depth);
        }
        let signs = ["oken", "usage"];
        let names_usage = || signs.iter().any(|sign| value.as_str().contains(sign));
        if !all && names_usage() {
            any = true;
            let why = "holds more than 300,000 values; the rest was not looked at: write one record per line";
            self.push(spot.clone(), Outcome::Rejected(Fault::new(why)));
        }
        any
    }

    fn read_hit(&mut self, hit: Hit<'_>, spot: &Spot, around: &Said, depth: usize) -> bool {
        let mut said = hit.said;
        said.fill_from(around);
        let spot = spot.inside(&hit.pointer);
        match hit.sort {
            Sort::Response | Sort::Envelope => {
                self.read_raw(Raw::cut(&hit.text), &spot, &said, depth + 1)
            }
            Sort::Row => {
                let Some(object) = Raw::cut(&hit.text).object() else {
                    return false;
                };
                let Some(adapter) = self.recognizer.of(&object).adapter(&object) else {
                    return false;
                };
                self.adapt(adapter, &object, &spot, &said);
                true
            }
        }
    }
}

/// A shape without usage is a response only where something else says that a model was called: an
/// error or a list of results is nothing that only models answer.
fn is_plausible(hit: &Hit<'_>) -> bool {
    let facts = &hit.said.facts;
    let named = [Field::Provider, Field::ResponseModel, Field::RequestedModel];
    hit.sort == Sort::Envelope
        || hit.bears_usage
        || named.iter().any(|field| facts.has(*field))
        || names_model(&hit.text)
}

fn names_model(text: &str) -> bool {
    let object = Raw::cut(text).object();
    object.is_some_and(|object| object.has("model") || object.has("modelVersion"))
}

/// Whether a body says how much was used, itself or in a string.
fn states_usage(body: &str) -> bool {
    let raw = Raw::cut(body);
    let inner = raw.string();
    match (&inner, raw.object()) {
        (Some(text), _) => ["usage", "sage\\\"", "oken"]
            .iter()
            .any(|word| text.contains(word)),
        (None, Some(object)) => envelopes::bears_usage(&object).is_some(),
        (None, None) => {
            let elements = raw.elements().filter_map(Raw::object);
            elements
                .into_iter()
                .any(|object| envelopes::bears_usage(&object).is_some())
        }
    }
}

/// Whether a reader takes an object for something that bills nothing, such as a count that was asked
/// for beforehand: inside of something unknown it may as well be a part of its usage.
fn bills_nothing(reader: &Reader, object: &Object<'_>) -> bool {
    match reader {
        Reader::Body(read) => {
            let (facts, settings) = (Facts::default(), BTreeMap::new());
            let reading = read(object, &Context::new(&facts, &settings));
            matches!(reading, Ok(Reading::Ignored(_)))
        }
        Reader::Ignore(_) => true,
        Reader::Stream(_) | Reader::Row(_) | Reader::Transcript(_) => false,
    }
}

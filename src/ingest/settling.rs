//! Values → record candidates: read by their adapter, completed from outside, and given their
//! identity.

use super::complete::{complete, fill, places};
use super::documents::{Documents, Found, Outcome, Spot, StreamPlace};
use super::identify::Fingerprint;
use crate::adapters::{self, Adapter, Closed, Context, Reader, Reading};
use crate::envelopes::Said;
use crate::error::Fault;
use crate::json::Object;
use crate::usage::{Field, IdentityBasis, RecordId};

impl Documents<'_> {
    /// Has a value read by the adapter that recognised it.
    pub(super) fn adapt(
        &mut self,
        adapter: &'static Adapter,
        object: &Object<'_>,
        spot: &Spot,
        around: &Said,
    ) {
        let options = self.options;
        let context = Context::new(&around.facts, &options.settings).or(&options.facts);
        let spot = spot.through(adapter.id);
        let text = object.raw().as_str();
        match &adapter.reader {
            Reader::Transcript(_) => self.transcript(adapter, object, &spot, around),
            Reader::Ignore(kind) => self.push(spot, Outcome::Ignored((*kind).to_owned())),
            Reader::Body(read) | Reader::Row(read) => {
                let reading = read(object, &context);
                self.settle(reading, spot, around, &Fingerprint::of(text));
            }
            Reader::Stream(reader) => {
                self.stateful = true;
                let place = || StreamPlace {
                    spot,
                    around: around.clone(),
                    fingerprint: Fingerprint::of(text).kept(),
                };
                let grow = |place: &mut StreamPlace| place.fingerprint.add(text);
                let closed = self
                    .streams
                    .push(adapter, reader, object, &context, place, grow);
                self.close(closed);
            }
        }
    }

    /// Has a row that a format has put together read; it is known by the text that it was taken from.
    pub(super) fn read_row(&mut self, row: &str, whole: &str, spot: &Spot, around: &Said) {
        let Ok(object) = Object::parse(row) else {
            return;
        };
        let options = self.options;
        let context = Context::new(&around.facts, &options.settings).or(&options.facts);
        let reading = adapters::read_row(&object, &context);
        self.settle(
            reading,
            spot.through("row"),
            around,
            &Fingerprint::of(whole),
        );
    }

    pub(super) fn close(&mut self, closed: Vec<Closed<StreamPlace>>) {
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
    pub(super) fn settle(
        &mut self,
        reading: Result<Reading, Fault>,
        mut spot: Spot,
        around: &Said,
        text: &Fingerprint<'_>,
    ) {
        let records = match reading {
            Ok(Reading::Records(records)) => records,
            Ok(Reading::Ignored(kind)) => return self.push(spot, Outcome::Ignored(kind)),
            Ok(Reading::Each(entries)) => return self.settle_each(entries, &spot, around),
            Err(fault) => return self.push(spot, Outcome::Rejected(fault)),
        };
        // The main record, and whether it has a name of its own.
        let mut main: Option<(RecordId, bool)> = None;
        let mut records = records.into_iter().peekable();
        while let Some(mut record) = records.next() {
            if let Some(notes) = &mut self.notes {
                notes.own.clone_from(&record.facts);
                notes.around.clone_from(around);
                notes.settled += 1;
            }
            let own = record.occurred;
            let unnamed = record.part.is_some() && !record.facts.has(Field::ResponseModel);
            fill(&mut record, around);
            let said = || text.said(own, around.occurred, &around.facts);
            let (identity, nth) = self.identifier.identify(&record, said);
            self.stateful |= identity.basis == IdentityBasis::Position;
            if let (Some((main, named)), true) = (main, record.part.is_some()) {
                super::complete::link(&mut record, main);
                self.entangled |= !named;
            }
            main.get_or_insert((identity.id, nth.is_none()));
            record.key = None;
            complete(&mut record, self.options);
            if unnamed {
                // What is known from outside is the main record's model, which did not do this part.
                record.facts.remove(Field::ResponseModel);
                record.facts.remove(Field::RequestedModel);
            }
            let is_last = records.peek().is_none();
            let mut spot = if is_last {
                std::mem::take(&mut spot)
            } else {
                spot.clone()
            };
            places(around, &record, &mut spot.layers);
            let outcome = Outcome::Record(Box::new(record), identity);
            self.found.push(Found { spot, outcome, nth });
        }
    }

    pub(super) fn push(&mut self, spot: Spot, outcome: Outcome) {
        let nth = None;
        self.found.push(Found { spot, outcome, nth });
    }
}

//! The transcripts of one source: each keeps its state from value to value until the source ends.

use std::collections::BTreeMap;

use super::{Around, Documents, Fingerprint, Spot, layer};
use crate::adapters::{Adapter, Context, Reader, Reading, Transcript};
use crate::json::Object;

/// One transcript that is being read, and where its last value stands.
struct Open {
    state: Box<dyn Transcript>,
    spot: Spot,
    around: Around,
    text: Fingerprint,
}

/// The transcripts of one source by their adapters; hardly ever more than one.
#[derive(Default)]
pub(super) struct Transcripts(BTreeMap<&'static str, Open>);

impl Documents<'_> {
    /// Takes a value that is a part of a transcript.
    pub(super) fn transcript(
        &mut self,
        adapter: &Adapter,
        value: &Object<'_>,
        spot: Spot,
        around: &Around,
        text: &Fingerprint,
    ) {
        let Reader::Transcript(open) = &adapter.reader else {
            return;
        };
        let outside = self.outside(around);
        let context = Context::new(&outside, &self.options.settings).at(&self.path);
        let spot = Spot {
            layers: layer(&spot.layers, adapter.id),
            ..spot
        };
        let transcript = self
            .transcripts
            .0
            .entry(adapter.id)
            .or_insert_with(|| Open {
                state: open(),
                spot: spot.clone(),
                around: around.clone(),
                text: text.clone(),
            });
        let reading = transcript.state.read(value, &context);
        transcript.spot = spot.clone();
        transcript.around = around.clone();
        self.settle(reading, spot, around, text);
    }

    /// The source has ended: what transcripts know only now.
    pub(super) fn end_transcripts(&mut self) {
        for mut open in std::mem::take(&mut self.transcripts.0).into_values() {
            let outside = self.outside(&open.around);
            let context = Context::new(&outside, &self.options.settings).at(&self.path);
            match open.state.finish(&context) {
                Ok(records) if records.is_empty() => {}
                last => {
                    let last = last.map(Reading::Records);
                    self.settle(last, open.spot, &open.around, &open.text);
                }
            }
        }
    }
}

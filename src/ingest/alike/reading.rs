//! Documents as they are read alike, or in full with notes of how.

use super::{Level, Why, forget};
use crate::adapters::Adapter;
use crate::envelopes::{Format, Said};
use crate::ingest::documents::{Documents, Found, Outcome, Spot};
use crate::ingest::recognize::Candidates;
use crate::json::{Object, Raw};
use crate::money::asked;
use crate::pricing::Receipt;
use crate::usage::Field;

impl Found {
    /// As if it had been read by itself; and its receipt, where that is known already.
    #[must_use]
    pub fn in_full(self) -> (Self, Option<Box<Receipt>>) {
        let Outcome::Alike(cast) = self.outcome else {
            return (self, None);
        };
        let receipt = cast.receipt();
        let spot = Spot {
            layers: cast.mould.layers.clone(),
            ..self.spot.inside(&cast.mould.pointer)
        };
        let outcome = Outcome::Record(Box::new(cast.record()), cast.identity);
        let found = Self {
            spot,
            outcome,
            nth: None,
        };
        (found, Some(Box::new(receipt)))
    }
}

impl Documents<'_> {
    /// Reads a value as one like it was read, or in full.
    pub(in crate::ingest) fn read_alike(&mut self, raw: Raw<'_>, spot: &Spot) -> bool {
        let around = Said::default();
        // Of a document in another one it is not known what is the same of both.
        let alike = self.alike.as_mut().filter(|_| spot.layers.is_empty());
        let Some(alike) = alike else {
            return self.read_raw(raw, spot, &around, 0);
        };
        match alike.cast(raw) {
            Ok(cast) => {
                if let Some(adapter) = cast.mould.transcript {
                    self.goes_on(adapter, cast.text(Field::ConversationId));
                }
                self.push(spot.clone(), Outcome::Alike(cast));
                true
            }
            Err(Why::Plain) => self.read_raw(raw, spot, &around, 0),
            Err(Why::New) => self.learn(raw, spot),
        }
    }

    /// Reads a value in full, and notes how.
    fn learn(&mut self, raw: Raw<'_>, spot: &Spot) -> bool {
        let before = self.found.len();
        self.notes = Some(Box::default());
        let (read, asked) = asked::listen(|| self.read_raw(raw, spot, &Said::default(), 0));
        let notes = self.notes.take().unwrap_or_default();
        let new = self.found.get_mut(before..).unwrap_or_default();
        if let (Some(alike), [one]) = (&mut self.alike, &*new) {
            alike.learn(raw, (one, spot), &notes, &asked);
        }
        for found in new {
            if let Outcome::Record(record, _) = &mut found.outcome {
                forget(record);
            }
        }
        read
    }

    /// Notes who may read an object.
    pub(in crate::ingest) fn note(
        &mut self,
        object: &Object<'_>,
        candidates: &Candidates<'_>,
        format: Option<&Format>,
    ) {
        if let Some(notes) = &mut self.notes {
            notes.levels.push(Level {
                address: object.unseen().address(),
                decided: candidates.decided_by(None, object),
                formats: candidates.formats().to_vec(),
                format: format.map(|format| format.id.clone()),
                adapter: None,
            });
        }
    }

    /// Notes who reads the last of these objects.
    pub(in crate::ingest) fn note_adapter(
        &mut self,
        adapter: &Adapter,
        object: &Object<'_>,
        candidates: &Candidates<'_>,
    ) {
        let notes = self.notes.as_mut();
        if let Some(level) = notes.and_then(|notes| notes.levels.last_mut()) {
            level.adapter = Some(adapter.id);
            level.decided = candidates.decided_by(Some(adapter), object);
        }
    }
}

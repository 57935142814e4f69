//! Which call a record is: hashes of its text, and how often the same thing stood in this source.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::json::squeezed;
use crate::usage::{Facts, Field, Identity, Occurred, RecordId, Timestamp, UsageRecord, identity};

/// A running hash of JSON text in which white space between values does not count, so that a
/// reformatted copy is the same text.
#[derive(Clone)]
pub struct Fingerprint(Sha256);

impl Fingerprint {
    /// The fingerprint of a text.
    pub fn of(text: &str) -> Self {
        let mut fingerprint = Self(Sha256::new());
        fingerprint.add(text);
        fingerprint
    }

    /// Adds more text.
    pub fn add(&mut self, text: &str) {
        squeezed(text, |piece| self.0.update(piece));
    }

    /// The fingerprint with what the envelope says of the call, where the text has no time of its own:
    /// equal texts at different times, or of different people, are different calls.
    pub fn said(&self, own: Option<Occurred>, around: Option<Timestamp>, facts: &Facts) -> Self {
        let mut said = self.clone();
        if own.is_none() {
            said.0
                .update(around.map_or(0, Timestamp::millis).to_le_bytes());
            for field in TELLING {
                said.0.update(facts.get_text(*field).unwrap_or_default());
                said.0.update([0]);
            }
        }
        said
    }

    fn bytes(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes
            .iter_mut()
            .zip(self.0.clone().finalize())
            .for_each(|(byte, hashed)| *byte = hashed);
        bytes
    }
}

/// Envelope fields that tell equal texts apart. Never add to them: identities would change.
const TELLING: &[Field] = &[
    Field::TenantId,
    Field::UserId,
    Field::RequestId,
    Field::EntityId,
    Field::ConversationId,
];

/// Gives the records of one source their identities.
#[derive(Default)]
pub struct Identifier {
    source: Option<[u8; 16]>,
    seen: BTreeMap<RecordId, u64>,
}

impl Identifier {
    /// Remembers the source by its first document.
    pub fn first(&mut self, text: &str) {
        if self.source.is_none() {
            self.source = Some(Fingerprint::of(text).bytes());
        }
    }

    /// The identity of a record: equal ones without an id of their own are counted apart.
    pub fn identify(&mut self, record: &UsageRecord, text: &Fingerprint) -> Identity {
        let source = self.source.unwrap_or_default();
        let text = text.bytes();
        let (seed, basis) = identity::seed(
            record,
            identity::Position {
                source: &source,
                text: &text,
            },
        );
        let occurrence = match basis {
            identity::IdentityBasis::ResponseId | identity::IdentityBasis::IdempotencyKey => 0,
            identity::IdentityBasis::Content | identity::IdentityBasis::Position => {
                let times = self.seen.entry(seed).or_default();
                *times += 1;
                *times
            }
        };
        identity::finish(seed, basis, occurrence)
    }
}

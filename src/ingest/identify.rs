//! Which call a record is: hashes of its text, and how often the same thing stood in this source.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::json::squeezed;
use crate::usage::{Facts, Field, Identity, Occurred, RecordId, Timestamp, UsageRecord, identity};

/// A running hash of JSON text in which white space between values does not count, so that a
/// reformatted copy is the same text. The last text is hashed only when the hash is asked for: most
/// records have a name.
#[derive(Clone)]
pub struct Fingerprint<'t> {
    hash: Sha256,
    rest: &'t str,
}

impl<'t> Fingerprint<'t> {
    /// The fingerprint of a text.
    pub fn of(text: &'t str) -> Self {
        let hash = Sha256::new();
        Self { hash, rest: text }
    }

    /// The fingerprint without the text.
    pub fn kept(mut self) -> Fingerprint<'static> {
        self.add("");
        Fingerprint {
            hash: self.hash,
            rest: "",
        }
    }

    /// Adds more text.
    pub fn add(&mut self, text: &str) {
        for text in [std::mem::take(&mut self.rest), text] {
            squeezed(text, |piece| self.hash.update(piece));
        }
    }

    /// The fingerprint with what the envelope says of the call, where the text has no time of its own:
    /// equal texts at different times, or of different people, are different calls.
    pub fn said(
        &self,
        own: Option<Occurred>,
        around: Option<Timestamp>,
        facts: &Facts,
    ) -> Fingerprint<'static> {
        let mut said = self.clone().kept();
        if own.is_none() {
            said.hash
                .update(around.map_or(0, Timestamp::millis).to_le_bytes());
            for field in TELLING {
                said.hash.update(facts.get_text(*field).unwrap_or_default());
                said.hash.update([0]);
            }
        }
        said
    }

    fn bytes(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes
            .iter_mut()
            .zip(self.kept().hash.finalize())
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
    /// Whether the first document of the source is known.
    pub(super) fn has_begun(&self) -> bool {
        self.source.is_some()
    }

    /// Remembers the source by its first document.
    pub fn first(&mut self, text: &str) {
        if self.source.is_none() {
            self.source = Some(Fingerprint::of(text).bytes());
        }
    }

    /// The identity of a record, and what it is known by where equal ones are counted apart.
    pub fn identify(
        &mut self,
        record: &UsageRecord,
        text: impl FnOnce() -> Fingerprint<'static>,
    ) -> (Identity, Option<(RecordId, u64)>) {
        if let Some((seed, basis)) = identity::named(record) {
            return (identity::finish(seed, basis, 0), None);
        }
        let source = self.source.unwrap_or_default();
        let text = text().bytes();
        let (seed, basis) = identity::seed(
            record,
            identity::Position {
                source: &source,
                text: &text,
            },
        );
        let occurrence = self.count(seed);
        let identity = identity::finish(seed, basis, occurrence);
        (identity, Some((seed, occurrence)))
    }

    /// The identity of a record that was given one where what stands before was not known.
    pub fn again(&mut self, identity: Identity, nth: Option<(RecordId, u64)>) -> Identity {
        let Some((seed, occurrence)) = nth else {
            return identity;
        };
        match self.count(seed) {
            same if same == occurrence => identity,
            other => identity::finish(seed, identity.basis, other),
        }
    }

    fn count(&mut self, seed: RecordId) -> u64 {
        let times = self.seen.entry(seed).or_default();
        *times += 1;
        *times
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::IdentityBasis;

    /// The identity of a record without id and time, and what it is known by.
    fn nameless(identifier: &mut Identifier) -> (Identity, Option<(RecordId, u64)>) {
        identifier.identify(&UsageRecord::of("text", "chat"), || {
            Fingerprint::of("{}").kept()
        })
    }

    #[test]
    fn equal_records_are_told_apart_by_the_first_document_of_their_source() {
        let of = |first: &[&str]| {
            let mut identifier = Identifier::default();
            for text in first {
                identifier.first(text);
            }
            nameless(&mut identifier).0
        };
        assert_eq!(of(&["{\"a\":1}"]).basis, IdentityBasis::Position);
        assert_eq!(of(&["{\"a\":1}"]), of(&["{\"a\":1}", "{\"b\":1}"]));
        assert_ne!(of(&["{\"a\":1}"]), of(&["{\"b\":1}"]));
    }

    #[test]
    fn a_record_that_stands_behind_equal_ones_is_counted_anew() {
        let mut apart = Identifier::default();
        let (first, known) = nameless(&mut apart);
        let (second, _) = nameless(&mut apart);
        assert_ne!(first, second);
        let mut whole = Identifier::default();
        assert_eq!(whole.again(first, known), first);
        assert_eq!(whole.again(first, known), second);
        assert_eq!(whole.again(first, None), first);
    }
}

//! What makes two readings the same call.
//!
//! Strongest first: a strong response id; what a transcript calls the response; an idempotency key;
//! content and time; the position in its source. See `docs/data-model.md`.

use std::fmt;

use sha2::{Digest, Sha256};

use super::{Field, UsageRecord};

/// The id of a record: the first 16 bytes of a SHA-256, shown as a UUID. The same on every run and
/// machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId([u8; 16]);

impl RecordId {
    /// The id from its bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes, as the ledger keys on them.
    pub fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Hashes the words that identify something; their boundaries count.
    pub fn of(words: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        for word in words {
            hasher.update(u64::try_from(word.len()).unwrap_or(u64::MAX).to_le_bytes());
            hasher.update(word);
        }
        let hash = hasher.finalize();
        let mut bytes = [0; 16];
        bytes
            .iter_mut()
            .zip(hash)
            .for_each(|(byte, hashed)| *byte = hashed);
        Self(bytes)
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

/// How a record is known to be itself, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum IdentityBasis {
    /// A response id that no two calls share: the provider's, or what a transcript calls it.
    ResponseId,
    /// The caller's idempotency key and attempt, within tenant and provider.
    IdempotencyKey,
    /// What the record says, with a time of its own, and its occurrence in its source.
    Content,
    /// Where it stands: a weaker promise, so its count is reported.
    Position,
}

impl IdentityBasis {
    /// All bases.
    pub const ALL: [Self; 4] = [
        Self::ResponseId,
        Self::IdempotencyKey,
        Self::Content,
        Self::Position,
    ];

    /// The word that is stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::ResponseId => "response_id",
            Self::IdempotencyKey => "idempotency_key",
            Self::Content => "content",
            Self::Position => "position",
        }
    }
}

/// A record's id and how it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// The id.
    pub id: RecordId,
    /// Why it is this one.
    pub basis: IdentityBasis,
}

/// Where a record was read, as far as that identifies it.
#[derive(Debug, Clone, Copy)]
pub struct Position<'a> {
    /// Fingerprint of the source's first record.
    pub source: &'a [u8; 16],
    /// Hash of the record's own text.
    pub text: &'a [u8; 16],
}

/// The hash that identifies a record without a strong id, before its occurrence is known, and the
/// basis. A caller counts equal seeds within a source and passes the number to [`finish`].
pub fn seed(record: &UsageRecord, position: Position<'_>) -> (RecordId, IdentityBasis) {
    if let Some(named) = named(record) {
        return named;
    }
    let part = record.part.as_deref().unwrap_or_default();
    if record.occurred.is_some() {
        return (
            RecordId::of(&[b"content", position.text, part.as_bytes()]),
            IdentityBasis::Content,
        );
    }
    let words = [
        b"position".as_slice(),
        position.source,
        position.text,
        part.as_bytes(),
    ];
    (RecordId::of(&words), IdentityBasis::Position)
}

/// What identifies a record that has a name of its own: then its text and its place do not matter.
pub fn named(record: &UsageRecord) -> Option<(RecordId, IdentityBasis)> {
    let facts = &record.facts;
    let part = record.part.as_deref().unwrap_or_default();
    if let Some(id) = facts.get_text(Field::ResponseId).filter(|id| is_strong(id)) {
        return Some((
            RecordId::of(&[b"id", id.as_bytes(), part.as_bytes()]),
            IdentityBasis::ResponseId,
        ));
    }
    if let Some(key) = &record.key {
        return Some((
            RecordId::of(&[b"transcript", key.as_bytes(), part.as_bytes()]),
            IdentityBasis::ResponseId,
        ));
    }
    let key = facts.get_text(Field::IdempotencyKey)?;
    let tenant = facts.get_text(Field::TenantId).unwrap_or_default();
    let provider = facts.get_text(Field::Provider).unwrap_or_default();
    let mut words = vec![
        b"key",
        key.as_bytes(),
        tenant.as_bytes(),
        provider.as_bytes(),
        part.as_bytes(),
    ];
    // Attempts of one logical call are calls of their own: each may be billed.
    let attempt = facts.get_integer(Field::AttemptIndex).map(i64::to_le_bytes);
    words.extend(attempt.as_ref().map(<[u8; 8]>::as_slice));
    Some((RecordId::of(&words), IdentityBasis::IdempotencyKey))
}

/// The identity from its seed: equal lines in one source are separate calls, unless they have an id.
pub fn finish(seed: RecordId, basis: IdentityBasis, occurrence: u64) -> Identity {
    let id = match basis {
        IdentityBasis::ResponseId | IdentityBasis::IdempotencyKey => seed,
        IdentityBasis::Content | IdentityBasis::Position => {
            RecordId::of(&[b"nth", seed.bytes(), &occurrence.to_le_bytes()])
        }
    };
    Identity { id, basis }
}

/// Whether no two calls share this id: a UUID, or at least 16 characters behind its prefix that are
/// not a placeholder (local servers count `chatcmpl-0`, `chatcmpl-1` …, or put the second there;
/// recorders scrub ids).
pub fn is_strong(id: &str) -> bool {
    // What stands before the first mark of an id without a prefix is hardly ever in small letters only.
    let is_word = |prefix: &str| {
        let mut letters = prefix.bytes();
        letters.all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    let body = match id.rsplit_once('_').or_else(|| id.split_once('-')) {
        Some((prefix, body)) if prefix.len() <= 24 && (body.len() >= 16 || is_word(prefix)) => body,
        _ => id,
    };
    let (mut count, mut distinct) = (0, 0_u64);
    for letter in body.bytes().filter(u8::is_ascii_alphanumeric) {
        count += 1;
        // Letters of either case end in the same five bits; so do digits, which get the upper half.
        distinct |= 1 << (letter & 31 | u8::from(letter.is_ascii_digit()) << 5);
    }
    // Of fewer than six different letters only placeholders are.
    count >= 16 && distinct.count_ones() >= 6 && !says_scrubbed(id.as_bytes())
}

/// What recorders put in the place of ids, in capitals.
const SCRUBBED: [&[u8]; 10] = [
    b"REDACT",
    b"SCRUB",
    b"EXAMPLE",
    b"PLACEHOLDER",
    b"DUMMY",
    b"MOCK",
    b"XXXXXX",
    b"0123456789",
    b"123456789",
    b"ABCDEFGH",
];

/// What those words begin with, in either case: a bit for each byte below 128.
const BEGINNINGS: u128 = bits_of(b"RSEPDMX01Arsepdmxa");

/// Letters up to which a word must stand by itself: shorter ones are spelled by random ids as well.
const SHORT: usize = 5;

const fn bits_of(mut bytes: &[u8]) -> u128 {
    let mut bits = 0;
    while let [first, rest @ ..] = bytes {
        bits |= 1 << *first;
        bytes = rest;
    }
    bits
}

fn says_scrubbed(id: &[u8]) -> bool {
    let begins = |rest: &[u8], word: &[u8]| {
        let start = rest.get(..word.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(word) && is_in_one_case(start))
    };
    let words = SCRUBBED.iter();
    id.iter().enumerate().any(|(at, first)| {
        // Asked at every byte of every id: most begin none of the words.
        if !first.is_ascii() || BEGINNINGS >> first & 1 == 0 {
            return false;
        }
        let before = at.checked_sub(1).and_then(|before| id.get(before));
        let is_inside = before.is_some_and(u8::is_ascii_alphanumeric);
        let rest = id.get(at..).unwrap_or_default();
        let is_first = |word: &&&[u8]| {
            let letter = word.first();
            letter.is_some_and(|letter| letter.eq_ignore_ascii_case(first))
        };
        let mut words = words.clone().filter(is_first);
        words.any(|word| (word.len() > SHORT || !is_inside) && begins(rest, word))
    })
}

/// Whether a word is written as people write words: its letters are in one case, but for the first.
fn is_in_one_case(word: &[u8]) -> bool {
    let rest = word.get(1..).unwrap_or_default();
    !rest.iter().any(u8::is_ascii_lowercase) || !rest.iter().any(u8::is_ascii_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_with_enough_in_them_are_strong() {
        for id in [
            "chatcmpl-BbpRcTg5bT7hAQ2mWzY1kFq0vD3sE",
            "resp_68b1f0c2a4d88195a7c3e9f1d2b4a6c8",
            "msg_01WVoy28sUMKXEpbwuUkrpmP",
            "msg_bdrk_01WVoy28sUMKXEpbwuUkrpmP",
            "gen-1742000000-Ab3dE5fG7hJ9kLmN",
            "550e8400-e29b-41d4-a716-446655440000",
            "8f1c2e3d4b5a69788796a5b4c3d2e1f0",
            "z-Q9aXfNC8KqtsAPy6XQzQU",
            "kXzAaLR_8LMKf1PIPtQ",
        ] {
            assert!(is_strong(id), "{id}");
        }
    }

    #[test]
    fn random_ids_are_strong_whatever_they_spell() {
        for id in [
            "chatcmpl-9aBmoCKpcRTg5bT7hAQ2mWzY1kFq0",
            "msg_01WVoy2mock8sUMKXEpbwuUk",
            "resp_68b1fxXxX2a4d88195a7c3e9f1",
            "chatcmpl-9f8Kdummy5a1b2c3d4e67",
            "msg_9fReDaCt5f0a1b2c3d4e6789wz",
        ] {
            assert!(is_strong(id), "{id}");
        }
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let mut random = 88_172_645_463_325_252_u64;
        let mut letter = || {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            char::from(letters[usize::try_from(random % 62).unwrap()])
        };
        for _ in 0..200_000 {
            let body: String = (0..29).map(|_| letter()).collect();
            assert!(is_strong(&format!("chatcmpl-{body}")), "{body}");
        }
    }

    #[test]
    fn counters_and_placeholders_are_weak() {
        for id in [
            "chatcmpl-123",
            "chatcmpl-998",
            "msg_01",
            "msg_REDACTED_1",
            "resp_0000000000000000000000",
            "chatcmpl-xxxxxxxxxxxxxxxxxxxx",
            "",
            "chatcmpl-0123456789abcdef0123",
            "chatcmpl-1793613600",
            "chatcmpl-1793613600123",
            "msg_a1b2c3d4e5f6g7h",
            "msg_EXAMPLE01234abcdefgh",
            "chatcmpl-mock5f0a1b2c3d4e6789",
            "chatcmpl-Mock-5f0a1b2c3d4e6789",
            "msg_01XXXXXXa1b2c3d4e5f6a7b8c9",
            "resp_5f0a1b2c3d4eRedacted6789",
        ] {
            assert!(!is_strong(id), "{id}");
        }
    }

    #[test]
    fn every_scrubbed_word_is_found() {
        for word in SCRUBBED {
            let word = std::str::from_utf8(word).unwrap();
            for word in [word.to_owned(), word.to_ascii_lowercase()] {
                assert!(
                    !is_strong(&format!("msg_9f{word}-5f0a1b2c3d4e6789wz")) || word.len() <= SHORT
                );
                assert!(
                    !is_strong(&format!("msg_{word}-5f0a1b2c3d4e6789wz")),
                    "{word}"
                );
            }
        }
    }

    #[test]
    fn an_id_is_a_uuid_of_its_words() {
        let id = RecordId::of(&[b"a", b"bc"]);
        assert_ne!(id, RecordId::of(&[b"ab", b"c"]));
        assert_eq!(id.to_string().len(), 36);
    }
}

//! Whether users are named in the ledger: as they are, not at all, or by a pseudonym that only who has
//! the key can tell from a name.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::usage::{Field, UsageRecord};

/// What becomes of a record's user.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Users {
    /// It is kept.
    #[default]
    Named,
    /// It is left out.
    Nobody,
    /// It is an HMAC-SHA-256 of the name under a key.
    Hashed(String),
}

/// The key is never shown.
impl std::fmt::Debug for Users {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Named => f.write_str("Named"),
            Self::Nobody => f.write_str("Nobody"),
            Self::Hashed(key) => write!(f, "Hashed({})", pseudonym(key, "")),
        }
    }
}

/// What a pseudonym begins with.
const PREFIX: &str = "user-";
/// Its hexadecimal digits: 128 bits.
const DIGITS: usize = 32;

impl Users {
    /// Names the user of a record as it is to be named. Who called is told apart before, so that a
    /// ledger knows a call again however its user was named.
    pub fn apply(&self, record: &mut UsageRecord) {
        let Some(user) = record.facts.get_text(Field::UserId).map(str::to_owned) else {
            return;
        };
        match self {
            Self::Named => {}
            Self::Nobody => drop(record.facts.remove(Field::UserId)),
            Self::Hashed(key) => {
                let name = pseudonym(key, &user);
                record.facts.text(Field::UserId, Some(name));
            }
        }
    }
}

fn pseudonym(key: &str, user: &str) -> String {
    // A key of any length is one.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else {
        return PREFIX.to_owned();
    };
    mac.update(user.as_bytes());
    let bytes = mac.finalize().into_bytes();
    let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
    let digits: String = digits.collect::<Vec<_>>().concat();
    format!("{PREFIX}{}", digits.get(..DIGITS).unwrap_or_default())
}

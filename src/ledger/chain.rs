//! Attempts at one call: retries, fallbacks, and the parts that a call is billed in. They share the
//! caller's idempotency key, or name one another as parents.

use std::collections::BTreeSet;

use super::{Entry, Ledger};
use crate::error::Result;
use crate::usage::{Field, RecordId};

/// More records than any chain of attempts has; what is linked beyond it is left out.
const MOST: usize = 1000;

/// What is linked to a record: by its key (1), its children by its names (2 to 4), its parent (5).
const LINKED: &str = "WHERE idempotency_key = ?1 OR parent_usage_log_id IN (?2, ?3, ?4) \
    OR response_id = ?5 OR request_id = ?5 OR lower(hex(key)) = replace(lower(?5), '-', '') \
    ORDER BY id LIMIT 1000";

impl Ledger {
    /// The records that some records are linked with, these included, in the order of their attempts.
    /// An idempotency key links within its tenant only.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn chain(&self, of: Vec<Entry>) -> Result<Vec<Entry>> {
        let mut seen: BTreeSet<RecordId> = of.iter().map(|entry| entry.id).collect();
        let mut chain = of;
        let mut next = 0;
        while let Some(entry) = chain.get(next).cloned() {
            next += 1;
            let text = |field| entry.record.facts.get_text(field).map(str::to_owned);
            let (key, parent) = (text(Field::IdempotencyKey), text(Field::ParentUsageLogId));
            let linked = self.collect(
                LINKED,
                &[
                    &key,
                    &entry.id.to_string(),
                    &text(Field::ResponseId),
                    &text(Field::RequestId),
                    &parent,
                ],
            )?;
            for other in linked {
                if is_link(&entry, &other) && chain.len() < MOST && seen.insert(other.id) {
                    chain.push(other);
                }
            }
        }
        let of_attempt = |entry: &Entry| {
            let facts = &entry.record.facts;
            let at = entry.record.occurred.map(|occurred| occurred.at);
            (facts.get_integer(Field::AttemptIndex), at, entry.id)
        };
        chain.sort_by_key(of_attempt);
        Ok(chain)
    }
}

/// Whether what was found under a name of a record belongs to it: never across tenants.
fn is_link(entry: &Entry, other: &Entry) -> bool {
    let tenant = |entry: &Entry| {
        let facts = &entry.record.facts;
        facts.get_text(Field::TenantId).map(str::to_owned)
    };
    tenant(entry) == tenant(other)
}

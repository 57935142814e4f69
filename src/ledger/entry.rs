//! What the ledger holds of one record, read back whole.

use std::sync::Arc;

use crate::pricing::Receipt;
use crate::usage::{IdentityBasis, RecordId, Timestamp, UsageRecord};

/// Where a record was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The file, or `-` for standard input.
    pub path: Arc<str>,
    /// The line, counted from 1.
    pub line: u64,
    /// JSON pointer inside the document; empty for the whole of it.
    pub pointer: String,
    /// How it was read, outermost first: `gzip>jsonl>openai.batch>openai.chat`.
    pub format: String,
}

/// One record of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The record's id.
    pub id: RecordId,
    /// How it is known to be itself.
    pub basis: IdentityBasis,
    /// What was consumed.
    pub record: UsageRecord,
    /// What it costs, by the price period that was stored with it.
    pub receipt: Receipt,
    /// Where it was read first.
    pub place: Place,
    /// The run that brought it in.
    pub run: i64,
    /// When that run was.
    pub ingested_at: Timestamp,
}

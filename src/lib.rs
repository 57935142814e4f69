//! llmcost turns raw LLM responses into an exact, auditable cost ledger, offline.
//!
//! ```text
//! bytes ─ source ─ envelopes ─ adapters ─ usage ─ pricing ─ ledger ─ report ─ render
//! ```
//!
//! One direction; a stage knows only what is to its left, through the types of [`usage`].
//! [`ingest`] is the one place that sees the whole way. `docs/architecture.md` follows one record
//! through the code.

pub mod adapters;
pub mod atomic;
pub mod cli;
pub mod envelopes;
pub mod error;
pub mod ingest;
pub mod json;
pub mod ledger;
mod lookup;
pub mod money;
pub mod pricing;
pub mod render;
pub mod report;
pub mod reprice;
pub mod source;
pub mod table;
pub mod usage;

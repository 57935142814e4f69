//! The canonical model: what one response consumed. Pure data, no input or output.
//!
//! A [`UsageRecord`] is a header (who, which model, when, how it went) and its line items, which
//! are disjoint: every token is on exactly one line.

pub mod canonical;
mod facts;
mod field;
pub mod identity;
pub mod merge;
pub mod meter;
mod provider;
mod record;
mod redact;
mod service;
mod time;
mod times;

use std::collections::BTreeMap;

pub use facts::{Facts, Value, clean_text};
pub use field::{Field, FieldKind, SHORT_NAMES};
pub use identity::{Identity, IdentityBasis, RecordId, is_strong as is_strong_id};
pub use meter::{Direction, Group, METERS, Meter};
pub use provider::provider_name;
pub use record::UsageRecord;
pub use redact::clean_error_text;
pub use service::{SERVICE_TYPES, service_type};
pub use time::{TimeBasis, Timestamp};
pub use times::{Spread, Times};

use crate::money::Quantity;

/// Longest text that a header field keeps; longer ones are cut.
pub const LONGEST_TEXT: usize = 256;

/// The doubt about every response of a coding agent whose plan nobody states: what it would cost
/// through the API is no bill then. `--set plan=…` settles it.
pub const PLAN_UNKNOWN: &str = "the plan is not known: this is what the API would charge; --set plan=subscription or --set plan=paid says which";

/// How the call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Not finished when it was recorded, or cut short: more may come.
    Partial,
    /// The call failed; it costs nothing unless it carries usage.
    Failed,
    /// The call is complete.
    Success,
}

impl Status {
    /// The word that is stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Partial => "partial",
            Self::Failed => "failed",
        }
    }
}

/// One meter and its quantity, with the attributes that select its rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineItem {
    /// What is counted.
    pub meter: Meter,
    /// How much, in the meter's unit.
    pub quantity: Quantity,
    /// What selects its rate: image size and quality, video resolution, search provider …
    pub attributes: BTreeMap<String, String>,
}

impl LineItem {
    /// A line item without attributes.
    pub fn new(meter: Meter, quantity: Quantity) -> Self {
        Self {
            meter,
            quantity,
            attributes: BTreeMap::new(),
        }
    }

    /// Adds an attribute, unless there is nothing to say.
    #[must_use]
    pub fn with(mut self, name: &str, value: Option<impl AsRef<str>>) -> Self {
        if let Some(value) = value.and_then(|value| clean_text(value.as_ref())) {
            self.attributes.insert(name.to_owned(), value);
        }
        self
    }

    fn order(&self) -> (usize, &Meter, &BTreeMap<String, String>) {
        (self.meter.rank(), &self.meter, &self.attributes)
    }
}

/// What a note says about the usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoteKind {
    /// Something that bills is missing: the cost is a lower bound, or unknown.
    Gap,
    /// Something had to be assumed: the cost is an estimate.
    Doubt,
    /// Odd, but it does not touch the cost.
    Warning,
}

impl NoteKind {
    /// The word that is stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gap => "gap",
            Self::Doubt => "doubt",
            Self::Warning => "warning",
        }
    }
}

/// A remark of an adapter: our own words and field names, never content.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// What it means for the cost.
    pub kind: NoteKind,
    /// The remark.
    pub text: String,
}

/// What the provider itself says the call cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedCost {
    /// The number exactly as the provider wrote it (xAI's ticks are converted to whole units).
    pub amount: String,
    /// ISO 4217 code, or the provider's credit name.
    pub currency: String,
    /// The field that states it.
    pub field: String,
}

/// Web searches of one provider within the call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WebSearch {
    /// Who searched.
    pub provider: Option<String>,
    /// Calls actually made, failed ones too.
    pub count: Quantity,
    /// Characters of all queries.
    pub query_chars_total: Option<i64>,
    /// Bytes of all results.
    pub response_bytes_total: Option<i64>,
    /// `success` or `failed`.
    pub status: Option<String>,
    /// The provider's error code.
    pub error_code: Option<String>,
}

/// When the usage happened, for reports and prices, and how that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurred {
    /// The time.
    pub at: Timestamp,
    /// Where it comes from.
    pub basis: TimeBasis,
}

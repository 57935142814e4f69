//! Transcripts: their values mean something only together.

use super::{Context, Entry, Reading};
use crate::error::Fault;
use crate::json::Object;
use crate::usage::UsageRecord;

/// The state of one transcript while its source is read.
pub trait Transcript {
    /// Takes the next value of the source.
    ///
    /// # Errors
    /// When a count in it cannot be read; the value is then rejected and the next one taken.
    fn read(&mut self, value: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault>;

    /// The next value was a message of this session, read as another one like it was: see [`Line`](super::Line).
    fn goes_on(&mut self, session: Option<&str>) {
        let _ = session;
    }

    /// What is known only at the end of the source, such as totals.
    ///
    /// # Errors
    /// When they cannot be kept.
    fn finish(&mut self, context: &Context<'_>) -> Result<Vec<Late>, Fault> {
        let _ = context;
        Ok(Vec::new())
    }
}

/// A reading that is known only at the end of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Late {
    /// Which value of the source it stands in, from 0; the last where it stands in no single one.
    pub value: Option<usize>,
    /// The reading, and where it stands inside of that value.
    pub entry: Entry,
}

impl From<UsageRecord> for Late {
    fn from(record: UsageRecord) -> Self {
        vec![record].into()
    }
}

/// A record and its parts.
impl From<Vec<UsageRecord>> for Late {
    fn from(records: Vec<UsageRecord>) -> Self {
        Self {
            value: None,
            entry: Entry {
                pointer: String::new(),
                reading: Ok(Reading::Records(records)),
            },
        }
    }
}

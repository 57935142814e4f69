//! Reads one sample the way `ingest` does, without a ledger.

use std::path::Path;

use llmcost::envelopes::Formats;
use llmcost::ingest::{Documents, Options, Outcome, Spot};
use llmcost::source::{self, Frame, Opened};
use llmcost::usage::UsageRecord;

/// What became of the record candidates of one sample.
pub struct Outcomes {
    pub records: Vec<UsageRecord>,
    pub ignored: Vec<String>,
    pub rejected: Vec<String>,
}

/// Reads a sample.
pub fn read(path: &Path, options: &Options, formats: &Formats) -> Outcomes {
    let found = source::expand(&[path.to_str().unwrap().to_owned()])
        .unwrap()
        .remove(0);
    let mut documents = Documents::new(formats, options);
    let mut outcomes = Outcomes {
        records: Vec::new(),
        ignored: Vec::new(),
        rejected: Vec::new(),
    };
    match source::open(&found, None).unwrap() {
        Opened::Source(mut source) => {
            let spot = |line: u64| Spot {
                line,
                ..Spot::default()
            };
            while let Some(frame) = source.next_frame().unwrap() {
                match frame {
                    Frame::Value { text, line, .. } => documents.value(text, spot(line)),
                    Frame::Event { text, line, .. } => documents.event(text, spot(line)),
                    Frame::StreamEnd { .. } => documents.stream_end(),
                    Frame::Line { line, .. }
                    | Frame::Text {
                        first_line: line, ..
                    } => documents.ignore(spot(line), "text"),
                    Frame::Other { line, .. } => {
                        documents.ignore(spot(line), "values without fields");
                    }
                    Frame::Broken { reason, .. } => outcomes.rejected.push(reason.to_string()),
                }
            }
        }
        Opened::Database(..) => outcomes.ignored.push("a database".to_owned()),
        Opened::Skipped(reason) => outcomes.ignored.push(reason.to_owned()),
        Opened::Rejected(fault) => outcomes.rejected.push(fault.to_string()),
    }
    documents.finish();
    for found in documents.take() {
        match found.outcome {
            Outcome::Record(record, _) => outcomes.records.push(*record),
            Outcome::Ignored(kind) => outcomes.ignored.push(kind),
            Outcome::Rejected(fault) => outcomes.rejected.push(fault.to_string()),
        }
    }
    outcomes
}

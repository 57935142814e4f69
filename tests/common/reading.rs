//! Reads sources the way `ingest` does, without a ledger.
#![allow(dead_code, clippy::unwrap_used)] // each user needs some of it; a failing check may stop

use std::path::Path;

use llmcost::envelopes::Formats;
use llmcost::ingest::{Documents, Options, Outcome, Spot};
use llmcost::source::{self, Frame, Opened, Source};
use llmcost::usage::UsageRecord;

/// What became of the record candidates of a source.
#[derive(Default)]
pub struct Outcomes {
    pub records: Vec<UsageRecord>,
    /// The kind of each value that bills nothing.
    pub ignored: Vec<String>,
    /// The reason of each.
    pub rejected: Vec<String>,
}

/// Reads a file.
pub fn read_file(path: &Path, options: &Options, formats: &Formats) -> Outcomes {
    let mut found = source::expand(&[path.to_str().unwrap().to_owned()]).unwrap();
    let mut outcomes = Outcomes::default();
    match source::open(&found.remove(0), None).unwrap() {
        Opened::Source(mut source) => return read(&mut source, options, formats),
        // `--example transcripts` reads those.
        Opened::Database(..) => outcomes.ignored.push("a database".to_owned()),
        Opened::Skipped(reason) => outcomes.ignored.push(reason.to_owned()),
        Opened::Rejected(fault) => outcomes.rejected.push(fault.to_string()),
    }
    outcomes
}

/// Reads an open source to its end.
pub fn read(source: &mut Source, options: &Options, formats: &Formats) -> Outcomes {
    let mut documents = Documents::new(formats, options);
    let mut outcomes = Outcomes::default();
    let spot = |line: u64| Spot {
        line,
        ..Spot::default()
    };
    while let Some(frame) = source.next_frame().unwrap() {
        match frame {
            Frame::Value { text, line, .. } => documents.value(text, spot(line)),
            Frame::Event { text, line, .. } => documents.event(text, spot(line)),
            Frame::StreamEnd { .. } => documents.stream_end(),
            Frame::Line { text, line, .. } => {
                if !documents.line(text, spot(line)) {
                    outcomes.ignored.push("text".to_owned());
                }
            }
            Frame::Text { .. } => outcomes.ignored.push("text".to_owned()),
            Frame::Other { .. } => outcomes.ignored.push("values without fields".to_owned()),
            Frame::Broken { reason, .. } => outcomes.rejected.push(reason.to_string()),
        }
    }
    documents.finish();
    for found in documents.take() {
        match found.outcome {
            Outcome::Record(record, _) => outcomes.records.push(*record),
            // Only who wants it is told what is alike.
            Outcome::Alike(_) => {}
            Outcome::Ignored(kind) => outcomes.ignored.push(kind),
            Outcome::Rejected(fault) => outcomes.rejected.push(fault.to_string()),
        }
    }
    outcomes
}

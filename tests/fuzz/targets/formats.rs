//! Any text as a file of formats, or as `--map` options, and a log that is read by it.

use llmcost::envelopes::Formats;
use llmcost::ingest::{Documents, Options, Outcome, Spot};

/// What is between the formats and the documents.
const RULE: &str = "\n---\n";

/// A file of formats or lines of options, a rule, and documents, one per line.
pub fn run(bytes: &[u8]) {
    let (written, documents) = super::text(bytes)
        .split_once(RULE)
        .unwrap_or((super::text(bytes), ""));
    let formats = if written.starts_with('/') || !written.contains("[[") {
        let options: Vec<String> = written.lines().take(16).map(str::to_owned).collect();
        Formats::default().with_mapping(&options)
    } else {
        Formats::parse(written).map(|own| {
            for format in &own {
                // What is shown of a format is the same format.
                let again = Formats::parse(&format.written);
                assert!(
                    again.is_ok_and(|again| again.len() == 1),
                    "{}",
                    format.written
                );
            }
            Formats::default().with_own(own)
        })
    };
    let Ok(formats) = formats else { return };
    let options = Options::default();
    let mut reader = Documents::new(&formats, &options);
    for (line, text) in (1..).zip(documents.lines().take(8)) {
        let spot = Spot {
            line,
            ..Spot::default()
        };
        if text.starts_with('{') {
            reader.value(text, spot);
        } else {
            reader.line(text, spot);
        }
    }
    reader.finish();
    for found in reader.take() {
        if let Outcome::Rejected(fault) = found.outcome {
            assert!(!fault.to_string().contains(char::is_control), "{fault}");
        }
    }
}

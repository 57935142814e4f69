//! Every transcript cut at some bytes, and its lines turned round: nothing crashes; what a cut file and
//! then the whole one leave in a ledger is what the whole one alone leaves; and where the order of lines
//! means nothing, it changes nothing.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use super::torn::{Usage, cuts, usage};

/// Cuts per file.
const CUTS: usize = 2;

/// Samples in which a cut is seen afterwards, and why.
const SEEN: &[(&str, &str)] = &[(
    "suppresses_lower_priority_records_for_same_response",
    "one response under several kinds with different counts, the vaguest first: exporters write it last",
)];

/// Runs over the files of all samples.
pub fn run<'a>(samples: impl Iterator<Item = &'a [String]>) -> ExitCode {
    let folder = std::env::temp_dir().join(format!("llmcost-torture-{}", std::process::id()));
    let (mut files, mut tried, mut wrong) = (0, 0, 0);
    for path in samples.flatten() {
        let Ok(bytes) = fs::read(path) else { continue };
        fs::create_dir_all(&folder).unwrap();
        // Named as it is: some tools tell the session only by the name.
        let copy = folder.join(Path::new(path).file_name().unwrap());
        let mut find = |what: &str, found: &Usage, wanted: &Usage| {
            let is_seen = SEEN.iter().any(|(part, _)| path.contains(part));
            if found != wanted && !is_seen {
                wrong += 1;
                println!("{path} {what}: {found:?}\n    whole: {wanted:?}");
            }
        };
        let whole = usage(&copy, &[&bytes]);
        files += 1;
        for at in cuts(bytes.len(), CUTS) {
            let found = usage(&copy, &[&bytes[..at], &bytes]);
            tried += 1;
            find(&format!("cut at {at}"), &found, &whole);
        }
        if let Some(turned) = turned(&bytes) {
            let found = usage(&copy, &[&turned]);
            if path.contains("agent-claude-code") && path.contains("ccusage") {
                find("turned round", &found, &whole);
            }
        }
        fs::remove_dir_all(&folder).unwrap();
    }
    println!("{files} files, {tried} cuts, {wrong} differ");
    if wrong > 0 {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// The lines of a text from the last to the first.
fn turned(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let lines: Vec<&str> = text.lines().rev().collect();
    Some((lines.join("\n") + "\n").into_bytes())
}

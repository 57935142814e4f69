//! Transcripts are read while their tool writes them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common_torn::{cuts, usage};

/// The fixtures of all transcripts.
fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/adapters");
    let adapters = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let agents = adapters.filter(|entry| entry.file_name().to_string_lossy().starts_with("agent."));
    let files = agents.flat_map(|entry| fs::read_dir(entry.path()).unwrap());
    let mut files: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
    let is_log = |path: &PathBuf| {
        let name = path.to_string_lossy();
        !name.ends_with(".record.json") && !name.ends_with(".set")
    };
    files.retain(is_log);
    files.sort();
    files
}

#[test]
fn a_transcript_that_was_read_half_written_ends_like_one_that_was_read_whole() {
    let folder = tempfile::tempdir().unwrap();
    let files = fixtures();
    assert!(files.len() > 40, "{}", files.len());
    for file in files {
        let copy = folder.path().join(file.file_name().unwrap());
        let bytes = fs::read(&file).unwrap();
        let whole = usage(&copy, &[&bytes]);
        for at in cuts(bytes.len(), 4) {
            let found = usage(&copy, &[&bytes[..at], &bytes]);
            assert_eq!(found, whole, "{} cut at {at}", file.display());
        }
    }
}

//! Any bytes as the database of another program, opened as a file.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use llmcost::source::{self, Opened};

/// Rows that are looked at.
const MOST: usize = 64;

/// The file of a database. Where they do not begin like one, they are the pages behind the first.
pub fn run(bytes: &[u8]) {
    static PLACE: OnceLock<PathBuf> = OnceLock::new();
    let place = PLACE.get_or_init(|| super::folder("database").join("state.db"));
    fs::write(place, bytes).unwrap();
    let found = source::expand(&[place.to_str().unwrap().to_owned()]).unwrap();
    if let Ok(Opened::Database(database, _)) = source::open(&found[0], None) {
        let mut rows = 0;
        let stop = || llmcost::error::Error::usage("enough");
        let read = database.each(&mut |document| {
            rows += 1;
            if let Ok(text) = &document.text {
                assert!(
                    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok(),
                    "{text:?}"
                );
            }
            if rows < MOST { Ok(()) } else { Err(stop()) }
        });
        drop(read);
    }
}

//! JSONTestSuite: each of its texts stands as the content of a call, in a file of its own. What JSON
//! allows is counted, what it forbids is not, and nothing else suffers.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::home::Home;

/// Where others keep the suite beside this repository.
const SUITE: &str = "../shared/corpus/JSONTestSuite/test_parsing";

/// Texts whose meaning every reader may choose that must at least be counted, of 35.
const IMPLEMENTATION_DEFINED: usize = 31;

#[test]
fn what_json_allows_is_counted_and_what_it_forbids_is_not() {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join(SUITE);
    let Ok(folder) = fs::read_dir(&suite) else {
        eprintln!("skipped: no JSONTestSuite at {SUITE}");
        return;
    };
    let home = Home::new();
    let mut names = Vec::new();
    for entry in folder {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let call = crate::call(u32::try_from(names.len()).unwrap());
        let (before, after) = call.split_once("\"CANARY\"").unwrap();
        let text = fs::read(&path).unwrap();
        let bytes = [before.as_bytes(), &text, after.as_bytes(), b"\n"].concat();
        home.write(&format!("suite/{name}"), bytes);
        names.push(name);
    }
    assert_eq!(names.len(), 318);
    let outcome = home.json("ingest suite");
    let sources = outcome["sources"].as_array().unwrap();
    let counted: BTreeMap<&str, u64> = sources
        .iter()
        .map(|source| {
            let path = source["path"].as_str().unwrap();
            (
                path.rsplit('/').next().unwrap(),
                source["new"].as_u64().unwrap(),
            )
        })
        .collect();
    let of = |kind: &str, wanted: u64| -> Vec<&str> {
        let all = names.iter().map(String::as_str);
        all.filter(|name| name.starts_with(kind))
            .filter(|name| counted[name] == wanted)
            .collect()
    };
    assert_eq!(of("n_", 0).len(), 188, "counted: {:?}", of("n_", 1));
    assert_eq!(of("y_", 1).len(), 95, "not counted: {:?}", of("y_", 0));
    let free = of("i_", 1);
    eprintln!(
        "{} of 35 implementation-defined texts are counted; not: {:?}",
        free.len(),
        of("i_", 0)
    );
    assert!(free.len() >= IMPLEMENTATION_DEFINED, "{free:?}");
}

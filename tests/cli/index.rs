//! `ledger index`: indexes on demand are part of a ledger as long as they are wanted.

use serde_json::json;

use crate::home::Home;
use crate::log;

#[test]
fn a_ledger_with_indexes_is_a_ledger_like_any_other() {
    let home = Home::new();
    home.write("log.jsonl", log());
    home.ok("ingest log.jsonl");
    home.write(
        "question.json",
        r#"{"table": "token_usage", "select": ["id"]}"#,
    );
    let report = home.ok("report --by model");
    let said = home.ok("ledger index");
    assert!(said.starts_with("9 indexes made: "), "{said}");
    assert!(
        home.ok("ledger index")
            .starts_with("All indexes are there: ")
    );

    // Whatever opens a ledger opens this one.
    assert_eq!(home.ok("verify"), "");
    assert_eq!(home.ok("report --by model"), report);
    home.ok("query --json question.json");
    home.ok("backup copy.db");
    assert_eq!(home.ok("--ledger copy.db verify"), "");
    let copied = home.json("--ledger copy.db ledger index");
    assert_eq!(copied["changed"], json!([]));
    assert_eq!(copied["indexes"].as_array().unwrap().len(), 9);
    assert!(copied["bytes"].as_u64().unwrap() > 0, "{copied}");
    home.ok("ingest log.jsonl --set user=somebody");
    home.ok("forget --run 1 --apply");
    assert_eq!(home.ok("verify"), "");

    let dropped = home.json("ledger index --drop");
    assert_eq!(dropped["changed"].as_array().unwrap().len(), 9);
    assert_eq!(
        (&dropped["indexes"], &dropped["bytes"]),
        (&json!([]), &json!(0))
    );
    assert_eq!(
        home.ok("ledger index --drop"),
        "There are no indexes to drop.\n"
    );
    assert_eq!(home.ok("verify"), "");
}

#[test]
fn no_ledger_is_made_to_be_indexed() {
    let home = Home::new();
    let said = home.fails("ledger index", 2);
    assert!(said.contains("hint: "), "{said}");
    assert!(!home.ledger().exists());
}

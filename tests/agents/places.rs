//! `ingest --agents`: transcripts in their usual places.

use crate::home::Home;
use crate::{records, total};

const CLAUDE: &str = r#"{"type":"assistant","timestamp":"2026-10-05T09:00:01Z","sessionId":"a","uuid":"u","message":{"id":"msg_01Rk7vTz3Wb9QfYxNc5LpAhD","model":"claude-sonnet-4-5","usage":{"input_tokens":10,"output_tokens":4}}}"#;
const OPENCODE: &str = r#"{"id":"msg_x","sessionID":"ses_x","role":"assistant","providerID":"openai","modelID":"gpt-5","time":{"created":1791360000000},"tokens":{"input":100,"output":200,"reasoning":0,"cache":{"read":0,"write":0}},"cost":0}"#;

#[test]
fn transcripts_are_found_where_agents_keep_them() {
    let home = Home::new();
    home.write("home/.claude/projects/-home-dev-shop/a.jsonl", CLAUDE);
    home.write("data/opencode/storage/message/ses_x/msg_x.json", OPENCODE);
    let found = home.run("ingest --agents");
    assert_eq!(found.code, 0, "{}", found.err);
    assert!(
        found
            .err
            .contains("found transcripts of claude-code, opencode"),
        "{}",
        found.err
    );
    assert_eq!(records(&home).len(), 2);
    assert_eq!(total(&home, "input_tokens"), "110");
}

#[test]
fn a_variable_names_another_place() {
    let home = Home::new();
    let elsewhere = home.write("elsewhere/projects/p/a.jsonl", CLAUDE);
    let root = elsewhere
        .ancestors()
        .nth(3)
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    let found = home.run_with(&["ingest", "--agents"], &[("CLAUDE_CONFIG_DIR", &root)]);
    assert_eq!(found.code, 0, "{}", found.err);
    assert_eq!(records(&home).len(), 1);
}

#[test]
fn nowhere_is_said() {
    let home = Home::new();
    let said = home.fails("ingest --agents", 2);
    assert!(said.contains("no transcripts of coding agents"), "{said}");
    assert!(said.contains("hint:"), "{said}");
    assert!(!home.ledger().exists());
}

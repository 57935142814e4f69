//! The databases of other programs: read as they are, never changed, and never their texts.

use std::path::Path;

use rusqlite::Connection;

use crate::home::Home;
use crate::{records, total};

/// A database made by these statements.
pub fn database(home: &Home, name: &str, statements: &str) -> Connection {
    let path = home.write(name, "");
    let connection = Connection::open(path).unwrap();
    connection.execute_batch(statements).unwrap();
    connection
}

pub const OPENCODE: &str = r#"
    CREATE TABLE session (id TEXT PRIMARY KEY, parent_id TEXT, directory TEXT, title TEXT);
    CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT, time_created INTEGER, data TEXT);
    CREATE TABLE part (id TEXT PRIMARY KEY, message_id TEXT, data TEXT);
    INSERT INTO session VALUES ('root', NULL, '/home/dev/shop', 'CANARY'), ('child', 'root', '/home/dev/shop', 'CANARY');
    INSERT INTO message VALUES
      ('m1', 'root', 1791360000000, '{"role":"user","summary":{"title":"CANARY"}}'),
      ('m2', 'root', 1791360001000, '{"role":"assistant","modelID":"gpt-5","providerID":"openai","cost":0.0000000123456789012345,"tokens":{"input":10,"output":20,"reasoning":0,"cache":{"read":0,"write":0}},"text":"CANARY"}'),
      ('m3', 'child', 1791360002000, '{"role":"assistant","modelID":"gpt-5","providerID":"openai","cost":0,"tokens":{"input":30,"output":40,"reasoning":5,"cache":{"read":0,"write":0}},"error":{"name":"MessageAbortedError","data":{"message":"CANARY"}}}'),
      ('m4', 'child', 1791360003000, 'CANARY {');
    INSERT INTO part VALUES ('p', 'm2', '{"type":"step-finish","tokens":{"input":10,"output":20}}');
"#;

#[test]
fn messages_of_a_database_are_read_and_broken_rows_are_told() {
    let home = Home::new();
    drop(database(&home, "opencode.db", OPENCODE));
    let run = home.json("ingest opencode.db");
    assert_eq!(
        (&run["new"], &run["rejected"]),
        (&2.into(), &1.into()),
        "{run}"
    );
    assert_eq!(run["rejects"][0]["reason"], "data: is not valid JSON");
    assert_eq!(run["rejects"][0]["line"], 4);
    assert_eq!(total(&home, "input_tokens"), "40");
    assert_eq!(total(&home, "output_tokens"), "65");
    let records = records(&home);
    let child = records
        .iter()
        .find(|record| record["conversation_id"] == "child")
        .unwrap();
    assert_eq!(child["tags"]["parent_session"], "root");
    assert_eq!(child["tags"]["project"], "shop");
    assert_eq!(child["error_code"], "MessageAbortedError");
    let root = records
        .iter()
        .find(|record| record["conversation_id"] == "root")
        .unwrap();
    assert_eq!(root["reported_cost"]["amount"], "0.0000000123456789012345");
    assert_eq!(root["source"]["pointer"], "/message/2");
    for file in [home.ledger(), home.file("data/llmcost/ledger.db-wal")] {
        let bytes = std::fs::read(file).unwrap_or_default();
        assert!(!bytes.windows(6).any(|window| window == b"CANARY"));
    }
}

#[test]
fn a_database_can_be_looked_into_row_by_row() {
    let home = Home::new();
    drop(database(&home, "opencode.db", OPENCODE));
    let seen = home.ok("inspect opencode.db");
    for said in [
        "opencode.db: 4 rows, sqlite:opencode.message",
        "2 read as agent.opencode",
        "row 4 rejected: data: is not valid JSON",
        "The first record (row 2, at /message/2):",
        "llmcost report --by model opencode.db",
    ] {
        assert!(seen.contains(said), "{said} is missing:\n{seen}");
    }
    assert!(!seen.contains("CANARY"), "{seen}");
    let one = home.json("inspect opencode.db --line 3");
    assert_eq!(one["first"]["pointer"], "/message/3");
    assert_eq!(one["read_as"]["agent.opencode"], 1);
}

#[test]
fn the_same_message_as_a_file_and_in_a_database_is_one() {
    let home = Home::new();
    drop(database(&home, "opencode.db", OPENCODE));
    home.write("m2.json", r#"{"id":"m2","sessionID":"root","role":"assistant","modelID":"gpt-5","providerID":"openai","time":{"created":1791360001000},"tokens":{"input":10,"output":20,"reasoning":0,"cache":{"read":0,"write":0}}}"#);
    home.ok("ingest opencode.db m2.json");
    assert_eq!(records(&home).len(), 2);
}

#[test]
fn the_newest_rows_beside_a_database_are_read_and_nothing_is_changed() {
    let home = Home::new();
    let statements =
        format!("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; {OPENCODE}");
    let writer = database(&home, "opencode.db", &statements);
    let before = std::fs::read(home.file("opencode.db")).unwrap();
    assert!(home.file("opencode.db-wal").metadata().unwrap().len() > 0);
    home.ok("ingest opencode.db");
    assert_eq!(total(&home, "input_tokens"), "40");
    assert_eq!(std::fs::read(home.file("opencode.db")).unwrap(), before);
    drop(writer);
}

#[test]
fn a_database_at_rest_is_read_without_a_trace() {
    let home = Home::new();
    drop(database(&home, "store/opencode.db", OPENCODE));
    home.ok("ingest store");
    let left: Vec<_> = std::fs::read_dir(home.file("store")).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn other_databases_are_passed_over_on_a_walk_and_refused_by_name() {
    let home = Home::new();
    let statements = "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT); INSERT INTO notes VALUES (1, 'CANARY')";
    drop(database(&home, "dir/notes.db", statements));
    // A view of the right name runs what its maker wrote.
    let view =
        "CREATE TABLE t (x); CREATE VIEW message AS SELECT 1 AS id, 2 AS session_id, 3 AS data";
    drop(database(&home, "dir/view.db", view));
    drop(database(
        &home,
        "dir/state.vscdb",
        "CREATE TABLE ItemTable (key TEXT, value BLOB)",
    ));
    home.write(
        "dir/torn.db",
        [b"SQLite format 3\0".as_slice(), &[7; 200]].concat(),
    );
    let run = home.json("ingest dir");
    assert_eq!(run["rejected"], 0, "{run}");
    for (name, reason) in [
        ("notes.db", "no known table"),
        ("view.db", "no known table"),
        ("state.vscdb", "an editor's settings"),
        ("torn.db", "damaged"),
    ] {
        let run = home.json(&format!("ingest dir/{name}"));
        let said = run["rejects"][0]["reason"].as_str().unwrap();
        assert!(said.contains(reason), "{name}: {said}");
    }
}

/// One database of each kind: its statements, and the input and output that they state.
const KINDS: &[(&str, &str, &str, &str)] = &[
    (
        "copilot.assistant_usage_events",
        "CREATE TABLE sessions (id TEXT PRIMARY KEY, cwd TEXT);
         CREATE TABLE assistant_usage_events (id INTEGER PRIMARY KEY, session_id TEXT, model TEXT, input_tokens INTEGER, output_tokens INTEGER, cache_read_tokens INTEGER, created_at TEXT);
         INSERT INTO sessions VALUES ('s', '/home/dev/shop');
         INSERT INTO assistant_usage_events VALUES (1, 's', 'gpt-5', 100, 10, 60, '2026-10-09T10:00:00Z'), (2, 's', 'gpt-5', 200, 20, 0, '2026-10-09T10:01:00Z')",
        "300",
        "30",
    ),
    (
        "copilot.spans",
        "CREATE TABLE spans (span_id TEXT PRIMARY KEY, trace_id TEXT, operation_name TEXT, start_time_ms INTEGER);
         CREATE TABLE span_attributes (id INTEGER PRIMARY KEY, span_id TEXT, key TEXT, value TEXT);
         INSERT INTO spans VALUES ('a', 't', 'chat', 1791540000000), ('b', 't', 'invoke_agent', 1791540000000);
         INSERT INTO span_attributes (span_id, key, value) VALUES ('a', 'gen_ai.usage.input_tokens', '400'), ('a', 'gen_ai.usage.output_tokens', '60'), ('a', 'gen_ai.response.model', 'gpt-4.1'), ('a', 'gen_ai.input.messages', 'CANARY'), ('b', 'gen_ai.usage.input_tokens', '400'), ('b', 'gen_ai.usage.output_tokens', '60')",
        "400",
        "60",
    ),
    (
        "goose.sessions",
        r#"CREATE TABLE sessions (id TEXT PRIMARY KEY, working_dir TEXT, created_at TIMESTAMP, total_tokens INTEGER, accumulated_total_tokens INTEGER, accumulated_input_tokens INTEGER, accumulated_output_tokens INTEGER, accumulated_cost REAL, provider_name TEXT, model_config_json TEXT);
         INSERT INTO sessions VALUES ('20261012_1', '/home/dev/shop', '2026-10-12 01:02:03', 9, 180, 100, 50, 0.5, 'anthropic', '{"model_name":"claude-sonnet-4-5","system":"CANARY"}')"#,
        "100",
        "80",
    ),
    (
        "crush.sessions",
        "CREATE TABLE sessions (id TEXT PRIMARY KEY, parent_session_id TEXT, title TEXT, prompt_tokens INTEGER, completion_tokens INTEGER, cost REAL, created_at INTEGER);
         CREATE TABLE messages (id TEXT PRIMARY KEY, session_id TEXT, parts TEXT, model TEXT, provider TEXT);
         INSERT INTO sessions VALUES ('c1', NULL, 'CANARY', 1000, 200, 0.0421, 1791540000), ('c2', 'c1', 'CANARY', 300, 40, 0.01, 1791540001);
         INSERT INTO messages VALUES ('m', 'c1', 'CANARY', 'gpt-5', 'openai')",
        "1000",
        "200",
    ),
    (
        "hermes.sessions",
        "CREATE TABLE sessions (id TEXT PRIMARY KEY, model TEXT, billing_provider TEXT, input_tokens INTEGER, output_tokens INTEGER, cache_read_tokens INTEGER, reasoning_tokens INTEGER, actual_cost_usd REAL, started_at REAL, title TEXT);
         INSERT INTO sessions VALUES ('h', 'gpt-5', 'openai-codex', 100, 20, 50, 5, 1.25, 1791540000.5, 'CANARY')",
        "150",
        "25",
    ),
    (
        "zed.threads",
        r#"CREATE TABLE threads (id TEXT PRIMARY KEY, summary TEXT, updated_at TEXT, data_type TEXT, data BLOB);
         INSERT INTO threads VALUES ('t', 'CANARY', '2026-10-10T09:30:00Z', 'json', CAST('{"messages":["CANARY"],"model":{"provider":"anthropic","model":"claude-opus-4-5"},"request_token_usage":{"r1":{"input_tokens":40,"output_tokens":8},"r2":{"input_tokens":2,"output_tokens":1}}}' AS BLOB))"#,
        "42",
        "9",
    ),
    (
        "forge.conversations",
        r#"CREATE TABLE conversations (conversation_id TEXT PRIMARY KEY, title TEXT, context TEXT, created_at TIMESTAMP, updated_at TIMESTAMP);
         INSERT INTO conversations VALUES ('f', 'CANARY', '{"messages":[{"message":{"text":{"role":"User","content":"CANARY"}}},{"message":{"text":{"role":"Assistant","content":"CANARY","model":"claude-opus-4-5"}},"usage":{"prompt_tokens":{"actual":1200},"completion_tokens":{"actual":300},"cached_tokens":{"actual":200}}}]}', '2026-10-10 15:00:00', '2026-10-10 15:20:41.379094')"#,
        "1200",
        "300",
    ),
    (
        "cursor.bubbles",
        r#"CREATE TABLE ItemTable (key TEXT UNIQUE, value BLOB);
         CREATE TABLE cursorDiskKV (key TEXT UNIQUE, value BLOB);
         INSERT INTO cursorDiskKV VALUES ('bubbleId:c:b1', CAST('{"text":"CANARY","tokenCount":{"inputTokens":250,"outputTokens":80},"modelInfo":{"modelName":"gpt-5"},"createdAt":"2026-10-10T00:53:51.812Z"}' AS BLOB)), ('bubbleId:c:b2', '{"text":"CANARY","tokenCount":{"inputTokens":0,"outputTokens":0}}'), ('bubbleId:c:b3', 'CANARY'), ('composerData:c', '{"text":"CANARY"}')"#,
        "250",
        "80",
    ),
    (
        "warp.agent_conversations",
        r#"CREATE TABLE agent_conversations (id INTEGER PRIMARY KEY, conversation_id TEXT, conversation_data TEXT, last_modified_at TIMESTAMP);
         INSERT INTO agent_conversations VALUES (1, 'w', '{"title":"CANARY","conversation_usage_metadata":{"token_usage":[{"model_id":"gpt-5","warp_tokens":2000,"byok_tokens":0}]}}', '2026-10-10 10:10:00')"#,
        "0",
        "0",
    ),
];

#[test]
fn every_known_kind_of_database_is_read() {
    for (kind, statements, input, output) in KINDS {
        let home = Home::new();
        drop(database(&home, "some.db", statements));
        let run = home.json("ingest some.db");
        assert_eq!(run["rejected"], 0, "{kind}: {run}");
        assert_eq!(run["sources"][0]["format"], format!("sqlite:{kind}"));
        assert_eq!(total(&home, "input_tokens"), *input, "{kind}");
        assert_eq!(total(&home, "output_tokens"), *output, "{kind}");
        // Reading it again changes nothing.
        let again = home.json("ingest some.db");
        assert_eq!(
            (&again["new"], &again["updated"]),
            (&0.into(), &0.into()),
            "{kind}: {again}"
        );
        assert!(!holds_canary(&home.ledger()), "{kind}");
    }
}

fn holds_canary(path: &Path) -> bool {
    let bytes = std::fs::read(path).unwrap();
    bytes.windows(6).any(|window| window == b"CANARY")
}

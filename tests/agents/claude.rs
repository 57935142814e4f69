//! Claude Code: one response on many lines and in many files.

use crate::home::Home;
use crate::{ORDERS, records, total};

const ID: &str = "msg_01Rk7vTz3Wb9QfYxNc5LpAhD";

fn line(session: &str, id: &str, time: &str, output: u32, more: &str) -> String {
    format!(
        r#"{{"type":"assistant","timestamp":"{time}","sessionId":"{session}","uuid":"{session}-{output}","cwd":"/home/dev/shop","gitBranch":"main","message":{{"id":"{id}","type":"message","role":"assistant","model":"claude-sonnet-4-5-20250929","content":[{{"type":"text","text":"CANARY"}}],"stop_reason":"end_turn","usage":{{"input_tokens":10,"cache_read_input_tokens":2000,"cache_creation_input_tokens":0,"output_tokens":{output}}}}}{more}}}"#
    )
}

#[test]
fn a_resumed_a_forked_and_a_parents_copy_are_one_response_in_any_order() {
    let inner = line("a", ID, "2026-10-05T09:00:02Z", 40, "");
    let files = [
        // Written while it streamed, once per content block.
        [
            line("a", ID, "2026-10-05T09:00:01Z", 3, ""),
            line("a", ID, "2026-10-05T09:00:02Z", 400, ""),
        ]
        .join("\n"),
        // Resumed: the lines of the old session under the new one's name.
        line("b", ID, "2026-10-05T09:00:01Z", 3, r#","isSidechain":true"#),
        // What a sub-agent got, shown in its parent.
        format!(
            r#"{{"type":"progress","sessionId":"a","timestamp":"2026-10-05T09:00:03Z","data":{{"message":{inner}}}}}"#
        ),
    ];
    for order in ORDERS {
        let home = Home::new();
        for n in order {
            home.write(&format!("{n}.jsonl"), files[n].as_bytes());
            home.ok(&format!("ingest {n}.jsonl"));
        }
        let records = records(&home);
        assert_eq!(records.len(), 1, "{order:?}");
        assert_eq!(total(&home, "output_tokens"), "400", "{order:?}");
        assert_eq!(records[0]["occurred_at"], "2026-10-05T09:00:01Z");
        assert_eq!(records[0]["conversation_id"], "a");
        assert_eq!(records[0]["tags"]["project"], "shop");
        assert_eq!(records[0]["tags"]["branch"], "main");
        assert_eq!(records[0]["platform"], "claude-code");
    }
}

#[test]
fn a_transcript_and_the_recorded_response_are_the_same_call() {
    let home = Home::new();
    home.write(
        "session.jsonl",
        line("a", ID, "2026-10-05T09:00:01Z", 400, ""),
    );
    let body = format!(
        r#"{{"id":"{ID}","type":"message","role":"assistant","model":"claude-sonnet-4-5-20250929","content":[],"stop_reason":"end_turn","usage":{{"input_tokens":10,"cache_read_input_tokens":2000,"cache_creation_input_tokens":0,"output_tokens":400}}}}"#
    );
    home.write("body.json", body);
    home.ok("ingest session.jsonl body.json");
    assert_eq!(records(&home).len(), 1);
}

#[test]
fn usage_in_what_a_tool_returned_is_no_usage() {
    let home = Home::new();
    let user = r#"{"type":"user","sessionId":"a","uuid":"u","timestamp":"2026-10-05T09:00:00Z","message":{"role":"user","content":"CANARY {\"usage\":{\"input_tokens\":7}}"},"toolUseResult":{"usage":{"input_tokens":999999,"output_tokens":9},"totalTokens":1000008}}"#;
    home.write(
        "session.jsonl",
        [user, &line("a", ID, "2026-10-05T09:00:01Z", 4, "")].join("\n"),
    );
    let run = home.json("ingest session.jsonl");
    assert_eq!(run["rejected"], 0, "{run}");
    assert_eq!(total(&home, "output_tokens"), "4");
}

#[test]
fn a_plan_makes_it_covered_and_without_one_it_is_an_estimate() {
    let home = Home::new();
    home.write(
        "session.jsonl",
        line("a", ID, "2026-10-05T09:00:01Z", 400, ""),
    );
    let estimate = home.json("report session.jsonl");
    assert_eq!(estimate["totals"][0]["estimated"], 1);
    let paid = home.json("report session.jsonl --set plan=paid");
    assert_eq!(paid["totals"][0]["estimated"], 0);
    assert_eq!(paid["totals"][0]["cost"], estimate["totals"][0]["cost"]);
    home.ok("ingest session.jsonl --set plan=subscription");
    let covered = home.json("report");
    assert_eq!(covered["totals"][0]["covered"], 1);
    assert_eq!(covered["totals"][0]["cost"], "0");
    let equivalent = home.json("report --api-equivalent");
    assert_eq!(
        equivalent["totals"][0]["cost"],
        estimate["totals"][0]["cost"]
    );
}

#[test]
fn text_never_reaches_the_ledger() {
    let home = Home::new();
    home.write(
        "session.jsonl",
        line("a", ID, "2026-10-05T09:00:01Z", 400, ""),
    );
    home.ok("ingest session.jsonl");
    let bytes = std::fs::read(home.ledger()).unwrap();
    assert!(!bytes.windows(6).any(|window| window == b"CANARY"));
}

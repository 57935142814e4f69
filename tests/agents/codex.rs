//! Codex: totals that grow, begin anew, are said again, and are copied into forks and sub-agents.

use crate::home::Home;
use crate::{ORDERS, records, total};

const PARENT: &str = "0199aaaa-1111-7222-8333-444455556666";
const FORK: &str = "0199bbbb-1111-7222-8333-444455556666";
const FORK_OF_FORK: &str = "0199cccc-1111-7222-8333-444455556666";

/// Rows of a session: the totals after each call, as `[input, cached, output]`.
type Rows = [[u32; 3]];

fn meta(id: &str, from: Option<&str>, time: &str) -> String {
    let from = from.map_or(String::new(), |from| {
        format!(r#","forked_from_id":"{from}""#)
    });
    format!(
        r#"{{"timestamp":"{time}","type":"session_meta","payload":{{"id":"{id}","cwd":"/home/dev/shop","model_provider":"openai"{from}}}}}"#
    )
}

fn usage([input, cached, output]: [u32; 3]) -> String {
    let total = input + output;
    format!(
        r#"{{"input_tokens":{input},"cached_input_tokens":{cached},"output_tokens":{output},"reasoning_output_tokens":0,"total_tokens":{total}}}"#
    )
}

/// A row as Codex writes it: the totals, and what the call used.
fn row(totals: [u32; 3], before: [u32; 3], time: &str) -> String {
    let last = [0, 1, 2].map(|n| totals[n] - before[n]);
    let (total, last) = (usage(totals), usage(last));
    format!(
        r#"{{"timestamp":"{time}","type":"event_msg","payload":{{"type":"token_count","info":{{"total_token_usage":{total},"last_token_usage":{last}}}}}}}"#
    )
}

/// A rollout: its first lines, then its rows, a second apart from `hour` on.
fn rollout(metas: &[String], rows: &Rows, hour: u32) -> String {
    let mut lines = metas.to_vec();
    lines.push(format!(
        r#"{{"timestamp":"2026-10-06T{hour:02}:00:00Z","type":"turn_context","payload":{{"model":"gpt-5.1-codex"}}}}"#
    ));
    let mut before = [0, 0, 0];
    for (n, totals) in rows.iter().enumerate() {
        let time = format!("2026-10-06T{hour:02}:00:{:02}Z", n + 1);
        lines.push(row(*totals, before, &time));
        // Codex says the same totals again after every turn.
        lines.push(row(*totals, *totals, &time));
        before = *totals;
    }
    lines.join("\n") + "\n"
}

/// A session, a fork of it, and a fork of the fork, each of which holds a copy of what it began with.
pub fn family() -> [String; 3] {
    let shared = [[1_000, 0, 100], [2_500, 512, 180]];
    let parent: Vec<[u32; 3]> = [&shared[..], &[[4_000, 1_024, 260]]].concat();
    let fork: Vec<[u32; 3]> = [&shared[..], &[[3_100, 600, 200], [5_000, 2_000, 300]]].concat();
    let last: Vec<[u32; 3]> = [&fork[..], &[[5_500, 2_100, 333]]].concat();
    [
        rollout(&[meta(PARENT, None, "2026-10-06T08:00:00Z")], &parent, 8),
        rollout(
            &[meta(FORK, Some(PARENT), "2026-10-06T09:00:00Z")],
            &fork,
            9,
        ),
        rollout(
            &[
                meta(FORK_OF_FORK, Some(FORK), "2026-10-06T10:00:00Z"),
                meta(FORK, Some(PARENT), "2026-10-06T10:00:00Z"),
            ],
            &last,
            10,
        ),
    ]
}

#[test]
fn a_family_of_forks_counts_what_they_share_once_in_any_order_and_run() {
    let files = family();
    let mut seen = Vec::new();
    for order in ORDERS {
        let home = Home::new();
        for (n, file) in files.iter().enumerate() {
            home.write(&format!("{n}.jsonl"), file);
        }
        for n in order {
            home.ok(&format!("ingest {n}.jsonl"));
        }
        // Six calls: two shared, one of the parent, two of the fork, one of the fork's fork.
        assert_eq!(records(&home).len(), 6);
        assert_eq!(
            total(&home, "input_tokens"),
            (4_000 + 2_500 + 500).to_string()
        );
        assert_eq!(total(&home, "output_tokens"), (260 + 120 + 33).to_string());
        let records = home.ok("records --format jsonl");
        let mut facts: Vec<String> = records.lines().map(without_place).collect();
        facts.sort();
        seen.push(facts);
    }
    for other in &seen {
        assert!(*other == seen[0], "the order of reading shows");
    }
}

/// A record without where and when it was read: facts only.
fn without_place(line: &str) -> String {
    let mut record: serde_json::Value = serde_json::from_str(line).unwrap();
    let fields = record.as_object_mut().unwrap();
    fields.retain(|name, _| {
        !matches!(
            name.as_str(),
            "source" | "ingested_at" | "first_run" | "last_run"
        )
    });
    record.to_string()
}

#[test]
fn a_sub_agent_does_not_bill_the_rows_that_it_was_given() {
    let home = Home::new();
    let given = [1_000, 0, 100];
    let parent = rollout(&[meta(PARENT, None, "2026-10-06T08:00:00Z")], &[given], 8);
    let spawn = format!(
        r#"{{"timestamp":"2026-10-06T09:00:00Z","type":"session_meta","payload":{{"id":"{FORK}","source":{{"subagent":{{"thread_spawn":{{"parent_thread_id":"{PARENT}"}}}}}}}}}}"#
    );
    let child = [
        spawn,
        meta(PARENT, None, "2026-10-06T09:00:00Z"),
        row(given, [0, 0, 0], "2026-10-06T09:00:00.250Z"),
        row([300, 0, 20], [0, 0, 0], "2026-10-06T09:00:07Z"),
    ];
    home.write("child.jsonl", child.join("\n"));
    home.ok("ingest child.jsonl");
    assert_eq!(total(&home, "input_tokens"), "300");
    home.write("parent.jsonl", parent);
    home.ok("ingest parent.jsonl");
    assert_eq!(total(&home, "input_tokens"), "1300");
    let child = records(&home)
        .into_iter()
        .find(|record| record["agent_id"] == FORK);
    assert_eq!(child.unwrap()["tags"]["parent_session"], PARENT);
}

#[test]
fn a_compacted_session_begins_its_totals_anew_and_says_no_call_twice() {
    let home = Home::new();
    let lines = [
        meta(PARENT, None, "2026-10-06T08:00:00Z"),
        row([9_000, 0, 300], [0, 0, 0], "2026-10-06T08:00:10Z"),
        // After a compaction the last call is a size of the context, not a use.
        row([9_000, 0, 300], [9_000, 0, 300], "2026-10-06T08:00:20Z").replace(
            r#""reasoning_output_tokens":0,"total_tokens":0"#,
            r#""reasoning_output_tokens":0,"total_tokens":6100"#,
        ),
        row([700, 0, 50], [0, 0, 0], "2026-10-06T08:00:30Z"),
        row([1_500, 0, 80], [700, 0, 50], "2026-10-06T08:00:40Z"),
    ];
    home.write("rollout.jsonl", lines.join("\n") + "\n");
    home.ok("ingest rollout.jsonl");
    assert_eq!(total(&home, "input_tokens"), "10500");
    assert_eq!(total(&home, "output_tokens"), "380");
}

#[test]
fn an_archived_copy_and_a_grown_file_add_only_what_is_new() {
    let home = Home::new();
    let [parent, ..] = family();
    let cut = parent.len() / 2;
    home.write("sessions/rollout.jsonl", &parent[..cut]);
    home.ok("ingest sessions");
    home.write("sessions/rollout.jsonl", &parent);
    home.write("archived_sessions/rollout.jsonl", &parent);
    home.ok("ingest sessions archived_sessions");
    assert_eq!(total(&home, "input_tokens"), "4000");
    assert_eq!(records(&home).len(), 3);
}

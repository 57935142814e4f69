//! Lines that are read by several threads, in blocks of any size, give what the same lines give one by
//! one: the same outcomes, records, identities, costs and places, and the same way to go on.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a failing test may stop

#[path = "common/cases.rs"]
mod cases;

use std::path::Path;
use std::sync::LazyLock;

use cases::cases;
use llmcost::envelopes::Formats;
use llmcost::ingest::{Options, Plan, Threads, ingest_by};
use llmcost::ledger::Ledger;
use llmcost::pricing::Prices;
use llmcost::source;
use llmcost::usage::Timestamp;
use proptest::prelude::*;

static KNOWN: LazyLock<(Formats, Prices)> =
    LazyLock::new(|| (Formats::builtin(), Prices::bundled()));

/// Lines and pieces of lines, as logs have them.
fn line() -> impl Strategy<Value = String> {
    let n = 0_u32..6;
    prop_oneof![
        // Known by its id; the same again is a duplicate.
        8 => (0_u32..400).prop_map(|n| format!("{}\n", chat(n))),
        // Known by what it says and when, counted where it stands again.
        6 => n.clone().prop_map(|n| format!("{}\n", row(n))),
        2 => n.clone().prop_map(|n| format!("{}  \r\n", row(n))),
        1 => Just(format!("{}\n", wrapped(7))),
        1 => Just("\n".to_owned()),
        1 => Just("{\"level\":\"info\",\"text\":\"CANARY\"}\n".to_owned()),
        1 => Just("{\"model\":\"m\",\"usage\":{\"input_tokens\":\"CANARY\"},\"type\":\"message\"}\n".to_owned()),
    ]
}

/// What makes the lines after it, or itself, mean something only together.
fn odd() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("plain words\n".to_owned()),
        Just("{\"broken\": \n".to_owned()),
        Just("{\"a\":1} and more\n".to_owned()),
        Just("{\"a\":1}{\"b\":2}\n".to_owned()),
        Just(format!("{}\n", pretty(3))),
        Just("data: {\"object\":\"chat.completion.chunk\",\"id\":\"chatcmpl-s\",\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":1}}\n\n".to_owned()),
        Just("{\"object\":\"chat.completion.chunk\",\"id\":\"chatcmpl-Qw8rTz3Rb9WfYxNc5\",\"model\":\"gpt-4o\",\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":1,\"total_tokens\":6}}\n".to_owned()),
        // Neither id nor time: known by its place.
        Just("{\"model\":\"gpt-4o\",\"prompt_tokens\":3,\"completion_tokens\":4}\n".to_owned()),
        Just("\u{feff}{\"a\":1}\n".to_owned()),
        Just("[1,2,3]\n".to_owned()),
        Just("  {\"a\":1}\n".to_owned()),
        Just("{\"\\ud800\":1}\n".to_owned()),
        Just("INFO {\"a\":1}\n".to_owned()),
        Just("{\"half\":\"of a line".to_owned()),
    ]
}

fn chat(n: u32) -> String {
    format!(
        r#"{{"id":"chatcmpl-{n:08}Kq7vTz3Rb9WfYxNc5","object":"chat.completion","created":1793613600,"model":"gpt-4o-2024-08-06","choices":[{{"index":0,"message":{{"role":"assistant","content":"CANARY"}},"finish_reason":"stop"}}],"usage":{{"prompt_tokens":{},"completion_tokens":100,"total_tokens":{}}}}}"#,
        1000 + n % 3,
        1100 + n % 3,
    )
}

fn row(n: u32) -> String {
    format!(
        r#"{{"timestamp":"2026-11-02T10:00:0{n}Z","user_id":"u{n}","provider":"openai","model":"gpt-4o","prompt_tokens":{n}0,"completion_tokens":7}}"#
    )
}

fn wrapped(n: u32) -> String {
    format!(
        r#"{{"timestamp":"2026-11-02T10:00:00Z","user_id":"u","provider":"openai","response":{}}}"#,
        chat(n)
    )
}

fn pretty(n: u32) -> String {
    chat(n).replace(",\"", ",\n  \"")
}

fn plan(sources: &[source::Found]) -> Plan<'_> {
    static OPTIONS: LazyLock<Options> = LazyLock::new(Options::default);
    let now = Timestamp::from_millis(1_795_000_000_000);
    Plan {
        sources,
        formats: &KNOWN.0,
        options: &OPTIONS,
        prices: &KNOWN.1,
        now,
        clock: now,
        version: "0",
        strict: false,
        absolute: false,
        retry_rejected: false,
        dry: false,
    }
}

/// All that comes of a file or of a folder: the outcomes, and every record with its receipt and its place.
fn read(path: &Path, threads: Option<Threads>) -> (String, String) {
    let mut ledger = Ledger::scratch().unwrap();
    let sources = source::expand(&[path.to_string_lossy().into_owned()]).unwrap();
    let plan = plan(&sources);
    let outcomes = ingest_by(&mut ledger, &plan, &mut |_| true, threads).unwrap();
    let mut entries = Vec::new();
    let mut each = |entry: &llmcost::ledger::Entry| {
        entries.push(format!("{entry:?}"));
        Ok(())
    };
    ledger.for_each(&mut each).unwrap();
    let sources = ledger.sources().unwrap();
    (
        outcomes.json().to_string(),
        format!("{}\n{sources:?}", entries.join("\n")),
    )
}

fn same(text: &str, count: usize, block: usize) {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("log.jsonl");
    std::fs::write(&path, text).unwrap();
    let plain = read(&path, None);
    let apart = read(&path, Some(Threads { count, block }));
    assert_eq!(apart.0, plain.0, "outcomes of {text}");
    assert_eq!(apart.1, plain.1, "records of {text}");
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 200, ..cases(60) })]

    #[test]
    fn lines_read_apart_give_what_they_give_in_a_row(
        lines in prop::collection::vec(line(), 0..40),
        odd in prop::collection::vec((odd(), 0_usize..40), 0..2),
        count in 1_usize..4,
        block in 200_usize..4000,
    ) {
        let mut lines = lines;
        for (odd, at) in odd {
            lines.insert(at.min(lines.len()), odd);
        }
        same(&lines.concat(), count, block);
    }
}

#[test]
fn what_only_lines_together_say_is_found_wherever_a_block_ends() {
    let mut lines: Vec<String> = (0..30).map(|n| format!("{}\n", row(n % 3))).collect();
    lines.insert(
        20,
        "{\"model\":\"gpt-4o\",\"prompt_tokens\":3,\"completion_tokens\":4}\n".repeat(3),
    );
    for block in [150, 400, 1000, 3000] {
        same(&lines.concat(), 2, block);
    }
}

#[test]
fn small_files_that_are_read_ahead_give_what_they_give_one_by_one() {
    let folder = tempfile::TempDir::new().unwrap();
    let stream = "data: {\"object\":\"chat.completion.chunk\",\"id\":\"chatcmpl-s\",\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":1}}\n\ndata: [DONE]\n\n";
    let files = [
        ("a.jsonl", format!("{}\n{}\n", chat(1), row(1))),
        ("b.jsonl", format!("{}\n{}\n", chat(1), row(1))),
        ("c.json", pretty(2)),
        ("d.txt", "plain words\nand more\n".to_owned()),
        ("e.log", format!("INFO {}\n{{\"half\":", chat(3))),
        ("f.sse", stream.to_owned()),
        ("g.jsonl", String::new()),
        (
            "h.jsonl",
            "{\"model\":\"gpt-4o\",\"prompt_tokens\":3,\"completion_tokens\":4}\n".repeat(2),
        ),
        ("i.png", "\u{89}PNG".to_owned()),
        ("j.jsonl", "{\"broken\"\n{}\n".to_owned()),
        ("k.json", format!("[{},{}]", chat(4), chat(5))),
    ];
    for (name, text) in &files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let plain = read(folder.path(), None);
    // All are less than a block, or some are more, of which those of a few blocks are read as a whole as well.
    for (count, block) in [(1, 1 << 20), (3, 1 << 20), (2, 400), (3, 120)] {
        let ahead = read(folder.path(), Some(Threads { count, block }));
        assert_eq!(ahead, plain);
    }
}

#[test]
fn an_interrupted_run_ends_and_keeps_nothing() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("log.jsonl");
    let lines: Vec<String> = (0..200).map(|n| format!("{}\n", chat(n))).collect();
    std::fs::write(&path, lines.concat()).unwrap();
    let mut ledger = Ledger::scratch().unwrap();
    let sources = source::expand(&[path.to_string_lossy().into_owned()]).unwrap();
    let plan = plan(&sources);
    let threads = Some(Threads {
        count: 2,
        block: 2000,
    });
    let mut told = 0;
    let mut watch = |_| {
        told += 1;
        told < 4
    };
    assert!(ingest_by(&mut ledger, &plan, &mut watch, threads).is_err());
    let mut kept = 0;
    let mut count = |_: &llmcost::ledger::Entry| {
        kept += 1;
        Ok(())
    };
    ledger.for_each(&mut count).unwrap();
    assert_eq!((kept, told), (0, 4));
}

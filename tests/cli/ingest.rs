//! `ingest`: counts, the contract `llmcost.ingest/1`, and how it ends.

use crate::home::{Home, counts};
use crate::{chat, log};

#[test]
fn the_counts_add_up_and_the_contract_holds() {
    let home = Home::new();
    let half = &chat(9, "gpt-4o")[..90];
    let text = format!(
        "{}{{\"hello\":1}}\n{{\"broken\n{}\n{half}",
        log(),
        chat(1, "gpt-4o-2024-08-06")
    );
    let outcome = home.ingest("log.jsonl", text);
    assert_eq!(counts(&outcome), [4, 1, 0, 1, 1], "{outcome:#}");
    assert_eq!(outcome["schema"], "llmcost.ingest/1");
    let source = &outcome["sources"][0];
    assert_eq!(counts(source), [4, 1, 0, 1, 1]);
    assert_eq!(source["status"], "read");
    assert!(source["path"].as_str().unwrap().ends_with("/log.jsonl"));
    assert_eq!(source["format"], "jsonl");
    for (key, count) in [
        ("pending", 1),
        ("conflicts", 0),
        ("position_keyed", 0),
        ("rejects_total", 1),
    ] {
        assert_eq!(outcome[key], count, "{key}");
    }
    assert_eq!(outcome["committed"], true);
    let reject = &outcome["rejects"][0];
    assert_eq!(reject["line"], 6);
    assert!(reject["offset"].is_u64() && reject["reason"].is_string());
    let unpriced = &outcome["unpriced"][0];
    assert_eq!(
        (&unpriced["model"], &unpriced["records"]),
        (&"mystery-9".into(), &1.into())
    );
    assert!(outcome["warnings"].is_array());
}

#[test]
fn the_summary_names_what_needs_a_look() {
    let home = Home::new();
    home.write("log.jsonl", log() + "{\"broken\n{}\n");
    let text = home.ok("ingest log.jsonl");
    for part in [
        "rejected  ",
        "log.jsonl:5",
        "unpriced  (none)/mystery-9  1 × ",
        "read 6 records from 1 file: 4 new, 0 duplicate, 0 updated, 1 ignored, 1 rejected",
        "ledger: ",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains("CANARY"));
    let again = home.ok("ingest log.jsonl");
    assert!(again.contains("0 new, 4 duplicate"), "{again}");
}

#[test]
fn a_log_without_usage_says_so() {
    let home = Home::new();
    home.write("notes.txt", "hello\n");
    let text = home.ok("ingest notes.txt");
    assert!(text.contains("no usage was found"), "{text}");
    assert!(text.contains("llmcost inspect "), "{text}");
}

#[test]
fn strict_is_all_or_nothing() {
    let home = Home::new();
    home.write("log.jsonl", log() + "{\"broken\n{}\n");
    let answer = home.run("ingest --strict log.jsonl");
    assert_eq!(answer.code, 1);
    assert!(answer.out.contains("nothing was written"), "{}", answer.out);
    assert!(home.records().is_empty());
    assert!(home.ok("runs --format jsonl").is_empty());
    assert!(home.ok("sources --format jsonl").is_empty());
    let json = home.run("ingest --strict log.jsonl --format json");
    assert_eq!(json.code, 1);
    assert_eq!(crate::home::json(&json.out)["committed"], false);
    home.write("log.jsonl", log());
    home.ok("ingest --strict log.jsonl");
    assert_eq!(home.records().len(), 4);
}

#[test]
fn directories_globs_and_standard_input_are_read() {
    let home = Home::new();
    home.write("logs/a/one.jsonl", chat(1, "gpt-4o"));
    home.write("logs/b/two.json", chat(2, "gpt-4o"));
    home.write("logs/.hidden.jsonl", chat(8, "gpt-4o"));
    home.write("logs/picture.png", b"\x89PNG\r\n\x1a\n\0\0\0");
    let outcome = home.json("ingest logs");
    assert_eq!(outcome["rejected"], 0, "{outcome:#}");
    assert!(outcome["new"].as_u64().unwrap() >= 2);
    assert_eq!(home.json("ingest logs/*/*.json*")["duplicate"], 2);
    let answer = home.pipe("ingest - --format json", chat(3, "gpt-4o").as_bytes());
    let outcome = crate::home::json(&answer.out);
    assert_eq!(outcome["new"], 1, "{outcome:#}");
    assert_eq!(outcome["sources"][0]["path"], "-");
}

#[test]
fn sources_rejects_and_runs_are_remembered() {
    let home = Home::new();
    home.ingest("log.jsonl", log() + "{\"broken\n{}\n");
    home.json("ingest log.jsonl");
    let sources = home.json("sources");
    assert_eq!(sources["schema"], "llmcost.sources/1");
    let source = &sources["rows"][0];
    assert_eq!(
        (&source["status"], &source["records"], &source["rejected"]),
        (&"read".into(), &6.into(), &1.into())
    );
    assert_eq!(
        (&source["first_run"], &source["last_run"]),
        (&1.into(), &2.into())
    );
    let rejects = home.json("sources --rejects");
    assert_eq!(rejects["schema"], "llmcost.rejects/1");
    assert_eq!(rejects["rows"].as_array().unwrap().len(), 1);
    assert_eq!(rejects["rows"][0]["line"], 5);
    let runs = home.json("runs");
    let runs = runs["rows"].as_array().unwrap();
    assert_eq!(runs.len(), 2);
    assert_eq!(counts(&runs[0]), [4, 0, 0, 1, 1]);
    assert_eq!(counts(&runs[1]), [0, 4, 0, 1, 1]);
    assert_eq!(runs[0]["started_at"], crate::home::NOW);
    home.write("log.jsonl", log());
    home.ok("ingest log.jsonl");
    assert!(home.ok("sources --rejects --format jsonl").is_empty());
}

#[test]
fn a_usage_object_is_kept_up_to_sixteen_kibibytes() {
    let home = Home::new();
    // A field of thirteen bytes many times, and one more with so many digits.
    let kept = |call: u32, many: usize, digits: usize| {
        let many: Vec<String> = (0..many).map(|n| format!("\"x{n:07}\":1,")).collect();
        let last = "1".repeat(digits);
        let usage = format!("\"usage\":{{{}\"y\":{last},", many.concat());
        let log = chat(call, "gpt-4o-2024-08-06").replace("\"usage\":{", &usage);
        home.ingest(&format!("{call}.jsonl"), log + "\n");
        let explained = home.json(&format!("explain chatcmpl-{call:08}Kq7vTz3Rb9WfYxNc5"));
        let warned = explained["notes"]
            .to_string()
            .contains("too long to be kept");
        let raw = &explained["raw_usage"];
        assert_eq!(warned, raw.is_null());
        raw.is_object().then(|| raw.to_string().len())
    };
    let left = (1 << 14) - kept(1, 0, 1).unwrap();
    let (many, digits) = (left / 13, left % 13 + 1);
    assert_eq!(kept(2, many, digits), Some(1 << 14));
    assert_eq!(kept(3, many, digits + 1), None);
}

#[test]
fn a_text_that_is_a_name_is_not_kept() {
    let home = Home::new();
    let call = |n: u32| chat(n, "gpt-4o-2024-08-06");
    let lines = [
        format!(r#"{{"Say CANARY twice":{}}}"#, call(1)),
        format!(r#"{{"Say CANARY":{{"user":"u1","response":{}}}}}"#, call(2)),
        format!(r#"{{"co \u007fst":"0.25","response":{}}}"#, call(3)),
        r#"{"Say CANARY":{"object":"chat.completion","id":"x","usage":7}}"#.to_owned(),
    ];
    let outcome = home.ingest("log.jsonl", lines.join("\n") + "\n");
    assert_eq!(counts(&outcome), [3, 0, 0, 0, 1], "{outcome:#}");
    let explained: Vec<_> = (1..4)
        .map(|n| home.json(&format!("explain log.jsonl:{n}")))
        .collect();
    assert_eq!(explained[0]["source"]["pointer"], "/(odd name)");
    assert_eq!(explained[1]["source"]["pointer"], "/(odd name)/response");
    assert_eq!(explained[1]["read_as"]["found_at"]["user_id"], "/?/user");
    assert_eq!(explained[2]["reported_cost"]["field"], "/(odd name)");
    let said = format!("{outcome}{explained:?}");
    let kept = std::fs::read(home.ledger()).unwrap();
    for text in [said.as_bytes(), &kept] {
        assert!(!text.windows(6).any(|word| word == b"CANARY"));
    }
}

#[test]
fn texts_that_select_a_price_are_short_and_without_control_characters() {
    let home = Home::new();
    let video = |id: &str, size: &str, currency: &str| {
        format!(
            r#"{{"object":"video","id":"video_{id}c7vTz3Rb9WfYxNc5","created_at":1793613600,"status":"completed","model":"sora-2","seconds":"8","size":"{size}","usage":{{"cost":0.5}},"currency":"{currency}"}}"#
        ) + "\n"
    };
    let long = "CANARY ".repeat(1_000);
    home.ingest(
        "log.jsonl",
        video("1", "128\\u007f720", "e\\u001bur") + &video("2", &long, &long),
    );
    for line in [1, 2] {
        let explained = home.json(&format!("explain log.jsonl:{line}")).to_string();
        assert!(!explained.contains(['\u{7f}', '\u{1b}']) && !explained.contains("\\u00"));
        assert!(explained.len() < 4_000, "{}", explained.len());
    }
}

//! `inspect`, `formats` and `--map`: from an unknown log to a right report in two steps.

use crate::chat;
use crate::home::Home;

/// A log in nobody's form.
const OWN: &str = r#"{"when":"2026-11-02T10:00:00Z","llm":{"name":"gpt-4o","tok":{"in":1000,"out":200}},"ctx":{"memberId":"u1"},"prompt":"CANARY"}
{"when":"2026-11-02T10:01:00Z","llm":{"name":"gpt-4o","tok":{"in":500,"out":20}},"ctx":{"memberId":"u2"},"prompt":"CANARY"}
"#;

/// The command that `inspect` says to type next.
fn next(out: &str) -> String {
    let line = out
        .lines()
        .find(|line| line.starts_with("  llmcost report"));
    line.unwrap()
        .trim()
        .strip_prefix("llmcost ")
        .unwrap()
        .to_owned()
}

#[test]
fn an_unknown_log_is_reported_in_two_steps() {
    let home = Home::new();
    home.write("app.jsonl", OWN);
    let ingested = home.ok("ingest app.jsonl");
    assert!(
        ingested.contains("no usage was found in 2 × unrecognized object"),
        "{ingested}"
    );
    assert!(ingested.contains("llmcost inspect "), "{ingested}");
    let seen = home.ok("inspect app.jsonl");
    assert!(
        !seen.contains("CANARY") && !seen.contains("prompt"),
        "{seen}"
    );
    let command = next(&seen).replace("--by model", "--by user");
    let report = home.json(&command);
    assert_eq!(report["rows"][0]["user"], "u1");
    assert_eq!(report["rows"][0]["input_tokens"], "1000");
    assert_eq!(report["rows"][1]["output_tokens"], "20");
}

#[test]
fn a_mapping_is_kept_as_a_format_and_used_from_then_on() {
    let home = Home::new();
    home.write("app.jsonl", OWN);
    home.ok("inspect app.jsonl --map model=/llm/name --map input=/llm/tok/in --map output=/llm/tok/out --map time=/when --save acme");
    let again = home.run("inspect app.jsonl --map model=/llm/name --save acme");
    assert_eq!(again.code, 2, "{}", again.err);
    home.ok("formats test llmcost.formats.toml");
    assert!(
        home.ok("formats show acme")
            .contains("input = \"/llm/tok/in\"")
    );
    home.ok("ingest app.jsonl");
    let record = home.records().remove(0);
    assert_eq!(record["response_model"], "gpt-4o");
    assert_eq!(record["source"]["format"], "jsonl>acme>row");
    let explained = home.ok("explain app.jsonl:1");
    assert!(
        explained.contains("response_model at /llm/name"),
        "{explained}"
    );
}

#[test]
fn a_format_is_shown_as_it_can_be_read_again() {
    let home = Home::new();
    let odd = "[[format]]\nname = 'my\"app\"'\nabout = \"\"\"one\n[two]\n\"\"\"\nwhen = ['/kind=x']\ninput = '/in'\n[format.tag]\nenv = '/env'\n";
    home.write("odd.toml", odd);
    let shown = home.ok("formats show my\"app\" --formats odd.toml");
    assert!(shown.contains("one"), "{shown}");
    home.write("again.toml", &shown);
    assert_eq!(
        home.ok("formats show my\"app\" --formats again.toml"),
        shown
    );
    home.write(
        "odd.toml",
        "[[format]]\nname = \"a\\u001b[2Jb\"\ninput = '/in'\n",
    );
    let refused = home.run("formats show a --formats odd.toml");
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(refused.err.contains("control character"), "{}", refused.err);
}

#[test]
fn a_mapping_of_header_fields_alone_beats_the_usual_names() {
    let home = Home::new();
    let row = r#"{"ts":1793613600,"model":"gpt-4o","input_tokens":10,"output_tokens":5,"user":"bot","ctx":{"uid":"alice"}}"#;
    home.write("rows.jsonl", row);
    let usual = home.json("report --by user rows.jsonl");
    assert_eq!(usual["rows"][0]["user"], "bot");
    let mapped = home.json("report --by user rows.jsonl --map user=/ctx/uid");
    assert_eq!(mapped["rows"][0]["user"], "alice");
    home.ok("inspect rows.jsonl --map user=/ctx/uid --save own");
    let kept = home.json("report --by user rows.jsonl");
    assert_eq!(kept["rows"][0]["user"], "alice");
}

#[test]
fn a_bare_body_takes_a_mapping_too() {
    let home = Home::new();
    let body = chat(1, "gpt-4o-2024-08-06")
        .replace("\"object\"", "\"metadata\":{\"who\":\"carol\"},\"object\"");
    home.write("bodies.jsonl", body);
    let report = home.json("report --by user bodies.jsonl --map user=/metadata/who");
    assert_eq!(report["rows"][0]["user"], "carol");
}

#[test]
fn samples_are_tests_and_a_wrong_one_fails() {
    let home = Home::new();
    let format = r#"
[[format]]
name = "acme"
when = ["/svc = acme"]
input = "/n/i"
output = "/n/o"
model = "/m"
tag.feature = "/meta/feature"
[[format.sample]]
line = '{"svc":"acme","m":"gpt-4o","n":{"i":10,"o":20},"meta":{"feature":"chat"}}'
expect = { model = "gpt-4o", input = 10, output = 20, "tag.feature" = "chat" }
"#;
    home.write("good.toml", format);
    assert!(
        home.ok("formats test good.toml")
            .contains("ok      acme  1 sample")
    );
    home.write("bad.toml", format.replace("output = 20", "output = 21"));
    let bad = home.run("formats test bad.toml");
    assert_eq!(bad.code, 1);
    assert!(
        bad.out.contains("output should be 21 and is 20"),
        "{}",
        bad.out
    );
    home.write(
        "log.jsonl",
        r#"{"svc":"acme","m":"gpt-4o","n":{"i":1,"o":2}}"#,
    );
    let report = home.json("report --by model log.jsonl --formats good.toml");
    assert_eq!(report["rows"][0]["input_tokens"], "1");
}

#[test]
fn what_cannot_be_used_is_said() {
    let home = Home::new();
    home.write("app.jsonl", OWN);
    for (command, what) in [
        (
            "inspect app.jsonl --map usr=/ctx/uid",
            "nothing has the name usr",
        ),
        ("inspect app.jsonl --map user", "no NAME=PLACE"),
        ("inspect app.jsonl --save x", "there is no --map"),
        ("inspect missing.jsonl", "missing.jsonl"),
        ("formats show nothing.like.it", "no format has the name"),
        ("report app.jsonl --formats missing.toml", "missing.toml"),
    ] {
        let answer = home.run(command);
        assert_eq!(answer.code, 2, "{command}: {}", answer.out);
        assert!(answer.err.contains(what), "{command}: {}", answer.err);
    }
    home.write(
        "wrong.toml",
        "[[format]]\nname = \"a\"\nwhen = [\"/a\"]\nnonsense = \"/b\"\n",
    );
    let answer = home.run("report app.jsonl --formats wrong.toml");
    assert!(
        answer
            .err
            .contains("format a: nothing has the name nonsense"),
        "{}",
        answer.err
    );
}

#[test]
fn exports_in_csv_are_rows() {
    let home = Home::new();
    home.write("usage.csv", "Date;Model;Input Tokens;Output Tokens;User\n2026-11-02;claude-haiku-4-5;1000;100;alice\n2026-11-03;claude-haiku-4-5;2000;100;bob\n");
    let report = home.json("report --by user usage.csv");
    assert_eq!(report["rows"][1]["user"], "alice");
    assert_eq!(report["rows"][1]["input_tokens"], "1000");
    home.ok("ingest usage.csv");
    assert_eq!(home.records()[0]["source"]["line"], 2);
}

#[test]
fn a_name_that_is_too_long_is_left_out_and_told() {
    let home = Home::new();
    let row = |user: &str| {
        format!(
            r#"{{"ts":"2026-11-02T10:00:00Z","model":"gpt-4o","input_tokens":1,"output_tokens":2,"user_id":"{user}","metadata":{{"team":"red"}}}}"#
        )
    };
    let long = "x".repeat(129);
    let rows = [
        row(&long),
        row("u1"),
        row(&long),
        row("What is a text, and why?"),
    ];
    home.write("app.jsonl", rows.join("\n"));
    let warning = "user_id at /user_id is longer than 128 characters and not kept";
    let run = home.json("ingest app.jsonl");
    let warnings = run["warnings"].as_array().unwrap();
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert_eq!(warnings[1]["line"], 3);
    assert_eq!(warnings[1]["detail"], warning);
    let seen = home.ok("inspect app.jsonl");
    assert!(
        seen.contains(&format!("2 with a warning: {warning}")),
        "{seen}"
    );
    assert_eq!(home.json("inspect app.jsonl")["warnings"][warning], 2);
}

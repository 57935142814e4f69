//! Text that is no JSON, half of it, or more of it than anybody wants.

use crate::call;
use crate::home::{Home, counts, reasons};

/// Every file is read beside a good one, which must survive.
fn beside_a_good_one(bytes: &[u8]) -> [u64; 5] {
    let home = Home::new();
    home.write("logs/good.jsonl", format!("{}\n{}\n", call(1), call(2)));
    home.write("logs/odd.jsonl", bytes);
    let outcome = home.json("ingest logs");
    assert_eq!(home.records().len(), 2, "{outcome:#}");
    let text = home.run("ingest logs");
    assert!(!text.out.contains("CANARY") && !text.err.contains("CANARY"));
    assert!(!outcome.to_string().contains("CANARY"));
    counts(&outcome)
}

#[test]
fn unknown_and_broken_texts_are_counted_and_hurt_nobody() {
    let binary: Vec<u8> = (0..=255_u8).cycle().take(70_000).collect();
    let zeros = vec![0_u8; 5_000];
    // ignored, rejected
    let cases: [(&str, &[u8], [u64; 2]); 13] = [
        ("an unknown object", br#"{"hello":"CANARY"}"#, [1, 0]),
        ("half an object", br#"{"hello":"CANARY","#, [0, 0]),
        (
            "a broken line",
            b"{\"hello\":\"CANARY\"\n{\"a\":1}\n",
            [1, 1],
        ),
        ("only quotes", b"\"\"\"\"\"\n", [1, 0]),
        ("nothing", b"", [1, 0]),
        ("blank", b"\n\n \t \r\n", [1, 0]),
        ("prose", b"CANARY is what it says\nand more of it\n", [1, 0]),
        ("a scalar", b"42\n", [1, 0]),
        ("an empty array", b"[]", [1, 0]),
        ("an empty object", b"{}", [1, 0]),
        ("two values in a line", br#"{"a":1},{"b":2}"#, [2, 0]),
        // No logs: a walk passes them by.
        ("binary", &binary, [0, 0]),
        ("zeros", &zeros, [0, 0]),
    ];
    for (name, bytes, [ignored, rejected]) in cases {
        let counts = beside_a_good_one(bytes);
        assert_eq!(counts, [2, 0, 0, ignored, rejected], "{name}");
    }
}

#[test]
fn a_binary_file_that_was_named_is_rejected() {
    let home = Home::new();
    let bytes: Vec<u8> = (0..=255_u8).cycle().take(70_000).collect();
    let outcome = home.ingest("odd.jsonl", bytes);
    assert_eq!(counts(&outcome), [0, 0, 0, 0, 1], "{outcome:#}");
    assert_eq!(reasons(&outcome), ["is binary"]);
}

#[test]
fn usage_in_a_shape_that_nobody_reads_is_rejected_with_its_field() {
    let home = Home::new();
    let outcome = home.ingest(
        "odd.jsonl",
        r#"{"vendor":"x","usage":{"input_tokens":5},"text":"CANARY"}"#,
    );
    assert_eq!(counts(&outcome), [0, 0, 0, 0, 1], "{outcome:#}");
    assert!(
        outcome["rejects"][0]["reason"]
            .as_str()
            .unwrap()
            .contains("usage")
    );
}

#[test]
fn a_million_brackets_in_a_field_that_nobody_reads_are_passed_over() {
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        let deep = open.repeat(1_000_000) + "1" + &close.repeat(1_000_000);
        let body = call(3).replace(r#""content":"CANARY""#, &format!(r#""content":{deep}"#));
        let home = Home::new();
        let outcome = home.ingest("log.jsonl", format!("{}\n{body}\n{}\n", call(1), call(2)));
        assert_eq!(counts(&outcome), [3, 0, 0, 0, 0], "{outcome:#}");
    }
    let home = Home::new();
    let never_closed = "[".repeat(1_000_000);
    let outcome = home.ingest(
        "log.jsonl",
        format!("{}\n{never_closed}\n{}\n", call(1), call(2)),
    );
    assert_eq!(counts(&outcome), [2, 0, 0, 0, 1], "{outcome:#}");
}

#[test]
fn a_count_that_stands_twice_is_taken_where_both_agree_and_refused_otherwise() {
    for (second, rejected) in [("1000", 0), ("2000", 1)] {
        let twice = format!(r#""prompt_tokens":1000,"prompt_tokens":{second}"#);
        let body = call(3).replace(r#""prompt_tokens":1000"#, &twice);
        let home = Home::new();
        let outcome = home.ingest("log.jsonl", format!("{}\n{body}\n", call(1)));
        assert_eq!(
            counts(&outcome),
            [2 - rejected, 0, 0, 0, rejected],
            "{outcome:#}"
        );
        if rejected == 1 {
            let reason = "usage.prompt_tokens: stands twice with different values";
            assert_eq!(reasons(&outcome), [reason]);
        }
    }
}

#[test]
fn lone_surrogates_and_zeros_in_strings_are_harmless() {
    let ill = [r"\ud800", r"\udc00\ud800", r"\u0000", r"\ud83d", r"\uFFFF"];
    for letters in ill {
        let home = Home::new();
        let body = call(3).replace("CANARY", letters);
        let model = call(4).replace("gpt-4o-2024-08-06", &format!("gpt{letters}"));
        let log = format!("{}\n{body}\n{model}\n", call(1));
        let outcome = home.ingest("log.jsonl", log);
        assert_eq!(counts(&outcome), [3, 0, 0, 0, 0], "{letters}: {outcome:#}");
        for format in ["table", "csv", "json", "jsonl", "markdown", "html"] {
            let text = home.ok(&format!("report --by model --format {format}"));
            assert!(!text.contains('\0'));
        }
    }
}

#[test]
fn names_cannot_act_in_a_terminal() {
    let body = call(3).replace(
        "gpt-4o-2024-08-06",
        r"\u001b[31mred\u001b]0;title\u0007\u202e",
    );
    let home = Home::new();
    home.write("log.jsonl", body);
    for line in [
        "ingest log.jsonl",
        "report",
        "records",
        "explain chatcmpl-00000003",
    ] {
        let answer = home.run(line);
        let all = format!("{}{}", answer.out, answer.err);
        assert!(
            !all.contains(['\u{1b}', '\u{7}', '\u{202e}']),
            "{line}: {all:?}"
        );
    }
}

#[test]
fn bytes_that_are_no_utf8_are_replaced_and_said() {
    let mut log = format!("{}\n", call(1)).into_bytes();
    log.extend(
        call(3)
            .replace("gpt-4o-2024-08-06", "@@")
            .bytes()
            .map(|byte| if byte == b'@' { 0xff } else { byte }),
    );
    log.extend(format!("\n{}\n", call(2)).bytes());
    let home = Home::new();
    let outcome = home.ingest("log.jsonl", log);
    assert_eq!(counts(&outcome), [3, 0, 0, 0, 0], "{outcome:#}");
    assert_eq!(outcome["warnings"][0]["kind"], "invalid-text");
}

#[test]
fn utf16_is_read_as_what_it_says() {
    let text = format!("{}\n{}\n", call(1), call(2));
    let big: Vec<u8> = [0xfe, 0xff]
        .into_iter()
        .chain(text.encode_utf16().flat_map(u16::to_be_bytes))
        .collect();
    let home = Home::new();
    assert_eq!(counts(&home.ingest("big.jsonl", big))[0], 2);
    let odd = [&[0xff, 0xfe][..], &text.as_bytes()[..101]].concat();
    let outcome = home.ingest("odd.jsonl", odd);
    assert_eq!(counts(&outcome)[0], 0, "{outcome:#}");
}

#[test]
fn a_half_written_last_line_waits_until_it_is_whole() {
    let home = Home::new();
    let third = call(3);
    let (half, rest) = third.split_at(200);
    let outcome = home.ingest("log.jsonl", format!("{}\n{}\n{half}", call(1), call(2)));
    assert_eq!(counts(&outcome), [2, 0, 0, 0, 0], "{outcome:#}");
    assert_eq!(outcome["pending"], 1);
    let text = home.ok("ingest log.jsonl");
    assert!(
        text.contains("pending") && text.contains("log.jsonl:3"),
        "{text}"
    );
    let outcome = home.ingest(
        "log.jsonl",
        format!("{}\n{}\n{half}{rest}\n", call(1), call(2)),
    );
    // The first two lines are not read again.
    assert_eq!(counts(&outcome), [1, 0, 0, 0, 0], "{outcome:#}");
    assert_eq!(outcome["pending"], 0);
    assert_eq!(home.records().len(), 3);
    assert_eq!(home.json("ingest --strict log.jsonl")["committed"], true);
}

#[test]
fn a_line_longer_than_any_buffer_is_read() {
    let long = call(3).replace("CANARY", &"CANARY ".repeat(3_000_000));
    let home = Home::new();
    let outcome = home.ingest("log.jsonl", format!("{}\n{long}\n{}\n", call(1), call(2)));
    assert_eq!(counts(&outcome), [3, 0, 0, 0, 0], "{outcome:#}");
}

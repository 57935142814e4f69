//! JSON that is deep, long, odd or none.

use super::cases::{CANARY, Case, call, call_of, lines};

/// A call whose content is something else than its text.
fn with_content(n: u32, content: &str) -> String {
    call(n).replace(&format!("\"{CANARY}\""), content)
}

pub fn texts() -> Vec<Case> {
    let content = |name: &str, text: &str, rejected: u64| {
        let log = lines(&[&call(1), &with_content(2, text), &call(3)]);
        Case::new(
            format!("json-{name}"),
            log,
            [3 - rejected, 0, 0, 0, rejected, 0],
        )
    };
    let line = |name: &str, odd: &str, wanted: [u64; 6]| {
        Case::new(
            format!("json-{name}"),
            lines(&[&call(1), odd, &call(3)]),
            wanted,
        )
    };
    let million = 1_000_000;
    let keys: String = (0..50_000).map(|n| format!("\"k{n}\":{n},")).collect();
    let more_keys: String = (0..300_000).map(|n| format!("\"{n}\":0,")).collect();
    let usage_keys: String = (0..5_000).map(|n| format!("\"k{n}\":{n},")).collect();
    let choices = |one: &str| {
        let many = one.repeat(4 << 20);
        call(2).replace("\"choices\":[", &format!("\"choices\":[{many}"))
    };
    let usage = call(2).replace("\"usage\":{", &format!("\"usage\":{{{usage_keys}"));
    let long_usage = call(2).replace(
        "\"usage\":{",
        &format!("\"usage\":{{\"note\":\"{}\",", CANARY.repeat(200_000)),
    );
    vec![
        content(
            "deep-arrays",
            &("[".repeat(million) + &"]".repeat(million)),
            0,
        ),
        content(
            "deep-objects",
            &("{\"a\":".repeat(200_000) + "1" + &"}".repeat(200_000)),
            0,
        ),
        line("open-brackets", &"[".repeat(million), [2, 0, 0, 0, 1, 0]),
        line(
            "open-braces",
            &"{\"a\":".repeat(200_000),
            [2, 0, 0, 0, 1, 0],
        ),
        content("lone-surrogate", r#""\ud800""#, 0),
        content("surrogates-turned", r#""\udc00\ud800""#, 0),
        content("escaped-zero", r#""\u0000""#, 0),
        content("bad-escape", r#""\x41""#, 1),
        content("bare-control", "\"\u{1}\"", 1),
        content("single-quotes", "'x'", 1),
        content("trailing-comma", "[1,]", 1),
        content("comment", "/* x */ 1", 1),
        content("huge-number", &"9".repeat(100_000), 0),
        content("huge-exponent", "1e999999999999", 0),
        content("many-keys", &format!("{{{keys}\"z\":0}}"), 0),
        content("more-keys", &format!("{{{more_keys}\"z\":0}}"), 0),
        line(
            "more-keys-beside-usage",
            &call(2).replacen('{', &format!("{{{more_keys}"), 1),
            [2, 0, 0, 0, 1, 0],
        ),
        line(
            "name-that-is-no-text",
            &call(2).replacen('{', r#"{"\ud800":0,"#, 1),
            [2, 0, 0, 0, 1, 0],
        ),
        line("many-numbers", &choices("1,"), [3, 0, 0, 0, 0, 0]),
        line("many-objects", &choices("{},"), [2, 0, 0, 0, 1, 0]),
        content("same-key-twice", r#"{"a":1,"a":2}"#, 0),
        content(
            "eight-megabytes",
            &format!("\"{}\"", "CANARY! ".repeat(1_000_000)),
            0,
        ),
        content("json-in-text", &format!("{:?}", call(9)), 0),
        line(
            "count-twice-alike",
            &call_of(2, "gpt-4o-2024-08-06", "7,\"prompt_tokens\":7"),
            [3, 0, 0, 0, 0, 0],
        ),
        line(
            "count-twice",
            &call_of(2, "gpt-4o-2024-08-06", "7,\"prompt_tokens\":8"),
            [2, 0, 0, 0, 1, 0],
        ),
        line(
            "escaped-key",
            &call(2).replace("\"usage\"", "\"us\\u0061ge\""),
            [3, 0, 0, 0, 0, 0],
        ),
        line("many-usage-keys", &usage, [3, 0, 0, 0, 0, 0]),
        line("long-usage", &long_usage, [3, 0, 0, 0, 0, 0]),
        line("literals", "{\"a\":nul}", [2, 0, 0, 0, 1, 0]),
        line(
            "usage-is-a-list",
            &call(2)
                .replace("\"usage\":{", "\"usage\":[{")
                .replace("}}", "}]}"),
            [2, 0, 0, 0, 1, 0],
        ),
        line(
            "usage-is-text",
            "{\"model\":\"m\",\"usage\":\"CANARY\"}",
            [2, 0, 0, 1, 0, 0],
        ),
        line(
            "unknown-usage",
            "{\"vendor\":\"x\",\"usage\":{\"input_tokens\":5},\"text\":\"CANARY\"}",
            [2, 0, 0, 0, 1, 0],
        ),
        line(
            "decoy-in-a-prompt",
            &format!("{{\"prompt\":{}}}", call(9)),
            [2, 0, 0, 1, 0, 0],
        ),
        // Invalid bytes in a text are replaced and warned of.
        Case::new(
            "json-invalid-utf8",
            [
                lines(&[&call(1)]).as_bytes(),
                &lines(&[&call(2)])
                    .bytes()
                    .map(|b| if b == b'Y' { 0xff } else { b })
                    .collect::<Vec<u8>>(),
            ]
            .concat(),
            [2, 0, 0, 0, 0, 0],
        ),
    ]
}

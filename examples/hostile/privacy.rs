//! Names that attack whoever reads them, and secrets where they do not belong.

use super::cases::{CANARY, Case, call, call_of, lines};

/// What an attacker calls a model: for spreadsheets, terminals, browsers, wikis, shells.
pub const NAMES: [&str; 36] = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\0=1",
    " =1",
    "＝1+1",
    "＋1",
    "＠x",
    "=HYPERLINK(\"http://x.example\",\"y\")",
    "a,b\"c\"\r\nd",
    "\u{1b}[31mred\u{1b}[0m",
    "\u{1b}]8;;http://x.example\u{7}link\u{1b}]8;;\u{7}",
    "\u{1b}]52;c;aGk=\u{7}",
    "\u{1b}]0;title\u{7}",
    "\u{1b}P+q544e\u{1b}\\",
    "\u{9b}2J",
    "safe\rgone",
    "two\nrows",
    "\u{202e}gpj.exe",
    "zero\u{200b}width",
    "tag\u{e0041}",
    "\u{2028}line",
    "<script>alert(1)</script>",
    "</td><img src=x onerror=alert(1)>",
    "\" onmouseover=\"x",
    "<svg/onload=alert(1)>",
    "a|b",
    "[x](javascript:alert(1))",
    "`code`",
    "'; DROP TABLE usage;--",
    "../../etc/passwd",
    "%s%n{}${HOME}",
];

pub fn names() -> Vec<Case> {
    let case = |(n, name): (usize, &&str)| {
        let quoted = serde_json::to_string(name).unwrap();
        let log = lines(&[&call_of(1, quoted.trim_matches('"'), "1000")]);
        Case::new(format!("output-{n:02}"), log, [1, 0, 0, 0, 0, 0])
    };
    // A name in quotes would lose its own.
    let quoted = |(n, name): (usize, &&str)| {
        let quoted = serde_json::to_string(name).unwrap();
        let text = call(1).replace("\"gpt-4o-2024-08-06\"", &quoted);
        Case::new(
            format!("output-{n:02}"),
            lines(&[&text]),
            [1, 0, 0, 0, 0, 0],
        )
    };
    let cases = NAMES.iter().enumerate();
    cases
        .map(|named| {
            if named.1.contains('"') {
                quoted(named)
            } else {
                case(named)
            }
        })
        .collect()
}

/// Strings that look like keys; none is one.
pub const SECRETS: [&str; 6] = [
    "sk-ant-api03-FAKEfakeFAKEfakeFAKEfakeFAKE",
    "sk-proj-FAKEfakeFAKEfakeFAKEfake1234567890",
    "AKIAFAKEFAKEFAKEFAKE",
    "ghp_FAKEfakeFAKEfakeFAKEfakeFAKEfake1234",
    "Bearer FAKEfakeFAKEfakeFAKEfake.FAKE",
    "hunter2FAKE",
];

pub fn secrets() -> Vec<Case> {
    let [anthropic, openai, amazon, github, bearer, password] = SECRETS;
    let error = |message: &str| {
        let message = serde_json::to_string(message).unwrap();
        format!(
            r#"{{"error":{{"message":{message},"type":"invalid_request_error","param":null,"code":"invalid_api_key"}}}}"#
        )
    };
    let cut = format!("{}\u{1f600}\u{1f600}{}", "x".repeat(497), "y".repeat(600));
    let log = |name: &str, text: String, wanted: [u64; 6]| {
        Case::new(format!("privacy-{name}"), text, wanted)
    };
    let one = [1, 0, 0, 0, 0, 0];
    vec![
        log(
            "key-in-an-error",
            error(&format!("Incorrect API key provided: {openai}.")),
            one,
        ),
        log(
            "keys-in-an-error",
            error(&format!("{anthropic} {amazon} {github} {bearer}")),
            one,
        ),
        log(
            "prompt-in-an-error",
            error(&format!("Invalid 'messages[0]': \"{CANARY}\" is too long")),
            one,
        ),
        log(
            "address-in-an-error",
            error(&format!(
                "cannot reach https://user:{password}@x.example/v1?key={openai}"
            )),
            one,
        ),
        log("letter-at-the-cut", error(&cut), one),
        log(
            "headers-beside",
            format!(
                r#"{{"request":{{"url":"https://api.openai.com/v1/chat/completions?api_key={openai}","headers":{{"authorization":"{bearer}"}},"body":{{"messages":[{{"role":"user","content":"{CANARY}"}}]}}}},"response":{}}}"#,
                call(1)
            ) + "\n",
            one,
        ),
        log(
            "canary-in-a-broken-line",
            lines(&[
                &call(1),
                &format!("{{\"text\":\"{CANARY} {openai}"),
                &call(2),
            ]),
            [2, 0, 0, 0, 1, 0],
        ),
        log(
            "canary-as-a-count",
            lines(&[&call_of(1, "gpt-4o-2024-08-06", &format!("\"{CANARY}\""))]),
            [0, 0, 0, 0, 1, 0],
        ),
        log(
            "canary-as-a-key",
            lines(&[&call(1).replace(
                "\"usage\":{",
                &format!("\"usage\":{{\"{CANARY} {openai}\":1,"),
            )]),
            one,
        ),
        log(
            "canary-as-a-usage-text",
            lines(&[&call(1).replace(
                "\"usage\":{",
                &format!("\"usage\":{{\"note\":\"{CANARY}\","),
            )]),
            one,
        ),
        log(
            "prompt-as-a-log-line",
            lines(&[
                &format!("{{\"level\":\"debug\",\"prompt\":\"{CANARY}\",\"answer\":\"{CANARY}\"}}"),
                &call(1),
            ]),
            [1, 0, 0, 1, 0, 0],
        ),
    ]
}

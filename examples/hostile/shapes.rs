//! Framing: where records begin and end; and files that are not what their names say.

use super::cases::{CANARY, Case, Special, call, lines};

/// Good lines around an odd one.
fn around(name: &str, odd: &[u8], wanted: [u64; 6]) -> Case {
    let mut bytes = lines(&[&call(1)]).into_bytes();
    bytes.extend(odd);
    bytes.extend(lines(&[&call(2)]).into_bytes());
    Case::new(format!("framing-{name}"), bytes, wanted)
}

fn utf16(text: &str, big: bool) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units
        .flat_map(|unit| {
            if big {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        })
        .collect()
}

fn chunk(rest: &str) -> String {
    format!(
        r#"data: {{"id":"chatcmpl-STREAMq3vUz8Sb1WgYxMc7","object":"chat.completion.chunk","created":1793613600,"model":"gpt-4o-2024-08-06",{rest}}}"#
    )
}

fn stream() -> [String; 3] {
    [
        chunk(&format!(
            r#""choices":[{{"index":0,"delta":{{"content":"{CANARY}"}},"finish_reason":null}}]"#
        )),
        chunk(r#""choices":[{"index":0,"delta":{},"finish_reason":"stop"}]"#),
        chunk(
            r#""choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}"#,
        ),
    ]
}

pub fn framing() -> Vec<Case> {
    let two = lines(&[&call(1), &call(2)]);
    let third = call(3);
    let half = &third[..200];
    let new = |count| [count, 0, 0, 0, 0, 0];
    let named =
        |name: &str, bytes: Vec<u8>, wanted| Case::new(format!("framing-{name}"), bytes, wanted);
    let [first, second, last] = stream();
    let pretty = call(1).replace(",\"", ",\n  \"");
    let inside = third.find(CANARY).unwrap();
    let letter = [&third.as_bytes()[..inside], "é".as_bytes().split_at(1).0].concat();
    vec![
        named(
            "half-last-line",
            (two.clone() + half).into(),
            [2, 0, 0, 0, 0, 1],
        ),
        named("no-last-line-end", two.trim_end().into(), new(2)),
        named(
            "cut-inside-a-letter",
            [two.as_bytes(), &letter].concat(),
            [2, 0, 0, 0, 0, 1],
        ),
        named("crlf", two.replace('\n', "\r\n").into(), new(2)),
        named("mark-at-the-start", format!("\u{feff}{two}").into(), new(2)),
        around(
            "mark-in-the-middle",
            format!("\u{feff}{}\n", call(3)).as_bytes(),
            new(3),
        ),
        named("utf16-little", utf16(&two, false), new(2)),
        named("utf16-big", utf16(&two, true), new(2)),
        around("empty-lines", b"\n\n  \t\n\r\n", new(2)),
        around(
            "record-separators",
            format!("\u{1e}{}\n", call(3)).as_bytes(),
            new(3),
        ),
        around(
            "two-on-a-line",
            format!("{}{}\n", call(3), call(4)).as_bytes(),
            new(4),
        ),
        around(
            "interleaved-writers",
            format!("{half}{}\n", call(4)).as_bytes(),
            [2, 0, 0, 0, 1, 0],
        ),
        around(
            "broken-line",
            format!("{half}\n").as_bytes(),
            [2, 0, 0, 0, 1, 0],
        ),
        around("broken-text", b"{\"text\":\"CANARY\n", [2, 0, 0, 0, 1, 0]),
        around("prose", b"starting up CANARY\n", [2, 0, 0, 0, 1, 0]),
        around("a-scalar", b"42\n", [2, 0, 0, 0, 1, 0]),
        around(
            "nul-line",
            &[vec![0; 500], b"\n".to_vec()].concat(),
            [2, 0, 0, 0, 1, 0],
        ),
        // What a power cut leaves: a writer goes on behind the hole.
        around(
            "nul-hole",
            &[vec![0; 4096], lines(&[&call(3)]).into()].concat(),
            [3, 0, 0, 0, 1, 0],
        ),
        named(
            "nul-tail",
            [two.as_bytes(), &[0; 4096]].concat(),
            [2, 0, 0, 0, 1, 0],
        ),
        named("array", format!("[{},{}]", call(1), call(2)).into(), new(2)),
        named(
            "array-cut-off",
            format!("[{},{half}", call(1)).into(),
            [1, 0, 0, 0, 0, 1],
        ),
        named(
            "pretty",
            format!("{pretty}\n{pretty}\n").into(),
            [1, 1, 0, 0, 0, 0],
        ),
        Case::named(
            "framing-stream",
            "log.sse",
            format!(
                ": comment\n\nevent: x\nid: 7\n{first}\n\n{second}\r\n\r\n{last}\n\ndata: [DONE]\n\n"
            ),
            new(1),
        ),
        Case::named(
            "framing-stream-of-several-lines",
            "log.sse",
            format!(
                "{first}\n\n{second}\n\n{}\n\n",
                last.replace(",\"usage\"", ",\ndata: \"usage\"")
            ),
            new(1),
        ),
        // What it used is not known yet: a call of unknown usage, never one of none.
        Case::named(
            "framing-stream-cut-off",
            "log.sse",
            format!("{first}\n\n"),
            new(1),
        ),
        named("nothing", Vec::new(), [0, 0, 0, 1, 0, 0]),
    ]
}

pub fn files() -> Vec<Case> {
    let one = lines(&[&call(1)]);
    let noise: Vec<u8> = (0..70_000_u32)
        .map(|n| u8::try_from((n.wrapping_mul(2_654_435_761) >> 13) & 255).unwrap())
        .collect();
    vec![
        Case::named(
            "files-odd-names",
            "-rf.jsonl",
            one.clone(),
            [6, 0, 0, 0, 0, 0],
        )
        .and("a b\tc.jsonl", lines(&[&call(2)]))
        .and("\u{1b}[31m.jsonl", lines(&[&call(3)]))
        .and("$(touch x).jsonl", lines(&[&call(4)]))
        .and("*.jsonl", lines(&[&call(5)]))
        .and("%n%s\u{202e}.jsonl", lines(&[&call(6)])),
        Case::named(
            "files-same-twice",
            "a.jsonl",
            one.clone(),
            [1, 1, 0, 0, 0, 0],
        )
        .and("b/c/d.jsonl", one.clone()),
        Case::named(
            "files-noise",
            "noise.bin",
            noise.clone(),
            [1, 0, 0, 0, 0, 0],
        )
        .and("log.jsonl", one.clone()),
        Case::named(
            "files-noise-as-a-log",
            "noise.jsonl",
            [b"{", &noise[..]].concat(),
            [1, 0, 0, 0, 1, 0],
        )
        .and("log.jsonl", one.clone()),
        Case::named(
            "files-database-by-name",
            "x.jsonl",
            [b"SQLite format 3\0".as_slice(), &noise].concat(),
            [1, 0, 0, 0, 0, 0],
        )
        .and("log.jsonl", one.clone()),
        Case::named("files-picture-by-name", "x.png", one.clone(), [0; 6]),
        Case::named(
            "files-long-name",
            &format!("{}.jsonl", "n".repeat(240)),
            one.clone(),
            [1, 0, 0, 0, 0, 0],
        ),
        Case::named(
            "files-deep-folder",
            &format!("{}log.jsonl", "d/".repeat(200)),
            one,
            [1, 0, 0, 0, 0, 0],
        ),
    ]
}

/// Recorded exchanges in YAML: what a parser of YAML can be made to do.
pub fn recordings() -> Vec<Case> {
    let exchange = |n: u32| {
        let call = call(n);
        format!(
            "- request:\n    method: POST\n    uri: https://api.openai.com/v1/chat/completions\n    body: null\n  \
             response:\n    status: {{code: 200, message: OK}}\n    body:\n      string: '{call}'\n"
        )
    };
    let good = format!("interactions:\n{}", exchange(1));
    let level = |n: u32| {
        let before = vec![format!("*a{}", n - 1); 9].join(", ");
        format!("  a{n}: &a{n} [{before}]\n")
    };
    let bomb: String = (1..12).map(level).collect();
    // In a folder, what cannot be read is passed over, and said so.
    let (read, refused) = ([1, 0, 0, 0, 0, 0], [0; 6]);
    let cases = [
        (
            "alias-bomb",
            format!("{good}bomb:\n  a0: &a0 [x, x, x, x]\n{bomb}"),
            refused,
        ),
        ("alias-of-itself", format!("{good}me: &me [*me]\n"), read),
        (
            "merge-key",
            format!("{good}base: &b {{x: 1}}\nother: {{<<: *b}}\n"),
            read,
        ),
        (
            "tag-of-a-program",
            format!("{good}t: !!python/object/apply:os.system ['x']\n"),
            read,
        ),
        (
            "octal-and-norway",
            good.replace("200", "0o310") + "no: NO\n",
            read,
        ),
        (
            "two-documents",
            format!("{good}---\ninteractions:\n{}", exchange(2)),
            [2, 0, 0, 0, 0, 0],
        ),
        (
            "deep",
            format!("{good}deep: {}{}\n", "[".repeat(20_000), "]".repeat(20_000)),
            refused,
        ),
        (
            "open-brackets",
            format!("{good}deep: {}\n", "[".repeat(100_000)),
            refused,
        ),
        ("unclosed", format!("{good}x: 'never\n"), refused),
        ("tab", format!("{good}\tx: 1\n"), refused),
        ("cut", good[..good.len() - 40].to_owned(), refused),
    ];
    let case =
        |(name, text, wanted)| Case::named(format!("yaml-{name}"), "cassette.log", text, wanted);
    cases.into_iter().map(case).collect()
}

/// What is no file beside a log: never opened, never waited for.
pub fn special() -> Vec<Case> {
    let kinds = [
        ("pipe", Special::Pipe),
        ("socket", Special::Socket),
        ("zeros-without-end", Special::Link("/dev/zero")),
        ("terminal", Special::Link("/dev/tty")),
        ("memory", Special::Link("/dev/mem")),
        ("processes", Special::Link("/proc")),
        ("itself", Special::Link("x.jsonl")),
    ];
    let case = |(name, special)| Case {
        special: Some(("x.jsonl".to_owned(), special)),
        ..Case::new(
            format!("special-{name}"),
            lines(&[&call(1)]),
            [1, 0, 0, 0, 0, 0],
        )
    };
    kinds.into_iter().map(case).collect()
}

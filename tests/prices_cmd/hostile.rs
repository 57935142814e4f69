//! Books that somebody wrote to do harm, or in haste: refused with a clear message, at once.

use std::time::{Duration, Instant};

use super::binary::Home;
use super::book;
use super::home::Answer;

fn priced(rates: &str) -> String {
    book(&format!(
        "  - id: a/b\n    match: [b]\n    prices:\n      - {{source: [page], {rates}}}\n"
    ))
}

/// Each level names the one before nine times.
fn bomb(prefix: &str) -> String {
    let mut text = format!("{prefix}models:\n  m0: &m0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let before = format!("*m{}", level - 1);
        let all = vec![before; 9].join(", ");
        text = format!("{text}  m{level}: &m{level} [{all}]\n");
    }
    text
}

fn nested(prefix: &str) -> String {
    format!(
        "{prefix}models: {}{}\n",
        "[".repeat(20_000),
        "]".repeat(20_000)
    )
}

/// Expressions that look alike for a long time.
fn bombs() -> String {
    let one =
        |n: u32| format!("  - {{id: a/m{n}, regex: ['(a|b|c|d)*x{{300}}y{{{n}}}'], prices: []}}\n");
    book(&(1..300).map(one).collect::<String>())
}

/// Runs a command that must end within a second; a machine that is busy may try again.
fn at_once(home: &Home, args: &[&str], what: &str) -> Answer {
    for _ in 0..8 {
        let began = Instant::now();
        let ran = home.run(args);
        if began.elapsed() < Duration::from_secs(1) {
            return ran;
        }
    }
    panic!("{what} takes more than a second");
}

/// None of these fits a name that the first fits, which takes a while to see of each.
fn stars() -> String {
    let one = |n: usize| {
        let text = "b".repeat(100) + &"?".repeat(n);
        format!("  - {{id: a/m{n}, match: ['{text}'], prices: []}}\n")
    };
    let first = format!(
        "  - {{id: a/m0, match: ['{}'], prices: []}}\n",
        "*a".repeat(100)
    );
    book(&(first + &(1..50).map(one).collect::<String>()))
}

/// What it is, the rates, and what is said of them.
const RATES: &[(&str, &str, &str)] = &[
    (
        "not a number",
        "per_1m: {input: .nan}",
        "not a decimal number",
    ),
    ("infinity", "per_1m: {input: .inf}", "not a decimal number"),
    ("below zero", "per_1m: {input: -1}", "below zero"),
    (
        "a factor of no number",
        "each: {image: 1}, rules: [{if: {geo: [x]}, times: {image: .nan}}]",
        "not a decimal number",
    ),
    (
        "another script",
        "per_1m: {input: ١٢}",
        "not a decimal number",
    ),
    ("full width", "per_1m: {input: １}", "not a decimal number"),
    (
        "an exponent of death",
        "per_1m: {input: 1e999999999}",
        "too large",
    ),
    (
        "an exponent of dust",
        "per_1m: {input: 1e-999999999}",
        "more digits",
    ),
    (
        "an exponent beyond integers",
        "per_1m: {input: 1e99999999999999999999}",
        "too large",
    ),
    ("a key twice", "per_1m: {input: 1, input: 2}", "duplicate"),
    (
        "an unknown unit",
        "per_10m: {input: 1}",
        "unknown field `per_10m`",
    ),
    (
        "a token by the minute",
        "per_minute: {input: 1}",
        "input counts tokens, which per_minute is not for",
    ),
    ("a number for a map", "per_1m: 3", "expected mapping"),
    ("nothing for a number", "per_1m: {input: }", "null"),
    ("a tag", "each: {image: !odd 1}", "tag"),
    (
        "a tag of a program",
        "each: {image: !!python/object 1}",
        "tag",
    ),
    (
        "a number in base64",
        "each: {image: !!binary MQ==}",
        "not a decimal number",
    ),
];

/// The same with whole lists of models.
fn models() -> Vec<(&'static str, String, &'static str)> {
    let regex = "  - id: a/b\n    regex: ['((a{99}){99}){99}']\n    prices: []\n";
    let merged = "  - &b {id: a/b, match: [b], prices: []}\n  - {<<: *b, id: a/c}\n";
    let repeated = format!(
        "  - &m {{id: a/b, match: [b], prices: [&p {{source: [page]}}{}]}}\n{}",
        ", *p".repeat(900),
        "  - *m\n".repeat(90)
    );
    let baseless = "  - {id: a/b, extends: bundled, prices: []}\n";
    vec![
        ("a regex bomb", book(regex), "too large"),
        ("many regex bombs", bombs(), "too many large ones"),
        ("patterns of stars", stars(), "too many large ones"),
        ("a merge key", book(merged), "merge"),
        ("a bomb of models", book(&repeated), "too complex"),
        (
            "a model that changes nothing",
            book(baseless),
            "does not exist",
        ),
    ]
}

/// The same with whole files.
fn files() -> Vec<(&'static str, String, &'static str)> {
    let format = "format: llmcost-prices/1\n";
    let one = priced("each: {image: 1}");
    let digits = format!("per_1m: {{input: {}}}", "9".repeat(1 << 20));
    let key = format!("{}: {{input: 1}}", "k".repeat(1 << 20));
    vec![
        ("an alias bomb", bomb(format), "expected sequence"),
        ("an older alias bomb", bomb(""), "too complex"),
        ("deep nesting", nested(format), "recursion limit"),
        ("older deep nesting", nested(""), "recursion limit"),
        ("a number of a megabyte", priced(&digits), "digits"),
        ("a key of a megabyte", priced(&key), "unknown field"),
        ("two documents", format!("{one}---\n{one}"), "documents"),
        ("no text", "\u{0}\u{1}\u{2}".to_owned(), "price book"),
        ("nothing", String::new(), "price book"),
    ]
}

#[test]
fn a_hostile_book_is_refused_at_once_with_a_clear_message() {
    let rates = RATES
        .iter()
        .map(|(what, rates, said)| (*what, priced(rates), *said));
    let home = Home::new();
    let path = home.path("bad.yaml");
    for (what, text, said) in rates.chain(models()).chain(files()) {
        let lines = text.lines().count();
        std::fs::write(&path, text).unwrap();
        let args = [
            "quote", "--prices", "bad.yaml", "--model", "b", "--usage", "input=1",
        ];
        let ran = at_once(&home, &args, what);
        assert_eq!(ran.code, 2, "{what}: {}", ran.out);
        assert!(ran.err.contains(said), "{what}: {}", ran.err);
        let place = if lines > 1 { "bad.yaml:" } else { "bad.yaml" };
        assert!(ran.err.contains(place), "{what}: {}", ran.err);
        assert!(ran.err.contains("hint: "), "{what}: {}", ran.err);
        assert!(ran.err.len() < 700, "{what}: {}", ran.err.len());
    }
}

/// A gigabyte is not even read.
#[test]
fn a_book_without_end_is_refused_at_once() {
    let home = Home::new();
    let file = std::fs::File::create(home.path("bad.yaml")).unwrap();
    file.set_len(1 << 30).unwrap();
    for args in [
        &[
            "quote", "--prices", "bad.yaml", "--model", "b", "--usage", "input=1",
        ][..],
        &["prices", "fmt", "bad.yaml"],
        &["prices", "check", "bad.yaml"],
        &["prices", "convert", "bad.yaml"],
    ] {
        let ran = at_once(&home, args, args[0]);
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.err);
        assert!(
            ran.err
                .contains("bad.yaml: this file is larger than 16 MiB"),
            "{args:?}: {}",
            ran.err
        );
    }
}

#[test]
fn a_check_of_a_hostile_book_names_the_line() {
    let home = Home::new();
    std::fs::write(
        home.path("bad.yaml"),
        priced("per_1m: {input: 1, input: 2}"),
    )
    .unwrap();
    let ran = home.run(&["prices", "check", "bad.yaml", "--format", "json"]);
    assert_eq!(ran.code, 1);
    let found: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(found["findings"][0]["line"], 9);
    assert_eq!(found["findings"][0]["kind"], "broken");
}

//! The scanner against serde_json: what is JSON, what stands in it, and how a text is counted and
//! squeezed are the same for both, on texts that are JSON, nearly JSON and anything but.
#![allow(clippy::unwrap_used)] // a failing test may stop

#[path = "common/cases.rs"]
mod cases;
#[allow(dead_code)] // what a fuzz target needs
mod fuzz {
    pub fn text(bytes: &[u8]) -> &str {
        std::str::from_utf8(bytes).unwrap_or_default()
    }
    #[path = "targets/json.rs"]
    pub mod json;
}

use cases::cases;
use fuzz::json::agree;
use llmcost::json::{Kind, Object, Raw};
use proptest::prelude::*;

const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"a\"",
    "\"b\":",
    "{\"a\":",
    "\"\\u0061\":",
    "\"\\ud800\":",
    "1",
    "-",
    "0",
    "-0.5e+3",
    "01",
    "1.",
    "1e",
    "true",
    "false",
    "null",
    "nul",
    " ",
    "\n",
    "\t",
    "\r",
    "\"",
    "\\",
    "\"é\\n\\\"x\"",
    "\"\\ud83d\\ude00!\"",
    "\"\\udc00\"",
    "\"\\u12g4\"",
    "\"tab\tinside\"",
    "\"0123456\\\\\"",
    "\"01234567\"",
    "\"a text that is longer than one word of eight bytes, and than four\"",
    "\u{1}",
    "ünï",
    "\u{2028}",
    "\u{c}",
    "{}",
    "[]",
    "\"\"",
    "\\\"",
];

/// Texts of pieces: some are JSON by chance, most nearly so.
fn soup() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(PIECES);
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

/// JSON, with names that stand twice, odd escapes and blanks.
fn value() -> impl Strategy<Value = String> {
    let word = prop::sample::select(&[
        "\"\"",
        "\"a\"",
        "\"\\u0061\"",
        "\"b \\\" c\"",
        "\"\\ud83d\\ude00 é\"",
        "\"\\ud800\"",
        "\"{\\\"usage\\\":1}\"",
        "\"long enough for more than four words of eight bytes\\\\ and one more\"",
    ]);
    let leaf = prop_oneof![
        word.clone().prop_map(str::to_owned),
        prop::sample::select(&[
            "0",
            "-1.50",
            "1e400",
            "12345678901234567890",
            "true",
            "false",
            "null"
        ])
        .prop_map(str::to_owned),
    ];
    let blank = prop::sample::select(&["", "", "", " ", "\n", "\t\r\n"]);
    leaf.prop_recursive(5, 48, 5, move |inner| {
        let fields = (blank.clone(), word.clone(), blank.clone(), inner.clone());
        let fields = prop::collection::vec(fields, 0..5).prop_map(|fields| {
            let fields = fields
                .iter()
                .map(|(a, name, b, value)| format!("{a}{name}{b}:{a}{value}{b}"));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        });
        let elements = prop::collection::vec((blank.clone(), inner), 0..5).prop_map(|elements| {
            let elements = elements
                .iter()
                .map(|(blank, value)| format!("{blank}{value}{blank}"));
            format!("[{}]", elements.collect::<Vec<_>>().join(","))
        });
        prop_oneof![fields, elements]
    })
}

fn shape(object: &Object<'_>) -> Vec<u8> {
    let mut shape = Vec::new();
    object.shape(&mut shape);
    shape
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn the_scanner_reads_what_serde_reads(text in soup()) {
        agree(&text);
    }

    #[test]
    fn values_are_taken_apart_alike(text in value(), cut in 0_usize..400) {
        agree(&text);
        // What is torn off is no value for either.
        let cut = text.char_indices().map(|(at, _)| at).take(cut).last().unwrap_or_default();
        agree(&text[..cut]);
    }

    #[test]
    fn objects_of_one_shape_give_one_answer_where_only_the_shape_was_seen(text in value(), other in value()) {
        let (Ok(one), Ok(other)) = (Object::parse(&text), Object::parse(&other)) else { return Ok(()) };
        let tests: [fn(&Object<'_>) -> bool; 5] = [
            |object| object.has("a"),
            |object| object.names("b \" c"),
            |object| object.is_kind("a", Kind::Object),
            |object| object.is("a", "a"),
            |object| object.peek("a").is_some_and(|value| value.as_str() == "0"),
        ];
        for test in tests {
            let (answer, settled) = one.tested(test);
            let (others, _) = other.tested(test);
            prop_assert!(!settled || shape(&one) != shape(&other) || answer == others);
        }
    }
}

#[test]
fn many_fields_are_found_as_well_as_few() {
    let fields = (0..200).map(|n| format!("\"n{}\":{n}", n % 150));
    let text = format!("{{{}}}", fields.collect::<Vec<_>>().join(","));
    agree(&text);
    let object = Object::parse(&text).unwrap();
    assert_eq!(object.peek("n49").unwrap().as_str(), "199");
    assert!(object.get("n49").is_err());
    assert!(object.get("n149").is_ok());
}

#[test]
fn any_depth_is_taken_apart_without_recursion() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = 1_000_000;
        let text = format!("{}1{}", open.repeat(deep), close.repeat(deep));
        assert!(Raw::parse(&text).is_ok());
        assert!(Raw::parse(&text[..text.len() - 1]).is_err());
    }
}

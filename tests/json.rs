//! The scanner against serde_json: what is JSON, what stands in it, and how a text is counted and
//! squeezed are the same for both, on texts that are JSON, nearly JSON and anything but.
#![allow(clippy::unwrap_used)] // a failing test may stop

use std::collections::BTreeMap;

use llmcost::json::{Checked, Kind, Object, Raw, squeezed};
use proptest::prelude::*;
use serde_json::value::RawValue;

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

fn agree(text: &str) {
    let ours = Raw::parse(text);
    let theirs = serde_json::from_str::<&RawValue>(text);
    assert_eq!(ours.is_ok(), theirs.is_ok(), "{text:?}");
    assert_eq!(squeezed_whole(text), plainly_squeezed(text), "{text:?}");
    let object = Object::parse(text);
    match serde_json::from_str::<BTreeMap<String, &RawValue>>(text) {
        Err(_) => assert!(object.is_err(), "{text:?}"),
        Ok(fields) => {
            let object = object.unwrap();
            let found: BTreeMap<String, &str> = object
                .entries()
                .map(|(name, value)| (name.to_owned(), value.as_str()))
                .collect();
            assert_eq!(object.len(), found.len());
            let fields: BTreeMap<String, &str> = fields
                .into_iter()
                .map(|(name, value)| (name, value.get()))
                .collect();
            assert_eq!(found, fields, "{text:?}");
        }
    }
    if let (Ok(ours), Ok(theirs)) = (ours, theirs) {
        assert_eq!(ours.as_str(), theirs.get());
        inside(ours);
        // The same where the ends of what is inside are known.
        let checked = Checked::parse(text).unwrap();
        assert_eq!(checked.raw(), ours);
        inside(checked.raw());
        let copy = text.to_owned();
        inside(Raw::parse(&copy).unwrap());
    } else {
        assert!(Checked::parse(text).is_err());
    }
}

fn shape(object: &Object<'_>) -> Vec<u8> {
    let mut shape = Vec::new();
    object.shape(&mut shape);
    shape
}

/// The same of every value inside, down to the leaves.
fn inside(value: Raw<'_>) {
    let text = value.as_str();
    let list: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
    let list: Vec<&str> = list.into_iter().map(RawValue::get).collect();
    let ours = value.elements();
    assert_eq!(
        ours.iter().map(|one| one.as_str()).collect::<Vec<_>>(),
        list
    );
    let decoded = serde_json::from_str::<String>(text).ok();
    assert_eq!(value.string(), decoded, "{text:?}");
    if let Some(decoded) = decoded {
        assert_eq!(
            value.char_count(),
            u64::try_from(decoded.chars().count()).unwrap()
        );
    }
    let object = value.object();
    if let Some(object) = &object {
        for name in object.keys().filter(|name| !name.contains(['/', '~'])) {
            let held = object.peek(name).map(Raw::as_str);
            assert_eq!(value.at(&format!("/{name}")).map(Raw::as_str), held);
        }
    }
    let fields = object
        .iter()
        .flat_map(Object::entries)
        .map(|(_, value)| value);
    for inner in fields.chain(ours.iter().copied()) {
        if matches!(inner.kind(), Kind::Object | Kind::Array | Kind::String) {
            inside(inner);
        }
    }
}

fn squeezed_whole(text: &str) -> Vec<u8> {
    let mut whole = Vec::new();
    squeezed(text, |piece| whole.extend(piece));
    whole
}

/// What squeezing means, byte by byte.
fn plainly_squeezed(text: &str) -> Vec<u8> {
    let (mut quoted, mut escaped) = (false, false);
    let kept = text.bytes().filter(|byte| {
        let blank = !quoted && matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ => {}
        }
        !blank
    });
    kept.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

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

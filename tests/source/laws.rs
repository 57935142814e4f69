//! What holds for any bytes, and for any way to write the same values.

use std::io::{self, Cursor, Read};
use std::path::Path;

use llmcost::source::Source;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::{file, frames, gzip, read, stream, utf16, values_of, zstd};
use crate::cases::cases;

/// Reads a stream a few bytes at a time.
struct Pieces {
    bytes: Cursor<Vec<u8>>,
    sizes: Vec<usize>,
    turn: usize,
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.turn += 1;
        let size = self.sizes[self.turn % self.sizes.len()].min(into.len());
        self.bytes.read(&mut into[..size])
    }
}

/// All JSON values of a source, blanks aside.
fn json_of(bytes: Vec<u8>) -> Vec<Json> {
    let texts = values_of(&frames(bytes));
    texts
        .iter()
        .map(|text| serde_json::from_str(text).unwrap())
        .collect()
}

fn object() -> impl Strategy<Value = Json> {
    let text = prop_oneof![any::<String>(), "[{}\\[\\]\",: a\\\\\n]{0,12}"];
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        text.prop_map(Json::from),
    ];
    let field = leaf.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
            prop::collection::btree_map(any::<String>(), inner, 0..5).prop_map(|map| json!(map)),
        ]
    });
    prop::collection::btree_map(any::<String>(), field, 0..5).prop_map(|map| json!(map))
}

/// Every line in the same dress.
fn dressed(lines: &[String], dress: impl Fn(&str) -> String) -> Vec<u8> {
    let dressed: Vec<String> = lines.iter().map(|line| dress(line)).collect();
    dressed.concat().into_bytes()
}

/// Pieces of logs, for putting together what nobody would think of.
fn rubble() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "{\"a\":1}",
        "{\"a\":{\"b\":[1]}}",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\n",
        "\n",
        "\r\n",
        " ",
        "  ",
        "data: ",
        "data: {\"a\":1}\n",
        "event: x\n",
        "[DONE]",
        "id",
        "1",
        "null",
        "\u{feff}",
        "\u{1e}",
        "\0",
        "2026-11-01 x",
        "word",
        "\"{\\\"a\\\":1}\"",
        "{\"a\":\n",
        "[{\"a\":1},\n",
    ]);
    prop_oneof![
        3 => prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat().into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..200),
    ]
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn every_way_to_write_the_same_values_reads_the_same(
        values in prop::collection::vec(object(), 1..8),
    ) {
        let compact: Vec<String> = values.iter().map(Json::to_string).collect();
        let pretty: Vec<String> =
            values.iter().map(|value| serde_json::to_string_pretty(value).unwrap()).collect();
        let lines = compact.join("\n") + "\n";
        let ways: Vec<(&str, Vec<u8>)> = vec![
            ("lines", lines.clone().into()),
            ("no final line end", compact.join("\n").into()),
            ("CRLF", compact.join("\r\n").into()),
            ("array", format!("[{}]", compact.join(",")).into()),
            ("array of lines", format!("[\n{}\n]\n", compact.join(",\n")).into()),
            ("pretty array", serde_json::to_string_pretty(&values).unwrap().into()),
            ("concatenated", compact.concat().into()),
            ("apart by blanks", compact.join(" ").into()),
            ("apart by commas", compact.join(",\n").into()),
            ("pretty", pretty.join("\n").into()),
            ("pretty, blank lines", (pretty.join("\n\n") + "\n").into()),
            ("marks", dressed(&compact, |line| format!("\u{feff}{line}\n"))),
            ("separators", dressed(&compact, |line| format!("\u{1e}{line}\n"))),
            ("UTF-16LE", utf16(&format!("\u{feff}{lines}"), u16::to_le_bytes)),
            ("UTF-16BE", utf16(&format!("\u{feff}{lines}"), u16::to_be_bytes)),
            ("gzip", gzip(lines.as_bytes())),
            ("members", compact.iter().flat_map(|line| gzip(format!("{line}\n").as_bytes())).collect()),
            ("zstd", zstd(pretty.concat().as_bytes())),
            ("events", dressed(&compact, |line| format!("data: {line}\n\n"))),
            ("events, no blank lines",
                dressed(&compact, |line| format!("data:{line}\r\n"))),
            ("events of many lines",
                dressed(&pretty, |value| format!("data: {}\n\n", value.replace('\n', "\ndata: ")))),
        ];
        for (way, bytes) in ways {
            prop_assert_eq!(&json_of(bytes), &values, "{}", way);
        }
    }

    #[test]
    fn no_bytes_are_too_much_and_no_split_matters(
        bytes in rubble(),
        sizes in prop::collection::vec(1_usize..9, 1..5),
        can_grow: bool,
    ) {
        let whole = read(Source::from_reader(Cursor::new(bytes.clone()), can_grow));
        let pieces = Pieces { bytes: Cursor::new(bytes.clone()), sizes, turn: 0 };
        let split = read(Source::from_reader(pieces, can_grow));
        prop_assert_eq!(&whole, &split);
        prop_assert!(whole.0.len() <= bytes.len() + 1);
        let newlines = bytes.split(|byte| *byte == b'\n').count();
        let lines = usize::try_from(whole.1.lines).unwrap();
        prop_assert!(lines <= newlines);
    }

    #[test]
    fn a_cut_loses_the_last_value_at_most(
        values in prop::collection::vec(object(), 1..6),
        cut: prop::sample::Index,
    ) {
        let lines: Vec<String> = values.iter().map(|value| value.to_string() + "\n").collect();
        let lines = lines.concat();
        let cut = cut.index(lines.len());
        let complete = lines.as_bytes()[..cut].split(|byte| *byte == b'\n').count() - 1;
        let found = json_of(lines.as_bytes()[..cut].to_vec());
        prop_assert!(found.len() >= complete);
        prop_assert_eq!(&found[..], &values[..found.len()]);
    }
}

/// The well-known cases, each as a file of its own and as a field of the middle one of three
/// lines: what is no JSON costs one line, and nothing else.
#[test]
fn json_test_suite() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let beside = ["..", "../.."].map(|up| root.join(up).join("shared/corpus/JSONTestSuite"));
    let Some(folder) = beside.iter().find(|folder| folder.exists()) else {
        return;
    };
    let cases = std::fs::read_dir(folder.join("test_parsing")).unwrap();
    for case in cases {
        let case = case.unwrap();
        let name = case.file_name().into_string().unwrap();
        let bytes = std::fs::read(case.path()).unwrap();
        let _ = file(bytes.clone());
        let _ = stream(bytes.clone());
        let field = [b"{\"first\":1}\n{\"x\":", &bytes[..], b"}\n{\"last\":1}\n"].concat();
        let found = values_of(&frames(field));
        assert!(found.contains(&"{\"first\":1}".to_owned()), "{name}");
        assert!(found.contains(&"{\"last\":1}".to_owned()), "{name}");
        match name.as_bytes()[0] {
            b'y' => assert_eq!(found.len(), 3, "{name}"),
            b'n' => assert_eq!(found.len(), 2, "{name}"),
            _ => {}
        }
    }
}

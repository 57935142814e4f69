//! Holes, bad text, compression and its accidents, and what is larger than it should be.

use std::io::{self, Cursor, Read};

use llmcost::source::{Frame, Source, Warning};

use super::{file, frames, gzip, read, values_of, zstd};

#[test]
fn holes_and_bad_text() {
    let mut bytes = b"{\"a\":1}\n".to_vec();
    bytes.extend([0; 5000]);
    bytes.extend(b"{\"b\":2}\n{\"c\":\"\xff\"}\n{\"d\":\xff}\n");
    bytes.extend([0; 10]);
    let (frames, ending) = file(bytes);
    assert_eq!(
        frames,
        [
            "value 1: {\"a\":1}",
            "broken 2: nul-bytes",
            "value 2: {\"b\":2}",
            "value 3: {\"c\":\"\u{fffd}\"}",
            "broken 4: not-json",
            "broken 5: nul-bytes"
        ]
    );
    assert_eq!(ending.warnings, [Warning::InvalidText]);
}

#[test]
fn offsets_are_those_of_the_file() {
    let text = b"\xef\xbb\xbf{\"a\":\"\xff\"}\n\xef\xbb\xbf{\"b\":1}\n{\"c\":1}\n";
    let mut source = Source::from_reader(Cursor::new(text.to_vec()), true);
    let mut offsets = Vec::new();
    while let Some(frame) = source.next_frame().unwrap() {
        let Frame::Value { offset, text, .. } = frame else {
            panic!()
        };
        offsets.push((offset, text.chars().nth(2).unwrap()));
    }
    assert_eq!(offsets, [(3, 'a'), (16, 'b'), (24, 'c')]);
}

#[test]
fn compressed_in_every_way() {
    let (one, two) = ("{\"a\":1}\n".as_bytes(), "{\"b\":2}\n".as_bytes());
    let both = ["value 1: {\"a\":1}", "value 2: {\"b\":2}"];
    let members = [gzip(one), gzip(b""), gzip(two)].concat();
    let parts = [zstd(one), zstd(b""), zstd(two)].concat();
    for (bytes, format) in [
        (members.clone(), "gzip>jsonl"),
        (parts.clone(), "zstd>jsonl"),
        (zstd(&members), "zstd>gzip>jsonl"),
        (gzip(&gzip(&parts)), "gzip>gzip>zstd>jsonl"),
    ] {
        let (frames, ending) = file(bytes);
        assert_eq!(frames, both, "{format}");
        assert_eq!(ending.format, format);
        assert!(ending.compressed && ending.warnings.is_empty());
    }
    assert_eq!(
        frames(gzip(&gzip(&gzip(&gzip(one))))),
        ["broken 1: too-deep"]
    );
}

#[test]
fn what_was_decoded_counts() {
    let (one, two) = ("{\"a\":1}\n".as_bytes(), "{\"b\":2}\n".as_bytes());
    for pack in [gzip, zstd] {
        let padded = [pack(one), pack(two), vec![0; 600]].concat();
        let (frames, ending) = file(padded);
        assert_eq!(frames, ["value 1: {\"a\":1}", "value 2: {\"b\":2}"]);
        assert_eq!(ending.warnings, [Warning::TrailingBytes]);

        let second = pack(two);
        for cut in 1..second.len() {
            let torn = [pack(one), second[..cut].to_vec()].concat();
            let (frames, ending) = file(torn);
            assert_eq!(frames[0], "value 1: {\"a\":1}");
            assert_eq!(ending.warnings.len(), 1, "cut at {cut}");
        }

        let hidden = [pack(one), b"rubbish".to_vec(), pack(two)].concat();
        let (frames, _) = file(hidden);
        assert_eq!(frames, ["value 1: {\"a\":1}", "broken 2: damaged"]);
    }
    let lines = "{\"text\":\"CANARY CANARY CANARY\"}\n".repeat(2000);
    let torn = gzip(lines.as_bytes());
    let (found, ending) = file(&torn[..torn.len() - 12]);
    assert!(found.len() > 1000);
    assert_eq!(ending.warnings, [Warning::Truncated]);
}

#[test]
fn a_bomb_is_refused() {
    let gibibyte = io::repeat(b'x').take((1 << 30) + (8 << 20));
    let bomb = zstd::encode_all(gibibyte, 1).unwrap();
    let (frames, ending) = file(bomb);
    assert_eq!(frames, ["text 1+1", "broken 1: bomb"]);
    assert!(ending.bytes >= 1 << 30);
}

#[test]
fn a_table_keeps_its_rows_whatever_becomes_of_the_rest() {
    let row = "gpt-4o,1,2\n";
    let table = ["model,input_tokens,output_tokens\n", row, row, row].concat();
    let value = |line: usize| {
        format!(r#"value {line}: {{"model":"gpt-4o","input_tokens":"1","output_tokens":"2"}}"#)
    };
    let rows: Vec<String> = (2..5).map(value).collect();
    for pack in [gzip, zstd] {
        let packed = pack(table.as_bytes());
        assert_eq!(file(packed.clone()).0, rows);
        for cut in 5..packed.len() {
            let (mut frames, ending) = file(packed[..cut].to_vec());
            // Half of a header or of the first row is no table yet.
            frames.retain(|frame| !frame.starts_with("text "));
            assert!(rows.starts_with(&frames), "{cut}: {frames:?}");
            assert_eq!(ending.warnings, [Warning::Truncated], "{cut}");
        }
    }
    let mut damaged = gzip(table.as_bytes());
    let crc = damaged.len() - 6;
    damaged[crc] ^= 1;
    let told = [&rows[..], &["broken 5: damaged".to_owned()]].concat();
    assert_eq!(file(damaged).0, told);

    let unclosed = [&table, "\"", &"a\n".repeat(5 << 20)].concat();
    let told = [&rows[..], &["broken 5: endless-row".to_owned()]].concat();
    assert_eq!(file(unclosed.into_bytes()).0, told);
    let at_once = "model,input_tokens,output_tokens\r\n\"".to_owned() + &"a".repeat(9 << 20);
    assert_eq!(file(at_once.into_bytes()).0, ["broken 2: endless-row"]);
    let long = [&table, "\"", &"a".repeat(7 << 20), "\",1,2\n"].concat();
    assert_eq!(file(long.into_bytes()).0.len(), 4);
}

#[test]
fn any_nesting_and_any_length() {
    let nest = 1_000_000;
    let deep = format!("{{\"a\":{}{}}}\n", "[".repeat(nest), "]".repeat(nest));
    assert_eq!(frames(deep.clone() + "{\"b\":1}").len(), 2);
    let open = format!("{}\n{{\"b\":1}}\n", "[".repeat(nest));
    assert_eq!(values_of(&frames(open)), ["{\"b\":1}"]);
    let endless = io::Cursor::new(b"{\"a\":1}\n{\"b\":\"".to_vec())
        .chain(io::repeat(b'x').take(70 << 20))
        .chain(Cursor::new(b"\"}\n{\"c\":1}\n".to_vec()));
    let (frames, _) = read(Source::from_reader(endless, true));
    assert_eq!(
        frames,
        [
            "value 1: {\"a\":1}",
            "broken 2: too-large",
            "value 3: {\"c\":1}"
        ]
    );
}

#[test]
fn lines_that_each_open_something_cost_no_square() {
    let text = "{\"a\":[\n".repeat(200_000) + "oops\n{\"b\":1}\n";
    assert_eq!(values_of(&frames(text)), ["{\"b\":1}"]);
}

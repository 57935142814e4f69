//! Bytes to documents: every way in which logs are named, written, cut, mixed, compressed and
//! broken. The helpers stand here, the tests beside.

// Helpers of tests are not in a test function, but may fail like one.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../common/cases.rs"]
mod cases;
mod damage;
mod files;
mod framing;
mod laws;
#[path = "../fuzz/targets/told.rs"]
mod told;

use std::io::{Cursor, Write};

use llmcost::source::{Ending, Source};
use told::told;

fn read(mut source: Source) -> (Vec<String>, Ending) {
    let mut frames = Vec::new();
    while let Some(frame) = source.next_frame().unwrap() {
        frames.push(told(&frame));
    }
    assert!(source.next_frame().unwrap().is_none(), "the end is the end");
    (frames, source.ending())
}

fn file(bytes: impl Into<Vec<u8>>) -> (Vec<String>, Ending) {
    read(Source::from_reader(Cursor::new(bytes.into()), true))
}

fn stream(bytes: impl Into<Vec<u8>>) -> (Vec<String>, Ending) {
    read(Source::from_reader(Cursor::new(bytes.into()), false))
}

fn frames(bytes: impl Into<Vec<u8>>) -> Vec<String> {
    file(bytes).0
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(order).collect()
}

/// The texts of those values that are JSON.
fn values_of(frames: &[String]) -> Vec<String> {
    let texts = frames.iter().filter_map(|frame| {
        let (head, text) = frame.split_once(": ")?;
        let is_value = head.starts_with("value") || head.starts_with("event");
        let is_json = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
        (is_value && is_json).then(|| text.to_owned())
    });
    texts.collect()
}

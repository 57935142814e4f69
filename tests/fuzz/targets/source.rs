//! Any bytes as a log: framed the same in whatever pieces they come, packed or not, with places that
//! are there.

use std::io::{self, Cursor, Read, Write};

use llmcost::source::{Ending, Source};

use super::told::told;

/// The first byte says how the others come: whether they can grow, in what pieces, packed by what.
pub fn run(bytes: &[u8]) {
    let Some((how, bytes)) = bytes.split_first() else {
        return;
    };
    let (can_grow, piece) = (how & 1 == 0, usize::from(how >> 1 & 7) + 1);
    let whole = read(Source::from_reader(Cursor::new(bytes.to_vec()), can_grow));
    holds(&whole, bytes);
    let pieces = Pieces(Cursor::new(bytes.to_vec()), piece);
    assert_eq!(
        whole,
        read(Source::from_reader(pieces, can_grow)),
        "in pieces of {piece}"
    );
    // Every sixteenth is packed, too: packing takes longer than reading.
    let packed = match how >> 4 {
        14 => gzip(bytes),
        15 => zstd::encode_all(bytes, 1).unwrap(),
        _ => return,
    };
    let unpacked = read(Source::from_reader(Cursor::new(packed), can_grow));
    // What is packed is whole; and what looks packed itself has one layer less than it may have.
    if whole.1.pending.is_none() && !whole.1.compressed {
        assert_eq!(whole.0, unpacked.0, "packed");
    }
}

type Told = (Vec<String>, Ending);

fn read(mut source: Source) -> Told {
    let mut frames = Vec::new();
    while let Some(frame) = source.next_frame().unwrap() {
        frames.push(told(&frame));
    }
    assert!(source.next_frame().unwrap().is_none(), "the end is the end");
    (frames, source.ending())
}

fn holds((frames, ending): &Told, bytes: &[u8]) {
    let layered = ending.compressed
        || ["yaml", "csv", "eventstream", "utf-16le", "utf-16be"]
            .iter()
            .any(|layer| ending.format.starts_with(layer));
    if layered {
        return;
    }
    assert!(frames.len() <= bytes.len() + 1);
    let newlines = bytes.split(|byte| *byte == b'\n').count();
    assert!(usize::try_from(ending.lines).unwrap() <= newlines);
    if let Some(pending) = ending.pending {
        assert!(usize::try_from(pending.offset).unwrap() <= bytes.len());
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Reads a stream a few bytes at a time.
struct Pieces(Cursor<Vec<u8>>, usize);

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let size = self.1.min(into.len());
        self.0.read(&mut into[..size])
    }
}

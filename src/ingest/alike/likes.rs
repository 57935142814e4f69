//! Records that are read alike on their way into the ledger: one entry for all of a kind, filled anew for each.

use std::sync::Arc;

use super::mould::{Cast, Mould};
use crate::ingest::documents::Spot;
use crate::ingest::settle::read_as;
use crate::json::words;
use crate::ledger::{Entry, Place};
use crate::lookup::Lookup;
use crate::usage::Timestamp;

/// The kinds of a run.
#[derive(Default)]
pub(in crate::ingest) struct Likes {
    /// By where their moulds are in memory.
    kinds: Lookup<usize, Kind>,
    /// How many there have been.
    count: u64,
}

/// The records of one mould, as sources of one format hold them.
pub(in crate::ingest) struct Kind {
    /// Its number.
    pub number: u64,
    /// The last record of it.
    pub entry: Entry,
    /// The numbers of its usage object.
    pub numbers: String,
    format: Box<str>,
    /// As long as it is held nothing else is in its place.
    _mould: Arc<Mould>,
}

impl Likes {
    /// The kind of a record, whose last entry becomes that of this record. `format` is that of its source.
    pub fn fill(
        &mut self,
        cast: &Cast,
        (path, spot): (&Arc<str>, &Spot),
        format: &str,
    ) -> &mut Kind {
        let count = &mut self.count;
        let mut new = || {
            *count += 1;
            let mould = Arc::clone(&cast.mould);
            Kind::new(*count, mould, format, cast)
        };
        let place = Arc::as_ptr(&cast.mould).addr();
        let kind = self.kinds.entry(place).or_insert_with(&mut new);
        if *kind.format != *format {
            *kind = new();
        }
        let entry = &mut kind.entry;
        cast.fill(&mut entry.record, &mut entry.receipt, &mut kind.numbers);
        entry.id = cast.identity.id;
        entry.place.path = Arc::clone(path);
        entry.place.line = spot.line;
        let mut pointer = std::mem::take(&mut entry.place.pointer);
        pointer.clear();
        pointer.extend([spot.pointer.as_str(), &cast.mould.pointer]);
        entry.place.pointer = words(pointer);
        kind
    }
}

impl Kind {
    fn new(number: u64, mould: Arc<Mould>, format: &str, cast: &Cast) -> Self {
        let entry = Entry {
            id: cast.identity.id,
            basis: cast.identity.basis,
            record: mould.record.clone(),
            receipt: mould.receipt.clone(),
            place: Place {
                path: Arc::from(""),
                line: 0,
                pointer: String::new(),
                format: read_as(format, mould.layers.clone()),
            },
            run: 0,
            ingested_at: Timestamp::from_millis(0),
        };
        Self {
            number,
            entry,
            numbers: String::new(),
            format: format.into(),
            _mould: mould,
        }
    }
}

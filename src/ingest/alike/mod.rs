//! Documents that are read alike: a log says the same things in the same places, line after line. Of the first
//! line of a kind it is noted which of its values were looked at, and how: what was only taken over may be
//! another one in the next line, and what was only added up and compared may be any other number that compares
//! the same. The next line that differs in nothing else is not read again but cast in the same mould.
//!
//! Everything that the reading of a line hangs on is a part of its key, or of the conditions of its mould. What
//! is known to be taken over is said by few places: `adapters::differs` for responses, and what envelopes state
//! under usual names. The plain reading is the oracle of `tests/alike.rs`.

mod learn;
mod likes;
mod mould;
mod notes;
mod reading;
mod roles;
mod sight;
mod way;

use std::sync::Arc;

pub(super) use likes::Likes;
pub use mould::{Cast, Mould};
pub(super) use notes::{Level, Notes};

use self::learn::{Lesson, forget};
use self::roles::Role;
use self::sight::{Slots, parts_of};
use super::documents::{Found, Spot};
use super::{Options, Users};
use crate::envelopes::Formats;
use crate::json::Raw;
use crate::lookup::Lookup;
use crate::money::asked::Asked;
use crate::pricing::{Prices, Search};
use crate::usage::UsageRecord;

/// Outlines that are remembered, at most.
const MOST_FRAMES: usize = 256;
/// Moulds that are remembered, at most.
const MOST_MOULDS: u64 = 2048;
/// Moulds of one key: one for each way in which the counts compare.
const MOST_OF_ONE: usize = 16;
/// Bytes of keys that are remembered, at most: what must be the same may be long.
const MOST_BYTES: usize = 8 << 20;
/// Moulds after which a log must have had use of them, and how often for each.
const TRIED: (u64, u64) = (256, 2);

/// Documents in a row that were not cast after which only one of so many is looked at.
const MOST_IN_VAIN: u64 = 64;
const ONE_OF: u64 = 16;

/// What has been learned of a log.
pub(super) struct Alike<'o> {
    formats: &'o Formats,
    search: Search<'o>,
    /// By outline; nothing where documents of it are not read alike.
    frames: Lookup<Box<[u8]>, Option<Frame>>,
    outline: Vec<u8>,
    key: Vec<u8>,
    /// The bytes of all keys.
    held: usize,
    learned: u64,
    used: u64,
    /// Documents since the last one that was cast.
    in_vain: u64,
}

/// Documents with the same names in the same order.
struct Frame {
    roles: Vec<Role>,
    /// Whether any document was cast by it.
    used: bool,
    moulds: Lookup<Box<[u8]>, Vec<Known>>,
}

impl Frame {
    fn of(roles: Vec<Role>) -> Self {
        Self {
            roles,
            used: false,
            moulds: Lookup::default(),
        }
    }
}

/// A mould, and the record that came out of it last.
struct Known {
    mould: Arc<Mould>,
    last: UsageRecord,
}

/// Why a document was not cast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// None like it has been read.
    New,
    /// It is read as any other.
    Plain,
}

impl<'o> Alike<'o> {
    /// Nothing has been learned; nothing ever is where the user has said how to read a log, or users are not
    /// to be named.
    pub(super) fn new(formats: &'o Formats, options: &Options, prices: &'o Prices) -> Option<Self> {
        let usual = !formats.has_own() && !formats.has_mapping() && options.users == Users::Named;
        usual.then(|| Self {
            formats,
            search: Search::new(prices),
            frames: Lookup::default(),
            outline: Vec::new(),
            key: Vec::new(),
            held: 0,
            learned: 0,
            used: 0,
            in_vain: 0,
        })
    }

    /// Reads a document as one like it was read before.
    pub(super) fn cast(&mut self, document: Raw<'_>) -> Result<Box<Cast>, Why> {
        self.in_vain += 1;
        if self.is_of_no_use() {
            return Err(Why::Plain);
        }
        let parts = parts_of(document, &mut self.outline).ok_or(Why::Plain)?;
        let has_room = self.frames.len() < MOST_FRAMES;
        let frame = match self.frames.get_mut(self.outline.as_slice()) {
            Some(Some(frame)) => frame,
            None if has_room => return Err(Why::New),
            Some(None) | None => return Err(Why::Plain),
        };
        self.key.clear();
        let slots = Slots::of(&frame.roles, &parts, &mut self.key).ok_or(Why::Plain)?;
        let moulds = frame.moulds.get_mut(self.key.as_slice());
        let of_key = moulds.as_ref().map_or(0, |moulds| moulds.len());
        let mut moulds = moulds.into_iter().flatten();
        let Some((known, items)) =
            moulds.find_map(|known| known.mould.fits(&slots).map(|items| (known, items)))
        else {
            let room = of_key < MOST_OF_ONE
                && self.learned < MOST_MOULDS
                && self.held + self.key.len() < MOST_BYTES;
            return Err(if room { Why::New } else { Why::Plain });
        };
        let cast = Mould::cast(&known.mould, slots, items, &mut known.last);
        let cast = cast.ok_or(Why::Plain)?;
        frame.used = true;
        self.used += 1;
        self.in_vain = 0;
        Ok(Box::new(cast))
    }

    fn is_of_no_use(&self) -> bool {
        let is_skipped = self.in_vain > MOST_IN_VAIN && !self.in_vain.is_multiple_of(ONE_OF);
        is_skipped || self.learned >= TRIED.0 && self.used < self.learned * TRIED.1
    }

    /// Learns from a document that has been read: what came of it, where it stands, how it was read, and
    /// what was asked of its counts.
    pub(super) fn learn(
        &mut self,
        document: Raw<'_>,
        (found, spot): (&Found, &Spot),
        notes: &Notes,
        asked: &Asked,
    ) {
        self.learned += 1;
        let Some(parts) = parts_of(document, &mut self.outline) else {
            return;
        };
        let lesson = Lesson {
            parts: &parts,
            found,
            spot,
            notes,
            asked,
        };
        let roles = lesson.roles(document, self.formats);
        let known = self.frames.get_mut(self.outline.as_slice());
        let frame = match (known, roles) {
            // Another document of this outline was read, too.
            (Some(Some(frame)), Some(roles)) if frame.roles == roles => frame,
            // The first one was an odd one, or this is.
            (Some(Some(frame)), Some(roles)) if !frame.used => {
                *frame = Frame::of(roles);
                frame
            }
            (Some(_), _) => return,
            (None, roles) => {
                let frame = roles.map(Frame::of);
                let outline = self.outline.as_slice().into();
                match self.frames.entry(outline).insert_entry(frame).into_mut() {
                    Some(frame) => frame,
                    None => return,
                }
            }
        };
        self.key.clear();
        let Some(slots) = Slots::of(&frame.roles, &parts, &mut self.key) else {
            return;
        };
        if let Some(mould) = lesson.mould(&frame.roles, &slots, &self.search) {
            let key: Box<[u8]> = self.key.as_slice().into();
            self.held += key.len();
            let known = Known {
                last: mould.record.clone(),
                mould: Arc::new(mould),
            };
            frame.moulds.entry(key).or_default().push(known);
        }
    }
}

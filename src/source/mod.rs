//! Bytes → documents: files, streams, compression, encodings and framing. It knows nothing of
//! what the documents say.
//!
//! ```no_run
//! # use llmcost::source::{self, Frame, Opened};
//! for found in source::expand(&["logs/".to_owned()])? {
//!     let Opened::Source(mut source) = source::open(&found, None)? else { continue };
//!     while let Some(frame) = source.next_frame()? {
//!         if let Frame::Value { text, line, .. } = frame { /* read it */ }
//!     }
//!     let ending = source.ending();
//! }
//! # Ok::<(), llmcost::error::Error>(())
//! ```

mod beside;
mod compression;
mod csv_rows;
mod decoders;
mod encoding;
mod eventstream;
mod files;
mod framing;
mod position;
mod schemas;
mod sqlite;
mod suspects;
mod yaml;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub use files::{Found, Kind, Stat, expand, reason};
pub use framing::{Block, Ending, Frame, Pending, Reason, Shape, Warning};
pub use position::Position;
pub use sqlite::{Database, Document, has_newer_rows};

use crate::error::{Error, ErrorKind, Fault};
use compression::{Bytes, Counted};
use csv_rows::Rows;
use encoding::{Order, Utf16};
use framing::Frames;
use sqlite::Known;

/// How much of the beginning is looked at to tell a log from other things.
const HEAD: usize = 4096;

/// What came of opening something.
pub enum Opened {
    /// It can be read.
    Source(Box<Source>),
    /// It is the database of another program, and can be read.
    Database(Box<Database>, Stat),
    /// Found on a walk, and no log: why.
    Skipped(&'static str),
    /// It should be read and cannot be.
    Rejected(Fault),
}

/// Something that is being read.
pub struct Source {
    path: PathBuf,
    stat: Option<Stat>,
    /// The open file once more, to seal what was read of it.
    file: Option<File>,
    begun_at: u64,
    frames: Frames,
    layers: Vec<&'static str>,
    compressed: bool,
    binary: Option<&'static str>,
    /// Whether it begins like a database.
    database: bool,
    read: Arc<AtomicU64>,
}

/// Opens what [`expand`] found: after a position that still holds, otherwise from its start.
///
/// # Errors
/// When a path that the user named cannot be opened. What a walk came upon is `Rejected` instead.
pub fn open(found: &Found, after: Option<&Position>) -> Result<Opened, Error> {
    let source = match &found.kind {
        Kind::Skipped(reason) => return Ok(Opened::Skipped(reason)),
        Kind::Unreadable(reason) => return Ok(Opened::Rejected(Fault::new(reason.clone()))),
        Kind::Stdin => Source::new(Box::new(io::stdin()), false, None),
        Kind::File(_) | Kind::Pipe => match open_file(found) {
            Ok((file, stat)) => Source::of_file(file, stat, after).map_err(|error| {
                Error::new(ErrorKind::Input, files::reason(&error)).at(&found.path, None)
            })?,
            Err(reason) if found.named => {
                return Err(Error::new(ErrorKind::Input, reason).at(&found.path, None));
            }
            Err(reason) => return Ok(Opened::Rejected(Fault::new(reason))),
        },
    };
    if let (true, Some(stat)) = (source.database, source.stat) {
        return Ok(open_database(found, stat));
    }
    Ok(match source.binary {
        Some(reason) if found.named => Opened::Rejected(Fault::new(format!("is {reason}"))),
        Some(reason) => Opened::Skipped(reason),
        None => Opened::Source(Box::new(Source {
            path: found.path.clone(),
            ..source
        })),
    })
}

/// The largest stream that is rewritten as JSON as a whole.
const LARGEST_REWRITTEN: usize = 64 << 20;

/// A stream of another form as JSON, or why it cannot be read.
fn rewritten(
    bytes: Bytes,
    to_json: impl FnOnce(&[u8]) -> Option<String>,
) -> (Bytes, Option<&'static str>) {
    let mut whole = Vec::new();
    let limit = u64::try_from(LARGEST_REWRITTEN).unwrap_or(u64::MAX);
    let read = bytes.take(limit).read_to_end(&mut whole);
    let fits = read.is_ok_and(|length| length < LARGEST_REWRITTEN);
    match fits.then(|| to_json(&whole)).flatten() {
        Some(json) => (Box::new(io::Cursor::new(json.into_bytes())), None),
        None => (
            Box::new(io::empty()),
            Some("a recording that cannot be read"),
        ),
    }
}

/// Whether bytes that were encoded as text begin like something that can be read.
pub fn is_readable(bytes: &[u8]) -> bool {
    const BEGINNINGS: &[&[u8]] = &[b"{", b"[", b"data:", b"event:", b": "];
    BEGINNINGS.iter().any(|begin| bytes.starts_with(begin))
        || compression::is_compressed(bytes)
        || eventstream::is_one(bytes)
}

fn open_database(found: &Found, stat: Stat) -> Opened {
    match Database::open(&found.path) {
        Ok(Known::Read(database)) => Opened::Database(database, stat),
        Ok(Known::Unreadable(why)) if found.named => {
            Opened::Rejected(Fault::new(format!("is {why}")))
        }
        Ok(Known::Unreadable(why)) => Opened::Skipped(why),
        Ok(Known::Foreign) if found.named => Opened::Rejected(Fault::new(
            "is a database in which no known table was found; `llmcost formats` lists what is read",
        )),
        Ok(Known::Foreign) => Opened::Skipped("a database of another kind"),
        Err(fault) => Opened::Rejected(fault),
    }
}

/// Opens a file, making sure that it still is what it was when it was found: opening a pipe
/// would wait for somebody to write to it.
fn open_file(found: &Found) -> Result<(File, Option<Stat>), String> {
    let reason = |error: io::Error| files::reason(&error);
    let is_pipe = matches!(found.kind, Kind::Pipe);
    if !is_pipe && !found.path.metadata().map_err(reason)?.is_file() {
        return Err("is no longer a file".to_owned());
    }
    let file = File::open(&found.path).map_err(reason)?;
    let stat = Stat::of(&file.metadata().map_err(reason)?);
    Ok((file, (!is_pipe).then_some(stat)))
}

impl Source {
    /// Reads any stream. `can_grow` says that bytes may be added to it later: what it ends in the
    /// middle of is then pending, and otherwise broken.
    pub fn from_reader(reader: impl Read + Send + 'static, can_grow: bool) -> Self {
        Self::new(Box::new(reader), can_grow, None)
    }

    /// Reads an open file; a pipe has no `stat`.
    fn of_file(mut file: File, stat: Option<Stat>, after: Option<&Position>) -> io::Result<Self> {
        if stat.is_none() {
            return Ok(Self::new(Box::new(file), false, None));
        }
        let after = match after {
            Some(after) if after.holds(&mut file)? => Some(after),
            _ => None,
        };
        file.seek(SeekFrom::Start(after.map_or(0, |after| after.offset)))?;
        let again = file.try_clone()?;
        Ok(Self {
            stat,
            file: Some(again),
            ..Self::new(Box::new(file), true, after)
        })
    }

    fn new(bytes: Bytes, can_grow: bool, after: Option<&Position>) -> Self {
        let begun_at = after.map_or(0, |after| after.offset);
        let read = Arc::new(AtomicU64::new(begun_at));
        let bytes: Bytes = Box::new(Counted {
            bytes,
            count: Arc::clone(&read),
        });
        let (bytes, mut layers) = compression::decode(bytes);
        let compressed = !layers.is_empty();
        let (head, bytes) = compression::peek(bytes, HEAD);
        let (head, bytes, binary) = if let Some(order) = encoding::utf16(&head) {
            layers.push(match order {
                Order::Little => "utf-16le",
                Order::Big => "utf-16be",
            });
            let (head, bytes) = compression::peek(Box::new(Utf16::new(bytes, order)), HEAD);
            (head, bytes, None)
        } else {
            let binary = suspects::by_content(&head);
            (head, bytes, binary)
        };
        let database = sqlite::is_database(&head);
        let (bytes, binary) = if database {
            (
                bytes,
                Some("a database, which is read only as a file of its own"),
            )
        } else if eventstream::is_one(&head) {
            layers.push("eventstream");
            rewritten(bytes, |bytes| Some(eventstream::to_json(bytes)))
        } else if yaml::is_recording(&head) {
            layers.push("yaml");
            rewritten(bytes, |bytes| {
                yaml::to_json(&String::from_utf8_lossy(bytes))
            })
        } else if let Some(dialect) = csv_rows::dialect(&head) {
            layers.push("csv");
            let rows: Bytes = Box::new(Rows::new(bytes, dialect));
            (rows, binary)
        } else {
            (bytes, binary)
        };
        Self {
            path: PathBuf::from("-"),
            stat: None,
            file: None,
            begun_at,
            frames: Frames::new(bytes, can_grow, after),
            layers,
            compressed,
            binary,
            database: database && !compressed,
            read,
        }
    }

    /// The next frame; `None` at the end. Its text is borrowed until the next call.
    ///
    /// # Errors
    /// When the bytes cannot be read. Damaged content is no error but a [`Frame::Broken`].
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, Error> {
        let path = &self.path;
        self.frames
            .next_frame()
            .map_err(|error| Error::new(ErrorKind::Input, files::reason(&error)).at(path, None))
    }

    /// The next lines, to be read apart from each other, as many as these `bytes` hold; nothing where they
    /// are no objects, or fewer are left.
    /// Not while a frame is being read.
    ///
    /// # Errors
    /// As [`next_frame`](Self::next_frame).
    pub fn next_block(&mut self, room: Vec<u8>, bytes: usize) -> Result<Option<Block>, Error> {
        let path = &self.path;
        let block = self
            .frames
            .take_block(room, bytes)
            .map_err(|error| Error::new(ErrorKind::Input, files::reason(&error)).at(path, None))?;
        let read = self.progress();
        Ok(block.map(|block| Block { read, ..block }))
    }

    /// Says that a block was read; `any` is whether anything stood in it.
    pub fn has_read(&mut self, any: bool) {
        self.frames.has_read(any);
    }

    /// Gives back the last blocks, in their order: [`next_frame`](Self::next_frame) hands out what
    /// stands in them.
    pub fn give_back(&mut self, blocks: &[Block]) {
        self.frames.give_back(blocks);
    }

    /// How the last frame was read, such as `gzip>jsonl`.
    pub fn format(&self) -> String {
        self.layered(self.frames.shape().word())
    }

    /// What there is to say once [`next_frame`](Self::next_frame) has returned `None`.
    pub fn ending(&self) -> Ending {
        let ending = self.frames.ending();
        Ending {
            compressed: self.compressed,
            format: self.layered(&ending.format),
            ..ending
        }
    }

    /// How many bytes were left out, because they had been read before.
    pub fn begun_at(&self) -> u64 {
        self.begun_at
    }

    /// Where reading can go on when the file has grown, once it is read to its end: only where
    /// all of it is one value per line, so that nothing before matters to what follows.
    pub fn position(&mut self) -> Option<Position> {
        if !self.layers.is_empty() || !self.frames.is_stateless() {
            return None;
        }
        let ending = self.frames.ending();
        let file = self.file.as_mut()?;
        let (offset, lines) = match ending.pending {
            Some(pending) => (pending.offset, pending.line - 1),
            None => (ending.bytes, ending.lines),
        };
        Position::at(file, offset, lines).ok().flatten()
    }

    /// The file as it was when it was opened; nothing for a stream.
    pub fn stat(&self) -> Option<Stat> {
        self.stat
    }

    /// How many bytes have been read, before decompression: for a progress bar.
    pub fn progress(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    fn layered(&self, format: &str) -> String {
        let mut words = self.layers.clone();
        words.extend((!format.is_empty()).then_some(format));
        words.join(">")
    }
}

//! Compressed bytes → plain bytes, told by their first bytes and never by a file's name.
//!
//! Appenders write gzip members and zstd frames one after the other, crashes cut the last one, and
//! copies leave padding behind: what was decoded before such an end counts. The end itself
//! travels as an [`io::Error`] that holds a [`Damage`], so that it cannot be taken for a bad disk.

use std::fmt;
use std::io::{self, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::decoders::{GZIP, Gzip, ZSTD, Zstd};

/// Any stream of bytes.
pub(super) type Bytes = Box<dyn Read + Send>;

/// How many layers of compression are taken off.
const DEEPEST: usize = 3;
/// A stream that decodes to more than this is refused, whatever its ratio.
const MOST_BYTES: u64 = 1 << 40;
/// Below this size no ratio is suspicious; above it [`MOST_RATIO`] holds.
const UNSUSPICIOUS_BYTES: u64 = 1 << 30;
/// Logs reach 1:100, gzip cannot exceed 1:1032; a zstd bomb reaches 1:30000.
const MOST_RATIO: u64 = 2000;

/// How bytes ended before their time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Damage {
    /// Bytes that are not compressed data follow a complete stream.
    Trailing,
    /// The stream stops in the middle.
    Truncated,
    /// The stream cannot be decoded from here on.
    Corrupt,
    /// The stream grows beyond any log.
    Bomb,
    /// Compressed more often than anybody compresses.
    TooDeep,
    /// A row of a table that has no end.
    EndlessRow,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Trailing => "trailing bytes",
            Self::Truncated => "truncated",
            Self::Corrupt => "corrupt",
            Self::Bomb => "decompression bomb",
            Self::TooDeep => "compressed too often",
            Self::EndlessRow => "a row without an end",
        })
    }
}

impl std::error::Error for Damage {}

impl From<Damage> for io::Error {
    fn from(damage: Damage) -> Self {
        Self::new(io::ErrorKind::InvalidData, damage)
    }
}

/// The damage that an error carries, if it is one.
pub(super) fn damage(error: &io::Error) -> Option<Damage> {
    error.get_ref()?.downcast_ref().copied()
}

/// Whether bytes begin like compressed ones.
pub(super) fn is_compressed(head: &[u8]) -> bool {
    head.starts_with(GZIP) || head.starts_with(ZSTD)
}

/// Takes off all layers of compression; names them from the outside in.
pub(super) fn decode(mut bytes: Bytes) -> (Bytes, Vec<&'static str>) {
    let read = Arc::new(AtomicU64::new(0));
    let mut layers = Vec::new();
    loop {
        let head;
        (head, bytes) = peek(bytes, ZSTD.len());
        let gzip = head.starts_with(GZIP);
        if !gzip && !head.starts_with(ZSTD) {
            return (bytes, layers);
        }
        if layers.len() == DEEPEST {
            return (Box::new(Failing(Some(Damage::TooDeep.into()))), layers);
        }
        if layers.is_empty() {
            bytes = Box::new(Counted {
                bytes,
                count: Arc::clone(&read),
            });
        }
        let plain: Bytes = if gzip {
            layers.push("gzip");
            Box::new(Gzip::new(bytes))
        } else {
            layers.push("zstd");
            match Zstd::new(bytes) {
                Ok(zstd) => Box::new(zstd),
                Err(error) => Box::new(Failing(Some(error))),
            }
        };
        bytes = Box::new(Capped {
            plain,
            read: Arc::clone(&read),
            written: 0,
        });
    }
}

/// Looks at the first bytes of a stream; what comes back is still the whole stream.
pub(super) fn peek(mut bytes: Bytes, most: usize) -> (Vec<u8>, Bytes) {
    let mut head = Vec::new();
    let limit = u64::try_from(most).unwrap_or(u64::MAX);
    let rest: Bytes = match bytes.by_ref().take(limit).read_to_end(&mut head) {
        Ok(_) => bytes,
        Err(error) => Box::new(Failing(Some(error))),
    };
    (head.clone(), Box::new(Cursor::new(head).chain(rest)))
}

/// Fails once, then is at its end.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// Counts what is read.
pub(super) struct Counted {
    pub(super) bytes: Bytes,
    pub(super) count: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(into)?;
        self.count.fetch_add(long(count), Ordering::Relaxed);
        Ok(count)
    }
}

/// Refuses to go on when the decoded bytes are out of all proportion.
struct Capped {
    plain: Bytes,
    read: Arc<AtomicU64>,
    written: u64,
}

impl Read for Capped {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = self.read.load(Ordering::Relaxed).saturating_mul(MOST_RATIO);
        if self.written > MOST_BYTES || self.written > most.max(UNSUSPICIOUS_BYTES) {
            return Err(Damage::Bomb.into());
        }
        let count = self.plain.read(into)?;
        self.written = self.written.saturating_add(long(count));
        Ok(count)
    }
}

/// A length as the counters hold it.
pub(super) fn long(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

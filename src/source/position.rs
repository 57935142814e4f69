//! Where reading a growing file goes on: how far it was read, and a seal that tells whether it still
//! is the file that was read.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use sha2::{Digest, Sha256};

/// How much of the beginning, and of what stands before the offset, is sealed.
const SEALED: u64 = 4096;

/// How far a file of lines was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Bytes that were read; the next line begins here.
    pub offset: u64,
    /// Lines that were read.
    pub lines: u64,
    /// A hash of the first bytes and of the last bytes before the offset.
    pub seal: [u8; 16],
}

impl Position {
    /// The position at an offset, where a line begins there; nothing otherwise.
    pub(super) fn at(file: &mut File, offset: u64, lines: u64) -> io::Result<Option<Self>> {
        let Some((seal, last)) = seal(file, offset)? else {
            return Ok(None);
        };
        let position = Self {
            offset,
            lines,
            seal,
        };
        Ok((last == b'\n').then_some(position))
    }

    /// Whether a file still begins with what was read, as far as the seal tells.
    pub(super) fn holds(&self, file: &mut File) -> io::Result<bool> {
        Ok(seal(file, self.offset)?.is_some_and(|(seal, _)| seal == self.seal))
    }
}

/// The seal at an offset and the byte before it; nothing where the file is shorter, or at its start.
fn seal(file: &mut File, offset: u64) -> io::Result<Option<([u8; 16], u8)>> {
    let length = offset.min(SEALED);
    let (Some(head), Some(tail)) = (part(file, 0, length)?, part(file, offset - length, length)?)
    else {
        return Ok(None);
    };
    let Some(last) = tail.last().copied() else {
        return Ok(None);
    };
    let digest = Sha256::new()
        .chain_update(head)
        .chain_update(tail)
        .finalize();
    let mut seal = [0; 16];
    seal.iter_mut()
        .zip(digest)
        .for_each(|(to, from)| *to = from);
    Ok(Some((seal, last)))
}

fn part(file: &mut File, from: u64, length: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(from))?;
    file.by_ref().take(length).read_to_end(&mut bytes)?;
    Ok((u64::try_from(bytes.len()) == Ok(length)).then_some(bytes))
}

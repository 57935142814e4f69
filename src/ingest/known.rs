//! Which files must be read: not those that are as they were when the ledger read them last, and
//! grown ones only from where they ended.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::run::Plan;
use crate::ledger::{SourceInfo, SourceMark};
use crate::source::{Found, Kind, Position, Stat, has_newer_rows};
use crate::usage::Timestamp;

/// Goes up with every change in how anything is read, so that files are read again by the new ways.
const READER: u32 = 4;

/// A file that was changed less than this before it was read may change again without its time or
/// size telling.
const SETTLED_MS: i64 = 2000;

/// What the ledger knows of the files.
pub struct Known {
    reader: [u8; 16],
    /// Whether files in which something could not be read must be looked at again.
    rejects_matter: bool,
    sources: Vec<SourceInfo>,
    by_path: BTreeMap<String, usize>,
    by_file: BTreeMap<(u64, u64), usize>,
}

impl Known {
    /// Takes what the ledger lists of its sources.
    pub fn new(plan: &Plan<'_>, sources: Vec<SourceInfo>) -> Self {
        let numbered = || sources.iter().enumerate();
        let file = |(n, source): (usize, &SourceInfo)| Some((source.mark?.file, n));
        Self {
            reader: reader(plan),
            rejects_matter: plan.retry_rejected || plan.strict,
            by_path: numbered()
                .map(|(n, source)| (source.path.clone(), n))
                .collect(),
            by_file: numbered()
                .filter_map(file)
                .filter(|(file, _)| file.1 != 0)
                .collect(),
            sources,
        }
    }

    /// Whether all of a file has been read just as it would be read now.
    pub fn is_unchanged(&self, found: &Found, path: &str) -> bool {
        let Kind::File(stat) = &found.kind else {
            return false;
        };
        self.read_before(path, stat).is_some_and(|(source, mark)| {
            let again = self.rejects_matter && source.rejected > 0;
            let is_written_to =
                || source.format.starts_with("sqlite:") && has_newer_rows(&found.path);
            mark.settled
                && !again
                && !is_written_to()
                && source.bytes == stat.size
                && source.modified.map(Timestamp::millis) == Some(stat.modified_ms)
        })
    }

    /// Where reading may go on, and what the file held before, if it is one that grew. One that changed
    /// without growing was edited.
    pub fn resume(&self, found: &Found, path: &str) -> Option<(Position, &SourceInfo)> {
        let Kind::File(stat) = &found.kind else {
            return None;
        };
        let (source, mark) = self.read_before(path, stat)?;
        let (offset, lines, seal) = mark.resume?;
        let again = self.rejects_matter && source.rejected > 0;
        let position = Position {
            offset,
            lines,
            seal,
        };
        (!again && stat.size > source.bytes && source.path == path).then_some((position, source))
    }

    /// What to keep of a file that has been read.
    pub fn mark(&self, stat: Stat, resume: Option<Position>, clock: Timestamp) -> SourceMark {
        SourceMark {
            file: (stat.device, stat.inode),
            reader: self.reader,
            settled: clock.millis() - stat.modified_ms > SETTLED_MS,
            resume: resume.map(|at| (at.offset, at.lines, at.seal)),
        }
    }

    /// The same file, read in the same way; by its number on the device where it was renamed.
    fn read_before(&self, path: &str, stat: &Stat) -> Option<(&SourceInfo, &SourceMark)> {
        let file = (stat.device, stat.inode);
        let same = |n: &usize| {
            let source = self.sources.get(*n)?;
            let mark = source.mark.as_ref()?;
            (mark.file == file && mark.reader == self.reader && source.status == "read")
                .then_some((source, mark))
        };
        let by_path = self.by_path.get(path).and_then(same);
        by_path.or_else(|| self.by_file.get(&file).and_then(same))
    }
}

/// A hash of all that decides how a file is read.
fn reader(plan: &Plan<'_>) -> [u8; 16] {
    let decides = format!(
        "{READER} {} {:?} {}",
        plan.version,
        plan.options,
        plan.formats.told()
    );
    let mut hash = [0; 16];
    let digest = Sha256::digest(decides);
    hash.iter_mut()
        .zip(digest)
        .for_each(|(to, from)| *to = from);
    hash
}

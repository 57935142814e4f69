//! What threads have read → ledger, in the order in which it stands: blocks of one long source, and
//! small files, each as a whole.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

use super::apart::{Done, Step, Waiting, Whole};
use super::documents::{Outcome, Spot};
use super::identify::Identifier;
use super::outcome::SourceOutcome;
use super::reader::{Current, End, Reader, STRIDE};
use crate::error::Result;
use crate::ledger::Ledger;
use crate::source::{Block, Found, Kind, Source};

/// Small files that are being read, in their order, and which file is looked at next.
#[derive(Default)]
pub(super) struct Ahead {
    files: VecDeque<(PathBuf, Waiting<Option<Box<Whole>>>)>,
    next: usize,
}

impl Ahead {
    /// What a file holds, if it was sent to be read: then it is the first of those that were.
    ///
    /// # Errors
    /// When the thread that read it is gone.
    pub(super) fn take(&mut self, found: &Found) -> Result<Option<Box<Whole>>> {
        let is_next = self
            .files
            .front()
            .is_some_and(|(path, _)| *path == found.path);
        let next = if is_next {
            self.files.pop_front()
        } else {
            None
        };
        next.map_or(Ok(None), |(_, waiting)| waiting.wait())
    }
}

impl Reader<'_, '_, '_, '_, '_> {
    /// Has small files read that come after this many sources, as far as there is room.
    ///
    /// # Errors
    /// When all threads are gone.
    pub(super) fn send_files(&mut self, done: usize) -> Result<()> {
        let Some(pool) = self.pool.as_ref() else {
            return Ok(());
        };
        let whole = pool.whole(self.plan.sources.len());
        let whole = u64::try_from(whole).unwrap_or(u64::MAX);
        self.ahead.next = self.ahead.next.max(done);
        while self.ahead.files.len() < pool.room() {
            let Some(found) = self.plan.sources.get(self.ahead.next) else {
                break;
            };
            self.ahead.next += 1;
            let path = self.plan.shown(found);
            let is_small = matches!(found.kind, Kind::File(stat) if stat.size < whole);
            if is_small
                && !self.known.is_unchanged(found, &path)
                && self.known.resume(found, &path).is_none()
                && !self.is_own(found)
                && !(found.named && Ledger::is_one(&found.path))
            {
                let waiting = pool.send_file(found.clone(), path)?;
                self.ahead.files.push_back((found.path.clone(), waiting));
            }
        }
        Ok(())
    }

    /// Takes what a thread has read of a file into the ledger.
    pub(super) fn replay(&mut self, whole: Whole, path: String) -> Result<SourceOutcome> {
        let mut current = self.begin(path, "read", true)?;
        let mut format = Arc::from("");
        for (done, step) in (1_u64..).zip(whole.steps) {
            if done.is_multiple_of(STRIDE) {
                self.report_progress(0)?;
            }
            match step {
                Step::Format(next) => format = next,
                Step::Found(one) => self.settle_one(*one, &mut current, &format)?,
                Step::Broken(line, offset, reason) => {
                    let spot = Spot {
                        line,
                        ..Spot::default()
                    };
                    self.reject(&mut current, &spot, Some(offset), &reason.to_string())?;
                }
            }
        }
        let mut source: Source = *whole.source;
        let end = End {
            ending: source.ending(),
            has_text: whole.has_text,
            stateless: whole.stateless,
        };
        self.end(current, &mut source, end, (0, 0))
    }

    /// Reads blocks of lines in threads as long as their lines can be read apart, and says by what the
    /// records in them were known.
    pub(super) fn blocks(
        &mut self,
        source: &mut Source,
        current: &mut Current,
    ) -> Result<Identifier> {
        let mut identifier = Identifier::default();
        let mut ahead = VecDeque::new();
        let mut room = Vec::new();
        let path = Arc::clone(&current.path);
        loop {
            while let Some(pool) = self.pool.as_ref().filter(|pool| ahead.len() < pool.room()) {
                let Some(block) = source.next_block(std::mem::take(&mut room), pool.block())?
                else {
                    break;
                };
                ahead.push_back(pool.send(block, &path)?);
            }
            let Some(next) = ahead.pop_front() else {
                return Ok(identifier);
            };
            let Done { block, found } = next.wait()?;
            let Some(found) = found else {
                let after = ahead.into_iter().map(|one| Ok(one.wait()?.block));
                let blocks: Result<Vec<Block>> = std::iter::once(Ok(block)).chain(after).collect();
                source.give_back(&blocks?);
                return Ok(identifier);
            };
            if !identifier.has_begun() {
                let lines = str::from_utf8(&block.bytes).unwrap_or_default().lines();
                if let Some(first) = lines.map(str::trim_end).find(|line| !line.is_empty()) {
                    identifier.first(first);
                }
            }
            source.has_read(!found.is_empty());
            let format = source.format();
            for mut one in found {
                if let Outcome::Record(_, identity) = &mut one.found.outcome {
                    *identity = identifier.again(*identity, one.found.nth);
                }
                self.settle_one(one, current, &format)?;
            }
            self.report_progress(block.read)?;
            room = block.bytes;
        }
    }
}

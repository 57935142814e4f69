//! Sources → record candidates: each is opened, framed, read, and stated in the ledger.

use std::sync::Arc;

use super::ahead::Ahead;
use super::alike::Likes;
use super::apart::Pool;
use super::documents::{Documents, Spot};
use super::identify::Identifier;
use super::known::Known;
use super::outcome::{Outcomes, SourceOutcome};
use super::run::{Plan, Progress, Watch};
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::ledger::{Counts, Ledger, Run, SourceInfo};
use crate::pricing::Search;
use crate::source::{self, Ending, Found, Frame, Kind, Opened, Source};
use crate::usage::Timestamp;

/// A run on its way through its sources.
pub struct Reader<'r, 'p, 'l, 'w, 'v> {
    /// What to bring in.
    pub plan: &'r Plan<'p>,
    /// Where to.
    pub run: Run<'l>,
    /// What has been read before.
    pub known: Known,
    /// Numbers and devices of the ledger's own files.
    pub own: Vec<(u64, u64)>,
    /// What became of it.
    pub outcomes: &'r mut Outcomes,
    /// How far it is: whole sources.
    pub progress: Progress,
    /// The price books, with what records before have named.
    pub search: &'r Search<'p>,
    /// Who watches.
    pub watch: &'w mut Watch<'v>,
    /// Who reads lines that can be read apart from each other, where there are enough of them.
    pub pool: Option<Pool>,
    /// Small files that are being read already.
    pub ahead: Ahead,
    /// Records that are like others.
    pub likes: Likes,
    /// What reads the documents of a source, kept for the next one.
    pub documents: Option<Documents<'p>>,
}

/// A source on its way into the ledger.
pub struct Current {
    /// Its row.
    pub id: i64,
    /// Its path as it is shown and kept.
    pub path: Arc<str>,
    /// What it held so far.
    pub outcome: SourceOutcome,
    /// Whether a call that is known by what it says was in the ledger already.
    pub recurs: bool,
}

/// How a source ended.
pub(super) struct End {
    pub(super) ending: Ending,
    /// Whether there was text beside what was read.
    pub(super) has_text: bool,
    /// Whether every document was read as it would be alone.
    pub(super) stateless: bool,
}

/// Why one of the ledger's own files is no log.
const OWN: &str = "is the ledger that is being written";

/// Frames between two reports of progress.
pub const STRIDE: u64 = 256;

impl Reader<'_, '_, '_, '_, '_> {
    /// Brings one source in.
    ///
    /// # Errors
    /// As [`super::ingest`].
    pub fn source(&mut self, found: &Found) -> Result<()> {
        let path = self.plan.shown(found);
        let outcome = if self.known.is_unchanged(found, &path) {
            SourceOutcome::unchanged(path)
        } else if self.is_own(found) {
            // It must not be opened, not even to look: closing it would take away the ledger's locks.
            if found.named {
                self.unreadable(path, &Fault::new(OWN))?
            } else {
                SourceOutcome::skipped(path, OWN)
            }
        } else if found.named && Ledger::is_one(&found.path) {
            self.ledger(found, path)?
        } else if let Some(whole) = self.ahead.take(found)? {
            self.replay(*whole, path)?
        } else {
            let resume = self.known.resume(found, &path);
            let opened = source::open(found, resume.as_ref().map(|(position, _)| position))?;
            let before = resume.map(|(_, source)| (source.records, source.rejected));
            self.opened(found, path, opened, before)?
        };
        self.outcomes.sources.push(outcome);
        Ok(())
    }

    /// Whether a file is one of the ledger that is being written.
    pub(super) fn is_own(&self, found: &Found) -> bool {
        match found.kind {
            Kind::File(stat) => self.own.contains(&(stat.inode, stat.device)),
            Kind::Stdin | Kind::Pipe | Kind::Skipped(_) | Kind::Unreadable(_) => false,
        }
    }

    /// Reads what was opened. `before` is how many candidates and rejects were in the part that may be
    /// left out.
    fn opened(
        &mut self,
        found: &Found,
        path: String,
        opened: Opened,
        before: Option<(u64, u64)>,
    ) -> Result<SourceOutcome> {
        match opened {
            Opened::Skipped(reason) => Ok(SourceOutcome::skipped(path, reason)),
            Opened::Rejected(fault) => self.unreadable(path, &fault),
            Opened::Database(database, stat) => self.database(&database, stat, path),
            Opened::Source(source) => {
                let before = before.filter(|_| source.begun_at() > 0);
                self.read(found, path, *source, before)
            }
        }
    }

    pub(super) fn unreadable(&mut self, path: String, fault: &Fault) -> Result<SourceOutcome> {
        let mut current = self.begin(path, "unreadable", true)?;
        self.reject(&mut current, &Spot::default(), None, &fault.to_string())?;
        self.finish(&mut current, &SourceInfo::default())?;
        Ok(current.outcome)
    }

    /// Begins a source.
    pub(super) fn begin(
        &mut self,
        path: String,
        status: &'static str,
        from_start: bool,
    ) -> Result<Current> {
        Ok(Current {
            id: self.run.source(&path, from_start)?,
            outcome: SourceOutcome {
                path: path.clone(),
                status,
                ..SourceOutcome::default()
            },
            path: path.into(),
            recurs: false,
        })
    }

    /// Reads a source to its end. `before` is how many candidates and rejects were in the part that
    /// is left out because it was read before.
    fn read(
        &mut self,
        found: &Found,
        path: String,
        mut source: Source,
        before: Option<(u64, u64)>,
    ) -> Result<SourceOutcome> {
        let mut current = self.begin(path, "read", before.is_none())?;
        let mut mark = before.map(|_| (self.run.counts, self.outcomes.mark()));
        let begun = match before {
            None => self.blocks(&mut source, &mut current)?,
            Some(_) => Identifier::default(),
        };
        let documents = self.documents.take();
        let new = || Documents::new(self.plan.formats, self.plan.options).alike(self.plan.prices);
        let mut documents = documents
            .unwrap_or_else(new)
            .anew(&current.path)
            .after(begun);
        let mut frames = 0_u64;
        let mut has_text = false;
        loop {
            let read = source.progress();
            let Some(frame) = source.next_frame()? else {
                break;
            };
            if let Frame::Broken {
                line,
                offset,
                reason,
            } = frame
            {
                let spot = spot(line, "");
                self.reject(&mut current, &spot, Some(offset), &reason.to_string())?;
            } else {
                has_text |= !take(&mut documents, &frame);
                let format = source.format();
                // Before anything is put in that is known by its place.
                if mark.is_none() || documents.is_stateless() {
                    self.settle(&mut documents, &mut current, &format)?;
                }
                let depends = current.recurs || !documents.is_stateless();
                if let Some(mark) = mark.take_if(|_| depends) {
                    return self.read_whole(found, &current, mark);
                }
            }
            frames += 1;
            if frames.is_multiple_of(STRIDE) {
                self.report_progress(read)?;
            }
        }
        documents.finish();
        let ending = source.ending();
        self.settle(&mut documents, &mut current, &ending.format)?;
        let end = End {
            ending,
            has_text,
            stateless: documents.is_stateless(),
        };
        self.documents = Some(documents);
        self.end(current, &mut source, end, before.unwrap_or_default())
    }

    /// States what a source held, which has been read to its end. `before` is as for
    /// [`read`](Self::read).
    pub(super) fn end(
        &mut self,
        mut current: Current,
        source: &mut Source,
        end: End,
        (records, rejected): (u64, u64),
    ) -> Result<SourceOutcome> {
        let ending = end.ending;
        if end.has_text {
            self.ignore(&mut current, "text");
        }
        self.warn_of(&ending, &current);
        self.report_progress(source.progress())?;
        let info = self.info_of(source, &ending, end.stateless);
        current.outcome.pending = ending.pending.map(|pending| (pending.line, pending.bytes));
        current.outcome.format = ending.format;
        let info = SourceInfo {
            records,
            rejected,
            ..info
        };
        self.finish(&mut current, &info)?;
        Ok(current.outcome)
    }

    /// What follows in a grown file hangs on what stood before: all of it is read after all, as if
    /// nothing had been counted or listed since the mark. What the ledger took of it stays there, and
    /// is met again as duplicates.
    fn read_whole(
        &mut self,
        found: &Found,
        tail: &Current,
        (counts, lists): (Counts, Outcomes),
    ) -> Result<SourceOutcome> {
        self.run.counts = Counts {
            new: self.run.counts.new,
            updated: self.run.counts.updated,
            ..counts
        };
        self.outcomes.rewind(lists);
        let opened = source::open(found, None)?;
        let mut whole = self.opened(found, tail.path.to_string(), opened, None)?;
        whole.new += tail.outcome.new;
        whole.updated += tail.outcome.updated;
        Ok(whole)
    }

    fn info_of(&self, source: &mut Source, ending: &Ending, stateless: bool) -> SourceInfo {
        let stat = source.stat();
        let position = if stateless { source.position() } else { None };
        SourceInfo {
            bytes: stat.map_or_else(|| source.progress(), |stat| stat.size),
            modified: stat.map(|stat| Timestamp::from_millis(stat.modified_ms)),
            lines: ending.lines,
            pending_bytes: ending.pending.map_or(0, |pending| pending.bytes),
            mark: stat.map(|stat| self.known.mark(stat, position, self.plan.clock)),
            ..SourceInfo::default()
        }
    }

    fn warn_of(&mut self, ending: &Ending, current: &Current) {
        for warning in &ending.warnings {
            let (kind, text) = (warning.kind(), warning.to_string());
            self.outcomes.warn(&current.path, ending.lines, kind, &text);
        }
    }

    /// A source that held no candidate at all counts as one that bills nothing.
    pub(super) fn finish(&mut self, current: &mut Current, info: &SourceInfo) -> Result<()> {
        if current.outcome.read() == 0 && info.pending_bytes == 0 && info.records == 0 {
            self.ignore(current, "empty");
        }
        let info = SourceInfo {
            path: current.path.to_string(),
            format: current.outcome.format.clone(),
            status: current.outcome.status.to_owned(),
            records: info.records + current.outcome.read(),
            rejected: info.rejected + current.outcome.rejected,
            ..info.clone()
        };
        self.run.finish_source(current.id, &info)
    }

    pub(super) fn report_progress(&mut self, read: u64) -> Result<()> {
        let progress = Progress {
            bytes: self.progress.bytes + read,
            records: self.run.counts.read(),
            ..self.progress
        };
        if (self.watch)(progress) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Interrupted,
            "interrupted; nothing was changed",
        ))
    }
}

/// Hands a frame to the documents; says whether it was more than text.
pub(super) fn take(documents: &mut Documents<'_>, frame: &Frame<'_>) -> bool {
    match frame {
        Frame::Value {
            text,
            line,
            pointer,
            ..
        } => documents.value(text, spot(*line, pointer)),
        Frame::Event { text, line, .. } => documents.event(text, spot(*line, "")),
        Frame::StreamEnd { .. } => documents.stream_end(),
        Frame::Other { line, .. } => documents.ignore(spot(*line, ""), "values without fields"),
        Frame::Line { text, line, .. } => return documents.line(text, spot(*line, "")),
        Frame::Text { .. } | Frame::Broken { .. } => return false,
    }
    true
}

fn spot(line: u64, pointer: &str) -> Spot {
    Spot {
        line,
        pointer: pointer.to_owned(),
        layers: String::new(),
    }
}

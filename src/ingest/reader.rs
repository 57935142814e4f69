//! Sources → record candidates: each is opened, framed, read, and stated in the ledger.

use std::path::{Path, PathBuf};

use super::documents::{Documents, Spot};
use super::outcome::{Outcomes, SourceOutcome};
use super::run::{Plan, Progress, Watch};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{Run, SourceInfo};
use crate::source::{self, Ending, Found, Frame, Opened, Pending, Source, Stat};
use crate::usage::Timestamp;

/// A run on its way through its sources.
pub struct Reader<'r, 'p, 'l, 'w, 'v> {
    /// What to bring in.
    pub plan: &'r Plan<'p>,
    /// Where to.
    pub run: Run<'l>,
    /// What became of it.
    pub outcomes: &'r mut Outcomes,
    /// How far it is: whole sources.
    pub progress: Progress,
    /// Who watches.
    pub watch: &'w mut Watch<'v>,
}

/// A source on its way into the ledger.
pub struct Current {
    /// Its row.
    pub id: i64,
    /// Its path as it is shown and kept.
    pub path: String,
    /// What it held so far.
    pub outcome: SourceOutcome,
}

/// What there is to say of a source that has been read.
#[derive(Default)]
pub struct Ended {
    /// The file as it was when it was opened.
    pub stat: Option<Stat>,
    /// How much of it was read.
    pub bytes: u64,
    /// Its lines, or the rows of a database.
    pub lines: u64,
    /// A value that is not complete yet.
    pub pending: Option<Pending>,
}

/// Frames between two reports of progress.
pub const STRIDE: u64 = 256;

impl Reader<'_, '_, '_, '_, '_> {
    /// Brings one source in.
    ///
    /// # Errors
    /// As [`super::ingest`].
    pub fn source(&mut self, found: &Found) -> Result<()> {
        let path = self.shown(&found.path);
        let mut outcome = SourceOutcome {
            path: path.clone(),
            status: "read",
            ..SourceOutcome::default()
        };
        match source::open(found)? {
            Opened::Skipped(reason) => {
                outcome.status = "skipped";
                outcome.reason = Some(reason.to_owned());
            }
            Opened::Rejected(fault) => {
                let id = self.run.source(&path)?;
                let mut current = Current { id, path, outcome };
                current.outcome.status = "unreadable";
                self.reject(&mut current, &Spot::default(), None, &fault.to_string())?;
                self.finish(&mut current, &Ended::default())?;
                outcome = current.outcome;
            }
            Opened::Database(database, stat) => {
                let id = self.run.source(&path)?;
                let mut current = Current { id, path, outcome };
                self.database(&database, stat, &mut current)?;
                outcome = current.outcome;
            }
            Opened::Source(source) => {
                let id = self.run.source(&path)?;
                let mut current = Current { id, path, outcome };
                self.read(*source, &mut current)?;
                outcome = current.outcome;
            }
        }
        self.outcomes.sources.push(outcome);
        Ok(())
    }

    fn read(&mut self, mut source: Source, current: &mut Current) -> Result<()> {
        let mut documents = Documents::new(self.plan.formats, self.plan.options).at(&current.path);
        let mut frames = 0_u64;
        let mut has_text = false;
        loop {
            let read = source.progress();
            let Some(frame) = source.next_frame()? else {
                break;
            };
            match frame {
                Frame::Line { .. } | Frame::Text { .. } => has_text = true,
                Frame::Broken {
                    line,
                    offset,
                    reason,
                } => {
                    self.reject(current, &spot(line, ""), Some(offset), &reason.to_string())?;
                }
                Frame::Value { .. }
                | Frame::Event { .. }
                | Frame::StreamEnd { .. }
                | Frame::Other { .. } => {
                    take(&mut documents, &frame);
                    let format = source.format();
                    self.settle(&mut documents, current, &format)?;
                }
            }
            frames += 1;
            if frames.is_multiple_of(STRIDE) {
                self.report_progress(read)?;
            }
        }
        documents.finish();
        let ending = source.ending();
        self.settle(&mut documents, current, &ending.format)?;
        if has_text {
            self.ignore(current, "text");
        }
        current.outcome.format.clone_from(&ending.format);
        self.warn_of(&ending, current);
        let ended = Ended {
            stat: source.stat(),
            bytes: source.progress(),
            lines: ending.lines,
            pending: ending.pending,
        };
        self.finish(current, &ended)?;
        self.report_progress(ended.bytes)
    }

    fn warn_of(&mut self, ending: &Ending, current: &Current) {
        for warning in &ending.warnings {
            let (kind, text) = (warning.kind(), warning.to_string());
            self.outcomes.warn(&current.path, ending.lines, kind, &text);
        }
    }

    /// A source that held no candidate at all counts as one that bills nothing.
    pub(super) fn finish(&mut self, current: &mut Current, ended: &Ended) -> Result<()> {
        let pending = ended.pending;
        if current.outcome.read() == 0 && pending.is_none() {
            self.ignore(current, "empty");
        }
        current.outcome.pending = pending.map(|pending| (pending.line, pending.bytes));
        let info = SourceInfo {
            path: current.path.clone(),
            format: current.outcome.format.clone(),
            status: current.outcome.status.to_owned(),
            bytes: ended.stat.map_or(ended.bytes, |stat| stat.size),
            modified: ended
                .stat
                .map(|stat| Timestamp::from_millis(stat.modified_ms)),
            lines: ended.lines,
            records: current.outcome.read(),
            rejected: current.outcome.rejected,
            pending_bytes: pending.map_or(0, |pending| pending.bytes),
            ..SourceInfo::default()
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

    fn shown(&self, path: &Path) -> String {
        let absolute = || -> Option<PathBuf> {
            path.canonicalize()
                .ok()
                .or_else(|| std::path::absolute(path).ok())
        };
        let is_stdin = path == Path::new("-");
        let path = if self.plan.absolute && !is_stdin {
            absolute().unwrap_or_else(|| path.to_path_buf())
        } else {
            path.to_path_buf()
        };
        path.to_string_lossy().into_owned()
    }
}

/// Hands a frame that may hold records to the documents.
fn take(documents: &mut Documents<'_>, frame: &Frame<'_>) {
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
        Frame::Line { .. } | Frame::Text { .. } | Frame::Broken { .. } => {}
    }
}

fn spot(line: u64, pointer: &str) -> Spot {
    Spot {
        line,
        pointer: pointer.to_owned(),
        layers: String::new(),
    }
}

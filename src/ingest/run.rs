//! One run over many sources: into a ledger, or into a scratch one that keeps only what was asked.

use std::path::{Path, PathBuf};

use super::Options;
use super::ahead::Ahead;
use super::alike::Likes;
use super::apart::{Pool, Threads};
use super::known::Known;
use super::outcome::{Outcomes, SourceOutcome};
use super::reader::Reader;
use crate::envelopes::Formats;
use crate::error::Result;
use crate::ledger::Ledger;
use crate::pricing::fx::Fx;
use crate::pricing::{Prices, Search};
use crate::source::{self, Found};
use crate::usage::Timestamp;

/// What to bring in, and how.
pub struct Plan<'p> {
    /// Files and pipes, as [`source::expand`] found them.
    pub sources: &'p [Found],
    /// Envelopes.
    pub formats: &'p Formats,
    /// What the user states for all records.
    pub options: &'p Options,
    /// The price books.
    pub prices: &'p Prices,
    /// When the run is.
    pub now: Timestamp,
    /// What the clock says, also where the user says that it is another time.
    pub clock: Timestamp,
    /// The llmcost that runs.
    pub version: &'p str,
    /// Whether one reject undoes the whole run.
    pub strict: bool,
    /// Whether paths are kept from the root, so that they mean the same from any directory.
    pub absolute: bool,
    /// Whether files with rejects are read again, though they have not changed.
    pub retry_rejected: bool,
    /// Whether nothing is kept: the outcomes say what would be.
    pub dry: bool,
}

impl Plan<'_> {
    /// The path of a source as it is shown and kept.
    pub(super) fn shown(&self, found: &source::Found) -> String {
        let path = &found.path;
        let absolute = || -> Option<PathBuf> {
            let real = found.real.clone().or_else(|| path.canonicalize().ok());
            real.or_else(|| std::path::absolute(path).ok())
        };
        let is_stdin = path == Path::new("-");
        let absolute = (self.absolute && !is_stdin).then(absolute).flatten();
        let path = absolute.as_ref().unwrap_or(path);
        path.to_string_lossy().into_owned()
    }
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes read of all sources.
    pub bytes: u64,
    /// Bytes of all sources, as far as they have a size.
    pub total: u64,
    /// Record candidates so far.
    pub records: u64,
}

/// Watches a run: is told how far it is, and says whether to go on.
pub type Watch<'w> = dyn FnMut(Progress) -> bool + 'w;

/// Brings sources into a ledger, in one transaction. Where all of them are as the ledger read them
/// last, it is not even begun.
///
/// # Errors
/// When the ledger cannot be written, or the run is interrupted. Then nothing has changed. Records that cannot be read are no error but rejects.
pub fn ingest(ledger: &mut Ledger, plan: &Plan<'_>, watch: &mut Watch<'_>) -> Result<Outcomes> {
    let long =
        plan.sources.iter().any(is_open) || plan.sources.iter().map(size).sum::<u64>() >= LONG;
    ingest_by(ledger, plan, watch, long.then(Threads::of_this_machine))
}

/// [`ingest`] by these threads or, without any, line by line: the same comes of both.
///
/// # Errors
/// As [`ingest`].
pub fn ingest_by(
    ledger: &mut Ledger,
    plan: &Plan<'_>,
    watch: &mut Watch<'_>,
    threads: Option<Threads>,
) -> Result<Outcomes> {
    let mut outcomes = Outcomes {
        dry: plan.dry,
        ..Outcomes::default()
    };
    if unchanged(&Known::new(plan, ledger.sources()?), plan, &mut outcomes) {
        outcomes.committed = !plan.dry;
        return Ok(outcomes);
    }
    let mut run = ledger.begin(plan.now, plan.version)?;
    run.exchange_by(Fx::of(plan.prices));
    // What another run has read since then is known now, and nobody can add to it any more.
    let known = Known::new(plan, run.sources()?);
    let search = Search::new(plan.prices);
    std::thread::scope(|scope| {
        let pool = threads.map(|threads| Pool::new(scope, plan, threads));
        let mut reader = Reader {
            pool,
            ahead: Ahead::default(),
            documents: None,
            likes: Likes::default(),
            plan,
            own: run.files(),
            search: &search,
            run,
            known,
            outcomes: &mut outcomes,
            progress: Progress {
                bytes: 0,
                total: plan.sources.iter().map(size).sum(),
                records: 0,
            },
            watch,
        };
        for (done, found) in plan.sources.iter().enumerate() {
            reader.send_files(done)?;
            reader.source(found)?;
            reader.progress.bytes += size(found);
        }
        let run = reader.run;
        outcomes.counts = run.counts;
        outcomes.committed = !(plan.dry || plan.strict && run.counts.rejected > 0);
        if outcomes.committed {
            run.commit()?;
        }
        Ok(())
    })?;
    Ok(outcomes)
}

/// Files with fewer bytes are read before threads for them have begun.
const LONG: u64 = 2 << 20;

/// Whether nobody knows how long a source is.
fn is_open(found: &Found) -> bool {
    match found.kind {
        source::Kind::Stdin | source::Kind::Pipe => true,
        source::Kind::File(_) | source::Kind::Skipped(_) | source::Kind::Unreadable(_) => false,
    }
}

/// Whether there is nothing to read; the outcomes then say so of each source.
fn unchanged(known: &Known, plan: &Plan<'_>, outcomes: &mut Outcomes) -> bool {
    for found in plan.sources {
        let path = plan.shown(found);
        let outcome = match &found.kind {
            source::Kind::Skipped(reason) => SourceOutcome::skipped(path, reason),
            _ if known.is_unchanged(found, &path) => SourceOutcome::unchanged(path),
            source::Kind::File(_)
            | source::Kind::Stdin
            | source::Kind::Pipe
            | source::Kind::Unreadable(_) => {
                outcomes.sources.clear();
                return false;
            }
        };
        outcomes.sources.push(outcome);
    }
    true
}

/// The size that a source states before it is read.
fn size(found: &Found) -> u64 {
    match found.kind {
        source::Kind::File(stat) => stat.size,
        source::Kind::Stdin
        | source::Kind::Pipe
        | source::Kind::Skipped(_)
        | source::Kind::Unreadable(_) => 0,
    }
}

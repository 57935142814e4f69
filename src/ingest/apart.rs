//! Lines that are read apart from each other: blocks of them go to threads, and come back in their order.
//!
//! A block counts only where every line of it was one object that was read as it would be alone;
//! otherwise it is read again line by line, with what was before and after it.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Scope;

use super::documents::{Documents, Found, Outcome, Spot};
use super::pricer;
use super::run::Plan;
use crate::error::{Error, ErrorKind, Result};
use crate::pricing::Receipt;
use crate::source::Block;
use crate::usage::UsageRecord;

/// Threads that read, at most: one that writes cannot take more than they give.
const MOST_THREADS: usize = 4;
/// Blocks on their way beyond one for each thread.
const AHEAD: usize = 2;

/// A record candidate with its receipt, where it is a record that nobody has priced before.
pub(super) struct Priced {
    pub(super) found: Found,
    /// What was priced, and what it costs.
    pub(super) receipt: Option<Box<(UsageRecord, Receipt)>>,
}

/// A block that has been looked at.
pub(super) struct Done {
    pub(super) block: Block,
    /// What is in it; nothing where its lines cannot be read apart.
    pub(super) found: Option<Vec<Priced>>,
}

/// A block to read, the path of its source, and where to say what was in it.
struct Job {
    block: Block,
    path: Arc<str>,
    done: SyncSender<Done>,
}

/// How many threads read lines, and in blocks of how many bytes.
#[derive(Debug, Clone, Copy)]
pub struct Threads {
    /// How many.
    pub count: usize,
    /// The bytes of a block, at most 1 MiB.
    pub block: usize,
}

impl Threads {
    /// One for each core, as far as that is of use.
    pub fn of_this_machine() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            count: cores.min(MOST_THREADS),
            block: 1 << 20,
        }
    }
}

/// Threads that read blocks.
pub(super) struct Pool {
    jobs: SyncSender<Job>,
    threads: Threads,
}

/// A block on its way.
pub(super) struct Ahead(Receiver<Done>);

impl Ahead {
    /// Waits until it has been read.
    ///
    /// # Errors
    /// When the thread that read it is gone.
    pub(super) fn wait(self) -> Result<Done> {
        self.0.recv().map_err(|_| stopped())
    }
}

impl Pool {
    /// Begins threads that read by a plan.
    pub(super) fn new<'scope>(
        scope: &'scope Scope<'scope, '_>,
        plan: &'scope Plan<'_>,
        threads: Threads,
    ) -> Self {
        let (jobs, taken) = sync_channel::<Job>(threads.count + AHEAD);
        let taken = Arc::new(Mutex::new(taken));
        for _ in 0..threads.count {
            let taken = Arc::clone(&taken);
            scope.spawn(move || {
                let mut documents = Documents::new(plan.formats, plan.options);
                loop {
                    let next = taken.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok(Job { block, path, done }) = next else {
                        break;
                    };
                    documents = documents.anew(&path);
                    let found = read(&mut documents, &block, plan);
                    // Nobody waits for it where the run has ended before.
                    let _ = done.send(Done { block, found });
                }
            });
        }
        Self { jobs, threads }
    }

    /// How many blocks may be on their way.
    pub(super) fn room(&self) -> usize {
        self.threads.count + AHEAD
    }

    /// The bytes of a block.
    pub(super) fn block(&self) -> usize {
        self.threads.block
    }

    /// Has a block read.
    ///
    /// # Errors
    /// When all threads are gone.
    pub(super) fn send(&self, block: Block, path: &Arc<str>) -> Result<Ahead> {
        let (done, result) = sync_channel(1);
        let path = Arc::clone(path);
        let job = Job { block, path, done };
        self.jobs.send(job).map_err(|_| stopped())?;
        Ok(Ahead(result))
    }
}

fn stopped() -> Error {
    Error::new(ErrorKind::Input, "a thread that reads has stopped")
}

/// What stands in a block, if its lines can be read apart.
fn read(documents: &mut Documents<'_>, block: &Block, plan: &Plan<'_>) -> Option<Vec<Priced>> {
    let text = str::from_utf8(&block.bytes).ok()?;
    let mut line = block.line;
    for value in text.split_terminator('\n') {
        let value = value.trim_end_matches([' ', '\t', '\r']);
        let spot = Spot {
            line,
            ..Spot::default()
        };
        line += 1;
        if value.is_empty() {
            continue;
        }
        if !value.starts_with('{') {
            return None;
        }
        documents.value(value, spot);
        if !documents.is_apart() {
            return None;
        }
    }
    Some(
        documents
            .take()
            .into_iter()
            .map(|found| priced(found, plan))
            .collect(),
    )
}

fn priced(found: Found, plan: &Plan<'_>) -> Priced {
    let receipt = match &found.outcome {
        Outcome::Record(record, _) => {
            let receipt = pricer::price(record, None, plan.prices);
            Some(Box::new((record.as_ref().clone(), receipt)))
        }
        Outcome::Ignored(_) | Outcome::Rejected(_) => None,
    };
    Priced { found, receipt }
}

//! What threads read: blocks of lines that are read apart from each other, and small files.
//!
//! A block counts only where every line of it was one object that was read as it would be alone;
//! otherwise it is read again line by line, with what was before and after it.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Scope;

use super::documents::{Documents, Found, Outcome, Spot};
use super::pricer;
use super::reader::take;
use super::run::Plan;
use crate::error::{Error, ErrorKind, Result};
use crate::pricing::{Receipt, Search};
use crate::source::{self, Block, Frame, Opened, Reason, Source};
use crate::usage::RecordId;

/// Threads that read, at most: one that writes cannot take more than they give.
const MOST_THREADS: usize = 4;
/// Bytes of text that a small file may unpack to.
const MOST_BYTES: usize = 8 << 20;
/// Steps within which the readings of one call follow each other.
const NEAR: usize = 4;
/// From so many files on, those of so many blocks are read as a whole.
const MANY: usize = 8;
const BLOCKS: usize = 8;
/// Blocks on their way beyond one for each thread.
const AHEAD: usize = 2;

/// A record candidate with its receipt, where it is a record that nobody has priced before.
pub(super) struct Priced {
    pub(super) found: Found,
    /// What it costs.
    pub(super) receipt: Option<Box<Receipt>>,
}

/// A block that has been looked at.
pub(super) struct Done {
    pub(super) block: Block,
    /// What is in it; nothing where its lines cannot be read apart.
    pub(super) found: Option<Vec<Priced>>,
}

/// What stood in a file, step by step as it is settled.
pub(super) struct Whole {
    pub(super) source: Box<Source>,
    pub(super) steps: Vec<Step>,
    /// Whether there was text beside what was read.
    pub(super) has_text: bool,
    /// Whether every document was read as it would be alone.
    pub(super) stateless: bool,
}

/// One step through a file.
pub(super) enum Step {
    /// What follows was read like this.
    Format(Arc<str>),
    /// A candidate.
    Found(Box<Priced>),
    /// What cannot be read: its line, its offset, and why.
    Broken(u64, u64, Reason),
}

/// Something to read, and where to say what was in it.
enum Job {
    /// A block, and the path of its source.
    Block(Block, Arc<str>, SyncSender<Done>),
    /// A small file, and its path as it is shown.
    File(source::Found, String, SyncSender<Option<Box<Whole>>>),
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

/// Something on its way.
pub(super) struct Waiting<T>(Receiver<T>);

impl<T> Waiting<T> {
    /// Waits until it has been read.
    ///
    /// # Errors
    /// When the thread that read it is gone.
    pub(super) fn wait(self) -> Result<T> {
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
                let documents = Documents::new(plan.formats, plan.options);
                let mut documents = documents.alike(plan.prices);
                let search = Search::new(plan.prices);
                loop {
                    let next = taken.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    // Nobody waits for it where the run has ended before.
                    let _ = match next {
                        Err(_) => break,
                        Ok(Job::Block(block, path, done)) => {
                            documents = documents.anew(&path);
                            let found = read(&mut documents, &block, &search);
                            done.send(Done { block, found }).is_ok()
                        }
                        Ok(Job::File(found, path, done)) => {
                            documents = documents.anew(&path);
                            let whole = read_file(&mut documents, &found, &search);
                            done.send(whole.map(Box::new)).is_ok()
                        }
                    };
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

    /// Files with fewer bytes are read as a whole, where there are so many: of few large ones, blocks keep more
    /// threads busy, but what only a whole file tells, as of a transcript, is read by nobody else then.
    pub(super) fn whole(&self, files: usize) -> usize {
        let blocks = if files < MANY { 1 } else { BLOCKS };
        self.threads.block * blocks
    }

    /// Has a block read.
    ///
    /// # Errors
    /// When all threads are gone.
    pub(super) fn send(&self, block: Block, path: &Arc<str>) -> Result<Waiting<Done>> {
        self.post(|done| Job::Block(block, Arc::clone(path), done))
    }

    /// Has a small file read. Nothing comes of one that is no log, or larger than it seemed.
    ///
    /// # Errors
    /// When all threads are gone.
    pub(super) fn send_file(
        &self,
        found: source::Found,
        path: String,
    ) -> Result<Waiting<Option<Box<Whole>>>> {
        self.post(|done| Job::File(found, path, done))
    }

    fn post<T>(&self, job: impl FnOnce(SyncSender<T>) -> Job) -> Result<Waiting<T>> {
        let (done, result) = sync_channel(1);
        self.jobs.send(job(done)).map_err(|_| stopped())?;
        Ok(Waiting(result))
    }
}

fn stopped() -> Error {
    Error::new(ErrorKind::Input, "a thread that reads has stopped")
}

/// What stands in a block, if its lines can be read apart.
fn read(documents: &mut Documents<'_>, block: &Block, search: &Search<'_>) -> Option<Vec<Priced>> {
    let text = str::from_utf8(&block.bytes).ok()?;
    for (line, value) in (block.line..).zip(text.split_terminator('\n')) {
        let value = value.trim_end_matches([' ', '\t', '\r']);
        let spot = Spot {
            line,
            ..Spot::default()
        };
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
            .map(|found| priced(found, search))
            .collect(),
    )
}

/// What stands in a file; nothing where that is not known to be little, or where something goes wrong,
/// which is found again by whoever reads it next.
fn read_file(
    documents: &mut Documents<'_>,
    found: &source::Found,
    search: &Search<'_>,
) -> Option<Whole> {
    let Ok(Opened::Source(mut source)) = source::open(found, None) else {
        return None;
    };
    let (mut steps, mut format) = (Vec::new(), Arc::from(""));
    let (mut has_text, mut bytes) = (false, 0);
    while let Some(frame) = source.next_frame().ok()? {
        match &frame {
            Frame::Broken {
                line,
                offset,
                reason,
            } => {
                steps.push(Step::Broken(*line, *offset, *reason));
                continue;
            }
            Frame::Value { text, .. } | Frame::Event { text, .. } | Frame::Line { text, .. } => {
                bytes += text.len();
            }
            Frame::StreamEnd { .. } | Frame::Text { .. } | Frame::Other { .. } => {}
        }
        has_text |= !take(documents, &frame);
        if bytes > MOST_BYTES {
            return None;
        }
        step(&mut steps, &mut format, &source.format(), documents, search);
    }
    documents.finish();
    let last = source.ending().format;
    step(&mut steps, &mut format, &last, documents, search);
    Some(Whole {
        source,
        steps,
        has_text,
        stateless: documents.is_stateless(),
    })
}

/// Takes what was found into the steps.
fn step(
    steps: &mut Vec<Step>,
    format: &mut Arc<str>,
    now: &str,
    documents: &mut Documents<'_>,
    search: &Search<'_>,
) {
    let found = documents.take();
    if !found.is_empty() && **format != *now {
        *format = Arc::from(now);
        steps.push(Step::Format(Arc::clone(format)));
    }
    for found in found {
        // A transcript states a call line after line: a receipt of the first reading is enough for the
        // ledger to see that nothing is new.
        let id = id_of(&found);
        let again = id.is_some() && last_id(steps) == id;
        let one = if again {
            Priced {
                found,
                receipt: None,
            }
        } else {
            priced(found, search)
        };
        steps.push(Step::Found(Box::new(one)));
    }
}

/// The id of the record that was put last among the steps.
fn last_id(steps: &[Step]) -> Option<RecordId> {
    let mut last = steps.iter().rev().take(NEAR);
    last.find_map(|step| match step {
        Step::Found(one) => id_of(&one.found),
        Step::Format(_) | Step::Broken(..) => None,
    })
}

fn id_of(found: &Found) -> Option<RecordId> {
    match &found.outcome {
        Outcome::Record(_, identity) => Some(identity.id),
        Outcome::Alike(cast) => Some(cast.identity.id),
        Outcome::Ignored(_) | Outcome::Rejected(_) => None,
    }
}

fn priced(found: Found, search: &Search<'_>) -> Priced {
    let receipt = match &found.outcome {
        Outcome::Record(record, _) => Some(Box::new(pricer::price(record, None, search))),
        Outcome::Alike(_) | Outcome::Ignored(_) | Outcome::Rejected(_) => None,
    };
    Priced { found, receipt }
}

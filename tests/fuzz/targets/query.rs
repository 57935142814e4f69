//! Any text as a question to the views of a ledger, in SQL or as a document: it is answered, refused or
//! stopped, and the ledger stays what it was.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use llmcost::ledger::{Document, Question, Views};

/// Rows of an answer that are taken.
const MOST: u32 = 50;
/// Looks at the clock until a question is stopped.
const LOOKS: u32 = 3;
/// Questions after which the ledger is looked at again.
const OFTEN: u32 = 4096;

static LOOKED: AtomicU32 = AtomicU32::new(0);
static ASKED: AtomicU32 = AtomicU32::new(0);

/// A question.
pub fn run(bytes: &[u8]) {
    thread_local! {
        static VIEWS: Views = Views::open(place(), || LOOKED.fetch_add(1, Ordering::Relaxed) < LOOKS).unwrap();
    }
    LOOKED.store(0, Ordering::Relaxed);
    let text = super::text(bytes);
    VIEWS.with(|views| match Document::parse(text) {
        Ok(document) => ask(views, Question::Document(&document)),
        Err(_) => ask(views, Question::Sql(text)),
    });
    if ASKED.fetch_add(1, Ordering::Relaxed).is_multiple_of(OFTEN) {
        assert_eq!(
            fs::read(place()).unwrap(),
            *before(),
            "the ledger has changed"
        );
    }
}

fn ask(views: &Views, question: Question<'_>) {
    let Ok(mut answer) = views.ask(question) else {
        return;
    };
    let (width, mut rows) = (answer.columns.len(), 0);
    let taken = answer.for_each(&mut |row| {
        assert_eq!(row.len(), width);
        rows += 1;
        if rows < MOST {
            Ok(())
        } else {
            Err(llmcost::error::Error::usage("enough"))
        }
    });
    drop(taken);
}

/// A ledger with a run in it.
fn place() -> &'static PathBuf {
    static PLACE: OnceLock<PathBuf> = OnceLock::new();
    PLACE.get_or_init(|| {
        let place = super::folder("query").join("ledger.db");
        drop(fs::remove_file(&place));
        super::ledger::make(&place);
        place
    })
}

fn before() -> &'static Vec<u8> {
    static BEFORE: OnceLock<Vec<u8>> = OnceLock::new();
    BEFORE.get_or_init(|| fs::read(place()).unwrap())
}

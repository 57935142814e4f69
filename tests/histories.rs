//! A ledger that followed logs through their lives, in any order and with any repetition, is the one
//! that read them once at the end.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)] // a failing check may stop; files get times of their own

#[path = "common/cases.rs"]
mod cases;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use cases::cases;
use flate2::Compression;
use flate2::write::GzEncoder;
use llmcost::envelopes::Formats;
use llmcost::ingest::{Options, Plan, ingest};
use llmcost::ledger::Ledger;
use llmcost::pricing::{PriceBook, Prices};
use llmcost::source;
use llmcost::usage::Timestamp;
use proptest::prelude::*;
use tempfile::TempDir;

/// What tells a call from others.
#[derive(Debug, Clone, Copy)]
enum Known {
    Id,
    Time,
    Place,
}

fn call(n: usize, known: Known) -> String {
    let (id, created) = match known {
        Known::Id => (
            format!("\"id\":\"chatcmpl-{n:08}Kq7vTz3Rb9WfYxNc5\","),
            String::new(),
        ),
        Known::Time => (String::new(), format!("\"created\":{},", 1_793_613_600 + n)),
        Known::Place => Default::default(),
    };
    // Calls that only their place tells apart are equal by threes.
    let n = if matches!(known, Known::Place) {
        n / 3
    } else {
        n
    };
    format!(
        r#"{{{id}"object":"chat.completion",{created}"model":"one","choices":[{{"index":0,"message":{{"role":"assistant","content":"CANARY"}},"finish_reason":"stop"}}],"usage":{{"prompt_tokens":{},"completion_tokens":1,"total_tokens":{}}}}}"#,
        100 + n,
        101 + n
    ) + "\n"
}

/// What happens to the log `live` and what became of it.
#[derive(Debug, Clone)]
enum Event {
    /// Calls are added, the last one perhaps only in half.
    Append(u8, bool),
    /// It is renamed, and another begun.
    Rotate,
    /// The nth old file is compressed.
    Compress(u8),
    /// The nth file is copied under another name.
    Copy(u8),
    /// It is copied and cut to nothing.
    CopyTruncate,
    /// Some of the files are read.
    Ingest(u8),
    /// All of them are, by name backwards.
    IngestBackwards,
}

fn event(known: Known) -> BoxedStrategy<Event> {
    let reading = prop_oneof![
        any::<u8>().prop_map(Event::Ingest),
        Just(Event::IngestBackwards)
    ];
    let growing = (1_u8..4, any::<bool>()).prop_map(|(calls, half)| Event::Append(calls, half));
    let keeping = any::<u8>().prop_map(Event::Copy);
    let moving = prop_oneof![
        Just(Event::Rotate),
        any::<u8>().prop_map(Event::Compress),
        Just(Event::CopyTruncate)
    ];
    match known {
        // Copies and growth are all that is promised where only the place tells calls apart.
        Known::Place => prop_oneof![4 => growing, 4 => reading, 2 => keeping].boxed(),
        Known::Id | Known::Time => {
            prop_oneof![4 => growing, 4 => reading, 2 => keeping, 2 => moving].boxed()
        }
    }
}

struct World {
    folder: TempDir,
    files: Vec<String>,
    known: Known,
    calls: usize,
    /// The second half of a call that is written in half.
    half: String,
    clock: u64,
}

impl World {
    fn new(known: Known) -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            files: Vec::new(),
            known,
            calls: 0,
            half: String::new(),
            clock: 0,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A file that was just changed, as far as its time tells.
    fn touch(&mut self, name: &str) {
        self.clock += 10;
        let then = SystemTime::UNIX_EPOCH + Duration::from_secs(1_793_700_000 + self.clock);
        let file = File::options().write(true).open(self.path(name)).unwrap();
        file.set_modified(then).unwrap();
        if !self.files.iter().any(|file| file == name) {
            self.files.push(name.to_owned());
        }
    }

    fn append(&mut self, calls: u8, in_half: bool) {
        let mut text = std::mem::take(&mut self.half);
        for _ in 0..calls {
            text += &call(self.calls, self.known);
            self.calls += 1;
        }
        if in_half {
            self.half = text.split_off(text.len() - 40);
        }
        let path = self.path("live");
        let mut file = File::options()
            .create(true)
            .append(true)
            .open(path)
            .unwrap();
        file.write_all(text.as_bytes()).unwrap();
        drop(file);
        self.touch("live");
    }

    fn fresh_name(&mut self, end: &str) -> String {
        self.clock += 1;
        format!("log-{:04}{end}", self.clock)
    }

    fn move_live(&mut self) {
        let name = self.fresh_name("");
        fs::rename(self.path("live"), self.path(&name)).unwrap();
        self.files.retain(|file| file != "live");
        self.touch(&name);
    }

    fn happen(&mut self, event: &Event, ledger: &mut Ledger, prices: &Prices) {
        let live = self.path("live").exists() && self.half.is_empty();
        let nth = |n: u8| {
            self.files
                .get(usize::from(n) % self.files.len().max(1))
                .cloned()
        };
        match event {
            Event::Append(calls, half) => self.append(*calls, *half),
            Event::Rotate if live => self.move_live(),
            Event::CopyTruncate if live => {
                let name = self.fresh_name("");
                fs::copy(self.path("live"), self.path(&name)).unwrap();
                self.touch(&name);
                fs::write(self.path("live"), "").unwrap();
                self.touch("live");
            }
            Event::Compress(n) => {
                if let Some(name) = nth(*n).filter(|name| name != "live" && !is_zipped(name)) {
                    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
                    gz.write_all(&fs::read(self.path(&name)).unwrap()).unwrap();
                    let zipped = format!("{name}.gz");
                    fs::write(self.path(&zipped), gz.finish().unwrap()).unwrap();
                    fs::remove_file(self.path(&name)).unwrap();
                    self.files.retain(|file| *file != name);
                    self.touch(&zipped);
                }
            }
            Event::Copy(n) => {
                if let Some(name) = nth(*n).filter(|name| name != "live" || live) {
                    let end = if is_zipped(&name) { ".gz" } else { "" };
                    let copy = self.fresh_name(end);
                    fs::copy(self.path(&name), self.path(&copy)).unwrap();
                    self.touch(&copy);
                }
            }
            Event::Ingest(bits) => {
                let chosen = self
                    .files
                    .iter()
                    .zip(0..)
                    .filter(|(_, n)| bits >> (n % 8) & 1 == 1);
                let paths: Vec<PathBuf> = chosen.map(|(name, _)| self.path(name)).collect();
                read(ledger, &paths, prices);
            }
            Event::IngestBackwards => self.read_all(ledger, prices, true),
            Event::Rotate | Event::CopyTruncate => {}
        }
    }

    fn read_all(&self, ledger: &mut Ledger, prices: &Prices, backwards: bool) {
        let mut paths: Vec<PathBuf> = self.files.iter().map(|name| self.path(name)).collect();
        paths.sort();
        if backwards {
            paths.reverse();
        }
        read(ledger, &paths, prices);
    }
}

fn is_zipped(name: &str) -> bool {
    name.rsplit('.').next() == Some("gz")
}

fn read(ledger: &mut Ledger, paths: &[PathBuf], prices: &Prices) {
    let text = |path: &PathBuf| path.to_string_lossy().into_owned();
    let names: Vec<String> = paths.iter().map(text).collect();
    let plan = Plan {
        sources: &source::expand(&names).unwrap(),
        formats: &Formats::builtin(),
        options: &Options::default(),
        prices,
        now: Timestamp::parse("2026-11-22T00:00:00Z").unwrap(),
        clock: Timestamp::parse("2030-01-01T00:00:00Z").unwrap(),
        version: "test",
        strict: false,
        absolute: true,
        retry_rejected: false,
        dry: false,
    };
    let outcomes = ingest(ledger, &plan, &mut |_| true).unwrap();
    assert_eq!(outcomes.counts.rejected, 0, "{:?}", outcomes.rejects);
}

/// Every record's cost by its id.
fn held(ledger: &Ledger) -> BTreeMap<String, String> {
    let mut held = BTreeMap::new();
    let mut take = |entry: &llmcost::ledger::Entry| {
        held.insert(entry.id.to_string(), format!("{:?}", entry.receipt.cost));
        Ok(())
    };
    ledger.for_each(&mut take).unwrap();
    held
}

fn prices() -> Prices {
    let text = "format: llmcost-prices/1\nbook: {name: t, version: 2026-11-01, currency: USD}\nsources: {p: {url: x, checked: 2026-11-01}}\nmodels: [{id: a/one, match: [one], prices: [{source: [p], per_1m: {input: 1, output: 2}}]}]\n";
    Prices::only(PriceBook::parse("t", text.as_bytes()).unwrap())
}

fn live_as_once(known: Known, events: &[Event]) {
    let prices = prices();
    let mut world = World::new(known);
    let mut ledger = Ledger::scratch().unwrap();
    for event in events {
        world.happen(event, &mut ledger, &prices);
    }
    if !world.half.is_empty() {
        world.append(0, false);
    }
    world.read_all(&mut ledger, &prices, false);
    let mut once = Ledger::scratch().unwrap();
    world.read_all(&mut once, &prices, false);
    assert_eq!(held(&ledger), held(&once));
    assert_eq!(held(&once).len(), world.calls, "each call is one record");
    read_nothing(&mut ledger, &world, &prices);
}

/// Reading them all once more changes nothing.
fn read_nothing(ledger: &mut Ledger, world: &World, prices: &Prices) {
    let before = (held(ledger), ledger.runs().unwrap().len());
    world.read_all(ledger, prices, true);
    assert_eq!(held(ledger), before.0);
    let grown = ledger.runs().unwrap().len() - before.1;
    assert_eq!(grown, 0, "unchanged files begin no run");
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn calls_with_ids(events in proptest::collection::vec(event(Known::Id), 1..14)) {
        live_as_once(Known::Id, &events);
    }

    #[test]
    fn calls_with_times(events in proptest::collection::vec(event(Known::Time), 1..14)) {
        live_as_once(Known::Time, &events);
    }

    #[test]
    fn calls_that_only_their_place_tells_apart(events in proptest::collection::vec(event(Known::Place), 1..14)) {
        live_as_once(Known::Place, &events);
    }
}

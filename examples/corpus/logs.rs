//! The corpora as files: which calls are in them, and the totals that a reader must find.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::calls::{Call, MODELS, Random, model, rates};

/// Files of transcripts, unless there are fewer records.
const SESSIONS: u64 = 1_000;
/// How many of the last calls may be written again.
const RECENT: usize = 64;

/// The shape of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Chat completions of 1.2 KB, as an application logs them.
    Chat,
    /// Messages of 8 KB with tool calls, as an application logs them.
    Messages,
    /// Rows of 0.4 KB with counts.
    Rows,
    /// Transcripts of a coding agent in about a thousand files.
    Transcripts,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Chat, Self::Messages, Self::Rows, Self::Transcripts];

    /// The word of the command line, and the name of what is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Messages => "messages",
            Self::Rows => "rows",
            Self::Transcripts => "transcripts",
        }
    }

    /// How many of the models it has: an agent's transcript knows one vendor.
    fn models(self) -> usize {
        match self {
            Self::Chat | Self::Messages | Self::Rows => MODELS,
            Self::Transcripts => MODELS / 2,
        }
    }

    /// Whether the shape says what was written to a cache.
    fn writes(self) -> bool {
        matches!(self, Self::Messages | Self::Transcripts)
    }

    /// The file or folder that holds the log.
    pub fn path(self, folder: &Path) -> PathBuf {
        match self {
            Self::Chat | Self::Messages | Self::Rows => {
                folder.join(format!("{}.jsonl", self.name()))
            }
            Self::Transcripts => folder.join(self.name()),
        }
    }
}

/// What a log holds, every call once; tokens as reports count them, money in 10⁻¹² of a dollar.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub records: u64,
    pub duplicates: u64,
    pub input: u64,
    pub cache_read: u64,
    pub cache_write: u64,
    pub output: u64,
    pub pico: u128,
    pub bytes: u64,
}

impl Totals {
    fn count(&mut self, call: &Call) {
        self.records += 1;
        self.input += call.input + call.cache_read + call.cache_write;
        self.cache_read += call.cache_read;
        self.cache_write += call.cache_write;
        self.output += call.output;
        let [input, cache_read, cache_write, output] = rates(call.model);
        let thousands = call.input * input
            + call.cache_read * cache_read
            + call.cache_write * cache_write
            + call.output * output;
        self.pico += u128::from(thousands) * 1_000;
    }

    /// The cost in dollars, without zeros at its end.
    pub fn cost(&self) -> String {
        let (whole, rest) = (self.pico / 1_000_000_000_000, self.pico % 1_000_000_000_000);
        let text = format!("{whole}.{rest:012}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    /// One JSON object.
    pub fn json(&self) -> String {
        format!(
            r#"{{"records":{},"duplicates":{},"input_tokens":"{}","cached_input_tokens":"{}","cache_write_tokens":"{}","output_tokens":"{}","cost":"{}","bytes":{}}}"#,
            self.records,
            self.duplicates,
            self.input,
            self.cache_read,
            self.cache_write,
            self.output,
            self.cost(),
            self.bytes
        )
    }
}

/// Where the lines of a log go: one file, or the next of many.
struct Out {
    folder: PathBuf,
    sessions: u64,
    session: String,
    file: Option<BufWriter<File>>,
}

impl Out {
    fn turn_to(&mut self, path: &Path) {
        self.finish();
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        self.file = Some(BufWriter::new(File::create(path).unwrap()));
    }

    /// Begins the next session, where a call is the first of one.
    fn session(&mut self, number: u64, records: u64) {
        let session = number * self.sessions / records;
        if number == 0 || session != (number - 1) * self.sessions / records {
            self.session = format!("5e551077-0000-4000-8000-{session:012}");
            let project = format!("projects/-home-dev-shop-{}", session % 20);
            let path = self
                .folder
                .join(project)
                .join(format!("{}.jsonl", self.session));
            self.turn_to(&path);
        }
    }

    fn line(&mut self, text: &str) -> u64 {
        writeln!(self.file.as_mut().unwrap(), "{text}").unwrap();
        u64::try_from(text.len()).unwrap() + 1
    }

    fn finish(&mut self) {
        if let Some(mut file) = self.file.take() {
            file.flush().unwrap();
        }
    }
}

/// Writes a log and its rates into a folder. Another seed gives other calls.
pub fn write(kind: Kind, folder: &Path, records: u64, seed: u64) -> Totals {
    fs::create_dir_all(folder).unwrap();
    write_prices(folder);
    let mut random = Random(0x9E37_79B9_7F4A_7C15 ^ seed);
    let mut totals = Totals::default();
    let mut recent: Vec<String> = Vec::with_capacity(RECENT);
    let mut out = Out {
        folder: kind.path(folder),
        sessions: SESSIONS.min(records),
        session: String::new(),
        file: None,
    };
    if kind != Kind::Transcripts {
        out.turn_to(&kind.path(folder));
    }
    for number in 0..records {
        if kind == Kind::Transcripts {
            out.session(number, records);
        }
        let call = Call::of(&mut random, (number, records), kind.models(), kind.writes());
        let text = match kind {
            Kind::Chat => call.chat(&mut random),
            Kind::Messages => call.message(&mut random),
            Kind::Rows => call.row(),
            Kind::Transcripts => call.transcript(&mut random, &out.session),
        };
        totals.count(&call);
        totals.bytes += out.line(&text);
        if recent.len() == RECENT {
            recent.remove(usize::try_from(random.below(64)).unwrap());
        }
        recent.push(text);
        if random.below(200) == 0 {
            let again = usize::try_from(random.below(64)).unwrap() % recent.len();
            totals.duplicates += 1;
            totals.bytes += out.line(recent.get(again).unwrap());
        }
    }
    out.finish();
    totals
}

/// The rates of all models, for llmcost and for others.
fn write_prices(folder: &Path) {
    let mut book = "format: llmcost-prices/1\nbook: {name: corpus, version: 2026-11-01, currency: USD}\nsources:\n  invented: {url: \"file:prices.csv\", checked: 2026-11-01}\nmodels:\n".to_owned();
    let mut table = "provider,model,input,cache_read,cache_write,output\n".to_owned();
    for number in 0..MODELS {
        let (provider, name) = model(number);
        let rates = rates(number).map(|rate| format!("{}.{:03}", rate / 1_000, rate % 1_000));
        let [input, cache_read, cache_write, output] = &rates;
        book.push_str(&format!(
            "  - id: {provider}/{name}\n    match: [\"{name}\"]\n    prices:\n      - source: [invented]\n        per_1m: {{input: {input}, cache_read: {cache_read}, cache_write: {cache_write}, output: {output}}}\n"
        ));
        table.push_str(&format!("{provider},{name},{}\n", rates.join(",")));
    }
    fs::write(folder.join("prices.yaml"), book).unwrap();
    fs::write(folder.join("prices.csv"), table).unwrap();
}

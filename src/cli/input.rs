//! Where records come from: the ledger, or paths that are read, priced and forgotten.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::Global;
use super::console::{self, Console};
use super::formats;
use crate::envelopes::Formats;
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::{self, Options, Outcomes, Plan, Users};
use crate::ledger::Ledger;
use crate::pricing::{PriceBook, Prices};
use crate::report::nearest;
use crate::source::{self, Found};
use crate::usage::Timestamp;

/// Larger than any price book or list: 16 MiB.
const LARGEST_BOOK: u64 = 16 << 20;

/// The ledger that a command line means.
///
/// # Errors
/// When there is neither a flag nor a home directory.
pub fn ledger_path(global: &Global) -> Result<PathBuf> {
    if let Some(path) = &global.ledger {
        return Ok(path.clone());
    }
    home_folder("XDG_DATA_HOME", ".local/share")
        .map(|folder| folder.join("llmcost/ledger.db"))
        .ok_or_else(|| {
            Error::usage("there is no home directory to keep a ledger in")
                .hint("name one with --ledger FILE")
        })
}

/// Opens a ledger for reading. What had to be done for that is said.
///
/// # Errors
/// When there is none, or it cannot be used.
pub fn reading(path: &Path, console: &Console) -> Result<Ledger> {
    let ledger = Ledger::open_for_reading(path)?;
    console.migrated(ledger.migration());
    Ok(ledger)
}

/// Opens a ledger for writing; makes it where there is none. What had to be done for that is said.
///
/// # Errors
/// When it cannot be used.
pub fn writing(path: &Path, console: &Console) -> Result<Ledger> {
    let ledger = Ledger::open(path)?;
    console.migrated(ledger.migration());
    Ok(ledger)
}

/// A folder that an environment variable names, or one below the home directory.
pub fn home_folder(variable: &str, below_home: &str) -> Option<PathBuf> {
    let set = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    set(variable).or_else(|| set("HOME").map(|home| home.join(below_home)))
}

/// The price books of a command line: bundled, then the user's, the project's, and `--prices`.
///
/// # Errors
/// When one of them cannot be read.
pub fn prices(global: &Global) -> Result<Prices> {
    let mut prices = Prices::bundled();
    let user = user_prices();
    let project = Some(PathBuf::from("llmcost.prices.yaml"));
    for path in [user, project]
        .into_iter()
        .flatten()
        .filter(|path| path.is_file())
    {
        prices = prices.with_overlay(book(&path)?)?;
    }
    match &global.prices {
        Some(path) => prices.with_overlay(book(path)?),
        None => Ok(prices),
    }
}

/// The user's own price book, whether it is there or not.
pub fn user_prices() -> Option<PathBuf> {
    config_folder().map(|folder| folder.join("prices.yaml"))
}

/// The user's own folder of settings, whether it is there or not.
pub fn config_folder() -> Option<PathBuf> {
    home_folder("XDG_CONFIG_HOME", ".config").map(|folder| folder.join("llmcost"))
}

fn book(path: &Path) -> Result<PriceBook> {
    PriceBook::parse(&path.to_string_lossy(), &price_file(path)?)
}

/// The whole of a price book or list; `-` is standard input.
///
/// # Errors
/// When it cannot be read, or is larger than any of them is.
pub fn price_file(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more tells that there is more.
    let mut up_to = |from: &mut dyn Read| from.take(LARGEST_BOOK + 1).read_to_end(&mut bytes);
    let read = if path == Path::new("-") {
        up_to(&mut std::io::stdin().lock())
    } else {
        std::fs::File::open(path).and_then(|mut file| up_to(&mut file))
    };
    let failed = |message: String| Error::new(ErrorKind::PriceBook, message).at(path, None);
    match read.map(u64::try_from) {
        Ok(Ok(length)) if length <= LARGEST_BOOK => Ok(bytes),
        Ok(_) => Err(failed("this file is larger than 16 MiB".to_owned())
            .hint("no price book or price list is; name the right file")),
        Err(error) => Err(failed(source::reason(&error))
            .hint("name the file as it is called; it may also be named by LLMCOST_PRICES or in the settings")),
    }
}

/// `--set name=value` options.
///
/// # Errors
/// When one has no `=` or a value that its field cannot hold.
pub fn options(set: &[String]) -> Result<Options> {
    let mut options = Options::default();
    for text in set {
        let (name, value) = text.split_once('=').ok_or_else(|| {
            Error::usage(format!("--set {text}: this is no NAME=VALUE"))
                .hint("for example: --set user=alice --set tag.env=prod")
        })?;
        let (name, value) = (name.trim(), value.trim());
        options.set(name, value).map_err(|error| match error.hint {
            Some(_) => error,
            None if Options::names().contains(name) => error,
            None => error.hint(nearest::hint(name, Options::names())),
        })?;
    }
    Ok(options)
}

/// The records of the paths where some are given, otherwise of the ledger.
///
/// # Errors
/// When a path is missing or the ledger cannot be read.
pub fn records(
    paths: &[String],
    set: &[String],
    global: &Global,
    console: &Console,
) -> Result<Ledger> {
    if paths.is_empty() {
        if !set.is_empty() {
            return Err(Error::usage(
                "--set fills what logs do not say; name the logs that it is for",
            ));
        }
        return reading(&ledger_path(global)?, console);
    }
    let logs = Logs::find(paths, set, global, console)?;
    let mut ledger = Ledger::scratch()?;
    let outcomes = logs.ingest(&mut ledger, How::default(), console)?;
    remark(&outcomes, console);
    Ok(ledger)
}

/// How logs are read; as in [`Plan`].
#[derive(Debug, Clone, Copy, Default)]
pub struct How {
    /// One reject undoes all.
    pub strict: bool,
    /// Into a ledger that stays, so that paths must mean the same later.
    pub kept: bool,
    /// Files with rejects are read again.
    pub retry_rejected: bool,
    /// Nothing is kept.
    pub dry: bool,
}

/// Everything that reading logs needs, made ready before a ledger is touched.
pub struct Logs {
    sources: Vec<Found>,
    formats: Formats,
    options: Options,
    prices: Prices,
    now: Timestamp,
}

impl Logs {
    /// Looks for the paths, and reads options and price books.
    ///
    /// # Errors
    /// When a named path is missing, or an option or a price book cannot be used.
    pub fn find(
        paths: &[String],
        set: &[String],
        global: &Global,
        console: &Console,
    ) -> Result<Self> {
        Ok(Self {
            options: options(set)?,
            formats: formats::formats(global)?,
            prices: prices(global)?,
            now: console.now()?,
            sources: source::expand(paths)?,
        })
    }

    /// The same, with users named in this way.
    pub fn naming(mut self, users: Users) -> Self {
        self.options.users = users;
        self
    }

    /// Reads them into a ledger, with a progress bar.
    ///
    /// # Errors
    /// As [`ingest::ingest`].
    pub fn ingest(&self, ledger: &mut Ledger, how: How, console: &Console) -> Result<Outcomes> {
        let plan = Plan {
            sources: &self.sources,
            formats: &self.formats,
            options: &self.options,
            prices: &self.prices,
            now: self.now,
            clock: console::clock(),
            version: env!("CARGO_PKG_VERSION"),
            strict: how.strict,
            absolute: how.kept,
            retry_rejected: how.retry_rejected,
            dry: how.dry,
        };
        console::catch_interrupts();
        let bar = console.progress();
        let outcomes = ingest::ingest(ledger, &plan, &mut |progress| bar.show(progress));
        bar.finish();
        outcomes
    }
}

/// What must not stay unsaid of logs that are only looked at.
fn remark(outcomes: &Outcomes, console: &Console) {
    for reject in outcomes.rejects.iter().take(5) {
        console.remark(&format!(
            "rejected: {}:{}: {}",
            reject.path, reject.line, reject.reason
        ));
    }
    let counts = &outcomes.counts;
    if counts.rejected > 5 {
        console.remark(&format!("… and {} more rejected", counts.rejected - 5));
    }
    if counts.read() > 0 && counts.new == 0 {
        console.remark(
            "no usage was found; `llmcost inspect FILE` shows what a log holds and how to map it",
        );
    }
}

//! Standard output and error, colours, progress, and the clock.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value as Json;

use super::Global;
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::Progress;
use crate::ledger::{Migration, SCHEMA_VERSION};
use crate::render::{Digits, Style, json, visible};
use crate::reprice;
use crate::usage::Timestamp;

/// Set by an interrupt; a run looks at it between records.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Where the program talks to.
pub struct Console {
    quiet: bool,
    color: String,
}

impl Console {
    /// The console of a command line.
    pub fn new(global: &Global) -> Self {
        Self {
            quiet: global.quiet,
            color: global.color.clone(),
        }
    }

    /// The time now; `LLMCOST_NOW` stands in for it where output must be the same again.
    ///
    /// # Errors
    /// When that variable holds no time.
    pub fn now(&self) -> Result<Timestamp> {
        match std::env::var("LLMCOST_NOW") {
            Ok(text) => {
                Timestamp::parse(&text).ok_or_else(|| Error::usage("LLMCOST_NOW holds no time"))
            }
            Err(_) => Ok(clock()),
        }
    }

    /// Writes to standard output. A reader that has gone away ends the program without failure.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn print(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        write(&mut out)
            .and_then(|()| out.flush())
            .map_err(|error| write_failed(&error))
    }

    /// Writes a JSON value on one line of standard output.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn print_json(&self, value: &Json) -> Result<()> {
        let mut line = Vec::new();
        json::write_line(value, &mut line)?;
        self.print(|out| out.write_all(&line))
    }

    /// Writes lines to standard output, made harmless.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn print_lines(&self, lines: &[String]) -> Result<()> {
        self.print(|out| {
            lines
                .iter()
                .try_for_each(|line| writeln!(out, "{}", visible(line)))
        })
    }

    /// How to print for people: as wide as the terminal, colours where they are wanted.
    pub fn style(&self, exact: bool) -> Style {
        let terminal = io::stdout().is_terminal();
        let width = std::env::var("COLUMNS")
            .ok()
            .and_then(|columns| columns.parse().ok());
        let measured = if terminal { comfy_width() } else { None };
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let colour = match self.color.as_str() {
            "always" => true,
            "never" => false,
            _ => terminal && !no_color && std::env::var("TERM").map_or(true, |term| term != "dumb"),
        };
        let digits = if exact {
            Digits::Exact
        } else {
            Digits::default()
        };
        Style {
            width: width.or(measured),
            colour,
            digits,
            ..Style::default()
        }
    }

    /// A remark on standard error.
    pub fn remark(&self, text: &str) {
        if !self.quiet {
            drop(writeln!(io::stderr(), "{}", visible(text)));
        }
    }

    /// Says that a ledger was brought to this program's schema, and where it stands as it was.
    pub fn migrated(&self, migration: Option<&Migration>) {
        if let Some(Migration { from, backup }) = migration {
            self.remark(&format!(
                "the ledger was brought from schema {from} to {SCHEMA_VERSION}; as it was, it stands in {}",
                backup.display()
            ));
        }
    }

    /// An error on standard error, with what to do about it.
    pub fn error(&self, error: &Error) {
        // Paths stand in it; its own line ends are ours.
        for line in format!("llmcost: {error}").lines() {
            drop(writeln!(io::stderr(), "{}", visible(line)));
        }
    }

    /// A progress bar over bytes, on a terminal; nothing anywhere else.
    pub fn progress(&self) -> Bar {
        self.bar("{bar:32} {bytes}/{total_bytes} {bytes_per_sec} {msg}")
    }

    /// A progress bar over records, on a terminal; nothing anywhere else.
    pub fn counting(&self) -> Bar {
        self.bar("{bar:32} {human_pos}/{human_len} records {per_sec} {eta}")
    }

    fn bar(&self, template: &str) -> Bar {
        let shown = !self.quiet && io::stderr().is_terminal();
        let target = if shown {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        let style = ProgressStyle::with_template(template);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Bar(bar)
    }
}

/// The progress of a run on a terminal.
pub struct Bar(ProgressBar);

impl Bar {
    /// Shows how far a run is; says whether it is to go on.
    pub fn show(&self, progress: Progress) -> bool {
        self.0.set_length(progress.total.max(progress.bytes));
        self.0.set_position(progress.bytes);
        self.0.set_message(format!("{} records", progress.records));
        !INTERRUPTED.load(Ordering::Relaxed)
    }

    /// Shows how many of all records are done; says whether to go on.
    pub fn count(&self, progress: reprice::Progress) -> bool {
        self.0.set_length(progress.total.max(progress.records));
        self.0.set_position(progress.records);
        !INTERRUPTED.load(Ordering::Relaxed)
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}

/// From now on an interrupt ends a run in order; a second one ends it where it waits for input.
/// What is not committed is rolled back either way.
#[allow(
    clippy::exit,
    reason = "a read that waits cannot be ended in another way"
)]
pub fn catch_interrupts() {
    // A second handler cannot be set and is not needed.
    drop(ctrlc::set_handler(|| {
        if INTERRUPTED.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    }));
}

/// From now on a file that outgrows a limit of the system (`ulimit -f`) is an error that can be told,
/// and not the end of the program.
pub fn outlive_file_limits() {
    #[cfg(unix)]
    drop(signal_hook::flag::register(
        signal_hook::consts::SIGXFSZ,
        std::sync::Arc::default(),
    ));
}

/// Whether the user wants it to end.
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// Says, whenever it is asked, whether to go on: not after an interrupt, nor when the time is up.
pub fn watch(limit: Option<Duration>) -> impl FnMut() -> bool + Send + 'static {
    let begun = Instant::now();
    move || !interrupted() && limit.is_none_or(|limit| begun.elapsed() < limit)
}

#[allow(
    clippy::disallowed_methods,
    reason = "the one place where the clock is read"
)]
pub fn clock() -> Timestamp {
    Timestamp::from_millis(chrono::Utc::now().timestamp_millis())
}

fn comfy_width() -> Option<u16> {
    let (_, columns) = console_size()?;
    Some(columns)
}

/// Rows and columns of the terminal.
fn console_size() -> Option<(u16, u16)> {
    console::Term::stdout().size_checked()
}

/// What a failed write means for the program.
pub fn write_failed(error: &io::Error) -> Error {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Error::new(
            ErrorKind::BrokenPipe,
            "the reader of the output has gone away",
        );
    }
    Error::new(
        ErrorKind::Output,
        format!("the output cannot be written: {}", error.kind()),
    )
}

//! The command line: one file per command, each with its arguments and `run`. Only here are clap,
//! the clock, the environment, colours and progress.

mod agents;
mod anomalies;
mod backup;
mod check;
mod commands;
mod completions;
mod config;
mod console;
mod credits;
mod explain;
mod export;
mod forget;
mod formats;
mod ingest;
mod input;
mod inspect;
mod ledger;
mod man;
mod output;
mod prices;
mod query;
mod quote;
mod records;
mod report;
mod reprice;
mod runs;
mod selection;
mod sources;
mod summary;
mod terms;
mod verify;
mod view;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, FromArgMatches, Parser};

use commands::Command;
pub use commands::in_full as command;
pub use console::Console;

use crate::error::{Error, ErrorKind, Result};

/// Turns the raw LLM responses in your logs into an exact, auditable cost ledger, offline.
#[derive(Debug, Parser)]
#[command(name = "llmcost", version, about, help_template = HELP, after_help = AFTER_HELP, subcommand_required = false)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

const HELP: &str = "\
{about}

Usage: llmcost [COMMAND]

Read logs:
  ingest       Read logs into the ledger
  inspect      Show how a log is read, and how to map what is not
  formats      List, show and test what can be read
  sources      List the files that were read, and what could not be
  runs         List what was ingested when

Ask:
  summary      Today, this week, this month and all time at a glance
  report       Who, what and when spent how much
  anomalies    Find days that cost unusually much or little
  records      List single records
  explain      Show one record's receipt, worked by hand
  export       Write records, charges or sums to a file
  query        Ask the ledger in SQL, read-only
  check        Fail the CI job when a budget is broken

Money:
  quote        Say what a call costs
  reprice      Show what stored costs would be at today's prices; rewrite them
  prices       Look at prices, and work on price books
  credits      Credits of users and tenants: grants, balances, statements

Ledger:
  backup       Copy the ledger to a file, whoever writes to it meanwhile
  verify       Check that the ledger is sound
  ledger       Add indexes for those who ask the ledger in SQL, or drop them
  forget       Take a user, a run or a file out again
  prune        Take records of long ago out

Other:
  config       Show the settings, and where each comes from
  completions  Print shell completions
  man          Write man pages
  help         Print this, or the help of a command

Options:
{options}{after-help}
";

const AFTER_HELP: &str = "\
Examples:
  llmcost ingest logs/                     read logs into the ledger
  llmcost                                  what was spent lately
  llmcost report --by model                who spent what
  llmcost report --by user logs/*.jsonl    without a ledger: read, price, forget
  llmcost explain msg_01AbC                one receipt, to the last digit

`llmcost COMMAND --help` has more of them.";

/// Stands above the options of every command.
const EVERYWHERE: &str = "With every command";

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// The ledger file [default: ledger.db in the data directory]
    #[arg(
        long,
        global = true,
        env = "LLMCOST_LEDGER",
        value_name = "FILE",
        hide_env_values = true,
        help_heading = EVERYWHERE
    )]
    pub ledger: Option<PathBuf>,
    /// A price book that goes before the bundled one
    #[arg(
        long,
        global = true,
        env = "LLMCOST_PRICES",
        value_name = "FILE",
        hide_env_values = true,
        help_heading = EVERYWHERE
    )]
    pub prices: Option<PathBuf>,
    /// Whether the command line names the book, not the environment.
    #[arg(skip)]
    pub prices_asked: bool,
    /// The options that the command line names, not the environment or a configuration file.
    #[arg(skip)]
    pub typed: Vec<String>,
    /// Where the logs keep something: user=/ctx/uid, response=/llm/raw … (repeatable)
    #[arg(long, global = true, value_name = "NAME=PLACE", help_heading = EVERYWHERE)]
    pub map: Vec<String>,
    /// A file of formats that go before the built-in ones (repeatable)
    #[arg(long, global = true, value_name = "FILE", help_heading = EVERYWHERE)]
    pub formats: Vec<PathBuf>,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", value_parser = ["auto", "always", "never"], help_heading = EVERYWHERE)]
    pub color: String,
    /// Say nothing on standard error but errors
    #[arg(long, short, global = true, help_heading = EVERYWHERE)]
    pub quiet: bool,
}

impl Global {
    /// Whether the command line names an option.
    pub fn has_typed(&self, option: &str) -> bool {
        self.typed.iter().any(|typed| typed == option)
    }
}

/// How a command ended that did its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// As asked.
    Well,
    /// The user's own condition failed.
    ConditionFailed,
    /// Nothing certain can be said of the user's condition.
    CannotJudge,
}

impl Done {
    /// What the process ends with.
    pub fn code(self) -> u8 {
        match self {
            Self::Well => 0,
            Self::ConditionFailed => 1,
            Self::CannotJudge => 3,
        }
    }
}

/// Runs a command line and says how the process ends.
pub fn run(arguments: impl IntoIterator<Item = std::ffi::OsString>) -> ExitCode {
    console::outlive_file_limits();
    let settings = config::Settings::load();
    // Help must be had with settings that cannot be read, too.
    let words: Vec<_> = arguments.into_iter().collect();
    let command = match &settings {
        Ok(settings) => commands::set(settings, &words),
        Err(_) => Cli::command(),
    };
    let cli = match parse(words, command) {
        Ok(cli) => cli,
        Err(error) => {
            let code = if error.use_stderr() { 2 } else { 0 };
            return match error.print() {
                // Help and version are answers, and a closed pipe is no failure.
                Err(failed) if failed.kind() != std::io::ErrorKind::BrokenPipe => ExitCode::from(2),
                _ => ExitCode::from(code),
            };
        }
    };
    let console = Console::new(&cli.global);
    match settings.and_then(|settings| dispatch(cli, &settings, &console)) {
        Ok(done) => ExitCode::from(done.code()),
        Err(error) => {
            let code = exit_code(error.kind);
            if code != 0 {
                console.error(&error);
            }
            ExitCode::from(code)
        }
    }
}

fn parse(
    arguments: impl IntoIterator<Item = std::ffi::OsString>,
    command: clap::Command,
) -> Result<Cli, clap::Error> {
    let mut matches = command.try_get_matches_from(arguments)?;
    let mut typed = Vec::new();
    note_typed(&matches, &mut typed);
    let cli = Cli::from_arg_matches_mut(&mut matches);
    let mut cli = cli.map_err(|error| error.format(&mut Cli::command()))?;
    cli.global.typed = typed;
    cli.global.prices_asked = cli.global.has_typed("prices");
    Ok(cli)
}

fn note_typed(matches: &clap::ArgMatches, typed: &mut Vec<String>) {
    let is_typed = |id: &&clap::Id| {
        let source = matches.value_source(id.as_str());
        source == Some(clap::parser::ValueSource::CommandLine)
    };
    typed.extend(matches.ids().filter(is_typed).map(ToString::to_string));
    if let Some((_, below)) = matches.subcommand() {
        note_typed(below, typed);
    }
}

fn dispatch(cli: Cli, settings: &config::Settings, console: &Console) -> Result<Done> {
    let Cli { global, command } = cli;
    match command {
        Some(Command::Ingest(args)) => ingest::run(&args, &global, console),
        Some(Command::Summary(args)) => summary::run(&args, &global, console),
        Some(Command::Anomalies(args)) => anomalies::run(&args, &global, console),
        Some(Command::Report(args)) => report::run(&args, &global, console),
        Some(Command::Records(args)) => records::run(&args, &global, console),
        Some(Command::Explain(args)) => explain::run(&args, &global, console),
        Some(Command::Export(args)) => export::run(&args, &global, console),
        Some(Command::Query(args)) => query::run(&args, &global, console),
        Some(Command::Check(args)) => check::run(&args, &global, console),
        Some(Command::Quote(args)) => quote::run(&args, &global, console),
        Some(Command::Reprice(args)) => reprice::run(&args, &global, console),
        Some(Command::Prices(args)) => prices::run(&args, &global, console),
        Some(Command::Inspect(args)) => inspect::run(&args, &global, console),
        Some(Command::Formats(args)) => formats::run(&args, &global, console),
        Some(Command::Credits(args)) => credits::run(&args, &global, console),
        Some(Command::Sources(args)) => sources::run(&args, &global, console),
        Some(Command::Runs(args)) => runs::run(&args, &global, console),
        Some(Command::Backup(args)) => backup::run(&args, &global, console),
        Some(Command::Verify(args)) => verify::run(&args, &global, console),
        Some(Command::Ledger(args)) => ledger::run(&args, &global, console),
        Some(Command::Forget(args)) => forget::forget(&args, &global, console),
        Some(Command::Prune(args)) => forget::prune(&args, &global, console),
        Some(Command::Config(args)) => config::run(&args, settings, &global, console),
        Some(Command::Completions(args)) => completions::run(&args, console),
        Some(Command::Man(args)) => man::run(&args, console),
        None => bare(&global, settings, console),
    }
}

/// Without a command: the summary where there is a ledger, else the next command to type.
fn bare(global: &Global, settings: &config::Settings, console: &Console) -> Result<Done> {
    if input::ledger_path(global)?.exists() {
        // As if it was typed, so that settings hold for it, too.
        let line = ["llmcost", "summary"].map(Into::into);
        let command = commands::set(settings, &line);
        if let Ok(usual) = parse(line, command)
            && let Some(Command::Summary(args)) = usual.command
        {
            return summary::run(&args, global, console);
        }
    }
    console.print(|out| {
        writeln!(out, "There is no ledger yet. Make one from your logs:\n\n  llmcost ingest PATH\n\nor look without one:\n\n  llmcost report --by model PATH")
    })?;
    Ok(Done::Well)
}

fn exit_code(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::BrokenPipe => 0,
        ErrorKind::Interrupted => 130,
        ErrorKind::Usage
        | ErrorKind::Input
        | ErrorKind::PriceBook
        | ErrorKind::Ledger
        | ErrorKind::Output => 2,
    }
}

/// An error of a flag's value.
fn wrong(flag: &str, error: Error) -> Error {
    Error {
        message: format!("{flag}: {}", error.message),
        ..error
    }
}

//! The commands by name. Describing the options of all of them takes longer than most answers do, so
//! that clap is told what a command takes only when it is called.

use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Subcommand};

use super::config::Settings;
use super::{
    Cli, anomalies, backup, check, completions, config, credits, explain, export, forget, formats,
    ingest, inspect, ledger, man, prices, query, quote, records, report, reprice, runs, sources,
    summary, verify,
};

/// Adds what a command takes to it.
type Describe = fn(clap::Command) -> clap::Command;

macro_rules! commands {
    ($($name:literal $variant:ident($args:ty),)*) => {
        /// A command, with what it was told.
        #[derive(Debug)]
        pub enum Command {
            $($variant($args),)*
        }

        const COMMANDS: &[(&str, Describe)] = &[$(($name, <$args as Args>::augment_args),)*];

        impl FromArgMatches for Command {
            fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
                Self::from_arg_matches_mut(&mut matches.clone())
            }

            fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<Self, clap::Error> {
                let called = matches.remove_subcommand();
                match called.as_ref().map(|(name, below)| (name.as_str(), below)) {
                    $(Some(($name, below)) => <$args>::from_arg_matches(below).map(Self::$variant),)*
                    _ => Err(clap::Error::new(clap::error::ErrorKind::InvalidSubcommand)),
                }
            }

            fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
                *self = Self::from_arg_matches(matches)?;
                Ok(())
            }
        }
    };
}

commands! {
    "ingest" Ingest(ingest::IngestArgs),
    "summary" Summary(summary::SummaryArgs),
    "report" Report(report::ReportArgs),
    "anomalies" Anomalies(anomalies::AnomaliesArgs),
    "records" Records(records::RecordsArgs),
    "explain" Explain(explain::ExplainArgs),
    "export" Export(export::ExportArgs),
    "query" Query(query::QueryArgs),
    "check" Check(check::CheckArgs),
    "quote" Quote(quote::QuoteArgs),
    "reprice" Reprice(reprice::RepriceArgs),
    "prices" Prices(prices::PricesArgs),
    "inspect" Inspect(inspect::InspectArgs),
    "credits" Credits(credits::CreditsArgs),
    "formats" Formats(formats::FormatsArgs),
    "sources" Sources(sources::SourcesArgs),
    "runs" Runs(runs::RunsArgs),
    "backup" Backup(backup::BackupArgs),
    "verify" Verify(verify::VerifyArgs),
    "ledger" Ledger(ledger::LedgerArgs),
    "forget" Forget(forget::ForgetArgs),
    "prune" Prune(forget::PruneArgs),
    "config" Config(config::ConfigArgs),
    "completions" Completions(completions::CompletionsArgs),
    "man" Man(man::ManArgs),
}

impl Subcommand for Command {
    fn augment_subcommands(command: clap::Command) -> clap::Command {
        let all = COMMANDS.iter();
        command.subcommands(all.map(|(name, describe)| clap::Command::new(*name).defer(*describe)))
    }

    fn augment_subcommands_for_update(command: clap::Command) -> clap::Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        COMMANDS.iter().any(|(known, _)| *known == name)
    }
}

/// The whole command line with everything that every command takes, for completions and man pages.
pub fn in_full() -> clap::Command {
    let all = COMMANDS.iter();
    all.fold(Cli::command(), |command, (name, describe)| {
        command.mut_subcommand(name, |_| describe(clap::Command::new(*name)))
    })
}

/// The command line with settings as the defaults of the command that is called, among these words.
pub fn set(settings: &Settings, words: &[std::ffi::OsString]) -> clap::Command {
    let command = Cli::command();
    if settings.is_empty() {
        return command;
    }
    let called = COMMANDS
        .iter()
        .filter(|(name, _)| words.iter().any(|word| word == name));
    let called = called.fold(command, |command, (name, describe)| {
        command.mut_subcommand(name, |_| describe(clap::Command::new(*name)))
    });
    settings.apply(called)
}

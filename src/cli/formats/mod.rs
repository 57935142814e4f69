//! `llmcost formats`: what can be read. Formats files lie over one another as price books do.

mod list;
mod show;
mod test;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::output::OutputArgs;
use super::{Console, Done, Global, input};
use crate::envelopes::{Format, Formats};
use crate::error::{Error, ErrorKind, Result};

/// The project's formats file.
pub const PROJECT: &str = "llmcost.formats.toml";

/// List, show and test what can be read
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:
  llmcost formats
  llmcost formats show openai.batch
  llmcost formats test llmcost.formats.toml

docs/formats.md describes the file. Formats are taken from ~/.config/llmcost/formats.toml,
then ./llmcost.formats.toml, then --formats FILE; the user's own go before the built-in ones."
)]
pub struct FormatsArgs {
    #[command(subcommand)]
    command: Option<FormatsCommand>,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Debug, Subcommand)]
enum FormatsCommand {
    Show(show::ShowArgs),
    Test(test::TestArgs),
}

/// Runs the command.
///
/// # Errors
/// When a formats file cannot be used or the answer cannot be written.
pub fn run(args: &FormatsArgs, global: &Global, console: &Console) -> Result<Done> {
    match &args.command {
        None => list::run(&args.output, global, console),
        Some(FormatsCommand::Show(args)) => show::run(args, global, console),
        Some(FormatsCommand::Test(args)) => test::run(args, global, console),
    }
}

/// The formats of a command line: built in, then the user's, the project's, `--formats` and `--map`.
///
/// # Errors
/// When one of the files cannot be read, or an option names nothing.
pub fn formats(global: &Global) -> Result<Formats> {
    let user = input::home_folder("XDG_CONFIG_HOME", ".config");
    let user = user.map(|folder| folder.join("llmcost/formats.toml"));
    let found = user.into_iter().chain([PathBuf::from(PROJECT)]);
    let mut formats = Formats::builtin();
    for path in found
        .filter(|path| path.is_file())
        .chain(global.formats.clone())
    {
        formats = formats.with_own(read(&path)?);
    }
    formats.with_mapping(&global.map)
}

/// The formats of a file.
///
/// # Errors
/// When it cannot be read.
pub fn read(path: &Path) -> Result<Vec<Format>> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        let message = format!("the formats file cannot be read: {}", error.kind());
        Error::new(ErrorKind::Input, message).at(path, None)
    })?;
    Formats::parse(&text).map_err(|error| error.at(path, None))
}

//! `llmcost prices`: what the price books say, and work on them. One file per command; what they
//! find out is found out in `pricing`.

mod check;
mod convert;
mod diff;
mod fmt;
mod import;
mod list;
mod show;

use std::path::Path;

use clap::{Args, Subcommand};

use super::{Console, Done, Global, input, output};
use crate::error::{Error, ErrorKind, Result};
use crate::pricing::Day;
use crate::usage::Timestamp;

/// Look at prices, and work on price books
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost prices list --provider anthropic
  llmcost prices show gpt-5-mini --at 2026-01-15
  llmcost prices check our-prices.yaml
  llmcost prices diff bundled our-prices.yaml

docs/pricing-file.md describes the file. Books lie over one another: bundled, then
~/.config/llmcost/prices.yaml, then ./llmcost.prices.yaml, then --prices FILE.")]
pub struct PricesArgs {
    #[command(subcommand)]
    command: PricesCommand,
}

#[derive(Debug, Subcommand)]
enum PricesCommand {
    List(list::ListArgs),
    Show(show::ShowArgs),
    Check(check::CheckArgs),
    Fmt(fmt::FmtArgs),
    Diff(diff::DiffArgs),
    Convert(convert::ConvertArgs),
    Import(import::ImportArgs),
}

/// Runs the command.
///
/// # Errors
/// When a price book cannot be used or the answer cannot be written.
pub fn run(args: &PricesArgs, global: &Global, console: &Console) -> Result<Done> {
    match &args.command {
        PricesCommand::List(args) => list::run(args, global, console),
        PricesCommand::Show(args) => show::run(args, global, console),
        PricesCommand::Check(args) => check::run(args, global, console),
        PricesCommand::Fmt(args) => fmt::run(args, console),
        PricesCommand::Diff(args) => diff::run(args, console),
        PricesCommand::Convert(args) => convert::run(args, console),
        PricesCommand::Import(args) => import::run(args, global, console),
    }
}

/// A file, or standard input for `-`, with its name for messages.
fn read(path: &Path) -> Result<(String, Vec<u8>)> {
    let bytes = input::price_file(path)?;
    Ok((path.to_string_lossy().into_owned(), bytes))
}

/// The same, as text.
fn read_text(path: &Path) -> Result<(String, String)> {
    let (name, bytes) = read(path)?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Error::new(ErrorKind::Input, "this file is not UTF-8 text").at(path, None))?;
    Ok((name, text))
}

/// A time that a flag names, otherwise now.
fn time(flag: &str, text: Option<&str>, console: &Console) -> Result<Timestamp> {
    match text {
        None => console.now(),
        Some(text) => Timestamp::parse(text).ok_or_else(|| {
            Error::usage(format!("{flag}: this is no time"))
                .hint("write it as 2026-11-02 or 2026-11-02T10:00:00Z")
        }),
    }
}

/// A day that a flag names.
fn day(flag: &str, text: &str) -> Result<Day> {
    Day::parse(text).ok_or_else(|| {
        Error::usage(format!("{flag}: this is no day")).hint("write it as 2026-11-02")
    })
}

fn print_text(text: &str, console: &Console) -> Result<()> {
    console.print(|out| out.write_all(text.as_bytes()))
}

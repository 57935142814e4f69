//! `llmcost formats show`: one format, as it would be written in a formats file.

use clap::Args;

use super::{Console, Done, Global, formats};
use crate::error::{Error, Result};
use crate::report::nearest;

/// Show a format as it is written in a formats file
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost formats show docker.json_file
  llmcost formats show litellm.payload >> llmcost.formats.toml")]
pub struct ShowArgs {
    /// The name of the format
    #[arg(value_name = "FORMAT")]
    name: String,
}

/// Runs the command.
///
/// # Errors
/// When no format has this name.
pub fn run(args: &ShowArgs, global: &Global, console: &Console) -> Result<Done> {
    let formats = formats(global)?;
    let found = formats.all().iter().find(|format| format.id == args.name);
    let format = found.ok_or_else(|| {
        let names = formats.all().iter().map(|format| format.id.as_str());
        Error::usage(format!("no format has the name {}", args.name))
            .hint(nearest::hint(&args.name, names))
    })?;
    let lines: Vec<String> = format.written.lines().map(str::to_owned).collect();
    console.print_lines(&lines)?;
    Ok(Done::Well)
}

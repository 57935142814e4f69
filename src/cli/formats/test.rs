//! `llmcost formats test`: the samples of formats are their tests.

use std::path::PathBuf;

use clap::Args;

use super::{Console, Done, Global, formats, read};
use crate::error::Result;
use crate::ingest::samples;

/// Test the samples of a formats file
///
/// Each sample must be recognised by its own format, and give what it expects. Exits with 1 when one
/// does not.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost formats test llmcost.formats.toml
  llmcost formats test team/*.toml")]
pub struct TestArgs {
    /// Formats files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// When a file cannot be read.
pub fn run(args: &TestArgs, global: &Global, console: &Console) -> Result<Done> {
    let mut lines = Vec::new();
    let mut failed = 0_usize;
    for path in &args.files {
        let own = read(path)?;
        let all = formats(global)?.with_own(own.clone());
        for format in &own {
            let problems = samples::problems(format, &all);
            let (id, count) = (&format.id, format.samples.len());
            failed += usize::from(!problems.is_empty());
            lines.push(match (problems.is_empty(), count) {
                (false, _) => format!("failed  {id}"),
                (true, 0) => format!("no samples  {id}"),
                (true, 1) => format!("ok      {id}  1 sample"),
                (true, count) => format!("ok      {id}  {count} samples"),
            });
            lines.extend(
                problems
                    .into_iter()
                    .map(|problem| format!("        {problem}")),
            );
        }
        if own.is_empty() {
            lines.push(format!("{} has no formats", path.display()));
        }
    }
    console.print_lines(&lines)?;
    Ok(if failed == 0 {
        Done::Well
    } else {
        Done::ConditionFailed
    })
}

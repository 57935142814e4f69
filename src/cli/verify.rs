//! `llmcost verify`: whether the ledger is sound.

use clap::Args;
use serde_json::json;

use super::output::OutputArgs;
use super::{Console, Done, Global, input};
use crate::error::Result;
use crate::render::Format;
use crate::table::{Cell, Column, Kind, Table};

/// Check that the ledger is sound; silent when it is
///
/// Looks at the file, at every record and what lies beside it, at costs against quantities and rates,
/// keys, sums and runs. Mends nothing.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost verify
  llmcost verify --format json

Exit status: 0 sound, 1 damage was found, 2 the ledger cannot be read.")]
pub struct VerifyArgs {
    #[command(flatten)]
    output: OutputArgs,
}

/// Runs the command.
///
/// # Errors
/// When the ledger cannot be read.
pub fn run(args: &VerifyArgs, global: &Global, console: &Console) -> Result<Done> {
    let ledger = input::reading(&input::ledger_path(global)?, console)?;
    let findings = ledger.verify()?;
    let lines: Vec<_> = findings
        .iter()
        .map(|what| json!({"damage": what}))
        .collect();
    let json =
        json!({"schema": "llmcost.verify/1", "sound": findings.is_empty(), "damage": findings});
    if !findings.is_empty() || args.output.chosen()? != Format::Table {
        args.output
            .print_table(&table(&findings), &json, &lines, console)?;
    }
    if findings.is_empty() {
        return Ok(Done::Well);
    }
    console.remark("the ledger is damaged: restore a backup, or read the logs into a new one");
    Ok(Done::ConditionFailed)
}

fn table(findings: &[String]) -> Table {
    Table {
        columns: vec![Column::new("damage", "Damage", Kind::Text)],
        rows: findings
            .iter()
            .map(|what| vec![Cell::Text(what.clone())])
            .collect(),
        ..Table::default()
    }
}

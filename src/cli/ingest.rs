//! `llmcost ingest`: logs → ledger.

use std::path::Path;

use clap::Args;

use super::input::How;
use super::output::counted;
use super::{Console, Done, Global, agents, input};
use crate::error::{Error, Result};
use crate::ingest::{Outcomes, Users};
use crate::ledger::Ledger;
use crate::table::NONE;

/// Read logs into the ledger
///
/// Reading the same log again, a copy of it or a longer version of it adds only what is new: files
/// that have not changed are not even opened, so running it every minute is cheap. Records that
/// cannot be read are listed with their line and kept out; the rest goes in.
///
/// Another llmcost ledger is a log, too: what it holds is merged, with the costs that stand in it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost ingest logs/
  llmcost ingest 'logs/*.jsonl.gz' --set tenant=acme --set tag.env=prod
  llmcost ingest images.json --set model=gpt-image-1 --set timestamp=2026-11-02
  llmcost ingest app.log.gz --map user=/ctx/uid --map response=/llm/raw
  kubectl logs deploy/api | llmcost ingest -
  llmcost ingest --agents --set plan=subscription
  llmcost ingest logs/ --dry-run
  llmcost ingest logs/ --strict --format json
  llmcost ingest --retry-rejected
  llmcost ingest other-machine.db")]
pub struct IngestArgs {
    /// Files, directories, globs, other ledgers, or - for standard input
    #[arg(required_unless_present_any = ["retry_rejected", "agents"], value_name = "PATH")]
    paths: Vec<String>,
    /// Read the transcripts of coding agents from their usual places, too
    #[arg(long)]
    agents: bool,
    /// State what the records do not say: model, user, tenant, timestamp, seconds, tag.NAME … (repeatable)
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Leave users out: what has one is nobody's
    #[arg(long)]
    no_user: bool,
    /// Name users by a pseudonym that only who has the key can tell from a name
    #[arg(
        long,
        value_name = "KEY",
        env = "LLMCOST_USER_KEY",
        hide_env_values = true
    )]
    hash_users: Option<String>,
    /// All or nothing: one reject undoes the run and exits with 1 [env: LLM_USAGE_FAIL_OPEN=false]
    #[arg(long)]
    strict: bool,
    /// Say what would happen, and keep nothing
    #[arg(long)]
    dry_run: bool,
    /// Read files again in which something could not be read, though they have not changed; without a
    /// PATH, all of them
    #[arg(long)]
    retry_rejected: bool,
    /// text or json
    #[arg(long, short, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    format: String,
}

/// Rejects that are printed one by one.
const MOST_SHOWN: usize = 20;

/// Runs the command.
///
/// # Errors
/// When a named path is missing or the ledger cannot be written; nothing has changed then.
pub fn run(args: &IngestArgs, global: &Global, console: &Console) -> Result<Done> {
    let enabled = switch("LLM_USAGE_LOGGING_ENABLED")?;
    if enabled == Some(false) {
        return switched_off(args, "LLM_USAGE_LOGGING_ENABLED", console);
    }
    let path = input::ledger_path(global)?;
    let mut paths = args.paths.clone();
    if args.agents {
        paths.extend(agents::found(console)?);
    } else if paths.is_empty() {
        paths = rejected(&path, console)?;
    }
    let logs = input::Logs::find(&paths, &args.set, global, console)?.naming(args.users());
    // A per-1k price book carries settings, too; the environment goes before it.
    let prices = input::prices(global)?;
    let settings = prices.usage_logging().cloned().unwrap_or_default();
    if enabled.or(settings.enabled) == Some(false) {
        return switched_off(args, "usage_logging.enabled of the price book", console);
    }
    let fail_open = switch("LLM_USAGE_FAIL_OPEN")?.or(settings.fail_open);
    let strict = args.strict || fail_open == Some(false);
    let mut ledger = if args.dry_run && !path.exists() {
        Ledger::scratch()?
    } else {
        input::writing(&path, console)?
    };
    let how = How {
        strict,
        kept: true,
        retry_rejected: args.retry_rejected,
        dry: args.dry_run,
    };
    let outcomes = logs.ingest(&mut ledger, how, console)?;
    if args.format == "json" {
        console.print_json(&outcomes.json())?;
    } else {
        console.print_lines(&summary(&outcomes, &ledger))?;
    }
    let failed = strict && outcomes.counts.rejected > 0;
    Ok(if failed {
        Done::ConditionFailed
    } else {
        Done::Well
    })
}

impl IngestArgs {
    fn users(&self) -> Users {
        match &self.hash_users {
            _ if self.no_user => Users::Nobody,
            Some(key) => Users::Hashed(key.clone()),
            None => Users::Named,
        }
    }
}

/// The files in which something could not be read, as far as they are still there.
fn rejected(ledger: &Path, console: &Console) -> Result<Vec<String>> {
    let sources = input::reading(ledger, console)?.sources()?;
    let rejected = sources.into_iter().filter(|source| source.rejected > 0);
    let (there, gone): (Vec<String>, Vec<String>) = rejected
        .map(|source| source.path)
        .filter(|path| path != "-")
        .partition(|path| Path::new(path).exists());
    for path in gone {
        console.remark(&format!("{path}: no longer there; its rejects stay listed"));
    }
    if there.is_empty() {
        console.remark("no file is left in which anything could not be read");
    }
    Ok(there)
}

/// Usage is not to be logged.
fn switched_off(args: &IngestArgs, by: &str, console: &Console) -> Result<Done> {
    console.remark(&format!("{by} is false: nothing was read or written"));
    if args.format == "json" {
        console.print_json(&Outcomes::default().json())?;
    }
    Ok(Done::Well)
}

/// An environment variable that is true or false.
fn switch(name: &str) -> Result<Option<bool>> {
    let Ok(value) = std::env::var(name) else {
        return Ok(None);
    };
    match value.to_ascii_lowercase().as_str() {
        "" => Ok(None),
        "1" | "true" | "yes" | "on" => Ok(Some(true)),
        "0" | "false" | "no" | "off" => Ok(Some(false)),
        _ => Err(Error::usage(format!("{name} must be true or false"))),
    }
}

/// What a run did, one line each.
fn summary(outcomes: &Outcomes, ledger: &Ledger) -> Vec<String> {
    let mut lines = problems(outcomes);
    let counts = &outcomes.counts;
    let with_status = |status: &str| {
        let sources = outcomes.sources.iter();
        sources.filter(|source| source.status == status).count()
    };
    lines.push(format!(
        "read {} from {}: {} new, {} duplicate, {} updated, {} ignored, {} rejected; {} pending, {} unchanged, {} skipped",
        counted(counts.read(), "record"),
        counted(number(with_status("read")), "file"),
        counts.new,
        counts.duplicate,
        counts.updated,
        counts.ignored,
        counts.rejected,
        counts.pending,
        number(with_status("unchanged")),
        number(with_status("skipped")),
    ));
    let remarks = [
        (
            counts.conflicts,
            "contradictions: the same call with another model or tenant",
        ),
        (
            counts.position_keyed,
            "with neither id nor time, known by their place in their file",
        ),
        (
            outcomes.warnings_total,
            "warnings; --format json lists them",
        ),
    ];
    let said = remarks.iter().filter(|(count, _)| *count > 0);
    lines.extend(said.map(|(count, what)| format!("{count} {what}")));
    lines.extend(ending(outcomes, ledger));
    lines
}

/// The last lines: where the records are, or why there are none and what to do about it.
fn ending(outcomes: &Outcomes, ledger: &Ledger) -> Vec<String> {
    let counts = &outcomes.counts;
    if outcomes.dry {
        return vec!["nothing was written: this was a dry run".to_owned()];
    }
    if !outcomes.committed {
        let rejected = counts.rejected;
        return vec![format!(
            "nothing was written: all or nothing was asked for, and {rejected} rejected"
        )];
    }
    let unchanged = outcomes
        .sources
        .iter()
        .any(|source| source.status == "unchanged");
    if unchanged || counts.new + counts.duplicate + counts.updated > 0 {
        return vec![format!("ledger: {}", ledger.path().display())];
    }
    let read = outcomes
        .sources
        .iter()
        .find(|source| source.status == "read");
    let file = read.map_or("FILE", |source| source.path.as_str());
    vec![
        format!("no usage was found in {}", kinds(outcomes)),
        format!("see what is there and how to map it: llmcost inspect {file}"),
    ]
}

/// Rejects, half-written ends, contradictions and unpriced models, one line each.
fn problems(outcomes: &Outcomes) -> Vec<String> {
    let mut lines = Vec::new();
    let rejects = outcomes.rejects.iter().take(MOST_SHOWN);
    lines.extend(rejects.map(|reject| {
        let (path, line) = (&reject.path, reject.line);
        format!("rejected  {path}:{line}  {}", reject.reason)
    }));
    let hidden = outcomes.counts.rejected.saturating_sub(number(MOST_SHOWN));
    if hidden > 0 {
        let all = if outcomes.committed {
            "llmcost sources --rejects"
        } else {
            "--format json lists the first hundred"
        };
        lines.push(format!("… and {hidden} more: {all}"));
    }
    let pending = outcomes
        .sources
        .iter()
        .filter_map(|source| Some((&source.path, source.pending?)));
    lines.extend(pending.map(|(path, (line, bytes))| {
        format!("pending   {path}:{line}  {bytes} bytes of a record that is not complete yet")
    }));
    let conflicts = outcomes
        .warnings
        .iter()
        .filter(|warning| warning.kind == "conflict");
    lines.extend(conflicts.take(MOST_SHOWN).map(|warning| {
        let (path, line) = (&warning.path, warning.line);
        format!("conflict  {path}:{line}  {}", warning.detail)
    }));
    let unpriced = outcomes.unpriced.iter().take(MOST_SHOWN);
    lines.extend(unpriced.map(|((provider, model, reason), records)| {
        let name = |word: &Option<String>| word.clone().unwrap_or_else(|| NONE.to_owned());
        let (provider, model) = (name(provider), name(model));
        format!("unpriced  {provider}/{model}  {records} × {reason}")
    }));
    lines
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn kinds(outcomes: &Outcomes) -> String {
    let kinds: Vec<String> = outcomes
        .ignored
        .iter()
        .map(|(kind, count)| format!("{count} × {kind}"))
        .collect();
    if kinds.is_empty() {
        "these files".to_owned()
    } else {
        kinds.join(", ")
    }
}

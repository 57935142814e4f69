//! Where a verdict goes: the terminal, files for CI systems, and a GitHub Actions runner.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::CheckArgs;
use super::rules::Limits;
use crate::cli::console::write_failed;
use crate::cli::output::replace;
use crate::cli::{Console, Done};
use crate::error::{Error, ErrorKind, Result};
use crate::render::{self, Document, Format, Style, github, junit, openmetrics, terminal};
use crate::report::check::Verdict;
use crate::table::checklist::Outcome;

/// Findings that people see.
const MOST_LISTED: usize = 20;

/// The reports that are asked for beside the answer.
pub struct Outputs {
    files: Vec<(Report, PathBuf)>,
    github: bool,
}

/// What a report file holds.
#[derive(Clone, Copy)]
enum Report {
    Junit,
    Json,
    Markdown,
    OpenMetrics,
}

const REPORTS: [(&str, Report); 4] = [
    ("junit", Report::Junit),
    ("json", Report::Json),
    ("markdown", Report::Markdown),
    ("openmetrics", Report::OpenMetrics),
];

impl Outputs {
    /// Reads `--report`; a GitHub Actions runner is noticed by itself.
    ///
    /// # Errors
    /// When there is no such report, or one lacks its file.
    pub fn parse(texts: &[String]) -> Result<Self> {
        let runner = std::env::var("GITHUB_ACTIONS").is_ok_and(|value| value == "true");
        let mut outputs = Self {
            files: Vec::new(),
            github: runner,
        };
        for text in texts {
            if text == "github" {
                outputs.github = true;
                continue;
            }
            let (name, file) = text.split_once('=').unwrap_or((text, ""));
            let report = REPORTS.iter().find(|(known, _)| *known == name);
            let hint = "one of: github, junit=FILE, json=FILE, markdown=FILE, openmetrics=FILE";
            let wrong =
                |what: &str| Err(Error::usage(format!("--report {text}: {what}")).hint(hint));
            match report {
                Some(_) if file.is_empty() => return wrong("this report needs a file"),
                Some((_, report)) => outputs.files.push((*report, PathBuf::from(file))),
                None => return wrong("there is no such report"),
            }
        }
        Ok(outputs)
    }

    /// Tells a runner what ended the command.
    ///
    /// # Errors
    /// When it cannot be printed.
    pub fn failed(&self, error: &Error, console: &Console) -> Result<()> {
        if self.github && error.kind != ErrorKind::BrokenPipe {
            console.print(|out| writeln!(out, "{}", github::error(error)))?;
        }
        Ok(())
    }

    /// Prints the answer and writes all reports.
    ///
    /// # Errors
    /// When something cannot be written.
    pub fn write(
        &self,
        verdict: &Verdict,
        (limits, done): (&Limits, Done),
        (args, console): (&CheckArgs, &Console),
    ) -> Result<()> {
        let json = verdict.json(done.code());
        let lines = verdict.json_rules();
        let chosen = args.output.chosen()?;
        let people = matches!(chosen, Format::Table | Format::Markdown | Format::Html);
        let mut remarks = Vec::new();
        if limits.rules.is_empty() {
            let said = "No limits are set: --max-total 50, or a file llmcost.budget.toml";
            remarks.push(said.to_owned());
        }
        if verdict.outcome() > Outcome::Warned && args.warn_only {
            remarks.push("Only warnings are wanted: ends with 0".to_owned());
        }
        let mut table = verdict.table(people.then_some(MOST_LISTED));
        table.notes.extend(remarks.iter().cloned());
        let document = Document {
            table: &table,
            json: &json,
            lines: &lines,
        };
        if chosen == Format::Table {
            let mut lines = verdict.lines(MOST_LISTED, args.output.exact);
            lines.extend(remarks);
            let text = written(|out| terminal::write_lines(&lines, out))?;
            let is_log = self.github && args.output.output.is_none();
            let text = if is_log { github::fenced(text) } else { text };
            let put = |out: &mut dyn Write| out.write_all(text.as_bytes());
            let failed = |error: std::io::Error| write_failed(&error);
            args.output.write(console, |out| put(out).map_err(failed))?;
        } else {
            args.output.print(&document, console)?;
        }
        let short = verdict.table(Some(MOST_LISTED));
        let markdown = rendered(
            &Document {
                table: &short,
                ..document
            },
            Format::Markdown,
        )?;
        for (report, path) in &self.files {
            let text = match report {
                Report::Json => rendered(&document, Format::Json)?,
                Report::Markdown => markdown.clone(),
                Report::Junit => written(|out| junit::write(&verdict.checklist(), out))?,
                Report::OpenMetrics => {
                    written(|out| openmetrics::write(&verdict.checklist(), out))?
                }
            };
            replace(path, &text)?;
        }
        if self.github {
            to_runner(verdict, &markdown, (limits, done), (args, console))?;
        }
        Ok(())
    }
}

/// Annotations, the step summary and the step's outputs.
fn to_runner(
    verdict: &Verdict,
    markdown: &str,
    (limits, done): (&Limits, Done),
    (args, console): (&CheckArgs, &Console),
) -> Result<()> {
    let file = limits.file.as_ref().map(|path| path.to_string_lossy());
    let lines = github::annotations(&verdict.checklist(), file.as_deref(), args.warn_only);
    let lines: String = lines.into_iter().map(|line| line + "\n").collect();
    // A runner reads both streams; data on standard output stay data.
    let is_free = args.output.output.is_some() || args.output.chosen()? == Format::Table;
    if is_free {
        console.print(|out| out.write_all(lines.as_bytes()))?;
    } else {
        drop(std::io::stderr().write_all(lines.as_bytes()));
    }
    if let Some(path) = named_file("GITHUB_STEP_SUMMARY") {
        let held = std::fs::metadata(&path).map_or(0, |held| held.len());
        let held = usize::try_from(held).unwrap_or(usize::MAX);
        let room = github::SUMMARY_BYTES.saturating_sub(held);
        append(&path, &github::fitting(markdown, room))?;
    }
    if let Some(path) = named_file("GITHUB_OUTPUT") {
        let values = [
            ("verdict", verdict.outcome().name().to_owned()),
            ("exit_code", done.code().to_string()),
            (
                "total",
                verdict
                    .cost()
                    .map_or(String::new(), |cost| cost.to_string()),
            ),
            ("currency", verdict.currency.clone().unwrap_or_default()),
            ("violations", verdict.violations().to_string()),
        ];
        let lines = values.map(|(name, value)| format!("{name}={}\n", render::visible(&value)));
        append(&path, &lines.concat())?;
    }
    Ok(())
}

fn named_file(variable: &str) -> Option<PathBuf> {
    let named = std::env::var_os(variable).filter(|value| !value.is_empty());
    named.map(PathBuf::from)
}

fn append(path: &Path, text: &str) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    let file = options.append(true).create(true).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| write_failed(&error).at(path, None))
}

fn rendered(document: &Document<'_>, format: Format) -> Result<String> {
    written(|out| render::write(document, format, Style::default(), out))
}

fn written(write: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<String> {
    let mut bytes = Vec::new();
    write(&mut bytes)?;
    String::from_utf8(bytes).map_err(|_| Error::new(ErrorKind::Output, "the output is no text"))
}

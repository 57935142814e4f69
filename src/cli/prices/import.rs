//! `llmcost prices import`: other people's price lists into the user's own book.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::{Value as Json, json};

use super::{Console, Done, Global, day, input, output, output::counted, print_text, read_text};
use crate::error::{Error, Result};
use crate::pricing::Day;
use crate::pricing::import::{Imported, Laid, LeftOut, List, Terms, Why, import, lay};

/// Import models from the price list of litellm, genai-prices or models.dev
///
/// The list is a file that you downloaded. Its models go into your own price book, beside what is
/// there; models that the books in force price already are left alone, unless --all asks for them.
/// A single list may be wrong, so what its rates cost is an estimate until you take the `unverified`
/// line out (or --trust it). A rate of 0 is asked about: it is listed and left out, and
/// --accept-zero takes it as free.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost prices import litellm model_prices.json --provider together
  llmcost prices import genai-prices data.json --model 'llama-*' -o team.yaml
  llmcost prices import models.dev api.json --provider groq -o - | less")]
pub struct ImportArgs {
    /// Whose list it is
    list: ListName,
    /// The list; - for standard input
    file: PathBuf,
    /// Only models of this provider
    #[arg(long)]
    provider: Option<String>,
    /// Only models of this name; * and ? match any text and any character
    #[arg(long, value_name = "PATTERN")]
    model: Option<String>,
    /// Also models that the books in force price already
    #[arg(long)]
    all: bool,
    /// Replace models that the output has already
    #[arg(long)]
    replace: bool,
    /// Take a rate of 0 as free
    #[arg(long)]
    accept_zero: bool,
    /// Take the rates as verified
    #[arg(long)]
    trust: bool,
    /// The day on which the list was downloaded [default: today]
    #[arg(long, value_name = "DAY")]
    checked: Option<String>,
    /// The price book to write; - for standard output [default: ~/.config/llmcost/prices.yaml]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// text or json
    #[arg(long, short, default_value = "text", value_parser = ["text", "json"])]
    format: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ListName {
    Litellm,
    GenaiPrices,
    #[value(name = "models.dev")]
    ModelsDev,
}

/// Lines of the summary that are printed one by one.
const MOST_SHOWN: usize = 20;

/// Runs the command.
///
/// # Errors
/// When the list or the output cannot be read, or the result would not load.
pub fn run(args: &ImportArgs, global: &Global, console: &Console) -> Result<Done> {
    let list = match args.list {
        ListName::Litellm => List::Litellm,
        ListName::GenaiPrices => List::GenaiPrices,
        ListName::ModelsDev => List::ModelsDev,
    };
    let today = Day::of(console.now()?);
    let checked = args.checked.as_deref();
    let checked = checked.map_or(Ok(today), |text| day("--checked", text))?;
    let known = (!args.all).then(|| input::prices(global)).transpose()?;
    let terms = Terms {
        provider: args.provider.as_deref(),
        model: args.model.as_deref(),
        accept_zero: args.accept_zero,
        trust: args.trust,
        checked,
        known: known.as_ref(),
    };
    let imported = import(list, &read_text(&args.file)?.1, &terms)?;
    let target = match &args.output {
        Some(path) => path.clone(),
        None => input::user_prices().ok_or_else(|| {
            Error::usage("there is no home directory to keep a price book in")
                .hint("name one with -o FILE")
        })?,
    };
    let laid = write(args, &target, &imported, &today.to_string(), console)?;
    report(args, &target, &imported, laid.as_ref(), console)?;
    Ok(Done::Well)
}

/// Writes the book. Nothing is written where nothing was taken.
fn write(
    args: &ImportArgs,
    target: &Path,
    imported: &Imported,
    version: &str,
    console: &Console,
) -> Result<Option<Laid>> {
    if imported.models.is_empty() {
        return Ok(None);
    }
    let to_stdout = target == Path::new("-");
    let existing = (!to_stdout && target.exists())
        .then(|| read_text(target))
        .transpose()?;
    let existing = existing.as_ref().map(|(_, text)| text.as_str());
    let name = target.to_string_lossy();
    let laid = lay(&name, existing, imported, version, args.replace)?;
    if to_stdout && args.format == "text" {
        print_text(&laid.text, console)?;
    } else if !to_stdout && existing != Some(&laid.text) {
        output::replace(target, &laid.text)?;
    }
    Ok(Some(laid))
}

fn report(
    args: &ImportArgs,
    target: &Path,
    imported: &Imported,
    laid: Option<&Laid>,
    console: &Console,
) -> Result<()> {
    let (added, kept) = laid.map_or((&[][..], &[][..]), |laid| (&laid.added[..], &laid.kept[..]));
    if args.format == "json" {
        let left: Vec<Json> = imported.left_out.iter().map(left_json).collect();
        let text = laid
            .filter(|_| target == Path::new("-"))
            .map(|laid| &laid.text);
        let json = json!({
            "schema": "llmcost.prices.import/1", "output": target.to_string_lossy(),
            "imported": added, "kept": kept, "left_out": left, "text": text,
        });
        return print_text(&format!("{json}\n"), console);
    }
    let mut lines = Vec::new();
    summarize(args, target, imported, (added, kept), &mut lines)
        .map_err(|error| super::super::console::write_failed(&error))?;
    // The book itself may be on standard output.
    for line in String::from_utf8_lossy(&lines).lines() {
        console.remark(line);
    }
    Ok(())
}

fn summarize(
    args: &ImportArgs,
    target: &Path,
    imported: &Imported,
    (added, kept): (&[String], &[String]),
    out: &mut Vec<u8>,
) -> std::io::Result<()> {
    let of = |why| imported.left_out.iter().filter(move |left| left.why == why);
    let told = [
        (
            Why::Zero,
            "is 0: free, or unknown? --accept-zero takes it as free",
        ),
        (Why::NotAPrice, "has more digits than a price"),
        (Why::NotUnderstood, "is not understood"),
        (Why::Ambiguous, "fits names of another model, too"),
    ];
    for (why, words) in told {
        for left in of(why).take(MOST_SHOWN) {
            writeln!(out, "left out  {}  {} {words}", left.model, left.what)?;
        }
        let hidden = of(why).count().saturating_sub(MOST_SHOWN);
        if hidden > 0 {
            writeln!(out, "left out  … and {hidden} more: {words}")?;
        }
    }
    let (no_price, known) = (of(Why::NoPrice).count(), of(Why::Known).count());
    if no_price > 0 {
        writeln!(
            out,
            "left out  {} without any price",
            counted(no_price, "model")
        )?;
    }
    if known > 0 {
        writeln!(
            out,
            "left out  {} already priced; --all takes them",
            counted(known, "model")
        )?;
    }
    if !kept.is_empty() {
        writeln!(
            out,
            "kept      {} as the book has it; --replace takes the list's",
            counted(kept.len(), "model")
        )?;
    }
    let marked = if args.trust || added.is_empty() {
        ""
    } else {
        ", marked unverified"
    };
    writeln!(
        out,
        "imported  {} into {}{marked}",
        counted(added.len(), "model"),
        target.display()
    )
}

fn left_json(left: &LeftOut) -> Json {
    let what = Some(&left.what).filter(|what| !what.is_empty());
    json!({"model": left.model, "what": what, "why": left.why.name()})
}

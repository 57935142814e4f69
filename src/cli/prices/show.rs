//! `llmcost prices show`: all that is known about the price of a model.

use clap::Args;
use serde_json::{Value as Json, json};

use super::{Console, Done, Global, input, print_text, time};
use crate::error::{Error, ErrorKind, Result};
use crate::pricing::Prices;
use crate::pricing::listing::{Listed, Wanted, list, periods};
use crate::pricing::words;
use crate::report::nearest;
use crate::usage::Timestamp;

/// Show all that is known about a model's price: rates, rules, history, sources
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost prices show gpt-5-mini
  llmcost prices show claude-sonnet-4-5 --provider bedrock
  llmcost prices show o3 --at 2025-06-01
  llmcost prices show anthropic/claude-opus-4-6 --format json")]
pub struct ShowArgs {
    /// A name as responses state it, or an id such as openai/gpt-5-mini
    model: String,
    /// Who serves it
    #[arg(long)]
    provider: Option<String>,
    /// Only the price that holds at this time
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// text or json
    #[arg(long, short, default_value = "text", value_parser = ["text", "json"])]
    format: String,
}

/// Runs the command.
///
/// # Errors
/// When no model is called so, or a price book cannot be read.
pub fn run(args: &ShowArgs, global: &Global, console: &Console) -> Result<Done> {
    let prices = input::prices(global)?;
    let at = args.at.as_deref();
    let at = at.map(|at| time("--at", Some(at), console)).transpose()?;
    let listed = find(&prices, args, at);
    if listed.is_empty() {
        return Err(unknown(&prices, &args.model));
    }
    if args.format == "json" {
        let lines: Vec<Json> = listed.iter().map(Listed::json).collect();
        let json = json!({"schema": "llmcost.prices.show/1", "prices": lines});
        print_text(&format!("{json}\n"), console)?;
        return Ok(Done::Well);
    }
    let now = console.now()?;
    let mut text = Vec::new();
    let mut shown: Option<&str> = None;
    for listed in &listed {
        if shown != Some(&listed.model.id) {
            text.extend(shown.map(|_| String::new()));
            text.extend(head(listed));
            shown = Some(&listed.model.id);
        }
        text.extend(body(listed, now));
    }
    print_text(&format!("{}\n", text.join("\n")), console)?;
    Ok(Done::Well)
}

/// No book has such a model. What was probably meant is asked about, never taken.
fn unknown(prices: &Prices, model: &str) -> Error {
    let everything = Wanted {
        provider: None,
        model: None,
        meter: None,
        at: None,
    };
    let listed = list(prices, &everything);
    let names = listed.iter().flat_map(|listed| {
        let id = listed.model.id.as_str();
        [id, id.split_once('/').map_or(id, |(_, name)| name)]
    });
    let hint = "names are never guessed; `llmcost prices list --model '*PART*'` finds them";
    let hint = match nearest::nearest(model, names) {
        Some(name) => format!("Did you mean {name}? If not: {hint}"),
        None => hint.to_owned(),
    };
    let message = format!("no price book has a model {model}");
    Error::new(ErrorKind::PriceBook, message).hint(hint)
}

/// The model of that id; otherwise what a record with that name would be priced by.
fn find<'a>(prices: &'a Prices, args: &ShowArgs, at: Option<Timestamp>) -> Vec<Listed<'a>> {
    let provider = args.provider.as_deref();
    let found = match provider {
        Some(provider) => prices.find(provider, &args.model).into_iter().collect(),
        None => prices.find_anywhere(&args.model),
    };
    let mut listed = Vec::new();
    for found in found {
        let periods = periods(found.model, at);
        let of_model = |period| Listed {
            book: found.book,
            model: found.model,
            period,
        };
        if periods.is_empty() {
            listed.push(of_model(None));
        }
        // The newest first: it is what most ask for.
        listed.extend(
            periods
                .into_iter()
                .rev()
                .map(|period| of_model(Some(period))),
        );
    }
    if listed.is_empty() && args.model.contains('/') {
        let wanted = Wanted {
            provider,
            model: Some(&args.model),
            meter: None,
            at,
        };
        listed = list(prices, &wanted);
        listed.retain(|listed| listed.model.id == args.model);
        listed.reverse();
    }
    listed
}

/// What holds for all its periods.
fn head(listed: &Listed<'_>) -> Vec<String> {
    let (model, info) = (listed.model, listed.book.info());
    let mut lines = vec![
        model.id.clone(),
        format!("  book      {} {}", info.name, info.version),
    ];
    let names = model.matches.iter().cloned();
    let names = names.chain(model.regex.iter().map(|text| format!("/{text}/")));
    let names: Vec<String> = names.collect();
    lines.push(format!("  serves    {}", names.join("  ")));
    for (name, meter) in &model.usage_aliases {
        lines.push(format!("  {name} in the usage is {meter}"));
    }
    let rounding = model.rounding.as_ref();
    lines.extend(
        rounding.map(|said| format!("  rounding  {} decimals, for display only", said.decimals)),
    );
    lines.extend(model.note.iter().map(|note| format!("  note      {note}")));
    lines
}

/// One period.
fn body(listed: &Listed<'_>, now: Timestamp) -> Vec<String> {
    let Some(period) = listed.period else {
        return vec![String::new(), "  no price is known at that time".to_owned()];
    };
    let from = period.from.as_ref().map(|from| format!("from {from}"));
    let to = period
        .to
        .as_ref()
        .map(|to| format!("until {to} (excluded)"));
    let span: Vec<String> = [from, to].into_iter().flatten().collect();
    let span = if span.is_empty() {
        "at all times".to_owned()
    } else {
        span.join(" ")
    };
    let today = if period.holds(now) { ", holds now" } else { "" };
    let mut lines = vec![String::new(), format!("  {span}{today}")];
    let facts = words::facts(listed.book, period);
    let width = facts
        .iter()
        .filter(|fact| fact.meter.is_some())
        .map(|fact| fact.label.len())
        .max();
    let width = width.unwrap_or_default();
    lines.extend(facts.iter().map(|fact| match fact.meter {
        Some(_) => format!("    {:<width$}  {}", fact.label, fact.value),
        None => format!("    {}: {}", fact.label, fact.value),
    }));
    lines.extend(period.note.iter().map(|note| format!("    note: {note}")));
    for (id, source) in listed.sources() {
        let checked = source.checked.map_or_else(
            || "nobody says when it was checked".to_owned(),
            |day| format!("checked {day}"),
        );
        lines.push(format!("    source {id}: {} ({checked})", source.url));
    }
    lines
}

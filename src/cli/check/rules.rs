//! The rules of a command line: those of the budget file and those of the options.

use std::path::{Path, PathBuf};

use super::CheckArgs;
use crate::cli::wrong;
use crate::error::{Error, ErrorKind, Result};
use crate::report::Dimension;
use crate::report::check::file::{self, NAME};
use crate::report::check::rules::{Budget, Growth, Placed, Rules};
use crate::report::check::values::{Amount, Group, Percent};
use crate::report::check::words::{Bucket, Level};

/// What is to be checked.
#[derive(Default)]
pub struct Limits {
    /// The rules.
    pub rules: Rules,
    /// The budget file, where one is used.
    pub file: Option<PathBuf>,
    /// The currency that it names.
    pub currency: Option<String>,
    /// The timezone that it names.
    pub timezone: Option<chrono_tz::Tz>,
}

/// Reads the budget file and adds the limits of the options.
///
/// # Errors
/// When one of them cannot be understood.
pub fn gather(args: &CheckArgs) -> Result<Limits> {
    let mut limits = read(args.budget.as_deref())?;
    let rules = &mut limits.rules;
    let on_command_line = |rule| Placed { rule, line: None };
    if let Some(text) = &args.max_total {
        let limit = Amount::parse(text).map_err(|error| wrong("--max-total", error))?;
        let budget = Budget::of("--max-total".to_owned(), Vec::new(), None, limit);
        rules.budgets.push(on_command_line(budget));
    }
    for text in &args.max {
        let budget = max(text).map_err(|error| wrong("--max", error))?;
        rules.budgets.push(on_command_line(budget));
    }
    if let Some(level) = &args.on_unpriced {
        rules.data.unpriced = match level.as_str() {
            "warn" => Level::Warn,
            "ignore" => Level::Ignore,
            _ => Level::Fail,
        };
    }
    add_growth(args, rules)?;
    refuse_twins(rules)?;
    Ok(limits)
}

fn add_growth(args: &CheckArgs, rules: &mut Rules) -> Result<()> {
    let percent = args.max_increase.as_deref().map(Percent::parse);
    let percent = percent
        .transpose()
        .map_err(|error| wrong("--max-increase", error))?;
    let amount = args.max_increase_amount.as_deref().map(Amount::parse);
    let amount = amount
        .transpose()
        .map_err(|error| wrong("--max-increase-amount", error))?;
    if percent.is_some() || amount.is_some() {
        let rule = Growth::of_total("--max-increase".to_owned(), percent, amount);
        rules.growth.push(Placed { rule, line: None });
    }
    if args.baseline.is_some() && rules.growth.is_empty() {
        return Err(
            Error::usage("--baseline: nothing is to be compared with it")
                .hint("add --max-increase 10%, or [[growth]] to the budget file"),
        );
    }
    if args.baseline.is_none() && args.save_baseline.is_some() {
        // The first baseline cannot be compared with one.
        rules.growth_waits = true;
    }
    Ok(())
}

/// The named file, or the usual one where it is there.
fn read(named: Option<&Path>) -> Result<Limits> {
    let path = match named {
        Some(path) => path.to_path_buf(),
        None if Path::new(NAME).is_file() => PathBuf::from(NAME),
        None => return Ok(Limits::default()),
    };
    let text = std::fs::read_to_string(&path).map_err(|error| {
        let message = format!("the budget file cannot be read: {}", error.kind());
        Error::new(ErrorKind::Usage, message).at(&path, None)
    })?;
    let budget = file::parse(&path, &text)?;
    Ok(Limits {
        rules: budget.rules,
        file: Some(path),
        currency: budget.currency,
        timezone: budget.timezone,
    })
}

/// `day,tenant=20`
fn max(text: &str) -> Result<Budget> {
    let (groups, amount) = text.rsplit_once('=').ok_or_else(|| {
        Error::usage(format!("{text} has no = sign")).hint("write it as day,tenant=20")
    })?;
    let limit = Amount::parse(amount)?;
    let (mut by, mut period) = (Vec::new(), None);
    for dimension in Dimension::parse_list(&[groups])? {
        match Bucket::of(&dimension.key()) {
            Some(bucket) if period.is_none() => period = Some(bucket),
            Some(_) => return Err(Error::usage(format!("{text} names two periods"))),
            None => by.push(Group(dimension.key())),
        }
    }
    Ok(Budget::of(format!("--max {groups}"), by, period, limit))
}

/// Names tell rules apart in every output.
fn refuse_twins(rules: &Rules) -> Result<()> {
    let mut names: Vec<String> = rules.budgets.iter().map(|it| it.rule.title()).collect();
    names.sort();
    let twin = names.windows(2).find(|pair| pair.first() == pair.last());
    match twin.and_then(<[String]>::first) {
        Some(name) => Err(Error::usage(format!("{name} is stated twice"))),
        None => Ok(()),
    }
}

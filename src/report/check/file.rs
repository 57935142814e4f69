//! The budget file: TOML → rules, with the line of every mistake.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use super::rules::{Anomaly, Budget, Credit, DataRules, Growth, Models, Placed, Rules};
use super::values::{Conditions, Currency, Group, Zone};
use super::words::{Bucket, Metric};
use crate::error::{Error, Result};
use crate::report::Filter;

/// The name of the file that is taken where no other is named.
pub const NAME: &str = "llmcost.budget.toml";

/// Limits of `llmcost check`.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct File {
    /// The version of this format: 1.
    #[serde(default = "first_version")]
    version: u32,
    /// The currency of all amounts [default: the only one that costs are in]. Costs in others are
    /// converted at the price book's rates.
    currency: Option<Currency>,
    /// Where days begin [default: as `report` has it].
    timezone: Option<Zone>,
    /// Whether the figures can be trusted at all.
    #[serde(default)]
    data: DataRules,
    /// Limits on what groups may cost.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<Budget>"))]
    budget: Vec<Spanned<Budget>>,
    /// Limits on what groups may cost more than in a baseline.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<Growth>"))]
    growth: Vec<Spanned<Growth>>,
    /// Groups that cost unusually much.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<Anomaly>"))]
    anomaly: Vec<Spanned<Anomaly>>,
    /// Which models may be used.
    #[serde(default)]
    models: Models,
    /// The least that prepaid balances may be.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<Credit>"))]
    credit: Vec<Spanned<Credit>>,
}

fn first_version() -> u32 {
    1
}

/// What a budget file says.
pub struct BudgetFile {
    /// The rules.
    pub rules: Rules,
    /// The currency of all amounts.
    pub currency: Option<String>,
    /// Where days begin.
    pub timezone: Option<chrono_tz::Tz>,
}

/// Reads a budget file.
///
/// # Errors
/// When it is no TOML, or says something that it cannot; with the line.
pub fn parse(path: &Path, text: &str) -> Result<BudgetFile> {
    let file: File = toml::from_str(text).map_err(|error| toml_error(path, text, &error))?;
    if file.version != 1 {
        let error = Error::usage("This llmcost reads budget files of version 1.");
        return Err(error.at(path, None));
    }
    let place = |line: u64, what: String| Error::usage(what).at(path, Some(line));
    let rules = Rules {
        data: file.data,
        budgets: placed(text, file.budget, check_budget, Budget::title, &place)?,
        growth: placed(text, file.growth, check_growth, Growth::title, &place)?,
        growth_waits: false,
        anomalies: placed(text, file.anomaly, check_anomaly, Anomaly::title, &place)?,
        models: file.models,
        credits: placed(text, file.credit, |_| Ok(()), Credit::title, &place)?,
    };
    Ok(BudgetFile {
        rules,
        currency: file.currency.map(|currency| currency.0),
        timezone: file.timezone.map(|zone| zone.0),
    })
}

/// A mistake in a TOML file as an error with its line.
pub fn toml_error(path: &Path, text: &str, error: &toml::de::Error) -> Error {
    let line = error.span().map(|span| line_at(text, span.start));
    Error::usage(error.message()).at(path, line)
}

/// The line of a byte offset, from 1.
pub fn line_at(text: &str, offset: usize) -> u64 {
    let before = text.get(..offset).unwrap_or_default();
    let ends = before.matches('\n').count();
    u64::try_from(ends).map_or(u64::MAX, |ends| ends + 1)
}

/// Rules of one kind with their lines. Their names tell them apart in every output.
fn placed<T>(
    text: &str,
    list: Vec<Spanned<T>>,
    check: fn(&T) -> Result<(), String>,
    title: fn(&T) -> String,
    place: &dyn Fn(u64, String) -> Error,
) -> Result<Vec<Placed<T>>> {
    let mut names = BTreeSet::new();
    let one = |spanned: Spanned<T>| {
        let line = line_at(text, spanned.span().start);
        let rule = spanned.into_inner();
        check(&rule).map_err(|what| place(line, what))?;
        let name = title(&rule);
        if !names.insert(name.clone()) {
            let what = format!("Two rules are called {name}: give this one another name.");
            return Err(place(line, what));
        }
        let line = Some(line);
        Ok(Placed { rule, line })
    };
    list.into_iter().map(one).collect()
}

/// What cannot be said of a budget.
///
/// # Errors
/// With the reason.
pub fn check_budget(budget: &Budget) -> Result<(), String> {
    check_groups(&budget.by)?;
    check_metric(budget.metric, &budget.by, &budget.conditions)?;
    for (text, values, _) in budget.overrides() {
        if values.len() != budget.by.len() {
            let groups = budget.by.len();
            return Err(format!(
                "override: {text} has {} values, but groups have {groups}.",
                values.len()
            ));
        }
    }
    Ok(())
}

fn check_growth(growth: &Growth) -> Result<(), String> {
    check_groups(&growth.by)?;
    check_metric(growth.metric, &growth.by, &growth.conditions)?;
    if growth.max_increase.is_none() && growth.max_increase_amount.is_none() {
        return Err(
            "This rule limits nothing: it needs max_increase or max_increase_amount.".into(),
        );
    }
    Ok(())
}

fn check_anomaly(anomaly: &Anomaly) -> Result<(), String> {
    check_groups(&anomaly.by)?;
    if anomaly.period == Bucket::Hour {
        return Err("Hours are not compared: use day, week or month.".into());
    }
    Ok(())
}

fn check_groups(by: &[Group]) -> Result<(), String> {
    let bucket = by.iter().find_map(|group| Bucket::of(&group.0));
    match bucket {
        Some(bucket) => {
            let name = bucket.dimension();
            Err(format!(
                "by: {name} is a period; write period = \"{name}\"."
            ))
        }
        None => Ok(()),
    }
}

/// A request is dear as a whole, so its meters have no say.
fn check_metric(metric: Metric, by: &[Group], conditions: &Conditions) -> Result<(), String> {
    let is_meter = |condition: &String| Filter::parse(condition).is_ok_and(|it| it.is_meter());
    let meters = by.iter().any(|group| group.0 == "meter") || conditions.0.iter().any(is_meter);
    if metric == Metric::MaxRequestCost && meters {
        return Err("max_request_cost looks at whole requests: leave meters out.".into());
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod schema {
    //! The JSON Schema of the file, for editors, is made of the types that read it.

    use schemars::JsonSchema;

    /// One value, or a list of them.
    #[derive(JsonSchema)]
    #[serde(untagged)]
    #[allow(dead_code, reason = "only the schema of it is wanted")]
    pub enum OneOrMore<T> {
        One(T),
        More(Vec<T>),
    }

    /// A whole number, or a decimal in quotes.
    #[derive(JsonSchema)]
    #[serde(untagged)]
    #[allow(dead_code, reason = "only the schema of it is wanted")]
    pub enum Number {
        Whole(u32),
        Decimal(super::super::values::Amount),
    }

    /// `UPDATE_DOCS=1 cargo test schema` rewrites it.
    #[test]
    fn the_published_schema_is_that_of_the_code() {
        let mut schema = schemars::schema_for!(super::File);
        schema.insert("title".to_owned(), super::NAME.into());
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/docs/llmcost.budget.schema.json"
        );
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(path, &text).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap(), text);
    }
}

//! The rules of a check: those of a budget file, and those of the command line. What the fields mean
//! to users stands in their comments: the JSON Schema of the file is made of them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::values::{Amount, Conditions, Currency, Glob, Group, Percent, Percents, Span};
use super::words::{AlarmLevel, Bucket, Level, Method, Metric, Score};
use crate::money::Exact;
use crate::report::filter::split;
use crate::table::NONE;

/// Whether the figures can be trusted at all. What fails here makes the check end with 3: nothing
/// certain can be said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct DataRules {
    /// Usage without a price, whole records or some of their line items: sums are lower bounds then.
    pub unpriced: Level,
    /// No records at all.
    pub empty: Level,
    /// Records without a time, where a period is asked for: they belong to none.
    pub undated: Level,
    /// How many records may have been rejected.
    pub rejected_max: u64,
    /// How long ago the last ingest may be, such as "26h".
    pub max_age: Option<Span>,
}

/// A limit on what groups may cost.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// What the rule is called in reports [default: what it limits].
    pub name: Option<String>,
    /// What is limited.
    #[serde(default)]
    pub metric: Metric,
    /// Every such stretch of the calendar has the limit to itself [default: all that is selected].
    pub period: Option<Bucket>,
    /// Every such group has the limit to itself, as `report --by` names them.
    #[serde(default)]
    pub by: Vec<Group>,
    /// Only records of which this holds, as `report --where` takes it: { model = "gpt-5*" }.
    #[serde(default, rename = "where")]
    pub conditions: Conditions,
    /// What must not be exceeded, such as "500.00".
    pub limit: Amount,
    /// The shares of the limit at which to warn, such as "80%".
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "super::file::schema::OneOrMore<Percent>"))]
    pub warn_at: Percents,
    /// Other limits for some groups: { acme = "100.00" }; values of several dimensions are joined by
    /// commas.
    #[serde(default, rename = "override")]
    overrides: BTreeMap<String, Amount>,
}

/// A limit on what groups may cost more than in a baseline. `max_increase` and
/// `max_increase_amount` hold each by itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Growth {
    /// What the rule is called in reports [default: what it limits].
    pub name: Option<String>,
    /// What is compared.
    #[serde(default)]
    pub metric: Metric,
    /// Every such group is compared with itself, as `report --by` names them.
    #[serde(default)]
    pub by: Vec<Group>,
    /// Only records of which this holds, as `report --where` takes it.
    #[serde(default, rename = "where")]
    pub conditions: Conditions,
    /// How much more it may be, such as "10%". A group that the baseline does not hold was 0 there.
    pub max_increase: Option<Percent>,
    /// How much more it may be, as an amount.
    pub max_increase_amount: Option<Amount>,
    /// An increase up to this amount is none.
    pub min_delta: Option<Amount>,
}

/// A group that costs unusually much, against its own past.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Anomaly {
    /// What the rule is called in reports [default: what it looks at].
    pub name: Option<String>,
    /// Every such group has its own past, as `report --by` names them.
    #[serde(default)]
    pub by: Vec<Group>,
    /// Only records of which this holds, as `report --where` takes it.
    #[serde(default, rename = "where")]
    pub conditions: Conditions,
    /// What is compared: days, weeks or months [default: days].
    #[serde(default = "daily")]
    pub period: Bucket,
    /// How far the past goes back, such as "14d". Stretches without usage do not count.
    #[serde(default = "four_weeks")]
    pub window: Span,
    /// How unusual amounts are told.
    #[serde(default)]
    pub method: Method,
    /// Beyond this modified z-score a cost is unusual [default: 3.5].
    #[serde(default = "usual_limit")]
    #[cfg_attr(test, schemars(with = "super::file::schema::Number"))]
    pub threshold: Score,
    /// Costs below this are never unusual.
    pub min_cost: Option<Amount>,
    /// What an unusual cost weighs.
    #[serde(default)]
    pub level: AlarmLevel,
}

fn daily() -> Bucket {
    Bucket::Day
}

fn four_weeks() -> Span {
    Span(4 * 7 * 24 * 60 * 60_000)
}

fn usual_limit() -> Score {
    let (digits, scale) = crate::report::deviation::USUAL_LIMIT;
    Score(Exact::new(digits, scale))
}

/// Which models may be used.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Models {
    /// Models that must not be used, as patterns of their names or of provider/name, such as "*-preview".
    pub deny: Vec<Glob>,
}

/// The least that a prepaid balance may be.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Credit {
    /// Whose balance it is, as a pattern; `*` is everybody who has one.
    #[cfg_attr(test, schemars(with = "String"))]
    pub user: Glob,
    /// The least that it may be.
    pub min: Amount,
    /// In which currency [default: every one that the user has].
    pub currency: Option<Currency>,
}

/// A rule and the line of the budget file that states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed<T> {
    /// The rule.
    pub rule: T,
    /// The line; none for the command line.
    pub line: Option<u64>,
}

/// All rules of a check.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rules {
    /// Whether the figures can be trusted.
    pub data: DataRules,
    /// Limits.
    pub budgets: Vec<Placed<Budget>>,
    /// Limits against a baseline.
    pub growth: Vec<Placed<Growth>>,
    /// Whether the first baseline is being made, so that there is none to compare with yet.
    pub growth_waits: bool,
    /// Unusual costs.
    pub anomalies: Vec<Placed<Anomaly>>,
    /// Models.
    pub models: Models,
    /// Balances.
    pub credits: Vec<Placed<Credit>>,
}

impl Rules {
    /// Whether anything beside the data is judged.
    pub fn is_empty(&self) -> bool {
        self.budgets.is_empty()
            && self.growth.is_empty()
            && self.anomalies.is_empty()
            && self.models.deny.is_empty()
            && self.credits.is_empty()
    }
}

/// What a rule is called where it has no name: `cost by tenant per day (model=gpt-5*)`.
pub fn describe(
    metric: Metric,
    by: &[Group],
    period: Option<Bucket>,
    conditions: &Conditions,
) -> String {
    let mut name = match metric {
        Metric::Cost => "cost".to_owned(),
        Metric::MaxRequestCost => "dearest request".to_owned(),
        Metric::CostPerRequest => "cost per request".to_owned(),
    };
    if !by.is_empty() {
        let groups: Vec<&str> = by.iter().map(|group| group.0.as_str()).collect();
        name = format!("{name} by {}", groups.join(", "));
    }
    if let Some(period) = period {
        name = format!("{name} per {}", period.dimension());
    }
    if !conditions.0.is_empty() {
        name = format!("{name} ({})", conditions.0.join(", "));
    }
    name
}

impl Budget {
    /// A limit on cost, as the command line states it.
    pub fn of(name: String, by: Vec<Group>, period: Option<Bucket>, limit: Amount) -> Self {
        Self {
            name: Some(name),
            metric: Metric::Cost,
            period,
            by,
            conditions: Conditions::default(),
            limit,
            warn_at: Percents::default(),
            overrides: BTreeMap::new(),
        }
    }

    /// Its name.
    pub fn title(&self) -> String {
        let described = || describe(self.metric, &self.by, self.period, &self.conditions);
        self.name.clone().unwrap_or_else(described)
    }

    /// The groups that have a limit of their own: as written, as values, and the limit.
    pub fn overrides(&self) -> impl Iterator<Item = (&str, Vec<Option<String>>, Exact)> {
        self.overrides.iter().map(|(text, limit)| {
            let values = match self.by.as_slice() {
                [_] => vec![text.clone()],
                _ => split(text),
            };
            let values = values
                .into_iter()
                .map(|value| (value != NONE).then_some(value));
            (text.as_str(), values.collect(), limit.0)
        })
    }
}

impl Growth {
    /// A limit on the growth of the total cost, as the command line states it.
    pub fn of_total(name: String, percent: Option<Percent>, amount: Option<Amount>) -> Self {
        Self {
            name: Some(name),
            metric: Metric::Cost,
            by: Vec::new(),
            conditions: Conditions::default(),
            max_increase: percent,
            max_increase_amount: amount,
            min_delta: None,
        }
    }

    /// Its name.
    pub fn title(&self) -> String {
        let described = || {
            let what = describe(self.metric, &self.by, None, &self.conditions);
            format!("growth of {what}")
        };
        self.name.clone().unwrap_or_else(described)
    }
}

impl Anomaly {
    /// Its name.
    pub fn title(&self) -> String {
        let described = || {
            let what = describe(Metric::Cost, &self.by, Some(self.period), &self.conditions);
            format!("unusual {what}")
        };
        self.name.clone().unwrap_or_else(described)
    }
}

impl Credit {
    /// Its name.
    pub fn title(&self) -> String {
        match &self.currency {
            Some(currency) => format!("balance of {} in {}", self.user.0, currency.0),
            None => format!("balance of {}", self.user.0),
        }
    }
}

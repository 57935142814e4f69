//! Baselines: what groups came to once, as JSON, to compare with later: `llmcost.baseline/1`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::cut::{Asked, Figures};
use super::judge::Judge;
use crate::error::{Error, ErrorKind, Result};
use crate::money::Exact;
use crate::report::summary::Key;
use crate::report::{Query, calendar};

/// The contract's name; another shape needs another one.
pub const SCHEMA: &str = "llmcost.baseline/1";

/// What groups came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    schema: String,
    /// When it was made, RFC 3339.
    pub saved_at: String,
    /// The first instant that it covers, where there is one.
    from: Option<String>,
    /// The first instant after it.
    to: Option<String>,
    timezone: String,
    /// The currency of all costs; none where there was no cost.
    pub currency: Option<String>,
    cuts: Vec<Groups>,
}

/// The groups of one cut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Groups {
    by: Vec<String>,
    #[serde(rename = "where")]
    conditions: Vec<String>,
    rows: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Row {
    key: Key,
    requests: u64,
    cost: Exact,
    max_request_cost: Option<Exact>,
    unpriced: u64,
    other_currencies: u64,
}

/// The baseline of records: the total, and what growth rules ask for.
pub(super) fn of(judge: &Judge<'_>, asked: impl Iterator<Item = Asked>) -> Result<Baseline> {
    let mut cuts: BTreeMap<(Vec<String>, Vec<String>), Groups> = BTreeMap::new();
    for asked in [Asked::default()].into_iter().chain(asked) {
        let figures = judge.figures(&asked)?;
        let held = cuts.entry((asked.by.clone(), asked.conditions.clone()));
        let groups = held.or_insert_with(|| Groups {
            by: asked.by.clone(),
            conditions: asked.conditions.clone(),
            rows: Vec::new(),
        });
        // A cut that knows the dearest requests says all that one without them does.
        if groups.rows.is_empty() || asked.dearest {
            groups.rows = figures.into_iter().map(Row::of).collect();
        }
    }
    let query: &Query = judge.query();
    let instant = |at| calendar::rfc3339(at, query.timezone);
    Ok(Baseline {
        schema: SCHEMA.to_owned(),
        saved_at: instant(query.now),
        from: query.period.from.map(instant),
        to: query.period.to.map(instant),
        timezone: query.timezone.name().to_owned(),
        currency: judge.currency().map(str::to_owned),
        cuts: cuts.into_values().collect(),
    })
}

impl Row {
    fn of(figures: Figures) -> Self {
        Self {
            key: figures.key,
            requests: figures.requests,
            cost: figures.cost,
            max_request_cost: figures.dearest,
            unpriced: figures.unpriced,
            other_currencies: figures.foreign,
        }
    }
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Self> {
        let wrong = |line: Option<u64>| {
            Error::new(ErrorKind::Input, "This is no baseline of llmcost check.")
                .at(path, line)
                .hint("Make one with --save-baseline.")
        };
        let baseline: Self = serde_json::from_slice(bytes)
            .map_err(|error| wrong(u64::try_from(error.line()).ok()))?;
        if baseline.schema == SCHEMA {
            Ok(baseline)
        } else {
            Err(wrong(None))
        }
    }

    /// Its text.
    ///
    /// # Errors
    /// Never, in truth: everything in it can be written.
    pub fn text(&self) -> Result<String> {
        let text = serde_json::to_string_pretty(self);
        text.map(|text| text + "\n")
            .map_err(|_| Error::new(ErrorKind::Output, "The baseline cannot be written."))
    }

    /// The groups of a cut, if the baseline holds it.
    pub(super) fn groups(&self, asked: &Asked) -> Option<BTreeMap<Key, Figures>> {
        let same =
            |groups: &&Groups| groups.by == asked.by && groups.conditions == asked.conditions;
        let groups = self.cuts.iter().find(same)?;
        let known = |row: &&Row| !asked.dearest || row.max_request_cost.is_some();
        if !groups.rows.iter().all(|row| known(&row)) {
            return None;
        }
        let figures = groups.rows.iter().map(|row| Figures {
            key: row.key.clone(),
            requests: row.requests,
            cost: row.cost,
            dearest: row.max_request_cost,
            unpriced: row.unpriced,
            foreign: row.other_currencies,
        });
        Some(
            figures
                .map(|figures| (figures.key.clone(), figures))
                .collect(),
        )
    }
}

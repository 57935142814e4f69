//! Records → verdict: every cut that some rule asks for is filled, then the rules are judged.

use std::collections::BTreeMap;

use super::baseline::{self, Baseline};
use super::cut::{Asked, Cut, Figures, Split, note_split};
use super::data::Known;
use super::rules::{Anomaly, Budget, Growth, Rules};
use super::values::{Conditions, Group};
use super::verdict::Verdict;
use super::words::{Level, Metric};
use super::{anomaly, budget, credit, data, growth, models};
use crate::error::Result;
use crate::ledger::{Entry, Ledger};
use crate::report::{self, Period, Query, cells};
use crate::usage::Timestamp;

/// A check in progress.
pub struct Judge<'r> {
    rules: &'r Rules,
    query: Query,
    currency: Option<String>,
    cuts: BTreeMap<Asked, Cut>,
    undated: u64,
}

/// What the rules are judged by beside the records.
#[derive(Default)]
pub struct Around<'a> {
    /// What is known of how the records came in.
    pub known: Known,
    /// The baseline, where there is one.
    pub baseline: Option<&'a Baseline>,
    /// Prepaid balances, where they are kept.
    pub balances: Option<&'a [credit::Balance]>,
}

impl<'r> Judge<'r> {
    /// A judge of the records that a query selects. Limits are in the currency that the query asks
    /// for, else in the only one there is.
    ///
    /// # Errors
    /// When a rule has a dimension or condition that there is not.
    pub fn new(rules: &'r Rules, query: &Query) -> Result<Self> {
        let budgets = rules.budgets.iter().map(|it| budget_cut(&it.rule));
        let growth = rules.growth.iter().map(|it| growth_cut(&it.rule));
        let anomalies = rules.anomalies.iter().map(|it| anomaly_cut(&it.rule));
        let models = (!rules.models.deny.is_empty()).then(models_cut);
        let all = budgets.chain(growth).chain(anomalies).chain(models);
        let mut cuts = BTreeMap::new();
        for asked in all.chain([Asked::default()]) {
            let cut = Cut::new(query, &asked)?;
            cuts.insert(asked, cut);
        }
        Ok(Self {
            rules,
            query: query.clone(),
            currency: query.exchange.as_ref().map(|exchange| exchange.to.clone()),
            cuts,
            undated: 0,
        })
    }

    /// Looks at the records of a ledger. Where single requests are judged, which of them are several
    /// records must be known first.
    ///
    /// # Errors
    /// When the ledger cannot be read, or a sum becomes too large to keep exactly.
    pub fn ask(&mut self, ledger: &Ledger) -> Result<()> {
        // Within a period that has a beginning, what has no time is counted apart.
        let undated = Query {
            period: Period {
                from: Some(Timestamp::from_millis(0)),
                to: None,
            },
            ..self.query.clone()
        };
        let (single, mut sums): (Vec<&mut Cut>, Vec<&mut Cut>) =
            self.cuts.values_mut().partition(|cut| cut.is_of_requests());
        let queries = std::iter::once(&undated).chain(sums.iter().map(|cut| cut.query()));
        let queries: Vec<&Query> = queries.collect();
        let mut summaries = cells::summaries(&queries, ledger)?.into_iter();
        self.undated = summaries.next().map_or(0, |summary| summary.without_time);
        for (cut, summary) in sums.iter_mut().zip(summaries) {
            cut.take(summary);
        }
        if single.is_empty() {
            return Ok(());
        }
        let mut split = Split::default();
        ledger.for_each(&mut |entry| {
            note_split(entry, &mut split);
            Ok(())
        })?;
        let mut single = single;
        ledger.for_each(&mut |entry| {
            let mut single = single.iter_mut();
            single.try_for_each(|cut| cut.add(entry, &split))
        })
    }

    /// Adds an entry that stands in no ledger; its request is taken to be one record.
    ///
    /// # Errors
    /// When a sum becomes too large to keep exactly.
    pub fn add(&mut self, entry: &Entry) -> Result<()> {
        let mut filters = self.query.filters.iter();
        let accepts = filters.all(|it| it.accepts(entry, self.query.timezone));
        self.undated += u64::from(accepts && entry.record.occurred.is_none());
        let mut cuts = self.cuts.values_mut();
        cuts.try_for_each(|cut| cut.add(entry, &Split::default()))
    }

    /// The groups of a cut.
    pub(super) fn figures(&self, asked: &Asked) -> Result<Vec<Figures>> {
        let cut = self.cuts.get(asked);
        cut.map_or(Ok(Vec::new()), |cut| cut.figures(self.currency.as_deref()))
    }

    /// The currency of all amounts.
    pub(super) fn currency(&self) -> Option<&str> {
        self.currency.as_deref()
    }

    /// The rules.
    pub(super) fn rules(&self) -> &Rules {
        self.rules
    }

    /// The query that the rules are judged by.
    pub(super) fn query(&self) -> &Query {
        &self.query
    }

    /// The baseline that these records would make.
    ///
    /// # Errors
    /// When a sum is too large to keep exactly.
    pub fn baseline(&mut self) -> Result<Baseline> {
        self.settle_currency();
        baseline::of(
            self,
            self.rules.growth.iter().map(|it| growth_cut(&it.rule)),
        )
    }

    /// Judges all rules.
    ///
    /// # Errors
    /// When a sum is too large to keep exactly.
    pub fn finish(mut self, around: &Around<'_>) -> Result<Verdict> {
        let currencies = self.settle_currency();
        let total = self.total()?;
        let dated = !self.query.period.is_open()
            || self.rules.budgets.iter().any(|it| it.rule.period.is_some())
            || !self.rules.anomalies.is_empty();
        let data = data::Data {
            currencies,
            undated: if dated { self.undated } else { 0 },
            records: self.summary().map_or(0, data::records),
            now: self.query.now,
        };
        let mut rules = data.judge(&self.rules.data, &total, &around.known);
        for placed in &self.rules.budgets {
            rules.push(budget::judge(placed, &self)?);
        }
        for placed in self
            .rules
            .growth
            .iter()
            .filter(|_| !self.rules.growth_waits)
        {
            rules.push(growth::judge(placed, &self, around.baseline)?);
        }
        for placed in &self.rules.anomalies {
            rules.push(anomaly::judge(placed, &self)?);
        }
        rules.extend(models::judge(&self.rules.models, &self)?);
        let strict = self.rules.data.unpriced == Level::Fail;
        for placed in &self.rules.credits {
            rules.push(credit::judge(placed, around.balances, strict));
        }
        let whole = self.summary().cloned().unwrap_or_default();
        Ok(Verdict {
            rules,
            report: report::from_summary(&self.query, whole)?,
            currency: self.currency,
            total,
            rejected: around.known.rejected,
            last_ingest: around.known.last_ingest,
        })
    }

    fn summary(&self) -> Option<&report::Summary> {
        self.cuts.get(&Asked::default()).map(Cut::summary)
    }

    /// All records that are selected.
    pub(super) fn total(&self) -> Result<Figures> {
        let total = self.figures(&Asked::default())?;
        let total = total.into_iter().next();
        Ok(total.unwrap_or_else(|| Figures::nothing(Vec::new())))
    }

    /// Takes the only currency there is, where none is named; all that there are.
    fn settle_currency(&mut self) -> Vec<String> {
        let totals = self.summary().map(|summary| &summary.totals);
        let seen = totals.into_iter().flat_map(BTreeMap::keys).flatten();
        let seen: Vec<String> = seen.cloned().collect();
        if let (None, [only]) = (&self.currency, seen.as_slice()) {
            self.currency = Some(only.clone());
        }
        seen
    }
}

fn names(by: &[Group]) -> Vec<String> {
    by.iter().map(|group| group.0.clone()).collect()
}

fn asked(metric: Metric, by: Vec<String>, conditions: &Conditions) -> Asked {
    Asked {
        by,
        conditions: conditions.0.clone(),
        days_before: 0,
        dearest: metric == Metric::MaxRequestCost,
    }
}

/// The cut that a budget is judged by; the period comes last.
pub(super) fn budget_cut(budget: &Budget) -> Asked {
    let mut by = names(&budget.by);
    by.extend(budget.period.map(|period| period.dimension().to_owned()));
    asked(budget.metric, by, &budget.conditions)
}

/// The cut that a growth is judged by.
pub(super) fn growth_cut(growth: &Growth) -> Asked {
    asked(growth.metric, names(&growth.by), &growth.conditions)
}

/// The cut that an anomaly is judged by; the period comes last.
pub(super) fn anomaly_cut(anomaly: &Anomaly) -> Asked {
    let mut by = names(&anomaly.by);
    by.push(anomaly.period.dimension().to_owned());
    let asked = asked(Metric::Cost, by, &anomaly.conditions);
    Asked {
        days_before: anomaly.window.days(),
        ..asked
    }
}

/// The cut that models are judged by.
pub(super) fn models_cut() -> Asked {
    let by = ["provider", "model", "requested_model"];
    Asked {
        by: by.map(str::to_owned).to_vec(),
        ..Asked::default()
    }
}

//! Reports at other terms: other prices, other models, one currency, the providers' own figures,
//! free quotas. None of them touches the ledger.

use std::sync::Arc;

use clap::Args;
use serde_json::json;

use super::{Console, Global, input, wrong};
use crate::error::{Error, Result};
use crate::ledger::{Entry, Ledger};
use crate::pricing::fx::Fx;
use crate::report::check::values::Currency;
use crate::report::{self, Basis, Exchange, Layout, Query, Report, Summary, Term};
use crate::reprice::{Alias, Allotment, Draws, WhatIf};

/// Options that cost usage at other terms than it is stored with.
#[derive(Debug, Clone, Default, Args)]
pub struct TermsArgs {
    /// What if another model had served it: gpt-4o=gpt-5-mini, 'gpt-4o*=anthropic/claude-haiku-4-5' (repeatable)
    #[arg(
        long = "as",
        value_name = "MODEL=MODEL",
        help_heading = "At other terms"
    )]
    aliases: Vec<String>,
    /// Convert costs by the book's rate of each record's day; what has none stays as it is
    #[arg(long, value_name = "CODE", help_heading = "At other terms")]
    currency: Option<String>,
    /// Whose cost counts: computed, reported (by the providers) or reported-first
    #[arg(long, value_name = "BASIS", help_heading = "At other terms")]
    cost_basis: Option<String>,
    /// Compare our cost with what the providers state, where both are known
    #[arg(long, conflicts_with_all = ["currency", "cost_basis"], help_heading = "At other terms")]
    compare_reported: bool,
    /// Cost what a plan covers as the API would charge it
    #[arg(long, help_heading = "At other terms")]
    api_equivalent: bool,
    /// Deduct free quotas, in the order of time, as if all calls were one account's
    #[arg(long, help_heading = "At other terms")]
    apply_free: bool,
}

/// Pools and rates that are named one by one for people.
const MOST_NAMED: usize = 3;

impl TermsArgs {
    /// Answers a query at these terms. `looking` says that the records are those of logs that are
    /// only looked at: then `--prices` has priced them already.
    ///
    /// # Errors
    /// When the terms cannot be understood, or a book or the ledger cannot be read.
    pub fn answer(
        &self,
        mut query: Query,
        ledger: &Ledger,
        looking: bool,
        (global, console): (&Global, &Console),
    ) -> Result<Report> {
        self.settle(&mut query, ledger, global)?;
        let what_if = self.what_if(looking, global)?;
        if what_if.is_none() && !self.apply_free {
            let mut summary = Summary::default();
            ledger.for_each(&mut |entry| summary.add(&query, entry))?;
            return report::from_summary(&query, summary);
        }
        let what_if = what_if.unwrap_or_default();
        let free = self.apply_free.then(|| allot(ledger, &what_if));
        let free = free.transpose()?;
        let (mut summary, mut stored) = (Summary::default(), Summary::default());
        let mut touched = 0_u64;
        ledger.for_each(&mut |entry| {
            let other = what_if.receipt(entry);
            touched += u64::from(other.is_some() && query.selects(entry));
            let receipt = other.as_ref().unwrap_or(&entry.receipt);
            let freed = free.as_ref().map(|free| free.apply(entry, receipt));
            let freed = freed.transpose()?.flatten();
            summary.add_priced(&query, entry, freed.as_ref().unwrap_or(receipt))?;
            stored.add(&query, entry)
        })?;
        if !self.aliases.is_empty() && touched == 0 {
            console.remark("--as: no record was served by such a model");
        }
        let at_prices = what_if.all.then(|| global.prices.clone()).flatten();
        query.terms.extend(self.question(at_prices, touched));
        query.terms.extend(free.as_ref().map(free_term));
        report::from_summaries(&query, summary, &stored)
    }

    fn settle(&self, query: &mut Query, ledger: &Ledger, global: &Global) -> Result<()> {
        if let Some(name) = &self.cost_basis {
            query.basis = Basis::parse(name).map_err(|error| wrong("--cost-basis", error))?;
        }
        let splits = query.by.iter().any(report::Dimension::is_meter)
            || query.filters.iter().any(report::Filter::is_meter);
        if query.basis != Basis::Computed && splits {
            return Err(Error::usage(
                "--cost-basis: a provider states the cost of a call, not of its meters",
            )
            .hint("leave meters out of --by and --where"));
        }
        if self.compare_reported {
            query.layout = Layout::Compared;
        }
        if let Some(to) = self.asked_currency(global)? {
            query.exchange = Some(exchange(&to, ledger, global)?);
        }
        Ok(())
    }

    /// The currency that is asked for; else the one that a per-1k price book keeps its books in.
    fn asked_currency(&self, global: &Global) -> Result<Option<String>> {
        // The usual currency of a configuration file is no question.
        if self.compare_reported {
            return Ok(None);
        }
        if let Some(code) = &self.currency {
            return Ok(Some(code.clone()));
        }
        let prices = input::prices(global)?;
        let base = prices
            .usage_logging()
            .and_then(|settings| settings.base_currency.as_ref());
        Ok(base.map(ToString::to_string))
    }

    /// What is asked, where something is: `--prices` on the command line asks what usage would cost
    /// at these prices, while the environment says what new records are priced by.
    fn what_if(&self, looking: bool, global: &Global) -> Result<Option<WhatIf>> {
        let all = global.prices_asked && !looking;
        if !all && self.aliases.is_empty() && !self.api_equivalent {
            return Ok(None);
        }
        let aliases = self.aliases.iter().map(|text| Alias::parse(text));
        let aliases: Result<Vec<Alias>> = aliases.collect();
        let prices = input::prices(global)?;
        Ok(Some(WhatIf {
            prices,
            all,
            aliases: aliases.map_err(|error| wrong("--as", error))?,
            uncovered: self.api_equivalent,
        }))
    }

    fn question(&self, prices: Option<std::path::PathBuf>, touched: u64) -> Option<Term> {
        let prices = prices.map(|path| path.display().to_string());
        if prices.is_none() && self.aliases.is_empty() && !self.api_equivalent {
            return None;
        }
        let at = prices
            .as_ref()
            .map(|path| format!("the prices of {path} before the usual ones"));
        let instead = (!self.aliases.is_empty()).then(|| {
            let aliases = self.aliases.join(", ");
            format!("{aliases}, at the tokens of the model that served")
        });
        let uncovered = "what a plan covers as the API would charge it".to_owned();
        let uncovered = self.api_equivalent.then_some(uncovered);
        let question: Vec<String> = at.into_iter().chain(instead).chain(uncovered).collect();
        let question = question.join("; ");
        let mut json = json!({"prices": prices, "as": self.aliases, "records": touched});
        if let (Some(fields), true) = (json.as_object_mut(), self.api_equivalent) {
            fields.insert("api_equivalent".to_owned(), json!(true));
        }
        Some(Term {
            key: "what_if",
            text: format!("{question} ({touched} records); the ledger is untouched"),
            json,
        })
    }
}

/// The rates into a currency: those of the price books, and behind them the ones that stored costs
/// were converted by.
///
/// # Errors
/// When the code is none, or a book or the ledger cannot be read.
pub fn exchange(code: &str, ledger: &Ledger, global: &Global) -> Result<Exchange> {
    let to = code.to_ascii_uppercase();
    let Ok(Currency(to)) = Currency::try_from(to) else {
        return Err(
            Error::usage("--currency: this is no currency code").hint("write it as RUB or EUR")
        );
    };
    let mut fx = Fx::of(&input::prices(global)?);
    ledger.fx_rates()?.into_iter().for_each(|rate| fx.add(rate));
    let fx = Arc::new(fx);
    Ok(Exchange { to, fx })
}

/// Every call draws, also those that are not asked for: they used the quota up.
fn allot(ledger: &Ledger, what_if: &WhatIf) -> Result<Allotment> {
    let mut draws = Draws::default();
    ledger.for_each(&mut |entry: &Entry| {
        let other = what_if.receipt(entry);
        draws.note(entry, other.as_ref().unwrap_or(&entry.receipt));
        Ok(())
    })?;
    draws.allot()
}

fn free_term(free: &Allotment) -> Term {
    let pools = free.pools.iter();
    let named = pools.clone().take(MOST_NAMED).map(|(pool, used)| {
        let (drawn, count) = (used.drawn, used.count);
        let (meter, of, window) = (&used.meter, &pool.of, &pool.window);
        format!("{drawn} of {count} {meter} of {of} in {window}")
    });
    let mut named: Vec<String> = named.collect();
    match free.pools.len().saturating_sub(MOST_NAMED) {
        0 if named.is_empty() => named.push("no call drew on a free quota".to_owned()),
        0 => {}
        more => named.push(format!("and {more} more")),
    }
    let json = pools.map(|(pool, used)| {
        json!({
            "pool": pool.of, "meter": used.meter, "window": pool.window,
            "count": used.count, "drawn": used.drawn, "asked": used.asked,
        })
    });
    Term {
        key: "free",
        text: format!("deducted as one account's: {}", named.join("; ")),
        json: json.collect(),
    }
}

//! Reports at other terms: other prices, other models, one currency, the providers' own figures,
//! free quotas. None of them touches the ledger.

use std::sync::Arc;

use clap::Args;
use serde_json::json;

use super::{Console, Global, input, wrong};
use crate::error::{Error, Result};
use crate::ledger::{Entry, Ledger};
use crate::pricing::Receipt;
use crate::pricing::fx::Fx;
use crate::report::check::values::Currency;
use crate::report::{self, Basis, Exchange, Layout, Query, Report, Summary, Term, cells};
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
        query: Query,
        ledger: &Ledger,
        looking: bool,
        around: (&Global, &Console),
    ) -> Result<Report> {
        let alone = |_: &Query| Ok(Vec::new());
        let (report, _) = self.answer_with(query, alone, ledger, looking, around)?;
        Ok(report)
    }

    /// The same, and in the same pass the answers to other questions about the same records.
    ///
    /// # Errors
    /// As [`TermsArgs::answer`].
    pub fn answer_with(
        &self,
        mut query: Query,
        beside: impl Fn(&Query) -> Result<Vec<Query>>,
        ledger: &Ledger,
        looking: bool,
        (global, console): (&Global, &Console),
    ) -> Result<(Report, Vec<Report>)> {
        self.settle(&mut query, ledger, global)?;
        let mut beside: Vec<Answer> = beside(&query)?.into_iter().map(Answer::new).collect();
        let mut asked = Answer::new(query);
        let what_if = self.what_if(looking, global)?;
        if what_if.is_none() && !self.apply_free {
            let all = std::iter::once(&mut asked).chain(&mut beside);
            let mut all: Vec<&mut Answer> = all.collect();
            let queries: Vec<&Query> = all.iter().map(|answer| &answer.query).collect();
            let summaries = cells::summaries(&queries, ledger)?;
            for (answer, summary) in all.iter_mut().zip(summaries) {
                answer.summary = summary;
            }
            let beside = beside.into_iter().map(Answer::stored_only);
            return Ok((asked.stored_only()?, beside.collect::<Result<_>>()?));
        }
        let what_if = what_if.unwrap_or_default();
        let free = self.apply_free.then(|| allot(ledger, &what_if));
        let free = free.transpose()?;
        let mut touched = 0_u64;
        ledger.for_each(&mut |entry| {
            let other = what_if.receipt(entry);
            touched += u64::from(other.is_some() && asked.query.selects(entry));
            let receipt = other.as_ref().unwrap_or(&entry.receipt);
            let freed = free.as_ref().map(|free| free.apply(entry, receipt));
            let freed = freed.transpose()?.flatten();
            let receipt = freed.as_ref().unwrap_or(receipt);
            let mut all = std::iter::once(&mut asked).chain(&mut beside);
            all.try_for_each(|answer| answer.add_beside(entry, receipt))
        })?;
        if !self.aliases.is_empty() && touched == 0 {
            console.remark("--as: no record was served by such a model");
        }
        let at_prices = what_if.all.then(|| global.prices.clone()).flatten();
        let terms: Vec<Term> = self
            .question(at_prices, touched)
            .into_iter()
            .chain(free.as_ref().map(free_term))
            .collect();
        let beside = beside.into_iter().map(|answer| answer.compared(&terms));
        let beside = beside.collect::<Result<_>>()?;
        Ok((asked.compared(&terms)?, beside))
    }

    fn settle(&self, query: &mut Query, ledger: &Ledger, global: &Global) -> Result<()> {
        if let Some(name) = &self.cost_basis {
            query.basis = Basis::parse(name).map_err(|error| wrong("--cost-basis", error))?;
        }
        let mut split_by = query.by.iter().chain(&query.finer);
        let splits = split_by.any(report::Dimension::is_meter)
            || query.filters.iter().any(report::Filter::is_meter);
        if query.basis != Basis::Computed && splits {
            return Err(Error::usage(
                "--cost-basis: a provider states the cost of a call, not of its meters",
            )
            .hint("leave meters out of --by, --where and --detail"));
        }
        if self.compare_reported {
            query.layout = Layout::Compared;
        }
        // The usual currency of a configuration file is no question.
        if !self.compare_reported {
            query.exchange = asked_exchange(self.currency.as_deref(), ledger, global)?;
        }
        Ok(())
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

/// A currency code as `--currency` names it.
///
/// # Errors
/// When it is none.
pub fn currency_code(text: &str) -> Result<String> {
    let Ok(Currency(code)) = Currency::try_from(text.to_ascii_uppercase()) else {
        return Err(
            Error::usage("--currency: this is no currency code").hint("write it as RUB or EUR")
        );
    };
    Ok(code)
}

/// One question and what is known of its answer.
struct Answer {
    query: Query,
    summary: Summary,
    /// What the ledger says, where the terms are other ones.
    stored: Summary,
}

impl Answer {
    fn new(query: Query) -> Self {
        Self {
            query,
            summary: Summary::default(),
            stored: Summary::default(),
        }
    }

    fn add(&mut self, entry: &Entry, receipt: &Receipt) -> Result<()> {
        self.summary.add_priced(&self.query, entry, receipt)
    }

    fn add_beside(&mut self, entry: &Entry, receipt: &Receipt) -> Result<()> {
        self.add(entry, receipt)?;
        self.stored.add(&self.query, entry)
    }

    fn stored_only(self) -> Result<Report> {
        report::from_summary(&self.query, self.summary)
    }

    fn compared(mut self, terms: &[Term]) -> Result<Report> {
        self.query.terms.extend(terms.iter().cloned());
        report::from_summaries(&self.query, self.summary, &self.stored)
    }
}

/// The rates into a currency: those of the price books, and behind them the ones that stored costs
/// were converted by.
///
/// # Errors
/// When the code is none, or a book or the ledger cannot be read.
pub fn exchange(code: &str, ledger: &Ledger, global: &Global) -> Result<Exchange> {
    let to = currency_code(code)?;
    let mut fx = Fx::of(&input::prices(global)?);
    ledger.fx_rates()?.into_iter().for_each(|rate| fx.add(rate));
    let fx = Arc::new(fx);
    Ok(Exchange { to, fx })
}

/// The exchange into the currency that is asked for; else into the one that a per-1k price book keeps
/// its books in, where there is one.
///
/// # Errors
/// As [`exchange`].
pub fn asked_exchange(
    asked: Option<&str>,
    ledger: &Ledger,
    global: &Global,
) -> Result<Option<Exchange>> {
    if let Some(code) = asked {
        return exchange(code, ledger, global).map(Some);
    }
    let prices = input::prices(global)?;
    let settings = prices.usage_logging();
    let base = settings.and_then(|settings| settings.base_currency.as_ref());
    base.map(|code| exchange(&code.to_string(), ledger, global))
        .transpose()
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

//! Compares our cost with the one that a provider states, record by record, and says why they
//! differ. A resale (`vendor/model` at a gateway) has no price of ours; there the vendor's own list
//! price is the yardstick, which tells a price that is passed through from a markup.

use std::collections::{BTreeMap, BTreeSet};

use llmcost::json::Raw;
use llmcost::money::{Exact, round_half_even};
use llmcost::pricing::{Prices, Receipt, price};
use llmcost::usage::{Field, Status, UsageRecord};

/// Providers that round what they state, and to how many decimals at the coarsest.
/// Perplexity: five since 2026, three before, each component on its own.
const ROUNDED: &[(&str, u32)] = &[("perplexity", 3)];
/// Stated costs that are binary floats are the same number up to here.
const FLOAT_DECIMALS: u32 = 12;

/// One provider's figures.
#[derive(Debug, Default)]
struct Row {
    stated: usize,
    priced: usize,
    to_the_digit: usize,
    rounded: usize,
    listed: usize,
}

/// What all samples came to.
#[derive(Default)]
pub struct Comparison {
    rows: BTreeMap<String, Row>,
    reasons: BTreeMap<(String, String), (usize, BTreeSet<String>)>,
}

/// How a computed amount stands to a stated one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    ToTheDigit,
    Rounded,
    Differs,
}

impl Comparison {
    /// Takes the records of one sample that state a cost.
    pub fn add(&mut self, path: &str, records: &[UsageRecord], prices: &Prices) {
        for record in records {
            if let Some(stated) = &record.reported_cost {
                let amount = Exact::parse(&stated.amount);
                let amount = amount.ok().filter(|_| stated.currency == "USD");
                self.record(path, record, amount, prices);
            }
        }
    }

    fn record(&mut self, path: &str, record: &UsageRecord, stated: Option<Exact>, prices: &Prices) {
        let provider = record.facts.get_text(Field::Provider).unwrap_or("(none)");
        let receipt = price(record, prices);
        let row = self.rows.entry(provider.to_owned()).or_default();
        row.stated += 1;
        row.priced += usize::from(receipt.cost.is_some());
        let why = match (stated, amount(&receipt)) {
            (None, _) => "stated in another unit than US dollars".to_owned(),
            (Some(_), _) if record.status == Status::Partial => {
                "the response has not ended, its stated cost is not the last one".to_owned()
            }
            (Some(stated), Some(ours)) => match standing(provider, ours, stated) {
                Standing::ToTheDigit => {
                    row.to_the_digit += 1;
                    return;
                }
                Standing::Rounded => {
                    row.rounded += 1;
                    "the provider rounds what it states".to_owned()
                }
                Standing::Differs => format!("ours {ours}, stated {stated}"),
            },
            (Some(stated), None) => {
                let (listed, why) = resale(record, stated, prices)
                    .unwrap_or_else(|| (false, receipt.reasons.join("; ")));
                row.listed += usize::from(listed);
                why
            }
        };
        let (count, samples) = self.reasons.entry((provider.to_owned(), why)).or_default();
        *count += 1;
        samples.insert(path.to_owned());
    }

    /// Prints the figures, then every reason for a difference; `samples` names them too.
    pub fn print(&self, samples: bool) {
        println!(
            "\n{:<18} states a cost  priced  to the digit  rounded  vendor's list price",
            "provider"
        );
        for (provider, row) in &self.rows {
            println!(
                "{provider:<18} {:>13} {:>7} {:>13} {:>8} {:>20}",
                row.stated, row.priced, row.to_the_digit, row.rounded, row.listed
            );
        }
        for ((provider, why), (count, paths)) in &self.reasons {
            println!("{provider}: {count} × {why}");
            for path in paths.iter().filter(|_| samples) {
                println!("    {path}");
            }
        }
    }

    /// Whether a floor holds: at least so many per cent of what a provider states are reproduced,
    /// to the digit, within its own rounding, or (a resale) as the vendor's list price.
    pub fn reaches(&self, provider: &str, per_cent: usize) -> bool {
        self.rows.get(provider).is_some_and(|row| {
            (row.to_the_digit + row.rounded + row.listed) * 100 >= row.stated * per_cent
        })
    }
}

fn amount(receipt: &Receipt) -> Option<Exact> {
    receipt.cost.map(llmcost::money::Money::exact)
}

fn decimals(number: Exact) -> u32 {
    number.to_string().split_once('.').map_or(0, |(_, after)| {
        u32::try_from(after.len()).unwrap_or(u32::MAX)
    })
}

fn standing(provider: &str, ours: Exact, stated: Exact) -> Standing {
    if ours == stated {
        return Standing::ToTheDigit;
    }
    let coarsest = ROUNDED.iter().find(|(name, _)| *name == provider);
    let rounds = coarsest.is_some_and(|(_, at_least)| {
        round_half_even(ours, decimals(stated).max(*at_least)) == stated
    });
    if rounds {
        Standing::Rounded
    } else {
        Standing::Differs
    }
}

/// What the vendor itself would have billed for a resold call, against what the gateway states.
fn resale(record: &UsageRecord, stated: Exact, prices: &Prices) -> Option<(bool, String)> {
    let name = record.facts.get_text(Field::ResponseModel)?;
    let (vendor, model) = name.split_once('/')?;
    let receipt = list_price(record, vendor, model, prices);
    let Some(list) = amount(&receipt) else {
        return Some((
            false,
            format!("no list price: {}", receipt.reasons.join("; ")),
        ));
    };
    let same =
        |a: Exact| round_half_even(a, FLOAT_DECIMALS) == round_half_even(list, FLOAT_DECIMALS);
    if same(stated) {
        return Some((true, "the vendor's list price, passed through".to_owned()));
    }
    if let Some(upstream) = own_key(record) {
        let fits = same(upstream);
        return Some((
            fits,
            format!("the caller's own key; upstream is the list price: {fits}"),
        ));
    }
    let factor = stated.divided_by(list).map_or_else(
        |_| "?".to_owned(),
        |(factor, _)| round_half_even(factor, 4).to_string(),
    );
    Some((
        false,
        format!("{factor} × the vendor's list price of {name}"),
    ))
}

/// The receipt of the vendor for the same usage. The tier is the gateway's own way to the vendor.
fn list_price(record: &UsageRecord, vendor: &str, model: &str, prices: &Prices) -> Receipt {
    let names = spellings(model);
    let known = names
        .iter()
        .find(|name| prices.find(vendor, name).is_some());
    let mut asked = record.clone();
    asked.facts.remove(Field::ServiceTier);
    asked.facts.text(Field::Provider, Some(vendor));
    asked.facts.text(
        Field::ResponseModel,
        Some(known.map_or(model, String::as_str)),
    );
    price(&asked, prices)
}

/// What a gateway's name may stand for: `gpt-5.2-20251211` is OpenAI's `gpt-5.2`, and
/// `claude-4.5-haiku-20251001` Anthropic's `claude-haiku-4-5`. Good enough for a yardstick; nothing
/// is billed by it.
fn spellings(model: &str) -> Vec<String> {
    let undated = match model.rsplit_once('-') {
        Some((name, date)) if date.len() >= 4 && date.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => model,
    };
    let swapped = undated.strip_prefix("claude-").and_then(|rest| {
        let (version, kind) = rest.split_once('-')?;
        Some(format!("claude-{kind}-{version}"))
    });
    let names = [model.to_owned(), undated.to_owned()];
    let names = names.into_iter().chain(swapped);
    names
        .flat_map(|name| [name.clone(), name.replace('.', "-")])
        .collect()
}

/// What the upstream account pays where the call ran on the caller's own key.
fn own_key(record: &UsageRecord) -> Option<Exact> {
    let usage = Raw::parse(record.raw_usage.as_deref()?).ok()?;
    usage
        .at("/is_byok")
        .filter(|flag| flag.as_str() == "true")?;
    Exact::parse(
        usage
            .at("/cost_details/upstream_inference_cost")?
            .digits()?,
    )
    .ok()
}

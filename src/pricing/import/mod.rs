//! Other people's price lists as models of an overlay.
//!
//! Digits go from their JSON text to ours, never through a float. What a list does not say stays
//! unknown; a zero is asked about, because lists write 0 for "free", "unknown" and "not sold" alike;
//! and everything that was not taken is told, with the reason.

mod draft;
mod genai;
mod litellm;
mod models_dev;
mod overlay;

use std::collections::{BTreeMap, BTreeSet};

pub use overlay::{Laid, lay};

use super::bundled;
use super::format::{Model, Source};
use super::matching::Pattern;
use super::prices::Prices;
use super::regular::MOST_STEPS;
use super::scalar::Day;
use crate::error::{Error, ErrorKind, Fault, Result};
use draft::Draft;

/// A price list that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// <https://github.com/BerriAI/litellm/blob/main/model_prices_and_context_window.json>
    Litellm,
    /// <https://github.com/pydantic/genai-prices/blob/main/prices/data.json>
    GenaiPrices,
    /// <https://models.dev/api.json>
    ModelsDev,
}

impl List {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Litellm, Self::GenaiPrices, Self::ModelsDev];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Litellm => "litellm",
            Self::GenaiPrices => "genai-prices",
            Self::ModelsDev => "models.dev",
        }
    }

    /// Where it is published.
    pub fn url(self) -> &'static str {
        match self {
            Self::Litellm => {
                "https://github.com/BerriAI/litellm/blob/main/model_prices_and_context_window.json"
            }
            Self::GenaiPrices => {
                "https://github.com/pydantic/genai-prices/blob/main/prices/data.json"
            }
            Self::ModelsDev => "https://models.dev/api.json",
        }
    }
}

/// What to take and how far to believe it.
#[derive(Debug, Clone)]
pub struct Terms<'a> {
    /// Only of this provider.
    pub provider: Option<&'a str>,
    /// Only models of that name, with `*` and `?`.
    pub model: Option<&'a str>,
    /// Whether 0 means free.
    pub accept_zero: bool,
    /// Whether its rates count as verified.
    pub trust: bool,
    /// The day on which the list was read.
    pub checked: Day,
    /// Models that these books price already are left alone.
    pub known: Option<&'a Prices>,
}

/// Something that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// The model's id, as far as it is known.
    pub model: String,
    /// The key or meter; the whole model, where there is nothing.
    pub what: String,
    /// Why.
    pub why: Why,
}

/// Why something was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// It is 0, and nobody said that this means free.
    Zero,
    /// It has more digits than a price: a rounding error of some program.
    NotAPrice,
    /// It may change the price and is not understood.
    NotUnderstood,
    /// It says no price.
    NoPrice,
    /// The list has it twice, or under patterns that fit the same names.
    Ambiguous,
    /// The books that are there price it already.
    Known,
}

impl Why {
    /// The word for data formats.
    pub fn name(self) -> &'static str {
        match self {
            Self::Zero => "zero",
            Self::NotAPrice => "not_a_price",
            Self::NotUnderstood => "not_understood",
            Self::NoPrice => "no_price",
            Self::Ambiguous => "ambiguous",
            Self::Known => "known",
        }
    }
}

/// The models of a list.
#[derive(Debug, Clone, Default)]
pub struct Imported {
    /// What was taken, by id.
    pub models: Vec<Model>,
    /// The list as a source.
    pub sources: BTreeMap<String, Source>,
    /// What was not.
    pub left_out: Vec<LeftOut>,
}

/// Reads a list.
///
/// # Errors
/// When the text is not such a list.
pub fn import(list: List, text: &str, terms: &Terms<'_>) -> Result<Imported> {
    let drafts = match list {
        List::Litellm => litellm::drafts(text),
        List::GenaiPrices => genai::drafts(text),
        List::ModelsDev => models_dev::drafts(text),
    };
    let drafts = drafts.map_err(|fault| unreadable(list, &fault))?;
    let mut imported = Imported::default();
    let source = Source {
        url: list.url().to_owned(),
        checked: Some(terms.checked),
    };
    imported.sources.insert(list.name().to_owned(), source);
    let mut names = Names::default();
    for draft in drafts.into_iter().filter(|draft| is_wanted(draft, terms)) {
        take(list, draft, terms, &mut names, &mut imported);
    }
    imported.models.sort_by(|a, b| a.id.cmp(&b.id));
    imported.left_out.sort();
    imported.left_out.dedup();
    Ok(imported)
}

fn unreadable(list: List, fault: &Fault) -> Error {
    let message = format!("this is no price list of {}: {fault}", list.name());
    Error::new(ErrorKind::Input, message).hint(format!("download {}", list.url()))
}

fn is_wanted(draft: &Draft, terms: &Terms<'_>) -> bool {
    let sold = terms.provider.map(bundled::spelled);
    let called = terms.model.map(Pattern::new);
    sold.is_none_or(|provider| draft.provider == provider)
        && called.is_none_or(|name| name.fits(&draft.name) || name.fits(&draft.id()))
}

fn take(list: List, draft: Draft, terms: &Terms<'_>, names: &mut Names, imported: &mut Imported) {
    let id = draft.id();
    let mut leave = |what: &str, why| {
        imported.left_out.push(LeftOut {
            model: id.clone(),
            what: what.to_owned(),
            why,
        });
    };
    let is_known = |prices: &Prices| prices.find(&draft.provider, &draft.name).is_some();
    if terms.known.is_some_and(is_known) {
        return leave("", Why::Known);
    }
    let (mut model, left) = draft.into_model(list, terms);
    for (what, why) in &left {
        leave(what, *why);
    }
    if model.prices.is_empty() {
        if left.is_empty() {
            leave("", Why::NoPrice);
        }
        return;
    }
    for pattern in names.claim(&mut model) {
        leave(&pattern, Why::Ambiguous);
    }
    if !model.matches.is_empty() && names.ids.insert(model.id.clone()) {
        imported.models.push(model);
    }
}

/// Names that are taken: a book in which two models fit one name does not load.
#[derive(Default)]
struct Names {
    ids: BTreeSet<String>,
    exact: BTreeSet<(String, String)>,
    globs: Vec<(String, Pattern)>,
}

impl Names {
    /// Takes the model's names as far as they are free, and returns those that are not.
    fn claim(&mut self, model: &mut Model) -> Vec<String> {
        let provider = model.provider().to_owned();
        let mut refused = Vec::new();
        let mut own: Vec<(String, Pattern)> = Vec::new();
        model.matches.retain(|text| {
            let pattern = Pattern::new(text);
            let free = if pattern.is_exact() {
                self.exact.insert((provider.clone(), text.clone()))
            } else {
                // Where it takes too long to tell, the book would not load.
                let ties = |(other, rival): &(String, Pattern)| {
                    *other == provider
                        && rival.literals() == pattern.literals()
                        && rival.overlaps(&pattern, &mut { MOST_STEPS }) != Some(false)
                };
                let free =
                    !self.globs.iter().any(ties) && !own.iter().any(|(_, rival)| *rival == pattern);
                if free {
                    own.push((provider.clone(), pattern));
                }
                free
            };
            if !free {
                refused.push(text.clone());
            }
            free
        });
        self.globs.append(&mut own);
        refused
    }
}

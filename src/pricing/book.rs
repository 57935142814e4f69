//! A price book: parsed, checked, and asked for the price of a model.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use serde_saphyr::Spanned;
use sha2::{Digest, Sha256};

use super::check::Lines;
use super::format::{FxRate, Head, MeterTerms, Model, ProviderTerms, Schedule, Source, Text};
use super::load;
use super::per_1k::UsageLogging;
use super::period::Period;
use super::receipt::PriceUsed;
use super::scalar::Day;
use super::shelves::{Fit, Shelves};
use crate::error::Result;
use crate::money::Exact;
use crate::usage::{Group, Meter};

/// All rates of one pricing file, with version and SHA-256.
#[derive(Debug, Clone)]
pub struct PriceBook {
    pub(super) head: Head,
    pub(super) sha256: String,
    pub(super) sources: BTreeMap<String, Source>,
    pub(super) meters: BTreeMap<String, MeterTerms>,
    pub(super) schedules: BTreeMap<String, Schedule>,
    pub(super) providers: BTreeMap<String, ProviderTerms>,
    pub(super) models: Vec<Model>,
    pub(super) fx: Vec<FxRate>,
    pub(super) usage_logging: Option<UsageLogging>,
    /// Where the text comes from, for messages.
    pub(super) origin: String,
    /// Where its parts stand in the text.
    pub(super) lines: Lines,
    shelves: Shelves,
}

/// What a report says about a book it used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct BookInfo {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its text, in hexadecimal.
    pub sha256: String,
}

impl PriceBook {
    /// Reads a book. `name` says where the text comes from, for messages.
    ///
    /// # Errors
    /// Of kind [`crate::error::ErrorKind::PriceBook`], with the line where it is known: anything
    /// that is neither `llmcost-prices/1` nor the older per-1k format, and everything that would
    /// leave a price in doubt.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self> {
        load::load(name, bytes)
    }

    /// What a text says, not checked yet; and the hash of the whole of it.
    pub(super) fn of(text: Text, sha256: String) -> Self {
        Self {
            head: text.book,
            sha256,
            sources: text.sources,
            meters: plain(text.meters),
            schedules: text.schedules,
            providers: text.providers,
            models: text.models.into_iter().map(|model| model.value).collect(),
            fx: text.fx.into_iter().map(|fx| fx.value).collect(),
            usage_logging: None,
            origin: String::new(),
            lines: Lines::default(),
            shelves: Shelves::default(),
        }
    }

    /// What a per-1k file says about usage logging; books of our format say nothing.
    pub fn usage_logging(&self) -> Option<&UsageLogging> {
        self.usage_logging.as_ref()
    }

    /// Name, version and hash.
    pub fn info(&self) -> BookInfo {
        BookInfo {
            name: self.head.name.clone(),
            version: self.head.version.clone(),
            sha256: self.sha256.clone(),
        }
    }

    /// The currency of periods that name no other.
    pub fn currency(&self) -> String {
        self.head.currency.to_string()
    }

    /// Whether the book declares a meter of this name, or one of its models calls a meter so.
    pub(super) fn names_meter(&self, name: &str) -> bool {
        let called = |model: &Model| model.usage_aliases.contains_key(name);
        self.meters.contains_key(name) || self.models.iter().any(called)
    }

    /// Exchange rates, for reports.
    pub fn fx(&self) -> &[FxRate] {
        &self.fx
    }

    /// The page behind the name of a source.
    pub(super) fn source_url(&self, id: &str) -> String {
        let source = self.sources.get(id);
        source.map_or_else(|| id.to_owned(), |source| source.url.clone())
    }

    /// All models, in the order of the book.
    pub fn models(&self) -> &[Model] {
        &self.models
    }

    /// The providers it has models of, sorted.
    pub fn providers(&self) -> impl Iterator<Item = &str> {
        self.shelves.providers()
    }

    /// The model of a provider that fits a name best, leaving out those that `hidden` names.
    pub fn find(
        &self,
        provider: &str,
        name: &str,
        hidden: &dyn Fn(&str) -> bool,
    ) -> Option<(Fit, &Model)> {
        let model = |at: usize| self.models.get(at);
        let visible = |at: usize| model(at).is_some_and(|model| !hidden(&model.id));
        let (fit, at) = self.shelves.find(provider, name, &visible)?;
        Some((fit, model(at)?))
    }

    /// The model of that id.
    pub fn model(&self, id: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.id == id)
    }

    /// The family of a meter: as the book declares it, otherwise as it is built in.
    pub(super) fn group(&self, meter: &str) -> Option<Group> {
        let built_in = || Meter::named(meter).info().map(|info| info.group);
        let declared = self.meters.get(meter).map(|terms| terms.group.0);
        declared.or_else(built_in)
    }

    /// Whose rate a meter takes where it has none of its own.
    pub(super) fn fallback(&self, meter: &str) -> Option<&str> {
        match self.meters.get(meter) {
            Some(terms) => terms.falls_back_to.as_deref(),
            None => Meter::named(meter).info()?.falls_back_to,
        }
    }

    /// The factor on a provider's tokens and tools.
    pub(super) fn discount(&self, provider: &str) -> Option<Exact> {
        let discount = self.providers.get(provider)?.discount?;
        Some(discount.exact())
    }

    /// The last day on which somebody looked at one of the period's sources.
    pub(super) fn checked(&self, period: &Period) -> Option<Day> {
        let sources = period.source.iter().filter_map(|id| self.sources.get(id));
        sources.filter_map(|source| source.checked).max()
    }

    /// Where a period is found, for receipts.
    pub(super) fn price_used(
        &self,
        model: &Model,
        period: &Period,
        snapshot: Arc<str>,
    ) -> PriceUsed {
        PriceUsed {
            book: self.head.name.clone(),
            version: self.head.version.clone(),
            sha256: self.sha256.clone(),
            sku: model.id.clone(),
            from: period.from.as_ref().map(ToString::to_string),
            snapshot,
        }
    }

    pub(super) fn fill_shelves(&mut self) {
        let models = self.models.iter();
        let names = models.map(|model| (&*model.id, &*model.matches, &*model.regex));
        self.shelves = Shelves::of(names);
    }
}

/// The values without their places.
fn plain<T>(parts: BTreeMap<String, Spanned<T>>) -> BTreeMap<String, T> {
    let parts = parts.into_iter();
    parts.map(|(name, part)| (name, part.value)).collect()
}

/// The SHA-256 of a text, in hexadecimal.
pub(super) fn sha256(text: &[u8]) -> String {
    let mut hex = String::new();
    for byte in Sha256::digest(text) {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

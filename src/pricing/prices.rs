//! All books of a run, one over the other: bundled < user < project < `--prices`.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::book::{BookInfo, PriceBook};
use super::bundled;
use super::format::Model;
use super::overlay;
use super::per_1k::UsageLogging;
use super::receipt::Multiplier;
use super::shelves::Fit;
use crate::error::Result;
use crate::usage::Meter;

/// The books that a run prices by. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Prices {
    bundled: bool,
    /// The highest first.
    overlays: Vec<Arc<PriceBook>>,
}

/// A model and the book it is in.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// The book.
    pub book: &'a PriceBook,
    /// The model.
    pub model: &'a Model,
    /// How well its pattern fits.
    pub fit: Fit,
}

impl Prices {
    /// The books in the binary.
    pub fn bundled() -> Self {
        Self {
            bundled: true,
            overlays: Vec::new(),
        }
    }

    /// One book and no other: a snapshot, or a book on its own.
    pub fn only(book: PriceBook) -> Self {
        Self {
            bundled: false,
            overlays: vec![Arc::new(book)],
        }
    }

    /// Lays a book over the ones that are there: its models replace those of the same id whole,
    /// unless they extend them.
    ///
    /// # Errors
    /// When a model extends a bundled one that does not exist, or the two do not fit together.
    pub fn with_overlay(mut self, book: PriceBook) -> Result<Self> {
        let book = overlay::extended(book)?;
        self.overlays.insert(0, Arc::new(book));
        Ok(self)
    }

    /// Name, version and hash of all books, the highest first.
    pub fn books(&self) -> Vec<BookInfo> {
        let overlays = self.overlays.iter().map(|book| book.info());
        let bundled = self.bundled.then(bundled::all).into_iter().flatten();
        overlays.chain(bundled.map(PriceBook::info)).collect()
    }

    /// The books over the bundled ones, the highest first.
    pub(super) fn overlays(&self) -> impl Iterator<Item = &PriceBook> {
        self.overlays.iter().map(AsRef::as_ref)
    }

    /// All models that count: those that no higher book replaces, the highest book first.
    pub fn models(&self) -> Vec<(&PriceBook, &Model)> {
        let mut seen = BTreeSet::new();
        let all = self.all_books().into_iter();
        let models = all.flat_map(|book| book.models().iter().map(move |model| (book, model)));
        models.filter(|(_, model)| seen.insert(&model.id)).collect()
    }

    /// Whether a name is a meter: built in, declared by a book, or what a model calls one.
    pub fn knows_meter(&self, name: &str) -> bool {
        Meter::named(name).info().is_some()
            || self.all_books().iter().any(|book| book.names_meter(name))
    }

    /// The model of a provider that fits a name best; of two that fit alike, the higher book's.
    pub fn find<'a>(&'a self, provider: &str, name: &str) -> Option<Found<'a>> {
        let provider = bundled::spelled(provider);
        let mut best: Option<Found<'_>> = None;
        let mut better = |found: Found<'a>| {
            if best.is_none_or(|held| found.fit > held.fit) {
                best = Some(found);
            }
        };
        for (at, book) in self.overlays.iter().enumerate() {
            let hidden = |id: &str| self.replaced(at, id);
            if let Some((fit, model)) = book.find(provider, name, &hidden) {
                better(Found { book, model, fit });
            }
        }
        let hidden = |id: &str| self.replaced(self.overlays.len(), id);
        let bundled = self.bundled.then(|| bundled::find(provider, name, &hidden));
        if let Some((fit, book, model)) = bundled.flatten() {
            better(Found { book, model, fit });
        }
        best
    }

    /// How well the best model of a provider fits a name. Opens no bundled model.
    fn fit(&self, provider: &str, name: &str) -> Option<Fit> {
        let hidden = |id: &str| self.replaced(self.overlays.len(), id);
        let bundled = self.bundled.then(|| bundled::fit(provider, name, &hidden));
        let own = self.overlays.iter().enumerate();
        let own =
            own.filter_map(|(at, book)| book.find(provider, name, &|id| self.replaced(at, id)));
        own.map(|(fit, _)| fit).chain(bundled.flatten()).max()
    }

    /// Whether one of the highest `above` overlays has a model of that id.
    fn replaced(&self, above: usize, id: &str) -> bool {
        let mut above = self.overlays.iter().take(above);
        above.any(|higher| higher.model(id).is_some())
    }

    /// The best model of each provider that sells that name, in the order of the books.
    pub fn find_anywhere(&self, name: &str) -> Vec<Found<'_>> {
        let sellers = self.sellers(name).into_iter();
        let found = sellers.filter_map(|provider| self.find(provider, name));
        found.filter(|found| found.fit.names_someone()).collect()
    }

    /// The providers that sell that name, in the order of the books. A pattern that fixes no character
    /// says nothing about who a provider is.
    pub fn sellers(&self, name: &str) -> Vec<&str> {
        let mut seen = BTreeSet::new();
        let mut providers: Vec<&str> = self.overlays().flat_map(PriceBook::providers).collect();
        if self.bundled {
            providers.extend(bundled::providers().map(|provider: &str| provider));
        }
        let sells = |provider: &&str| self.fit(provider, name).is_some_and(Fit::names_someone);
        let once = providers.into_iter().filter(|one| seen.insert(*one));
        once.filter(sells).collect()
    }

    /// The factor that the highest book has agreed with a provider.
    pub fn discount(&self, provider: &str) -> Option<Multiplier> {
        let discount = |book: &Arc<PriceBook>| {
            let factor = book.discount(provider)?;
            let why = format!("discount of {provider}");
            Some(Multiplier { why, factor })
        };
        self.overlays.iter().find_map(discount)
    }

    /// What the highest per-1k book says about usage logging.
    pub fn usage_logging(&self) -> Option<&UsageLogging> {
        self.overlays.iter().find_map(|book| book.usage_logging())
    }

    /// All books, the highest first. Parses the bundled ones that nobody has needed yet.
    pub fn all_books(&self) -> Vec<&PriceBook> {
        let mut books: Vec<&PriceBook> = self.overlays.iter().map(AsRef::as_ref).collect();
        if self.bundled {
            books.extend(bundled::all().map(|book: &PriceBook| book));
        }
        books
    }
}

//! Which model a name means, remembered: the records of a log name few models, and the books are many.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::prices::{Found, Prices};

/// Names that are remembered, at most.
const MOST: usize = 4096;

/// The books, with a memory of what was found in them. The answers are those of the books.
pub struct Search<'a> {
    prices: &'a Prices,
    found: RefCell<Names<Option<Found<'a>>>>,
    sellers: RefCell<BTreeMap<String, Vec<&'a str>>>,
}

/// By provider, then by name.
type Names<T> = BTreeMap<String, BTreeMap<String, T>>;

impl<'a> Search<'a> {
    /// With nothing remembered.
    pub fn new(prices: &'a Prices) -> Self {
        Self {
            prices,
            found: RefCell::default(),
            sellers: RefCell::default(),
        }
    }

    /// The books.
    pub(super) fn prices(&self) -> &'a Prices {
        self.prices
    }

    /// As [`Prices::find`].
    pub(super) fn find(&self, provider: &str, name: &str) -> Option<Found<'a>> {
        let mut found = self.found.borrow_mut();
        let known = found.get(provider).and_then(|names| names.get(name));
        if let Some(known) = known {
            return *known;
        }
        let new = self.prices.find(provider, name);
        if found.values().map(BTreeMap::len).sum::<usize>() < MOST {
            let names = found.entry(provider.to_owned()).or_default();
            names.insert(name.to_owned(), new);
        }
        new
    }

    /// As [`Prices::sellers`].
    pub(super) fn sellers(&self, name: &str) -> Vec<&'a str> {
        let mut sellers = self.sellers.borrow_mut();
        if let Some(known) = sellers.get(name) {
            return known.clone();
        }
        let new = self.prices.sellers(name);
        if sellers.len() < MOST {
            sellers.insert(name.to_owned(), new.clone());
        }
        new
    }
}

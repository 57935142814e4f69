//! The models of a book by the names they serve, provider by provider.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::bundled;
use super::matching::Pattern;
use super::regular::Regular;

/// How well a model's pattern fits a name. Larger is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// A regular expression, and whether it fixes any character.
    Regular(bool),
    /// A pattern that fixes so many characters.
    Glob(usize),
    /// The very name.
    Exact,
}

impl Fit {
    /// Whether it says something about whose name it is.
    pub fn names_someone(self) -> bool {
        match self {
            Self::Regular(fixes) => fixes,
            Self::Glob(literals) => literals > 0,
            Self::Exact => true,
        }
    }
}

/// Models by provider and name; a model is known by its place in its book.
#[derive(Debug, Clone, Default)]
pub struct Shelves(BTreeMap<String, Shelf>);

/// The models of one provider.
#[derive(Debug, Clone, Default)]
struct Shelf {
    exact: BTreeMap<String, usize>,
    /// Longest first, so that the first that fits is the best.
    globs: Vec<(Pattern, usize)>,
    regular: Vec<(Regular, usize)>,
}

impl Shelves {
    /// Shelves of models: the id, the names and the expressions of each.
    pub fn of<'a, T: AsRef<str> + 'a>(
        models: impl Iterator<Item = (&'a str, &'a [T], &'a [T])>,
    ) -> Self {
        let mut shelves = Self::default();
        for (at, (id, matches, regex)) in models.enumerate() {
            let provider = bundled::spelled(provider_of(id)).to_owned();
            let shelf = shelves.0.entry(provider).or_default();
            for pattern in matches.iter().map(|text| Pattern::new(text.as_ref())) {
                if pattern.is_exact() {
                    shelf.exact.insert(pattern.text().to_owned(), at);
                } else {
                    shelf.globs.push((pattern, at));
                }
            }
            // What cannot be read does not load; here all of them can.
            let regular = regex
                .iter()
                .filter_map(|text| Regular::parse(text.as_ref()).ok());
            shelf.regular.extend(regular.map(|regular| (regular, at)));
        }
        for shelf in shelves.0.values_mut() {
            shelf
                .globs
                .sort_by_key(|(glob, _)| Reverse(glob.literals()));
        }
        shelves
    }

    /// The providers, sorted.
    pub fn providers(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The place of the model of a provider that fits a name best, among those that are visible.
    pub fn find(
        &self,
        provider: &str,
        name: &str,
        visible: &dyn Fn(usize) -> bool,
    ) -> Option<(Fit, usize)> {
        let of_provider = self.0.get(provider)?;
        if let Some(at) = of_provider.exact.get(name).filter(|at| visible(**at)) {
            return Some((Fit::Exact, *at));
        }
        let mut globs = of_provider.globs.iter();
        let glob = globs.find(|(glob, at)| visible(*at) && glob.fits(name));
        let mut regular = of_provider.regular.iter();
        glob.map(|(glob, at)| (Fit::Glob(glob.literals()), *at))
            .or_else(|| {
                let (regular, at) =
                    regular.find(|(regular, at)| visible(*at) && regular.fits(name))?;
                Some((Fit::Regular(regular.names_someone()), *at))
            })
    }
}

/// The provider in a model's id.
pub fn provider_of(id: &str) -> &str {
    id.split_once('/').map_or("", |(provider, _)| provider)
}

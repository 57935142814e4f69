//! A bundled book, model by model: a run reads those that it meets, because reading YAML takes far
//! longer than anything else that a single quote does.
//!
//! It is cut apart by its lines, which the canonical form fixes: two blanks and a dash begin a model,
//! and its names stand on a line of their own. A test holds that the parts say what the whole does.

use std::sync::OnceLock;

use super::book::{PriceBook, sha256};
use super::format::Model;
use super::load;
use super::shelves::{Fit, Shelves};

/// What begins a model, at the beginning of a line.
const MODEL: &str = "\n  - id: ";

/// A book in pages, each of which is a book of one model.
pub struct Pages {
    text: &'static str,
    /// What stands before the models.
    head: &'static str,
    sha256: OnceLock<String>,
    pages: Vec<Page>,
    shelves: Shelves,
}

/// A model.
struct Page {
    id: &'static str,
    text: &'static str,
    book: OnceLock<Option<PriceBook>>,
}

impl Pages {
    /// Cuts a text in canonical form.
    pub fn of(text: &'static str) -> Self {
        let (head, models) = text.split_once(MODEL).unwrap_or((text, ""));
        let mut pages = Vec::new();
        let mut names = Vec::new();
        for model in models.split(MODEL).filter(|model| !model.is_empty()) {
            let (id, rest) = model.split_once('\n').unwrap_or((model, ""));
            let [id] = words(id)[..] else { continue };
            names.push((id, listed(rest, "match"), listed(rest, "regex")));
            pages.push(Page {
                id,
                text: model,
                book: OnceLock::new(),
            });
        }
        let names = names
            .iter()
            .map(|(id, matches, regex)| (*id, &**matches, &**regex));
        Self {
            text,
            head,
            sha256: OnceLock::new(),
            shelves: Shelves::of(names),
            pages,
        }
    }

    /// The providers of its models, sorted.
    pub fn providers(&self) -> impl Iterator<Item = &str> {
        self.shelves.providers()
    }

    /// As [`PriceBook::find`], and the book that has the model.
    pub fn find(
        &self,
        provider: &str,
        name: &str,
        hidden: &dyn Fn(&str) -> bool,
    ) -> Option<(Fit, &PriceBook, &Model)> {
        let visible = |at: usize| self.pages.get(at).is_some_and(|page| !hidden(page.id));
        let (fit, at) = self.shelves.find(provider, name, &visible)?;
        let (book, model) = self.open(self.pages.get(at)?)?;
        Some((fit, book, model))
    }

    /// The model of that id, and the book that has it.
    pub fn model(&self, id: &str) -> Option<(&PriceBook, &Model)> {
        self.open(self.pages.iter().find(|page| page.id == id)?)
    }

    fn open<'a>(&'a self, page: &'a Page) -> Option<(&'a PriceBook, &'a Model)> {
        let read = || {
            let text = [self.head, MODEL, page.text].concat();
            let hash = self.sha256.get_or_init(|| sha256(self.text.as_bytes()));
            load::page(page.id, &text, hash).ok()
        };
        let book = page.book.get_or_init(read).as_ref()?;
        Some((book, book.models().first()?))
    }
}

/// The words of a list on a line of its own.
fn listed(model: &'static str, key: &str) -> Vec<&'static str> {
    let key = format!("    {key}: [");
    let mut lines = model.lines();
    let list = lines.find_map(|line| line.strip_prefix(&key)?.rsplit_once(']'));
    list.map_or_else(Vec::new, |(list, _)| words(list))
}

fn words(list: &'static str) -> Vec<&'static str> {
    let words = list.split(", ").map(|word| word.trim_matches('"'));
    words.filter(|word| !word.is_empty()).collect()
}

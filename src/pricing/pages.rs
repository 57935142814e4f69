//! A bundled book, model by model: a run reads those that it meets, because reading YAML takes far
//! longer than anything else that a single quote does.
//!
//! It is cut apart by its lines, which the canonical form fixes: two blanks and a dash begin a model,
//! and its names stand below it. A test holds that the parts say what the whole does.

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
    models: Vec<Page>,
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
            let id = unquoted(without_remark(id));
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
            models: pages,
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
        let (fit, at) = self.place(provider, name, hidden)?;
        let (book, model) = self.open(self.models.get(at)?)?;
        Some((fit, book, model))
    }

    /// How well the best model fits, which opens none.
    pub fn fit(&self, provider: &str, name: &str, hidden: &dyn Fn(&str) -> bool) -> Option<Fit> {
        self.place(provider, name, hidden).map(|(fit, _)| fit)
    }

    fn place(
        &self,
        provider: &str,
        name: &str,
        hidden: &dyn Fn(&str) -> bool,
    ) -> Option<(Fit, usize)> {
        let visible = |at: usize| self.models.get(at).is_some_and(|page| !hidden(page.id));
        self.shelves.find(provider, name, &visible)
    }

    /// The model of that id, and the book that has it.
    pub fn model(&self, id: &str) -> Option<(&PriceBook, &Model)> {
        self.open(self.models.iter().find(|page| page.id == id)?)
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

/// The words of a list: behind its key, or each on a line of its own below it.
fn listed(model: &'static str, key: &str) -> Vec<&'static str> {
    let key = format!("    {key}:");
    // Names stand above the prices, which are by far the most of it.
    let mut lines = model
        .lines()
        .take_while(|line| !line.starts_with("    prices:"));
    let Some(beside) = lines.find_map(|line| line.strip_prefix(&key)) else {
        return Vec::new();
    };
    if let Some(list) = without_remark(beside).strip_prefix(" [") {
        return words(list.strip_suffix(']').unwrap_or(list));
    }
    let below = lines.map_while(|line| line.strip_prefix("      "));
    let below = below.filter_map(|line| line.strip_prefix("- "));
    below.map(|line| unquoted(without_remark(line))).collect()
}

fn words(list: &'static str) -> Vec<&'static str> {
    let words = list.split(", ").filter(|word| !word.is_empty());
    words.map(unquoted).collect()
}

fn unquoted(word: &str) -> &str {
    word.trim_matches('"')
}

/// The line without the remark behind it.
fn without_remark(line: &str) -> &str {
    line.split_once("  # ").map_or(line, |(line, _)| line)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# A book.
format: llmcost-prices/1
book: {name: b, version: 1, currency: USD}

sources:
  p: {url: x}

models:
  # Before the first.
  - id: acme/one  # [odd], this
    match: [one, \"one-20??-??\", \"?-uno\"]  # and [that]
    prices:
      - source: [p]
        each: {image: 1}

  # Before the second.
  - id: \"acme/t:wo\"
    # Many names.
    match:
      - two
      # And a pattern.
      - \"two-*\"
      - deux
    regex: [\"zwei-[0-9]+\", \"zwo-(a|b)\"]
    prices:
      - source: [p]
        each: {image: 2}

  - id: acme/three
    extends: bundled
    prices: []

  - id: other/one
    match: [one]
    prices: []
# The end.
";

    #[test]
    fn a_book_is_cut_where_its_models_begin() {
        let pages = Pages::of(TEXT);
        assert_eq!(pages.providers().collect::<Vec<_>>(), ["acme", "other"]);
        let whole = PriceBook::parse("b", TEXT.as_bytes()).unwrap();
        for name in [
            "one",
            "one-2026-01",
            "e-uno",
            "two",
            "two-3",
            "deux",
            "zwei-17",
            "zwo-b",
            "three",
            "t:wo",
            "zwei-",
            "ones",
        ] {
            for provider in ["acme", "other", "none"] {
                for hides in ["", "acme/one"] {
                    let hidden = |id: &str| id == hides;
                    let alone = pages.find(provider, name, &hidden);
                    let told = whole.find(provider, name, &hidden);
                    let found =
                        alone.map(|(fit, book, model)| (fit, book.info(), model.id.clone()));
                    let wanted = told.map(|(fit, model)| (fit, whole.info(), model.id.clone()));
                    assert_eq!(found, wanted, "{provider} {name}");
                }
            }
        }
        for model in whole.models() {
            let (_, alone) = pages.model(&model.id).unwrap();
            let texts = [alone, model].map(|model| serde_json::to_string(model).unwrap());
            assert_eq!(texts[0], texts[1]);
        }
        assert!(pages.model("acme/four").is_none());
    }
}

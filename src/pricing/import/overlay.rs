//! Imported models in a user's own book: what is there stays, word for word.

use std::collections::BTreeSet;

use super::super::book::PriceBook;
use super::super::format::{Format, Head, Text, unplaced};
use super::super::scalar::Currency;
use super::super::writing::{self, Content, Document, Item, Node};
use super::Imported;
use crate::error::Result;

/// A book with imported models in it.
#[derive(Debug, Clone)]
pub struct Laid {
    /// Its text.
    pub text: String,
    /// Ids of the models that were added or replaced.
    pub added: Vec<String>,
    /// Ids that the book had already and kept.
    pub kept: Vec<String>,
}

/// Lays imported models into a book, or makes one of them. Models that the book has already are
/// kept, unless they are to be replaced.
///
/// # Errors
/// When the book cannot be read, has anchors, or would not load with the new models.
pub fn lay(
    name: &str,
    existing: Option<&str>,
    imported: &Imported,
    version: &str,
    replace: bool,
) -> Result<Laid> {
    let made = writing::tree(name, &alone(imported, version).to_json())?;
    let mut document = match existing {
        Some(text) => {
            PriceBook::parse(name, text.as_bytes())?;
            writing::tree(name, text)?
        }
        None => Document::default(),
    };
    let held = ids(&document.root);
    let (kept, added): (Vec<String>, Vec<String>) = imported
        .models
        .iter()
        .map(|model| model.id.clone())
        .partition(|id| held.contains(id) && !replace);
    if existing.is_none() {
        document.root = made.root;
    } else {
        merge(&mut document.root, &made.root, &kept);
    }
    let text = writing::write(document);
    PriceBook::parse(name, text.as_bytes())?;
    Ok(Laid { text, added, kept })
}

/// The imported models as a book of their own.
fn alone(imported: &Imported, version: &str) -> PriceBook {
    let text = Text {
        format: Format::One,
        book: Head {
            name: "imported".to_owned(),
            version: version.to_owned(),
            currency: Currency::known("USD"),
        },
        sources: imported.sources.clone(),
        meters: std::collections::BTreeMap::new(),
        schedules: std::collections::BTreeMap::new(),
        providers: std::collections::BTreeMap::new(),
        models: imported.models.iter().cloned().map(unplaced).collect(),
        fx: Vec::new(),
    };
    PriceBook::of(text, String::new())
}

fn ids(root: &Node) -> BTreeSet<String> {
    let models = root.get("models").map(Node::items).unwrap_or_default();
    models.iter().filter_map(id).collect()
}

fn id(item: &Item) -> Option<String> {
    item.value.get("id")?.text().map(str::to_owned)
}

/// Puts the sources and the models of one tree into another.
fn merge(into: &mut Node, made: &Node, kept: &[String]) {
    for (section, key) in [("sources", Key::Name), ("models", Key::Id)] {
        let new = made.get(section).map(Node::items).unwrap_or_default();
        let new = new
            .iter()
            .filter(|item| key.of(item).is_none_or(|id| !kept.contains(&id)));
        let new: Vec<Item> = new.cloned().collect();
        let Some(root) = into.items_mut() else { return };
        if !root.iter().any(|item| item.key == section) {
            root.push(Item {
                key: section.to_owned(),
                ..Item::default()
            });
        }
        let Some(held) = root.iter_mut().find(|item| item.key == section) else {
            continue;
        };
        if held.value.items().is_empty() {
            held.value.content = match key {
                Key::Name => Content::Map(Vec::new()),
                Key::Id => Content::List(Vec::new()),
            };
        }
        for item in new {
            put(&mut held.value, item, key);
        }
    }
}

/// What tells the entries of a section apart.
#[derive(Clone, Copy)]
enum Key {
    Name,
    Id,
}

impl Key {
    fn of(self, item: &Item) -> Option<String> {
        match self {
            Self::Name => Some(item.key.clone()),
            Self::Id => id(item),
        }
    }
}

fn put(section: &mut Node, item: Item, key: Key) {
    let Some(items) = section.items_mut() else {
        return;
    };
    match items.iter_mut().find(|held| key.of(held) == key.of(&item)) {
        Some(held) => held.value = item.value,
        None => items.push(item),
    }
}

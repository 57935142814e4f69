//! Price books as text in one canonical form, comments and the digits of prices included.
//!
//! text → [`tree`] → `tidy` (order) → `layout` → text. What is made from data, such as a
//! converted or imported book, goes the same way from its JSON, which is YAML.

mod layout;
mod shape;
mod tidy;
mod tree;

use std::path::Path;

pub use tree::{Content, Document, Item, Node};

use super::book::PriceBook;
use crate::error::{Error, ErrorKind, Result};

/// A book's text in canonical form. Nothing but order, layout and quotes changes: comments stay in
/// front of or behind what they were written at.
///
/// # Errors
/// When the text is no book of our format, or has anchors or tags.
pub fn canonical(name: &str, text: &str) -> Result<String> {
    let book = PriceBook::parse(name, text.as_bytes())?;
    if book.usage_logging().is_some() {
        let message = "this is a per-1k file, which has no canonical form";
        return Err(Error::new(ErrorKind::PriceBook, message)
            .at(Path::new(name), None)
            .hint("`llmcost prices convert` rewrites it"));
    }
    let written = write(tree(name, text)?);
    let again = PriceBook::parse(name, written.as_bytes())?;
    if again.to_json() == book.to_json() {
        return Ok(written);
    }
    let message = "the canonical form would not say the same";
    Err(Error::new(ErrorKind::PriceBook, message)
        .at(Path::new(name), None)
        .hint("this is a mistake of llmcost; please report it. Nothing was changed"))
}

/// A book made from data, as text.
///
/// # Errors
/// When it cannot be written.
pub fn of_book(name: &str, book: &PriceBook) -> Result<String> {
    Ok(write(tree(name, &book.to_json())?))
}

/// The tree of a text.
///
/// # Errors
/// When it has anchors or tags, with their line.
pub fn tree(name: &str, text: &str) -> Result<Document> {
    tree::read(text).map_err(|(message, line)| {
        Error::new(ErrorKind::PriceBook, message)
            .at(Path::new(name), Some(line))
            .hint("write out what the anchor stands for")
    })
}

/// A tree as text in canonical form.
pub fn write(mut document: Document) -> String {
    tidy::tidy(&mut document.root);
    layout::write(&document)
}

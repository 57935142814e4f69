//! Where the objects, arrays and long strings of a document end, noted while it is checked, so that whoever
//! steps over one later does not walk through it again.

use std::cell::RefCell;
use std::marker::PhantomData;

use super::Raw;
use super::check::check;
use crate::error::Fault;

/// Who is told where objects and arrays begin and end, in the order of the text.
pub(super) trait Ends {
    /// One begins here.
    fn open(&mut self, at: usize);
    /// The innermost one ends before this.
    fn close(&mut self, at: usize);
    /// A string was passed that is a value.
    fn string(&mut self, string: Passed);
}

/// A string that was passed.
pub(super) struct Passed {
    /// Where its first quote stands.
    pub(super) begin: usize,
    /// Where it has ended, behind its last quote.
    pub(super) end: usize,
    /// How many characters it holds.
    pub(super) chars: usize,
    /// Whether any is written with an escape.
    pub(super) escapes: bool,
}

/// Shorter strings are walked through again in less time than it takes to find them here.
const SHORTEST: usize = 64;

/// Nobody is told.
pub(super) struct Nobody;

impl Ends for Nobody {
    fn open(&mut self, _: usize) {}
    fn close(&mut self, _: usize) {}
    fn string(&mut self, _: Passed) {}
}

/// An object, an array or a string of a text.
#[derive(Clone, Copy)]
struct Span {
    begin: u32,
    end: u32,
    /// The characters of a string.
    chars: u32,
    escapes: bool,
}

/// The objects, arrays and long strings of one text, in the order in which they begin.
#[derive(Default)]
struct Spans {
    /// Where the text is, and how long it is; nothing is known of any other text.
    base: usize,
    len: usize,
    all: Vec<Span>,
    /// Objects and arrays that have not ended yet.
    open: Vec<usize>,
}

impl Ends for Spans {
    fn open(&mut self, at: usize) {
        self.open.push(self.all.len());
        self.all.push(Span {
            begin: u32::try_from(at).unwrap_or(u32::MAX),
            end: 0,
            chars: 0,
            escapes: false,
        });
    }

    fn close(&mut self, at: usize) {
        let opened = self.open.pop();
        if let Some(span) = opened.and_then(|opened| self.all.get_mut(opened)) {
            span.end = u32::try_from(at).unwrap_or_default();
        }
    }

    fn string(&mut self, string: Passed) {
        if string.end - string.begin < SHORTEST {
            return;
        }
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.all.push(Span {
            begin: number(string.begin),
            end: number(string.end),
            chars: number(string.chars),
            escapes: string.escapes,
        });
    }
}

impl Spans {
    fn forget(&mut self) {
        self.len = 0;
        self.all.clear();
        self.open.clear();
    }

    /// What begins at an address in the text.
    fn at(&self, address: usize) -> Option<Span> {
        let at = address.checked_sub(self.base).filter(|at| *at < self.len)?;
        let at = u32::try_from(at).ok()?;
        let found = self.all.binary_search_by_key(&at, |span| span.begin);
        self.all.get(found.ok()?).copied()
    }
}

thread_local! {
    /// The spans of the document that is being read in this thread.
    static SPANS: RefCell<Spans> = RefCell::default();
}

impl Span {
    fn length(self) -> Option<usize> {
        usize::try_from(self.end.checked_sub(self.begin)?).ok()
    }
}

fn at(bytes: &[u8]) -> Option<Span> {
    let address = bytes.as_ptr().addr();
    SPANS.with_borrow(|spans| spans.at(address))
}

/// How long the object or array is that begins with these bytes, where that is known.
pub(super) fn length(bytes: &[u8]) -> Option<usize> {
    at(bytes)?.length()
}

/// How long the string is that begins with these bytes, and whether it holds escapes, where that is known.
pub(super) fn string(bytes: &[u8]) -> Option<(usize, bool)> {
    let span = at(bytes)?;
    Some((span.length()?, span.escapes))
}

/// How many characters the string holds that begins with these bytes, where that is known.
pub(super) fn chars(bytes: &[u8]) -> Option<usize> {
    usize::try_from(at(bytes)?.chars).ok()
}

/// A document that has been checked. As long as this lives, which is no longer than its text, it is known
/// in this thread where its objects and arrays end.
pub struct Checked<'a> {
    raw: Raw<'a>,
    /// It belongs to its thread.
    here: PhantomData<*const ()>,
}

impl<'a> Checked<'a> {
    /// As [`Raw::parse`].
    ///
    /// # Errors
    /// As [`Raw::parse`].
    pub fn parse(text: &'a str) -> Result<Self, Fault> {
        let value = SPANS.with_borrow_mut(|spans| {
            spans.forget();
            let value = check(text, spans);
            if value.is_some() && u32::try_from(text.len()).is_ok() {
                spans.base = text.as_ptr().addr();
                spans.len = text.len();
            }
            value
        });
        let raw = match value.and_then(|(start, end)| text.get(start..end)) {
            Some(value) => Raw(value),
            None => Raw::parse(text)?,
        };
        let here = PhantomData;
        Ok(Self { raw, here })
    }

    /// The value.
    pub fn raw(&self) -> Raw<'a> {
        self.raw
    }
}

impl Drop for Checked<'_> {
    fn drop(&mut self) {
        SPANS.with_borrow_mut(Spans::forget);
    }
}

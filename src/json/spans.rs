//! Where the objects and arrays of a document end, noted while it is checked, so that whoever steps over
//! one later does not walk through it again.

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
}

/// Nobody is told.
pub(super) struct Nobody;

impl Ends for Nobody {
    fn open(&mut self, _: usize) {}
    fn close(&mut self, _: usize) {}
}

/// The objects and arrays of one text, in the order in which they begin.
#[derive(Default)]
struct Spans {
    /// Where the text is, and how long it is; nothing is known of any other text.
    base: usize,
    len: usize,
    /// Where each begins and ends.
    all: Vec<(u32, u32)>,
    /// Those that have not ended yet.
    open: Vec<usize>,
}

impl Ends for Spans {
    fn open(&mut self, at: usize) {
        self.open.push(self.all.len());
        self.all.push((u32::try_from(at).unwrap_or(u32::MAX), 0));
    }

    fn close(&mut self, at: usize) {
        let opened = self.open.pop();
        if let Some(span) = opened.and_then(|opened| self.all.get_mut(opened)) {
            span.1 = u32::try_from(at).unwrap_or_default();
        }
    }
}

impl Spans {
    fn forget(&mut self) {
        self.len = 0;
        self.all.clear();
        self.open.clear();
    }

    /// How far it is from an address in the text, where an object or array begins, to its end.
    fn length(&self, address: usize) -> Option<usize> {
        let at = address.checked_sub(self.base).filter(|at| *at < self.len)?;
        let at = u32::try_from(at).ok()?;
        let found = self.all.binary_search_by_key(&at, |(begin, _)| *begin);
        let (begin, end) = self.all.get(found.ok()?)?;
        usize::try_from(end.checked_sub(*begin)?).ok()
    }
}

thread_local! {
    /// The spans of the document that is being read in this thread.
    static SPANS: RefCell<Spans> = RefCell::default();
}

/// How long the object or array is that begins with these bytes, where that is known.
pub(super) fn length(bytes: &[u8]) -> Option<usize> {
    let address = bytes.as_ptr().addr();
    SPANS.with_borrow(|spans| spans.length(address))
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

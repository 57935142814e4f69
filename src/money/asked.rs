//! What is asked of counts while a record is read: which sums of them are compared with each other, and how
//! the answers came out. Where other counts give the same answers, they are read the same way, and what
//! comes of them are the same sums.

use std::cell::RefCell;
use std::cmp::Ordering;

use super::{Exact, Quantity};

/// A sum of counts, each taken some times, and a number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sum {
    /// Which count, by its place among those that were met, and how often.
    pub terms: Vec<(usize, i64)>,
    /// What is added.
    pub constant: i64,
}

impl Sum {
    /// What it comes to; nothing where that does not fit.
    pub fn of(&self, counts: &[i64]) -> Option<i64> {
        let mut terms = self.terms.iter();
        terms.try_fold(self.constant, |sum, (count, times)| {
            sum.checked_add(counts.get(*count)?.checked_mul(*times)?)
        })
    }

    fn add(&mut self, other: &Self, times: i64) -> Option<()> {
        self.constant = self
            .constant
            .checked_add(other.constant.checked_mul(times)?)?;
        for (count, more) in &other.terms {
            let more = more.checked_mul(times)?;
            match self.terms.iter_mut().find(|(held, _)| held == count) {
                Some((_, held)) => *held = held.checked_add(more)?,
                None => self.terms.push((*count, more)),
            }
        }
        self.terms.retain(|(_, times)| *times != 0);
        Some(())
    }
}

/// How a sum stands to zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// So.
    At(Ordering),
    /// Not so.
    Not(Ordering),
}

/// What was asked of one sum, and the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The sum.
    pub sum: Sum,
    /// How it stands to zero.
    pub stands: Stands,
}

impl Answer {
    /// Whether these counts give the same answer.
    pub fn is_of(&self, counts: &[i64]) -> bool {
        let found = self.sum.of(counts).map(|sum| sum.cmp(&0));
        match self.stands {
            Stands::At(is) => found == Some(is),
            Stands::Not(is) => found.is_some_and(|found| found != is),
        }
    }
}

/// Everything that was asked.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The counts that were met: where each stands in memory, and how many it says.
    pub counts: Vec<(usize, i64)>,
    /// Where values stand that were looked at otherwise than as counts.
    pub texts: Vec<usize>,
    /// The answers.
    pub answers: Vec<Answer>,
    /// Whether something was asked that no sum can tell.
    pub spoiled: bool,
    sums: Vec<Sum>,
}

impl Asked {
    /// The sum that a quantity is.
    pub fn sum(&self, quantity: Quantity) -> Option<Sum> {
        match quantity.known_as() {
            Known::NUMBER => {
                let constant = quantity.written().to_integer().ok()?;
                let terms = Vec::new();
                Some(Sum { terms, constant })
            }
            Known(at) => self
                .sums
                .get(usize::try_from(at).ok()?.checked_sub(1)?)
                .cloned(),
        }
    }

    fn keep(&mut self, sum: Option<Sum>) -> Known {
        let Some(sum) = sum else {
            self.spoiled = true;
            return Known::NUMBER;
        };
        self.sums.push(sum);
        u32::try_from(self.sums.len()).map_or(Known::NUMBER, Known)
    }

    fn difference(&self, whole: Quantity, part: Quantity, times: i64) -> Option<Sum> {
        let mut sum = self.sum(whole)?;
        sum.add(&self.sum(part)?, times)?;
        Some(sum)
    }
}

/// By which sum of counts a quantity is known, while somebody listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Known(u32);

impl Known {
    /// It is a number and no count.
    pub(super) const NUMBER: Self = Self(0);

    pub(super) fn is_number(self) -> bool {
        self == Self::NUMBER
    }
}

thread_local! {
    static LISTENING: RefCell<Option<Asked>> = const { RefCell::new(None) };
}

/// Does something and says what is asked of counts meanwhile.
pub fn listen<T>(run: impl FnOnce() -> T) -> (T, Asked) {
    LISTENING.replace(Some(Asked::default()));
    let done = run();
    (done, LISTENING.take().unwrap_or_default())
}

/// Changes what is asked; a number where nobody listens.
fn ask(change: impl FnOnce(&mut Asked) -> Known) -> Known {
    LISTENING.with_borrow_mut(|asked| asked.as_mut().map_or(Known::NUMBER, change))
}

/// A count was read that stands at this address.
pub(super) fn met(address: usize, number: Exact) -> Known {
    ask(|asked| {
        let known = asked.counts.iter().position(|(held, _)| *held == address);
        let Ok(number) = number.to_integer() else {
            return asked.keep(None);
        };
        let at = known.unwrap_or_else(|| {
            asked.counts.push((address, number));
            asked.counts.len() - 1
        });
        let (terms, constant) = (vec![(at, 1)], 0);
        asked.keep(Some(Sum { terms, constant }))
    })
}

/// A value was looked at that stands at this address, otherwise than as a count.
pub fn looked_at_text(address: usize) {
    ask(|asked| {
        asked.texts.push(address);
        Known::NUMBER
    });
}

/// Two quantities were added, or one was taken from the other (`times` is -1).
pub(super) fn added(whole: Quantity, part: Quantity, times: i64) -> Known {
    ask(|asked| {
        let sum = asked.difference(whole, part, times);
        asked.keep(sum)
    })
}

/// A quantity was multiplied.
pub(super) fn multiplied(quantity: Quantity, times: u32) -> Known {
    ask(|asked| {
        let sum = asked.sum(quantity).and_then(|one| {
            let mut sum = Sum::default();
            sum.add(&one, i64::from(times))?;
            Some(sum)
        });
        asked.keep(sum)
    })
}

/// Two quantities were compared.
pub(super) fn compared(one: Quantity, other: Quantity, stands: Stands) {
    ask(|asked| {
        match asked.difference(one, other, -1) {
            Some(sum) => {
                let answer = Answer { sum, stands };
                if !asked.answers.contains(&answer) {
                    asked.answers.push(answer);
                }
            }
            None => asked.spoiled = true,
        }
        Known::NUMBER
    });
}

/// The number itself was looked at: another one is read otherwise.
pub(super) fn looked_at(quantity: Quantity, number: Exact) {
    let number = Quantity::fixed(number);
    compared(quantity, number, Stands::At(Ordering::Equal));
}

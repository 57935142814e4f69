//! How much of something was used.

use std::cmp::Ordering;
use std::fmt;

use serde::{Serialize, Serializer};

use super::asked::{self, Known, Stands};
use super::{Exact, NumberError};

/// How much of something was used: never negative, exact, at most 18 digits before and after.
#[derive(Clone, Copy, Default)]
pub struct Quantity {
    number: Exact,
    /// Which sum of counts it is, while somebody wants to know what is asked of them.
    known: Known,
}

impl Quantity {
    /// Nothing.
    pub const ZERO: Self = Self::fixed(Exact::ZERO);
    /// One.
    pub const ONE: Self = Self::fixed(Exact::ONE);
    /// Above this a count is a mistake, not usage.
    const LARGEST: i128 = 1_000_000_000_000_000;
    /// Decimals that are believed: more are no measurement.
    const FINEST: u32 = 18;

    /// A quantity from an exact number.
    ///
    /// # Errors
    /// When it is below zero, above 10¹⁵, or has more than 18 decimals or more digits than a ledger
    /// column holds.
    pub fn new(number: Exact) -> Result<Self, NumberError> {
        if number.is_negative() {
            return Err(NumberError::Negative);
        }
        if number > Exact::new(Self::LARGEST, 0) {
            return Err(NumberError::Overflow);
        }
        if number.scale() > Self::FINEST || i64::try_from(number.mantissa()).is_err() {
            return Err(NumberError::TooLong);
        }
        Ok(Self::fixed(number))
    }

    pub(super) const fn fixed(number: Exact) -> Self {
        let known = Known::NUMBER;
        Self { number, known }
    }

    /// Reads a quantity from its decimal text.
    ///
    /// # Errors
    /// As [`Exact::parse`] and [`Quantity::new`].
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        Exact::parse(text).and_then(Self::new)
    }

    /// A whole number of things.
    pub fn of(count: u32) -> Self {
        Self::fixed(Exact::new(i128::from(count), 0))
    }

    /// A whole number of things, as collections count them.
    pub fn of_len(count: usize) -> Self {
        Self::of(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// The same, as the count that stands there in memory: whoever [listens](super::asked::listen) is told
    /// what is asked of it.
    #[must_use]
    pub fn counted_at(self, address: usize) -> Self {
        let known = asked::met(address, self.number);
        Self { known, ..self }
    }

    pub(super) fn known_as(self) -> Known {
        self.known
    }

    /// The same without a memory of the counts that it was made of.
    #[must_use]
    pub fn alone(self) -> Self {
        Self::fixed(self.number)
    }

    /// The exact number.
    pub fn exact(self) -> Exact {
        if !self.known.is_number() {
            asked::looked_at(self, self.number);
        }
        self.number
    }

    /// The exact number for whoever only writes it down: nothing is asked of it.
    pub fn written(self) -> Exact {
        self.number
    }

    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        self == Self::ZERO
    }

    /// The sum.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn plus(self, other: Self) -> Result<Self, NumberError> {
        let sum = self.number.plus(other.number).and_then(Self::new)?;
        Ok(sum.made_of(self, other, 1))
    }

    /// What remains after taking `part` away.
    ///
    /// # Errors
    /// [`NumberError::Negative`] when the part is larger than the whole: a data error, never
    /// clamped.
    pub fn minus(self, part: Self) -> Result<Self, NumberError> {
        let rest = self.number.minus(part.number).and_then(Self::new);
        if !(self.known.is_number() && part.known.is_number()) {
            let stands = if rest.is_ok() {
                Stands::Not
            } else {
                Stands::At
            };
            asked::compared(self, part, stands(Ordering::Less));
        }
        Ok(rest?.made_of(self, part, -1))
    }

    /// The product with a whole number.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn times(self, factor: u32) -> Result<Self, NumberError> {
        let product = self.number.times(Exact::new(i128::from(factor), 0));
        let product = product.and_then(Self::new)?;
        let known = if self.known.is_number() {
            Known::NUMBER
        } else {
            asked::multiplied(self, factor)
        };
        Ok(Self { known, ..product })
    }

    fn made_of(self, whole: Self, part: Self, times: i64) -> Self {
        if whole.known.is_number() && part.known.is_number() {
            return self;
        }
        let known = asked::added(whole, part, times);
        Self { known, ..self }
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        let equal = self.number == other.number;
        if !(self.known.is_number() && other.known.is_number()) {
            let stands = if equal { Stands::At } else { Stands::Not };
            asked::compared(*self, *other, stands(Ordering::Equal));
        }
        equal
    }
}

impl Eq for Quantity {}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> Ordering {
        let order = self.number.cmp(&other.number);
        if !(self.known.is_number() && other.known.is_number()) {
            asked::compared(*self, *other, Stands::At(order));
        }
        order
    }
}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Quantity").field(&self.number).finish()
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.exact().serialize(serializer)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.exact().fmt(f)
    }
}

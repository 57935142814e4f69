//! How much of something was used.

use std::fmt;

use serde::Serialize;

use super::{Exact, NumberError};

/// How much of something was used: never negative, exact, at most 18 digits before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
#[serde(transparent)]
pub struct Quantity(Exact);

impl Quantity {
    /// Nothing.
    pub const ZERO: Self = Self(Exact::ZERO);
    /// One.
    pub const ONE: Self = Self(Exact::ONE);
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
        Ok(Self(number))
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
        Self(Exact::new(i128::from(count), 0))
    }

    /// A whole number of things, as collections count them.
    pub fn of_len(count: usize) -> Self {
        Self::of(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// The exact number.
    pub fn exact(self) -> Exact {
        self.0
    }

    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// The sum.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn plus(self, other: Self) -> Result<Self, NumberError> {
        self.0.plus(other.0).and_then(Self::new)
    }

    /// What remains after taking `part` away.
    ///
    /// # Errors
    /// [`NumberError::Negative`] when the part is larger than the whole: a data error, never
    /// clamped.
    pub fn minus(self, part: Self) -> Result<Self, NumberError> {
        self.0.minus(part.0).and_then(Self::new)
    }

    /// The product with a whole number.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn times(self, factor: u32) -> Result<Self, NumberError> {
        self.0
            .times(Exact::new(i128::from(factor), 0))
            .and_then(Self::new)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

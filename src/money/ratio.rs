//! Shares and averages: quotients that stay whole until they are shown, so that nothing is rounded
//! twice.

use std::fmt;

use serde::{Serialize, Serializer};

use super::{Exact, MONEY_SCALE, NumberError};

/// A quotient of two exact numbers; as text it has at most 12 decimals, rounded half-even once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ratio {
    dividend: Exact,
    divisor: Exact,
}

impl Ratio {
    /// The quotient; nothing where the divisor is not above zero, or where the result does not fit.
    pub fn new(dividend: Exact, divisor: Exact) -> Option<Self> {
        let ratio = Self { dividend, divisor };
        ratio.rounded(MONEY_SCALE).ok().map(|_| ratio)
    }

    /// How many of a hundred; nothing as for [`Ratio::new`].
    pub fn percent(part: Exact, whole: Exact) -> Option<Self> {
        let hundredfold = part.times(Exact::from_integer(100)).ok()?;
        Self::new(hundredfold, whole)
    }

    /// How many of a hundred, by counts.
    pub fn percent_of(part: u64, whole: u64) -> Option<Self> {
        Self::percent(Exact::from(part), Exact::from(whole))
    }

    /// The number, rounded half-even to so many decimals, from the quotient itself.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn rounded(self, decimals: u32) -> Result<Exact, NumberError> {
        let (number, _) = self.dividend.divided_by(self.divisor, decimals)?;
        Ok(number)
    }

    /// The number at 12 decimals, as data formats print it.
    pub fn exact(self) -> Exact {
        // Made only where this fits.
        self.rounded(MONEY_SCALE).unwrap_or_default()
    }

    /// Whether the number is zero.
    pub fn is_zero(self) -> bool {
        self.dividend.is_zero()
    }

    /// Whether the number is below zero.
    pub fn is_negative(self) -> bool {
        self.dividend.is_negative()
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.exact().fmt(f)
    }
}

impl Serialize for Ratio {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::parse(text).unwrap()
    }

    #[test]
    fn a_quotient_is_rounded_once_however_it_is_shown() {
        // Rounded at 12 decimals first, this would be 0.125, and then 0.12.
        let ratio = Ratio::new(exact("0.1250000000000000001"), Exact::ONE).unwrap();
        assert_eq!(ratio.to_string(), "0.125");
        assert_eq!(ratio.rounded(2), Ok(exact("0.13")));
        let third = Ratio::percent(exact("1"), exact("3")).unwrap();
        assert_eq!(third.to_string(), "33.333333333333");
        let below = Ratio::new(exact("-1"), exact("8")).unwrap();
        assert_eq!(below.rounded(2), Ok(exact("-0.12")));
        assert!(below.is_negative() && !third.is_negative());
    }

    #[test]
    fn what_cannot_be_divided_is_nothing() {
        let part = |part| Ratio::percent_of(part, 3).map(Ratio::is_zero);
        assert_eq!((part(0), part(1)), (Some(true), Some(false)));
        assert_eq!(Ratio::percent_of(0, 0), None);
        assert_eq!(Ratio::new(exact("1"), exact("-1")), None);
        assert_eq!(Ratio::new(Exact::new(i128::MAX, 0), exact("0.1")), None);
    }
}

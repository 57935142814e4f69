//! The only arithmetic on money and quantities: exact, or an error.
//!
//! [`Exact`] is a decimal number as it was written. [`Money`] is an integer count of 10⁻¹² of a
//! currency unit. Everything multiplies in checked `i128`, or without a bound where that is too
//! narrow ([`charge`]); what has more than twelve decimals is rounded half-even, once, last.

pub mod asked;
mod charge;
mod exact;
mod quantity;
mod ratio;

use std::cmp::Ordering;
use std::fmt;

pub use charge::{charge, charge_parts};
pub use exact::Exact;
pub use quantity::Quantity;
pub use ratio::Ratio;

/// Decimal digits that stored money keeps after the point.
pub const MONEY_SCALE: u32 = 12;

/// Why a number cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberError {
    /// Not a decimal number (JSON grammar: no `+`, `_`, hex, bare point, NaN).
    Syntax,
    /// More digits than can be kept exactly.
    TooLong,
    /// Below zero where that makes no sense.
    Negative,
    /// The result does not fit.
    Overflow,
    /// A fraction where a whole number is needed.
    Fraction,
}

impl fmt::Display for NumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Syntax => "is not a decimal number",
            Self::TooLong => "has more digits than can be kept exactly",
            Self::Negative => "is below zero",
            Self::Overflow => "is too large",
            Self::Fraction => "is not a whole number",
        })
    }
}

/// An amount of money: an integer count of 10⁻¹² of the currency unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(i64);

impl Money {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// The amount from its count of 10⁻¹² units.
    pub fn from_pico(pico: i64) -> Self {
        Self(pico)
    }

    /// The exact number.
    pub fn exact(self) -> Exact {
        Exact::new(i128::from(self.0), MONEY_SCALE)
    }

    /// The count of 10⁻¹² units.
    pub fn pico(self) -> i64 {
        self.0
    }

    /// The sum.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn plus(self, other: Self) -> Result<Self, NumberError> {
        self.0
            .checked_add(other.0)
            .map(Self)
            .ok_or(NumberError::Overflow)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        MoneySum(i128::from(self.0)).fmt(f)
    }
}

/// A sum of money over many records, in 10⁻¹² of the currency unit; wide enough never to overflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct MoneySum(i128);

impl MoneySum {
    /// Adds one amount. `i128` holds 10¹⁹ of the largest amounts, more than can ever be summed.
    pub fn add(&mut self, money: Money) {
        self.0 = self.0.saturating_add(i128::from(money.0));
    }

    /// Adds another sum.
    pub fn add_sum(&mut self, other: Self) {
        self.0 = self.0.saturating_add(other.0);
    }

    /// The exact number.
    pub fn exact(self) -> Exact {
        Exact::new(self.0, MONEY_SCALE)
    }
}

impl fmt::Display for MoneySum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.exact().fmt(f)
    }
}

/// An amount in another unit: times every factor, divided by every divisor. Exact where nothing
/// divides, otherwise rounded half-even at 10⁻¹², once; the flag says whether it was.
///
/// # Errors
/// When the result does not fit, or a divisor is not above zero.
pub fn convert(
    amount: Exact,
    factors: &[Exact],
    divisors: &[Exact],
) -> Result<(Exact, bool), NumberError> {
    let product = |first: Exact, numbers: &[Exact]| {
        let mut numbers = numbers.iter();
        numbers.try_fold(first, |product, number| product.times(*number))
    };
    let dividend = product(amount, factors)?;
    if divisors.is_empty() {
        return Ok((dividend, false));
    }
    dividend.divided_by(product(Exact::ONE, divisors)?, MONEY_SCALE)
}

/// Rounds half-even to a number of decimals, for display only.
pub fn round_half_even(number: Exact, decimals: u32) -> Exact {
    if number.scale() <= decimals {
        return number;
    }
    match power_of_ten(number.scale() - decimals) {
        Some(factor) => Exact::new(divide_half_even(number.mantissa(), factor).0, decimals),
        None => Exact::ZERO,
    }
}

fn divide_half_even(numerator: i128, denominator: i128) -> (i128, bool) {
    let quotient = numerator.div_euclid(denominator);
    let rest = numerator.rem_euclid(denominator);
    let up = i128::from(rounds_up(quotient, rest, denominator));
    (quotient + up, rest != 0)
}

/// Whether what a division leaves over makes the quotient one more, half-even.
fn rounds_up(quotient: i128, rest: i128, denominator: i128) -> bool {
    match rest.cmp(&(denominator - rest)) {
        Ordering::Less => false,
        Ordering::Equal => quotient % 2 != 0,
        Ordering::Greater => true,
    }
}

fn power_of_ten(exponent: u32) -> Option<i128> {
    10_i128.checked_pow(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::parse(text).unwrap()
    }

    #[test]
    fn numbers_keep_every_digit() {
        for text in [
            "0",
            "1",
            "0.1",
            "-2.5",
            "123.4567890123456789",
            "1234567890123456789",
        ] {
            assert_eq!(exact(text).to_string(), text);
        }
        assert_eq!(exact("1.25e-7").to_string(), "0.000000125");
        assert_eq!(exact("5.0").to_string(), "5");
        assert_eq!(exact("1e3").to_string(), "1000");
        assert_eq!(exact("0e999").to_string(), "0");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "", "+1", ".5", "5.", "007", "1_000", "0x10", "NaN", "1e", "--1", "1e1.5", " 1",
        ] {
            assert_eq!(Exact::parse(text), Err(NumberError::Syntax), "{text}");
        }
        assert_eq!(Exact::parse("1e400"), Err(NumberError::Overflow));
        assert_eq!(Exact::parse(&"9".repeat(40)), Err(NumberError::TooLong));
        assert_eq!(Quantity::parse("-1"), Err(NumberError::Negative));
        assert_eq!(Quantity::parse("1e30"), Err(NumberError::Overflow));
    }

    #[test]
    fn money_rounds_half_even_once_and_says_so() {
        let rate = exact("0.111");
        assert!(rate.times(exact("7")).unwrap().to_money(3600).unwrap().1);
        assert_eq!(
            exact("0.0000000000005").to_money(1).unwrap(),
            (Money::ZERO, true)
        );
        assert_eq!(
            exact("0.0000000000015").to_money(1).unwrap(),
            (Money::from_pico(2), true)
        );
        assert_eq!(
            exact("0.0000000000025").to_money(1).unwrap(),
            (Money::from_pico(2), true)
        );
        assert_eq!(
            exact("-0.0000000000015").to_money(1).unwrap(),
            (Money::from_pico(-2), true)
        );
        assert_eq!(
            exact("0.1").to_money(1).unwrap(),
            (Money::from_pico(100_000_000_000), false)
        );
    }

    #[test]
    fn ten_times_ten_cents_is_one() {
        let mut sum = MoneySum::default();
        for _ in 0..10 {
            sum.add(exact("0.10").to_money(1).unwrap().0);
        }
        assert_eq!(sum.to_string(), "1");
        let mut both = sum;
        both.add_sum(sum);
        assert_eq!(both.to_string(), "2");
    }

    #[test]
    fn picos_and_things_are_counted_as_they_are() {
        assert_eq!(Money::from_pico(1_500_000_000_000).exact(), exact("1.5"));
        assert_eq!("2.50".parse(), Ok(exact("2.5")));
        let things = |count| Quantity::of(count);
        assert_eq!(Quantity::of_len(3), things(3));
        assert_eq!(things(3).minus(things(1)), Ok(things(2)));
        assert_eq!(things(1).minus(things(3)), Err(NumberError::Negative));
        assert_eq!(things(3).times(2), Ok(things(6)));
    }

    #[test]
    fn sixty_digits_after_the_point_are_enough() {
        assert_eq!(Exact::ONE.shift(-60).map(Exact::scale), Ok(60));
        assert_eq!(Exact::ONE.shift(-61), Err(NumberError::TooLong));
    }

    #[test]
    fn currencies_convert_exactly_or_round_once() {
        let (rate, sum) = (exact("81.1350"), exact("0.000000000001"));
        assert_eq!(
            convert(sum, &[rate], &[]),
            Ok((exact("0.000000000081135"), false))
        );
        assert_eq!(convert(rate, &[], &[rate]), Ok((exact("1"), false)));
        assert_eq!(
            convert(exact("1"), &[], &[rate]).unwrap(),
            (exact("0.012325137117"), true)
        );
        // Through another currency there is still one rounding.
        assert_eq!(
            convert(exact("-7.2"), &[rate], &[exact("7.2")]),
            Ok((exact("-81.135"), false))
        );
        assert_eq!(
            convert(exact("1"), &[], &[Exact::ZERO]),
            Err(NumberError::Negative)
        );
        assert!(convert(Exact::new(i128::MAX, 0), &[rate], &[rate]).is_err());
    }

    #[test]
    fn order_and_steps() {
        assert!(exact("0.9") < exact("1"));
        assert!(exact("-1") < exact("0.000001"));
        // So different in size that they cannot be written with the same decimals.
        let (dust, large) = ("1e-40", "123456789012345");
        assert!(exact(dust) < exact(large));
        assert!(exact("-123456789012345") < exact("-1e-40"));
        assert!(exact("-123456789012345") < exact(dust));
        assert_eq!(
            exact("61").up_to_multiple_of(exact("60")).unwrap(),
            exact("120")
        );
        assert_eq!(
            exact("2.3").up_to_multiple_of(exact("1")).unwrap(),
            exact("3")
        );
        assert_eq!(
            exact("3").up_to_multiple_of(exact("1")).unwrap(),
            exact("3")
        );
        assert_eq!(round_half_even(exact("1.005"), 2).to_string(), "1");
        assert_eq!(round_half_even(exact("1.015"), 2).to_string(), "1.02");
    }
}

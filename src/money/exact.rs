//! Exact decimal numbers: parsed, printed, added and multiplied without ever losing a digit.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{MONEY_SCALE, Money, NumberError, divide_half_even, power_of_ten, rounds_up};

/// An exact decimal: `mantissa` × 10⁻ˢᶜᵃˡᵉ, trailing zeros removed, so equal numbers are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Exact {
    mantissa: i128,
    scale: u32,
}

/// Digits that always fit 64 bits.
const MOST_SHORT_DIGITS: usize = 18;

impl Exact {
    /// Zero.
    pub const ZERO: Self = Self {
        mantissa: 0,
        scale: 0,
    };
    /// One.
    pub const ONE: Self = Self {
        mantissa: 1,
        scale: 0,
    };

    /// The number `mantissa` × 10⁻ˢᶜᵃˡᵉ.
    pub fn new(mantissa: i128, scale: u32) -> Self {
        let mut exact = Self { mantissa, scale };
        while exact.scale > 0 && exact.mantissa % 10 == 0 {
            exact.mantissa /= 10;
            exact.scale -= 1;
        }
        exact
    }

    /// A whole number.
    pub fn from_integer(value: i64) -> Self {
        Self {
            mantissa: i128::from(value),
            scale: 0,
        }
    }

    /// The integer part of the representation; with [`Exact::scale`] it is the number.
    pub fn mantissa(self) -> i128 {
        self.mantissa
    }

    /// Digits after the point.
    pub fn scale(self) -> u32 {
        self.scale
    }

    /// Reads a decimal as JSON writes numbers, exponents included (`1.25e-7`).
    ///
    /// # Errors
    /// Anything that is no such number, or that has over 28 significant digits.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        // Counts are whole numbers; those that fit are read at once.
        if text.len() <= MOST_SHORT_DIGITS
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && (text == "0" || !text.starts_with('0'))
            && let Ok(whole) = text.parse::<i64>()
        {
            return Ok(Self::from_integer(whole));
        }
        check_grammar(text)?;
        let (digits, exponent) = match text.find(['e', 'E']) {
            Some(at) => (
                text.get(..at).ok_or(NumberError::Syntax)?,
                parse_exponent(text.get(at + 1..).ok_or(NumberError::Syntax)?)?,
            ),
            None => (text, 0),
        };
        let plain = strip_zeros(digits);
        let parsed = Decimal::from_str_exact(&plain).map_err(|_| NumberError::TooLong)?;
        let number = Self::new(parsed.mantissa(), parsed.scale());
        number.shift(exponent)
    }

    /// Multiplies by 10ᵉˣᵖᵒⁿᵉⁿᵗ.
    ///
    /// # Errors
    /// When the result has more digits than fit.
    pub fn shift(self, exponent: i32) -> Result<Self, NumberError> {
        if self.mantissa == 0 {
            return Ok(Self::ZERO);
        }
        let scale = i64::from(self.scale) - i64::from(exponent);
        if scale > 60 {
            return Err(NumberError::TooLong);
        }
        if let Ok(scale) = u32::try_from(scale) {
            Ok(Self::new(self.mantissa, scale))
        } else {
            let factor = u32::try_from(-scale).ok().and_then(power_of_ten);
            let mantissa = factor.and_then(|factor| self.mantissa.checked_mul(factor));
            Ok(Self {
                mantissa: mantissa.ok_or(NumberError::Overflow)?,
                scale: 0,
            })
        }
    }

    /// Whether the number is below zero.
    pub fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    /// Whether the number is zero.
    pub fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// Significant digits of the number as written shortest.
    pub fn significant_digits(self) -> u32 {
        self.mantissa
            .unsigned_abs()
            .checked_ilog10()
            .map_or(1, |log| log + 1)
    }

    /// The sum.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn plus(self, other: Self) -> Result<Self, NumberError> {
        let (a, b, scale) = self.aligned(other)?;
        Ok(Self::new(
            a.checked_add(b).ok_or(NumberError::Overflow)?,
            scale,
        ))
    }

    /// The difference, which may be below zero.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn minus(self, other: Self) -> Result<Self, NumberError> {
        self.plus(Self {
            mantissa: -other.mantissa,
            scale: other.scale,
        })
    }

    /// The product.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn times(self, other: Self) -> Result<Self, NumberError> {
        let mantissa = self
            .mantissa
            .checked_mul(other.mantissa)
            .ok_or(NumberError::Overflow)?;
        Ok(Self::new(mantissa, self.scale + other.scale))
    }

    /// The smallest multiple of `step` that is not below this number. Both must not be negative.
    ///
    /// # Errors
    /// When `step` is not above zero or the result does not fit.
    pub fn up_to_multiple_of(self, step: Self) -> Result<Self, NumberError> {
        let (value, step, scale) = self.aligned(step)?;
        if step <= 0 {
            return Err(NumberError::Negative);
        }
        let rest = value.rem_euclid(step);
        let missing = if rest == 0 { 0 } else { step - rest };
        Ok(Self::new(
            value.checked_add(missing).ok_or(NumberError::Overflow)?,
            scale,
        ))
    }

    /// This number divided by `divisor`, as money: exact where 12 digits hold it, otherwise
    /// rounded half-even once. The flag says whether it was rounded.
    ///
    /// # Errors
    /// When the amount does not fit or the divisor is not above zero.
    pub fn to_money(self, divisor: i64) -> Result<(Money, bool), NumberError> {
        if divisor <= 0 {
            return Err(NumberError::Negative);
        }
        let mut numerator = self.mantissa;
        let mut denominator = i128::from(divisor);
        if self.scale <= MONEY_SCALE {
            let factor = power_of_ten(MONEY_SCALE - self.scale).ok_or(NumberError::Overflow)?;
            numerator = numerator.checked_mul(factor).ok_or(NumberError::Overflow)?;
        } else {
            let factor = power_of_ten(self.scale - MONEY_SCALE).ok_or(NumberError::TooLong)?;
            denominator = denominator
                .checked_mul(factor)
                .ok_or(NumberError::Overflow)?;
        }
        let (quotient, rounded) = divide_half_even(numerator, denominator);
        Ok((
            Money::from_pico(i64::try_from(quotient).map_err(|_| NumberError::Overflow)?),
            rounded,
        ))
    }

    /// The quotient: exact where so many decimals hold it, otherwise rounded half-even there. The
    /// flag says whether it was rounded.
    ///
    /// # Errors
    /// When it does not fit or the divisor is not above zero.
    pub fn divided_by(self, divisor: Self, decimals: u32) -> Result<(Self, bool), NumberError> {
        let (dividend, divisor, _) = self.aligned(divisor)?;
        if divisor <= 0 {
            return Err(NumberError::Negative);
        }
        // Digit by digit, as on paper: what is left is always below the divisor, so that only
        // the quotient itself can become too large.
        let mut quotient = dividend.div_euclid(divisor);
        let mut rest = dividend.rem_euclid(divisor);
        for _ in 0..decimals {
            rest = rest.checked_mul(10).ok_or(NumberError::Overflow)?;
            quotient = quotient
                .checked_mul(10)
                .and_then(|quotient| quotient.checked_add(rest / divisor))
                .ok_or(NumberError::Overflow)?;
            rest %= divisor;
        }
        let up = i128::from(rounds_up(quotient, rest, divisor));
        let quotient = quotient.checked_add(up).ok_or(NumberError::Overflow)?;
        Ok((Self::new(quotient, decimals), rest != 0))
    }

    /// The whole number, if it is one and fits.
    ///
    /// # Errors
    /// When the number has a fraction or does not fit.
    pub fn to_integer(self) -> Result<i64, NumberError> {
        if self.scale != 0 {
            return Err(NumberError::Fraction);
        }
        i64::try_from(self.mantissa).map_err(|_| NumberError::Overflow)
    }

    fn aligned(self, other: Self) -> Result<(i128, i128, u32), NumberError> {
        if self.scale == other.scale {
            return Ok((self.mantissa, other.mantissa, self.scale));
        }
        let scale = self.scale.max(other.scale);
        let widen = |number: Self| {
            power_of_ten(scale - number.scale)
                .and_then(|factor| number.mantissa.checked_mul(factor))
                .ok_or(NumberError::Overflow)
        };
        Ok((widen(self)?, widen(other)?, scale))
    }
}

impl From<u64> for Exact {
    fn from(count: u64) -> Self {
        Self::new(i128::from(count), 0)
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        if let Ok((a, b, _)) = self.aligned(*other) {
            return a.cmp(&b);
        }
        // Only numbers of very different size cannot be aligned: the shorter scale is further from zero.
        let (sign, others) = (self.mantissa.signum(), other.mantissa.signum());
        let further = if sign < 0 {
            self.scale.cmp(&other.scale)
        } else {
            other.scale.cmp(&self.scale)
        };
        sign.cmp(&others).then(further)
    }
}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.scale == 0 {
            return self.mantissa.fmt(f);
        }
        let digits = self.mantissa.unsigned_abs().to_string();
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let scale = usize::try_from(self.scale).unwrap_or(usize::MAX);
        let padded = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = padded.split_at(padded.len() - scale);
        write!(f, "{sign}{whole}.{fraction}")
    }
}

impl FromStr for Exact {
    type Err = NumberError;
    fn from_str(text: &str) -> Result<Self, NumberError> {
        Self::parse(text)
    }
}

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Asks for a string, so that no deserializer turns the digits into a float on the way.
impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Exact;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal number")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Exact, E> {
                Exact::parse(text).map_err(|error| E::custom(format!("the number {error}")))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

/// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
fn check_grammar(text: &str) -> Result<(), NumberError> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (number, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match number.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (number, None),
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let sound = digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|text| digits(text.strip_prefix(['+', '-']).unwrap_or(text)));
    if sound {
        Ok(())
    } else {
        Err(NumberError::Syntax)
    }
}

fn parse_exponent(text: &str) -> Result<i32, NumberError> {
    text.strip_prefix('+')
        .unwrap_or(text)
        .parse()
        .map_err(|_| NumberError::Overflow)
}

/// `1.500` and `1.5` are the same number; only the digits that matter count against the limit.
fn strip_zeros(digits: &str) -> String {
    if digits.contains('.') {
        digits
            .trim_end_matches('0')
            .trim_end_matches('.')
            .to_owned()
    } else {
        digits.to_owned()
    }
}

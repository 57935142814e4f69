//! What a quantity costs, however many digits its price and its factors have.

use num_bigint::{BigInt, Sign};

use super::{Exact, MONEY_SCALE, Money, NumberError};

/// What a quantity costs: `billed` × `quoted` × factors ÷ `units`, divided and rounded once, last.
/// The flag says whether it was rounded.
///
/// # Errors
/// When the amount does not fit, or `units` is not above zero.
pub fn charge(
    billed: Exact,
    quoted: Exact,
    factors: &[Exact],
    units: i64,
) -> Result<(Money, bool), NumberError> {
    charge_parts(&[(billed, quoted)], factors, units)
}

/// The same for a quantity in parts that have a price each: the sum of `billed` × `quoted`, × factors
/// ÷ `units`.
///
/// # Errors
/// As [`charge`].
pub fn charge_parts(
    parts: &[(Exact, Exact)],
    factors: &[Exact],
    units: i64,
) -> Result<(Money, bool), NumberError> {
    // Nearly always everything fits into 128 bits. Where it does not, the amount still may.
    narrow(parts, factors, units).or_else(|_| wide(parts, factors, units))
}

fn narrow(
    parts: &[(Exact, Exact)],
    factors: &[Exact],
    units: i64,
) -> Result<(Money, bool), NumberError> {
    let add = |sum: Exact, (billed, quoted): &(Exact, Exact)| sum.plus(billed.times(*quoted)?);
    let sum = parts.iter().try_fold(Exact::ZERO, add)?;
    let mut factors = factors.iter();
    let product = factors.try_fold(sum, |product, factor| product.times(*factor))?;
    product.to_money(units)
}

/// The same in whole numbers without any bound.
fn wide(
    parts: &[(Exact, Exact)],
    factors: &[Exact],
    units: i64,
) -> Result<(Money, bool), NumberError> {
    if units <= 0 {
        return Err(NumberError::Negative);
    }
    let scale_of = |(billed, quoted): &(Exact, Exact)| billed.scale() + quoted.scale();
    let scale = parts.iter().map(scale_of).max().unwrap_or(0);
    let mut numerator = BigInt::ZERO;
    for part in parts {
        let (billed, quoted) = (BigInt::from(part.0.mantissa()), part.1.mantissa());
        numerator += billed * quoted * ten(scale - scale_of(part));
    }
    let mut denominator = BigInt::from(units) * ten(scale);
    for factor in factors {
        numerator *= factor.mantissa();
        denominator *= ten(factor.scale());
    }
    let (quotient, rounded) = divide_half_even(&(numerator * ten(MONEY_SCALE)), &denominator);
    let pico = i64::try_from(quotient).map_err(|_| NumberError::Overflow)?;
    Ok((Money::from_pico(pico), rounded))
}

/// Rounds away from zero by one where the rest is more than half, or half beside an odd digit.
fn divide_half_even(numerator: &BigInt, denominator: &BigInt) -> (BigInt, bool) {
    let (quotient, rest) = (numerator / denominator, numerator % denominator);
    let twice = BigInt::from(rest.magnitude() * 2_u32);
    let odd = &quotient % 2 != BigInt::ZERO;
    let away = twice > *denominator || (twice == *denominator && odd);
    let step = if numerator.sign() == Sign::Minus {
        -i32::from(away)
    } else {
        i32::from(away)
    };
    (quotient + step, rest != BigInt::ZERO)
}

fn ten(exponent: u32) -> BigInt {
    BigInt::from(10).pow(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::parse(text).unwrap()
    }

    #[test]
    fn both_ways_come_to_the_same() {
        for billed in ["0", "1", "3", "0.5", "7.25", "-1", "-0.5", "-7.25"] {
            for quoted in ["1", "0.000000000001", "0.0000000000005", "0.111"] {
                for units in [1, 2, 60, 3_600] {
                    let (parts, factors) = ([(exact(billed), exact(quoted))], [exact("1.5")]);
                    let narrow = narrow(&parts, &factors, units);
                    assert_eq!(narrow, wide(&parts, &factors, units), "{billed} {quoted}");
                }
            }
        }
        let parts = [(exact("2"), exact("0.03")), (exact("1"), exact("0.015"))];
        assert_eq!(narrow(&parts, &[], 1), wide(&parts, &[], 1));
        assert_eq!(wide(&parts, &[], 0), Err(NumberError::Negative));
    }

    #[test]
    fn an_amount_that_fits_is_found_however_long_the_way() {
        let long = exact("0.123456789012");
        let factors = [
            exact("1.23456789012"),
            exact("0.987654321098"),
            exact("1.1"),
        ];
        let (cost, rounded) = charge(exact("123456.789"), long, &factors, 1_000_000).unwrap();
        assert_eq!(
            (cost.to_string().as_str(), rounded),
            ("0.020442903799", true)
        );
        let large = exact("1000000000000000");
        assert_eq!(
            charge(large, large, &factors, 1),
            Err(NumberError::Overflow)
        );
    }
}

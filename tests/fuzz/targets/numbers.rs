//! Exact numbers against fractions of unbounded whole numbers, and times against themselves.

use std::cmp::Ordering;

use llmcost::money::{Exact, Money, NumberError, charge, convert, round_half_even};
use llmcost::usage::Timestamp;
use num_bigint::BigInt;

/// Words apart by blanks: each a number or a time, the numbers worked with in pairs.
pub fn run(bytes: &[u8]) {
    let text = super::text(bytes);
    time(text);
    let mut numbers: Vec<Exact> = Vec::new();
    for word in text.split(' ').take(8) {
        time(word);
        numbers.extend(number(word));
    }
    for a in &numbers {
        for b in &numbers {
            pair(*a, *b);
        }
    }
    if let [first, factors @ ..] = numbers.as_slice() {
        costs(*first, factors);
    }
}

/// A time is one that is believed, and reads as itself.
fn time(word: &str) {
    if let Some(time) = Timestamp::parse(word) {
        let written = time.to_string();
        assert!(
            ("2000".."2200").contains(&&written[..4]),
            "{word:?}: {written}"
        );
        assert_eq!(Timestamp::parse(&written), Some(time), "{word:?}");
    }
}

/// A word is a number exactly where JSON says so, and then the one that its digits say.
fn number(word: &str) -> Option<Exact> {
    let parsed = Exact::parse(word);
    assert_eq!(
        parsed == Err(NumberError::Syntax),
        !is_json(word),
        "{word:?}"
    );
    let exact = parsed.ok()?;
    let again = Exact::parse(&exact.to_string());
    // A number with few digits and many zeros is kept, though nobody may write all of them.
    assert!(
        again == Ok(exact) || again == Err(NumberError::TooLong),
        "{word:?}"
    );
    let (digits, exponent) = word.split_once(['e', 'E']).unwrap_or((word, "0"));
    let exponent: i64 = exponent.parse().unwrap_or(i64::MAX);
    if exponent.unsigned_abs() < 200 {
        let decimals = digits.split_once('.').map_or(0, |(_, after)| after.len());
        let whole: BigInt = digits.replace('.', "").parse().unwrap();
        let places = i64::try_from(decimals).unwrap() - exponent;
        let up = u32::try_from(places.max(0)).unwrap();
        let down = u32::try_from((-places).max(0)).unwrap();
        let stated = Fraction(whole * ten(down), ten(up));
        assert_eq!(stated.cmp(&of(exact)), Ordering::Equal, "{word:?}");
    }
    Some(exact)
}

fn is_json(word: &str) -> bool {
    let starts = word.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    let ends = word.ends_with(|last: char| last.is_ascii_digit());
    starts && ends && serde_json::from_str::<&serde_json::value::RawValue>(word).is_ok()
}

/// A fraction: the divisor is above zero.
struct Fraction(BigInt, BigInt);

impl Fraction {
    fn cmp(&self, other: &Self) -> Ordering {
        (&self.0 * &other.1).cmp(&(&other.0 * &self.1))
    }
}

fn ten(exponent: u32) -> BigInt {
    BigInt::from(10).pow(exponent)
}

fn of(exact: Exact) -> Fraction {
    Fraction(BigInt::from(exact.mantissa()), ten(exact.scale()))
}

/// What comes of two numbers is exact where anything comes of it.
fn pair(a: Exact, b: Exact) {
    let (left, right) = (of(a), of(b));
    assert_eq!(a.cmp(&b), left.cmp(&right), "{a} {b}");
    let same = |found: Exact, up: BigInt, down: BigInt, what: &str| {
        assert_eq!(
            of(found).cmp(&Fraction(up, down)),
            Ordering::Equal,
            "{a} {what} {b}"
        );
    };
    if let Ok(sum) = a.plus(b) {
        same(
            sum,
            &left.0 * &right.1 + &right.0 * &left.1,
            &left.1 * &right.1,
            "+",
        );
        assert_eq!(b.plus(a), Ok(sum));
    }
    if let Ok(difference) = a.minus(b) {
        same(
            difference,
            &left.0 * &right.1 - &right.0 * &left.1,
            &left.1 * &right.1,
            "-",
        );
    }
    if let Ok(product) = a.times(b) {
        same(product, &left.0 * &right.0, &left.1 * &right.1, "*");
    }
    if let Ok((quotient, rounded)) = a.divided_by(b, 12) {
        // No further off than half of the last digit.
        let (up, down): (BigInt, BigInt) = (&left.0 * &right.1, &left.1 * &right.0);
        let found = of(quotient);
        let off: BigInt = (&found.0 * &down - &up * &found.1) * 2;
        let room: BigInt = down * &found.1;
        assert!(
            BigInt::from(off.magnitude().clone()) * ten(12) <= room,
            "{a} / {b}"
        );
        assert_eq!(rounded, off != BigInt::ZERO, "{a} / {b}");
    }
    if !a.is_negative()
        && let Ok(next) = a.up_to_multiple_of(b)
    {
        assert!(
            next >= a && next.minus(b).is_ok_and(|before| before < a),
            "{a} {b}"
        );
    }
    let rounded = round_half_even(a, 2);
    assert!(
        rounded.scale() <= 2 && (rounded == a) == (a.scale() <= 2),
        "{a}"
    );
}

/// What a quantity costs does not depend on the order of the factors.
fn costs(billed: Exact, factors: &[Exact]) {
    let [quoted, factors @ ..] = factors else {
        return;
    };
    for units in [1, 60, 1_000_000] {
        let cost = charge(billed, *quoted, factors, units);
        let turned: Vec<Exact> = factors.iter().rev().copied().collect();
        assert_eq!(cost, charge(*quoted, billed, &turned, units));
        if let Ok((cost, rounded)) = cost {
            assert_eq!(Money::from_pico(cost.pico()).to_string(), cost.to_string());
            let all = [&[billed, *quoted], factors].concat();
            let exact = all.iter().fold(
                Fraction(BigInt::from(1), BigInt::from(units)),
                |found, one| {
                    let one = of(*one);
                    Fraction(found.0 * one.0, found.1 * one.1)
                },
            );
            assert_eq!(rounded, of(cost.exact()).cmp(&exact) != Ordering::Equal);
        }
    }
    let _ = convert(billed, factors, &[*quoted]);
}

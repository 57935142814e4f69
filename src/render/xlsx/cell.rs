//! What a cell holds: a number of at most 15 digits and the code by which it is shown, or text of no
//! more letters than fit.

use crate::money::{Exact, Ratio, round_half_even};
use crate::table::Cell;

/// Decimal digits that a spreadsheet's number always keeps.
const DIGITS: u32 = 15;

/// The number that a cell holds, and the spreadsheet's code for showing it.
pub fn typed(cell: &Cell) -> Option<(Exact, String)> {
    match cell {
        Cell::Blank | Cell::Absent | Cell::Text(_) | Cell::Time(_) => None,
        Cell::Count(count) => Some((Exact::new(i128::from(*count), 0), "#,##0".to_owned())),
        Cell::Quantity(number) => Some((*number, quantity_code(*number))),
        Cell::Number(number) => Some((*number, "General".to_owned())),
        Cell::Percent(ratio) => Some((quotient(*ratio), "0.0\"%\"".to_owned())),
        Cell::Average(ratio) => Some((quotient(*ratio), "#,##0.0".to_owned())),
        Cell::PerUnit { amount, currency } => {
            Some((quotient(*amount), money_code(currency.as_deref(), None)))
        }
        Cell::Money {
            amount,
            currency,
            decimals,
        } => {
            let amount = decimals.map_or(*amount, |decimals| round_half_even(*amount, decimals));
            Some((amount, money_code(currency.as_deref(), *decimals)))
        }
    }
}

/// A quotient seldom ends; what it is made of stands in other cells.
fn quotient(ratio: Ratio) -> Exact {
    shortened(ratio.exact())
}

/// Whether a cell has more digits than it keeps.
pub fn loses_digits(cell: &Cell) -> bool {
    typed(cell).is_some_and(|(number, _)| shortened(number) != number)
}

/// The number with at most 15 significant digits, rounded half-even.
pub fn shortened(number: Exact) -> Exact {
    let text = number.mantissa().to_string();
    let significant = text.trim_start_matches('-').trim_end_matches('0').len();
    if significant <= usize::try_from(DIGITS).unwrap_or(0) {
        return number;
    }
    let signed = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let before = signed(number.significant_digits()) - signed(number.scale());
    let shift = signed(DIGITS) - before;
    let rounded = number.shift(shift).map(|number| round_half_even(number, 0));
    rounded
        .and_then(|rounded| rounded.shift(-shift))
        .unwrap_or(number)
}

/// Whole numbers without a point, others with the decimals they have.
fn quantity_code(number: Exact) -> String {
    match usize::try_from(number.scale().min(12)) {
        Ok(0) | Err(_) => "#,##0".to_owned(),
        Ok(decimals) => format!("#,##0.{}", "0".repeat(decimals)),
    }
}

/// Amounts as people read them elsewhere; one that would be shown as nothing shows its digits.
fn money_code(currency: Option<&str>, decimals: Option<u32>) -> String {
    let is_code = |code: &&str| code.bytes().all(|byte| byte.is_ascii_uppercase());
    let (before, after) = match currency.filter(is_code) {
        Some("USD") => ("\"$\"", String::new()),
        Some("EUR") => ("\"€\"", String::new()),
        Some("GBP") => ("\"£\"", String::new()),
        Some(code) => ("", format!("\" {code}\"")),
        None => ("", String::new()),
    };
    let decimals = usize::try_from(decimals.unwrap_or(4).min(12)).unwrap_or(4);
    if decimals == 0 {
        return format!("{before}#,##0{after}");
    }
    let zeros = "0".repeat(decimals);
    let half = format!("0.{}5", "0".repeat(decimals));
    let more = "#".repeat(12 - decimals);
    format!(
        "[>={half}]{before}#,##0.{zeros}{after};[<=-{half}]-{before}#,##0.{zeros}{after};{before}0.{zeros}{more}{after}"
    )
}

/// At most so many letters, as a spreadsheet counts them.
pub fn cut(text: &str, most: usize) -> String {
    let mut left = most;
    let fits = |letter: &char| {
        let rest = left.checked_sub(letter.len_utf16());
        left = rest.unwrap_or(0);
        rest.is_some()
    };
    text.chars().take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn more_than_fifteen_digits_are_rounded_half_even() {
        for (number, kept) in [
            ("123456789012345", "123456789012345"),
            ("1234567890123450000000", "1234567890123450000000"),
            ("1234567890123455", "1234567890123460"),
            ("1234567890123465", "1234567890123460"),
            ("-12345.67890123456789", "-12345.6789012346"),
            ("0.0001234567890123451", "0.000123456789012345"),
        ] {
            let exact = Exact::parse(number).unwrap();
            assert_eq!(shortened(exact).to_string(), kept, "{number}");
        }
    }

    proptest! {
        #[test]
        #[allow(clippy::disallowed_types, reason = "a spreadsheet's numbers are floats")]
        fn fifteen_digits_come_back_from_a_float(mantissa in any::<i128>(), scale in 0_u32..30) {
            let number = shortened(Exact::new(mantissa, scale));
            let float: f64 = number.to_string().parse().unwrap();
            prop_assert_eq!(float.to_string(), number.to_string());
        }

        #[test]
        fn rounding_moves_less_than_the_last_digit(mantissa in any::<i64>(), scale in 0_u32..12) {
            let number = Exact::new(i128::from(mantissa), scale);
            let lost = number.minus(shortened(number)).unwrap();
            let lost = if lost.is_negative() { Exact::ZERO.minus(lost).unwrap() } else { lost };
            let bound = lost.shift(14).unwrap();
            let size = if number.is_negative() { Exact::ZERO.minus(number).unwrap() } else { number };
            prop_assert!(lost.is_zero() || bound <= size);
        }
    }
}

//! Numbers and missing values as people read them.

use crate::money::{Exact, Ratio, round_half_even};
use crate::table::{Cell, Kind, NONE};

use super::visible::visible;

/// Digits after the point of a rounded amount where no price book asks for others.
const DECIMALS: u32 = 4;

/// Digits after the point of shares and averages.
const RATIO_DECIMALS: u32 = 1;

/// How many digits of an amount are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Digits {
    /// Rounded half-even to a hundredth of a cent.
    #[default]
    Rounded,
    /// All there are.
    Exact,
}

/// A cell as people read it.
pub fn text(cell: &Cell, kind: Kind, digits: Digits) -> String {
    match cell {
        Cell::Blank => String::new(),
        Cell::Absent => absent(kind).to_owned(),
        Cell::Text(text) | Cell::Time(text) => visible(text).into_owned(),
        Cell::Count(count) => signed(grouped(&count.to_string()), kind),
        Cell::Quantity(number) => signed(grouped(&number.to_string()), kind),
        Cell::Number(number) => number.to_string(),
        Cell::Money {
            amount,
            currency,
            decimals,
        } => {
            let decimals = decimals.unwrap_or(DECIMALS);
            let shown = match digits {
                Digits::Exact => (amount.to_string(), ""),
                Digits::Rounded => rounded(*amount, decimals),
            };
            let shown = money(shown, currency.as_deref());
            if amount.is_zero() {
                shown
            } else {
                signed(shown, kind)
            }
        }
        Cell::PerUnit { amount, currency } => {
            let shown = match digits {
                Digits::Exact => (amount.to_string(), ""),
                Digits::Rounded => rounded_ratio(*amount),
            };
            money(shown, currency.as_deref())
        }
        Cell::Percent(ratio) => {
            let shown = signed(one_decimal(*ratio), kind);
            format!("{shown}%")
        }
        Cell::Average(ratio) => one_decimal(*ratio),
    }
}

/// A change that is not below zero says so.
fn signed(shown: String, kind: Kind) -> String {
    let is_up = kind == Kind::Change && !shown.contains('-');
    if is_up { format!("+{shown}") } else { shown }
}

fn one_decimal(ratio: Ratio) -> String {
    let number = ratio.rounded(RATIO_DECIMALS);
    grouped(&padded(number.unwrap_or_default(), RATIO_DECIMALS))
}

/// What a missing value is called. A missing amount is unknown, not nothing.
fn absent(kind: Kind) -> &'static str {
    match kind {
        Kind::Group => NONE,
        Kind::Money => "unpriced",
        Kind::Text
        | Kind::Time
        | Kind::Count
        | Kind::Quantity
        | Kind::Number
        | Kind::Reported
        | Kind::Percent
        | Kind::Change => "–",
        Kind::Chart => "",
    }
}

/// `$1,234.5678`, `1,234.5678 RUB`, from the digits and what stands before them.
fn money((shown, bound): (String, &str), currency: Option<&str>) -> String {
    let symbol = match currency {
        Some("USD") => "$",
        Some("EUR") => "€",
        Some("GBP") => "£",
        Some(_) | None => "",
    };
    let code = match currency {
        Some(code) if symbol.is_empty() => format!(" {}", visible(code)),
        Some(_) | None => String::new(),
    };
    let (sign, shown) = match shown.strip_prefix('-') {
        Some(shown) => ("-", shown),
        None => ("", shown.as_str()),
    };
    format!("{bound}{sign}{symbol}{}{code}", grouped(shown))
}

fn rounded(amount: Exact, decimals: u32) -> (String, &'static str) {
    let shown = round_half_even(amount, decimals);
    bounded(shown, decimals, amount.is_zero(), amount.is_negative())
}

fn rounded_ratio(amount: Ratio) -> (String, &'static str) {
    let shown = amount.rounded(DECIMALS).unwrap_or_default();
    bounded(shown, DECIMALS, amount.is_zero(), amount.is_negative())
}

/// What would round to nothing is `<0.0001`.
fn bounded(
    shown: Exact,
    decimals: u32,
    is_nothing: bool,
    is_negative: bool,
) -> (String, &'static str) {
    if !shown.is_zero() || is_nothing {
        return (padded(shown, decimals), "");
    }
    let smallest = Exact::new(1, decimals).to_string();
    if is_negative {
        (format!("-{smallest}"), ">")
    } else {
        (smallest, "<")
    }
}

/// The number with all its decimals, so that a column of them is aligned at the point.
fn padded(number: Exact, decimals: u32) -> String {
    let text = number.to_string();
    if decimals == 0 {
        return text;
    }
    let decimals = usize::try_from(decimals).unwrap_or_default();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    format!("{whole}.{fraction:0<decimals$}")
}

/// Separates the thousands before the point.
fn grouped(number: &str) -> String {
    let (sign, number) = match number.strip_prefix('-') {
        Some(number) => ("-", number),
        None => ("", number),
    };
    let (whole, fraction) = match number.find('.') {
        Some(at) => number.split_at(at),
        None => (number, ""),
    };
    let mut shown = sign.to_owned();
    for (index, digit) in whole.chars().enumerate() {
        let left = whole.len() - index;
        if index > 0 && left % 3 == 0 {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown + fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(amount: &str, currency: &str) -> String {
        let cell = Cell::money(Some(Exact::parse(amount).unwrap()), Some(currency));
        text(&cell, Kind::Money, Digits::Rounded)
    }

    #[test]
    fn amounts_are_rounded_half_even_and_never_to_nothing() {
        assert_eq!(shown("1234.56785", "USD"), "$1,234.5678");
        assert_eq!(shown("1234567", "RUB"), "1,234,567.0000 RUB");
        assert_eq!(shown("0.00005", "USD"), "<$0.0001");
        assert_eq!(shown("0.000000000001", "EUR"), "<€0.0001");
        assert_eq!(shown("-0.00001", "USD"), ">-$0.0001");
        assert_eq!(shown("-12.5", "USD"), "-$12.5000");
        assert_eq!(shown("0", "USD"), "$0.0000");
        let cell = Cell::money(Some(Exact::parse("0.00161500").unwrap()), Some("USD"));
        assert_eq!(text(&cell, Kind::Money, Digits::Exact), "$0.001615");
    }

    #[test]
    fn changes_carry_their_sign() {
        let change = |amount: &str| {
            let cell = Cell::money(Some(Exact::parse(amount).unwrap()), Some("USD"));
            text(&cell, Kind::Change, Digits::Rounded)
        };
        assert_eq!(change("1.5"), "+$1.5000");
        assert_eq!(change("-1.5"), "-$1.5000");
        assert_eq!(change("0"), "$0.0000");
        let percent = |part: u64, whole: u64, kind| {
            let ratio = Ratio::percent_of(part, whole).unwrap();
            text(&Cell::Percent(ratio), kind, Digits::Rounded)
        };
        assert_eq!(percent(1, 3, Kind::Change), "+33.3%");
        assert_eq!(percent(1, 8, Kind::Percent), "12.5%");
        assert_eq!(percent(20, 1, Kind::Percent), "2,000.0%");
        let ratio = |part: &str| Ratio::percent(Exact::parse(part).unwrap(), Exact::ONE).unwrap();
        for (part, shown) in [("-1", "-100.0%"), ("-12.5", "-1,250.0%")] {
            let cell = Cell::Percent(ratio(part));
            assert_eq!(text(&cell, Kind::Change, Digits::Rounded), shown);
        }
    }
}

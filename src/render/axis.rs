//! Where amounts stand in a chart: an axis with round steps, and whole positions on it. Everything
//! is exact but the position itself, which is rounded once.

use crate::money::{Exact, round_half_even};

/// At most this many steps.
const STEPS: i64 = 5;

/// Significant digits beyond which a position cannot change.
const DIGITS: u32 = 12;

/// An axis from nothing up to a round amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Axis {
    /// Where its lines stand, from nothing upwards.
    pub ticks: Vec<Exact>,
    top: Exact,
}

impl Axis {
    /// The axis on which the largest amount has its place.
    pub fn up_to(largest: Exact) -> Self {
        if largest <= Exact::ZERO {
            return Self {
                ticks: vec![Exact::ZERO],
                top: Exact::ONE,
            };
        }
        let (mut ticks, mut top) = (vec![Exact::ZERO], Exact::ZERO);
        let step = step(largest);
        while top < largest {
            top = top.plus(step).unwrap_or(largest);
            ticks.push(top);
        }
        Self { ticks, top }
    }

    /// The axis that ends at an amount above zero, for bars without lines behind them.
    pub fn exactly(top: Exact) -> Self {
        Self {
            ticks: vec![Exact::ZERO, top],
            top,
        }
    }

    /// The position of an amount on a line of this length. What is below zero stands at the start.
    pub fn place(&self, amount: Exact, length: u16) -> i64 {
        let digits_before = i64::from(self.top.significant_digits()) - i64::from(self.top.scale());
        let shift = i32::try_from(-digits_before).unwrap_or(0);
        let near_one = |number: Exact| {
            let number = number.shift(shift)?;
            Ok(round_half_even(number, DIGITS))
        };
        let length = i64::from(length);
        let at = near_one(amount).and_then(|amount| {
            let (share, _) = amount.divided_by(near_one(self.top)?, DIGITS)?;
            let at = share.times(Exact::from_integer(length))?;
            round_half_even(at, 0).to_integer()
        });
        // Only what is many times the top, or as far below zero, does not fit.
        at.unwrap_or(0).clamp(0, length)
    }
}

/// The smallest of 1, 2 and 5 times a power of ten that needs no more than the allowed steps.
fn step(largest: Exact) -> Exact {
    let digits = i32::try_from(largest.significant_digits()).unwrap_or(0);
    let exponent = digits - 1 - i32::try_from(largest.scale()).unwrap_or(0);
    let candidates = [(2, -1), (5, -1), (1, 0), (2, 0)];
    let mut steps = candidates
        .into_iter()
        .filter_map(|(digit, shift)| Exact::from_integer(digit).shift(exponent + shift).ok());
    let fits = |step: &Exact| {
        let reach = step.times(Exact::from_integer(STEPS));
        reach.is_ok_and(|reach| reach >= largest)
    };
    steps.find(fits).unwrap_or(largest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn exact(text: &str) -> Exact {
        Exact::parse(text).unwrap()
    }

    fn ticks(largest: &str) -> Vec<String> {
        let axis = Axis::up_to(exact(largest));
        axis.ticks.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn steps_are_round() {
        assert_eq!(ticks("5.0666"), ["0", "2", "4", "6"]);
        assert_eq!(ticks("10"), ["0", "2", "4", "6", "8", "10"]);
        assert_eq!(
            ticks("0.00000031"),
            ["0", "0.0000001", "0.0000002", "0.0000003", "0.0000004"]
        );
        assert_eq!(
            ticks("99999"),
            ["0", "20000", "40000", "60000", "80000", "100000"]
        );
        assert_eq!(ticks("0"), ["0"]);
    }

    #[test]
    fn places_are_in_proportion() {
        let axis = Axis::up_to(exact("9"));
        assert_eq!(axis.place(exact("10"), 200), 200);
        assert_eq!(axis.place(exact("2.5"), 200), 50);
        assert_eq!(axis.place(exact("-3"), 200), 0);
        assert_eq!(axis.place(Exact::ZERO, 200), 0);
        // Numbers with as many digits as there can be.
        let large = Exact::new(i128::MAX, 12);
        assert_eq!(Axis::up_to(large).place(large, 1000), 851);
    }

    proptest! {
        #[test]
        fn every_amount_has_a_place_in_order(
            small in 0_i64..i64::MAX, large in 0_i64..i64::MAX, scale in 0_u32..20, length in 1_u16..2000,
        ) {
            let (small, large) = (small.min(large), small.max(large));
            let exact = |number: i64| Exact::new(i128::from(number), scale);
            let axis = Axis::up_to(exact(large));
            prop_assert!(axis.ticks.len() <= 6);
            prop_assert!(axis.ticks.last().unwrap() >= &exact(large));
            let (low, high) = (axis.place(exact(small), length), axis.place(exact(large), length));
            prop_assert!(0 <= low && low <= high && high <= i64::from(length));
            // The largest amount reaches past a third of the axis.
            prop_assert!(large == 0 || 3 * high + 2 >= i64::from(length));
        }
    }
}

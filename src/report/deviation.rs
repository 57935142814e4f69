//! How unusual an amount is against others: median, median absolute deviation (MAD) and the modified
//! z-score of Iglewicz and Hoaglin (How to Detect and Handle Outliers, 1993), in exact decimals.
//! Whether an amount is beyond a limit is decided without dividing, so no rounding decides it.

use crate::money::{Exact, NumberError, convert};

/// Makes a score of 1 what one standard deviation would be in normally distributed amounts; the
/// four digits are those of the definition.
const OF_MEDIAN: (i128, u32) = (6745, 4);
/// The same for the mean absolute deviation, which stands in where the MAD is zero.
const OF_MEAN: (i128, u32) = (1_253_314, 6);

/// Beyond this score an amount is called unusual, unless somebody says otherwise: the limit that
/// the authors of the score recommend.
pub const USUAL_LIMIT: (i128, u32) = (35, 1);

/// What is usual, by amounts that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usual {
    /// How many amounts there are; at least one.
    pub count: u64,
    /// Half of them are at most this, half at least.
    pub median: Exact,
    /// The median of their distances from the median.
    pub mad: Exact,
    /// The sum of these distances.
    distances: Exact,
}

impl Usual {
    /// What these amounts call usual; nothing where there are none.
    ///
    /// # Errors
    /// When a sum does not fit.
    pub fn of(amounts: &[Exact]) -> Result<Option<Self>, NumberError> {
        let mut sorted = amounts.to_vec();
        let Some(median) = median(&mut sorted)? else {
            return Ok(None);
        };
        let distances = amounts.iter().map(|amount| distance(*amount, median));
        let mut distances: Vec<Exact> = distances.collect::<Result<_, _>>()?;
        let mut all = distances.iter();
        let sum = all.try_fold(Exact::ZERO, |sum, distance| sum.plus(*distance))?;
        let mad = self::median(&mut distances)?.unwrap_or_default();
        Ok(Some(Self {
            count: u64::try_from(amounts.len()).map_err(|_| NumberError::Overflow)?,
            median,
            mad,
            distances: sum,
        }))
    }

    /// How far an amount is above the median, or below it.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn difference(&self, amount: Exact) -> Result<Exact, NumberError> {
        amount.minus(self.median)
    }

    /// The modified z-score, rounded half-even at 10⁻¹²: 0.6745 × difference ÷ MAD, and where the
    /// MAD is zero difference ÷ (1.253314 × mean distance). Nothing where all amounts are the same:
    /// there is no distance to compare with.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn score(&self, amount: Exact) -> Result<Option<Exact>, NumberError> {
        let (weighted, spread) = self.weighted(self.difference(amount)?)?;
        if spread.is_zero() {
            return Ok(None);
        }
        let (score, _) = convert(weighted, &[], &[spread])?;
        Ok(Some(score))
    }

    /// Whether an amount's score, above or below, is beyond a limit. Where all amounts are the same,
    /// any other is.
    ///
    /// # Errors
    /// When a product does not fit.
    pub fn is_beyond(&self, amount: Exact, limit: Exact) -> Result<bool, NumberError> {
        let (weighted, spread) = self.weighted(distance(amount, self.median)?)?;
        Ok(weighted > limit.times(spread)?)
    }

    /// The two sides of the score's division.
    fn weighted(&self, difference: Exact) -> Result<(Exact, Exact), NumberError> {
        let (of_median, of_mean) = (
            Exact::new(OF_MEDIAN.0, OF_MEDIAN.1),
            Exact::new(OF_MEAN.0, OF_MEAN.1),
        );
        if self.mad.is_zero() {
            let count = Exact::new(i128::from(self.count), 0);
            return Ok((difference.times(count)?, of_mean.times(self.distances)?));
        }
        Ok((difference.times(of_median)?, self.mad))
    }
}

/// The median, exact: the mean of two numbers is a finite decimal.
fn median(numbers: &mut [Exact]) -> Result<Option<Exact>, NumberError> {
    numbers.sort_unstable();
    let (upper, is_even) = (numbers.len() / 2, numbers.len().is_multiple_of(2));
    let Some(upper_number) = numbers.get(upper) else {
        return Ok(None);
    };
    let lower = numbers.get(upper.saturating_sub(usize::from(is_even)));
    let sum = lower.unwrap_or(upper_number).plus(*upper_number)?;
    sum.times(Exact::new(5, 1)).map(Some)
}

fn distance(a: Exact, b: Exact) -> Result<Exact, NumberError> {
    let difference = a.minus(b)?;
    if difference.is_negative() {
        b.minus(a)
    } else {
        Ok(difference)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::parse(text).unwrap()
    }

    fn usual(amounts: &[&str]) -> Usual {
        let amounts: Vec<Exact> = amounts.iter().map(|text| exact(text)).collect();
        Usual::of(&amounts).unwrap().unwrap()
    }

    #[test]
    fn worked_by_hand() {
        // Distances from 3: 2, 1, 0, 1, 97; in order 0, 1, 1, 2, 97.
        let usual = usual(&["1", "2", "3", "4", "100"]);
        assert_eq!(usual.count, 5);
        assert_eq!(usual.median, exact("3"));
        assert_eq!(usual.mad, exact("1"));
        assert_eq!(usual.score(exact("100")).unwrap(), Some(exact("65.4265")));
        assert_eq!(usual.score(exact("1")).unwrap(), Some(exact("-1.349")));
    }

    #[test]
    fn an_even_number_of_amounts_has_an_exact_median() {
        let usual = usual(&["0.1", "0.4", "0.2", "0.3"]);
        assert_eq!(usual.median, exact("0.25"));
        assert_eq!(usual.mad, exact("0.1"));
    }

    #[test]
    fn no_rounding_decides_what_is_beyond_a_limit() {
        let usual = usual(&["9", "10", "11"]);
        // 0.6745 × 10 ÷ 1 is the limit itself, not beyond it.
        let limit = exact("6.745");
        assert!(!usual.is_beyond(exact("20"), limit).unwrap());
        assert!(usual.is_beyond(exact("20.000000000001"), limit).unwrap());
        assert!(usual.is_beyond(exact("-0.000000000001"), limit).unwrap());
    }

    #[test]
    fn where_half_are_the_same_the_mean_distance_stands_in() {
        // Mean distance 4 ÷ 5; 10 × 5 ÷ (1.253314 × 4).
        let usual = usual(&["1", "1", "1", "1", "5"]);
        assert!(usual.mad.is_zero());
        assert_eq!(
            usual.score(exact("11")).unwrap(),
            Some(exact("9.973558102758"))
        );
    }

    #[test]
    fn where_all_are_the_same_any_other_is_beyond_every_limit() {
        let usual = usual(&["1", "1", "1"]);
        assert_eq!(usual.score(exact("2")).unwrap(), None);
        assert!(usual.is_beyond(exact("1.01"), exact("1000")).unwrap());
        assert!(!usual.is_beyond(exact("1"), Exact::ZERO).unwrap());
        assert_eq!(Usual::of(&[]).unwrap(), None);
    }

    proptest! {
        #[test]
        fn order_does_not_matter_and_everything_scales(
            pico in proptest::collection::vec(0_i64..1_000_000_000_000, 1..40),
            factor in 1_i64..1000,
            other in 0_i64..1_000_000_000_000,
        ) {
            let amounts: Vec<Exact> = pico.iter().map(|n| Exact::new(i128::from(*n), 12)).collect();
            let usual = Usual::of(&amounts).unwrap().unwrap();
            let mut reversed = amounts.clone();
            reversed.reverse();
            prop_assert_eq!(Usual::of(&reversed).unwrap().unwrap(), usual);
            let times = |number: Exact| number.times(Exact::from_integer(factor)).unwrap();
            let scaled: Vec<Exact> = amounts.iter().map(|amount| times(*amount)).collect();
            let larger = Usual::of(&scaled).unwrap().unwrap();
            prop_assert_eq!(larger.median, times(usual.median));
            prop_assert_eq!(larger.mad, times(usual.mad));
            let other = Exact::new(i128::from(other), 12);
            prop_assert_eq!(larger.score(times(other)).unwrap(), usual.score(other).unwrap());
            // At most half of the amounts are above the median, at most half below.
            let above = amounts.iter().filter(|amount| **amount > usual.median).count();
            let below = amounts.iter().filter(|amount| **amount < usual.median).count();
            prop_assert!(above * 2 <= amounts.len() && below * 2 <= amounts.len());
        }
    }
}

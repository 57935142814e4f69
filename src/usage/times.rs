//! How long requests took: percentiles that are exact, in memory that grows with the number of
//! different milliseconds in a group, not with the number of its records.

use std::collections::BTreeMap;

use super::{Facts, Field, Timestamp};
use crate::money::{Exact, Ratio};

/// How often each duration occurs, in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spread {
    counts: BTreeMap<u64, u64>,
}

impl Spread {
    /// Adds a duration.
    pub fn add(&mut self, ms: u64) {
        *self.counts.entry(ms).or_default() += 1;
    }

    /// Adds all of another spread.
    pub fn merge(&mut self, other: &Self) {
        for (ms, count) in &other.counts {
            *self.counts.entry(*ms).or_default() += count;
        }
    }

    /// How many durations there are.
    pub fn count(&self) -> u64 {
        self.counts.values().sum()
    }

    /// Their mean; nothing where there are none.
    pub fn mean(&self) -> Option<Ratio> {
        let mut sum = Exact::ZERO;
        for (ms, count) in &self.counts {
            let share = Exact::from(*ms).times(Exact::from(*count));
            sum = share.and_then(|share| sum.plus(share)).ok()?;
        }
        Ratio::new(sum, Exact::from(self.count()))
    }

    /// The nearest-rank percentile: the shortest of the durations that so many of a hundred do not
    /// exceed. Always one that occurred; nothing where there are none.
    pub fn percentile(&self, percent: u64) -> Option<u64> {
        let rank = self.count().checked_mul(percent)?.div_ceil(100).max(1);
        let mut below = 0;
        let mut counts = self.counts.iter();
        let reached = counts.find(|(_, count)| {
            below += **count;
            below >= rank
        });
        reached.map(|(ms, _)| *ms)
    }
}

/// How long requests took, and until their first token came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Times {
    /// From the request to the whole response.
    pub latency: Spread,
    /// From the request to the first token.
    pub ttft: Spread,
}

impl Times {
    /// The fields that it looks at.
    pub const FIELDS: [Field; 5] = [
        Field::StartedAt,
        Field::FirstTokenAt,
        Field::FinishedAt,
        Field::LatencyMs,
        Field::TtftMs,
    ];

    /// Adds what the header of a request says of its times. The parts of a response, which took no time
    /// of their own, are the caller's to leave out.
    pub fn add(&mut self, facts: &Facts) {
        let number = |field| {
            let time = facts.get_time(field).map(Timestamp::millis);
            time.or_else(|| facts.get_integer(field))
        };
        self.add_numbers(Self::FIELDS.map(number));
    }

    /// The same of what these fields say, in milliseconds.
    pub fn add_numbers(&mut self, numbers: [Option<i64>; Self::FIELDS.len()]) {
        let [started, first_token, finished, latency, ttft] = numbers;
        let latency = duration(latency, started, finished);
        let ttft = duration(ttft, started, first_token);
        if let Some(ms) = latency {
            self.latency.add(ms);
        }
        if let Some(ms) = ttft {
            self.ttft.add(ms);
        }
    }

    /// Adds all of other times.
    pub fn merge(&mut self, other: &Self) {
        self.latency.merge(&other.latency);
        self.ttft.merge(&other.ttft);
    }
}

/// The duration as it is stated, else from the two times around it. One below zero is none.
fn duration(stated: Option<i64>, start: Option<i64>, end: Option<i64>) -> Option<u64> {
    let between = || end?.checked_sub(start?);
    u64::try_from(stated.or_else(between)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(durations: impl IntoIterator<Item = u64>) -> Spread {
        let mut spread = Spread::default();
        durations.into_iter().for_each(|ms| spread.add(ms));
        spread
    }

    #[test]
    fn percentiles_are_durations_that_occurred() {
        // The worked example of the nearest-rank method: 15, 20, 35, 40, 50.
        let few = spread([50, 15, 40, 20, 35]);
        let ranks = [5, 30, 40, 50, 100].map(|percent| few.percentile(percent).unwrap());
        assert_eq!(ranks, [15, 20, 20, 35, 50]);
        let hundred = spread(1..=100);
        let ranks = [50, 90, 95, 99].map(|percent| hundred.percentile(percent).unwrap());
        assert_eq!(ranks, [50, 90, 95, 99]);
        assert_eq!(spread([7]).percentile(99), Some(7));
        assert_eq!(few.mean().unwrap().to_string(), "32");
        assert_eq!(spread([]).mean(), None);
        assert_eq!(spread([]).percentile(50), None);
    }

    #[test]
    fn a_merged_spread_is_the_spread_of_all() {
        let mut halves = spread([1, 2, 2]);
        halves.merge(&spread([2, 9]));
        assert_eq!(halves, spread([2, 1, 9, 2, 2]));
    }
}

//! Our cost against what the provider states, over the records of which both are known.

use crate::error::Result;
use crate::money::{Exact, MONEY_SCALE, Money, MoneySum, Ratio, round_half_even};
use crate::usage::ReportedCost;

use super::tally::{plus, too_large};

/// Sums over the records of which both costs are known, in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Compared {
    /// How many there are.
    pub records: u64,
    /// What we computed.
    pub ours: MoneySum,
    /// What the providers state.
    pub theirs: Exact,
    /// In how many records both are the same, digit for digit.
    pub equal: u64,
    /// In how many they are the same at 10⁻¹²: a stated cost may carry the noise of a float.
    pub equal_at_12: u64,
    /// Records of which only our cost is known.
    pub only_ours: u64,
    /// Records of which only the provider's is.
    pub only_theirs: u64,
    /// Records whose costs cannot be compared: other currency, or too many digits.
    pub apart: u64,
}

impl Compared {
    /// Adds a record, or many of which the provider states nothing.
    pub(super) fn add(
        &mut self,
        ours: Option<(Money, &str)>,
        theirs: Option<&ReportedCost>,
        records: u64,
    ) {
        let (Some(ours), Some(theirs)) = (ours, theirs) else {
            self.only_ours += if ours.is_some() { records } else { 0 };
            self.only_theirs += u64::from(theirs.is_some());
            return;
        };
        let stated = Exact::parse(&theirs.amount);
        let sum = stated.and_then(|stated| Ok((stated, self.theirs.plus(stated)?)));
        let (Ok((stated, sum)), true) = (sum, ours.1 == theirs.currency) else {
            self.apart += 1;
            return;
        };
        self.records += 1;
        self.ours.add(ours.0);
        self.theirs = sum;
        self.equal += u64::from(stated == ours.0.exact());
        let rounded = round_half_even(stated, MONEY_SCALE);
        self.equal_at_12 += u64::from(rounded == ours.0.exact());
    }

    /// Adds another comparison.
    pub(super) fn merge(&mut self, other: &Self) -> Result<()> {
        self.records += other.records;
        self.ours.add_sum(other.ours);
        self.theirs = plus(self.theirs, other.theirs, "reported cost")?;
        self.equal += other.equal;
        self.equal_at_12 += other.equal_at_12;
        self.only_ours += other.only_ours;
        self.only_theirs += other.only_theirs;
        self.apart += other.apart;
        Ok(())
    }

    /// How much more we computed than the providers state.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn difference(&self) -> Result<Exact> {
        let difference = self.ours.exact().minus(self.theirs);
        difference.map_err(|_| too_large("reported cost"))
    }

    /// Of a hundred records, in how many both are the same digit for digit.
    pub fn equal_percent(&self) -> Option<Ratio> {
        Ratio::percent_of(self.equal, self.records)
    }
}

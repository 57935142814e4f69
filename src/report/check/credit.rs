//! Prepaid balances that must not run low.

use super::rules::{Credit, Placed};
use super::verdict::{Finding, Judged, percent_of};
use crate::money::Exact;
use crate::table::checklist::Outcome;

/// What is left of somebody's credits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// Whose it is; none where it is a whole tenant's.
    pub user: Option<String>,
    /// The tenant; none where it does not matter.
    pub tenant: Option<String>,
    /// What it is counted in: the code of a currency, or `tokens`.
    pub unit: String,
    /// What is left; below zero where more was used than granted.
    pub amount: Exact,
    /// Whether it may be less, because some usage has no known cost.
    pub is_upper_bound: bool,
}

/// Judges balances. Where none are kept, nothing can be said; nor that one is enough which may be
/// less, where that is `strict`.
pub fn judge(placed: &Placed<Credit>, balances: Option<&[Balance]>, strict: bool) -> Judged {
    let credit = &placed.rule;
    let meant = balances.into_iter().flatten().filter(|it| credit.means(it));
    let mut findings: Vec<Finding> = meant.map(|it| of_balance(credit, it, strict)).collect();
    let groups = u64::try_from(findings.len()).unwrap_or(u64::MAX);
    if findings.is_empty() {
        let why = match balances {
            Some(_) => "nobody of that name has credits",
            None => "no credits are kept here",
        };
        findings.push(Finding::said(Outcome::Unjudged, why));
    }
    // The lowest balance is the worst.
    findings.sort_by_key(|finding| (std::cmp::Reverse(finding.outcome), finding.value));
    if findings.iter().all(|it| it.outcome == Outcome::Passed) {
        findings.truncate(1);
    } else {
        findings.retain(|finding| finding.outcome != Outcome::Passed);
    }
    Judged {
        kind: "credit",
        name: credit.title(),
        line: placed.line,
        metric: None,
        groups,
        findings,
    }
}

impl Credit {
    fn means(&self, balance: &Balance) -> bool {
        let is = |pattern: &Option<super::values::Glob>, held: &Option<String>| match pattern {
            Some(pattern) => held.as_ref().is_some_and(|held| pattern.0.matches(held)),
            None => true,
        };
        let unit = match &self.unit {
            Some(unit) => *unit == balance.unit,
            None => balance.unit != "tokens",
        };
        unit && is(&self.user, &balance.user) && is(&self.tenant, &balance.tenant)
    }
}

fn of_balance(credit: &Credit, balance: &Balance, strict: bool) -> Finding {
    let (outcome, why) = if balance.amount < credit.min.0 {
        (Outcome::Failed, "the balance is low")
    } else if balance.is_upper_bound && strict {
        (
            Outcome::Unjudged,
            "it may be less: some usage has no known cost",
        )
    } else {
        (Outcome::Passed, "")
    };
    let holder = [("user", &balance.user), ("tenant", &balance.tenant)].into_iter();
    let stated = holder.filter(|(_, value)| value.is_some());
    let mut finding = Finding::said(outcome, why);
    finding.group = stated
        .map(|(name, value)| (name.to_owned(), value.clone()))
        .collect();
    finding.value = Some(balance.amount);
    finding.limit = Some(credit.min.0);
    finding.percent = percent_of(balance.amount, credit.min.0).ok().flatten();
    finding.currency = Some(balance.unit.clone());
    finding
}

#[cfg(test)]
mod tests {
    use super::super::values::{Amount, Glob};
    use super::*;

    fn balance(user: &str, amount: &str, unit: &str) -> Balance {
        Balance {
            user: Some(user.to_owned()),
            tenant: None,
            unit: unit.to_owned(),
            amount: Exact::parse(amount).unwrap(),
            is_upper_bound: user == "unsure",
        }
    }

    fn judged(user: &str, unit: Option<&str>, balances: &[Balance], strict: bool) -> Judged {
        let rule = Credit {
            user: Some(Glob::try_from(user.to_owned()).unwrap()),
            tenant: None,
            min: Amount::parse("5").unwrap(),
            unit: unit.map(str::to_owned),
        };
        judge(
            &Placed {
                rule,
                line: Some(3),
            },
            Some(balances),
            strict,
        )
    }

    #[test]
    fn the_lowest_balance_is_told_first() {
        let balances = [
            balance("alice", "5", "USD"),
            balance("bob", "-1.5", "USD"),
            balance("carol", "4.999", "EUR"),
            balance("alice", "3", "tokens"),
        ];
        let all = judged("*", None, &balances, true);
        assert_eq!((all.outcome(), all.groups), (Outcome::Failed, 3));
        let users: Vec<String> = all.findings.iter().map(|it| it.group_text(99)).collect();
        assert_eq!(users, ["bob", "carol"]);
        assert_eq!(
            judged("alice", None, &balances, true).outcome(),
            Outcome::Passed
        );
        assert_eq!(
            judged("alice", Some("tokens"), &balances, true).outcome(),
            Outcome::Failed
        );
        assert_eq!(
            judged("nobody", None, &balances, true).outcome(),
            Outcome::Unjudged
        );
    }

    #[test]
    fn a_balance_that_may_be_less_is_enough_only_where_that_is_allowed() {
        let balances = [balance("unsure", "6", "USD")];
        assert_eq!(
            judged("*", None, &balances, true).outcome(),
            Outcome::Unjudged
        );
        assert_eq!(
            judged("*", None, &balances, false).outcome(),
            Outcome::Passed
        );
    }
}

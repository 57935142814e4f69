//! Prepaid balances that must not run low.

use super::rules::{Credit, Placed};
use super::verdict::{Finding, Judged, percent_of};
use crate::money::Exact;
use crate::table::checklist::Outcome;

/// What is left of somebody's credits, in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// Whose it is.
    pub user: String,
    /// What is left; below zero where more was used than granted.
    pub amount: Exact,
    /// In which currency.
    pub currency: String,
}

/// Judges balances. Where none are kept, nothing can be said.
pub fn judge(placed: &Placed<Credit>, balances: Option<&[Balance]>) -> Judged {
    let credit = &placed.rule;
    let is_meant = |balance: &&Balance| {
        let currency = credit.currency.as_ref();
        credit.user.0.matches(&balance.user)
            && currency.is_none_or(|currency| currency.0 == balance.currency)
    };
    let meant = balances.into_iter().flatten().filter(is_meant);
    let mut findings: Vec<Finding> = meant.map(|balance| of_balance(credit, balance)).collect();
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
    if findings
        .iter()
        .any(|finding| finding.outcome != Outcome::Passed)
    {
        findings.retain(|finding| finding.outcome != Outcome::Passed);
    }
    findings.truncate(if groups == 0 { 1 } else { findings.len() });
    Judged {
        kind: "credit",
        name: credit.title(),
        line: placed.line,
        metric: None,
        groups,
        findings,
    }
}

fn of_balance(credit: &Credit, balance: &Balance) -> Finding {
    let low = balance.amount < credit.min.0;
    let outcome = if low {
        Outcome::Failed
    } else {
        Outcome::Passed
    };
    let mut finding = Finding::said(outcome, "balance");
    finding.group = vec![("user".to_owned(), Some(balance.user.clone()))];
    finding.value = Some(balance.amount);
    finding.limit = Some(credit.min.0);
    finding.percent = percent_of(balance.amount, credit.min.0).ok().flatten();
    finding.currency = Some(balance.currency.clone());
    finding
}

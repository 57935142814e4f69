//! Laws: what a check says follows from sums that anybody can add up.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::cases::cases;

use llmcost::ledger::{Entry, Place};
use llmcost::money::{Exact, Money};
use llmcost::pricing::{CostStatus, Receipt};
use llmcost::report::Query;
use llmcost::report::check::rules::{Budget, Placed, Rules};
use llmcost::report::check::values::{Amount, Group};
use llmcost::report::check::words::Bucket;
use llmcost::report::check::{Around, Judge, Verdict};
use llmcost::table::checklist::Outcome;
use llmcost::usage::{Field, IdentityBasis, Occurred, RecordId, TimeBasis, Timestamp, UsageRecord};

/// A record of a user on a day that costs so many 10⁻¹².
fn entry(n: usize, user: &str, day: u32, pico: i64) -> Entry {
    let mut record = UsageRecord::default();
    record.facts.text(Field::UserId, Some(user));
    let at = Timestamp::parse(&format!("2026-11-{day:02}T10:00:00Z")).unwrap();
    record.occurred = Some(Occurred {
        at,
        basis: TimeBasis::Response,
    });
    let receipt = Receipt {
        charges: Vec::new(),
        cost: Some(Money::from_pico(pico)),
        currency: Some("USD".to_owned()),
        status: CostStatus::Exact,
        reasons: Vec::new(),
        price: None,
    };
    Entry {
        id: RecordId::of(&[n.to_string().as_bytes()]),
        basis: IdentityBasis::ResponseId,
        record,
        receipt,
        place: Place::default(),
        run: 1,
        ingested_at: at,
    }
}

fn rules(limit: i64) -> Rules {
    let rule = Budget::of(
        "b".to_owned(),
        vec![Group("user".to_owned())],
        Some(Bucket::Day),
        Amount(Exact::new(i128::from(limit), 12)),
    );
    Rules {
        budgets: vec![Placed { rule, line: None }],
        ..Rules::default()
    }
}

fn judge(rules: &Rules, entries: &[Entry]) -> Verdict {
    let now = Timestamp::parse("2026-11-22T00:00:00Z").unwrap();
    let mut judge = Judge::new(rules, &Query::new(now)).unwrap();
    for entry in entries {
        judge.add(entry).unwrap();
    }
    judge.finish(&Around::default()).unwrap()
}

proptest! {
    #![proptest_config(cases(64))]
    #[test]
    fn a_budget_is_broken_by_just_the_groups_whose_sum_is_above_it(
        calls in proptest::collection::vec((0..3_usize, 1..4_u32, 0..2_000_000_000_000_i64), 1..20),
        limit in 0..3_000_000_000_000_i64,
    ) {
        let users = ["alice", "bob", "carol"];
        let mut sums: BTreeMap<(usize, u32), i64> = BTreeMap::new();
        for (user, day, pico) in &calls {
            *sums.entry((*user, *day)).or_default() += pico;
        }
        let entries: Vec<Entry> = calls.iter().enumerate()
            .map(|(n, (user, day, pico))| entry(n, users[*user], *day, *pico))
            .collect();
        let rules = rules(limit);
        let verdict = judge(&rules, &entries);
        let broken = sums.values().filter(|sum| **sum > limit).count();
        prop_assert_eq!(verdict.violations(), broken);
        let outcome = if broken > 0 { Outcome::Failed } else { Outcome::Passed };
        prop_assert_eq!(verdict.outcome(), outcome);
        let mut reversed = entries.clone();
        reversed.reverse();
        prop_assert_eq!(judge(&rules, &reversed).rules, verdict.rules);
    }
}

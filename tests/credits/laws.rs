//! Laws over random entries and records: nothing is lost between grants, draws and balances.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use llmcost::ledger::{Credit, CreditKind, Holder, Ledger, ToPrice, Unit};
use llmcost::money::{Exact, Money};
use llmcost::pricing::{CostStatus, Receipt};
use llmcost::report::Period;
use llmcost::report::credits::{Asked, Each, Span, Statement, balances, statement};
use llmcost::usage::{Field, Status, Timestamp, UsageRecord};
use proptest::prelude::*;

use crate::cases::cases;
use crate::records::{identity_of, place, record};

const DAY: i64 = 86_400_000;
const START: i64 = 1_793_491_200_000;

/// A record: whose, on which hour, of which cost in which currency, and whether it failed.
#[derive(Debug, Clone)]
struct Use {
    user: Option<u8>,
    tenant: Option<u8>,
    hour: i64,
    pico: Option<u32>,
    euro: bool,
    failed: bool,
}

/// An entry: whose, on which hour, how much, and whether it is taken back.
#[derive(Debug, Clone)]
struct Entered {
    user: Option<u8>,
    tenant: Option<u8>,
    hour: i64,
    amount: u32,
    euro: bool,
    revoked: bool,
}

fn uses() -> impl Strategy<Value = Vec<Use>> {
    let who = || prop::option::of(0..3_u8);
    let one = (
        who(),
        who(),
        0..240_i64,
        prop::option::weighted(0.9, 1..9_999_999_u32),
        any::<bool>(),
        prop::bool::weighted(0.2),
    );
    let one = one.prop_map(|(user, tenant, hour, pico, euro, failed)| Use {
        user,
        tenant,
        hour,
        pico,
        euro,
        failed,
    });
    prop::collection::vec(one, 0..25)
}

fn encases() -> impl Strategy<Value = Vec<Entered>> {
    let who = || prop::option::of(0..3_u8);
    let one = (
        who(),
        who(),
        0..240_i64,
        1..9_999_999_u32,
        any::<bool>(),
        prop::bool::weighted(0.3),
    );
    let one = one.prop_map(|(user, tenant, hour, amount, euro, revoked)| Entered {
        user,
        tenant,
        hour,
        amount,
        euro,
        revoked,
    });
    let somebody = |entered: &Entered| entered.user.is_some() || entered.tenant.is_some();
    prop::collection::vec(one.prop_filter("nobody", somebody), 1..8)
}

fn name(letter: char, number: Option<u8>) -> Option<String> {
    number.map(|number| format!("{letter}{number}"))
}

fn currency(euro: bool) -> &'static str {
    if euro { "EUR" } else { "USD" }
}

fn at(hour: i64) -> Timestamp {
    Timestamp::from_millis(START + hour * 3_600_000)
}

fn ledger(uses: &[Use], entries: &[Entered]) -> Ledger {
    let mut ledger = Ledger::scratch().unwrap();
    let mut run = ledger.begin(at(0), "test").unwrap();
    let source = run.source("a.jsonl", true).unwrap();
    for (one, line) in uses.iter().zip(1_u64..) {
        let mut new = record(
            &format!(
                "chatcmpl-{:032x}",
                u128::from(line).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
            ),
            1,
            1,
        );
        new.facts.text(Field::UserId, name('u', one.user));
        new.facts.text(Field::TenantId, name('t', one.tenant));
        new.created(Some(at(one.hour)));
        if one.failed {
            new.status = Status::Failed;
        }
        let one = one.clone();
        let price = move |_: &UsageRecord, _: ToPrice<'_>| Receipt {
            charges: Vec::new(),
            cost: one.pico.map(|pico| Money::from_pico(i64::from(pico))),
            currency: one.pico.map(|_| currency(one.euro).to_owned()),
            status: if one.pico.is_some() {
                CostStatus::Exact
            } else {
                CostStatus::Unpriced
            },
            reasons: Vec::new(),
            price: None,
        };
        run.put(
            new.clone(),
            identity_of(&new),
            place("a.jsonl", line),
            source,
            &price,
        )
        .unwrap();
    }
    run.commit().unwrap();
    for entered in entries {
        let credit = Credit {
            id: 0,
            kind: if entered.revoked {
                CreditKind::Revoke
            } else {
                CreditKind::Grant
            },
            holder: Holder {
                user: name('u', entered.user),
                tenant: name('t', entered.tenant),
            },
            unit: Unit::Money(currency(entered.euro).to_owned()),
            amount: Exact::new(i128::from(entered.amount), 12),
            at: at(entered.hour),
            entered: at(0),
            note: None,
        };
        ledger.add_credit(&credit, "test").unwrap();
    }
    ledger
}

type Whose = (Option<u8>, Option<u8>, bool);

/// The balances, worked out by hand: for each account its entries, less what its holder used of its
/// currency since the first of them and did not fail.
fn by_hand(uses: &[Use], entries: &[Entered]) -> BTreeMap<Whose, i64> {
    let mut opened: BTreeMap<Whose, i64> = BTreeMap::new();
    let mut left: BTreeMap<Whose, i64> = BTreeMap::new();
    for entered in entries {
        let whose = (entered.user, entered.tenant, entered.euro);
        let begins = opened.entry(whose).or_insert(entered.hour);
        *begins = (*begins).min(entered.hour);
        let sign = if entered.revoked { -1 } else { 1 };
        *left.entry(whose).or_default() += sign * i64::from(entered.amount);
    }
    for ((user, tenant, euro), left) in &mut left {
        let is = |asked: &Option<u8>, held: Option<u8>| asked.is_none() || *asked == held;
        for used in uses {
            let theirs = is(user, used.user) && is(tenant, used.tenant) && used.euro == *euro;
            if theirs && !used.failed && used.hour >= opened[&(*user, *tenant, *euro)] {
                *left -= used.pico.map_or(0, i64::from);
            }
        }
    }
    left
}

fn balance(statement: &Statement) -> Exact {
    statement.account.balance
}

/// The balance behind the last line; what is brought forward where there is no line.
fn last(statement: &Statement) -> Exact {
    let forward = statement.brought_forward.unwrap_or_default();
    statement.lines.last().map_or(forward, |line| line.balance)
}

fn span(each: Each, period: Period) -> Span {
    Span {
        each,
        period,
        zone: Tz::UTC,
    }
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn balances_are_what_they_are_by_hand(uses in uses(), entries in encases()) {
        let ledger = ledger(&uses, &entries);
        let accounts = balances(&ledger, &Asked::all(at(300))).unwrap();
        let number = |name: &Option<String>| name.as_ref().map(|name| name[1..].parse::<u8>().unwrap());
        let found: BTreeMap<Whose, Exact> = accounts
            .iter()
            .map(|account| {
                let euro = account.unit == Unit::Money("EUR".to_owned());
                ((number(&account.holder.user), number(&account.holder.tenant), euro), account.balance)
            })
            .collect();
        let wanted: BTreeMap<Whose, Exact> = by_hand(&uses, &entries)
            .into_iter()
            .map(|(whose, pico)| (whose, Exact::new(i128::from(pico), 12)))
            .collect();
        prop_assert_eq!(found, wanted);
    }

    #[test]
    fn statements_end_with_the_balance_however_they_are_cut(
        uses in uses(), entries in encases(), cut in 0..10_i64,
    ) {
        let ledger = ledger(&uses, &entries);
        let asked = Asked::all(at(300));
        let accounts: Vec<Exact> =
            balances(&ledger, &asked).unwrap().iter().map(|account| account.balance).collect();
        for each in [Each::Day, Each::Record] {
            let whole = statement(&ledger, &asked, &span(each, Period::default())).unwrap();
            prop_assert_eq!(whole.iter().map(last).collect::<Vec<_>>(), accounts.clone());
            prop_assert_eq!(whole.iter().map(balance).collect::<Vec<_>>(), accounts.clone());
            // Two halves: the second brings forward what the first ends with.
            let middle = Timestamp::from_millis(START + cut * DAY);
            let before = Period { from: None, to: Some(middle) };
            let after = Period { from: Some(middle), to: None };
            let before = statement(&ledger, &asked, &span(each, before)).unwrap();
            let after = statement(&ledger, &asked, &span(each, after)).unwrap();
            for ((before, after), whole) in before.iter().zip(&after).zip(&whole) {
                prop_assert_eq!(Some(last(before)), after.brought_forward);
                prop_assert_eq!(before.lines.len() + after.lines.len(), whole.lines.len());
                prop_assert_eq!(last(after), last(whole));
            }
        }
    }

    #[test]
    fn the_order_in_which_records_come_does_not_matter(uses in uses(), entries in encases()) {
        let asked = Asked::all(at(300));
        let there = balances(&ledger(&uses, &entries), &asked).unwrap();
        let backwards: Vec<Use> = uses.iter().rev().cloned().collect();
        let back = balances(&ledger(&backwards, &entries), &asked).unwrap();
        prop_assert_eq!(there, back);
    }
}

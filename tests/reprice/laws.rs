//! Laws, over random books and calls, and over every response of the fixtures.

use std::cell::RefCell;

use llmcost::error::ErrorKind;
use llmcost::ledger::{Entry, Ledger, Place, ToPrice};
use llmcost::money::Quantity;
use llmcost::pricing::fx::Fx;
use llmcost::pricing::{PriceBook, Prices, Receipt, price};
use llmcost::reprice::{Outcome, Plan, apply, preview};
use llmcost::usage::{
    Field, Identity, IdentityBasis, LineItem, Meter, RecordId, TimeBasis, Timestamp, UsageRecord,
};
use proptest::prelude::*;

use crate::cases::cases;
use crate::home::Home;

const NOW: i64 = 1_795_300_000_000;

/// A book of one model whose rates, tier and minimum come from chance.
fn book(rates: [u32; 4], version: u32) -> Prices {
    let [input, output, second, image] = rates;
    let text = format!(
        "
format: llmcost-prices/1
book: {{name: chance, version: '{version}', currency: USD}}
sources: {{page: {{url: x, checked: 2026-11-20}}}}
fx: [{{date: 2026-11-20, from: USD, to: RUB, rate: 81.1350, source: page}}]
models:
  - id: a/one
    match: [one]
    prices:
      - source: [page]
        per_1m: {{input: 0.00{input}, output: {output}}}
        per_hour: {{audio_second: {second}}}
        bill: {{audio_second: {{min: 3}}}}
        graduated: [{{meter: megapixel, steps: [{{upto: 1, each: {image}}}, {{each: 0.1}}]}}]
        rules: [{{if: {{service_tier: [batch]}}, times: {{tokens: 0.5}}}}]
  - id: a/strict
    match: [strict]
    unpriced: fail
    prices: [{{source: [page], per_1m: {{input: {input}}}}}]
  - {{id: a/none, match: [none], prices: []}}
"
    );
    Prices::only(PriceBook::parse("chance", text.as_bytes()).unwrap())
}

fn record(n: usize, (model, quantities, batch): (u8, [u32; 4], bool)) -> UsageRecord {
    let mut record = UsageRecord::of("text", "chat");
    let model = ["one", "strict", "none", "unknown"][usize::from(model)];
    record.facts.text(Field::Provider, Some("a"));
    record.facts.text(Field::ResponseModel, Some(model));
    record
        .facts
        .text(Field::ResponseId, Some(format!("call-{n}")));
    record.tier(batch.then_some("batch"));
    record.happened(
        Some(Timestamp::from_millis(NOW - 86_400_000)),
        TimeBasis::Response,
    );
    let meters = [
        Meter::INPUT,
        Meter::OUTPUT,
        Meter::AUDIO_SECOND,
        Meter::MEGAPIXEL,
    ];
    for (meter, quantity) in meters.into_iter().zip(quantities) {
        let quantity = Quantity::parse(&format!("{quantity}.5")).unwrap();
        record.add_item(LineItem::new(meter, quantity));
    }
    record.add(Meter::CACHE_READ, Quantity::of(quantities[0] / 2));
    record
}

fn ingest(ledger: &mut Ledger, records: &[UsageRecord], prices: &Prices) {
    let mut run = ledger.begin(Timestamp::from_millis(NOW), "test").unwrap();
    run.exchange_by(Fx::of(prices));
    let source = run.source("a", true).unwrap();
    for record in records {
        let id = record.facts.get_text(Field::ResponseId).unwrap();
        let identity = Identity {
            id: RecordId::of(&[id.as_bytes()]),
            basis: IdentityBasis::ResponseId,
        };
        let by = |record: &UsageRecord, _: ToPrice<'_>| price(record, prices);
        let place = Place {
            format: "test".to_owned(),
            ..Place::default()
        };
        run.put(record.clone(), identity, place, source, &by)
            .unwrap();
    }
    run.commit().unwrap();
}

fn encases(ledger: &Ledger) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut take = |entry: &Entry| {
        entries.push(entry.clone());
        Ok(())
    };
    ledger.for_each(&mut take).unwrap();
    entries
}

fn receipts(ledger: &Ledger) -> Vec<Receipt> {
    encases(ledger)
        .into_iter()
        .map(|entry| entry.receipt)
        .collect()
}

fn reprice(ledger: &mut Ledger, prices: &Prices) -> Outcome {
    let plan = Plan {
        prices,
        selects: &|_| true,
        now: Timestamp::from_millis(NOW),
        version: "test",
        watch: &|_| true,
    };
    let mut shown = Vec::new();
    let shown_outcome = preview(ledger, &plan, &mut |entry, receipt| {
        shown.push((entry.clone(), receipt.clone()));
        Ok(())
    });
    let mut done = Vec::new();
    let outcome = apply(ledger, &plan, &mut |entry, receipt| {
        done.push((entry.clone(), receipt.clone()));
        Ok(())
    });
    let (before, after) = (shown_outcome.unwrap(), outcome.unwrap());
    assert_eq!(shown, done, "what was shown is what was done");
    assert_eq!((before.asked, before.changed), (after.asked, after.changed));
    after
}

fn calls() -> impl Strategy<Value = Vec<UsageRecord>> {
    let call = (
        0..4_u8,
        proptest::array::uniform4(0..5_000_u32),
        any::<bool>(),
    );
    proptest::collection::vec(call, 1..8).prop_map(|calls| {
        let numbered = calls.into_iter().enumerate();
        numbered.map(|(n, call)| record(n, call)).collect()
    })
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn repricing_is_what_ingesting_by_the_other_book_would_have_been(
        records in calls(),
        old in proptest::array::uniform4(1..999_u32),
        new in proptest::array::uniform4(1..999_u32),
    ) {
        let (old, new) = (book(old, 1), book(new, 2));
        let mut ledger = Ledger::scratch().unwrap();
        ingest(&mut ledger, &records, &old);
        let stored = encases(&ledger);
        // The same book changes nothing.
        prop_assert_eq!(reprice(&mut ledger, &old).run, None);
        prop_assert_eq!(&encases(&ledger), &stored);
        // Another one changes what it would have priced otherwise, and records stay themselves.
        reprice(&mut ledger, &new);
        let mut fresh = Ledger::scratch().unwrap();
        ingest(&mut fresh, &records, &new);
        let amounts = |ledger: &Ledger| -> Vec<_> {
            let receipts = receipts(ledger).into_iter();
            receipts.map(|receipt| (receipt.charges, receipt.cost, receipt.status, receipt.reasons)).collect()
        };
        prop_assert_eq!(amounts(&ledger), amounts(&fresh));
        let records_of = |entries: Vec<Entry>| -> Vec<UsageRecord> {
            entries.into_iter().map(|entry| entry.record).collect()
        };
        prop_assert_eq!(records_of(encases(&ledger)), records_of(stored.clone()));
        // Twice is once, and the way back is the way it was.
        prop_assert_eq!(reprice(&mut ledger, &new).run, None);
        reprice(&mut ledger, &old);
        prop_assert_eq!(&receipts(&ledger), &stored.iter().map(|entry| entry.receipt.clone()).collect::<Vec<_>>());
        // The trail leads from the first cost to the last.
        for (entry, before) in encases(&ledger).iter().zip(&stored) {
            let trail = ledger.trail(entry).unwrap();
            if let (Some(first), Some(last)) = (trail.first(), trail.last()) {
                prop_assert_eq!(first.before.cost, before.receipt.cost);
                prop_assert_eq!(last.after.cost, entry.receipt.cost);
            }
            prop_assert!(trail.windows(2).all(|pair| pair[0].after == pair[1].before));
        }
        // The same log again is a duplicate, and moves nothing.
        ingest(&mut ledger, &records, &new);
        prop_assert_eq!(receipts(&ledger), stored.into_iter().map(|entry| entry.receipt).collect::<Vec<_>>());
    }
}

#[test]
fn an_interrupted_run_says_how_far_it_was_and_changes_nothing() {
    let records: Vec<_> = (0..5)
        .map(|n| record(n, (0, [7, 11, 13, 17], true)))
        .collect();
    let mut ledger = Ledger::scratch().unwrap();
    ingest(&mut ledger, &records, &book([1, 2, 3, 4], 1));
    let before = (encases(&ledger), ledger.runs().unwrap());
    let seen = RefCell::new(Vec::new());
    let plan = Plan {
        prices: &book([5, 6, 7, 8], 2),
        selects: &|_| true,
        now: Timestamp::from_millis(NOW),
        version: "test",
        watch: &|progress| {
            seen.borrow_mut().push((progress.records, progress.total));
            progress.records < 4
        },
    };
    let shown = preview(&ledger, &plan, &mut |_, _| Ok(())).unwrap_err();
    let mut changes = 0;
    let done = apply(&mut ledger, &plan, &mut |_, _| {
        changes += 1;
        Ok(())
    });
    assert_eq!(changes, 3);
    for error in [shown, done.unwrap_err()] {
        assert_eq!(error.kind, ErrorKind::Interrupted);
    }
    let once = [(1, 5), (2, 5), (3, 5), (4, 5)];
    assert_eq!(seen.into_inner(), [once, once].concat());
    assert_eq!((encases(&ledger), ledger.runs().unwrap()), before);
}

/// Whatever shape a response has, what comes out of the ledger is priced as what went in.
#[test]
fn the_same_books_change_no_fixture() {
    let home = Home::new();
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");
    for folder in ["adapters", "demo"] {
        home.ok(&format!("ingest {fixtures}/{folder}"));
    }
    let again = home.json("reprice --apply");
    assert!(again["records"]["asked"].as_u64().unwrap() > 500);
    assert_eq!(again["records"]["changed"], 0, "{}", again["rows"]);
}

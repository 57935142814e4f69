//! Laws that hold for every book and every usage, tried on random ones.

use std::collections::BTreeMap;

use llmcost::money::{Money, Quantity};
use llmcost::pricing::writing::canonical;
use llmcost::pricing::{
    Charge, PriceBook, Prices, Quote, Receipt, Search, price, price_by, quoted_record,
};
use llmcost::usage::{Field, LineItem, Meter, Timestamp, UsageRecord};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::cases::cases;
use super::oracle::{self, Fraction, Line, number, pico};
use super::random::{self, Book, Usage, decimal};
use super::{support, written};

/// The book, read from its text by the loader.
fn loaded(book: &Book) -> PriceBook {
    let text = written::text(book);
    PriceBook::parse("b", text.as_bytes()).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// The usage as a record; pictures and films have attributes of their own.
fn record(usage: &Usage) -> UsageRecord {
    let quantities = usage.quantities.iter();
    let quantities = quantities.map(|(meter, mantissa, scale)| {
        format!(
            "{meter}={}",
            decimal(*mantissa, usize::try_from(*scale).unwrap())
        )
    });
    let attributes = usage
        .attributes
        .iter()
        .map(|(name, value)| format!("{name}={value}"));
    let mut record = quoted_record(&Quote {
        provider: Some("a"),
        model: "m",
        at: usage.at.map(Timestamp::from_millis),
        usage: support::usage(&quantities.collect::<Vec<_>>().join(",")),
        attributes: support::words(&attributes.collect::<Vec<_>>().join(",")),
    });
    for (meter, size, count) in &usage.sized {
        let item = LineItem::new(Meter::named(meter), Quantity::of(*count));
        record.add_item(item.with("size", Some(size)));
    }
    record
}

fn due(book: &Book, usage: &Usage, record: &UsageRecord) -> oracle::Due {
    oracle::due(book, usage, lines(record))
}

fn lines(record: &UsageRecord) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    for item in &record.items {
        let attributes = item.attributes.iter();
        lines.push(Line {
            meter: item.meter.name(),
            quantity: number(&item.quantity.to_string()),
            attributes: attributes
                .map(|(name, value)| (&**name, &**value))
                .collect(),
        });
    }
    lines
}

fn charged(charge: &Charge) -> Option<(i64, bool)> {
    charge.cost.map(|cost| (cost.pico(), charge.rounded))
}

/// Charges in an order of their own.
fn sorted(receipt: &Receipt) -> Vec<&Charge> {
    let mut charges: Vec<&Charge> = receipt.charges.iter().collect();
    charges.sort_by_key(|charge| (charge.meter.clone(), charge.attributes.clone()));
    charges
}

proptest! {
    #![proptest_config(cases(160))]

    #[test]
    fn every_charge_is_what_an_oracle_says_and_their_sum_is_the_cost((book, usage) in random::case()) {
        let record = record(&usage);
        let receipt = price(&record, &Prices::only(loaded(&book)));
        let found = oracle::Due {
            lines: receipt.charges.iter().map(charged).collect(),
            total: receipt.cost.map(Money::pico),
            status: receipt.status.name(),
        };
        prop_assert_eq!(found, due(&book, &usage, &record), "{:?}\n{}", receipt, written::text(&book));
        if let Some(cost) = receipt.cost {
            let sum: i64 = receipt.charges.iter().filter_map(charged).map(|(pico, _)| pico).sum();
            prop_assert_eq!(cost.pico(), sum);
        }
        prop_assert_eq!(receipt.status.name() == "exact", receipt.reasons.is_empty());
    }
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn a_receipt_says_all_that_is_needed_to_work_it_out_by_hand((book, usage) in random::case()) {
        let receipt = price(&record(&usage), &Prices::only(loaded(&book)));
        for charge in &receipt.charges {
            if let (Some(rate), Some(found)) = (&charge.rate, charged(charge)) {
                let billed = rate.billed.unwrap_or(charge.quantity).to_string();
                let factors = rate.multipliers.iter().map(|by| number(&by.factor.to_string()));
                let product: Fraction = factors.product();
                let amount = number(&billed) * number(&rate.quoted.to_string()) * product;
                prop_assert_eq!(pico(&(amount / oracle::units(rate.per.name()))), Some(found));
            }
        }
    }

    #[test]
    fn the_order_of_lines_does_not_matter(
        (book, usage) in random::case(),
        places in Just((0..40_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let prices = Prices::only(loaded(&book));
        let mut record = record(&usage);
        let before = price(&record, &prices);
        let items = places.iter().filter_map(|at| record.items.get(*at).cloned()).collect();
        record.items = items;
        let after = price(&record, &prices);
        prop_assert_eq!(sorted(&before), sorted(&after));
        prop_assert_eq!(
            (before.cost, before.currency, before.status, before.reasons),
            (after.cost, after.currency, after.status, after.reasons)
        );
    }

    #[test]
    fn a_snapshot_prices_as_its_book_does((book, usage) in random::case()) {
        let record = record(&usage);
        let receipt = price(&record, &Prices::only(loaded(&book)));
        let Some(used) = receipt.price.clone() else { return Ok(()) };
        let snapshot = PriceBook::parse("snapshot", used.snapshot.as_bytes());
        let again = price(&record, &Prices::only(snapshot.unwrap()));
        let used_again = again.price.clone().unwrap();
        prop_assert_eq!(&used.snapshot, &used_again.snapshot);
        prop_assert_eq!((used.sku, used.from, used.book), (used_again.sku, used_again.from, used_again.book));
        prop_assert_eq!(
            (receipt.charges, receipt.cost, receipt.currency, receipt.status, receipt.reasons),
            (again.charges, again.cost, again.currency, again.status, again.reasons)
        );
    }
}

proptest! {
    // Comparing whole books takes longer.
    #![proptest_config(cases(16))]

    #[test]
    fn a_search_that_remembers_prices_as_one_that_does_not(
        (book, usage) in random::case(),
        (_, other) in random::case(),
    ) {
        let prices = Prices::only(loaded(&book));
        let search = Search::new(&prices);
        let mut nameless = record(&usage);
        nameless.facts.remove(Field::Provider);
        for record in [record(&usage), record(&other), nameless, record(&usage)] {
            for _ in 0..2 {
                prop_assert_eq!(price_by(&record, &search), price(&record, &prices));
            }
        }
    }

    #[test]
    fn the_canonical_form_says_the_same_and_stays_as_it_is(book in random::book()) {
        let text = written::text(&book);
        let tidy = canonical("b", &text).unwrap();
        let again = PriceBook::parse("b", tidy.as_bytes()).unwrap();
        prop_assert_eq!(loaded(&book).to_json(), again.to_json());
        prop_assert_eq!(canonical("b", &tidy).unwrap(), tidy);
    }
}

proptest! {
    #![proptest_config(cases(96))]

    /// Three quantities at the same distance, with no edge between them: costs at the same distance,
    /// as far as their last digit tells.
    #[test]
    fn between_edges_the_cost_is_linear_in_the_quantity(
        (book, usage) in random::case(),
        which in any::<prop::sample::Index>(),
        (begin, apart) in (0..1_000_000_u64, 1..1_000_000_u64),
    ) {
        prop_assume!(!usage.quantities.is_empty());
        let at = which.index(usage.quantities.len());
        let prices = Prices::only(loaded(&book));
        let meter = usage.quantities[at].0;
        let cost = |quantity: u64| {
            let mut usage = usage.clone();
            usage.quantities[at] = (meter, quantity, 0);
            let record = record(&usage);
            let receipt = price(&record, &prices);
            let lacking = receipt.charges.iter().filter(|charge| charge.cost.is_none()).count();
            let sides = (lacking, oracle::edges(&book, &usage, lines(&record), meter));
            (receipt.cost.map(|cost| i128::from(cost.pico())), sides)
        };
        let (first, first_sides) = cost(begin + 1);
        let (second, second_sides) = cost(begin + apart + 1);
        let (third, third_sides) = cost(begin + 2 * apart + 1);
        prop_assume!(first_sides == second_sides && second_sides == third_sides);
        if let (Some(first), Some(second), Some(third)) = (first, second, third) {
            // Each of the three is off by half a digit at most.
            prop_assert!((first + third - 2 * second).abs() <= 2, "{first} {second} {third}");
        }
    }
}

/// What a receipt shows of the features of its book.
fn features(receipt: &Receipt) -> Vec<String> {
    let mut found = vec![receipt.status.name().to_owned()];
    for charge in &receipt.charges {
        let Some(rate) = &charge.rate else {
            let scaled = charge.cost.is_some_and(|cost| cost != Money::ZERO);
            found.extend(scaled.then(|| "graduated".to_owned()));
            continue;
        };
        let said = [
            (rate.falls_back_to.is_some(), "fallback"),
            (rate.billed.is_some(), "billed"),
            (charge.rounded, "rounded"),
            (rate.multipliers.len() > 1, "stacked"),
            (charge.attributes.contains_key("size"), "sized"),
        ];
        found.extend(
            said.iter()
                .filter(|said| said.0)
                .map(|said| said.1.to_owned()),
        );
        found.push(rate.per.name().to_owned());
        let reasons = rate.multipliers.iter().flat_map(|by| by.why.split(" and "));
        let words = reasons.map(|why| {
            why.split(|c: char| c == '=' || c.is_ascii_digit())
                .next()
                .unwrap()
        });
        let words = words.map(str::trim);
        found.extend(words.map(|word| match word.strip_prefix("with ") {
            Some(_) => "with a meter".to_owned(),
            None => word.to_owned(),
        }));
    }
    found
}

/// The laws would hold of books that say nothing.
#[test]
fn random_books_try_everything() {
    let (mut runner, cases) = (TestRunner::deterministic(), random::case());
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for _ in 0..400 {
        let (book, usage) = cases.new_tree(&mut runner).unwrap().current();
        let receipt = price(&record(&usage), &Prices::only(loaded(&book)));
        for feature in features(&receipt) {
            *seen.entry(feature).or_default() += 1;
        }
    }
    let statuses = ["exact", "estimated", "partial", "unpriced"];
    let units = [
        "each",
        "per_1k",
        "per_1m",
        "per_minute",
        "per_hour",
        "per_1m_hours",
        "per_gib_day",
    ];
    let rates = [
        "graduated",
        "fallback",
        "billed",
        "rounded",
        "stacked",
        "sized",
    ];
    let rules = [
        "prompt above",
        "prompt from",
        "service_tier",
        "speed",
        "geo",
        "endpoint",
        "plan",
        "tool_version",
        "with a meter",
        "peak",
        "discount of a",
    ];
    let all = [&statuses[..], &units, &rates, &rules].concat();
    let missing: Vec<_> = all
        .iter()
        .filter(|what| !seen.contains_key(**what))
        .collect();
    assert!(missing.is_empty(), "{missing:?} of {seen:?}");
}

/// Every period of every bundled book, priced by its own snapshot.
#[test]
fn bundled_snapshots_price_as_their_books_do() {
    let all = Prices::bundled();
    let usage = "input=150001,input_audio=7,cache_read=3,cache_write=11,cache_write_1h=5,output=17,reasoning=3,output_image=9,image=2,audio_second=7,web_search=3,request=1,video_second=4,page=2";
    for (_, model) in all.models() {
        let name = model.matches[0].replace(['*', '?'], "0");
        for period in &model.prices {
            let at = period.from.as_ref().map(|from| from.at().to_string());
            let at = at.or_else(|| period.to.as_ref().map(|_| "2020-01-01".to_owned()));
            for attributes in [
                "",
                "service_tier=batch,geo=us,search_context=low",
                "service_tier=priority,size=1024x1024,quality=low",
            ] {
                let ask = support::Ask {
                    provider: model.provider(),
                    model: &name,
                    at: at.as_deref().unwrap_or("2026-11-10T02:00:00Z"),
                    usage,
                    attributes,
                };
                let receipt = ask.of(&all);
                let Some(used) = receipt.price.clone() else {
                    continue;
                };
                let book = PriceBook::parse("snapshot", used.snapshot.as_bytes())
                    .unwrap_or_else(|e| panic!("{e}: {}", used.snapshot));
                let again = ask.of(&Prices::only(book));
                assert_eq!(receipt.charges, again.charges, "{}", model.id);
                assert_eq!(
                    (receipt.cost, receipt.status, receipt.reasons),
                    (again.cost, again.status, again.reasons),
                    "{}",
                    model.id
                );
            }
        }
    }
}

//! When two readings are one call, and what comes of them then.
#![allow(clippy::unwrap_used)] // a failing check may stop

use llmcost::money::Quantity;
use llmcost::usage::identity::{Position, finish, is_strong, named, seed};
use llmcost::usage::merge::merge;
use llmcost::usage::{
    Field, IdentityBasis, Meter, RecordId, ReportedCost, Status, TimeBasis, Timestamp, UsageRecord,
    Value, WebSearch,
};

const STRONG: &str = "chatcmpl-BbpRcTg5bT7hAQ2mWzY1kFq0vD3sE";

fn record(input: u32, output: u32) -> UsageRecord {
    let mut record = UsageRecord::default();
    record.add(Meter::INPUT, Quantity::of(input));
    record.add(Meter::OUTPUT, Quantity::of(output));
    record
}

fn with(fields: &[(Field, &str)]) -> UsageRecord {
    let mut record = record(1, 1);
    for (field, text) in fields {
        record.facts.text(*field, Some(text));
    }
    record
}

/// Both orders give the same; that.
fn joined(a: &UsageRecord, b: &UsageRecord) -> UsageRecord {
    let ab = merge(a, b);
    assert_eq!(ab, merge(b, a));
    assert_eq!(merge(&ab.record, a).record, ab.record);
    ab.record
}

#[test]
fn one_reading_wins_with_its_whole_usage() {
    // The larger total, though another meter of the other one is larger.
    let (small, large) = (record(10, 9), record(1, 30));
    assert_eq!(joined(&small, &large).items, large.items);
    // A final one, however small.
    let partial = UsageRecord {
        status: Status::Partial,
        ..record(100, 100)
    };
    let whole = joined(&partial, &small);
    assert_eq!(
        (whole.items, whole.status),
        (small.items.clone(), Status::Success)
    );
    let failed = UsageRecord {
        status: Status::Failed,
        ..record(5, 1)
    };
    let end = joined(&partial, &failed);
    assert_eq!(
        (end.items, end.status),
        (failed.items.clone(), Status::Failed)
    );
    assert_eq!(joined(&failed, &small).status, Status::Success);
    // Of equal totals the one that states more meters, then the one with fewer gaps.
    let mut split = record(5, 9);
    split.add(Meter::CACHE_READ, Quantity::of(5));
    assert_eq!(joined(&small, &split).items, split.items);
    let mut doubted = small.clone();
    doubted.doubt("assumed");
    doubted.stated_total = Some(Quantity::of(99));
    assert_eq!(joined(&doubted, &small).notes, []);
    // What belongs to a usage comes with it.
    let mut searched = large.clone();
    searched.searches.push(WebSearch {
        provider: Some("brave".into()),
        ..WebSearch::default()
    });
    searched.raw_usage = Some("{\"n\":1}".into());
    let whole = joined(&small, &searched);
    assert_eq!(
        (whole.searches.len(), whole.raw_usage.as_deref()),
        (1, Some("{\"n\":1}"))
    );
    // Nothing else tells them apart: any fixed order, but a fixed one.
    let other = record(9, 10);
    assert!([&small.items, &other.items].contains(&&joined(&small, &other).items));
}

#[test]
fn the_header_takes_what_is_stated_and_of_two_the_same_one_always() {
    let mut a = with(&[(Field::UserId, "bob"), (Field::Region, "eu")]);
    let mut b = with(&[(Field::UserId, "alice"), (Field::Endpoint, "/v1")]);
    a.facts.integer(Field::LatencyMs, Some(5));
    b.facts.integer(Field::LatencyMs, Some(7));
    a.facts.flag(Field::IsFallback, Some(true));
    b.facts.flag(Field::IsFallback, Some(false));
    let at = |text: &str| Timestamp::parse(text);
    a.facts.time(Field::StartedAt, at("2026-11-02T10:00:00Z"));
    b.facts.time(Field::StartedAt, at("2026-11-02T09:00:00Z"));
    let facts = joined(&a, &b).facts;
    assert_eq!(facts.get_text(Field::UserId), Some("alice"));
    assert_eq!(facts.get_text(Field::Region), Some("eu"));
    assert_eq!(facts.get_text(Field::Endpoint), Some("/v1"));
    assert_eq!(facts.get_integer(Field::LatencyMs), Some(7));
    assert_eq!(facts.get(Field::IsFallback), Some(&Value::Flag(true)));
    assert_eq!(facts.get_time(Field::StartedAt), at("2026-11-02T09:00:00Z"));
}

#[test]
fn a_better_time_beats_an_earlier_one() {
    let at = |text: &str, basis| {
        let mut record = record(1, 1);
        record.happened(Timestamp::parse(text), basis);
        record
    };
    let said = at("2026-11-02T10:00:00Z", TimeBasis::Response);
    let around = at("2026-11-01T10:00:00Z", TimeBasis::Envelope);
    let later = at("2026-11-03T10:00:00Z", TimeBasis::Response);
    assert_eq!(joined(&said, &around).occurred, said.occurred);
    assert_eq!(joined(&said, &later).occurred, said.occurred);
    assert_eq!(joined(&record(1, 1), &around).occurred, around.occurred);
    assert_eq!(joined(&record(1, 1), &record(1, 1)).occurred, None);
}

#[test]
fn labels_and_stated_costs_come_together() {
    let of = |tags: &[(&str, &str)], cost: Option<(&str, &str, &str)>| {
        let mut record = record(1, 1);
        let tags = tags
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        record.tags = tags.clone().collect();
        record.attributes = tags.collect();
        record.reported_cost = cost.map(|(field, amount, currency)| ReportedCost {
            amount: amount.to_owned(),
            currency: currency.to_owned(),
            field: field.to_owned(),
        });
        record
    };
    let a = of(
        &[("env", "prod"), ("team", "x")],
        Some(("cost", "1", "USD")),
    );
    let b = of(&[("env", "dev"), ("app", "y")], Some(("cost", "2", "USD")));
    let whole = joined(&a, &b);
    let wanted = [("app", "y"), ("env", "dev"), ("team", "x")];
    let wanted = wanted.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(
        (&whole.tags, &whole.attributes),
        (&wanted.clone().into(), &wanted.into())
    );
    assert_eq!(whole.reported_cost, b.reported_cost);
    assert_eq!(joined(&a, &of(&[], None)).reported_cost, a.reported_cost);
    let euros = of(&[], Some(("cost", "1", "EUR")));
    assert_eq!(joined(&a, &euros).reported_cost, a.reported_cost);
    let other = of(&[], Some(("total_cost", "0", "USD")));
    assert_eq!(joined(&a, &other).reported_cost, other.reported_cost);
}

#[test]
fn only_another_model_or_tenant_is_a_contradiction() {
    let a = with(&[
        (Field::ResponseModel, "m1"),
        (Field::TenantId, "t1"),
        (Field::UserId, "u1"),
    ]);
    let b = with(&[
        (Field::ResponseModel, "m2"),
        (Field::TenantId, "t2"),
        (Field::UserId, "u2"),
    ]);
    assert_eq!(
        merge(&a, &b).conflicts,
        [Field::ResponseModel, Field::TenantId]
    );
    assert_eq!(merge(&a, &a).conflicts, []);
    assert_eq!(merge(&a, &record(1, 1)).conflicts, []);
    let same_model = with(&[(Field::ResponseModel, "m1"), (Field::TenantId, "t2")]);
    assert_eq!(merge(&a, &same_model).conflicts, [Field::TenantId]);
}

#[test]
fn a_record_is_known_by_the_strongest_thing_that_it_says() {
    let basis = |record: &UsageRecord| named(record).map(|(_, basis)| basis);
    let id = with(&[(Field::ResponseId, STRONG), (Field::IdempotencyKey, "k")]);
    assert_eq!(basis(&id), Some(IdentityBasis::ResponseId));
    // Who served it says the envelope: the id is the same call everywhere.
    let elsewhere = with(&[(Field::ResponseId, STRONG), (Field::Provider, "azure")]);
    assert_eq!(named(&id), named(&elsewhere));
    let weak = with(&[
        (Field::ResponseId, "chatcmpl-1"),
        (Field::IdempotencyKey, "k"),
    ]);
    assert_eq!(basis(&weak), Some(IdentityBasis::IdempotencyKey));
    let keyed = UsageRecord {
        key: Some("tool session 1".into()),
        ..weak.clone()
    };
    assert_eq!(basis(&keyed), Some(IdentityBasis::ResponseId));
    assert_ne!(
        named(&keyed),
        named(&UsageRecord {
            key: Some("tool session 2".into()),
            ..weak.clone()
        })
    );
    assert_eq!(basis(&record(1, 1)), None);
    // Each of these makes another call of the same key.
    for field in [Field::TenantId, Field::Provider, Field::IdempotencyKey] {
        let mut other = weak.clone();
        other.facts.text(field, Some("other"));
        assert_ne!(named(&other), named(&weak), "{field}");
    }
    let mut second = weak.clone();
    second.facts.integer(Field::AttemptIndex, Some(2));
    assert_ne!(named(&second), named(&weak));
    // A part is a record of its own, however it is known.
    let place = Position {
        source: &[1; 16],
        text: &[2; 16],
    };
    let mut timed = record(1, 1);
    timed.happened(Timestamp::parse("2026-11-02"), TimeBasis::Response);
    for whole in [&id, &weak, &keyed, &timed, &record(1, 1)] {
        let part = UsageRecord {
            part: Some("image".into()),
            ..whole.clone()
        };
        assert_ne!(seed(&part, place).0, seed(whole, place).0);
    }
}

#[test]
fn without_a_name_a_record_is_known_by_its_text_and_without_a_time_by_its_place() {
    let at = |source: u8, text: u8| -> (RecordId, RecordId) {
        let (source, text) = ([source; 16], [text; 16]);
        let place = Position {
            source: &source,
            text: &text,
        };
        let mut timed = record(1, 1);
        timed.happened(Timestamp::parse("2026-11-02"), TimeBasis::Envelope);
        let (by_content, by_place) = (seed(&timed, place), seed(&record(1, 1), place));
        assert_eq!(
            (by_content.1, by_place.1),
            (IdentityBasis::Content, IdentityBasis::Position)
        );
        (by_content.0, by_place.0)
    };
    assert_eq!(at(1, 2).0, at(9, 2).0);
    assert_ne!(at(1, 2).0, at(1, 3).0);
    assert_ne!(at(1, 2).1, at(9, 2).1);
    assert_ne!(at(1, 2).1, at(1, 3).1);
    assert_ne!(at(1, 2).0, at(1, 2).1);
}

#[test]
fn equal_lines_are_calls_of_their_own_unless_they_have_a_name() {
    let seed = RecordId::of(&[b"x"]);
    for basis in IdentityBasis::ALL {
        let (first, second) = (finish(seed, basis, 1), finish(seed, basis, 2));
        let is_named = matches!(
            basis,
            IdentityBasis::ResponseId | IdentityBasis::IdempotencyKey
        );
        assert_eq!(first == second, is_named, "{}", basis.name());
        assert_eq!(first.id == seed, is_named);
        assert_eq!(first.basis, basis);
    }
    let names = ["response_id", "idempotency_key", "content", "position"];
    assert_eq!(IdentityBasis::ALL.map(IdentityBasis::name), names);
    assert_eq!(RecordId::from_bytes(*seed.bytes()), seed);
    assert_ne!(seed.bytes(), &[0; 16]);
}

#[test]
fn an_id_is_strong_from_sixteen_characters_on_that_say_something() {
    assert!(is_strong("msg_a1b2c3d4e5f6g7h8"));
    assert!(!is_strong("msg_a1b2c3d4e5f6g7h"));
    // Marks are no characters of it, and a long word before them is no prefix.
    assert!(!is_strong("msg_a1b2-c3d4-e5f6-g7"));
    assert!(is_strong("a1b2c3d4e5f6-g7h8"));
    assert!(is_strong("a-word-of-its-own-which-is-long-1"));
    // Six of them are different at least.
    assert!(is_strong("abcdefabcdefabcdef"));
    assert!(!is_strong("abcdeabcdeabcdeabcde"));
    for scrubbed in [
        "msg_redacted_a1b2c3d4e5f6g7h8",
        "dummy-a1b2c3d4e5f6g7h8",
        "msg_a1b2c3d4e5xxxxxxf6g7h8",
        "msg_mock_a1b2c3d4e5f6g7h8",
    ] {
        assert!(!is_strong(scrubbed), "{scrubbed}");
    }
    assert_eq!(RecordId::of(&[]).to_string().matches('-').count(), 4);
}

#[test]
fn readings_that_differ_in_little_are_joined_alike_in_both_orders() {
    let plain = record(1, 1);
    let mut noted = plain.clone();
    noted.warn("odd");
    let searched = UsageRecord {
        searches: vec![WebSearch {
            count: Quantity::ONE,
            ..WebSearch::default()
        }],
        ..plain.clone()
    };
    let stated = UsageRecord {
        stated_total: Some(Quantity::of(2)),
        ..plain.clone()
    };
    let audited = UsageRecord {
        raw_usage: Some("{}".to_owned()),
        ..plain.clone()
    };
    for other in [&noted, &searched, &stated, &audited] {
        joined(&plain, other);
    }
}

//! Periods in timezones, and days that are longer or shorter than 24 hours.

use chrono_tz::Tz;
use llmcost::ledger::Entry;
use llmcost::report::calendar::{self, day_start};
use llmcost::report::{Clock, Period, Row};
use llmcost::usage::Timestamp;
use serde_json::json;

use crate::build::{Build, ask, at, call, column, query, rows};

fn clock(zone: Tz) -> Clock {
    // A Sunday.
    Clock {
        now: at("2026-11-22T12:00:00Z"),
        zone,
    }
}

fn shown(text: &str, zone: Tz) -> (String, String) {
    let period = Period::parse(text, clock(zone)).unwrap();
    let end =
        |at: Option<Timestamp>| at.map_or("open".to_owned(), |at| calendar::rfc3339(at, zone));
    (end(period.from), end(period.to))
}

#[test]
fn periods_as_people_type_them() {
    for (text, from, to) in [
        ("today", "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z"),
        ("yesterday", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"),
        ("this-week", "2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z"),
        ("last-week", "2026-11-09T00:00:00Z", "2026-11-16T00:00:00Z"),
        ("this-month", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"),
        ("Last Month", "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z"),
        ("this_year", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        ("last-year", "2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("2026", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        ("2026-11", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"),
        ("2026-W47", "2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z"),
        ("2026-Q4", "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        ("2026-11-15", "2026-11-15T00:00:00Z", "2026-11-16T00:00:00Z"),
        (
            "2026-11-01..2026-11-15",
            "2026-11-01T00:00:00Z",
            "2026-11-16T00:00:00Z",
        ),
        (
            "2026-10..2026-11",
            "2026-10-01T00:00:00Z",
            "2026-12-01T00:00:00Z",
        ),
        ("2026-11-01..", "2026-11-01T00:00:00Z", "open"),
        ("..2026-11-01T10:30", "open", "2026-11-01T10:30:00Z"),
        ("7d", "2026-11-15T00:00:00Z", "2026-11-23T00:00:00Z"),
        ("2w", "2026-11-08T00:00:00Z", "2026-11-23T00:00:00Z"),
        ("24h", "2026-11-21T12:00:00Z", "2026-11-23T00:00:00Z"),
    ] {
        assert_eq!(
            shown(text, Tz::UTC),
            (from.to_owned(), to.to_owned()),
            "{text}"
        );
    }
}

#[test]
fn since_and_until() {
    let between = |since, until| Period::between(since, until, clock(Tz::Asia__Seoul));
    let period = between(Some("2026-11-01"), Some("2026-11-15")).unwrap();
    assert_eq!(period.from, Some(at("2026-10-31T15:00:00Z")));
    assert_eq!(period.to, Some(at("2026-11-15T15:00:00Z")));
    let period = between(
        Some("2026-11-01T00:00:00Z"),
        Some("2026-11-15T08:00:00+02:00"),
    )
    .unwrap();
    assert_eq!(period.from, Some(at("2026-11-01T00:00:00Z")));
    assert_eq!(period.to, Some(at("2026-11-15T06:00:00Z")));
    assert!(period.contains(period.from) && !period.contains(period.to));
    assert!(between(None, None).unwrap().is_open());
    assert!(between(Some("2026-11-15"), Some("2026-11-14")).is_err());
    // One day is a period, because its end includes it.
    assert!(between(Some("2026-11-15"), Some("2026-11-15")).is_ok());
}

#[test]
fn what_is_no_period_is_refused_with_a_hint() {
    for text in [
        "",
        "2026-13",
        "2026-11-31",
        "2026-W54",
        "2026-Q5",
        "20261115",
        "1793613600",
        "7x",
        "d",
        "99999999999999999999d",
        "9999999999d",
        "999999999999999h",
        "2026-11-15T08:00:00Z",
        "2026-11-1",
        "-7d",
        "soon",
    ] {
        assert!(Period::parse(text, clock(Tz::UTC)).is_err(), "{text}");
    }
    let hint = |text| {
        Period::parse(text, clock(Tz::UTC))
            .err()
            .unwrap()
            .hint
            .unwrap()
    };
    assert_eq!(hint("last-mont"), "Did you mean last-month?");
    assert!(
        calendar::timezone("Asia/Soul")
            .err()
            .unwrap()
            .hint
            .unwrap()
            .contains("Asia/Seoul")
    );
    assert_eq!(calendar::timezone("Asia/Seoul").unwrap(), Tz::Asia__Seoul);
    for (city, zone) in [
        ("berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
    ] {
        let hint = calendar::timezone(city).err().unwrap().hint.unwrap();
        assert_eq!(hint, format!("Did you mean {zone}?"));
    }
}

#[test]
fn an_august_night_in_denver_belongs_to_the_day_before() {
    let entries = [call("night").on("2026-08-04T02:00:00Z")];
    let mut query = query(&["day"], &[]);
    assert_eq!(
        column(&rows(&query, &entries), "day"),
        [json!("2026-08-04")]
    );
    query.timezone = Tz::America__Denver;
    assert_eq!(
        column(&rows(&query, &entries), "day"),
        [json!("2026-08-03")]
    );
    query.period = Period::parse("2026-08-03", clock(query.timezone)).unwrap();
    let report = ask(&query, &entries);
    assert_eq!(report.rows.len(), 1);
    let period = report.json()["period"].clone();
    assert_eq!(period["from"], "2026-08-03T00:00:00-06:00");
    assert_eq!(period["to"], "2026-08-04T00:00:00-06:00");
    assert_eq!(period["timezone"], "America/Denver");
    query.period = Period::parse("2026-08-04", clock(query.timezone)).unwrap();
    assert!(ask(&query, &entries).rows.is_empty());
}

#[test]
fn days_in_berlin_have_23_and_25_hours() {
    let hours = |text: &str| {
        let period = Period::parse(text, clock(Tz::Europe__Berlin)).unwrap();
        (period.to.unwrap().millis() - period.from.unwrap().millis()) / 3_600_000
    };
    assert_eq!(hours("2026-03-29"), 23);
    assert_eq!(hours("2026-10-25"), 25);
    assert_eq!(hours("2026-10-24"), 24);
}

#[test]
fn a_day_starts_at_its_first_instant_also_where_midnight_is_skipped_or_repeated() {
    let start = |zone: Tz, date: &str| day_start(date.parse().unwrap(), zone);
    // Beirut skips from 00:00 to 01:00, Havana repeats 00:00 to 01:00, Apia left out a whole day.
    assert_eq!(
        start(Tz::Asia__Beirut, "2022-03-27"),
        at("2022-03-26T22:00:00Z")
    );
    assert_eq!(
        start(Tz::America__Havana, "2022-11-06"),
        at("2022-11-06T04:00:00Z")
    );
    assert_eq!(
        start(Tz::Pacific__Apia, "2011-12-30"),
        start(Tz::Pacific__Apia, "2011-12-31")
    );
}

#[test]
fn single_days_add_up_to_the_range_in_five_zones() {
    let zones = [
        Tz::UTC,
        Tz::America__Denver,
        Tz::Europe__Berlin,
        Tz::Asia__Kolkata,
        Tz::Australia__Lord_Howe,
    ];
    let first = at("2026-10-01T00:00:00Z").millis();
    // Every 37 minutes over the changes of October and November.
    let entries: Vec<Entry> = (0..2000)
        .map(|n| {
            let time = Timestamp::from_millis(first + n * 37 * 60_000).to_string();
            call(&n.to_string()).on(&time).costs("0.0000001", "USD")
        })
        .collect();
    for zone in zones {
        let mut query = query(&["day"], &[]);
        query.timezone = zone;
        query.period = Period::parse("2026-10-03..2026-11-10", clock(zone)).unwrap();
        let range = ask(&query, &entries);
        let (mut requests, mut days) = (0, 0);
        for row in &range.rows {
            let day = row.key[0].clone().unwrap();
            query.period = Period::parse(&day, clock(zone)).unwrap();
            let single = ask(&query, &entries);
            let sums = |row: &Row| (row.key.clone(), row.cost, row.tally.clone());
            let found: Vec<_> = single.rows.iter().map(sums).collect();
            assert_eq!(found, [sums(row)], "{zone} {day}");
            requests += row.tally.requests;
            days += 1;
        }
        assert_eq!(days, 39, "{zone}");
        assert_eq!(range.totals[0].tally.requests, requests, "{zone}");
    }
}

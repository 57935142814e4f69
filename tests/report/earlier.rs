//! Reports beside earlier ones: another period, or a saved report.

use chrono_tz::Tz;
use llmcost::ledger::Entry;
use llmcost::pricing::CostStatus;
use llmcost::report::{Against, Basis, Clock, Period, Query, Saved, calendar};
use llmcost::usage::{Field, ReportedCost, Timestamp};
use serde_json::{Value as Json, json};

use crate::build::{Build, ask, at, call, column, query};

fn clock(now: &str, zone: Tz) -> Clock {
    Clock { now: at(now), zone }
}

fn previous(period: &str, now: &str, zone: Tz) -> (String, String) {
    let clock = clock(now, zone);
    let period = Period::parse(period, clock)
        .unwrap()
        .previous(clock)
        .unwrap();
    let end = |at: Option<Timestamp>| calendar::rfc3339(at.unwrap(), zone);
    (end(period.from), end(period.to))
}

#[test]
fn the_period_before_is_of_the_same_kind() {
    let now = "2026-11-22T12:00:00Z";
    for (period, from, to) in [
        ("2026-10", "2026-09-01T00:00:00Z", "2026-10-01T00:00:00Z"),
        ("2026-Q3", "2026-04-01T00:00:00Z", "2026-07-01T00:00:00Z"),
        ("2025", "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"),
        (
            "2026-03-01..2026-03-10",
            "2026-02-19T00:00:00Z",
            "2026-03-01T00:00:00Z",
        ),
        ("yesterday", "2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"),
        (
            "2026-11-01T06:00..2026-11-01T18:00",
            "2026-10-31T18:00:00Z",
            "2026-11-01T06:00:00Z",
        ),
        // What is not over is compared with as much of what was before.
        ("today", "2026-11-21T00:00:00Z", "2026-11-21T12:00:00Z"),
        ("this-week", "2026-11-09T00:00:00Z", "2026-11-15T12:00:00Z"),
        ("this-month", "2026-10-01T00:00:00Z", "2026-10-22T12:00:00Z"),
        ("7d", "2026-11-07T00:00:00Z", "2026-11-14T12:00:00Z"),
    ] {
        assert_eq!(
            previous(period, now, Tz::UTC),
            (from.to_owned(), to.to_owned()),
            "{period}"
        );
    }
    // A month that is shorter ends where it ends.
    let (_, to) = previous("this-month", "2026-03-30T12:00:00Z", Tz::UTC);
    assert_eq!(to, "2026-03-01T00:00:00Z");
    // The clock on the wall counts, over a change of clocks, too.
    let (from, to) = previous("today", "2026-10-26T11:00:00Z", Tz::Europe__Berlin);
    assert_eq!(from, "2026-10-25T00:00:00+02:00");
    assert_eq!(to, "2026-10-25T12:00:00+01:00");
    let clock = clock(now, Tz::UTC);
    assert!(Period::default().previous(clock).is_err());
    // One that has no end is as long as it lasts until now, which one that has not begun is not.
    for later in ["2026-11-23..", "2672-11-17T17:01.."] {
        let later = Period::parse(later, clock).unwrap();
        assert!(later.previous(clock).is_err(), "{later:?}");
    }
    assert_eq!(
        previous("2026-11-21..", now, Tz::UTC).0,
        "2026-11-19T00:00:00Z"
    );
}

fn of_november(by: &[&str]) -> Query {
    let mut query = query(by, &[]);
    let clock = clock("2026-12-24T00:00:00Z", Tz::UTC);
    query.now = clock.now;
    query.period = Period::parse("2026-11", clock).unwrap();
    query.against = Some(Against::Period(query.period.previous(clock).unwrap()));
    query
}

fn entries() -> Vec<Entry> {
    let model =
        |id: &str, model: &str, time: &str| call(id).with(Field::ResponseModel, model).on(time);
    vec![
        model("1", "kept", "2026-11-02T00:00:00Z").costs("3", "USD"),
        model("2", "new", "2026-11-03T00:00:00Z").costs("1", "USD"),
        model("3", "unknown", "2026-11-03T00:00:00Z").is(CostStatus::Unpriced, "x"),
        model("4", "kept", "2026-10-02T00:00:00Z").costs("2", "USD"),
        model("5", "gone", "2026-10-31T00:00:00Z").costs("5", "USD"),
        model("6", "unknown", "2026-10-03T00:00:00Z").costs("1", "USD"),
        model("7", "old", "2026-09-30T00:00:00Z").costs("100", "USD"),
    ]
}

#[test]
fn groups_of_either_period_are_compared() {
    let json = ask(&of_november(&["model"]), &entries()).json();
    let rows = json["rows"].as_array().unwrap();
    assert_eq!(column(rows, "model"), ["kept", "new", "gone", "unknown"]);
    assert_eq!(
        column(rows, "cost"),
        [json!("3"), json!("1"), json!("0"), Json::Null]
    );
    assert_eq!(column(rows, "requests"), [1, 1, 0, 1].map(|n| json!(n)));
    assert_eq!(column(rows, "previous_cost"), ["2", "0", "5", "1"]);
    assert_eq!(
        column(rows, "previous_requests"),
        [1, 0, 1, 1].map(|n| json!(n))
    );
    // What is unknown on one side has no change, and there is no percentage of nothing.
    assert_eq!(
        column(rows, "change"),
        [json!("1"), json!("1"), json!("-5"), Json::Null]
    );
    assert_eq!(
        column(rows, "change_percent"),
        [json!("50"), Json::Null, json!("-100"), Json::Null]
    );
    let total = &json["totals"][0];
    assert_eq!(
        (&total["cost"], &total["previous_cost"], &total["change"]),
        (&json!("4"), &json!("8"), &json!("-4"))
    );
    assert_eq!(
        json["compared_with"],
        json!({"from": "2026-10-01T00:00:00Z", "to": "2026-11-01T00:00:00Z", "file": null})
    );
}

#[test]
fn the_same_terms_hold_for_both_periods() {
    let stated = |id: &str, time: &str, amount: &str| {
        let mut entry = call(id).on(time).costs("1", "USD");
        entry.record.reported_cost = Some(ReportedCost {
            amount: amount.to_owned(),
            currency: "USD".to_owned(),
            field: "usage.cost".to_owned(),
        });
        entry
    };
    let mut query = of_november(&["model"]);
    query.basis = Basis::Reported;
    let entries = [
        stated("1", "2026-11-02T00:00:00Z", "3"),
        stated("2", "2026-10-02T00:00:00Z", "2"),
    ];
    let json = ask(&query, &entries).json();
    let total = &json["totals"][0];
    assert_eq!(
        (&total["cost"], &total["previous_cost"]),
        (&json!("3"), &json!("2"))
    );
}

#[test]
fn days_stand_beside_the_days_at_the_same_place() {
    let json = ask(&of_november(&["day"]), &entries()).json();
    let rows = json["rows"].as_array().unwrap();
    // October has a day more: it keeps its own name.
    assert_eq!(
        column(rows, "day"),
        ["2026-10-31", "2026-11-02", "2026-11-03"]
    );
    assert_eq!(column(rows, "previous_cost"), ["5", "2", "1"]);
    let months = ask(&of_november(&["month"]), &entries()).json();
    assert_eq!(months["rows"].as_array().unwrap().len(), 1);
    assert_eq!(months["rows"][0]["previous_cost"], "8");
    for by in ["week", "hour", "weekday"] {
        let json = ask(&of_november(&[by]), &entries()).json();
        let sum = |key: &str| {
            let rows = json["rows"].as_array().unwrap().iter();
            let costs = rows
                .filter_map(|row| row[key].as_str())
                .map(crate::build::exact);
            costs.fold(llmcost::money::Exact::ZERO, |sum, cost| {
                sum.plus(cost).unwrap()
            })
        };
        assert_eq!(sum("previous_cost").to_string(), "8", "{by}");
    }
}

#[test]
fn others_and_subtotals_are_compared_too() {
    let mut query = of_november(&["model"]);
    query.view.top = Some(1);
    query.view.others = true;
    let json = ask(&query, &entries()).json();
    // The unknown model has been given the currency that it had before.
    let others = &json["others"][0];
    assert_eq!(
        (&others["cost"], &others["previous_cost"]),
        (&json!("1"), &json!("6"))
    );
    assert_eq!(others["change"], "-5");
}

/// A report saved as JSON.
fn saved(query: &Query, entries: &[Entry]) -> Vec<u8> {
    serde_json::to_vec(&ask(query, entries).json()).unwrap()
}

#[test]
fn a_saved_report_compares_like_its_period() {
    let mut october = query(&["model"], &[]);
    let clock = clock("2026-12-24T00:00:00Z", Tz::UTC);
    october.period = Period::parse("2026-10", clock).unwrap();
    let bytes = saved(&october, &entries());
    let by_period = of_november(&["model"]);
    let mut by_file = by_period.clone();
    let saved_then = Saved::parse("october.json", &bytes, &by_file).unwrap();
    by_file.against = Some(Against::File(Box::new(saved_then)));
    let (mut a, mut b) = (
        ask(&by_period, &entries()).json(),
        ask(&by_file, &entries()).json(),
    );
    assert_eq!(b["compared_with"]["file"], "october.json");
    for json in [&mut a, &mut b] {
        json.as_object_mut().unwrap().remove("compared_with");
    }
    assert_eq!(a, b);
}

#[test]
fn what_cannot_be_compared_with_is_refused() {
    let november = of_november(&["model"]);
    let refused = |bytes: &[u8], query: &Query| {
        let error = Saved::parse("x.json", bytes, query).err().unwrap();
        assert!(error.hint.is_some());
        error.message
    };
    let good = saved(&november, &entries());
    assert!(refused(b"{", &november).contains("no JSON"));
    assert!(refused(b"{\"schema\":\"x\"}", &november).contains("llmcost.report/1"));
    assert!(refused(&good, &of_november(&["user"])).contains("not grouped by user"));
    let mut limited = november.clone();
    limited.limit = Some(1);
    assert!(refused(&saved(&limited, &entries()), &november).contains("all of its rows"));
    let mut text = String::from_utf8(good).unwrap();
    text = text.replace("\"cost\":\"3\"", "\"cost\":3.0");
    assert!(refused(text.as_bytes(), &november).contains("damaged"));
    let daily = of_november(&["day"]);
    let mut elsewhere = daily.clone();
    elsewhere.timezone = Tz::Asia__Seoul;
    assert!(refused(&saved(&daily, &entries()), &elsewhere).contains("timezone"));
}

#[test]
fn what_rose_the_most_comes_first() {
    let call = |id: &str, user: &str, day: &str, cost: &str| {
        let entry = call(id).with(Field::UserId, user);
        entry.on(&format!("{day}T10:00:00Z")).costs(cost, "USD")
    };
    let entries = [
        call("1", "steady", "2026-10-02", "9"),
        call("2", "steady", "2026-11-02", "9"),
        call("3", "riser", "2026-10-02", "1"),
        call("4", "riser", "2026-11-02", "3"),
        call("5", "newcomer", "2026-11-02", "1"),
        call("6", "gone", "2026-10-02", "20"),
    ];
    let mut query = of_november(&["user"]);
    query.sort = Some(llmcost::report::Sort::Change);
    let rows = ask(&query, &entries).json();
    let rows = rows["rows"].as_array().unwrap();
    let users: Vec<&str> = rows
        .iter()
        .map(|row| row["user"].as_str().unwrap())
        .collect();
    assert_eq!(users, ["riser", "newcomer", "steady", "gone"]);
}

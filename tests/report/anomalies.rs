//! Unusual days, with the numbers that say so.

use llmcost::ledger::Entry;
use llmcost::pricing::CostStatus;
use llmcost::report::anomalies::{Found, Rule, Search};
use llmcost::report::{Clock, Dimension, Period};
use llmcost::usage::Field;
use serde_json::json;

use crate::build::{Build, call, exact, query};

fn rule() -> Rule {
    Rule {
        limit: exact("3.5"),
        least_percent: exact("10"),
        past: 28,
        least_days: 7,
    }
}

fn search(entries: &[Entry], period: Option<&str>, rule: Rule) -> Found {
    let mut query = query(&[], &[]);
    let clock = Clock {
        now: query.now,
        zone: query.timezone,
    };
    query.period = period.map_or(Period::default(), |text| {
        Period::parse(text, clock).unwrap()
    });
    let by = Dimension::parse_list(&["user,model"]).unwrap();
    let mut search = Search::new(&query, by, rule).unwrap();
    for entry in entries {
        search.add(entry).unwrap();
    }
    search.judge().unwrap()
}

/// What a user spent, day by day from the first of November on.
fn days(user: &str, costs: &[&str]) -> Vec<Entry> {
    let days = costs.iter().enumerate();
    let days = days.filter(|(_, cost)| !cost.is_empty());
    let entries = days.map(|(n, cost)| {
        let entry = call(&format!("{user}{n}")).with(Field::UserId, user);
        let entry = entry.on(&format!("2026-11-{:02}T09:00:00Z", n + 1));
        entry.costs(cost, "USD")
    });
    entries.collect()
}

fn found(found: &Found) -> Vec<(String, String)> {
    let anomalies = found.anomalies.iter();
    let named = anomalies.map(|anomaly| {
        let whose = anomaly
            .which
            .clone()
            .unwrap_or_else(|| "everything".to_owned());
        (anomaly.day.to_string(), whose)
    });
    named.collect()
}

#[test]
fn a_day_is_judged_by_the_days_before_it() {
    let steady = ["1", "2", "3", "4", "5", "3", "3", "100", "3"];
    let mut entries = days("alice", &steady);
    entries.extend(days(
        "bob",
        &["50", "60", "50", "60", "50", "60", "50", "55", "60"],
    ));
    let search = search(&entries, None, rule());
    let day = || "2026-11-08".to_owned();
    // Bob's day adds to that of everything.
    let wanted = ["everything", "alice"].map(|whose| (day(), whose.to_owned()));
    assert_eq!(found(&search), wanted);
    let row = &search.json_rows()[1];
    // Before it: 1 2 3 3 3 4 5, so the median is 3, and of 2 1 0 0 0 1 2 it is 1.
    let wanted = json!({
        "what": "user", "which": "alice", "day": "2026-11-08", "cost": "100", "currency": "USD",
        "median": "3", "mad": "1", "difference": "97", "difference_percent": "3233.333333333333",
        "score": "65.4265", "past_days": 7, "unpriced": 0,
    });
    assert_eq!(*row, wanted);
    // Two users and all of both: two days each; the seven before are too early. No record names a
    // model, so there is none to judge.
    assert_eq!((search.judged, search.too_early), (6, 21));
}

#[test]
fn days_without_records_are_no_past_and_unknown_costs_are_not_judged() {
    let gaps = [
        "2", "", "2.2", "", "1.8", "", "2", "", "2.1", "", "1.9", "", "2", "", "9",
    ];
    let entries = days("alice", &gaps);
    assert_eq!(search(&entries, None, rule()).anomalies.len(), 2);
    let mut entries = entries;
    let last = entries.pop().unwrap();
    entries.push(last.is(CostStatus::Unpriced, "no price"));
    let search = search(&entries, None, rule());
    assert!(search.anomalies.is_empty());
    assert_eq!(search.unknown, 2);
}

#[test]
fn small_changes_of_constant_costs_are_not_unusual() {
    let mut costs = ["1"; 9].to_vec();
    costs.push("1.05");
    costs.push("1.2");
    let found = search(&days("alice", &costs), None, rule());
    let unusual: Vec<String> = found
        .anomalies
        .iter()
        .map(|found| found.day.to_string())
        .collect();
    assert_eq!(unusual, ["2026-11-11"; 2]);
    let mut strict = rule();
    strict.least_percent = exact("0");
    let found = search(&days("alice", &costs), None, strict);
    assert_eq!(found.anomalies.len(), 4);
    // All days before cost the same: there is no distance to compare with.
    assert!(
        found
            .anomalies
            .iter()
            .any(|anomaly| anomaly.score.is_none())
    );
}

#[test]
fn today_can_only_be_too_expensive_and_the_past_reaches_before_the_period() {
    // The query's now is the 22nd.
    let mut costs = ["5", "6", "5", "6", "5", "6", "5"].repeat(3);
    costs.push("0.1");
    let entries = days("alice", &costs);
    assert!(search(&entries, Some("today"), rule()).anomalies.is_empty());
    costs.pop();
    costs.push("60");
    let today = search(&days("alice", &costs), Some("today"), rule());
    assert_eq!(today.anomalies.len(), 2);
    assert_eq!(today.anomalies[0].usual.count, 21);
    assert_eq!(today.judged, 2);
    // The same on a day that is over is found, below as well as above.
    costs.pop();
    costs.pop();
    costs.push("0.1");
    let below = search(&days("alice", &costs), Some("2026-11-21"), rule());
    assert_eq!(below.anomalies.len(), 2);
    assert!(below.anomalies[0].difference.is_negative());
}

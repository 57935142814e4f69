//! Subtotals, others, matrices, meters, shares, averages and times: sums of the plain report, laid
//! out otherwise, and never another number.

use std::collections::BTreeMap;

use llmcost::ledger::Entry;
use llmcost::money::Exact;
use llmcost::pricing::CostStatus;
use llmcost::render::{Format, Style};
use llmcost::report::{Detail, Dimension, Layout, Query, Report, RowKind, View};
use llmcost::usage::{Field, Meter, Status};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::build::{Build, ask, call, column, exact, query, rows};
use crate::cases::cases;
use crate::output::{parsed_csv, printed};

fn with_view(by: &[&str], view: View) -> Query {
    let mut query = query(by, &[]);
    query.view = view;
    query
}

/// A call of a user to a model, in the words of the law tests below.
fn small(n: usize, (user, model, day, pico, kind): (u8, u8, u8, i64, u8)) -> Entry {
    let mut entry = call(&n.to_string()).on(&format!("2026-11-{:02}T12:00:00Z", day + 1));
    for (field, value) in [(Field::UserId, user), (Field::ResponseModel, model)] {
        if value > 0 {
            entry = entry.with(field, &value.to_string());
        }
    }
    let amount = Exact::new(i128::from(pico), 12).to_string();
    match kind {
        0 => entry.is(CostStatus::Unpriced, "no price"),
        1 => entry.costs(&amount, "EUR"),
        _ => entry.costs(&amount, "USD"),
    }
}

fn calls() -> impl Strategy<Value = Vec<Entry>> {
    let one = (0_u8..4, 0_u8..5, 0_u8..6, 0_i64..2_000_000_000_000, 0_u8..8);
    proptest::collection::vec(one, 1..40).prop_map(|calls| {
        let numbered = calls.into_iter().enumerate();
        numbered.map(|(n, call)| small(n, call)).collect()
    })
}

/// Known costs by currency and by the values of some dimensions.
type Sums = BTreeMap<(Vec<String>, String), Exact>;

fn sums(rows: &[Json], by: &[&str]) -> Sums {
    let mut sums = Sums::new();
    for row in rows {
        let Some(cost) = row["cost"].as_str() else {
            continue;
        };
        let key = by.iter().map(|by| row[*by].to_string()).collect();
        let sum = sums.entry((key, row["currency"].to_string())).or_default();
        *sum = sum.plus(exact(cost)).unwrap();
    }
    // A free call of unknown currency is nothing in any.
    sums.retain(|_, cost| !cost.is_zero());
    sums
}

fn list(json: &Json, key: &str) -> Vec<Json> {
    json[key].as_array().unwrap().clone()
}

fn requests(rows: &[Json]) -> u64 {
    rows.iter()
        .map(|row| row["requests"].as_u64().unwrap())
        .sum()
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn shown_rows_and_others_add_up_to_the_total(entries in calls(), top in 0_usize..4, by_limit: bool) {
        let mut asked = with_view(&["user", "model"], View {
            top: (!by_limit).then_some(top),
            others: true,
            ..View::default()
        });
        asked.limit = by_limit.then_some(top);
        let report = ask(&asked, &entries);
        let json = report.json();
        let lines = report.json_lines();
        let together = [list(&json, "rows"), list(&json, "others")].concat();
        prop_assert_eq!(&lines, &together);
        prop_assert_eq!(sums(&lines, &[]), sums(&list(&json, "totals"), &[]));
        let unpriced = |rows: &[Json]| rows.iter().map(|row| row["unpriced"].as_u64().unwrap()).sum::<u64>();
        prop_assert_eq!(unpriced(&lines), unpriced(&list(&json, "totals")));
        prop_assert_eq!(requests(&lines), u64::try_from(entries.len()).unwrap());
        // What is kept costs at least as much as anything that is not.
        if !by_limit {
            let all = ask(&query(&["user", "model"], &[]), &entries).json_rows();
            for currency in ["EUR", "USD"] {
                let mut costs: Vec<Exact> = all.iter().filter(|row| row["currency"] == currency).filter_map(|row| row["cost"].as_str()).map(exact).collect();
                costs.sort();
                costs.reverse();
                costs.truncate(top);
                let mut kept: Vec<Exact> = list(&json, "rows").iter().filter(|row| row["currency"] == currency).filter_map(|row| row["cost"].as_str()).map(exact).collect();
                kept.sort();
                kept.reverse();
                prop_assert_eq!(kept, costs);
            }
        }
    }

    #[test]
    fn subtotals_are_the_report_by_the_outer_dimensions(entries in calls(), top in proptest::option::of(0_usize..3)) {
        let by = ["user", "day", "model"];
        let view = View { subtotals: true, others: top.is_some(), top, ..View::default() };
        let json = ask(&with_view(&by, view), &entries).json();
        let subtotals = list(&json, "subtotals");
        for depth in 1..by.len() {
            let mut of_depth = subtotals.clone();
            of_depth.retain(|row| row["by"].as_array().unwrap().len() == depth);
            let plain = ask(&query(&by[..depth], &[]), &entries).json_rows();
            prop_assert_eq!(sums(&of_depth, &by[..depth]), sums(&plain, &by[..depth]));
            prop_assert_eq!(requests(&of_depth), requests(&plain));
        }
        // Whatever is kept, rows and others of a group add up to its subtotal.
        let mut parts = list(&json, "rows");
        if top.is_some() {
            parts.extend(list(&json, "others"));
        }
        prop_assert_eq!(sums(&parts, &[]), sums(&list(&json, "totals"), &[]));
        prop_assert_eq!(requests(&parts), requests(&list(&json, "totals")));
    }

    #[test]
    fn a_matrix_holds_the_plain_report(entries in calls(), top in proptest::option::of(0_usize..4)) {
        let view = View { pivot: true, top, ..View::default() };
        let report = ask(&with_view(&["day", "model"], view), &entries);
        let json = report.json();
        prop_assert_eq!(&list(&json, "rows"), &rows(&query(&["day", "model"], &[]), &entries));
        let pivot = &json["pivot"];
        let lines = list(pivot, "rows");
        let total = |line: &Json| line["total"].as_str().map_or(Exact::ZERO, exact);
        for line in lines.iter().chain(pivot["totals"].as_array().unwrap()) {
            let cells = line["cells"].as_array().unwrap().iter().map(|cell| &cell["cost"]);
            let known = cells.chain(line.get("others")).filter_map(Json::as_str).map(exact);
            let sum = known.fold(Exact::ZERO, |sum, cost| sum.plus(cost).unwrap());
            prop_assert_eq!(sum, total(line), "{}", line);
        }
        let by_day: Vec<Json> = lines.iter().map(|line| {
            json!({"day": line["day"], "cost": line["total"], "currency": line["currency"], "unpriced": 0})
        }).collect();
        let plain = ask(&query(&["day"], &[]), &entries).json_rows();
        prop_assert_eq!(sums(&by_day, &["day"]), sums(&plain, &["day"]));
        let mut by_model = Vec::new();
        for line in list(pivot, "totals") {
            for cell in list(&line, "cells") {
                by_model.push(json!({"model": cell["value"], "cost": cell["cost"], "currency": line["currency"], "unpriced": 0}));
            }
        }
        let kept: Vec<&Json> = pivot["columns"].as_array().unwrap().iter().collect();
        let mut plain = ask(&query(&["model"], &[]), &entries).json_rows();
        plain.retain(|row| kept.contains(&&row["model"]));
        prop_assert_eq!(sums(&by_model, &["model"]), sums(&plain, &["model"]));
        prop_assert_eq!(list(pivot, "columns").len() + usize::try_from(pivot["others"].as_u64().unwrap()).unwrap(),
            ask(&query(&["model"], &[]), &entries).json_rows().iter().map(|row| row["model"].to_string()).collect::<std::collections::BTreeSet<_>>().len());
    }

    #[test]
    fn csv_adds_up_to_the_total_with_others_and_subtotals(entries in calls()) {
        let view = View { subtotals: true, others: true, top: Some(1), ..View::default() };
        let report = ask(&with_view(&["user", "model"], view), &entries);
        let lines = parsed_csv(&printed(&report, Format::Csv, Style::default()));
        let at = |name: &str| lines[0].iter().position(|key| key == name).unwrap();
        let (cost, currency) = (at("cost"), at("currency"));
        let mut found: BTreeMap<String, Exact> = BTreeMap::new();
        for line in lines[1..].iter().filter(|line| !line[cost].is_empty()) {
            let sum = found.entry(line[currency].clone()).or_default();
            *sum = sum.plus(exact(&line[cost])).unwrap();
        }
        for total in list(&report.json(), "totals") {
            if let (Some(cost), Some(currency)) = (total["cost"].as_str(), total["currency"].as_str()) {
                prop_assert_eq!(found.get(currency).copied().unwrap_or_default(), exact(cost));
            }
        }
    }
}

fn by_meter(by: &[&str]) -> Query {
    let mut query = with_view(
        by,
        View {
            details: vec![Detail::Meters],
            ..View::default()
        },
    );
    query.meters = true;
    query.layout = Layout::Meters;
    query.finer = vec![Dimension::parse("meter").unwrap()];
    query
}

#[test]
fn meters_say_where_the_money_goes() {
    let entries = [
        call("1")
            .with(Field::UserId, "a")
            .used(Meter::INPUT, "1000000", "2")
            .used(Meter::OUTPUT, "100000", "10"),
        call("2")
            .with(Field::UserId, "a")
            .used(Meter::INPUT, "500000", "2"),
        call("3")
            .with(Field::UserId, "b")
            .used(Meter::OUTPUT, "300000", "10")
            .unpriced(Meter::WEB_SEARCH, "4"),
        call("4").with(Field::UserId, "b"),
    ];
    let report = ask(&by_meter(&["user"]), &entries);
    let json = report.json();
    let of_user = |user: &str| {
        let rows = list(&json, "rows");
        rows.into_iter().find(|row| row["user"] == user).unwrap()
    };
    assert_eq!(
        of_user("a")["meters"],
        json!({"input": "1500000", "output": "100000"})
    );
    assert_eq!(
        of_user("a")["meter_costs"],
        json!({
            "input": {"cost": "3", "share_percent": "75", "unpriced": 0},
            "output": {"cost": "1", "share_percent": "25", "unpriced": 0},
        })
    );
    assert_eq!(
        of_user("b")["meter_costs"]["web_search"]["cost"],
        Json::Null
    );
    assert_eq!(json["totals"][0]["meter_costs"]["output"]["cost"], "4");
    let text = printed(&report, Format::Table, Style::default());
    let line = |name: &str| {
        let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        text.lines()
            .map(words)
            .find(|line| line.starts_with(name))
            .unwrap()
    };
    assert_eq!(line("a input"), "a input 1,500,000 tokens $3.0000 75.0% 0");
    assert_eq!(line("b web_search"), "b web_search 4 request unpriced – 1");
    assert_eq!(
        line("total input"),
        "total input 1,500,000 tokens $3.0000 42.9% 0"
    );
    // A failed call without line items is no meter.
    assert!(!text.contains("(none)"), "{text}");
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn meters_of_a_group_add_up_to_its_cost(quantities in proptest::collection::vec((0_u8..3, 0_u32..100_000, 0_u32..100_000), 1..20)) {
        let entries: Vec<Entry> = quantities.iter().enumerate().map(|(n, (user, input, output))| {
            call(&n.to_string()).with(Field::UserId, &user.to_string())
                .used(Meter::INPUT, &input.to_string(), "1.25")
                .used(Meter::OUTPUT, &output.to_string(), "10")
        }).collect();
        let json = ask(&by_meter(&["user"]), &entries).json();
        for row in list(&json, "rows").iter().chain(json["totals"].as_array().unwrap()) {
            let meters = row["meter_costs"].as_object().unwrap().values();
            let costs = meters.map(|meter| exact(meter["cost"].as_str().unwrap()));
            let sum = costs.fold(Exact::ZERO, |sum, cost| sum.plus(cost).unwrap());
            prop_assert_eq!(sum, exact(row["cost"].as_str().unwrap()));
        }
    }
}

#[test]
fn shares_are_of_the_total_and_run_down_the_rows() {
    let user = |name: &str, cost: &str| call(name).with(Field::UserId, name).costs(cost, "USD");
    let entries = [
        user("a", "2"),
        user("b", "0.5"),
        user("c", "0.5"),
        call("d")
            .with(Field::UserId, "d")
            .is(CostStatus::Unpriced, "no price"),
    ];
    let view = View {
        details: vec![Detail::Share],
        ..View::default()
    };
    let found = rows(&with_view(&["user"], view.clone()), &entries);
    let shares = column(&found, "share_percent");
    assert_eq!(
        shares,
        [
            json!("66.666666666667"),
            json!("16.666666666667"),
            json!("16.666666666667"),
            Json::Null
        ]
    );
    let running = column(&found, "cumulative_percent");
    assert_eq!(
        running,
        [
            json!("66.666666666667"),
            json!("83.333333333333"),
            json!("100"),
            Json::Null
        ]
    );
    // Others take part, subtotals do not.
    let view = View {
        top: Some(1),
        others: true,
        ..view
    };
    let report = ask(&with_view(&["user"], view), &entries);
    let others = report.json()["others"][0].clone();
    assert_eq!(others["cumulative_percent"], "100");
    assert_eq!(others["others"], 2);
    // The only unknown one is the top of its kind.
    assert_eq!(column(&report.json_rows(), "user"), ["a", "d"]);
}

#[test]
fn averages_divide_by_what_is_known() {
    let mut failed = call("3");
    failed.record.status = Status::Failed;
    let mut part = call("4").costs("0.25", "USD");
    part.record.part = Some("image".to_owned());
    let entries = [
        call("1").used(Meter::INPUT, "1000", "1000"),
        call("2")
            .used(Meter::INPUT, "500", "0")
            .is(CostStatus::Unpriced, "no price"),
        failed,
        part,
    ];
    let view = View {
        details: vec![Detail::Averages, Detail::Cache],
        ..View::default()
    };
    let row = rows(&with_view(&[], view.clone()), &entries)[0].clone();
    assert_eq!(row["requests"], 3);
    // 1.25 over the two requests of known cost; the part belongs to one of them.
    assert_eq!(row["cost_per_request"], "0.625");
    assert_eq!(row["cost_per_1k_requests"], "625");
    assert_eq!(row["input_per_request"], "500");
    assert_eq!(row["cache_hit_percent"], "0");
    let unknown = rows(&with_view(&[], view), &entries[1..2])[0].clone();
    assert_eq!(unknown["cost_per_request"], Json::Null);
}

#[test]
fn times_are_stated_or_between_two_times_and_percentiles_occurred() {
    let timed = |n: i64| {
        let mut entry = call(&n.to_string()).with(Field::UserId, "a");
        entry.record.facts.integer(Field::LatencyMs, Some(n * 10));
        entry
    };
    let mut entries: Vec<Entry> = (1..=20).map(timed).collect();
    let mut between = call("between").with(Field::UserId, "b");
    let facts = &mut between.record.facts;
    facts.time(
        Field::StartedAt,
        Some(crate::build::at("2026-11-02T00:00:00Z")),
    );
    facts.time(
        Field::FirstTokenAt,
        Some(crate::build::at("2026-11-02T00:00:00.250Z")),
    );
    facts.time(
        Field::FinishedAt,
        Some(crate::build::at("2026-11-02T00:00:02Z")),
    );
    entries.push(between);
    entries.push(call("silent").with(Field::UserId, "c"));
    let view = View {
        columns: View::parse_columns(&["latency".to_owned()]).unwrap(),
        ..View::default()
    };
    let found = rows(&with_view(&["user"], view), &entries);
    let first = &found[0];
    assert_eq!(
        (&first["latency_requests"], &first["latency_mean_ms"]),
        (&json!(20), &json!("105"))
    );
    assert_eq!(
        (&first["latency_p50_ms"], &first["latency_p90_ms"]),
        (&json!(100), &json!(180))
    );
    assert_eq!(
        (&first["latency_p95_ms"], &first["latency_p99_ms"]),
        (&json!(190), &json!(200))
    );
    assert_eq!(
        (&found[1]["latency_p50_ms"], &found[1]["ttft_p50_ms"]),
        (&json!(2000), &json!(250))
    );
    assert_eq!(
        (&found[2]["latency_requests"], &found[2]["latency_p99_ms"]),
        (&json!(0), &Json::Null)
    );
}

#[test]
fn columns_come_as_asked_for_and_amounts_keep_their_currency() {
    let entries = [call("1").with(Field::UserId, "a").costs("1", "RUB")];
    let names = ["cost".to_owned(), "share".to_owned(), "requests".to_owned()];
    let columns = View::parse_columns(&names).unwrap();
    let report = ask(
        &with_view(
            &["user"],
            View {
                columns,
                ..View::default()
            },
        ),
        &entries,
    );
    let lines = parsed_csv(&printed(&report, Format::Csv, Style::default()));
    assert_eq!(
        lines[0],
        [
            "user",
            "cost",
            "share_percent",
            "cumulative_percent",
            "requests",
            "currency"
        ]
    );
    assert_eq!(lines[1], ["a", "1", "100", "100", "1", "RUB"]);
    // JSON keeps the usual figures, whatever columns are chosen.
    assert_eq!(report.json_rows()[0]["total_tokens"], "0");
    let error = View::parse_columns(&["shares".to_owned()]).unwrap_err();
    assert_eq!(error.hint.unwrap(), "Did you mean share?");
}

#[test]
fn subtotals_stand_below_their_groups_in_the_order_of_their_sums() {
    let entry = |user: &str, model: &str, cost: &str| {
        let entry = call(&format!("{user}{model}")).with(Field::UserId, user);
        entry.with(Field::ResponseModel, model).costs(cost, "USD")
    };
    let entries = [
        entry("small", "x", "3"),
        entry("large", "x", "2"),
        entry("large", "y", "2.5"),
    ];
    let view = View {
        subtotals: true,
        ..View::default()
    };
    let report = ask(&with_view(&["user", "model"], view), &entries);
    let kinds: Vec<RowKind> = report.rows.iter().map(|row| row.kind).collect();
    let (group, sum) = (RowKind::Group, RowKind::Subtotal);
    assert_eq!(kinds, [group, group, sum, group, sum]);
    let text = printed(&report, Format::Markdown, Style::default());
    assert!(text.contains("| **large** | **subtotal** |"), "{text}");
    let at = |what: &str| text.find(what).unwrap();
    assert!(at("| large | y |") < at("| large | x |") && at("| large | x |") < at("| small | x |"));
    assert_eq!(
        report.table().subtotals.into_iter().collect::<Vec<_>>(),
        [2, 4]
    );
}

#[test]
fn drawn_columns_are_for_the_terminal_only_and_measure_amounts() {
    let entries: Vec<Entry> = [
        ("2026-11-01", "1"),
        ("2026-11-02", "4"),
        ("2026-11-04", "8"),
    ]
    .iter()
    .map(|(day, cost)| {
        let entry = call(day).with(Field::UserId, "a");
        entry.on(&format!("{day}T12:00:00Z")).costs(cost, "USD")
    })
    .chain([call("b")
        .with(Field::UserId, "b")
        .on("2026-11-03T00:00:00Z")
        .costs("6.5", "USD")])
    .collect();
    let mut query = with_view(
        &["user"],
        View {
            bars: true,
            sparkline: true,
            ..View::default()
        },
    );
    query.finer = vec![Dimension::parse("day").unwrap()];
    let text = printed(&ask(&query, &entries), Format::Table, Style::default());
    let line = |user: &str| {
        text.lines()
            .find(|line| line.trim_start().starts_with(user))
            .unwrap()
    };
    assert!(
        line("a").contains("██████████") && line("a").contains("▁▄·█"),
        "{text}"
    );
    assert!(
        line("b").contains("█████ ") && line("b").contains("··█·"),
        "{text}"
    );
    assert!(
        line("total").contains("▁▄▇█") && !line("total").contains("██"),
        "{text}"
    );
    assert!(text.contains("cost by day"), "{text}");
}

/// The report as its readers see it, in every format that holds numbers.
#[test]
fn narrow_terminals_lose_columns_not_digits() {
    let entries: Vec<Entry> = (0..12)
        .map(|n| {
            let entry = call(&n.to_string()).with(Field::ResponseModel, &format!("model-{n}"));
            entry.on("2026-11-02T00:00:00Z").costs("1234.5", "USD")
        })
        .collect();
    let all = vec![
        Detail::Share,
        Detail::Averages,
        Detail::Cache,
        Detail::Latency,
    ];
    let wide: Report = ask(
        &with_view(
            &["model"],
            View {
                details: all,
                ..View::default()
            },
        ),
        &entries,
    );
    let matrix = View {
        pivot: true,
        ..View::default()
    };
    let matrix = ask(&with_view(&["day", "model"], matrix), &entries);
    for report in [wide, matrix] {
        let style = Style {
            width: Some(80),
            ..Style::default()
        };
        let text = printed(&report, Format::Table, style);
        let table = text.lines().filter(|line| !line.starts_with("Columns"));
        assert!(
            table.map(|line| line.chars().count()).max().unwrap() <= 80,
            "{text}"
        );
        assert!(text.contains("$14,814.0000"), "{text}");
        assert!(text.contains("Columns that do not fit: "), "{text}");
    }
}

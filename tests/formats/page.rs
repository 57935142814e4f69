//! The page: one file that asks for nothing, says all in words, and draws no currency over another.

use llmcost::ledger::Entry;
use llmcost::money::Exact;
use llmcost::render::Digits;
use llmcost::report::page::Wishes;
use llmcost::table::{Page, Shape};
use llmcost::usage::{Field, Meter};

use crate::build::{Build, call, exact, query};
use crate::home::Home;
use crate::read::{html_of, page_of};

/// Calls over as many days and models, every day its own amount.
pub fn calls(days: u32, models: u32) -> Vec<Entry> {
    let first = chrono::NaiveDate::from_ymd_opt(2026, 8, 1).unwrap();
    let mut calls = Vec::new();
    for (day, date) in first.iter_days().take(days.try_into().unwrap()).enumerate() {
        for model in 0..models {
            let time = format!("{date}T{:02}:30:00Z", model % 24);
            let tokens = 1_000 + 37 * day + 11 * usize::try_from(model).unwrap();
            let entry = call(&format!("{day} {model}"))
                .on(&time)
                .with(
                    Field::ResponseModel,
                    &format!("model-{model}-of-some-vendor"),
                )
                .with(Field::UserId, &format!("user-{}", model % 25))
                .with(Field::TenantId, &format!("tenant-{}", model % 3));
            let entry = entry.used(
                Meter::INPUT,
                &tokens.to_string(),
                &format!("{}.5", model + 1),
            );
            calls.push(entry.used(Meter::OUTPUT, "300", "12"));
        }
    }
    calls
}

fn page(by: &[&str], entries: &[Entry]) -> Page {
    let wishes = Wishes {
        budget: None,
        most_rows: Some(500),
    };
    page_of(&query(by, &[]), entries, wishes)
}

#[test]
fn it_is_small_also_for_ninety_days_of_forty_models() {
    let entries = calls(90, 40);
    for by in [&["model"][..], &["day", "model"]] {
        let text = html_of(&page(by, &entries), Digits::Rounded);
        assert!(text.len() < 300_000, "{by:?}: {}", text.len());
    }
}

#[test]
fn charts_are_made_of_the_sums_of_the_report() {
    let entries = calls(12, 20);
    let page = page(&["model"], &entries);
    let total = |chart: &llmcost::table::Chart| {
        let amounts = chart
            .series
            .iter()
            .flat_map(|series| series.amounts.iter().flatten());
        amounts.fold(Exact::ZERO, |sum, amount| sum.plus(*amount).unwrap())
    };
    let costs = entries
        .iter()
        .map(|entry| entry.receipt.cost.unwrap().exact());
    let wanted = costs.fold(Exact::ZERO, |sum, cost| sum.plus(cost).unwrap());
    let charts: Vec<_> = page
        .sections
        .iter()
        .flat_map(|section| &section.charts)
        .collect();
    let titles: Vec<&str> = charts.iter().map(|chart| chart.title.as_str()).collect();
    assert_eq!(
        titles,
        [
            "Cost by day and model, USD",
            "Cost so far, USD",
            "Cost by model, USD",
            "Cost by user, USD",
            "Cost by tenant, USD",
            "Cost by meter, USD",
        ]
    );
    for chart in &charts {
        match chart.shape {
            Shape::Line => {
                let last = chart.series[0].amounts.last().unwrap();
                assert_eq!(*last, Some(wanted), "{}", chart.title);
            }
            Shape::Stacked | Shape::Bars => assert_eq!(total(chart), wanted, "{}", chart.title),
        }
    }
    assert_eq!(charts[0].series.len(), 8);
    assert_eq!(charts[0].series[7].name, "13 others");
    assert_eq!(charts[0].labels.len(), 12);
}

#[test]
fn days_without_calls_are_shown_and_long_times_are_drawn_in_weeks_and_months() {
    let on = |times: &[&str]| {
        let calls = times
            .iter()
            .map(|time| call(time).on(time).costs("1", "USD"));
        let page = page(&["model"], &calls.collect::<Vec<_>>());
        let charts = page
            .sections
            .iter()
            .flat_map(|section| section.charts.clone());
        charts
            .filter(|chart| chart.shape == Shape::Stacked)
            .collect::<Vec<_>>()
    };
    let chart = &on(&["2026-11-02T00:00:00Z", "2026-11-05T00:00:00Z"])[0];
    assert_eq!(
        chart.labels,
        ["2026-11-02", "2026-11-03", "2026-11-04", "2026-11-05"]
    );
    let amounts = [
        Some(Exact::ONE),
        Some(Exact::ZERO),
        Some(Exact::ZERO),
        Some(Exact::ONE),
    ];
    assert_eq!(chart.series[0].amounts, amounts);
    let chart = &on(&["2025-12-29T00:00:00Z", "2026-11-05T00:00:00Z"])[0];
    assert_eq!(
        (chart.title.as_str(), chart.labels[0].as_str()),
        ("Cost by week and model, USD", "2026-W01")
    );
    let chart = &on(&["2019-12-31T00:00:00Z", "2026-11-05T00:00:00Z"])[0];
    assert_eq!(
        (chart.labels[0].as_str(), chart.labels.len()),
        ("2019-12", 84)
    );
    // One day is no course of time.
    assert!(on(&["2026-11-02T00:00:00Z", "2026-11-02T23:00:00Z"]).is_empty());
}

#[test]
fn currencies_are_never_drawn_together() {
    let entries = [
        call("a")
            .on("2026-11-02T00:00:00Z")
            .with(Field::UserId, "a")
            .costs("1", "USD"),
        call("b")
            .on("2026-11-03T00:00:00Z")
            .with(Field::UserId, "a")
            .costs("90", "RUB"),
    ];
    let page = page(&["user"], &entries);
    let charts = page.sections.iter().flat_map(|section| &section.charts);
    let by_user: Vec<_> = charts
        .filter(|chart| chart.title.starts_with("Cost by user"))
        .collect();
    assert_eq!(by_user.len(), 2);
    for chart in by_user {
        let wanted = if chart.currency == "USD" { "1" } else { "90" };
        assert_eq!(chart.series[0].amounts, [Some(exact(wanted))]);
    }
    let text = html_of(&page, Digits::Rounded);
    assert_eq!(text.matches("<dl class=\"cards\">").count(), 2);
}

#[test]
fn charts_say_in_words_what_they_show() {
    let mut wishes = Wishes {
        budget: Some(exact("0.5")),
        most_rows: None,
    };
    let entries = calls(4, 2);
    let text = |wishes| {
        html_of(
            &page_of(&query(&["model"], &[]), &entries, wishes),
            Digits::Rounded,
        )
    };
    let over = text(wishes);
    assert_eq!(over.matches("<svg class=\"plot\" role=\"img\"").count(), 2);
    assert_eq!(over.matches("<title id=").count(), 2);
    assert!(
        over.contains("2026-08-01 to 2026-08-04, the most on 2026-08-04: "),
        "{over}"
    );
    assert!(over.contains("within the budget of $0.5"), "{over}");
    wishes.budget = Some(exact("0.01"));
    assert!(text(wishes).contains("over the budget of $0.01 since 2026-08-01"));
    assert!(!over.contains("NaN") && !over.contains("Infinity"));
    for caption in ["By day", "By model", "By user", "By tenant", "By meter"] {
        assert!(
            over.contains(&format!("<caption>{caption}</caption>")),
            "{caption}"
        );
    }
}

#[test]
fn what_is_unpriced_is_said_and_named_beside_the_bars() {
    let mut entries = calls(2, 1);
    let unknown = call("x")
        .on("2026-08-01T00:00:00Z")
        .with(Field::ResponseModel, "mystery");
    let unknown = unknown.unpriced(Meter::INPUT, "5");
    entries.push(unknown.is(llmcost::pricing::CostStatus::Unpriced, "no price"));
    let text = html_of(&page(&["model"], &entries), Digits::Rounded);
    assert!(text.contains("<li>1 record unpriced: "), "{text}");
    assert!(
        text.contains("<span>mystery</span>") && text.contains("<b>unpriced</b>"),
        "{text}"
    );
}

#[test]
fn it_stands_alone() {
    let text = html_of(&page(&["user"], &calls(3, 3)), Digits::Rounded);
    assert!(text.contains("default-src 'none'; style-src 'sha256-"));
    assert!(
        !text.contains("unsafe-inline") && !text.contains("style=\"") && !text.contains("onclick")
    );
    for asks in [
        "http:", "https:", "src=", "href=", "@import", "<link", "<iframe",
    ] {
        assert!(!text.contains(asks), "{asks}");
    }
    assert_eq!(
        text,
        html_of(&page(&["user"], &calls(3, 3)), Digits::Rounded)
    );
}

#[test]
fn names_in_charts_are_harmless() {
    let hostile = "</title></svg><script>alert(1)</script>\" onload=\"x";
    let on = |id: &str, time: &str| {
        let entry = call(id).on(time).with(Field::ResponseModel, hostile);
        entry.with(Field::UserId, hostile).costs("1", "USD")
    };
    let entries = [
        on("a", "2026-11-02T00:00:00Z"),
        on("b", "2026-11-03T00:00:00Z"),
    ];
    let text = html_of(&page(&["user", "model"], &entries), Digits::Rounded);
    assert_eq!(text.matches("<script").count(), 1);
    assert!(!text.contains("onload=\"") && text.contains("&lt;script&gt;alert"));
}

#[test]
fn long_tables_say_what_they_leave_out_and_keep_their_totals() {
    let entries = calls(30, 20);
    let text = html_of(&page(&["day", "model"], &entries), Digits::Rounded);
    assert!(text.contains("100 more rows are left out of this page; totals cover all of them."));
    let wanted = crate::read::json(
        &crate::build::ask(&query(&["day", "model"], &[]), &entries),
        crate::read::COST,
    );
    let read = crate::read::html_sums(&text, "By day, model", crate::read::COST);
    assert_eq!((read.rows.len(), read.totals), (500, wanted.totals));
}

#[test]
fn a_budget_line_is_an_amount_of_the_only_currency_of_a_page() {
    let home = Home::new();
    home.write(
        "log.jsonl",
        r#"{"id":"chatcmpl-00000001Kq7vTz3Rb9WfYxNc5","object":"chat.completion","created":1793613601,"model":"gpt-4o-2024-08-06","choices":[],"usage":{"prompt_tokens":2006,"completion_tokens":300,"total_tokens":2306}}
{"id":"chatcmpl-00000002Kq7vTz3Rb9WfYxNc5","object":"chat.completion","created":1793813601,"model":"gpt-4o-2024-08-06","choices":[],"usage":{"prompt_tokens":2006,"completion_tokens":300,"total_tokens":2306}}
"#,
    );
    home.ok("report log.jsonl --budget-line 0.01 -o costs.html");
    assert!(home.read("costs.html").contains("budget $0.01"));
    for line in [
        "report log.jsonl --budget-line much -o other.html",
        "report log.jsonl --budget-line 0 -o other.html",
        "report log.jsonl --budget-line 5 -o other.csv",
    ] {
        let error = home.fails(line, 2);
        assert!(error.contains("--budget-line"), "{error}");
    }
}

//! `summary`, `anomalies` and what `report` shows beside its groups, as they are typed.

use llmcost::usage::Timestamp;
use serde_json::{Value as Json, json};

use crate::chat;
use crate::home::{Home, lines};

/// A completion that says when it was created.
fn chat_at(n: u32, model: &str, time: &str) -> String {
    let created = Timestamp::parse(time).unwrap().millis() / 1000;
    let old = format!("\"created\":{}", 1_793_613_600 + n);
    chat(n, model).replace(&old, &format!("\"created\":{created}"))
}

/// A line of an application's log around a response, or around an error.
fn line(n: u32, time: &str, user: &str, response: &str) -> String {
    format!(
        r#"{{"timestamp":"{time}","user_id":"{user}","agent_id":"planner","latency_ms":{},"provider":"openai","response":{response}}}"#,
        n * 100
    )
}

const FAILED: &str =
    r#"{"error":{"message":"CANARY","type":"requests","code":"rate_limit_exceeded"}}"#;

/// Calls of November and October of 2026, of two users, one of them failed, one of unknown price.
fn home() -> Home {
    // A gpt-4o call costs 0.005615, one of gpt-5-mini 0.0006695.
    let times = [
        ("alice", "gpt-4o", "2026-11-22T00:00:00Z"),
        ("alice", "gpt-4o", "2026-11-21T10:00:00Z"),
        ("bob", "gpt-5-mini", "2026-11-17T10:00:00Z"),
        ("bob", "", "2026-11-17T11:00:00Z"),
        ("bob", "mystery-9", "2026-11-10T10:00:00Z"),
        ("alice", "gpt-4o", "2026-10-10T10:00:00Z"),
    ];
    let calls = (1..)
        .zip(times)
        .map(|(n, (user, model, time))| match model {
            "" => line(n, time, user, FAILED),
            model => line(n, time, user, &chat_at(n, model, time)),
        });
    let calls: Vec<String> = calls.collect();
    Home::with_log(&(calls.join("\n") + "\n"))
}

#[test]
fn a_summary_answers_what_a_billing_page_asks() {
    let home = home();
    let summary = home.json("summary");
    assert_eq!(summary["schema"], "llmcost.summary/1");
    let periods = summary["periods"].as_array().unwrap();
    let names: Vec<&Json> = periods.iter().map(|period| &period["name"]).collect();
    assert_eq!(names, ["today", "this week", "this month", "all time"]);
    let total = |at: usize| &periods[at]["totals"][0];
    let figures = |at: usize| {
        [
            "requests",
            "succeeded",
            "failed",
            "unpriced",
            "cost",
            "previous_cost",
            "change",
        ]
        .map(|key| total(at)[key].clone())
    };
    assert_eq!(
        figures(0),
        [
            json!(1),
            json!(1),
            json!(0),
            json!(0),
            json!("0.005615"),
            json!("0"),
            json!("0.005615")
        ]
    );
    assert_eq!(
        figures(1)[..5],
        [json!(4), json!(3), json!(1), json!(0), json!("0.0118995")]
    );
    assert_eq!(
        figures(2)[..6],
        [
            json!(5),
            json!(4),
            json!(1),
            json!(1),
            json!("0.0118995"),
            json!("0.005615")
        ]
    );
    assert_eq!(total(3)["cost"], "0.0175145");
    assert_eq!(total(3)["previous_cost"], Json::Null);
    assert_eq!(
        periods[2]["previous"],
        json!({"from": "2026-10-01T00:00:00Z", "to": "2026-10-22T00:00:00Z"})
    );
    let details = &summary["details"];
    assert_eq!(details["name"], "this month");
    assert_eq!(details["outcomes"], json!({"success": 4, "failed": 1}));
    assert_eq!(
        details["errors"],
        json!([{"error": "rate_limit_exceeded", "requests": 1}])
    );
    assert_eq!(
        details["latency_ms"],
        json!({"requests": 5, "mean": "300", "p50": 300, "p90": 500, "p95": 500, "p99": 500})
    );
    assert_eq!(details["models"][0]["model"], "gpt-4o");
    assert_eq!(details["models"][0]["cost"], "0.01123");
    assert_eq!(details["users"][1]["user"], "bob");
    assert_eq!(summary["unpriced"][0]["model"], "mystery-9");
    // Another period, and whose.
    let october = home.json("summary --period 2026-10 --user alice --top 1");
    assert_eq!(october["periods"][0]["totals"][0]["cost"], "0.005615");
    assert_eq!(october["details"]["period"]["from"], "2026-10-01T00:00:00Z");
    assert_eq!(october["periods"][4]["totals"][0]["requests"], 3);
}

#[test]
fn a_summary_is_read_at_a_glance() {
    let home = home();
    let text = home.ok("summary");
    for part in [
        "today",
        "this week",
        "this month",
        "all time",
        "Top models, this month",
        "Top users, this month",
        "Failed requests",
        "rate_limit_exceeded",
        "1 record unpriced: llmcost records",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert_eq!(home.ok(""), text);
    let answer = home.run_with(&["summary", "--color", "never"], &[("COLUMNS", "80")]);
    let table = answer
        .out
        .lines()
        .filter(|line| line.contains('─') || line.contains('$'));
    assert!(
        table.map(|line| line.chars().count()).max().unwrap() <= 80,
        "{}",
        answer.out
    );
    // A ledger of last year's calls is not empty because this month is.
    let later = home.run_with(&["summary"], &[("LLMCOST_NOW", "2027-03-01T00:00:00Z")]);
    assert!(later.out.contains("Top models, all time"), "{}", later.out);
    for format in ["csv", "markdown", "html", "jsonl"] {
        let out = home.ok(&format!("summary --format {format}"));
        assert!(
            out.contains("0.0119") || out.contains("0.0118995"),
            "{format}: {out}"
        );
    }
    let found = lines(&home.ok("summary --format jsonl"));
    assert!(
        found
            .iter()
            .any(|line| line["section"] == "model" && line["model"] == "gpt-4o")
    );
    let csv = home.ok("summary --format csv");
    assert!(csv.contains("\nperiod,this month,5,1,"), "{csv}");
    let empty = Home::with_log("");
    assert!(empty.ok("summary").contains("No records match."));
}

#[test]
fn a_report_is_compared_with_a_period_and_with_a_file() {
    let home = home();
    let november = "report --by model --period 2026-11";
    let by_period = home.json(&format!("{november} --compare last-month"));
    assert_eq!(by_period["rows"][0]["previous_cost"], "0.005615");
    home.ok("report --by model --period 2026-10 -o october.json");
    let by_file = home.json(&format!("{november} --compare october.json"));
    assert_eq!(by_file["rows"], by_period["rows"]);
    assert_eq!(by_file["compared_with"]["file"], "october.json");
    // As far as this month has got: until the 22nd, 00:00.
    let previous = home.json("report --by model --period this-month --compare previous");
    assert_eq!(previous["compared_with"]["to"], "2026-10-22T00:00:00Z");
    let text = home.ok(&format!("{november} --compare last-month"));
    assert!(
        text.contains("compared with 2026-10-01 to 2026-10-31"),
        "{text}"
    );
    assert!(
        text.contains("+$0.0056") && text.contains("+100.0%"),
        "{text}"
    );
    home.fails("report --compare previous", 2);
    home.fails(&format!("{november} --compare nothing.json"), 2);
    let error = home.fails(
        "report --by user --period 2026-11 --compare october.json",
        2,
    );
    assert!(error.contains("not grouped by user"), "{error}");
}

#[test]
fn what_does_not_go_together_is_refused_with_what_does() {
    let home = home();
    for (line, advice) in [
        ("report --others", "--top 5"),
        ("report --subtotals", "day,model"),
        ("report --by user,meter --top 1 --others", "--detail meters"),
        ("report --by model --detail meters --bars", "alone"),
        ("report --detail meters --cost-basis reported", "--detail"),
        ("report --compare-reported --detail share", "--detail"),
        ("report --bars --format csv", "--format table"),
        ("report --detail shares", "share"),
        ("report --columns costs", "cost"),
        ("report --pivot model", "day,model"),
        ("report --pivot day,model --by user", "--by"),
        ("report --top 3 --limit 3", "--limit"),
        ("anomalies --by day", "user,model"),
        ("anomalies --threshold high", "3.5"),
    ] {
        let error = home.fails(line, 2);
        assert!(error.contains(advice), "{line}: {error}");
    }
    let columns = home.ok("report --columns help");
    assert!(columns.contains("latency_p95_ms") && columns.contains("cost_per_1k_requests"));
}

#[test]
fn views_are_typed_as_they_read() {
    let home = home();
    let report =
        home.json("report --by user,model --subtotals --top 1 --others --detail share,latency");
    assert_eq!(report["subtotals"][0]["user"], "alice");
    assert_eq!(report["rows"].as_array().unwrap().len(), 3);
    let pivot = home.ok("report --pivot user,model --format csv");
    assert!(pivot.starts_with("user,gpt-4o,gpt-5-mini,"), "{pivot}");
    assert!(pivot.contains("alice,0.016845,,"), "{pivot}");
    let text = home.ok("report --by user --bars --sparkline --columns cost");
    assert!(text.contains("██████████"), "{text}");
    let meters = home.ok("report --by user --detail meters --format csv");
    assert!(
        meters.starts_with("user,meter,quantity,unit,cost,currency,share_percent,unpriced\n"),
        "{meters}"
    );
    let by_path = home.json("report --by model --detail meters log.jsonl");
    assert_eq!(
        by_path["rows"][0]["meter_costs"]["cache_read"]["cost"],
        "0.0072"
    );
}

#[test]
fn the_last_records_come_first_page_by_page() {
    let home = home();
    let mut forwards: Vec<Json> = home
        .records()
        .iter()
        .map(|record| record["id"].clone())
        .collect();
    forwards.reverse();
    let (mut paged, mut after) = (Vec::new(), String::new());
    loop {
        let page = home.json(&format!("records --reverse --limit 4 {after}"));
        paged.extend(
            page["records"]
                .as_array()
                .unwrap()
                .iter()
                .map(|record| record["id"].clone()),
        );
        let Some(next) = page["next"].as_str() else {
            break;
        };
        after = format!("--after {next}");
    }
    assert_eq!(paged, forwards);
    let text = home.ok("records --reverse --limit 1");
    assert!(text.contains("llmcost records --reverse --after"), "{text}");
}

#[test]
fn unusual_days_are_found_from_the_command_line() {
    let mut log = String::new();
    for day in 1..=12_u32 {
        let calls = if day == 11 { 20 } else { 1 + day % 3 };
        for n in 0..calls {
            let time = format!("2026-11-{day:02}T10:{n:02}:00Z");
            log.push_str(&line(
                1,
                &time,
                "alice",
                &chat_at(day * 100 + n, "gpt-4o", &time),
            ));
            log.push('\n');
        }
    }
    let home = Home::with_log(&log);
    let found = home.json("anomalies --by user");
    assert_eq!(found["schema"], "llmcost.anomalies/1");
    let days: Vec<&Json> = found["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["day"])
        .collect();
    assert_eq!(days, ["2026-11-11", "2026-11-11"]);
    assert_eq!(found["rows"][0]["cost"], "0.1123");
    assert_eq!(found["rows"][0]["median"], "0.01123");
    let text = home.ok("anomalies log.jsonl");
    assert!(
        text.contains("user alice") && text.contains("everything"),
        "{text}"
    );
    assert_eq!(home.json("anomalies --threshold 1000")["rows"], json!([]));
}

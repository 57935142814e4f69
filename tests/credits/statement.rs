//! The statement: lines in the order of time, and a balance that can be followed.

use serde_json::{Value as Json, json};

use crate::calls::{call, failed, home, used};
use crate::home::{Home, lines};

fn prepared() -> Home {
    let home = home();
    used(
        &home,
        "--set user=alice",
        &[
            call(1, "dollar", 2, 1_000),
            call(2, "dollar", 2, 500),
            failed(3, "dollar", 2, 70),
            call(4, "dollar", 4, 2_000),
            call(5, "nobody-sells-this", 4, 9),
        ],
    );
    home.ok("credits grant --user alice --amount 10 --currency USD --at 2026-11-01 --note start");
    home.ok("credits revoke --user alice --amount 3 --currency USD --at 2026-11-03");
    home.ok("credits warn --user alice --amount 5 --currency USD --at 2026-11-05");
    home
}

fn told(home: &Home, options: &str, names: &[&str]) -> Json {
    let json = home.json(&format!("credits statement --user alice {options}"));
    assert_eq!(json["schema"], "llmcost.credits.statement/1");
    let account = json["accounts"][0].clone();
    let line = |line: &Json| {
        names
            .iter()
            .map(|name| line[*name].clone())
            .collect::<Json>()
    };
    account["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(line)
        .collect()
}

#[test]
fn by_day() {
    let names = [
        "day",
        "entry",
        "amount",
        "records",
        "absorbed",
        "not_drawn",
        "balance",
    ];
    assert_eq!(
        told(&prepared(), "", &names),
        json!([
            [null, "grant", "10", 0, null, 0, "10"],
            ["2026-11-02", "draw", "-1.5", 2, "0.07", 0, "8.5"],
            [null, "revoke", "-3", 0, null, 0, "5.5"],
            ["2026-11-04", "draw", "-2", 1, null, 1, "3.5"],
            [null, "warn", "0", 0, null, 0, "3.5"],
        ])
    );
}

#[test]
fn by_record() {
    let home = prepared();
    let names = ["at", "entry", "model", "amount", "absorbed", "balance"];
    let noon = |day: u32| format!("2026-11-0{day}T12:00:00Z");
    let mut told = told(&home, "--by record", &names);
    // Calls of the same instant are in the order of their ids.
    let all = told.as_array_mut().unwrap();
    let mut same: Vec<Json> = all.drain(1..4).collect();
    same.sort_by_key(ToString::to_string);
    assert_eq!(same.iter().filter(|line| line[1] == "draw").count(), 2);
    assert_eq!(
        same[0],
        json!([noon(2), "absorbed", "dollar", "0", "0.07", same[0][5]])
    );
    assert_eq!(all[1][5], "5.5");
    let of_the_fourth: Vec<&Json> = all.iter().filter(|line| line[0] == noon(4)).collect();
    assert_eq!(of_the_fourth.len(), 2);
    assert!(of_the_fourth.iter().any(|line| line[1] == "not_drawn"));
    // The id leads to the receipt.
    let line =
        lines(&home.ok("credits statement --user alice --by record --format jsonl")).remove(1);
    assert_eq!(
        (&line["user"], &line["unit"]),
        (&json!("alice"), &json!("USD"))
    );
    home.ok(&format!("explain {}", line["record_id"].as_str().unwrap()));
}

#[test]
fn a_period_brings_forward_what_was_before() {
    let home = prepared();
    let json = home.json("credits statement --user alice --period 2026-11-03..2026-11-04");
    let account = &json["accounts"][0];
    assert_eq!(account["brought_forward"], "8.5");
    assert_eq!(account["lines"].as_array().unwrap().len(), 2);
    // The account itself is as of now.
    assert_eq!(account["balance"], "3.5");
    let text = home.ok("credits statement --user alice --period 2026-11-03..2026-11-04");
    assert!(
        text.contains("brought forward") && text.contains("$8.5000"),
        "{text}"
    );
}

#[test]
fn days_begin_where_the_timezone_says() {
    let home = prepared();
    let names = ["day", "amount"];
    let told = told(&home, "--timezone Pacific/Kiritimati", &names);
    assert_eq!(told[1], json!(["2026-11-03", "-1.5"]));
}

#[test]
fn several_accounts_are_told_apart() {
    let home = prepared();
    home.ok("credits grant --user alice --tokens 50 --at 2026-11-01");
    let text = home.ok("credits statement --user alice");
    assert!(
        text.contains("user alice, USD") && text.contains("user alice, tokens"),
        "{text}"
    );
    let csv = home.ok("credits statement --user alice --format csv");
    assert!(csv.starts_with("user,tenant,unit,time,entry,"), "{csv}");
    assert!(
        csv.contains("alice,,tokens,2026-11-01T00:00:00Z,grant,,,50,50,"),
        "{csv}"
    );
    assert!(
        home.ok("credits statement --user zoe")
            .contains("no such credits")
    );
}

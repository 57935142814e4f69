//! Entries and accounts: who has them, what they hold, how they are corrected.

use serde_json::{Value as Json, json};

use crate::calls::{account, call, figures, home, used};

#[test]
fn a_grant_is_drawn_on_to_the_last_digit() {
    let home = home();
    used(
        &home,
        "--set user=alice",
        &[call(1, "dollar", 2, 1_500), call(2, "dollar", 3, 7)],
    );
    let made = home.json(
        "credits grant --user alice --amount 100 --currency usd --at 2026-11-01 --note start",
    );
    assert_eq!(made["entry"]["id"], 1);
    assert_eq!(made["entry"]["note"], "start");
    let wanted = [
        "100",
        "0",
        "1.507",
        "98.493",
        "2",
        "USD",
        "2026-11-01T00:00:00Z",
    ];
    let names = [
        "granted",
        "revoked",
        "drawn",
        "balance",
        "records",
        "unit",
        "opened_at",
    ];
    assert_eq!(figures(&made["accounts"][0], &names), wanted);
    assert_eq!(figures(&account(&home, ""), &names), wanted);
}

#[test]
fn an_account_begins_with_its_first_entry() {
    let home = home();
    let calls = [1, 2, 3].map(|day| call(day, "dollar", day, 1_000));
    used(&home, "--set user=alice", &calls);
    // At noon of the second day: what happens at that instant counts.
    home.ok("credits grant --user alice --amount 10 --currency USD --at 2026-11-02T12:00:00Z");
    assert_eq!(
        figures(&account(&home, ""), &["drawn", "records"]),
        ["2", "2"]
    );
    // An earlier entry opens it earlier.
    home.ok("credits grant --user alice --amount 1 --currency USD --at 2026-11-01");
    assert_eq!(
        figures(&account(&home, ""), &["drawn", "balance"]),
        ["3", "8"]
    );
}

#[test]
fn a_correction_is_an_entry_and_nothing_is_edited() {
    let home = home();
    home.ok("credits grant --user alice --amount 10 --currency USD");
    let revoked = home.json("credits revoke --user alice --amount 4.5 --currency USD --note twice");
    let names = ["granted", "revoked", "balance"];
    assert_eq!(
        figures(&revoked["accounts"][0], &names),
        ["10", "4.5", "5.5"]
    );
    // More may be taken back than is left.
    home.ok("credits revoke --user alice --amount 6 --currency USD");
    assert_eq!(figures(&account(&home, ""), &names), ["10", "10.5", "-0.5"]);
    home.write(
        "all.json",
        r#"{"table": "llm_credits", "select": ["kind", "amount", "note"]}"#,
    );
    let text = home.ok("query --json all.json --format csv");
    assert_eq!(
        text,
        "kind,amount,note\ngrant,10,\nrevoke,-4.5,twice\nrevoke,-6,\n"
    );
}

#[test]
fn units_never_mix() {
    let home = home();
    used(
        &home,
        "--set user=alice",
        &[call(1, "dollar", 2, 1_000), call(2, "euro", 2, 300)],
    );
    for grant in [
        "--amount 5 --currency USD",
        "--amount 6 --currency EUR",
        "--tokens 7000",
    ] {
        home.ok(&format!(
            "credits grant --user alice {grant} --at 2026-11-01"
        ));
    }
    let json = home.json("credits balance --user alice");
    let balances: Vec<Json> = json["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|account| {
            json!([
                account["unit"],
                account["drawn"],
                account["balance"],
                account["not_drawn"]["other_currency"]
            ])
        })
        .collect();
    assert_eq!(
        json!(balances),
        json!([
            ["EUR", "0.3", "5.7", 0],
            ["USD", "1", "4", 0],
            ["tokens", "1300", "5700", 0]
        ])
    );
}

#[test]
fn users_tenants_and_users_of_tenants_stand_for_themselves() {
    let home = home();
    used(
        &home,
        "--set user=alice --set tenant=north",
        &[call(1, "dollar", 2, 1_000)],
    );
    used(
        &home,
        "--set user=alice --set tenant=south",
        &[call(2, "dollar", 2, 2_000)],
    );
    used(
        &home,
        "--set user=bob --set tenant=north",
        &[call(3, "dollar", 2, 4_000)],
    );
    used(&home, "--set user=alice", &[call(4, "dollar", 2, 8_000)]);
    used(&home, "", &[call(5, "dollar", 2, 16_000)]);
    let holders = [
        "--user alice",
        "--tenant north",
        "--user alice --tenant north",
        "--user zoe",
    ];
    for holder in holders {
        home.ok(&format!(
            "credits grant {holder} --amount 100 --currency USD --at 2026-11-01"
        ));
    }
    let drawn = |whose: &str| -> Vec<Json> {
        let json = home.json(&format!("credits balance {whose}"));
        let accounts = json["accounts"].as_array().unwrap().iter();
        accounts
            .map(|account| json!([account["user"], account["tenant"], account["drawn"]]))
            .collect()
    };
    let (north, alice) = (json!([null, "north", "5"]), json!(["alice", null, "11"]));
    let (both, zoe) = (json!(["alice", "north", "1"]), json!(["zoe", null, "0"]));
    assert_eq!(drawn(""), [north.clone(), alice.clone(), both.clone(), zoe]);
    // Only those of this tenant, and nothing of another.
    assert_eq!(drawn("--tenant north"), [north, both.clone()]);
    assert_eq!(drawn("--user alice"), [alice, both.clone()]);
    assert_eq!(drawn("--user alice --tenant north"), [both]);
    assert!(drawn("--tenant nowhere").is_empty());
}

#[test]
fn a_low_balance_is_warned_of() {
    let home = home();
    used(&home, "--set user=alice", &[call(1, "dollar", 2, 6_000)]);
    home.ok("credits grant --user alice --amount 10 --currency USD --at 2026-11-01");
    let warned = home.json("credits warn --user alice --amount 4 --currency USD");
    // Just as much is not below.
    assert_eq!(
        figures(&warned["accounts"][0], &["warn_below", "low", "balance"]),
        ["4", "false", "4"]
    );
    used(&home, "--set user=alice", &[call(2, "dollar", 3, 1)]);
    let text = home.ok("credits balance");
    assert!(
        text.contains("credits of user alice are low: 3.999 USD left, below 4 USD"),
        "{text}"
    );
    // The summary says so as well, unless it is about somebody else.
    let said = "credits of user alice are low";
    assert!(home.ok("summary").contains(said) && home.ok("summary --user alice").contains(said));
    assert!(home.json("summary")["notes"].to_string().contains(said));
    for other in [
        "--user bob",
        "--tenant north",
        "--where user=bob",
        "--model x",
    ] {
        assert!(
            !home.ok(&format!("summary {other}")).contains("credits of"),
            "{other}"
        );
    }
    home.ok("credits warn --user alice --amount 1 --currency USD");
    assert_eq!(
        figures(&account(&home, ""), &["warn_below", "low"]),
        ["1", "false"]
    );
}

#[test]
fn what_makes_no_entry_says_why_and_makes_none() {
    let home = home();
    home.ok("credits grant --user alice --amount 10 --currency USD");
    let bytes = std::fs::read(home.ledger()).unwrap();
    for (line, why) in [
        ("grant --amount 1 --currency USD", "--user ID"),
        ("grant --user alice --amount 1", "--currency"),
        ("grant --user alice --amount 0 --currency USD", "nothing"),
        ("grant --user alice --amount -5 --currency USD", "revoke"),
        ("grant --user alice --amount 1,5 --currency USD", "1,5"),
        (
            "grant --user alice --amount 0.0000000000001 --currency USD",
            "12 decimals",
        ),
        (
            "grant --user alice --amount 10000000000000000000 --currency USD",
            "too large",
        ),
        (
            "grant --user alice --amount 1e999999999 --currency USD",
            "too large",
        ),
        ("grant --user alice --amount NaN --currency USD", "NaN"),
        (
            "grant --user alice --amount 1 --currency dollars!",
            "currency",
        ),
        ("grant --user alice --tokens 1.5", "whole"),
        ("grant --user alice --tokens 1 --currency USD", "currency"),
        ("grant --user alice --tokens 1 --amount 1", "amount"),
        ("grant --user alice --tokens 1 --at soon", "--at"),
        (
            "revoke --user bob --amount 1 --currency USD",
            "credits balance",
        ),
        (
            "revoke --user alice --amount 1 --currency EUR",
            "credits balance",
        ),
        (
            "warn --tenant alice --amount 1 --currency USD",
            "credits balance",
        ),
    ] {
        let error = home.fails(&format!("credits {line}"), 2);
        assert!(error.contains(why), "{line}: {error}");
    }
    let answer = home.run_with(&["credits", "grant", "--user", " ", "--tokens", "1"], &[]);
    assert!(
        answer.code == 2 && answer.err.contains("empty"),
        "{}",
        answer.err
    );
    assert_eq!(std::fs::read(home.ledger()).unwrap(), bytes);
}

#[test]
fn credits_can_be_granted_before_any_log_is_read() {
    let home = home();
    home.fails("credits balance", 2);
    home.fails("credits revoke --user alice --tokens 1", 2);
    assert!(!home.ledger().exists());
    home.ok("credits grant --user alice --tokens 5000");
    assert_eq!(figures(&account(&home, ""), &["balance"]), ["5000"]);
    assert!(
        home.ok("credits balance --user bob")
            .contains("llmcost credits grant")
    );
}

#[test]
fn names_and_notes_do_nothing_where_they_are_shown() {
    let home = home();
    let words = [
        "credits",
        "grant",
        "--user",
        "=1+1\u{1b}[2J\u{202e}",
        "--tokens",
        "5",
        "--note",
        "=cmd()|\u{9b}1m<b>",
    ];
    let answer = home.run_with(&words, &[]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    for format in ["table", "json", "jsonl", "markdown", "html"] {
        for command in ["balance", "statement"] {
            let text = home.ok(&format!("credits {command} --format {format}"));
            let acts =
                |letter: char| letter != '\n' && (letter.is_control() || letter == '\u{202e}');
            let markup = format == "html" && text.contains("<b>");
            assert!(!text.contains(acts) && !markup, "{format}: {text}");
        }
    }
    let csv = home.ok("credits balance --format csv");
    assert!(csv.contains("'=1+1"), "{csv}");
}

//! `credits check` answers by its exit code.

use crate::calls::{call, home, used};
use crate::home::{Home, json};

fn prepared() -> Home {
    let home = home();
    used(&home, "--set user=alice", &[call(1, "dollar", 2, 1_000)]);
    home.ok("credits grant --user alice --amount 3.5 --currency USD --at 2026-11-01");
    home.ok("credits grant --user alice --tokens 1200 --at 2026-11-01");
    home.ok("credits grant --user bob --tenant north --amount 1 --currency USD");
    home
}

#[test]
fn enough_is_nought_and_not_enough_is_one() {
    let home = prepared();
    for (line, code, missing) in [
        ("--user alice --amount 2.5", 0, "0"),
        ("--user alice --amount 2.500000000001", 1, "0.000000000001"),
        ("--user alice --amount 2.5 --currency usd", 0, "0"),
        ("--user alice --amount 0", 0, "0"),
        ("--user alice --tokens 200", 0, "0"),
        ("--user alice --tokens 201", 1, "1"),
        ("--user alice --amount 1 --currency EUR", 1, "1"),
        ("--user zoe --amount 0.01", 1, "0.01"),
        ("--user bob --amount 0.5", 1, "0.5"),
        ("--user bob --tenant north --amount 0.5", 0, "0"),
        // As of a time before anything was used.
        ("--user alice --amount 3.5 --at 2026-11-01", 0, "0"),
    ] {
        let answer = home.run(&format!("credits check {line} --format json"));
        assert_eq!(answer.code, code, "{line}: {}{}", answer.out, answer.err);
        let told = json(&answer.out);
        assert_eq!(told["schema"], "llmcost.credits.check/1");
        assert_eq!(told["enough"], code == 0, "{line}");
        assert_eq!(told["missing"], missing, "{line}");
        let text = home.run(&format!("credits check {line}"));
        assert_eq!(text.code, code);
        assert!(
            text.out
                .starts_with(if code == 0 { "enough" } else { "not enough" }),
            "{}",
            text.out
        );
    }
    let text = home.run("credits check --user bob --amount 0.5").out;
    assert!(text.contains("user bob of tenant north"), "{text}");
}

#[test]
fn what_cannot_be_told_is_two() {
    let home = prepared();
    home.ok("credits grant --user alice --amount 1 --currency EUR");
    for (line, why) in [
        ("--user alice --amount 1", "EUR, USD"),
        ("--user alice", "--amount"),
        ("--amount 1", "--user ID"),
        ("--user alice --amount x", "x"),
        ("--user alice --amount 1 --ledger nowhere.db", "ingest"),
    ] {
        let error = home.fails(&format!("credits check {line}"), 2);
        assert!(error.contains(why), "{line}: {error}");
    }
}

#[test]
fn a_balance_that_may_be_lower_is_marked() {
    let home = prepared();
    used(
        &home,
        "--set user=alice",
        &[call(2, "nobody-sells-this", 2, 1_000)],
    );
    let told = home.json("credits check --user alice --amount 1");
    assert_eq!(
        (&told["enough"], &told["upper_bound"]),
        (&true.into(), &true.into())
    );
    let text = home.ok("credits check --user alice --amount 1");
    assert!(
        text.contains("1 record of user alice did not draw USD"),
        "{text}"
    );
}

//! What a record does to an account, and what is said where it does nothing.

use serde_json::json;

use crate::calls::{account, call, failed, figures, home, used};

const ALICE: &str = "--set user=alice";

#[test]
fn a_failed_call_draws_nothing_and_its_bill_is_absorbed() {
    let home = home();
    used(
        &home,
        ALICE,
        &[
            call(1, "dollar", 2, 1_000),
            failed(2, "dollar", 3, 250),
            failed(3, "dollar", 4, 0),
        ],
    );
    for grant in ["--amount 10 --currency USD", "--tokens 5000"] {
        home.ok(&format!(
            "credits grant --user alice {grant} --at 2026-11-01"
        ));
    }
    let json = home.json("credits balance");
    let [dollars, tokens] = [&json["accounts"][0], &json["accounts"][1]];
    assert_eq!(
        figures(dollars, &["drawn", "balance", "records"]),
        ["1", "9", "1"]
    );
    // A failure that was not billed is nobody's loss.
    assert_eq!(
        dollars["absorbed"],
        json!({"records": 1, "amount": "0.25", "unpriced": 0})
    );
    assert_eq!(figures(tokens, &["drawn", "balance"]), ["1000", "4000"]);
    assert_eq!(tokens["absorbed"]["amount"], "250");
    let text = home.ok("credits balance");
    assert!(
        text.contains("absorbed") && text.contains("$0.2500"),
        "{text}"
    );
}

#[test]
fn what_cannot_be_drawn_is_counted_and_said() {
    let home = home();
    let mut timeless = call(4, "dollar", 2, 1_000);
    timeless.as_object_mut().unwrap().remove("created");
    used(
        &home,
        ALICE,
        &[
            call(1, "nobody-sells-this", 2, 1_000),
            call(2, "euro", 2, 1_000),
            // After the day of the tests.
            call(3, "dollar", 25, 1_000),
            timeless,
            failed(5, "nobody-sells-this", 3, 10),
        ],
    );
    home.ok("credits grant --user alice --amount 10 --currency USD --at 2026-11-01");
    let held = account(&home, "");
    assert_eq!(
        figures(&held, &["drawn", "balance", "upper_bound"]),
        ["0", "10", "true"]
    );
    assert_eq!(
        held["not_drawn"],
        json!({"unpriced": 1, "other_currency": 1, "no_time": 1, "later": 1})
    );
    assert_eq!(
        held["absorbed"],
        json!({"records": 1, "amount": "0", "unpriced": 1})
    );
    let text = home.ok("credits balance");
    for why in [
        "the cost is unknown",
        "the cost is in another currency",
        "nothing says when it was",
        "it is later than this balance",
    ] {
        let said = format!("1 record of user alice did not draw USD: {why}");
        assert!(text.contains(&said), "{why}: {text}");
    }
    // Later, what is later counts.
    let later = home.json("credits balance --at 2026-12-01");
    assert_eq!(figures(&later["accounts"][0], &["drawn"]), ["1"]);
}

#[test]
fn tokens_are_what_the_provider_totals() {
    let home = home();
    let mut stated = call(1, "dollar", 2, 1_000);
    stated["usage"]["total_tokens"] = json!(1_234);
    let mut silent = call(2, "dollar", 2, 500);
    silent["usage"]["completion_tokens"] = json!(60);
    silent["usage"]
        .as_object_mut()
        .unwrap()
        .remove("total_tokens");
    // Cached and audio tokens are tokens, wherever they are kept.
    let mut detailed = call(3, "dollar", 2, 700);
    detailed["usage"]["prompt_tokens_details"] = json!({"cached_tokens": 100, "audio_tokens": 50});
    detailed["usage"]
        .as_object_mut()
        .unwrap()
        .remove("total_tokens");
    used(&home, ALICE, &[stated, silent, detailed]);
    home.ok("credits grant --user alice --tokens 10000 --at 2026-11-01");
    let wanted = (1_234 + 560 + 700).to_string();
    assert_eq!(figures(&account(&home, ""), &["drawn"]), [wanted]);
}

#[test]
fn a_grant_that_is_to_come_does_not_count_yet() {
    let home = home();
    home.ok("credits grant --user alice --tokens 10 --at 2026-11-01");
    home.ok("credits grant --user alice --tokens 500 --at 2026-12-01");
    assert_eq!(
        figures(&account(&home, ""), &["granted", "pending"]),
        ["10", "1"]
    );
    assert_eq!(
        figures(&account(&home, "--at 2026-12-01"), &["granted", "pending"]),
        ["510", "0"]
    );
}

#[test]
fn a_price_that_is_corrected_moves_the_balance_because_nothing_is_stored() {
    let home = home();
    used(&home, ALICE, &[call(1, "nobody-sells-this", 2, 1_000)]);
    home.ok("credits grant --user alice --amount 10 --currency USD --at 2026-11-01");
    assert_eq!(figures(&account(&home, ""), &["drawn"]), ["0"]);
    let book = home.read("config/llmcost/prices.yaml");
    home.write(
        "config/llmcost/prices.yaml",
        book.replace("match: [dollar]", "match: [dollar, nobody-sells-this]"),
    );
    home.ok("reprice --apply");
    assert_eq!(
        figures(&account(&home, ""), &["drawn", "upper_bound"]),
        ["1", "false"]
    );
}

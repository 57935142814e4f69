//! Markdown as a pull request shows it.

use llmcost::ledger::Entry;
use llmcost::render::{Dialect, Format};
use llmcost::usage::Field;

use crate::build::{Build, ask, call, query};
use crate::read::printed;

fn users(number: usize) -> String {
    let entries: Vec<Entry> = (0..number)
        .map(|user| {
            let entry = call(&user.to_string()).with(Field::UserId, &format!("u{user}"));
            entry.costs(&(number - user).to_string(), "USD")
        })
        .collect();
    printed(
        &ask(&query(&["user"], &[]), &entries),
        Format::Markdown,
        Dialect::default(),
    )
}

#[test]
fn long_tables_are_folded_after_their_totals() {
    let short = users(15);
    assert!(!short.contains("<details>"), "{short}");
    let long = users(16);
    let (first, rest) = long
        .split_once("<details><summary>6 more rows</summary>\n\n")
        .unwrap();
    assert!(
        first.contains("| u9 | ") && !first.contains("| u10 | "),
        "{first}"
    );
    assert!(first.contains("| **total** | **16** |"), "{first}");
    assert!(
        rest.contains("| u10 | ") && rest.contains("| u15 | "),
        "{rest}"
    );
    // A table in a fold needs empty lines around it, and has a header of its own.
    assert!(
        rest.starts_with("| user | ") && rest.contains(" |\n\n</details>\n"),
        "{rest}"
    );
    assert!(!rest.contains("**total**"), "{rest}");
}

#[test]
fn nobody_is_mentioned_and_no_address_becomes_a_link() {
    let entries = [
        "@octocat",
        "team @octocat",
        "a@b.example",
        "www.example.com",
    ]
    .map(|user| call(user).with(Field::UserId, user).costs("1", "USD"));
    let text = printed(
        &ask(&query(&["user"], &[]), &entries),
        Format::Markdown,
        Dialect::default(),
    );
    // A mark that is not seen stands between the sign and the name.
    assert!(
        text.contains("| &#64;&#8203;octocat |") && text.contains("team &#64;&#8203;octocat"),
        "{text}"
    );
    assert!(
        text.contains("a&#64;b.example") && text.contains("www\\.example.com"),
        "{text}"
    );
}

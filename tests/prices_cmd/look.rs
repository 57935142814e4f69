//! Looking at prices: list, show and check.

use serde_json::Value as Json;

use super::binary::Home;
use super::{book, fixture};

fn listed(home: &Home, args: &[&str]) -> Vec<String> {
    let workshop = fixture("workshop.yaml");
    let mut all = vec!["prices", "list", "--prices", &workshop, "--format", "json"];
    all.extend(args);
    let json = home.json(&all);
    let prices = json["prices"].as_array().unwrap();
    prices
        .iter()
        .map(|price| price["model"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn models_are_listed_by_provider_name_meter_and_time() {
    let home = Home::new();
    let thrifty = listed(&home, &["--provider", "thrifty"]);
    assert_eq!(thrifty, ["thrifty/only-here", "thrifty/plain"]);
    assert_eq!(listed(&home, &["--model", "dated"]), ["acme/dated"]);
    assert_eq!(
        listed(
            &home,
            &["--model", "plain-2026-01-01", "--provider", "acme"]
        ),
        ["acme/plain"]
    );
    assert_eq!(listed(&home, &["--model", "dated", "--all"]).len(), 4);
    assert!(listed(&home, &["--meter", "grounded_prompt"]).contains(&"acme/media".to_owned()));
    assert!(listed(&home, &["--meter", "no_such_meter"]).is_empty());
    let all = listed(&home, &[]);
    assert!(all.len() > 300 && all.is_sorted(), "{}", all.len());
}

#[test]
fn a_list_shows_prices_of_a_time_and_never_a_guess() {
    let home = Home::new();
    let workshop = fixture("workshop.yaml");
    let input = |at: &str| {
        let args = [
            "prices",
            "list",
            "--prices",
            &workshop,
            "--model",
            "acme/dated",
            "--at",
            at,
            "--format",
            "csv",
        ];
        let csv = home.out(&args);
        csv.lines().nth(1).unwrap().to_owned()
    };
    assert!(
        input("2026-02-01").contains(",USD,10,"),
        "{}",
        input("2026-02-01")
    );
    assert!(input("2026-05-01").contains(",USD,5,"));
    assert!(input("2026-08-20").contains("no price"));
}

#[test]
fn show_tells_rates_rules_history_and_sources() {
    let home = Home::new();
    let workshop = fixture("workshop.yaml");
    let text = home.out(&["prices", "show", "dated", "--prices", &workshop]);
    for said in [
        "acme/dated",
        "from 2026-09-01 until 2027-01-01 (excluded), holds now",
        "until 2026-03-01 (excluded)",
        "10 USD per 1M tokens",
        "guaranteed until: 2026-07-15",
        "source page: https://example.com/prices (checked 2026-11-01)",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let plain = home.out(&[
        "prices",
        "show",
        "plain",
        "--provider",
        "acme",
        "--prices",
        &workshop,
    ]);
    for said in [
        "0.40 USD per 1M tokens",
        "if more than 1000 input tokens: input × 2, output × 1.5 (first of context)",
        "cache_read 0.21 USD per 1M tokens",
        "if during rush: output × 2",
    ] {
        assert!(plain.contains(said), "{said}: {plain}");
    }
    let at = home.json(&[
        "prices",
        "show",
        "acme/dated",
        "--at",
        "2026-02-01",
        "--prices",
        &workshop,
        "--format",
        "json",
    ]);
    assert_eq!(at["prices"].as_array().unwrap().len(), 1);
    assert_eq!(at["prices"][0]["period"]["per_1m"]["input"], "10");
    let unknown = home.run(&["prices", "show", "gpt-99"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("never guessed"), "{}", unknown.err);
    let typo = home.run(&["prices", "show", "gtp-5-mini"]);
    assert_eq!(typo.code, 2);
    assert!(
        typo.err.contains("Did you mean gpt-5-mini?"),
        "{}",
        typo.err
    );
}

fn found(text: &str) -> Vec<(String, String)> {
    let home = Home::new();
    std::fs::write(home.path("b.yaml"), text).unwrap();
    let json = home.json(&["prices", "check", "b.yaml", "--notes", "--format", "json"]);
    let findings = json["findings"].as_array().unwrap();
    let word = |finding: &Json, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    findings
        .iter()
        .map(|finding| (word(finding, "kind"), word(finding, "message")))
        .collect()
}

fn kinds(text: &str) -> Vec<String> {
    found(text).into_iter().map(|(kind, _)| kind).collect()
}

#[test]
fn check_finds_what_loads_and_is_wrong_all_the_same() {
    let model = |prices: &str| {
        book(&format!(
            "  - id: acme/a\n    match: [a]\n    prices:\n{prices}"
        ))
    };
    let flat = "      - {source: [page], per_1m: {input: 1}}\n";
    assert_eq!(kinds(&model(flat)), Vec::<String>::new());
    assert_eq!(
        kinds(&model(flat).replace("checked: 2026-11-01", "checked: 2026-01-01")),
        ["stale"]
    );
    assert_eq!(
        kinds(&model(flat).replace(", checked: 2026-11-01", "")),
        ["stale"]
    );
    assert_eq!(
        kinds(&model(flat).replace("acme/a", "gemini/a")),
        ["spelling"]
    );
    assert_eq!(
        kinds(&model(&flat.replace("input: 1", "input: 0"))),
        ["zero"]
    );
    assert_eq!(
        kinds(&model(
            &flat.replace("source:", "unverified: [input], source:")
        )),
        ["unverified"]
    );
    assert_eq!(
        kinds(&model(
            &flat.replace("source:", "guaranteed_until: 2026-11-10, source:")
        )),
        ["promise"]
    );
    assert_eq!(
        kinds(&model(
            &flat.replace("source:", "from: 2026-11-15, source:")
        )),
        ["announced"]
    );
    assert_eq!(
        kinds(&model(&flat.replace("source:", "to: 2026-11-15, source:"))),
        ["ended"]
    );
    let gap = "      - {to: 2026-01-01, source: [page], per_1m: {input: 1}}\n      - {from: 2026-02-01, source: [page], per_1m: {input: 2}}\n";
    assert_eq!(
        found(&model(gap)),
        [(
            "gap".to_owned(),
            "no price from 2026-01-01 until 2026-02-01".to_owned()
        )]
    );
    let hidden = "      - source: [page]
        per_1m: {input: 1}
        rules:
          - {pick: context, if: {prompt_above: 1000}, times: {tokens: 2}}
          - {pick: context, if: {prompt_above: 5000}, times: {tokens: 3}}
";
    assert_eq!(kinds(&model(hidden)), ["unreachable"]);
}

#[test]
fn check_says_which_rates_round_under_which_rules() {
    let text = book(
        "  - id: acme/a
    match: [a]
    prices:
      - source: [page]
        per_1m: {input: 0.15, output: 0.000001}
        per_hour: {audio_second: 0.111}
        rules:
          - {pick: tier, if: {service_tier: [batch]}, times: {tokens: 0.5}}
          - {if: {geo: [us]}, times: {tokens: 1.1}}
",
    );
    let found = found(&text);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.iter().all(|(kind, _)| kind == "rounds"));
    let said = |part: &str| found.iter().any(|(_, message)| message.contains(part));
    assert!(said(
        "output 0.000001 per 1M tokens: the cost of one has more than 12 decimals if service_tier is batch"
    ));
    assert!(said("decimals if geo is us"));
    assert!(said(
        "audio_second 0.111 per hour: the cost of one has more than 12 decimals; it is rounded there"
    ));
}

#[test]
fn the_books_in_force_can_be_checked_and_strictly() {
    let home = Home::new();
    let json = home.json(&["prices", "check", "--format", "json"]);
    assert_eq!(json["errors"], 0);
    std::fs::write(
        home.path("old.yaml"),
        book("  - {id: a/b, match: [b], prices: [{source: [page], each: {image: 1}}]}\n"),
    )
    .unwrap();
    assert_eq!(home.run(&["prices", "check", "old.yaml"]).code, 0);
    assert_eq!(
        home.run(&["prices", "check", "old.yaml", "--max-age", "7", "--strict"])
            .code,
        1
    );
    assert_eq!(home.run(&["prices", "check", "missing.yaml"]).code, 2);
}

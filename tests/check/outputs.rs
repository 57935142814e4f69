//! The same verdict in every form.

use quick_junit::{NonSuccessKind, Report, TestCaseStatus};
use serde_json::Value as Json;

use crate::{DEAR, PLAIN, UNKNOWN, call, check, home, json};

const MILLION: u64 = 1_000_000;

/// One rule broken, one warning, one that cannot be judged.
fn mixed() -> crate::home::Home {
    let calls = [
        call(2, "alice <&\"'> ]]>", PLAIN, MILLION),
        call(2, "bob\u{202e}", DEAR, MILLION),
        call(3, "carol", UNKNOWN, 1),
    ];
    let home = home(&calls);
    let text = "[[budget]]\nname = \"users | day\"\nby = [\"user\"]\nperiod = \"day\"\nlimit = \"0.75\"\n\n\
                [[budget]]\nname = \"all\"\nlimit = \"3\"\nwarn_at = \"90%\"\n";
    home.write("llmcost.budget.toml", text);
    home
}

#[test]
fn the_json_says_everything() {
    let home = mixed();
    let verdict = crate::verdict(&home, &[]);
    assert_eq!(verdict["schema"], "llmcost.check/1");
    assert_eq!(
        (&verdict["verdict"], &verdict["exit_code"]),
        (&"fail".into(), &1.into())
    );
    assert_eq!(
        (&verdict["cost"], &verdict["currency"]),
        (&"3".into(), &"USD".into())
    );
    assert_eq!(verdict["requests"], 3);
    let data = &verdict["data"];
    assert_eq!(
        (&data["records"], &data["unpriced"], &data["rejected"]),
        (&3.into(), &1.into(), &0.into())
    );
    let rules = verdict["rules"].as_array().unwrap();
    let lines: Vec<&Json> = rules.iter().map(|rule| &rule["line"]).collect();
    assert_eq!(lines[3..], [&Json::from(1), &Json::from(7)]);
    assert_eq!(rules[3]["findings"].as_array().unwrap().len(), 2);
    let counts = serde_json::json!({"pass": 2, "warn": 1, "cannot_judge": 1, "fail": 1});
    assert_eq!(verdict["counts"], counts);
    // Line by line it is the rules.
    let lines = check(&home, &["--format", "jsonl"]).out;
    let lines: Vec<Json> = lines.lines().map(json).collect();
    assert_eq!(&lines, rules);
}

#[test]
fn ten_lines_say_what_a_reviewer_needs() {
    let home = mixed();
    let answer = check(&home, &[]);
    assert_eq!(answer.code, 1);
    let lines: Vec<&str> = answer.out.lines().collect();
    assert_eq!(lines[0], "FAIL: 1 of 5 rules is broken, 1 cannot be judged");
    assert!(lines.len() <= 10, "{}", answer.out);
    let said = answer.out.replace("  ", " ");
    for wanted in [
        "users | day",
        "bob\\u{202e}, 2026-11-02: 2 USD of 0.75 USD (266.7%)",
        "3 USD of 3 USD (100%); above 90%",
        "1 record unpriced",
        "total 3 USD in 3 requests",
        "prices 2026-11-20 (2 days old): ours",
    ] {
        assert!(said.contains(wanted), "{wanted}\n{said}");
    }
}

#[test]
fn files_hold_what_the_screen_does() {
    let home = mixed();
    let reports = [
        "junit=out/j.xml",
        "json=out/c.json",
        "markdown=out/c.md",
        "openmetrics=out/m.txt",
    ];
    let options: Vec<&str> = reports
        .iter()
        .flat_map(|report| ["--report", report])
        .collect();
    assert_eq!(check(&home, &options).code, 1);
    assert_eq!(json(&home.read("out/c.json")), crate::verdict(&home, &[]));
    let markdown = home.read("out/c.md");
    assert_eq!(markdown, check(&home, &["--format", "markdown"]).out);
    assert!(markdown.starts_with("## FAIL: 1 of 5 rules"), "{markdown}");
    assert!(
        markdown.contains("| FAIL | users \\| day | alice &lt;&amp;"),
        "{markdown}"
    );
    assert!(
        markdown.contains("| $2.0000 | $0.7500 | 266.7% |"),
        "{markdown}"
    );
    // They are replaced, so that a job can run again.
    assert_eq!(check(&home, &options).code, 1);
    for wrong in ["junit", "junit=", "pdf=x", "gitlab"] {
        assert_eq!(check(&home, &["--report", wrong]).code, 2, "{wrong}");
    }
}

#[test]
fn junit_is_read_back_by_a_strict_parser() {
    let home = mixed();
    check(&home, &["--report", "junit=j.xml"]);
    let text = home.read("j.xml");
    let report = Report::deserialize_from_str(&text).unwrap();
    assert_eq!((report.tests, report.failures, report.errors), (5, 1, 1));
    let cases = &report.test_suites[0].test_cases;
    let broken = cases
        .iter()
        .find(|case| case.name.as_str() == "users | day")
        .unwrap();
    let TestCaseStatus::NonSuccess {
        kind,
        message,
        description,
        ..
    } = &broken.status
    else {
        panic!("{text}");
    };
    assert_eq!(*kind, NonSuccessKind::Failure);
    let message = message.as_ref().unwrap().as_str();
    assert!(
        message.starts_with("bob\\u{202e}, 2026-11-02: 2 USD of 0.75 USD"),
        "{text}"
    );
    let description = description.as_ref().unwrap().as_str();
    assert!(
        description.contains("alice <&\"'> ]]>, 2026-11-02: 1 USD"),
        "{text}"
    );
    assert_eq!(
        broken.classname.as_ref().unwrap().as_str(),
        "llmcost.budget"
    );
}

/// The grammar of OpenMetrics text, as far as gauges and state sets need it.
fn samples(text: &str) -> Vec<(String, String, String)> {
    let body = text.strip_suffix("# EOF\n").unwrap();
    let (mut families, mut samples): (Vec<&str>, Vec<_>) = (Vec::new(), Vec::new());
    for line in body.lines() {
        if let Some(about) = line.strip_prefix("# ") {
            let mut words = about.split(' ');
            match (words.next().unwrap(), words.next().unwrap()) {
                ("TYPE", name) => {
                    assert!(!families.contains(&name), "{name} comes twice");
                    assert!(matches!(words.next(), Some("gauge" | "stateset")), "{line}");
                    families.push(name);
                }
                ("HELP", name) => assert_eq!(families.last(), Some(&name)),
                _ => panic!("{line}"),
            }
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap();
        assert!(value.parse::<rust_decimal::Decimal>().is_ok(), "{line}");
        let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
        assert_eq!(families.last(), Some(&name), "{line}");
        let labels = labels.strip_suffix('}').unwrap();
        let sample = (name.to_owned(), labels.to_owned(), value.to_owned());
        assert!(
            !samples
                .iter()
                .any(|(n, l, _)| (n, l) == (&sample.0, &sample.1)),
            "{line}"
        );
        samples.push(sample);
    }
    samples
}

#[test]
fn openmetrics_can_be_followed() {
    let home = mixed();
    check(&home, &["--report", "openmetrics=m.txt"]);
    let samples = samples(&home.read("m.txt"));
    let value = |name: &str, labels: &str| {
        let mut found = samples.iter().filter(|(n, l, _)| n == name && l == labels);
        found
            .next()
            .unwrap_or_else(|| panic!("{name}{{{labels}}}: {samples:?}"))
            .2
            .clone()
    };
    assert_eq!(value("llmcost_check", "llmcost_check=\"fail\""), "1");
    assert_eq!(value("llmcost_check", "llmcost_check=\"pass\""), "0");
    assert_eq!(value("llmcost_cost", "currency=\"USD\""), "3");
    assert_eq!(value("llmcost_records", "state=\"unpriced\""), "1");
    assert_eq!(
        value(
            "llmcost_rule_violations",
            "kind=\"budget\",rule=\"users | day\""
        ),
        "2"
    );
    assert_eq!(
        value("llmcost_rule_value", "kind=\"budget\",rule=\"users | day\""),
        "2"
    );
}

#[test]
fn sums_are_the_same_in_every_form() {
    let home = mixed();
    let csv = check(&home, &["--format", "csv"]).out;
    let mut rows = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = rows.next().unwrap();
    assert_eq!(
        header,
        [
            "outcome", "kind", "rule", "group", "value", "limit", "currency", "percent", "why"
        ]
    );
    assert!(csv.contains(",all,,3,3,USD,100,"), "{csv}");
    let html = check(&home, &["--format", "html"]).out;
    assert!(
        html.contains("&lt;&amp;") && !html.contains("alice <&"),
        "{html}"
    );
}

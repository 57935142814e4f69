//! What a GitHub Actions runner is told, and what it must not be told by a log.

use crate::home::{Answer, Home};
use crate::{DEAR, PLAIN, call, home, json};

const MILLION: u64 = 1_000_000;

/// A check as a step of a job.
fn step(home: &Home, options: &[&str]) -> Answer {
    let (summary, output) = (home.file("summary.md"), home.file("output.txt"));
    let variables = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_STEP_SUMMARY", summary.to_str().unwrap()),
        ("GITHUB_OUTPUT", output.to_str().unwrap()),
    ];
    home.run_with(&[&["check", "log.jsonl"], options].concat(), &variables)
}

/// The commands that a runner would take from printed text: what begins a line, unless fenced.
fn commands(text: &str) -> Vec<String> {
    let (mut found, mut fence): (Vec<String>, Option<String>) = (Vec::new(), None);
    for line in text.lines().map(str::trim_start) {
        if let Some(word) = &fence {
            if line == format!("::{word}::") {
                fence = None;
            }
        } else if let Some(word) = line.strip_prefix("::stop-commands::") {
            fence = Some(word.to_owned());
        } else if line.starts_with("::") || line.contains("##[") {
            found.push(line.to_owned());
        }
    }
    assert_eq!(fence, None, "{text}");
    found
}

#[test]
fn a_runner_gets_annotations_a_summary_and_outputs() {
    let home = home(&[
        call(2, "alice", PLAIN, MILLION),
        call(2, "bob", DEAR, MILLION),
    ]);
    let text = "[[budget]]\nname = \"per user: day, all\"\nby = [\"user\"]\nlimit = \"1.5\"\nwarn_at = \"50%\"\n\n\
                [[budget]]\nname = \"all\"\nlimit = \"3.00\"\nwarn_at = \"100%\"\n";
    home.write("llmcost.budget.toml", text);
    let answer = step(&home, &[]);
    assert_eq!(answer.code, 1);
    assert!(
        answer.out.starts_with("FAIL: 1 of 5 rules is broken\n"),
        "{}",
        answer.out
    );
    let wanted = [
        "::error file=llmcost.budget.toml,line=1,title=FAIL%3A per user%3A day%2C all::\
         bob: 2 USD of 1.5 USD (133.3%25)%0Aalice: 1 USD of 1.5 USD (66.7%25); above 50%25",
        "::warning file=llmcost.budget.toml,line=7,title=WARN%3A all::3 USD of 3 USD (100%25); above 100%25",
    ];
    assert_eq!(commands(&answer.out), wanted);
    let summary = home.read("summary.md");
    assert!(
        summary.starts_with("## FAIL: 1 of 5 rules is broken"),
        "{summary}"
    );
    let outputs = "verdict=fail\nexit_code=1\ntotal=3\ncurrency=USD\nviolations=1\n";
    assert_eq!(home.read("output.txt"), outputs);
    // Data on standard output stay data.
    let answer = step(&home, &["--format", "json"]);
    assert_eq!(json(&answer.out)["verdict"], "fail");
    assert_eq!(commands(&answer.err), wanted);
    let answer = step(&home, &["--warn-only"]);
    assert_eq!(answer.code, 0);
    assert!(
        commands(&answer.out)
            .iter()
            .all(|line| line.starts_with("::warning "))
    );
    // Elsewhere it can be asked for; without the runner's files there are only annotations.
    let asked = home.run("check log.jsonl --report github");
    assert_eq!(commands(&asked.out), wanted);
    assert!(commands(&home.run("check log.jsonl").out).is_empty());
}

#[test]
fn what_passes_annotates_nothing() {
    let home = home(&[call(2, "alice", PLAIN, MILLION)]);
    let answer = step(&home, &["--max-total", "5"]);
    assert_eq!((answer.code, commands(&answer.out)), (0, Vec::new()));
    assert!(
        home.read("output.txt")
            .starts_with("verdict=pass\nexit_code=0\ntotal=1\n")
    );
}

#[test]
fn there_are_at_most_ten_annotations() {
    let home = home(&[call(2, "alice", PLAIN, MILLION)]);
    let budgets = (0..15).map(|n| format!("[[budget]]\nname = \"b{n}\"\nlimit = \"0.5\"\n"));
    home.write("llmcost.budget.toml", budgets.collect::<String>());
    let found = commands(&step(&home, &[]).out);
    assert_eq!(found.len(), 10);
    assert!(found[9].contains("… and 6 more"), "{}", found[9]);
}

#[test]
fn a_summary_leaves_room_for_what_is_there() {
    let home = home(&[call(2, "alice", PLAIN, MILLION)]);
    let before = "x\n".repeat(499_950);
    home.write("summary.md", &before);
    assert_eq!(step(&home, &["--max-total", "5"]).code, 0);
    let after = home.read("summary.md");
    assert!(
        after.starts_with(&before) && after.len() <= 1_000_000,
        "{}",
        after.len()
    );
    let users: Vec<String> = (0..400)
        .map(|n| format!("user {n} {}", "u".repeat(200)))
        .collect();
    let calls: Vec<_> = users.iter().map(|user| call(2, user, PLAIN, 1)).collect();
    home.write("log.jsonl", crate::log(&calls));
    home.write("summary.md", "");
    assert_eq!(step(&home, &["--max", "user=0"]).code, 1);
    let summary = home.read("summary.md");
    assert!(
        summary.len() < 1_000_000 && summary.contains("380 more findings"),
        "{}",
        summary.len()
    );
}

#[test]
fn a_log_gives_a_runner_no_commands() {
    for name in [
        "x\n::error::owned",
        "::stop-commands::x",
        "a ##[add-mask]secret",
        "%0A::set-env name=X::y",
        "wrapped wrapped wrapped wrapped ::add-path::here and on and on",
    ] {
        let home = home(&[call(2, name, PLAIN, MILLION)]);
        let answer = step(&home, &["--max", "user=0.5"]);
        assert_eq!(answer.code, 1);
        let found = commands(&answer.out);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].starts_with("::error title=FAIL%3A --max user::"),
            "{found:?}"
        );
        let outputs = home.read("output.txt");
        assert_eq!(outputs.lines().count(), 5, "{outputs}");
    }
}

#[test]
fn a_mistake_in_the_budget_file_is_annotated_there() {
    let home = home(&[call(2, "alice", PLAIN, MILLION)]);
    home.write("llmcost.budget.toml", "[[budget]]\nlimit = \"five\"\n");
    let answer = step(&home, &[]);
    assert_eq!(answer.code, 2);
    let wanted = "::error file=llmcost.budget.toml,line=2,title=llmcost check::The amount five";
    assert!(
        commands(&answer.out)[0].starts_with(wanted),
        "{}",
        answer.out
    );
    assert!(!home.file("summary.md").exists());
}

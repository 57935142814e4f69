//! What docs/ci.md says is what happens: its output, its budget file, and the scripts beside it.

use std::path::{Path, PathBuf};

use crate::home::{Answer, Home, answer};
use crate::{DEAR, PLAIN, call, home};

fn page(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap()
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// What stands in the first fence of a language.
fn fenced<'t>(text: &'t str, language: &str) -> &'t str {
    let (_, rest) = text.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

/// `UPDATE_DOCS=1` rewrites it.
#[test]
fn the_shown_output_is_what_is_printed() {
    let text = page("docs/ci.md");
    let shown = fenced(&text, "console");
    let (command, wanted) = shown.split_once('\n').unwrap();
    let words = command.strip_prefix("$ llmcost ").unwrap().split(' ');
    let home = Home::new();
    let mut run = home.command();
    run.args(words).current_dir(env!("CARGO_MANIFEST_DIR"));
    let printed = answer(&run.output().unwrap());
    assert_eq!(printed.code, 1, "{}", printed.err);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let new = format!("{command}\n{}", printed.out);
        std::fs::write(path("docs/ci.md"), text.replacen(shown, &new, 1)).unwrap();
    } else {
        assert_eq!(wanted, printed.out);
    }
}

#[test]
fn the_shown_budget_file_can_be_used() {
    let home = home(&[call(2, "alice", PLAIN, 1_000_000)]);
    home.write("llmcost.budget.toml", fenced(&page("docs/ci.md"), "toml"));
    let verdict = crate::verdict(&home, &[]);
    let kinds: Vec<&str> = verdict["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["kind"].as_str().unwrap())
        .collect();
    for kind in ["data", "budget", "growth", "anomaly", "models", "credit"] {
        assert!(kinds.contains(&kind), "{kind}: {kinds:?}");
    }
    // There is neither a baseline nor a balance, and nothing is broken.
    assert_eq!(verdict["exit_code"], 3);
}

/// Runs a script as a runner does: in bash, which ends at the first failure.
#[cfg(unix)]
fn bash(home: &Home, script: &str, variables: &[(&str, &str)]) -> Answer {
    let program = Path::new(env!("CARGO_BIN_EXE_llmcost")).parent().unwrap();
    let command = home.command();
    let mut bash = std::process::Command::new("bash");
    bash.args(["--noprofile", "--norc", "-euo", "pipefail", "-c", script]);
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            bash.env(name, value);
        }
    }
    bash.env("PATH", format!("{}:/usr/bin:/bin", program.display()));
    bash.envs(variables.iter().copied())
        .current_dir(home.path());
    answer(&bash.output().unwrap())
}

#[test]
#[cfg(unix)]
fn the_github_action_runs() {
    let action: serde_json::Value = serde_saphyr::from_str(&page("docs/ci/action.yml")).unwrap();
    assert_eq!(action["runs"]["using"], "composite");
    let steps = action["runs"]["steps"].as_array().unwrap();
    let script = steps[0]["run"].as_str().unwrap();
    assert!(
        !script.contains("${{"),
        "an input must not become text of the script"
    );
    let home = home(&[
        call(2, "alice", PLAIN, 1_000_000),
        call(2, "bob", DEAR, 1_000_000),
    ]);
    home.write("my logs/log.jsonl", home.read("log.jsonl"));
    home.write("temp/keep", "");
    let temp = home.file("temp");
    let output = home.file("output.txt");
    let run = |paths: &str, options: &str| {
        let variables = [
            ("LOGS", paths),
            ("OPTIONS", options),
            ("RUNNER_TEMP", temp.to_str().unwrap()),
            ("GITHUB_OUTPUT", output.to_str().unwrap()),
            ("GITHUB_ACTIONS", "true"),
        ];
        bash(&home, script, &variables)
    };
    let passes = run("my logs/\n\n", "--max-total=5\n");
    assert_eq!(passes.code, 0, "{}{}", passes.out, passes.err);
    let fails = run("log.jsonl\nmy logs/\n", "--max\nuser=1.5\n--where\nuser=*");
    assert_eq!(fails.code, 1, "{}{}", fails.out, fails.err);
    assert!(
        home.read("temp/llmcost.md").contains("FAIL")
            && home.read("temp/llmcost.xml").contains("<failure")
    );
    // What a path or an option holds is never run.
    let hostile = run("$(touch owned)\n;touch owned", "--user=`touch owned`");
    assert_eq!(hostile.code, 2, "{}", hostile.out);
    assert!(!home.file("owned").exists());
    assert_eq!(run("", "--max-total=5").code, 2, "there is no ledger");
    // Every output that the action promises is one that the command sets.
    let set = home.read("output.txt");
    for (name, promised) in action["outputs"].as_object().unwrap() {
        assert!(
            set.contains(&format!("\n{name}=")) || set.starts_with(&format!("{name}=")),
            "{name}"
        );
        assert_eq!(
            promised["value"],
            format!("${{{{ steps.check.outputs.{name} }}}}")
        );
    }
}

#[test]
#[cfg(unix)]
fn the_gitlab_job_runs() {
    let job: serde_json::Value = serde_saphyr::from_str(&page("docs/ci/gitlab.yml")).unwrap();
    let job = &job["llm-costs"];
    let script = job["script"][0].as_str().unwrap();
    let home = home(&[]);
    home.write(
        "logs/log.jsonl",
        crate::log(&[call(2, "alice", PLAIN, 1_000_000)]),
    );
    home.write("llmcost.budget.toml", "[[budget]]\nlimit = \"0.5\"\n");
    assert_eq!(bash(&home, script, &[]).code, 1);
    let reports = &job["artifacts"]["reports"];
    assert!(
        home.read(reports["junit"].as_str().unwrap())
            .contains("failures=\"1\"")
    );
    assert!(
        home.read(reports["metrics"].as_str().unwrap())
            .ends_with("# EOF\n")
    );
    assert_eq!(job["allow_failure"]["exit_codes"], serde_json::json!([3]));
}

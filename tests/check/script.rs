//! A CI job in miniature, as a shell script.

use crate::{DEAR, PLAIN, UNKNOWN, call, home, log};

#[test]
#[cfg(unix)]
fn the_gate_opens_and_shuts_in_a_shell_script() {
    let good = [
        call(2, "alice", PLAIN, 900_000),
        call(3, "bob", PLAIN, 800_000),
    ];
    let home = home(&[]);
    home.write("main.jsonl", log(&good));
    home.write("dear.jsonl", log(&[good[0], call(3, "bob", DEAR, 800_000)]));
    home.write(
        "unknown.jsonl",
        log(&[good[0], call(3, "bob", UNKNOWN, 800_000)]),
    );
    let budget = "[[budget]]\nname = \"user day\"\nperiod = \"day\"\nby = [\"user\"]\nlimit = \"1.00\"\nwarn_at = \"80%\"\n";
    home.write("budget.toml", budget);
    let mut shell = std::process::Command::new("sh");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/check/ci.sh");
    let command = home.command();
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            shell.env(name, value);
        }
    }
    shell
        .arg(script)
        .env("LLMCOST", env!("CARGO_BIN_EXE_llmcost"));
    let answer = crate::home::answer(&shell.current_dir(home.path()).output().unwrap());
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
    assert!(answer.out.ends_with("the gate works\n"), "{}", answer.out);
    // The first line is the verdict each time.
    let titles = ["WARN: ", "FAIL: 2 of", "CANNOT JUDGE: 1 of"];
    for title in titles {
        assert!(answer.out.contains(title), "{title}\n{}", answer.out);
    }
}

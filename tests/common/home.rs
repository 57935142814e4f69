//! The binary in a home of its own: no user file, no ledger and no clock of the machine reach it.
#![allow(dead_code, reason = "each test binary uses some of these")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value as Json;
use tempfile::TempDir;

/// The time that every run believes it is.
pub const NOW: &str = "2026-11-22T00:00:00Z";

/// A directory that is home, data and configuration directory, and where the binary runs.
pub struct Home {
    folder: TempDir,
}

/// What a run said and how it ended.
pub struct Answer {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Home {
    pub fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
        }
    }

    /// A home with one log that is in the ledger already.
    pub fn with_log(text: &str) -> Self {
        let home = Self::new();
        home.write("log.jsonl", text);
        home.ok("ingest log.jsonl");
        home
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Writes a file, and the directories that it needs.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.file(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).unwrap()
    }

    /// Where the ledger is when nothing names another.
    pub fn ledger(&self) -> PathBuf {
        self.file("data/llmcost/ledger.db")
    }

    /// The binary, ready for arguments.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_llmcost"));
        command
            .env_clear()
            // Where a binary that counts its own coverage writes it.
            .envs(std::env::var_os("LLVM_PROFILE_FILE").map(|file| ("LLVM_PROFILE_FILE", file)))
            .env("HOME", self.file("home"))
            .env("XDG_DATA_HOME", self.file("data"))
            .env("XDG_CONFIG_HOME", self.file("config"))
            .env("LLMCOST_NOW", NOW)
            .current_dir(self.path())
            .stdin(Stdio::null());
        command
    }

    pub fn run_with(&self, words: &[&str], environment: &[(&str, &str)]) -> Answer {
        let mut command = self.command();
        command.args(words).envs(environment.iter().copied());
        answer(&command.output().unwrap())
    }

    /// Runs a command line; words are separated by spaces.
    pub fn run(&self, line: &str) -> Answer {
        self.run_with(&line.split_whitespace().collect::<Vec<_>>(), &[])
    }

    /// Runs with text on standard input.
    pub fn pipe(&self, line: &str, input: &[u8]) -> Answer {
        let mut child = self
            .command()
            .args(line.split_whitespace())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        answer(&child.wait_with_output().unwrap())
    }

    /// Runs a command line that must do its work; its standard output.
    pub fn ok(&self, line: &str) -> String {
        let answer = self.run(line);
        assert_eq!(answer.code, 0, "{line}\n{}{}", answer.out, answer.err);
        answer.out
    }

    /// Runs a command line that must do its work, and reads its answer.
    pub fn json(&self, line: &str) -> Json {
        json(&self.ok(&format!("{line} --format json")))
    }

    /// Runs a command line that must not; its standard error.
    pub fn fails(&self, line: &str, code: i32) -> String {
        let answer = self.run(line);
        assert_eq!(answer.code, code, "{line}\n{}{}", answer.out, answer.err);
        assert!(!answer.err.is_empty(), "{line}: silent");
        answer.err
    }

    /// Ingests a text as a file of its own; the outcome.
    pub fn ingest(&self, name: &str, content: impl AsRef<[u8]>) -> Json {
        self.write(name, content);
        self.json(&format!("ingest {name}"))
    }

    /// All records, as scripts see them.
    pub fn records(&self) -> Vec<Json> {
        lines(&self.ok("records --format jsonl"))
    }
}

pub fn answer(output: &Output) -> Answer {
    Answer {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout.clone()).unwrap(),
        err: String::from_utf8(output.stderr.clone()).unwrap(),
    }
}

pub fn json(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// JSON values, one per line.
pub fn lines(text: &str) -> Vec<Json> {
    text.lines().map(json).collect()
}

/// Counts of an ingest, in the order new, duplicate, updated, ignored, rejected; they add up.
pub fn counts(outcome: &Json) -> [u64; 5] {
    let names = ["new", "duplicate", "updated", "ignored", "rejected"];
    let counts = names.map(|name| outcome[name].as_u64().unwrap());
    assert_eq!(
        outcome["read"].as_u64().unwrap(),
        counts.iter().sum::<u64>(),
        "{outcome}"
    );
    counts
}

/// The reasons of the rejects of an ingest.
pub fn reasons(outcome: &Json) -> Vec<String> {
    let rejects = outcome["rejects"].as_array().unwrap();
    let reason = |reject: &Json| reject["reason"].as_str().unwrap().to_owned();
    rejects.iter().map(reason).collect()
}

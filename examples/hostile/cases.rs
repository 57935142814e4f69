//! A case: what stands in its folder, how it is read, and what must come of it.

use std::path::Path;

use serde_json::{Value as Json, json};

use super::{identity, json_texts, numbers, packed, privacy, shapes};

/// What a case says that must never be seen again.
pub const CANARY: &str = "CANARY";

/// Files of a case and the counts that are wanted: new, duplicate, updated, ignored, rejected, pending.
pub struct Case {
    pub name: String,
    pub files: Vec<(String, Vec<u8>)>,
    pub wanted: [u64; 6],
    /// Further arguments of `ingest`.
    pub arguments: Vec<String>,
    /// Something beside them that is no file.
    pub special: Option<(String, Special)>,
}

/// What is no file.
pub enum Special {
    /// A named pipe to which nobody writes.
    Pipe,
    /// A socket on which nobody answers.
    Socket,
    /// A link.
    Link(&'static str),
}

impl Case {
    /// One file, `log.jsonl`.
    pub fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>, wanted: [u64; 6]) -> Self {
        Self::named(name, "log.jsonl", bytes, wanted)
    }

    /// One file of another name.
    pub fn named(
        name: impl Into<String>,
        file: &str,
        bytes: impl Into<Vec<u8>>,
        wanted: [u64; 6],
    ) -> Self {
        Self {
            name: name.into(),
            files: vec![(file.to_owned(), bytes.into())],
            wanted,
            arguments: Vec::new(),
            special: None,
        }
    }

    /// Makes what the case is of.
    pub fn make(&self, place: &Path) {
        for (name, bytes) in &self.files {
            let path = place.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        let Some((name, special)) = &self.special else {
            return;
        };
        let path = place.join(name);
        drop(std::fs::remove_file(&path));
        match special {
            Special::Pipe => {
                let made = std::process::Command::new("mkfifo").arg(&path).status();
                assert!(made.unwrap().success());
            }
            Special::Socket => drop(std::os::unix::net::UnixListener::bind(&path).unwrap()),
            Special::Link(to) => std::os::unix::fs::symlink(to, &path).unwrap(),
        }
    }

    /// Another file.
    pub fn and(mut self, file: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.push((file.to_owned(), bytes.into()));
        self
    }
}

/// All cases.
pub fn all() -> Vec<Case> {
    let mut cases = shapes::framing();
    cases.extend(json_texts::texts());
    cases.extend(numbers::counts());
    cases.extend(numbers::times());
    cases.extend(identity::identities());
    cases.extend(packed::packed());
    cases.extend(shapes::files());
    cases.extend(shapes::recordings());
    cases.extend(shapes::special());
    cases.extend(privacy::names());
    cases.extend(privacy::secrets());
    cases
}

/// Writes all cases below a folder; what the manifest says of them.
pub fn write(folder: &Path) -> Vec<Json> {
    let written = all().into_iter().map(|case| {
        case.make(&folder.join("cases").join(&case.name));
        let [new, duplicate, updated, ignored, rejected, pending] = case.wanted;
        json!({
            "name": case.name,
            "arguments": case.arguments,
            "wanted": {
                "new": new, "duplicate": duplicate, "updated": updated, "ignored": ignored,
                "rejected": rejected, "pending": pending,
            },
        })
    });
    written.collect()
}

/// A good call; `n` tells calls apart.
pub fn call(n: u32) -> String {
    call_of(n, "gpt-4o-2024-08-06", "1000")
}

/// A call of a model, with its input as it is written.
pub fn call_of(n: u32, model: &str, input: &str) -> String {
    format!(
        r#"{{"id":"chatcmpl-{n:08}Hq3vUz8Sb1WgYxMc7","object":"chat.completion","created":1793613600,"model":"{model}","choices":[{{"index":0,"message":{{"role":"assistant","content":"{CANARY}"}},"finish_reason":"stop"}}],"usage":{{"prompt_tokens":{input},"completion_tokens":100}}}}"#
    )
}

/// Lines.
pub fn lines(texts: &[&str]) -> String {
    texts.iter().map(|text| format!("{text}\n")).collect()
}

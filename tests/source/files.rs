//! Names to files: what is found, what is passed over and why, and what a name must not do.

use std::fs;
use std::path::Path;

use llmcost::error::ErrorKind;
use llmcost::source::{self, Found, Frame, Kind, Opened, Source};
use tempfile::TempDir;

/// A directory with these files, each holding one value that says its name.
fn folder(names: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in names {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("{{\"name\":\"{name}\"}}\n")).unwrap();
    }
    folder
}

fn expand(paths: &[&Path]) -> Vec<Found> {
    let paths: Vec<String> = paths
        .iter()
        .map(|path| path.to_str().unwrap().to_owned())
        .collect();
    source::expand(&paths).unwrap()
}

/// What was found, as names below a directory and words.
fn told(root: &Path, found: &[Found]) -> Vec<String> {
    let word = |kind: &Kind| match kind {
        Kind::File(_) => "file".to_owned(),
        Kind::Stdin => "stdin".to_owned(),
        Kind::Pipe => "pipe".to_owned(),
        Kind::Skipped(reason) => (*reason).to_owned(),
        Kind::Unreadable(reason) => format!("unreadable: {reason}"),
    };
    found
        .iter()
        .map(|one| {
            let name = one.path.strip_prefix(root).unwrap_or(&one.path);
            format!("{}: {}", name.display(), word(&one.kind))
        })
        .collect()
}

fn opened(found: &Found) -> Source {
    match source::open(found, None).unwrap() {
        Opened::Source(source) => *source,
        Opened::Skipped(reason) => panic!("skipped: {reason}"),
        Opened::Rejected(fault) => panic!("rejected: {fault}"),
        Opened::Database(..) => panic!("a database"),
    }
}

fn values(source: &mut Source) -> Vec<String> {
    let mut values = Vec::new();
    while let Some(frame) = source.next_frame().unwrap() {
        if let Frame::Value { text, .. } = frame {
            values.push(text.to_owned());
        }
    }
    values
}

#[test]
fn a_walk_finds_logs_in_order_and_says_what_it_passes_over() {
    let folder = folder(&[
        "b.jsonl",
        "a.log",
        "c",
        "d.json.gz",
        "README.md",
        "x.PNG",
        "ledger.db",
        ".agent/t.jsonl",
        "sub/.hidden.json",
        ".git/HEAD",
        "app.log.1",
        "main.rs",
    ]);
    assert_eq!(
        told(folder.path(), &expand(&[folder.path()])),
        [
            ".agent/t.jsonl: file",
            "README.md: source code or documentation",
            "a.log: file",
            "app.log.1: file",
            "b.jsonl: file",
            "c: file",
            "d.json.gz: file",
            "ledger.db: file",
            "main.rs: source code or documentation",
            "sub/.hidden.json: file",
            "x.PNG: an image, sound, video or font",
        ]
    );
}

#[test]
fn a_file_is_given_once_and_a_name_beats_its_extension() {
    let folder = folder(&["a.jsonl", "notes.md"]);
    let (log, notes) = (
        folder.path().join("a.jsonl"),
        folder.path().join("notes.md"),
    );
    let dotted = folder.path().join("./a.jsonl");
    let found = expand(&[
        &log,
        &dotted,
        folder.path(),
        &notes,
        Path::new("-"),
        Path::new("-"),
    ]);
    assert_eq!(
        told(folder.path(), &found),
        [
            "a.jsonl: file",
            "notes.md: source code or documentation",
            "notes.md: file",
            "-: stdin"
        ]
    );
    assert!(found.first().unwrap().named);
    let mut source = opened(found.get(2).unwrap());
    assert_eq!(values(&mut source), ["{\"name\":\"notes.md\"}"]);
    let stat = source.stat().unwrap();
    assert_eq!(stat.size, source.progress());
    assert!(stat.modified_ms > 0);
}

#[test]
fn a_pattern_that_the_shell_left_alone() {
    let folder = folder(&[
        "a.jsonl",
        "b.jsonl",
        ".c.jsonl",
        "d.log",
        "logs-1/x.jsonl",
        "odd[1].log",
    ]);
    let matched = |pattern: &str| told(folder.path(), &expand(&[&folder.path().join(pattern)]));
    assert_eq!(matched("*.jsonl"), ["a.jsonl: file", "b.jsonl: file"]);
    assert_eq!(matched("logs-?"), ["logs-1/x.jsonl: file"]);
    assert_eq!(matched("odd[1].log"), ["odd[1].log: file"]);
    assert_eq!(matched("**/x.jsonl"), ["logs-1/x.jsonl: file"]);
}

#[test]
fn a_name_that_means_nothing_is_an_error_with_a_hint() {
    let folder = folder(&[]);
    for name in ["missing.jsonl", "*.none", "dir/none"] {
        let path = folder.path().join(name).to_str().unwrap().to_owned();
        let error = source::expand(std::slice::from_ref(&path)).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Input);
        assert!(error.hint.is_some());
        assert!(error.to_string().contains(&path));
    }
    let error = source::expand(&["***".to_owned()]).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Usage);
}

#[test]
fn what_is_binary_is_skipped_on_a_walk_and_rejected_when_named() {
    let folder = folder(&[]);
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    write("database", b"SQLite format 3\0 CANARY");
    write("blob", b"CANARY\0\x01\x02");
    write("torn.jsonl", b"{\"a\":1}\n\0\0\0\0");
    let mut reasons = Vec::new();
    for found in expand(&[folder.path()]) {
        match source::open(&found, None).unwrap() {
            Opened::Skipped(reason) => reasons.push(reason.to_owned()),
            Opened::Rejected(fault) => panic!("rejected: {fault}"),
            Opened::Database(..) => panic!("a database"),
            Opened::Source(mut source) => reasons.push(values(&mut source).concat()),
        }
    }
    assert_eq!(reasons, ["binary", "a damaged database", "{\"a\":1}"]);
    let named = expand(&[&folder.path().join("blob")]);
    let opened = source::open(named.first().unwrap(), None).unwrap();
    assert!(matches!(opened, Opened::Rejected(fault) if fault.to_string() == "is binary"));
}

#[test]
fn a_file_that_vanishes_is_rejected_on_a_walk_and_an_error_when_named() {
    let folder = folder(&["a.jsonl"]);
    let path = folder.path().join("a.jsonl");
    let (walked, named) = (expand(&[folder.path()]), expand(&[&path]));
    fs::remove_file(&path).unwrap();
    let walked = source::open(walked.first().unwrap(), None).unwrap();
    assert!(matches!(walked, Opened::Rejected(_)));
    let error = source::open(named.first().unwrap(), None).err().unwrap();
    assert_eq!(error.kind, ErrorKind::Input);
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    use std::process::Command;
    use std::thread;

    use super::*;

    fn pipe(path: &Path) {
        let made = Command::new("mkfifo").arg(path).status().unwrap();
        assert!(made.success());
    }

    #[test]
    fn links_are_followed_to_files_once_and_never_to_directories() {
        let folder = folder(&["logs/a.jsonl"]);
        let logs = folder.path().join("logs");
        symlink(&logs, logs.join("loop")).unwrap();
        symlink(logs.join("a.jsonl"), logs.join("same.jsonl")).unwrap();
        symlink(logs.join("gone"), logs.join("nothing.jsonl")).unwrap();
        symlink(&logs, folder.path().join("named")).unwrap();
        let expected = [
            "a.jsonl: file",
            "loop: a link to a directory",
            "nothing.jsonl: a link to nothing",
        ];
        assert_eq!(told(&logs, &expand(&[&logs])), expected);
        let named = folder.path().join("named");
        assert_eq!(told(&named, &expand(&[&named])), expected);
    }

    #[test]
    fn a_pipe_is_read_when_named_and_never_opened_on_a_walk() {
        let folder = folder(&[]);
        let path = folder.path().join("pipe");
        pipe(&path);
        let _listener = UnixListener::bind(folder.path().join("socket")).unwrap();
        assert_eq!(
            told(folder.path(), &expand(&[folder.path()])),
            ["pipe: a named pipe", "socket: a socket"]
        );
        let writer = thread::spawn({
            let path = path.clone();
            move || fs::write(path, "{\"a\":1}\n{\"b\":").unwrap()
        });
        let mut source = opened(expand(&[&path]).first().unwrap());
        assert_eq!(values(&mut source), ["{\"a\":1}"]);
        assert_eq!((source.stat(), source.ending().pending), (None, None));
        writer.join().unwrap();
    }

    #[test]
    fn a_file_that_became_a_pipe_is_not_opened() {
        let folder = folder(&["a.jsonl"]);
        let path = folder.path().join("a.jsonl");
        let found = expand(&[folder.path()]);
        fs::remove_file(&path).unwrap();
        pipe(&path);
        let opened = source::open(found.first().unwrap(), None).unwrap();
        assert!(matches!(opened, Opened::Rejected(_)));
    }

    #[test]
    fn a_device_is_refused() {
        let error = source::expand(&["/dev/null".to_owned()]).unwrap_err();
        assert!(error.to_string().contains("is a device"));
    }
}

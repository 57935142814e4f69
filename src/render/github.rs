//! Commands for a GitHub Actions runner: annotations, and output values. A runner takes commands from
//! whatever a step prints, so text from logs is fenced. See
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::visible::visible;
use crate::error::Error;
use crate::table::checklist::{Check, Checklist, Outcome};

/// A runner shows so many annotations of one kind per step.
const MOST_ANNOTATIONS: usize = 10;

/// Bytes that a step summary may have; the runner refuses more than 1 MiB.
pub const SUMMARY_BYTES: usize = 1_000_000;

/// One annotation for each rule that does not pass, the worst first, one per line. `file` is the
/// budget file; where only warnings are wanted, broken rules warn, too.
pub fn annotations(checklist: &Checklist, file: Option<&str>, only_warn: bool) -> Vec<String> {
    let mut checks: Vec<&Check> = checklist.checks.iter().collect();
    checks.retain(|check| check.outcome != Outcome::Passed);
    checks.sort_by_key(|check| std::cmp::Reverse(check.outcome));
    let hidden = match checks.len().saturating_sub(MOST_ANNOTATIONS) {
        0 => 0,
        more => more + 1,
    };
    let shown = checks.iter().take(checks.len() - hidden);
    let mut lines: Vec<String> = shown
        .map(|check| annotation(check, file, only_warn))
        .collect();
    if hidden > 0 {
        let title = property("llmcost check");
        lines.push(format!(
            "::warning title={title}::… and {hidden} more: see the job's log"
        ));
    }
    lines
}

fn annotation(check: &Check, file: Option<&str>, only_warn: bool) -> String {
    let command = if only_warn || check.outcome == Outcome::Warned {
        "warning"
    } else {
        "error"
    };
    let title = format!("{}: {}", check.outcome.word(), check.name);
    let place = file.zip(check.line).map(|(file, line)| place(file, line));
    let found = check.found.iter().take(3).map(String::as_str);
    let more = (check.found.len() > 3).then_some("…");
    let found: Vec<&str> = found.chain(more).collect();
    let found = data(&found.join("\n"));
    format!(
        "::{command} {}title={}::{found}",
        place.unwrap_or_default(),
        property(&title)
    )
}

fn place(file: &str, line: u64) -> String {
    format!("file={},line={line},", property(file))
}

/// An annotation for what ends a command, such as a mistake in the budget file.
pub fn error(error: &Error) -> String {
    let origin = error.origin.as_ref();
    let place =
        origin.map(|origin| place(&origin.path.to_string_lossy(), origin.line.unwrap_or(1)));
    let hint = error.hint.as_ref().map(|hint| format!("\n{hint}"));
    let text = format!("{}{}", error.message, hint.unwrap_or_default());
    let title = property("llmcost check");
    format!(
        "::error {}title={title}::{}",
        place.unwrap_or_default(),
        data(&text)
    )
}

/// Printed text in which a runner finds no command, whatever words of logs are in it. The word that
/// ends the fence is the hash of the text, so that nothing in the text can be it.
pub fn fenced(text: String) -> String {
    if !text.contains("::") && !text.contains("##[") {
        return text;
    }
    let mut word = String::new();
    for byte in Sha256::digest(text.as_bytes()) {
        // Writing to a string cannot fail.
        let _ = write!(word, "{byte:02x}");
    }
    format!("::stop-commands::{word}\n{text}::{word}::\n")
}

/// As much of a summary as there is room for, in whole lines.
pub fn fitting(summary: &str, room: usize) -> String {
    const CUT: &str = "\n… cut: a step summary cannot be longer\n";
    if summary.len() <= room {
        return summary.to_owned();
    }
    let bytes = summary.as_bytes().get(..room.saturating_sub(CUT.len()));
    let end = bytes.and_then(|bytes| memchr::memrchr(b'\n', bytes));
    match end.and_then(|end| summary.get(..end)) {
        Some(lines) => format!("{lines}{CUT}"),
        None => String::new(),
    }
}

/// Text after the second `::`.
fn data(text: &str) -> String {
    let lines = text.split('\n').map(visible).collect::<Vec<_>>().join("\n");
    lines
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_command_is_escaped() {
        assert_eq!(data("50%\r\n::error::x"), "50%25\\u{d}%0A::error::x");
        assert_eq!(property("a: b, 5%"), "a%3A b%2C 5%25");
    }

    #[test]
    fn nothing_in_a_fenced_text_ends_the_fence() {
        let text = "FAIL\n::add-mask::x\n".to_owned();
        let fenced = fenced(text.clone());
        let (first, rest) = fenced.split_once('\n').unwrap();
        let word = first.strip_prefix("::stop-commands::").unwrap();
        assert_eq!(rest, format!("{text}::{word}::\n"));
        assert!(!text.contains(word));
        assert_eq!(super::fenced("PASS\n".to_owned()), "PASS\n");
    }

    #[test]
    fn a_summary_is_cut_between_lines() {
        let summary = "é\n".repeat(100);
        let cut = fitting(&summary, 200);
        assert!(cut.len() <= 200 && cut.starts_with("é\né\n") && cut.contains("… cut"));
        assert_eq!(fitting(&summary, 300), summary);
        assert_eq!(fitting("one line without an end", 10), "");
    }
}

//! Samples that differ from what the index states, and why: reviewed one by one. A sample that
//! differs and does not stand here is a finding, and so is an explanation that is not needed any more.

/// How a sample is counted that does not give what is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The other tool is wrong, or decides otherwise.
    Theirs,
    /// We lack something.
    Ours,
    /// The test reads files, or a state of them, that are not in the sample.
    Incomplete,
    /// The sample states no usage.
    Unsupported,
}

use Kind::{Incomplete, Ours, Theirs, Unsupported};

const GUESSED: &str =
    "the file states no tokens; the test counts calls whose tokens are guessed from texts";
const ONE_USE: &str = "the tokens agree; a record is what a session used of a model, because its two \
    files state the same requests without an id in common, so single requests would be counted twice";
const ONLY_TOTAL: &str = "the file states a total and nothing else. That tool calls all of it output; here it is a \
    total whose parts are not known, and unpriced";

/// What is known of a sample.
pub fn reason(name: &str) -> Option<&'static (&'static str, Kind, &'static str)> {
    let name = format!("{name}$");
    REASONS.iter().find(|(part, ..)| name.contains(part))
}

/// A part of the sample's name (`$` is its end), how it is counted, and the reason.
pub const REASONS: &[(&str, Kind, &str)] = &[
    // Another decision, or a mistake of the other side.
    (
        "falls_back_to_total_tokens_in_messages_path",
        Theirs,
        ONLY_TOTAL,
    ),
    (
        "falls_back_to_total_tokens_when_copilot_parts_are_missing",
        Theirs,
        ONLY_TOTAL,
    ),
    (
        "toktrack/tests/fixtures/claude-sample",
        Theirs,
        "one of the four rows is a notice that Claude Code wrote itself (`<synthetic>`, zeros): no call",
    ),
    (
        "copilot/decomposes-cache-inclusive-input",
        Theirs,
        "output 0 is asserted of rows that state 81 and 19: that tool takes the output of a session from its \
         events, which are not there; all other counts agree",
    ),
    (
        "copilot/does-not-crash-on-malformed-toolRequests",
        Ours,
        ONE_USE,
    ),
    ("copilot/never-emits-an-empty-timestamp", Ours, ONE_USE),
    (
        "parses-BOTH-the-store-rows-and-the-shutdown-rollup",
        Theirs,
        "a row and the totals that hold it are asserted side by side, as parsed; the same tool counts them \
         once when it serves them (its test `serves the rollup total at every stage`)",
    ),
    (
        "emits-a-session-whose-sole-rollup",
        Theirs,
        "that tool counts totals of a session as no call, though requests were billed",
    ),
    (
        "serves-a-rollup-only-session-with-zero-call-weight",
        Theirs,
        "that tool counts totals of a session as no call, though requests were billed",
    ),
    (
        "serves-a-rollup-with-an-unparseable-timestamp",
        Theirs,
        "totals without a time: that tool adds a row of 100 to totals of 500 that may hold it, and leaves \
         out one of 50; nothing in the files tells, and never twice comes first",
    ),
    ("serves-the-covered-gap-AND-the-crash-tail", Ours, ONE_USE),
    (
        "loads_usage_from_droid_settings_files",
        Theirs,
        "a second file states that nothing was used: that tool drops it, here it is a call of zero tokens",
    ),
    (
        "does-not-poison-seenKeys-when-a-Gemini-message-timestamp",
        Theirs,
        "that tool drops a call without a valid time; it was billed",
    ),
    (
        "keeps-one-authoritative-call-and-uses-top-level-totals",
        Theirs,
        "two models are two records, each with its own rate; that tool names one of them",
    ),
    (
        "treats-malformed-authoritative-fields-as-absent",
        Theirs,
        "input -1, reasoning -2 and a total that is a word: that tool takes them for absent and counts output \
         4; here a count below zero is rejected and told, with its line",
    ),
    (
        "dsh/parses-the-upstream-snapshot-two-steps",
        Theirs,
        "that tool prices 90 output and 18 reasoning on top; DeepSeek's documentation has reasoning_tokens as a \
         part of completion_tokens, and so does the file: its second step wrote one word in 25 tokens, 22 of \
         them reasoning",
    ),
    (
        "lingtai-tui/does-not-crash-on-a-valid-JSON-manifest",
        Theirs,
        "a row with neither cached nor thinking tokens is known by its path only; the same fields are what \
         price lists have, so it is left for a mapping",
    ),
    (
        "mistral-vibe/falls-back-to-LiteLLM-pricing",
        Theirs,
        "the tokens agree; a Claude model of Mistral's is in no vendor's price list, that tool takes Anthropic's",
    ),
    (
        "does-not-include-archived-child-sessions",
        Theirs,
        "an archived session was billed all the same",
    ),
    (
        "opencode/keeps-zero-usage-assistant-messages",
        Theirs,
        "an answer that states zero tokens and no cost bills nothing",
    ),
    (
        "opencode/recognizes-tool-call",
        Theirs,
        "an answer that states zero tokens and no cost bills nothing",
    ),
    // A part of what the test reads.
    (
        "antigravity/skips-statusLine-fallback-calls",
        Incomplete,
        "the calls that the test holds against the file are in a cache that is not in the sample",
    ),
    (
        "parser/keeps-a-pruned-conversation",
        Incomplete,
        "the database is at hand as it was after a conversation was deleted",
    ),
    (
        "parser/re-buckets-a-retained-90d-store",
        Incomplete,
        "the test first reads the database with fewer rows",
    ),
    (
        "codex-resume/resumes-at-a-task-boundary",
        Incomplete,
        "the test first reads the file with three of its six calls",
    ),
    (
        "Issue2037/live-fork-4d90-52bf",
        Incomplete,
        "only the manifest is at hand",
    ),
    (
        "dsh/skips-buckets-whose-usage-is-all-zero",
        Incomplete,
        "one of the two sessions is at hand",
    ),
    (
        "quickdesk/namespaces-session-less-metric-keys",
        Incomplete,
        "one of the two profiles is at hand",
    ),
    (
        "mistral-vibe/parses-cumulative-session-usage",
        Incomplete,
        "the session's totals are in a file that is not in the sample",
    ),
    // No usage in it.
    (
        "chooses-the-dominant-inferred-transcript-model",
        Unsupported,
        GUESSED,
    ),
    (
        "keeps-estimated-output-parsing-for-large",
        Unsupported,
        GUESSED,
    ),
    (
        "discovers-jsonl-transcripts-stored-directly",
        Unsupported,
        GUESSED,
    ),
    (
        "kiro/accepts-numeric-string-modern-timestamps",
        Unsupported,
        GUESSED,
    ),
    ("kiro/deduplicates-across-parser-runs", Unsupported, GUESSED),
    (
        "kiro/falls-back-to-token-estimated-cost",
        Unsupported,
        GUESSED,
    ),
    (
        "cursor-real-tokens/credits-real-input-tokens",
        Unsupported,
        "the file states how full the context window was, not what was billed",
    ),
    (
        "claude-code-transcripts/tests/sample_session.json$",
        Unsupported,
        "an export for reading, without counts",
    ),
    (
        "surfaces-the-source-when-the-store-is-corrupt",
        Unsupported,
        "a line of text in the place of a database",
    ),
    (
        "crush/returns-no-sessions-when-registry-is-malformed",
        Unsupported,
        "a list of projects, broken",
    ),
    (
        "devin/discovers-Devin-CLI-transcript",
        Unsupported,
        "a trajectory without a step",
    ),
    (
        "kimi/discovers-session-and-subagent",
        Unsupported,
        "a list of directories",
    ),
    ("kiro/skips-non-jsonl-files", Unsupported, "an empty object"),
    (
        "opencode-file/leaves-skills-and-subagentTypes",
        Unsupported,
        "a part of a message, which states no tokens",
    ),
];

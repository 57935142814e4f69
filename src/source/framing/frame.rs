//! What a source hands out, and what it says of itself at its end.

use std::fmt;

use crate::error::Fault;

/// One thing found in a source. Lines count from 1, offsets from 0, in the decoded bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame<'a> {
    /// One JSON document. Usually checked; a line that only looks like one object is handed out
    /// as it is, because whoever reads it finds out at no cost: it then is that line's reject.
    Value {
        /// The JSON text.
        text: &'a str,
        /// Where it begins.
        line: u64,
        /// Where it begins.
        offset: u64,
        /// The place inside a top-level array, such as `/0`; empty for a document of its own.
        pointer: &'a str,
    },
    /// The data of one server-sent event, unchecked.
    Event {
        /// What `event:` said.
        name: Option<&'a str>,
        /// The data lines, joined.
        text: &'a str,
        /// Where its data begins.
        line: u64,
        /// Where its data begins.
        offset: u64,
    },
    /// `[DONE]`: an event stream ends here.
    StreamEnd {
        /// Where.
        line: u64,
    },
    /// A line of plain text that may carry JSON: it has a brace, or a container runtime wrote it.
    Line {
        /// The line, without its end.
        text: &'a str,
        /// Which line.
        line: u64,
        /// Where it begins.
        offset: u64,
    },
    /// A run of lines of plain text, counted only.
    Text {
        /// The first of them.
        first_line: u64,
        /// How many; blank lines are not counted.
        lines: u64,
    },
    /// JSON that has no fields at all: an array of numbers, a list of words.
    Other {
        /// Where it begins.
        line: u64,
        /// Where it begins.
        offset: u64,
    },
    /// What should be JSON and is not.
    Broken {
        /// Where it begins.
        line: u64,
        /// Where it begins.
        offset: u64,
        /// Why it cannot be read.
        reason: Reason,
    },
}

impl Frame<'_> {
    /// The line on which it begins.
    pub fn line(&self) -> u64 {
        match self {
            Self::Value { line, .. }
            | Self::Event { line, .. }
            | Self::StreamEnd { line }
            | Self::Line { line, .. }
            | Self::Other { line, .. }
            | Self::Broken { line, .. }
            | Self::Text {
                first_line: line, ..
            } => *line,
        }
    }
}

/// Why something cannot be read. Our own words only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// It breaks the grammar.
    NotJson,
    /// A complete value, and then something else on its line.
    TextAfterValue,
    /// It stops in the middle, and nothing can be added to it.
    CutShort,
    /// It is larger than 64 MiB.
    TooLarge,
    /// It is not UTF-8, and too large to be repaired.
    NotText,
    /// A hole of NUL bytes, as a power cut leaves it.
    Hole,
    /// Compressed data that cannot be decoded.
    Damaged,
    /// Compressed data that grows beyond any log.
    Bomb,
    /// More than three layers of compression.
    TooDeep,
    /// More brackets opened than anything but an attack opens.
    Bottomless,
    /// A row of a table that is longer than 8 MiB.
    EndlessRow,
}

impl Reason {
    /// The reason as one stable word.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotJson => "not-json",
            Self::TextAfterValue => "text-after-value",
            Self::CutShort => "cut-short",
            Self::TooLarge => "too-large",
            Self::NotText => "not-text",
            Self::Hole => "nul-bytes",
            Self::Damaged => "damaged",
            Self::Bomb => "bomb",
            Self::TooDeep => "too-deep",
            Self::Bottomless => "bottomless",
            Self::EndlessRow => "endless-row",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotJson => "is not valid JSON",
            Self::TextAfterValue => "has other text after a JSON value",
            Self::CutShort => "ends in the middle of a JSON value",
            Self::TooLarge => "is larger than 64 MiB",
            Self::NotText => "is not UTF-8",
            Self::Hole => "is a hole of NUL bytes",
            Self::Damaged => "the compressed data is damaged; the rest cannot be read",
            Self::Bomb => "the compressed data grows beyond any log; the rest was not read",
            Self::TooDeep => "is compressed more than three times",
            Self::Bottomless => "is nested beyond all measure",
            Self::EndlessRow => {
                "is a row of more than 8 MiB, as where a quote is never closed; the rest was not read"
            }
        })
    }
}

impl From<Reason> for Fault {
    fn from(reason: Reason) -> Self {
        Self::new(reason.to_string())
    }
}

/// Something odd that cost no record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Warning {
    /// Padding or rubbish after complete compressed data.
    TrailingBytes,
    /// Compressed data that stops in the middle.
    Truncated,
    /// A top-level array that is never closed.
    OpenArray,
    /// Bytes that are not UTF-8, replaced by U+FFFD.
    InvalidText,
}

impl Warning {
    /// The warning as one stable word.
    pub fn kind(self) -> &'static str {
        match self {
            Self::TrailingBytes => "trailing-bytes",
            Self::Truncated => "truncated",
            Self::OpenArray => "open-array",
            Self::InvalidText => "invalid-text",
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TrailingBytes => "bytes after the compressed data were not read",
            Self::Truncated => "the compressed data stops in the middle",
            Self::OpenArray => "the array is never closed",
            Self::InvalidText => "bytes that are not UTF-8 were replaced",
        })
    }
}

/// The shape in which something was read: the last step of a provenance such as `gzip>jsonl`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// One value on its line.
    Jsonl,
    /// A value over several lines.
    Json,
    /// An element of a top-level array.
    Array,
    /// A server-sent event.
    Sse,
    /// A line of plain text.
    Text,
}

impl Shape {
    /// The word for provenance.
    pub fn word(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Json => "json",
            Self::Array => "array",
            Self::Sse => "sse",
            Self::Text => "text",
        }
    }
}

/// The beginning of a value at the end of a file that may still grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pending {
    /// Where it begins.
    pub line: u64,
    /// Where it begins.
    pub offset: u64,
    /// How many bytes of it are there.
    pub bytes: u64,
}

/// What can be said of a source once it is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ending {
    /// Lines, the last one without an end included.
    pub lines: u64,
    /// Decoded bytes.
    pub bytes: u64,
    /// A value that is not complete yet.
    pub pending: Option<Pending>,
    /// Whether anything was decompressed.
    pub compressed: bool,
    /// Every way in which something was read, such as `jsonl` or `gzip>sse`; joined by `+`.
    pub format: String,
    /// Oddities, each kind once.
    pub warnings: Vec<Warning>,
}

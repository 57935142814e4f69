//! How tests tell a frame.

use llmcost::source::Frame;

/// A frame as a word: kind, line, and the text or what there is instead.
pub fn told(frame: &Frame<'_>) -> String {
    match frame {
        Frame::Value {
            text,
            line,
            pointer,
            ..
        } => format!("value{pointer} {line}: {text}"),
        Frame::Event {
            name, text, line, ..
        } => format!("event {line} {}: {text}", name.unwrap_or("-")),
        Frame::StreamEnd { line } => format!("end {line}"),
        Frame::Line { text, line, .. } => format!("line {line}: {text}"),
        Frame::Text { first_line, lines } => format!("text {first_line}+{lines}"),
        Frame::Other { line, .. } => format!("other {line}"),
        Frame::Broken { line, reason, .. } => format!("broken {line}: {}", reason.word()),
    }
}

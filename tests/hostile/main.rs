//! What hostile, broken and odd input does to the program: a counted reject or a clear error, never a
//! panic, never a wait without end, and never the loss of another record.

// Clippy lets tests unwrap, panic and index, but not the functions that tests share.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../common/home.rs"]
mod home;

mod corpus;
mod files;
mod json_suite;
mod ledgers;
mod numbers;
mod text;

/// A good call; `n` tells calls apart.
pub fn call(n: u32) -> String {
    format!(
        r#"{{"id":"chatcmpl-{n:08}Kq7vTz3Rb9WfYxNc5","object":"chat.completion","created":1793613600,"model":"gpt-4o-2024-08-06","choices":[{{"index":0,"message":{{"role":"assistant","content":"CANARY"}},"finish_reason":"stop"}}],"usage":{{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100}}}}"#
    )
}

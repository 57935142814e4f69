//! The program as its users meet it: every command through the binary, in a home of its own.

// Clippy lets tests unwrap, panic and index, but not the functions that tests share.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../common/home.rs"]
mod home;

mod again;
mod anywhere;
mod ask;
mod chain;
mod config;
mod environment;
mod export;
mod find;
mod glance;
mod help;
mod index;
mod ingest;
mod inspect;
mod output;
mod quote;
mod set;
mod verify;

/// A chat completion; `n` tells calls apart.
pub fn chat(n: u32, model: &str) -> String {
    format!(
        r#"{{"id":"chatcmpl-{n:08}Kq7vTz3Rb9WfYxNc5","object":"chat.completion","created":{},"model":"{model}","service_tier":"default","choices":[{{"index":0,"message":{{"role":"assistant","content":"CANARY"}},"finish_reason":"stop"}}],"usage":{{"prompt_tokens":2006,"completion_tokens":300,"total_tokens":2306,"prompt_tokens_details":{{"cached_tokens":1920}}}}}}"#,
        1_793_613_600 + n
    )
}

/// A message that names no time.
pub const MESSAGE: &str = r#"{"id":"msg_01Qk7vTz3Rb9WfYxNc5LpAhD","type":"message","role":"assistant","model":"claude-sonnet-4-5-20250929","content":[{"type":"text","text":"CANARY"}],"stop_reason":"end_turn","usage":{"input_tokens":3,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":550}}"#;

/// Three priced calls and one of an unknown model.
pub fn log() -> String {
    let lines = [
        chat(1, "gpt-4o-2024-08-06"),
        chat(2, "gpt-5-mini-2025-08-07"),
        MESSAGE.to_owned(),
        chat(3, "mystery-9"),
    ];
    lines.join("\n") + "\n"
}

//! Transcripts of coding agents → usage records. One file per tool or family of tools.
//!
//! A transcript is read value by value with a state of its own ([`super::Transcript`]). Its records
//! carry a `key`, the words by which the tool itself knows the response, so that a copied, resumed
//! or forked session counts nothing twice, in whatever order and run its files are read.

mod common;
mod copilot_legs;

pub use claude_code::DIFFERS as CLAUDE_CODE;

use super::{Adapter, Context, Differs, Entry, Late, Line, Reader, Reading, Transcript, anthropic};
use super::{anthropic_parts, attribution, shared};

macro_rules! agents {
    ($($module:ident)*) => {
        $(mod $module;)*
        /// Every transcript adapter, in the order in which they are asked.
        pub const AGENTS: &[&Adapter] = &[$(&$module::ADAPTER,)*];
    };
}

agents! {
    codex
    codex_exec
    qwen_code
    claude_code
    gemini_cli
    opencode
    amp
    pi
    anthropic_session
    copilot_cli
    copilot_chat
    copilot_traces
    cline
    cline_cli
    droid
    kimi
    grok
    codebuff
    zed
    forge
    cursor
    warp
    aider
    atif
    antigravity
    kiro
    mux
    dsh
    lingtai
    open_design
    quickdesk
    session_totals
}

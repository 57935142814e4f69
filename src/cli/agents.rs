//! Where coding agents keep their transcripts.

use std::path::{Path, PathBuf};

use super::{Console, input};
use crate::error::{Error, ErrorKind, Result};
use crate::source;

/// Where a place begins.
#[derive(Debug, Clone, Copy)]
enum Base {
    /// The directory that a variable names (several may stand there, with commas between them),
    /// else one below the home directory.
    Own(&'static str, &'static str),
    /// The home directory.
    Home,
    /// Where programs keep data: `XDG_DATA_HOME`.
    Data,
    /// Where programs keep settings: `XDG_CONFIG_HOME`, or its counterpart of macOS.
    Config,
    /// The current directory.
    Here,
}

/// Agents and where they keep what states usage. A `*` stands for any name.
const PLACES: &[(&str, Base, &str)] = &[
    (
        "claude-code",
        Base::Own("CLAUDE_CONFIG_DIR", ".claude"),
        "projects",
    ),
    ("claude-code", Base::Config, "claude/projects"),
    ("codex", Base::Own("CODEX_HOME", ".codex"), "sessions"),
    (
        "codex",
        Base::Own("CODEX_HOME", ".codex"),
        "archived_sessions",
    ),
    ("gemini-cli", Base::Own("GEMINI_DIR", ".gemini"), "tmp"),
    ("qwen-code", Base::Home, ".qwen/projects"),
    ("opencode", Base::Data, "opencode/*.db"),
    ("opencode", Base::Data, "opencode/storage/message"),
    ("kilo-cli", Base::Data, "kilo/*.db"),
    ("amp", Base::Data, "amp/threads"),
    ("droid", Base::Home, ".factory/sessions"),
    (
        "copilot-cli",
        Base::Own("COPILOT_HOME", ".copilot"),
        "session-store.db",
    ),
    (
        "copilot-cli",
        Base::Own("COPILOT_HOME", ".copilot"),
        "session-state",
    ),
    (
        "copilot-traces",
        Base::Config,
        "Code*/User/globalStorage/github.copilot-chat/agent-traces.db",
    ),
    (
        "copilot-chat",
        Base::Config,
        "Code*/User/workspaceStorage/*/chatSessions",
    ),
    (
        "copilot-chat",
        Base::Config,
        "Code*/User/globalStorage/emptyWindowChatSessions",
    ),
    (
        "cline",
        Base::Config,
        "Code*/User/globalStorage/saoudrizwan.claude-dev/tasks/*/ui_messages.json",
    ),
    (
        "roo-code",
        Base::Config,
        "Code*/User/globalStorage/rooveterinaryinc.roo-cline/tasks/*/ui_messages.json",
    ),
    (
        "kilo-code",
        Base::Config,
        "Code*/User/globalStorage/kilocode.kilo-code/tasks/*/ui_messages.json",
    ),
    (
        "cline-cli",
        Base::Own("CLINE_DIR", ".cline"),
        "data/sessions",
    ),
    (
        "cursor",
        Base::Config,
        "Cursor/User/globalStorage/state.vscdb",
    ),
    ("goose", Base::Data, "goose/sessions/sessions.db"),
    ("kimi", Base::Own("KIMI_SHARE_DIR", ".kimi"), "sessions"),
    ("pi", Base::Home, ".pi/agent/sessions"),
    ("omp", Base::Home, ".omp/agent/sessions"),
    ("openclaw", Base::Home, ".openclaw/agents/*/sessions"),
    ("grok-build", Base::Own("GROK_HOME", ".grok"), "sessions"),
    (
        "mistral-vibe",
        Base::Own("VIBE_HOME", ".vibe"),
        "logs/session",
    ),
    ("hermes", Base::Own("HERMES_HOME", ".hermes"), "state.db"),
    (
        "hermes",
        Base::Own("HERMES_HOME", ".hermes"),
        "profiles/*/state.db",
    ),
    ("crush", Base::Here, ".crush/crush.db"),
    ("zed", Base::Data, "zed/threads/threads.db"),
    (
        "zed",
        Base::Home,
        "Library/Application Support/Zed/threads/threads.db",
    ),
    ("warp", Base::Home, ".local/state/warp-terminal/warp.sqlite"),
    ("forge", Base::Home, ".forge/.forge.db"),
    ("codebuff", Base::Config, "manicode/projects"),
    ("mux", Base::Home, ".mux/sessions"),
    ("dsh", Base::Own("DSH_HOME", ".dsh"), "sessions"),
    ("kiro", Base::Home, ".kiro/sessions/cli"),
    ("devin", Base::Data, "devin/cli/transcripts"),
];

/// Agents whose usage another one's places state more exactly, under names that do not match.
const HIDDEN: &[(&str, &str)] = &[("copilot-chat", "copilot-traces")];

/// The places that are there, as paths and patterns. Says which agents were found.
///
/// # Errors
/// When there are none.
pub fn found(console: &Console) -> Result<Vec<String>> {
    let mut found: Vec<(&str, String)> = Vec::new();
    for (agent, base, below) in PLACES {
        for folder in folders(*base) {
            let path = folder.join(below).to_string_lossy().into_owned();
            if is_there(&path) {
                found.push((agent, path));
            }
        }
    }
    let held: Vec<&str> = found.iter().map(|(agent, _)| *agent).collect();
    let is_hidden = |agent: &str| {
        let mut better = HIDDEN.iter().filter(|(hidden, _)| *hidden == agent);
        better.any(|(_, better)| held.contains(better))
    };
    found.retain(|(agent, _)| !is_hidden(agent));
    if found.is_empty() {
        return Err(Error::new(
            ErrorKind::Input,
            "no transcripts of coding agents are in their usual places",
        )
        .hint("name the directory that holds them: llmcost ingest PATH"));
    }
    let mut agents: Vec<&str> = found.iter().map(|(agent, _)| *agent).collect();
    agents.dedup();
    console.remark(&format!("found transcripts of {}", agents.join(", ")));
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

fn folders(base: Base) -> Vec<PathBuf> {
    let below = |variable: &str, home: &str| -> Vec<PathBuf> {
        input::home_folder(variable, home).into_iter().collect()
    };
    match base {
        Base::Own(variable, home) => {
            let named = std::env::var(variable).unwrap_or_default();
            if named.trim().is_empty() {
                return below(variable, home);
            }
            named
                .split(',')
                .map(|path| PathBuf::from(path.trim()))
                .collect()
        }
        Base::Home => below("HOME", ""),
        Base::Data => below("XDG_DATA_HOME", ".local/share"),
        Base::Config => {
            let mut folders = below("XDG_CONFIG_HOME", ".config");
            folders.extend(
                below("HOME", "")
                    .iter()
                    .map(|home| home.join("Library/Application Support")),
            );
            folders
        }
        Base::Here => vec![PathBuf::from(".")],
    }
}

/// Whether a path or a pattern means anything.
fn is_there(path: &str) -> bool {
    if path.contains('*') {
        return source::expand(&[path.to_owned()]).is_ok();
    }
    Path::new(path).exists()
}

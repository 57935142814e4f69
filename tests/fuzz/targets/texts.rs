//! Short texts that are kept: error messages lose keys and quotes, names lose what acts.

use llmcost::json::{plain, printable};
use llmcost::usage::identity::is_strong;
use llmcost::usage::{clean_error_text, clean_text, provider_name};

/// A key as a provider issues it; nothing else has these letters.
const SECRET: &str = "sk-ant-QZQZ7xqzqz";

/// A text, and the same with a key and a quoted prompt put where its first line ends.
pub fn run(bytes: &[u8]) {
    let text = super::text(bytes);
    let (before, after) = text.split_once('\n').unwrap_or((text, ""));
    let of_error = |text: &str| {
        let kept = clean_error_text(text);
        assert!(kept.chars().count() <= 500, "{text:?}");
        assert!(!kept.contains(char::is_control), "{text:?}: {kept:?}");
        kept
    };
    let kept = of_error(text);
    // What was cleaned once stays.
    assert_eq!(of_error(&kept), kept);
    if text.contains("QZQZ") {
        return;
    }
    for secret in [SECRET, "\"QZQZ prompt\"", "`QZQZ`"] {
        if before.ends_with(|last: char| last.is_alphanumeric() || "_-".contains(last)) {
            break;
        }
        // A mark before it may close what opens here.
        if before.contains(['"', '`', '\'', '«', '“', '{']) && secret != SECRET {
            break;
        }
        let kept = of_error(&format!("{before}{secret}{after}"));
        assert!(
            !kept.contains("QZQZ"),
            "{before:?} {secret} {after:?}: {kept:?}"
        );
    }
    if let Some(kept) = clean_text(text) {
        assert!(!kept.is_empty() && !kept.contains(char::is_control));
        assert_eq!(clean_text(&kept).as_deref(), Some(kept.trim()));
    }
    let shown = printable(text);
    assert!(
        shown
            .bytes()
            .all(|byte| byte.is_ascii_graphic() || byte == b' ')
    );
    assert_eq!(plain(&plain(text)), plain(text));
    if let Some(name) = provider_name(text) {
        assert_eq!(
            provider_name(&name).as_deref(),
            Some(name.as_str()),
            "{text:?}"
        );
    }
    // A longer id is not weaker, but for what says that it is none.
    let _ = is_strong(text);
}

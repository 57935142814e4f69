//! Where usage may stand in a value of no known format, and where it never is: by the names of
//! fields, and by what a string begins with.

use super::line;
use super::request::is_request;
use crate::json::{Kind, Names, Object, Raw, plain, printable};

/// Names under which requests, texts and other people's JSON stand: no usage of this call.
pub fn is_decoy(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "messages",
        "contents",
        "content",
        "tools",
        "toolcalls",
        "functioncall",
        "functions",
        "arguments",
        "args",
        "kwargs",
        "parameters",
        "params",
        "observation",
        "tooluseresult",
        "toolresult",
        "history",
        "system",
        "systemprompt",
        "instructions",
        "choices",
        "candidates",
        "schema",
        "examples",
        "modelmapinformation",
        "query",
        "documents",
        "thinking",
    ];
    const BEGINNINGS: &[&str] = &["request", "prompt", "input"];
    thread_local! { static KNOWN: Names<bool> = const { Names::new() }; }
    let is_one = |name: &str| {
        let name = plain(name);
        NAMES.contains(&name.as_str())
            || BEGINNINGS
                .iter()
                .any(|beginning| name.starts_with(beginning))
                && !name.ends_with("tokens")
    };
    KNOWN.with(|known| known.of(name, is_one))
}

/// Whether a field of a row by this name may be more than what it says as a header field: a response, somebody
/// else's JSON, a request or a prompt.
pub fn row_looks_at(name: &str) -> bool {
    is_slot(name) || is_decoy(name) || is_request(name) || ["prompt", "role"].contains(&name)
}

/// Names under which a whole response is kept, also as a string that holds JSON.
pub fn is_slot(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "response",
        "responsebody",
        "rawresponse",
        "responseraw",
        "responsejson",
        "responsedata",
        "responsepayload",
        "responseobject",
        "llmresponse",
        "apiresponse",
        "modelresponse",
        "providerresponse",
        "fullresponse",
        "completion",
        "body",
        "raw",
        "rawbody",
        "json",
        "output",
        "outputvalue",
        "outputbody",
        "outputbodyjson",
        "modeloutput",
        "result",
        "payload",
        "data",
        "chunk",
        "value",
        "reply",
        "answer",
        // Where loggers put a line that was JSON.
        "message",
        "msg",
        "log",
        "event",
        "text",
        "line",
    ];
    thread_local! { static KNOWN: Names<bool> = const { Names::new() }; }
    KNOWN.with(|known| known.of(name, |name| NAMES.contains(&plain(name).as_str())))
}

/// Whether a string that is no JSON is a line, an event stream or an encoded body with usage in it.
pub fn carries_usage(value: Raw<'_>) -> bool {
    const ENCODED: &[&str] = &[
        "eyJ", "ewog", "W3si", "H4sI", "KLUv/", "ZGF0YT", "ZXZlbnQ6", "AAA",
    ];
    let Some(text) = value.string() else {
        return false;
    };
    let text = text.trim_start();
    if ENCODED.iter().any(|begin| text.starts_with(begin)) && !text.contains([' ', '{']) {
        return true;
    }
    // Counts, or an encoded body that may hold some.
    let signs = ["oken", "usage", "\"eyJ", "\"H4sI"];
    let usage = signs.iter().any(|sign| text.contains(sign));
    let events = ["data:", "event:"]
        .iter()
        .any(|begin| text.starts_with(begin));
    usage && (events || line::split(text).is_some())
}

/// The JSON in a string, through as many strings as there are.
pub fn json_in(value: Raw<'_>) -> Option<String> {
    let mut text = value.string()?;
    for _ in 0..4 {
        match text.trim_start().as_bytes().first() {
            Some(b'{' | b'[') => {
                return Raw::parse(text.trim())
                    .ok()
                    .map(|raw| raw.as_str().to_owned());
            }
            Some(b'"') => text = Raw::parse(text.trim()).ok()?.string()?,
            Some(_) | None => return None,
        }
    }
    None
}

/// The field by which an object states usage: at its top, or in an object at its top.
pub fn bears_usage(object: &Object<'_>) -> Option<String> {
    let here = |object: &Object<'_>| {
        let mut fields = object.entries();
        let field = fields.find(|(name, value)| counts(name) && holds(*value));
        field.map(|(name, _)| printable(name))
    };
    here(object).or_else(|| {
        let mut inner = object.entries().filter(|(name, _)| !is_decoy(name));
        inner.find_map(|(name, value)| {
            let field = here(&value.object()?)?;
            Some(format!("{}.{field}", printable(name)))
        })
    })
}

fn counts(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "usage",
        "usageMetadata",
        "usage_metadata",
        "token_usage",
        "tokenUsage",
        "billed_units",
        "eval_count",
        "prompt_eval_count",
    ];
    NAMES.contains(&name)
        || name.ends_with("_tokens") && !name.starts_with("max_")
        || name.ends_with("TokenCount")
        || name.ends_with("_token_count")
        || name.starts_with("num_tokens_")
}

fn holds(value: Raw<'_>) -> bool {
    match value.kind() {
        Kind::Object => value.object().is_some_and(|object| {
            let mut fields = object.entries();
            fields.any(|(_, value)| value.kind() == Kind::Number)
        }),
        Kind::Number | Kind::String => value.digits().is_some_and(|digits| {
            let number = digits
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.');
            number && digits.bytes().any(|byte| matches!(byte, b'1'..=b'9'))
        }),
        Kind::Array | Kind::Bool | Kind::Null => false,
    }
}

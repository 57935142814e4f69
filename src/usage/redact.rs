//! Error texts: providers quote prompts and keys in them, so little is kept.

/// Longest error text that is kept, in characters.
const LONGEST: usize = 500;
/// What stands for something that was dropped.
const DROPPED: &str = "[…]";

/// Words that begin a secret, as providers and clouds issue them.
const SECRET_STARTS: &[&str] = &[
    "sk-",
    "sk_",
    "pk-",
    "rk_",
    "AKIA",
    "ASIA",
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "xox",
    "AIza",
    "ya29.",
    "eyJ",
    "gsk_",
    "hf_",
    "r8_",
    "xai-",
    "pplx-",
    "Bearer",
    "Basic",
    "glpat-",
    "npm_",
    "key-",
];

/// An error text with quoted spans, secrets, addresses and control characters dropped, then cut.
///
/// Quoted spans go because providers repeat prompts in them; what is left is the provider's own
/// wording, which is what a person needs.
pub fn clean_error_text(text: &str) -> String {
    let unquoted = drop_quoted(text);
    let mut words: Vec<&str> = Vec::new();
    let mut names_next = false;
    for word in unquoted.split(|c: char| c.is_whitespace() || c.is_control()) {
        if word.is_empty() {
            continue;
        }
        let is_dropped = names_next || is_private(word);
        names_next = is_scheme(word);
        if !is_dropped {
            words.push(word);
        } else if words.last() != Some(&DROPPED) {
            words.push(DROPPED);
        }
    }
    let kept: String = words.join(" ").chars().take(LONGEST).collect();
    // The cut may fall behind a word, and what is cleaned again must stay the same.
    kept.trim_end().to_owned()
}

/// Whether what follows the word is a key, as in `Authorization: Bearer …`.
fn is_scheme(word: &str) -> bool {
    let bare = word.trim_end_matches(|c: char| !c.is_alphanumeric());
    let last = bare.rsplit(|c: char| !c.is_alphanumeric()).next();
    last.is_some_and(|last| last.eq_ignore_ascii_case("bearer"))
}

/// Whether a word is an address or a key, or has one behind a mark, as in `key=sk-…`.
fn is_private(word: &str) -> bool {
    let bare = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    let long_token = bare.len() >= 32 && bare.bytes().any(|byte| byte.is_ascii_digit());
    let is_mark = |c: char| !c.is_alphanumeric() && !"-_".contains(c);
    let starts_secret = |part: &str| {
        let part = part.trim_start_matches(|c: char| !c.is_alphanumeric());
        let mut starts = SECRET_STARTS.iter();
        starts.any(|start| part.starts_with(start) && part.len() > start.len() + 3)
    };
    let mut parts = word.match_indices(is_mark).map(|(at, _)| at);
    starts_secret(word)
        || parts.any(|at| word.get(at..).is_some_and(starts_secret))
        || is_scheme(word)
        || long_token
        || word.contains("://")
        || word.contains('@')
}

/// Drops what stands between quotation marks, back ticks or braces. An opening mark without its
/// closing one drops the rest: better too little than a prompt.
fn drop_quoted(text: &str) -> String {
    let mut kept = String::new();
    let mut closing: Option<char> = None;
    let mut before = ' ';
    for c in text.chars() {
        match closing {
            Some(end) if c == end => closing = None,
            Some(_) => {}
            None => match closer_of(c, before) {
                Some(end) => {
                    closing = Some(end);
                    kept.push_str(DROPPED);
                }
                None => kept.push(c),
            },
        }
        before = c;
    }
    kept
}

fn closer_of(c: char, before: char) -> Option<char> {
    match c {
        '"' => Some('"'),
        '`' => Some('`'),
        '{' => Some('}'),
        '«' => Some('»'),
        '“' => Some('”'),
        // An apostrophe inside a word quotes nothing.
        '\'' if !before.is_alphanumeric() => Some('\''),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_providers_wording_stays_and_what_it_quotes_goes() {
        let text = "Invalid value: 'my secret prompt'. Can't use \"CANARY text\" here.";
        assert_eq!(
            clean_error_text(text),
            "Invalid value: […]. Can't use […] here."
        );
    }

    #[test]
    fn what_was_cut_and_is_cleaned_again_stays() {
        for length in 495..505 {
            let kept = clean_error_text(&format!("{} b c d e f", "a".repeat(length)));
            assert_eq!(clean_error_text(&kept), kept);
        }
    }

    #[test]
    fn secrets_and_addresses_go() {
        let text = "Incorrect API key provided: sk-ant-abc123def. See https://x.example/a?key=1 or a@b.example";
        assert_eq!(
            clean_error_text(text),
            "Incorrect API key provided: […] See […] or […]"
        );
        let bearer = "Authorization: Bearer abc. Try again";
        assert_eq!(clean_error_text(bearer), "Authorization: […] Try again");
        for text in [
            "bad api_key=sk-abc1234",
            "bad:sk-abc1234.",
            "bad ((ghp_abcd))",
        ] {
            let kept = clean_error_text(text);
            assert!(!kept.contains("abc"), "{text}: {kept}");
        }
        // A word of the provider's is none.
        assert_eq!(
            clean_error_text("the task-based disk-full"),
            "the task-based disk-full"
        );
    }

    #[test]
    fn an_unclosed_quote_and_a_long_text_are_cut() {
        assert_eq!(clean_error_text("bad \"CANARY without end"), "bad […]");
        assert_eq!(clean_error_text(&"é".repeat(900)).chars().count(), 500);
        assert_eq!(clean_error_text(&"é ".repeat(900)).chars().count(), 499);
    }
}

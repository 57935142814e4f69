//! Text that a spreadsheet would run when it is opened or edited.

/// Whether the text starts a formula, or looks already guarded against being one.
pub fn starts_formula(text: &str) -> bool {
    let acts = |letter: char| {
        matches!(
            letter,
            '=' | '+'
                | '-'
                | '@'
                | '\t'
                | '\r'
                | '\n'
                | '\0'
                | '\u{FF1D}'
                | '\u{FF0B}'
                | '\u{FF0D}'
                | '\u{FF20}'
        )
    };
    let skipped = |letter: char| {
        matches!(letter, '\'' | '\u{FEFF}' | '\u{200B}') || letter.is_whitespace() && !acts(letter)
    };
    text.trim_start_matches(skipped).starts_with(acts)
}

//! Model names against the patterns of a book: exact, or with `*` (any text) and `?` (one
//! character). Nothing is ever stripped from a name.

use std::collections::BTreeSet;

/// A pattern of a book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    /// A pattern from its text.
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Whether it is a name and nothing else.
    pub fn is_exact(&self) -> bool {
        !self.0.contains(['*', '?'])
    }

    /// How many characters of a name it fixes. The pattern that fixes more is the better match.
    pub fn literals(&self) -> usize {
        self.0.chars().filter(|c| !matches!(c, '*' | '?')).count()
    }

    /// Whether the name is one of those it stands for.
    pub fn fits(&self, name: &str) -> bool {
        fits(self.0.as_bytes(), name.as_bytes())
    }

    /// Whether some name fits both; `None` when the budget of steps does not suffice to tell.
    pub fn overlaps(&self, other: &Self, budget: &mut usize) -> Option<bool> {
        let ends_meet = meet(self.0.chars(), other.0.chars())
            && meet(self.0.chars().rev(), other.0.chars().rev());
        if !ends_meet {
            return Some(false);
        }
        let chars = |pattern: &Self| pattern.0.chars().collect::<Vec<_>>();
        overlap(&chars(self), &chars(other), budget)
    }
}

/// Whether two patterns agree as far as no star makes it a question. Most do not.
fn meet(a: impl Iterator<Item = char>, b: impl Iterator<Item = char>) -> bool {
    let fixed = a.zip(b).take_while(|(x, y)| *x != '*' && *y != '*');
    fixed.into_iter().all(|(x, y)| alike(x, y))
}

fn alike(x: char, y: char) -> bool {
    x == y || x == '?' || y == '?'
}

/// The usual two-pointer walk that returns to the last star; `?` is one byte of ASCII or one
/// character, whichever is longer.
fn fits(mut pattern: &[u8], mut name: &[u8]) -> bool {
    let mut retry: Option<(&[u8], &[u8])> = None;
    loop {
        match (pattern.split_first(), name.split_first()) {
            (Some((b'*', rest)), _) => {
                retry = Some((rest, name));
                pattern = rest;
            }
            (Some((b'?', rest)), Some((_, tail))) => {
                pattern = rest;
                name = skip_continuation(tail);
            }
            (Some((wanted, rest)), Some((found, tail))) if wanted == found => {
                pattern = rest;
                name = tail;
            }
            (None, None) => return true,
            _ => match retry.and_then(|(rest, from)| Some((rest, from.split_first()?.1))) {
                Some((rest, from)) => {
                    retry = Some((rest, from));
                    pattern = rest;
                    name = from;
                }
                None => return false,
            },
        }
    }
}

fn skip_continuation(name: &[u8]) -> &[u8] {
    let continued = name.iter().take_while(|byte| **byte & 0xC0 == 0x80).count();
    name.get(continued..).unwrap_or_default()
}

/// Whether two patterns share a name: walks over both at once, and goes where a star may end or go
/// on. Each pair of places is looked at once.
fn overlap(a: &[char], b: &[char], budget: &mut usize) -> Option<bool> {
    let mut waiting = vec![(0, 0)];
    let mut seen = BTreeSet::new();
    while let Some((i, j)) = waiting.pop() {
        if !seen.insert((i, j)) {
            continue;
        }
        *budget = budget.checked_sub(1)?;
        match (a.get(i), b.get(j)) {
            (None, None) => return Some(true),
            (Some('*'), other) => {
                waiting.push((i + 1, j));
                waiting.extend(other.map(|_| (i, j + 1)));
            }
            (other, Some('*')) => {
                waiting.push((i, j + 1));
                waiting.extend(other.map(|_| (i + 1, j)));
            }
            (Some(x), Some(y)) if alike(*x, *y) => waiting.push((i + 1, j + 1)),
            (Some(_) | None, Some(_)) | (Some(_), None) => {}
        }
    }
    Some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, name: &str) -> bool {
        Pattern::new(pattern).fits(name)
    }

    #[test]
    fn stars_and_question_marks() {
        assert!(fits("gpt-5-mini-20??-??-??", "gpt-5-mini-2025-08-07"));
        assert!(!fits("gpt-5-20??-??-??", "gpt-5-mini-2025-08-07"));
        assert!(fits(
            "gpt://*/yandexgpt-5.1/*",
            "gpt://b1g/yandexgpt-5.1/latest"
        ));
        assert!(fits("*", ""));
        assert!(fits("a*b*c", "aXbYbZc"));
        assert!(!fits("a*b*c", "aXbYbZ"));
        assert!(!fits("?", ""));
        assert!(fits("?-x", "é-x"));
        assert!(!fits("gpt-4o", "gpt-4o-mini"));
    }

    #[test]
    fn two_patterns_may_share_a_name() {
        let overlaps = |a: &str, b: &str| {
            let (a, b) = (Pattern::new(a), Pattern::new(b));
            let there = a.overlaps(&b, &mut 1_000).unwrap();
            assert_eq!(b.overlaps(&a, &mut 1_000), Some(there));
            there
        };
        assert!(overlaps("gpt-*-mini", "gpt-5-*ni"));
        assert!(overlaps("*a", "b*"));
        assert!(!overlaps("gpt-5-*", "gpt-4-*"));
        assert!(!overlaps("a?", "a"));
        assert!(overlaps("*", "*"));
        assert!(overlaps("a*c", "a?c"));
        assert!(!overlaps("a*c", "a?d"));
        assert!(overlaps("ab*", "a*b"));
        assert!(overlaps(&"*a".repeat(30), &"?".repeat(30)));
        assert!(!overlaps(&"*a".repeat(30), &"?".repeat(29)));
        let (many, other) = (
            Pattern::new(&"*a".repeat(30)),
            Pattern::new(&"?".repeat(29)),
        );
        assert_eq!(many.overlaps(&other, &mut 20), None);
    }
}

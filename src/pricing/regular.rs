//! Model names against the regular expressions of a book. They are anchored: they fit a whole name
//! or nothing.
//!
//! An expression becomes a deterministic automaton, because a book must know at load time whether two
//! of them share a name: they do if both automata can be walked to an end by the same bytes. Names
//! are compared byte by byte, so `\d` is 0 to 9 and `.` is one byte.

use std::collections::BTreeSet;

use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::util::primitives::StateID;
use regex_automata::util::start;
use regex_automata::{Anchored, MatchKind};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Look, LookSet};

/// Steps that a whole book may need to tell its patterns and expressions apart.
pub const MOST_STEPS: usize = 50_000;
/// Deepest nesting of groups.
const DEEPEST: u32 = 50;
/// Bytes of an automaton; an expression that needs more is no model name.
const LARGEST: usize = 1 << 18;

/// A regular expression of a book.
#[derive(Debug, Clone)]
pub struct Regular {
    text: String,
    automaton: dense::DFA<Vec<u32>>,
    start: StateID,
    fixes: bool,
}

impl Regular {
    /// Reads an expression.
    ///
    /// # Errors
    /// What is wrong with it, in a few words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parser = ParserBuilder::new();
        parser.unicode(false).utf8(false).nest_limit(DEEPEST);
        let hir = parser.build().parse(text).map_err(|error| reason(&error))?;
        let ends = LookSet::singleton(Look::Start).insert(Look::End);
        if !hir.properties().look_set().subtract(ends).is_empty() {
            return Err("only ^ and $ may look around".to_owned());
        }
        let (automaton, start) = automaton(&hir).ok_or("it is too large")?;
        Ok(Self {
            text: text.to_owned(),
            automaton,
            start,
            fixes: fixes(&hir),
        })
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it fixes some character, so that it says something about who a name belongs to.
    pub fn names_someone(&self) -> bool {
        self.fixes
    }

    /// Whether the name is one of those it stands for.
    pub fn fits(&self, name: &str) -> bool {
        let step = |state, byte| self.automaton.next_state(state, byte);
        self.ends_in(name.bytes().fold(self.start, step))
    }

    /// Whether some name fits both; `None` when the budget of steps does not suffice to tell.
    pub fn overlaps(&self, other: &Self, budget: &mut usize) -> Option<bool> {
        let (left, right) = (&self.automaton, &other.automaton);
        let bytes = self.kinds_of_bytes(other);
        let mut waiting = vec![(self.start, other.start)];
        let mut seen = BTreeSet::new();
        while let Some((a, b)) = waiting.pop() {
            let lost = left.is_dead_state(a) || right.is_dead_state(b);
            if lost || !seen.insert((a, b)) {
                continue;
            }
            *budget = budget.checked_sub(1)?;
            if self.ends_in(a) && other.ends_in(b) {
                return Some(true);
            }
            let next = bytes
                .iter()
                .map(|byte| (left.next_state(a, *byte), right.next_state(b, *byte)));
            waiting.extend(next);
        }
        Some(false)
    }

    /// Whether a name that ends in this state fits.
    fn ends_in(&self, state: StateID) -> bool {
        let end = self.automaton.next_eoi_state(state);
        self.automaton.is_match_state(end)
    }

    /// One byte of each kind that at least one of the two tells from others.
    fn kinds_of_bytes(&self, other: &Self) -> Vec<u8> {
        let kinds = [&self.automaton, &other.automaton].map(dense::DFA::byte_classes);
        let kind = |byte: u8| kinds.map(|classes| classes.get(byte));
        let begins = |byte: &u8| {
            byte.checked_sub(1)
                .is_none_or(|below| kind(below) != kind(*byte))
        };
        (0..=u8::MAX).filter(begins).collect()
    }
}

/// The automaton of an expression and where it starts, unless it is too large.
fn automaton(hir: &Hir) -> Option<(dense::DFA<Vec<u32>>, StateID)> {
    let bounds = thompson::Config::new()
        .utf8(false)
        .which_captures(WhichCaptures::None)
        .nfa_size_limit(Some(LARGEST));
    let mut compiler = thompson::Compiler::new();
    let states = compiler.configure(bounds).build_from_hir(hir).ok()?;
    // All ways count, not only the one that a search would prefer.
    let whole = dense::Config::new()
        .start_kind(StartKind::Anchored)
        .match_kind(MatchKind::All)
        .determinize_size_limit(Some(LARGEST))
        .dfa_size_limit(Some(LARGEST));
    let mut builder = dense::Builder::new();
    let automaton = builder.configure(whole).build_from_nfa(&states).ok()?;
    let anchored = start::Config::new().anchored(Anchored::Yes);
    let start = automaton.start_state(&anchored).ok()?;
    Some((automaton, start))
}

/// Whether a character is fixed, but for its case.
fn fixes(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Literal(_) => true,
        HirKind::Class(Class::Bytes(class)) => {
            let spans = class.ranges();
            spans.len() <= 2 && spans.iter().all(|span| span.len() == 1)
        }
        HirKind::Class(Class::Unicode(class)) => {
            let spans = class.ranges();
            spans.len() <= 2 && spans.iter().all(|span| span.len() == 1)
        }
        HirKind::Repetition(repetition) => fixes(&repetition.sub),
        HirKind::Capture(group) => fixes(&group.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(fixes),
        HirKind::Empty | HirKind::Look(_) => false,
    }
}

/// What the grammar says, without the drawing that goes with it.
fn reason(error: &regex_syntax::Error) -> String {
    match error {
        regex_syntax::Error::Parse(error) => error.kind().to_string(),
        regex_syntax::Error::Translate(error) => error.kind().to_string(),
        _ => "it cannot be read".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(text: &str, name: &str) -> bool {
        Regular::parse(text).unwrap().fits(name)
    }

    #[test]
    fn an_expression_fits_the_whole_name_or_nothing() {
        assert!(fits(r"gpt-5(-mini|-nano)?", "gpt-5-nano"));
        assert!(!fits(r"gpt-5(-mini|-nano)?", "gpt-5-nano-2025"));
        assert!(fits(r"^grok-\d{1,3}$", "grok-42"));
        assert!(!fits(r"grok-\d{1,3}", "grok-4242"));
        assert!(fits(r"(?i)Claude-.+", "CLAUDE-x"));
        assert!(fits(r"a*", ""));
        assert!(!fits(r"a$b", "ab"));
        assert!(fits(r"[^/]+/x", "é/x"));
        assert!(fits(r"(?u)[а-я]{3}", "где"));
        assert!(!fits(r"(?u)[а-я]{3}", "где?"));
    }

    #[test]
    fn two_expressions_may_share_a_name() {
        let overlaps = |a: &str, b: &str| {
            let (a, b) = (Regular::parse(a).unwrap(), Regular::parse(b).unwrap());
            let (mut there, mut back) = (MOST_STEPS, MOST_STEPS);
            let shared = a.overlaps(&b, &mut there);
            assert_eq!(shared, b.overlaps(&a, &mut back));
            shared.unwrap()
        };
        assert!(overlaps(r"gpt-\d+", r"gpt-[4-6].*"));
        assert!(!overlaps(r"gpt-\d+", r"gpt-\d+-mini"));
        assert!(overlaps(r"(a|b)+c?", r"b{3}"));
        assert!(!overlaps(r"^a$", r"^ab$"));
        assert!(overlaps(r"a$", r"^a"));
        assert!(!overlaps(r"a{2}", r"a{3,}"));
    }

    #[test]
    fn what_is_too_large_or_too_clever_is_refused() {
        for text in [r"(((a{50}){50}){50})", r"\bx", "(", "[z-a]"] {
            assert!(Regular::parse(text).is_err(), "{text}");
        }
        assert!(!Regular::parse(".*").unwrap().names_someone());
        assert!(Regular::parse("grok.*").unwrap().names_someone());
    }
}

//! Rules and how they came out: what `report` hands to the renderers of verdicts.

use crate::money::Exact;

/// How a rule, or a whole check, came out. In the order of weight: what is surely broken weighs more
/// than what cannot be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It holds.
    Passed,
    /// It holds, but not by much, or it only warns.
    Warned,
    /// Nothing certain can be said.
    Unjudged,
    /// It is broken.
    Failed,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Passed, Self::Warned, Self::Unjudged, Self::Failed];

    /// Its name in data formats.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "pass",
            Self::Warned => "warn",
            Self::Unjudged => "cannot_judge",
            Self::Failed => "fail",
        }
    }

    /// Its name for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "PASS",
            Self::Warned => "WARN",
            Self::Unjudged => "CANNOT JUDGE",
            Self::Failed => "FAIL",
        }
    }
}

/// One rule and how it came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What kind of rule it is.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// How it came out.
    pub outcome: Outcome,
    /// What was found, one sentence each, the worst first.
    pub found: Vec<String>,
    /// The line of the budget file that states it.
    pub line: Option<u64>,
}

/// A number that machines follow from run to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// The metric's name.
    pub name: &'static str,
    /// What it is.
    pub help: &'static str,
    /// What tells it from others of that name.
    pub labels: Vec<(&'static str, String)>,
    /// The number.
    pub value: Exact,
}

/// The rules of one check, and what was measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checklist {
    /// The verdict in one sentence.
    pub title: String,
    /// How the whole came out.
    pub outcome: Outcome,
    /// The rules.
    pub checks: Vec<Check>,
    /// The numbers; those of one name stand together.
    pub measures: Vec<Measure>,
}

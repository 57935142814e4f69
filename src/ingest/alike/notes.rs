//! How a document came to be read, noted on the way.

use crate::envelopes::Said;
use crate::usage::Facts;

/// How a document came to be read.
#[derive(Default)]
pub struct Notes {
    /// Each object on the way to the response, outermost first.
    pub levels: Vec<Level>,
    /// What envelopes said of the record that came of it.
    pub around: Said,
    /// What the response itself said.
    pub own: Facts,
    /// How often a reading was settled.
    pub settled: usize,
    /// Whether something was looked for in places that no format names.
    pub searched: bool,
}

/// One object on the way to a response.
#[derive(Default)]
pub struct Level {
    /// Where it stands in memory.
    pub address: usize,
    /// The fields whose values decided that nobody else reads it.
    pub decided: Vec<String>,
    /// The formats that it may be of, by their numbers.
    pub formats: Vec<usize>,
    /// The one that it is of, by its name.
    pub format: Option<String>,
    /// The adapter that read it.
    pub adapter: Option<&'static str>,
}

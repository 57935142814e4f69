//! What nobody reads.

use super::documents::Outcome;
use crate::envelopes::bears_usage;
use crate::error::Fault;
use crate::json::{Kind, Raw};

/// Ignored when it bills nothing by its looks, otherwise rejected, so that usage
/// in an unknown shape never passes in silence.
pub fn outcome(text: &str) -> Outcome {
    let Ok(raw) = Raw::parse(text) else {
        return Outcome::Rejected(Fault::new("is not valid JSON"));
    };
    let object = raw.object();
    if raw.kind() == Kind::Object && object.is_none() {
        let why = "has more than 250,000 fields, or one whose name is no text";
        return Outcome::Rejected(Fault::new(why));
    }
    match object.and_then(|object| bears_usage(&object)) {
        Some(field) => Outcome::Rejected(Fault::field(
            field,
            "looks like usage, but no adapter reads this shape; `llmcost inspect` shows how to map it",
        )),
        None => Outcome::Ignored(match raw.kind() {
            Kind::Object => "unrecognized object".to_owned(),
            Kind::Array => "unrecognized array".to_owned(),
            Kind::String => return of_text(&raw.string().unwrap_or_default()),
            Kind::Number | Kind::Bool | Kind::Null => "scalar".to_owned(),
        }),
    }
}

/// What became of a string or line in which nothing was recognised.
pub fn of_text(text: &str) -> Outcome {
    let text = text.trim();
    if text.starts_with('{') {
        if Raw::parse(text).is_err() {
            return Outcome::Rejected(Fault::new("holds JSON that is cut or not valid"));
        }
        return outcome(text);
    }
    Outcome::Ignored("text".to_owned())
}

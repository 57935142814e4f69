//! On which way a document was read, and what was asked of its parts there.

use super::learn::Lesson;
use super::notes::Level;
use super::roles::Role;
use super::sight::Part;
use crate::adapters::{self, Differs, Line};
use crate::envelopes::{Format, Formats, Look, LookSort, Scene, request_place};
use crate::json::Raw;

/// The adapter of rows.
const ROW: &str = "row";

/// The way on which a document was read, as parts of it.
pub(super) struct Way<'l> {
    outer: &'l Level,
    /// The format of the envelope.
    pub(super) format: Option<&'l Format>,
    /// The response inside of an envelope.
    pub(super) inner: Option<&'l Level>,
    pub(super) body: Option<usize>,
    pub(super) request: Option<usize>,
    /// Where formats look for what they are, in the document and in the response.
    looks: (Vec<Look<'l>>, Vec<Look<'l>>),
    /// What differs in responses of this shape; nothing of a row.
    pub(super) differs: Option<&'static Differs>,
}

impl Way<'_> {
    /// The line of a transcript around the response.
    pub(super) fn line(&self) -> Option<&'static Line> {
        self.differs?.line.as_ref()
    }

    /// Whether somebody asked what a part is, to tell what the document is or who reads it.
    pub(super) fn asks(&self, names: &[&str]) -> bool {
        let asked = |level: &Level, names: &[&str]| {
            let mut decided = level.decided.iter();
            decided.any(|name| [name.as_str()] == *names)
        };
        let (_, in_body) = names.split_first().unwrap_or((&"", &[]));
        asked(self.outer, names) || self.inner.is_some_and(|inner| asked(inner, in_body))
    }

    /// Whether what a part is decides anything that is no part of the key.
    pub(super) fn decides(&self, names: &[&str], role: Role) -> bool {
        let (_, in_body) = names.split_first().unwrap_or((&"", &[]));
        self.asks(names) && !role.is_told_by_the_key()
            || self.looks.0.iter().any(|look| decides(look, names, role))
            || self.looks.1.iter().any(|look| decides(look, in_body, role))
    }
}

impl Lesson<'_, '_> {
    /// The way of a document; nothing where it is none that is known to be the same for others.
    pub(super) fn way<'l>(&'l self, document: Raw<'_>, formats: &'l Formats) -> Option<Way<'l>> {
        let (outer, inner) = match self.notes.levels.as_slice() {
            [outer] => (outer, None),
            [outer, inner] => (outer, Some(inner)),
            _ => return None,
        };
        let read = inner.unwrap_or(outer);
        let adapter = read.adapter?;
        let differs = adapters::differs(adapter);
        let is_known = differs.is_some() || adapter == ROW;
        let line = differs.and_then(|differs| differs.line.as_ref());
        let is_alone = !self.notes.searched && self.notes.settled == 1;
        let is_inside = outer.format.is_some() == inner.is_some()
            && read.format.is_none()
            && !(line.is_some() && inner.is_some());
        if !is_known || !is_alone || !is_inside || outer.address != document.address() {
            return None;
        }
        let all = formats.all();
        let format = outer.format.as_deref();
        let format = format.and_then(|id| all.iter().find(|format| format.id == id));
        if format.is_some_and(|format| !is_plain(format)) {
            return None;
        }
        let object = document.object()?;
        let request = format.and_then(|format| request_place(format, Scene::of(&object)));
        let request = match request {
            Some(place) => Some(self.top(place.as_written().strip_prefix('/')?)?),
            None => None,
        };
        let body = match (inner, line) {
            (Some(inner), _) => {
                let holds = |part: &Part<'_>| part.value.address() == inner.address;
                Some(self.parts.iter().position(holds)?)
            }
            (None, Some(line)) => {
                self.top(line.session)?;
                Some(self.top(line.message)?)
            }
            (None, None) => None,
        };
        let looks = |level: &'l Level, is_one: &dyn Fn(&Format) -> bool| -> Vec<Look<'l>> {
            let formats = level.formats.iter().filter_map(|at| all.get(*at));
            let looks = formats.map(|format| format.looks(is_one(format)));
            looks.flatten().collect()
        };
        let of_outer = looks(outer, &|one| Some(&one.id) == outer.format.as_ref());
        let of_inner = inner.map_or(Vec::new(), |inner| looks(inner, &|_| false));
        Some(Way {
            outer,
            format,
            inner,
            body,
            request,
            looks: (of_outer, of_inner),
            differs,
        })
    }

    /// A field at the top, by its name.
    fn top(&self, name: &str) -> Option<usize> {
        let mut parts = self.parts.iter();
        parts.position(|part| !part.inside && part.name == name)
    }
}

/// Whether a format has one response in one place.
fn is_plain(format: &Format) -> bool {
    format.each.is_none() && format.pieces.is_none() && !format.hands_on() && !format.own
}

/// Whether a look decides something by what a part is, which its outline does not say.
fn decides(look: &Look<'_>, names: &[&str], role: Role) -> bool {
    if !look.steps.starts_with(names) || names.is_empty() {
        return false;
    }
    match (look.steps.len() - names.len(), look.sort) {
        (0, LookSort::Presence) => false,
        (0, LookSort::Stated) => matches!(
            role,
            Role::Unseen | Role::Count | Role::Counts | Role::Request | Role::Content(_)
        ),
        // What stands at the top of a request is a part of the outline; all that counts hold is of the key.
        (1, LookSort::Presence) if role == Role::Request => false,
        (_, LookSort::Presence) if role == Role::Counts => false,
        _ => true,
    }
}

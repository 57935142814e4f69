//! What each part of a document is for those that are read alike.

use super::learn::Lesson;
use super::notes::Level;
use super::sight::Part;
use crate::adapters::{self, Differs};
use crate::envelopes::{Format, Formats, Look, LookSort, Scene, Target, request_place};
use crate::json::{Kind, Raw};
use crate::usage::{Field, TimeBasis};

/// What a part of a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It must be the same text.
    Same,
    /// An object whose fields have roles of their own.
    Open,
    /// A field of an object that has a role as a whole.
    Inside,
    /// Nobody looks at it.
    Unseen,
    /// A time that another one goes before.
    Passed,
    /// A word that becomes a header field.
    Word(Field),
    /// A number that becomes a header field.
    Number(Field),
    /// When it happened, in words.
    Time,
    /// The response's own id.
    Id,
    /// The response's own time.
    Created,
    /// A count.
    Count,
    /// An object of counts.
    Counts,
    /// The request.
    Request,
    /// The content of the response.
    Content(&'static Differs),
}

impl Role {
    /// The header field that a word becomes.
    pub(super) fn word(self) -> Option<Field> {
        match self {
            Self::Word(field) => Some(field),
            Self::Id => Some(Field::ResponseId),
            Self::Same
            | Self::Open
            | Self::Inside
            | Self::Unseen
            | Self::Passed
            | Self::Number(_)
            | Self::Time
            | Self::Created
            | Self::Count
            | Self::Counts
            | Self::Request
            | Self::Content(_) => None,
        }
    }

    /// The header field that a number becomes.
    pub(super) fn number(self) -> Option<Field> {
        if let Self::Number(field) = self {
            Some(field)
        } else {
            None
        }
    }
}

/// Header fields that are taken over as they are: nothing that reads or prices a record looks at them.
const TAKEN_OVER: &[Field] = &[
    Field::ResponseId,
    Field::RequestId,
    Field::TenantId,
    Field::UserId,
    Field::ConversationId,
    Field::AgentId,
    Field::WorkflowId,
    Field::EntityId,
    Field::ContentId,
    Field::LatencyMs,
    Field::TtfbMs,
    Field::TtftMs,
];

impl Lesson<'_, '_> {
    /// The role of each part; nothing where a document like this one cannot be told to be read alike.
    pub(super) fn roles(&self, document: Raw<'_>, formats: &Formats) -> Option<Vec<Role>> {
        let (outer, inner) = match self.notes.levels.as_slice() {
            [outer] => (outer, None),
            [outer, inner] => (outer, Some(inner)),
            _ => return None,
        };
        let read = inner.unwrap_or(outer);
        let adapter = read.adapter?;
        if self.notes.searched
            || self.notes.settled != 1
            || outer.address != document.address()
            || read.format.is_some()
            || outer.format.is_some() != inner.is_some()
        {
            return None;
        }
        let object = document.object()?;
        let all = formats.all();
        let format = outer.format.as_deref();
        let format = format.and_then(|id| all.iter().find(|format| format.id == id));
        let request = match format {
            Some(format) if is_plain(format) => request_place(format, Scene::of(&object)),
            Some(_) => return None,
            None => None,
        };
        let request = match request {
            Some(place) => Some(self.top(place.as_written().strip_prefix('/')?)?),
            None => None,
        };
        let body = match inner {
            Some(inner) => {
                let holds = |part: &Part<'_>| part.value.address() == inner.address;
                Some(self.parts.iter().position(holds)?)
            }
            None => None,
        };
        let looks = |level: &Level, is_one: &dyn Fn(&Format) -> bool| -> Vec<Look<'_>> {
            let formats = level.formats.iter().filter_map(|at| all.get(*at));
            formats
                .flat_map(|format| format.looks(is_one(format)))
                .collect()
        };
        let of_outer = looks(outer, &|one| Some(&one.id) == outer.format.as_ref());
        let of_inner = inner.map_or(Vec::new(), |inner| looks(inner, &|_| false));
        let differs = adapters::differs(adapter);
        let is_row = adapter == "row";
        if differs.is_none() && !is_row {
            return None;
        }
        let mut roles: Vec<Role> = Vec::with_capacity(self.parts.len());
        let mut holder = None;
        for (at, part) in self.parts.iter().enumerate() {
            if !part.inside {
                holder = Some(at);
            }
            let above = holder.filter(|_| part.inside);
            let role = match above.and_then(|above| Some((above, *roles.get(above)?))) {
                Some((_, Role::Open)) => self.of_body(part, differs),
                Some(_) => Role::Inside,
                None if body == Some(at) => Role::Open,
                None if request == Some(at) => Role::Request,
                None if inner.is_some() => self.of_envelope(part, formats),
                None if is_row => self.of_row(part, formats),
                None => self.of_body(part, differs),
            };
            let above = above.and_then(|above| self.parts.get(above));
            let names: Vec<&str> = above
                .into_iter()
                .chain([part])
                .map(|part| part.name)
                .collect();
            let in_body = names.get(1..).unwrap_or_default();
            let asked = |level: &Level, names: &[&str]| {
                let mut decided = level.decided.iter();
                decided.any(|name| [name.as_str()] == *names)
            };
            let of_read = inner.filter(|_| above.is_some());
            let is_asked =
                asked(outer, &names) || of_read.is_some_and(|inner| asked(inner, in_body));
            let is_seen = is_asked && !matches!(role, Role::Content(differs) if differs.names)
                || of_outer.iter().any(|look| decides(look, &names, role))
                || of_read.is_some() && of_inner.iter().any(|look| decides(look, in_body, role));
            match (role, part.value.kind()) {
                (Role::Open | Role::Inside, _) if is_asked => return None,
                (Role::Same | Role::Open | Role::Inside, _) => roles.push(role),
                _ if !is_seen => roles.push(role),
                // A scalar that decides something must be the same one; more is too much to compare.
                (_, Kind::Object | Kind::Array) => return None,
                (_, Kind::String | Kind::Number | Kind::Bool | Kind::Null) => {
                    roles.push(Role::Same);
                }
            }
        }
        let is_known = |name: &&Part<'_>| formats.knows_name(name.name);
        let opaque = [request, body].into_iter().flatten();
        let mut opaque = opaque.filter_map(|at| self.parts.get(at));
        (opaque.find(is_known).is_none() && self.is_one_of_each()).then_some(roles)
    }

    /// A field at the top, by its name.
    fn top(&self, name: &str) -> Option<usize> {
        let mut parts = self.parts.iter();
        parts.position(|part| !part.inside && part.name == name)
    }

    /// Whether no object has a name twice.
    fn is_one_of_each(&self) -> bool {
        let mut names: Vec<(usize, &str)> = Vec::new();
        let mut holder = 0;
        for (at, part) in self.parts.iter().enumerate() {
            if !part.inside {
                holder = at + 1;
            }
            names.push((if part.inside { holder } else { 0 }, part.name));
        }
        names.sort_unstable();
        !names.windows(2).any(|two| two.first() == two.last())
    }

    fn of_body(&self, part: &Part<'_>, differs: Option<&'static Differs>) -> Role {
        let Some(differs) = differs else {
            return Role::Same;
        };
        match (part.name, part.value.kind()) {
            ("id", Kind::String) => Role::Id,
            ("created", Kind::Number) if self.is_created(part) => Role::Created,
            ("usage", Kind::Object) => Role::Counts,
            (name, Kind::Array) if name == differs.content => Role::Content(differs),
            _ => Role::Same,
        }
    }

    fn is_created(&self, part: &Part<'_>) -> bool {
        let created = self.notes.own.get_time(Field::ProviderCreatedAt);
        let occurred = self.record().and_then(|record| record.occurred);
        let basis = occurred.map(|occurred| occurred.basis);
        created.is_some()
            && created == crate::usage::Timestamp::parse(part.value.as_str())
            && basis == Some(TimeBasis::Response)
    }

    /// What an envelope states, where the response does not state it itself.
    fn of_envelope(&self, part: &Part<'_>, formats: &Formats) -> Role {
        let stated = self.notes.around.places.iter();
        let mut stated = stated.filter(|stated| stated.place.strip_prefix('/') == Some(part.name));
        let (one, more) = (stated.next(), stated.next());
        let is_scalar = matches!(part.value.kind(), Kind::String | Kind::Number);
        match (one.map(|stated| &stated.target), more) {
            (None, _) if is_scalar && !formats.knows_name(part.name) => Role::Unseen,
            (Some(Target::Field(field)), None) => self.of_field(*field, part),
            (Some(Target::Time), None) => self.of_time(part),
            _ => Role::Same,
        }
    }

    fn of_field(&self, field: Field, part: &Part<'_>) -> Role {
        let Some(record) = self.record().filter(|_| !self.notes.own.has(field)) else {
            return Role::Same;
        };
        if !TAKEN_OVER.contains(&field) {
            return Role::Same;
        }
        let number = part
            .value
            .as_str()
            .parse()
            .ok()
            .filter(|number| *number != 0_i64);
        match part.value.kind() {
            Kind::String if record.facts.get_text(field) == part.value.digits() => {
                if field == Field::ResponseId {
                    Role::Id
                } else {
                    Role::Word(field)
                }
            }
            // Another unit would have made it another number.
            Kind::Number if number.is_some() && record.facts.get_integer(field) == number => {
                Role::Number(field)
            }
            Kind::String | Kind::Number | Kind::Object | Kind::Array | Kind::Bool | Kind::Null => {
                Role::Same
            }
        }
    }

    fn of_time(&self, part: &Part<'_>) -> Role {
        let basis = self
            .record()
            .and_then(|record| Some(record.occurred?.basis));
        match (part.value.kind(), basis) {
            // The response's own time goes before it.
            (Kind::String | Kind::Number, Some(TimeBasis::Response)) => Role::Passed,
            (Kind::String, Some(TimeBasis::Envelope)) => Role::Time,
            _ => Role::Same,
        }
    }

    fn of_row(&self, part: &Part<'_>, formats: &Formats) -> Role {
        let from = part.value.address();
        let inside = from..from + part.value.as_str().len();
        let is_counted = self
            .asked
            .counts
            .iter()
            .any(|(count, _)| inside.contains(count));
        if is_counted && !formats.knows_name(part.name) {
            match part.value.kind() {
                Kind::Number => return Role::Count,
                Kind::Object => return Role::Counts,
                Kind::Array | Kind::String | Kind::Bool | Kind::Null => {}
            }
        }
        let role = self.of_envelope(part, formats);
        // Rows are looked at field by field: what is not known to be taken over may decide.
        if role == Role::Unseen {
            Role::Same
        } else {
            role
        }
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

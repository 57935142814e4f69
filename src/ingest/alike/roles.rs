//! What each part of a document is for those that are read alike.

use super::learn::Lesson;
use super::sight::Part;
use super::way::Way;
use crate::adapters::Differs;
use crate::envelopes::{Formats, Target};
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
    /// When the response was complete.
    Completed,
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
            | Self::Completed
            | Self::Count
            | Self::Counts
            | Self::Request
            | Self::Content(_) => None,
        }
    }

    /// Whether what anybody may ask of it is a part of the key.
    pub(super) fn is_told_by_the_key(self) -> bool {
        match self {
            Self::Id => true,
            Self::Content(differs) => differs.names,
            Self::Same
            | Self::Open
            | Self::Inside
            | Self::Unseen
            | Self::Passed
            | Self::Word(_)
            | Self::Number(_)
            | Self::Time
            | Self::Created
            | Self::Completed
            | Self::Count
            | Self::Counts
            | Self::Request => false,
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
        let way = self.way(document, formats)?;
        let mut roles: Vec<Role> = Vec::with_capacity(self.parts.len());
        let mut holder = 0;
        for (at, part) in self.parts.iter().enumerate() {
            if !part.inside {
                holder = at;
            }
            let above = self.parts.get(holder).filter(|_| part.inside);
            let role = match above.and_then(|_| roles.get(holder)) {
                Some(Role::Open) => self.of_body(part, way.differs),
                Some(_) => Role::Inside,
                None => self.at_top(at, part, &way, formats),
            };
            let names: Vec<&str> = above
                .into_iter()
                .chain([part])
                .map(|part| part.name)
                .collect();
            match (role, part.value.kind()) {
                (Role::Open | Role::Inside, _) if way.asks(&names) => return None,
                (Role::Same | Role::Open | Role::Inside, _) => roles.push(role),
                _ if !way.decides(&names, role) => roles.push(role),
                // A scalar that decides something must be the same one; more is too much to compare.
                (_, Kind::Object | Kind::Array) => return None,
                (_, Kind::String | Kind::Number | Kind::Bool | Kind::Null) => {
                    roles.push(Role::Same);
                }
            }
        }
        let opaque = [way.request, way.body].into_iter().flatten();
        let mut opaque = opaque.filter_map(|at| self.parts.get(at));
        let says_more = opaque.any(|part| formats.knows_name(part.name));
        (!says_more && self.is_one_of_each()).then_some(roles)
    }

    fn at_top(&self, at: usize, part: &Part<'_>, way: &Way<'_>, formats: &Formats) -> Role {
        if way.body == Some(at) {
            Role::Open
        } else if way.request == Some(at) {
            Role::Request
        } else if way.inner.is_some() {
            self.of_envelope(part, formats)
        } else if way.differs.is_none() {
            self.of_row(part, formats)
        } else {
            self.of_body(part, way.differs)
        }
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
            (name, Kind::Number) if name == differs.created && self.is_created(part) => {
                Role::Created
            }
            (name, Kind::Number) if name == differs.completed => Role::Completed,
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

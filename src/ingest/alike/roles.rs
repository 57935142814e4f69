//! What each part of a document is for those that are read alike.

use super::learn::Lesson;
use super::sight::Part;
use super::way::Way;
use crate::adapters::{self, Differs, Line};
use crate::envelopes::{Formats, Stated, Target, Unit, row_looks_at};
use crate::json::{Kind, Raw};
use crate::usage::{Field, FieldKind, TimeBasis};

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
    /// It would be stated if nothing went before it.
    Passed,
    /// A word that becomes a header field.
    Word(Field),
    /// A number that becomes a header field, and its unit.
    Number(Field, Option<Unit>),
    /// When it happened, and the unit of a number.
    Time(Option<Unit>),
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
        if let Self::Word(field) = self {
            Some(field)
        } else {
            (self == Self::Id).then_some(Field::ResponseId)
        }
    }

    /// Whether what anybody may ask of it is a part of the key.
    pub(super) fn is_told_by_the_key(self) -> bool {
        if let Self::Content(differs) = self {
            differs.names
        } else {
            self == Self::Id
        }
    }

    /// The header field that a number becomes.
    pub(super) fn number(self) -> Option<Field> {
        if let Self::Number(field, _) = self {
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
        (self.is_told_by(&roles, &way, formats) && self.is_one_of_each()).then_some(roles)
    }

    /// Whether the roles of its parts tell all of a document.
    fn is_told_by(&self, roles: &[Role], way: &Way<'_>, formats: &Formats) -> bool {
        if let Some(line) = way.line() {
            // The session that goes on is told by a word of its own.
            let mut tops = self
                .parts
                .iter()
                .zip(roles)
                .filter(|(part, _)| !part.inside);
            return tops.any(|(part, role)| part.name == line.session && role.word().is_some());
        }
        let opaque = [way.request, way.body].into_iter().flatten();
        let mut opaque = opaque.filter_map(|at| self.parts.get(at));
        !opaque.any(|part| formats.knows_name(part.name))
    }

    fn at_top(&self, at: usize, part: &Part<'_>, way: &Way<'_>, formats: &Formats) -> Role {
        if way.body == Some(at) {
            Role::Open
        } else if let Some(line) = way.line() {
            self.of_line(part, line)
        } else if way.request == Some(at) {
            Role::Request
        } else if way.inner.is_some() {
            self.of_envelope(part, way, formats)
        } else if way.differs.is_none() {
            self.of_row(part, way, formats)
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
            (name, Kind::Array) if name == differs.content => {
                let is_read = differs.read.is_some();
                if is_read {
                    Role::Content(differs)
                } else {
                    Role::Unseen
                }
            }
            _ => Role::Same,
        }
    }

    /// What a line of a transcript states around its response.
    fn of_line(&self, part: &Part<'_>, line: &Line) -> Role {
        let mut words = line.words.iter();
        let word = words.find(|(name, _)| *name == part.name);
        if let Some((_, field)) = word {
            let stated = self
                .record()
                .and_then(|record| record.facts.get_text(*field));
            let is_text = stated.is_some() && part.value.kind() == Kind::String;
            let is_word = is_text && stated == part.value.digits();
            return if is_word {
                Role::Word(*field)
            } else {
                Role::Same
            };
        }
        match part.name {
            name if name == line.time => self.of_time(None, part),
            name if line.same.contains(&name) => Role::Same,
            _ => Role::Unseen,
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
    fn of_envelope(&self, part: &Part<'_>, way: &Way<'_>, formats: &Formats) -> Role {
        if !matches!(part.value.kind(), Kind::String | Kind::Number) {
            return Role::Same;
        }
        let stated_by = formats.stated_by(way.format, part.name);
        if stated_by.is_empty() && !formats.knows_name(part.name) {
            return Role::Unseen;
        }
        let places = self.notes.around.places.iter();
        let mut stated = places.filter(|stated| is_at(stated, part));
        let (stated, None) = (stated.next(), stated.next()) else {
            return Role::Same;
        };
        // What else the name may say must have been said before, whatever its value is.
        let mut others = stated_by
            .iter()
            .filter(|(target, ..)| stated.is_none_or(|stated| stated.target != *target));
        let are_passed = !stated_by.is_empty()
            && others.all(|(target, _, rank)| {
                self.is_stated_before(target, (*rank, part), way, formats)
            });
        let Some(stated) = stated.filter(|_| are_passed) else {
            let is_passed = stated.is_none() && are_passed;
            return if is_passed { Role::Passed } else { Role::Same };
        };
        let same = stated_by
            .iter()
            .filter(|(target, ..)| *target == stated.target);
        let mut units = same.map(|(_, unit, _)| *unit);
        let Some(unit) = units.next() else {
            return Role::Same;
        };
        match &stated.target {
            _ if units.any(|other| other != unit) => Role::Same,
            Target::Field(field) => self.of_field((*field, unit), part),
            Target::Time => self.of_time(unit, part),
            Target::Status
            | Target::Cost
            | Target::Currency
            | Target::Tag(_)
            | Target::Attribute(_)
            | Target::Count(_) => Role::Same,
        }
    }

    /// Whether something is stated at the top that comes before a part by which it would be stated as well.
    fn is_stated_before(
        &self,
        target: &Target,
        (rank, part): (usize, &Part<'_>),
        way: &Way<'_>,
        formats: &Formats,
    ) -> bool {
        if !matches!(target, Target::Field(_) | Target::Time) {
            return false;
        }
        let mut places = self.notes.around.places.iter();
        let stated = places.find(|stated| stated.target == *target);
        let mut tops = self.parts.iter().filter(|part| !part.inside);
        let winner = stated.and_then(|stated| tops.find(|top| is_at(stated, top)));
        let Some(winner) = winner else { return false };
        let ranks = formats.stated_by(way.format, winner.name);
        let mut ranks = ranks.iter().filter(|(other, ..)| other == target);
        let at = |part: &Part<'_>| part.value.address();
        ranks.all(|(_, _, other)| (*other, at(winner)) < (rank, at(part)))
    }

    fn of_field(&self, (field, unit): (Field, Option<Unit>), part: &Part<'_>) -> Role {
        let Some(record) = self.record().filter(|_| !self.notes.own.has(field)) else {
            return Role::Same;
        };
        let is_word = record.facts.get_text(field) == part.value.digits();
        match part.value.kind() {
            _ if !TAKEN_OVER.contains(&field) => Role::Same,
            Kind::String if is_word && field == Field::ResponseId => Role::Id,
            Kind::String if is_word && field.kind() == FieldKind::Text => Role::Word(field),
            Kind::Number if field.kind() == FieldKind::Integer => Role::Number(field, unit),
            Kind::String | Kind::Number | Kind::Object | Kind::Array | Kind::Bool | Kind::Null => {
                Role::Same
            }
        }
    }

    fn of_time(&self, unit: Option<Unit>, part: &Part<'_>) -> Role {
        let occurred = self.record().and_then(|record| record.occurred);
        match (part.value.kind(), occurred.map(|occurred| occurred.basis)) {
            // The response's own time goes before it.
            (Kind::String | Kind::Number, Some(TimeBasis::Response)) => Role::Passed,
            (Kind::String | Kind::Number, Some(TimeBasis::Envelope)) => Role::Time(unit),
            _ => Role::Same,
        }
    }

    fn of_row(&self, part: &Part<'_>, way: &Way<'_>, formats: &Formats) -> Role {
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
        // Rows are looked at field by field, by their names.
        if adapters::row_looks_at(part.name) || row_looks_at(part.name) {
            return Role::Same;
        }
        self.of_envelope(part, way, formats)
    }
}

/// Whether something is stated at a part of the top.
fn is_at(stated: &Stated, part: &Part<'_>) -> bool {
    stated.place.strip_prefix('/') == Some(part.name)
}

//! What usage can be grouped and filtered by: one table of names and meanings.

use std::borrow::Cow;

use chrono::DateTime;
use chrono_tz::Tz;

use crate::error::{Error, Result};
use crate::ledger::{Entry, is_shared};
use crate::usage::{Field, service_type};

use super::{calendar, nearest};

/// Where the value of a dimension comes from.
#[derive(Clone, Copy)]
pub enum Origin {
    /// A header field.
    Field(Field),
    /// Worked out from the whole entry.
    Entry(fn(&Entry) -> Option<Cow<'_, str>>),
    /// A label of the time at which it happened, in the report's timezone.
    Time(fn(&DateTime<Tz>) -> String),
    /// The line items: a record belongs to as many groups as it has meters.
    Meter,
}

/// What a dimension's value depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depends {
    /// What many records share of how they were served.
    Profile,
    /// What many records share of whose they are.
    Party,
    /// The local day.
    Day,
    /// The local time, down to a quarter of an hour.
    Time,
    /// The line items.
    Meter,
    /// A text of the header that every record has for itself.
    Own(Field),
    /// Anything else: every record has its own.
    Record,
}

impl Depends {
    /// The header field of the row itself that it is, if it is one.
    pub fn own(self) -> Option<Field> {
        match self {
            Self::Own(field) => Some(field),
            Self::Profile | Self::Party | Self::Day | Self::Time | Self::Meter | Self::Record => {
                None
            }
        }
    }
}

/// A dimension of the table below.
pub struct Known {
    /// The name on the command line.
    pub name: &'static str,
    /// Where its value comes from.
    pub origin: Origin,
    /// What it is.
    pub doc: &'static str,
}

const fn field(name: &'static str, field: Field, doc: &'static str) -> Known {
    Known {
        name,
        origin: Origin::Field(field),
        doc,
    }
}

const fn entry(
    name: &'static str,
    value: fn(&Entry) -> Option<Cow<'_, str>>,
    doc: &'static str,
) -> Known {
    Known {
        name,
        origin: Origin::Entry(value),
        doc,
    }
}

const fn time(name: &'static str, label: fn(&DateTime<Tz>) -> String, doc: &'static str) -> Known {
    Known {
        name,
        origin: Origin::Time(label),
        doc,
    }
}

/// Every dimension but the tags, in the order in which they are listed.
pub const DIMENSIONS: &[Known] = &[
    field("provider", Field::Provider, "Who served the response"),
    entry(
        "model",
        model,
        "The model that served it, else the one that was asked for",
    ),
    field(
        "requested-model",
        Field::RequestedModel,
        "The model that was asked for",
    ),
    field("user", Field::UserId, "Who made the call"),
    field("tenant", Field::TenantId, "Whose bill it is"),
    time("day", calendar::day, "2026-11-02"),
    time("week", calendar::week, "2026-W45, ISO weeks"),
    time("month", calendar::month, "2026-11"),
    time("hour", calendar::hour, "2026-11-02T10:00Z"),
    time("weekday", calendar::weekday, "Monday to Sunday"),
    time("hour-of-day", calendar::hour_of_day, "00 to 23"),
    field("agent", Field::AgentId, "The agent"),
    field("workflow", Field::WorkflowId, "The workflow"),
    field("task", Field::TaskType, "The task"),
    field(
        "operation",
        Field::OperationType,
        "chat, embedding, transcription …",
    ),
    field("entity", Field::EntityId, "What the call was for"),
    field(
        "content",
        Field::ContentId,
        "The content the call worked on",
    ),
    field(
        "content-type",
        Field::ContentType,
        "The kind of that content",
    ),
    field(
        "conversation",
        Field::ConversationId,
        "The conversation, session or thread",
    ),
    field(
        "endpoint",
        Field::Endpoint,
        "The caller's endpoint or the API path",
    ),
    field("platform", Field::Platform, "The platform or application"),
    field("modality", Field::Modality, "text, image_create, audio …"),
    entry(
        "service-type",
        service,
        "text_generation, image_generation …",
    ),
    Known {
        name: "meter",
        origin: Origin::Meter,
        doc: "What is counted: input, cache_read, image …",
    },
    entry("status", status, "success, partial or failed"),
    entry(
        "cost-status",
        cost_status,
        "exact, estimated, partial, unpriced or covered",
    ),
    field("error", Field::ErrorCode, "The provider's error code"),
    field(
        "tier",
        Field::ServiceTier,
        "The tier that served it; none is the standard tier",
    ),
    field("region", Field::Region, "Where it was served"),
    field(
        "fallback-reason",
        Field::FallbackReason,
        "Why another model was tried",
    ),
    field(
        "routing-rule",
        Field::RoutingRuleId,
        "The rule that chose the model",
    ),
    entry("web-provider", web_provider, "Who searched the web"),
    entry("source", source, "The file it was read from"),
];

/// One thing to group or filter by.
#[derive(Clone)]
pub enum Dimension {
    /// One of the table.
    Known(&'static Known),
    /// The user's own label of that name.
    Tag(String),
}

impl Dimension {
    /// The dimension of a name; `_` and `-` are the same, `tag:KEY` is a label.
    ///
    /// # Errors
    /// When there is none of that name; the hint says which one may be meant.
    pub fn parse(name: &str) -> Result<Self> {
        if let Some(key) = name
            .strip_prefix("tag:")
            .or_else(|| name.strip_prefix("tag."))
        {
            return if key.is_empty() {
                Err(Error::usage("A tag needs its name: tag:KEY."))
            } else {
                Ok(Self::Tag(key.to_owned()))
            };
        }
        let wanted = name.trim().to_ascii_lowercase().replace('_', "-");
        let known = DIMENSIONS.iter().find(|known| known.name == wanted);
        known.map(Self::Known).ok_or_else(|| {
            let names = DIMENSIONS.iter().map(|known| known.name).chain(["tag:KEY"]);
            Error::usage(format!("There is no dimension {name}."))
                .hint(nearest::hint(&wanted, names))
        })
    }

    /// Reads `--by model,day` and the like; each dimension once.
    ///
    /// # Errors
    /// As [`Dimension::parse`].
    pub fn parse_list(texts: &[impl AsRef<str>]) -> Result<Vec<Self>> {
        let names = texts.iter().flat_map(|text| text.as_ref().split(','));
        let mut found: Vec<Self> = Vec::new();
        for name in names {
            let dimension = Self::parse(name)?;
            if !found.iter().any(|held| held.key() == dimension.key()) {
                found.push(dimension);
            }
        }
        Ok(found)
    }

    /// The name in JSON and CSV: `requested_model`, `tag:env`.
    pub fn key(&self) -> String {
        match self {
            Self::Known(known) => known.name.replace('-', "_"),
            Self::Tag(key) => format!("tag:{key}"),
        }
    }

    /// The heading for people.
    pub fn title(&self) -> String {
        match self {
            Self::Known(known) => known.name.replace('-', " "),
            Self::Tag(key) => format!("tag:{key}"),
        }
    }

    /// Whether its values are points or stretches of time.
    pub fn is_time(&self) -> bool {
        match self {
            Self::Known(known) => matches!(known.origin, Origin::Time(_)),
            Self::Tag(_) => false,
        }
    }

    /// What its value depends on.
    pub fn depends(&self) -> Depends {
        let Self::Known(known) = self else {
            return Depends::Record;
        };
        match known.origin {
            Origin::Field(field) => match is_shared(field) {
                Some(false) => Depends::Profile,
                Some(true) => Depends::Party,
                None => Depends::Own(field),
            },
            Origin::Entry(_) if known.name == "source" => Depends::Record,
            // Searches, which can name a web provider, keep a record out of the cells.
            Origin::Entry(_) => Depends::Profile,
            Origin::Time(_) if known.name.starts_with("hour") => Depends::Time,
            Origin::Time(_) => Depends::Day,
            Origin::Meter => Depends::Meter,
        }
    }

    /// Whether it splits a record into its line items.
    pub fn is_meter(&self) -> bool {
        match self {
            Self::Known(known) => matches!(known.origin, Origin::Meter),
            Self::Tag(_) => false,
        }
    }

    /// The value of a whole entry. The meter is none of a whole entry: see [`Dimension::is_meter`].
    pub fn value<'a>(&self, entry: &'a Entry, zone: Tz) -> Option<Cow<'a, str>> {
        let record = &entry.record;
        match self {
            Self::Tag(key) => record.tags.get(key).map(|tag| Cow::from(tag.as_str())),
            Self::Known(known) => match known.origin {
                Origin::Field(field) => stated(entry, field),
                Origin::Entry(value) => value(entry),
                Origin::Time(label) => record
                    .occurred
                    .map(|occurred| Cow::from(label(&calendar::local(occurred.at, zone)))),
                Origin::Meter => None,
            },
        }
    }
}

fn stated(entry: &Entry, field: Field) -> Option<Cow<'_, str>> {
    entry.record.facts.get_text(field).map(Cow::from)
}

fn model(entry: &Entry) -> Option<Cow<'_, str>> {
    // A call that failed names no model that served it; what was asked for is then all there is.
    stated(entry, Field::ResponseModel).or_else(|| stated(entry, Field::RequestedModel))
}

fn service(entry: &Entry) -> Option<Cow<'_, str>> {
    let modality = entry.record.facts.get_text(Field::Modality)?;
    Some(Cow::from(service_type(modality)))
}

// The shape of the table's functions, though these two always have a value.
#[allow(clippy::unnecessary_wraps)]
fn status(entry: &Entry) -> Option<Cow<'_, str>> {
    Some(Cow::from(entry.record.status.name()))
}

#[allow(clippy::unnecessary_wraps)]
fn cost_status(entry: &Entry) -> Option<Cow<'_, str>> {
    Some(Cow::from(entry.receipt.status.name()))
}

/// What the header says, else who made the searches; several are named together, in order.
fn web_provider(entry: &Entry) -> Option<Cow<'_, str>> {
    stated(entry, Field::WebProvider).or_else(|| {
        let searches = entry.record.searches.iter();
        let mut providers: Vec<&str> = searches
            .filter_map(|search| search.provider.as_deref())
            .collect();
        providers.sort_unstable();
        providers.dedup();
        (!providers.is_empty()).then(|| Cow::from(providers.join("+")))
    })
}

fn source(entry: &Entry) -> Option<Cow<'_, str>> {
    let path = &*entry.place.path;
    (!path.is_empty()).then(|| Cow::from(path))
}

//! What can be stated of a call, by the names that formats and `--map` give it.

use std::borrow::Cow;

use crate::error::{Error, Result};
use crate::usage::{Field, Meter};

/// What can be stated of a call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A header field.
    Field(Field),
    /// When it happened.
    Time,
    /// How it ended: a word or a flag.
    Status,
    /// What somebody says it cost.
    Cost,
    /// The currency of that.
    Currency,
    /// A label.
    Tag(String),
    /// Something that selects rates for the whole record.
    Attribute(String),
    /// A count of a row: a meter, `total`, or `convention`.
    Count(String),
}

/// Names of counts beside the meters.
const COUNTS: &[(&str, &str)] = &[
    ("total", "total"),
    ("cached", "cache_read"),
    ("convention", "convention"),
];

impl Target {
    /// The target that a format names.
    ///
    /// # Errors
    /// When nothing has this name.
    pub fn named(name: &str) -> Result<Self> {
        if let Some(tag) = name.strip_prefix("tag.") {
            return Ok(Self::Tag(tag.to_owned()));
        }
        if let Some(attribute) = name.strip_prefix("attribute.") {
            return Ok(Self::Attribute(attribute.to_owned()));
        }
        let count = COUNTS.iter().find(|(count, _)| *count == name);
        let meter = Meter::named(name);
        let meter = meter.info();
        Ok(match name {
            "time" | "timestamp" => Self::Time,
            "status" => Self::Status,
            "cost" => Self::Cost,
            "currency" => Self::Currency,
            "id" => Self::Field(Field::ResponseId),
            _ => match (count, meter, Field::meant_by(name)) {
                (Some((_, count)), _, _) => Self::Count((*count).to_owned()),
                (None, Some(meter), _) => Self::Count(meter.name.to_owned()),
                (None, None, Some(field)) => Self::Field(field),
                (None, None, None) => {
                    let message = format!("nothing has the name {name}");
                    return Err(
                        Error::usage(message).hint("docs/formats.md lists what a format can state")
                    );
                }
            },
        })
    }

    /// What `tag.*` and `attribute.*` make of every word in the object at their place.
    pub fn for_every(&self) -> Option<fn(String) -> Self> {
        match self {
            Self::Tag(name) if name == "*" => Some(Self::Tag),
            Self::Attribute(name) if name == "*" => Some(Self::Attribute),
            Self::Tag(_)
            | Self::Attribute(_)
            | Self::Field(_)
            | Self::Time
            | Self::Status
            | Self::Cost
            | Self::Currency
            | Self::Count(_) => None,
        }
    }

    /// Its name in formats, provenance and messages.
    pub fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Field(field) => field.name(),
            Self::Time => "time",
            Self::Status => "status",
            Self::Cost => "cost",
            Self::Currency => "currency",
            Self::Tag(tag) => return Cow::Owned(format!("tag.{tag}")),
            Self::Attribute(name) => return Cow::Owned(format!("attribute.{name}")),
            Self::Count(count) => return Cow::Owned(count.clone()),
        })
    }
}

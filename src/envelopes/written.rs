//! A formats file → formats: what stands where in the TOML, and what is wrong with it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml::{Table, Value as Toml};

use super::format::{Format, Pieces, Sample};
use super::place::{Place, Unit};
use super::target::Target;
use super::when::When;
use crate::error::{Error, Result};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    format: Vec<Table>,
}

/// A format as it stands in a file, its name first.
#[derive(Serialize)]
struct Written<'a> {
    format: [Named<'a>; 1],
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
    #[serde(flatten)]
    rest: &'a Table,
}

/// Reads a formats file.
///
/// # Errors
/// Wrong TOML, unknown names, tests that test nothing.
pub fn parse(text: &str, own: bool) -> Result<Vec<Format>> {
    let file: File = toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| {
            let before = text.get(..span.start).unwrap_or(text);
            format!(" (line {})", before.matches('\n').count() + 1)
        });
        let (what, line) = (error.message(), line.unwrap_or_default());
        Error::usage(format!("the formats file cannot be read: {what}{line}"))
    })?;
    let formats = file.format.into_iter();
    formats.map(|format| compile(format, own)).collect()
}

/// The name of the format that `--map` options make.
pub const MAPPED: &str = "map";

/// The format that `--map NAME=PLACE` options describe; `None` without any.
///
/// # Errors
/// When an option has no `=`, or a name that nothing has.
pub fn of_mapping(options: &[String]) -> Result<Option<Format>> {
    if options.is_empty() {
        return Ok(None);
    }
    let mut table = Table::new();
    for option in options {
        let (name, place) = option.split_once('=').ok_or_else(|| {
            Error::usage(format!("--map {option}: this is no NAME=PLACE"))
                .hint("for example: --map user=/ctx/uid --map response=/llm/raw")
        })?;
        let place = Toml::String(place.trim().to_owned());
        match table.get_mut(name.trim()) {
            Some(Toml::Array(places)) => places.push(place),
            Some(_) | None => {
                table.insert(name.trim().to_owned(), Toml::Array(vec![place]));
            }
        }
    }
    if let Some(Toml::Array(each)) = table.remove("each") {
        table.extend(
            each.into_iter()
                .next()
                .map(|each| ("each".to_owned(), each)),
        );
    }
    compiled(MAPPED, table, true)
        .map(Some)
        .map_err(|error| Error {
            message: format!("--map: {}", error.message),
            ..error
        })
}

fn compile(mut written: Table, own: bool) -> Result<Format> {
    let id = written.remove("name").map(one_string).transpose()?;
    let id = id.filter(|id| !id.is_empty()).ok_or_else(|| {
        Error::usage("a format has no name").hint("begin it with [[format]] and name = \"acme\"")
    })?;
    // It is kept with every record, between others that `>` parts.
    if id.contains(|c: char| c.is_control() || c == '>') {
        let error = Error::usage("the name of a format has a control character or a `>` in it");
        return Err(error.hint("letters, digits and -_. will do: name = \"acme\""));
    }
    compiled(&id, written, own).map_err(|error| Error {
        message: format!("format {id}: {}", error.message),
        ..error
    })
}

fn compiled(id: &str, mut written: Table, own: bool) -> Result<Format> {
    let again = Written {
        format: [Named {
            name: id,
            rest: &written,
        }],
    };
    let again = toml::to_string(&again).unwrap_or_default();
    let mut text = |name: &str| written.remove(name).map(one_string).transpose();
    let (about, docs, each) = (text("about")?, text("docs")?, text("each")?);
    let mut tests = |name: &str| written.remove(name).map_or(Ok(Vec::new()), tests_of);
    let when = tests("when")?;
    let mut places = |name: &str| written.remove(name).map_or(Ok(Vec::new()), places_of);
    let (response, request) = (places("response")?, places("request")?);
    let mut flag = |name: &str, usual: bool| match written.remove(name) {
        None => Ok(usual),
        Some(Toml::Boolean(flag)) => Ok(flag),
        Some(_) => Err(wrong("a flag is true or false, without quotes")),
    };
    let (aliases, transport) = (flag("aliases", true)?, flag("transport", false)?);
    let mut format = Format {
        id: id.to_owned(),
        about: about.unwrap_or_default(),
        docs: docs.unwrap_or_default(),
        own,
        transport,
        written: again,
        when,
        each,
        skip: written
            .remove("skip")
            .map_or(Ok(BTreeMap::new()), skips_of)?,
        response,
        request,
        states: Vec::new(),
        aliases,
        pieces: written.remove("pieces").map(pieces_of).transpose()?,
        samples: samples_of(&mut written)?,
    };
    // Everything else is a name and where it is stated.
    for (name, value) in written {
        state(&mut format.states, &name, value)?;
    }
    format.implied();
    Ok(format)
}

fn pieces_of(value: Toml) -> Result<Pieces> {
    let Toml::Table(mut table) = value else {
        return Err(wrong("pieces is a table: { by = [\"/stream\"] }"));
    };
    let unless_last = table.remove("unless_last").map(one_string).transpose()?;
    Ok(Pieces {
        by: table.remove("by").map_or(Ok(Vec::new()), places_of)?,
        unless_last: unless_last.as_deref().map(When::parse).transpose()?,
    })
}

fn samples_of(written: &mut Table) -> Result<Vec<Sample>> {
    let lines = written.remove("samples").map_or(Ok(Vec::new()), strings)?;
    let samples = lines.into_iter().map(|line| Sample {
        line,
        expect: BTreeMap::new(),
    });
    let mut samples: Vec<Sample> = samples.collect();
    if let Some(full) = written.remove("sample") {
        let full: Vec<Sample> = full
            .try_into()
            .map_err(|_| wrong("a sample is [[format.sample]] with a line and what to expect"))?;
        samples.extend(full);
    }
    Ok(samples)
}

fn skips_of(value: Toml) -> Result<BTreeMap<String, Vec<When>>> {
    if let Toml::Table(kinds) = value {
        let kinds = kinds.into_iter();
        return kinds
            .map(|(kind, tests)| Ok((kind, tests_of(tests)?)))
            .collect();
    }
    Ok(BTreeMap::from([("skipped".to_owned(), tests_of(value)?)]))
}

fn tests_of(tests: Toml) -> Result<Vec<When>> {
    let tests = strings(tests)?;
    tests.iter().map(|test| When::parse(test)).collect()
}

/// Tables of tags and attributes are dotted names in TOML.
fn state(states: &mut Vec<(Target, Vec<Place>)>, name: &str, value: Toml) -> Result<()> {
    if let ("tag" | "attribute", Toml::Table(table)) = (name, &value) {
        for (inner, value) in table {
            state(states, &format!("{name}.{inner}"), value.clone())?;
        }
        return Ok(());
    }
    states.push((Target::named(name)?, places_of(value)?));
    Ok(())
}

fn places_of(value: Toml) -> Result<Vec<Place>> {
    match value {
        Toml::Array(places) => {
            let places = places.into_iter().map(places_of);
            Ok(places.collect::<Result<Vec<_>>>()?.concat())
        }
        Toml::String(place) => Ok(vec![Place::parse(&place)]),
        value @ Toml::Table(_) => {
            let at: WithUnit = value
                .try_into()
                .map_err(|_| wrong("a place with a unit is { at = \"/place\", unit = \"s\" }"))?;
            Ok(vec![Place::parse(&at.at).in_unit(at.unit)])
        }
        Toml::Integer(_) | Toml::Float(_) | Toml::Boolean(_) | Toml::Datetime(_) => Err(wrong(
            "a place is a string, and so is a constant, as \"=7\"",
        )),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WithUnit {
    at: String,
    unit: Unit,
}

fn one_string(value: Toml) -> Result<String> {
    value
        .try_into()
        .map_err(|_| wrong("a string is wanted where something else stands"))
}

/// One string or several.
fn strings(value: Toml) -> Result<Vec<String>> {
    if let Toml::Array(values) = value {
        return values.into_iter().map(one_string).collect();
    }
    Ok(vec![one_string(value)?])
}

fn wrong(what: &str) -> Error {
    Error::usage(what.to_owned()).hint("docs/formats.md explains the form of a format")
}

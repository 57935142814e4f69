//! The samples of a format are its tests: each line must be recognised by its own format, and what it
//! expects must come of it.

use toml::Value as Toml;

use super::Options;
use super::documents::{Documents, Outcome, Spot};
use crate::envelopes::{Format, Formats, Sample, Target};
use crate::json::Object;
use crate::usage::{Meter, UsageRecord, Value};

/// What is wrong with the samples of a format, one line each; nothing when all is well.
pub fn problems(format: &Format, formats: &Formats) -> Vec<String> {
    let mut problems = Vec::new();
    for (number, sample) in format.samples.iter().enumerate() {
        let number = number + 1;
        let found = check(format, formats, sample);
        problems.extend(
            found
                .into_iter()
                .map(|what| format!("sample {number}: {what}")),
        );
    }
    problems
}

fn check(format: &Format, formats: &Formats, sample: &Sample) -> Vec<String> {
    let line = sample.line.trim();
    if let Ok(object) = Object::parse(line) {
        match formats.recognize(&object) {
            Some(other) if other.id == format.id => {}
            Some(other) => return vec![format!("it is recognised as {}", other.id)],
            None => return vec!["it is not recognised: a test of `when` does not hold".to_owned()],
        }
    }
    if sample.expect.is_empty() {
        return Vec::new();
    }
    let records = match read(line, formats) {
        Ok(records) => records,
        Err(what) => return vec![what],
    };
    let mut problems = Vec::new();
    for (name, wanted) in &sample.expect {
        let wanted = text(wanted);
        let found = match (name.as_str(), records.first()) {
            ("records", _) => Ok(Some(records.len().to_string())),
            (name, Some(record)) => Target::named(name).map(|target| value(record, &target)),
            (_, None) => Ok(None),
        };
        match found {
            Err(error) => problems.push(error.message),
            Ok(found) if found.as_deref().unwrap_or("") == wanted => {}
            Ok(found) => {
                let found = found.unwrap_or_else(|| "nothing".to_owned());
                problems.push(format!("{name} should be {wanted} and is {found}"));
            }
        }
    }
    problems
}

fn read(line: &str, formats: &Formats) -> Result<Vec<UsageRecord>, String> {
    let options = Options::default();
    let mut documents = Documents::new(formats, &options);
    if line.starts_with(['{', '[', '"']) {
        documents.value(line, Spot::default());
    } else if !documents.line(line, Spot::default()) {
        documents.ignore(Spot::default(), "text");
    }
    documents.finish();
    let mut records = Vec::new();
    for found in documents.take() {
        match found.in_full().0.outcome {
            Outcome::Record(record, _) => records.push(*record),
            Outcome::Alike(_) | Outcome::Ignored(_) => {}
            Outcome::Rejected(fault) => return Err(format!("it is rejected: {fault}")),
        }
    }
    Ok(records)
}

fn text(value: &Toml) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// What a record says of a target, as text.
pub fn value(record: &UsageRecord, target: &Target) -> Option<String> {
    match target {
        Target::Field(field) => record.facts.get(*field).map(Value::to_text),
        Target::Time => record.occurred.map(|occurred| occurred.at.to_string()),
        Target::Status => Some(record.status.name().to_owned()),
        Target::Cost => record
            .reported_cost
            .as_ref()
            .map(|cost| cost.amount.clone()),
        Target::Currency => record
            .reported_cost
            .as_ref()
            .map(|cost| cost.currency.clone()),
        Target::Tag(tag) => record.tags.get(tag).cloned(),
        Target::Attribute(name) => record.attributes.get(name).cloned(),
        Target::Count(name) if name == "total" => {
            record.stated_total.map(|total| total.exact().to_string())
        }
        Target::Count(name) => {
            let quantity = record.quantity(&Meter::named(name));
            (!quantity.is_zero()).then(|| quantity.exact().to_string())
        }
    }
}

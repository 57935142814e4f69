//! Files beside a database that say something of its rows: what is wanted of them becomes documents
//! like rows, so that both are read together, whatever else is read.

use std::fs::metadata;
use std::path::{Component, Path, PathBuf};

use super::files::{Found, Kind, Stat};
use super::framing::Frame;
use super::schemas::Beside;
use super::{Opened, open};
use crate::error::Error;

/// Hands out what stands beside a database, as JSON text with the name of the file's thing. A file
/// that is missing or cannot be read says nothing; the walk that finds it tells of it.
///
/// # Errors
/// What `take` returns.
pub fn each(
    path: &Path,
    beside: &Beside,
    names: &[String],
    take: &mut dyn FnMut(String) -> Result<(), Error>,
) -> Result<(), Error> {
    for name in names {
        let file = file(path, name, beside);
        let values = file.map(|file| values(&file, beside.word));
        for value in values.unwrap_or_default() {
            let (of, field) = beside.name;
            let [of, field, name] =
                [of, field, name].map(|text| serde_json::Value::from(text).to_string());
            take(format!(
                "{{\"llmcost.table\":{of},{field}:{name},\"value\":{value}}}"
            ))?;
        }
    }
    Ok(())
}

/// The file of one thing. A name that would lead elsewhere has none.
fn file(database: &Path, name: &str, beside: &Beside) -> Option<Found> {
    let mut parts = Path::new(name).components();
    let (Some(Component::Normal(only)), None) = (parts.next(), parts.next()) else {
        return None;
    };
    let path: PathBuf = [
        Path::new(beside.directory),
        Path::new(only),
        Path::new(beside.file),
    ]
    .iter()
    .collect();
    let path = database.with_file_name(path);
    let metadata = metadata(&path).ok().filter(std::fs::Metadata::is_file)?;
    Some(Found {
        path,
        real: None,
        named: false,
        kind: Kind::File(Stat::of(&metadata)),
    })
}

/// The values of a file in which a text stands.
fn values(found: &Found, word: &str) -> Vec<String> {
    let mut values = Vec::new();
    let Ok(Opened::Source(mut source)) = open(found, None) else {
        return values;
    };
    while let Ok(Some(frame)) = source.next_frame() {
        if let Frame::Value { text, .. } = frame
            && text.contains(word)
        {
            values.push(text.to_owned());
        }
    }
    values
}

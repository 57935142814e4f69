//! `inspect --save`: what `--map` says becomes a format in the project's file.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use super::text::shown;
use crate::cli::formats::{PROJECT, read};
use crate::cli::{Console, Global};
use crate::envelopes::{LeafSort, Target};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::Sight;

/// Adds what `--map` says as a format to the project's file.
pub fn save(name: &str, global: &Global, sight: &Sight, console: &Console) -> Result<()> {
    if global.map.is_empty() {
        return Err(
            Error::usage("--save keeps what --map says, and there is no --map")
                .hint("add --map NAME=PLACE for what is to be kept"),
        );
    }
    let path = PathBuf::from(PROJECT);
    let known = if path.is_file() {
        read(&path)?
    } else {
        Vec::new()
    };
    if known.iter().any(|format| format.id == name) {
        return Err(Error::usage(format!("{PROJECT} has a format {name} already")).at(&path, None));
    }
    let mut text = if known.is_empty() && !path.is_file() {
        String::new()
    } else {
        "\n".to_owned()
    };
    text.push_str(&written(name, global, sight)?);
    crate::envelopes::Formats::parse(&text)?;
    let file = fs::OpenOptions::new().create(true).append(true).open(&path);
    let wrote = file.and_then(|mut file| file.write_all(text.as_bytes()));
    wrote.map_err(|error| {
        let message = format!("the format cannot be kept: {}", error.kind());
        Error::new(ErrorKind::Output, message).at(&path, None)
    })?;
    console.remark(&format!(
        "kept as format {name} in {PROJECT}; it is used from now on, here"
    ));
    Ok(())
}

fn written(name: &str, global: &Global, sight: &Sight) -> Result<String> {
    let mut table = toml::Table::new();
    let mut complete = false;
    for map in &global.map {
        let Some((name, place)) = map.split_once('=') else {
            continue;
        };
        let name = name.trim();
        complete |= matches!(name, "response" | "each")
            || matches!(Target::named(name), Ok(Target::Count(_)));
        let value = toml::Value::String(place.trim().to_owned());
        table.insert(name.to_owned(), value);
    }
    if !complete {
        // Usage is found without help: the format only says more of it.
        table.insert("response".to_owned(), toml::Value::String(String::new()));
    }
    let body = toml::to_string(&table).map_err(|error| Error::usage(format!("--save: {error}")))?;
    let used: Vec<&str> = table.values().filter_map(toml::Value::as_str).collect();
    let others = sight
        .leaves
        .iter()
        .filter(|leaf| leaf.sort == LeafSort::Word && !used.contains(&leaf.pointer.as_str()));
    let others = others
        .take(12)
        .map(|leaf| format!("# {}\n", shown(&leaf.pointer)));
    let others: String = others.collect();
    let name = toml::Value::String(name.to_owned());
    Ok(format!(
        "[[format]]\nname = {name}\n{body}# More places in this log:\n{others}"
    ))
}

//! The documentation against the code: tables of fields, meters and formats, and the commands.
//! `UPDATE_DOCS=1 cargo test --test docs` rewrites the tables.
#![allow(
    clippy::format_push_string,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)] // a failing check may stop

use std::fs;
use std::path::{Path, PathBuf};

use llmcost::adapters::{ADAPTERS, AGENTS};
use llmcost::envelopes::Formats;
use llmcost::usage::{Field, FieldKind, METERS};

fn page(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Compares (or rewrites) what stands between `<!-- NAME … -->` and the next heading or comment.
fn check(path: &str, name: &str, table: &str) {
    let text = fs::read_to_string(page(path)).unwrap();
    let mark = format!("<!-- {name}: checked by tests/docs.rs -->\n");
    let from = text
        .find(&mark)
        .unwrap_or_else(|| panic!("{path} has no table of {name}"))
        + mark.len();
    let rest = &text[from..];
    let to = rest
        .find("\n## ")
        .or_else(|| rest.find("\n<!-- "))
        .map_or(text.len(), |at| from + at);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let page_text = format!("{}{table}{}", &text[..from], &text[to..]);
        fs::write(page(path), page_text).unwrap();
    } else {
        assert_eq!(
            text[from..to].trim(),
            table.trim(),
            "{path}: the table of {name} lags behind the code"
        );
    }
}

#[test]
fn every_header_field_is_documented() {
    let mut table = "| field | kind | meaning |\n|---|---|---|\n".to_owned();
    for field in Field::ALL {
        let kind = match field.kind() {
            FieldKind::Text => "text",
            FieldKind::Integer => "integer",
            FieldKind::Time => "time",
            FieldKind::Flag => "flag",
        };
        table.push_str(&format!("| `{field}` | {kind} | {} |\n", field.doc()));
    }
    check("docs/data-model.md", "fields", &table);
}

#[test]
fn every_meter_is_documented() {
    let mut table =
        "| meter | unit | group | takes the rate of | counts |\n|---|---|---|---|---|\n".to_owned();
    for meter in METERS {
        let fallback = meter
            .falls_back_to
            .map_or(String::new(), |name| format!("`{name}`"));
        table.push_str(&format!(
            "| `{}` | {} | {} | {fallback} | {} |\n",
            meter.name,
            meter.unit,
            meter.group.name(),
            meter.doc
        ));
    }
    check("docs/data-model.md", "meters", &table);
}

#[test]
fn every_adapter_and_envelope_is_documented() {
    let mut table = "| response | documented at |\n|---|---|\n".to_owned();
    for adapter in ADAPTERS {
        table.push_str(&format!("| `{}` | <{}> |\n", adapter.id, adapter.docs));
    }
    check("docs/formats.md", "adapters", &table);
    let mut table = "| transcript | documented at |\n|---|---|\n".to_owned();
    for adapter in AGENTS {
        table.push_str(&format!("| `{}` | <{}> |\n", adapter.id, adapter.docs));
    }
    check("docs/formats.md", "transcripts", &table);
    let mut table = "| envelope | what it is |\n|---|---|\n".to_owned();
    for format in Formats::builtin().unwrap().all() {
        table.push_str(&format!("| `{}` | {} |\n", format.id, format.about));
    }
    check("docs/formats.md", "envelopes", &table);
}

#[test]
fn every_link_inside_the_documentation_leads_somewhere() {
    for file in [
        "README.md",
        "docs/architecture.md",
        "docs/data-model.md",
        "docs/formats.md",
        "docs/exactness.md",
        "docs/ci.md",
        "docs/configuration.md",
    ] {
        let text = fs::read_to_string(page(file)).unwrap();
        for link in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let target = link.split('#').next().unwrap();
            if !target.is_empty() && !target.contains("://") {
                let path = page(file).parent().unwrap().join(target);
                assert!(path.exists(), "{file}: {link} leads nowhere");
            }
        }
    }
}

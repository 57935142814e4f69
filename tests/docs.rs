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

use llmcost::adapters::{ADAPTERS, AGENTS, TRACES};
use llmcost::envelopes::Formats;
use llmcost::ingest::samples;
use llmcost::ledger::{Entry, Ledger};
use llmcost::report::{Query, charges, records, report};
use llmcost::table::{Column, Kind, Shown};
use llmcost::usage::{Field, FieldKind, METERS, Timestamp};

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

/// Tables and columns of a new ledger, as SQLite itself lists them.
#[test]
fn everything_that_a_ledger_stores_is_documented() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("ledger.db");
    drop(Ledger::open(&path).unwrap());
    let ledger = rusqlite::Connection::open(&path).unwrap();
    let list = |sql: &str, name: &str| -> Vec<String> {
        let mut list = ledger.prepare(sql).unwrap();
        let name: &[&dyn rusqlite::ToSql] = if name.is_empty() { &[] } else { &[&name] };
        let rows = list.query_map(name, |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    let columns = "SELECT name FROM pragma_table_info(?1)";
    let page_text = fs::read_to_string(page("docs/privacy.md")).unwrap();
    let mut table = "| table | columns |\n|---|---|\n".to_owned();
    for name in list(tables, "") {
        let columns: Vec<String> = list(columns, &name)
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        table.push_str(&format!("| `{name}` | {} |\n", columns.join(", ")));
        let told = format!("**`{name}`**");
        assert!(
            page_text.contains(&told),
            "docs/privacy.md does not say what {name} is"
        );
    }
    check("docs/privacy.md", "tables", &table);
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
    let mut table = "| trace | documented at |\n|---|---|\n".to_owned();
    for adapter in TRACES {
        table.push_str(&format!("| `{}` | <{}> |\n", adapter.id, adapter.docs));
    }
    check("docs/formats.md", "traces", &table);
    let mut table = "| envelope | what it is |\n|---|---|\n".to_owned();
    for format in Formats::builtin().all() {
        table.push_str(&format!("| `{}` | {} |\n", format.id, format.about));
    }
    check("docs/formats.md", "envelopes", &table);
}

/// The first two cells of each row of a table of columns.
fn documented(name: &str) -> Vec<(String, String)> {
    let text = fs::read_to_string(page("docs/outputs.md")).unwrap();
    let mark = format!("<!-- {name} columns: checked by tests/docs.rs -->\n");
    let table = text.split(&mark).nth(1).unwrap();
    let rows = table
        .lines()
        .take_while(|line| line.starts_with('|'))
        .skip(2);
    let cells = rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    cells
        .map(|cells| (cells[1].trim_matches('`').to_owned(), cells[2].to_owned()))
        .collect()
}

fn of_code(columns: &[Column]) -> Vec<(String, String)> {
    let is_data = |column: &&Column| column.shown != Shown::PeopleOnly;
    let kind = |kind: Kind| match kind {
        Kind::Group => "group",
        Kind::Text => "text",
        Kind::Time => "time",
        Kind::Count => "count",
        Kind::Quantity => "quantity",
        Kind::Number => "number",
        Kind::Money | Kind::Reported => "money",
        Kind::Percent => "percent",
        Kind::Change => "change",
        Kind::Chart => "chart",
    };
    let columns = columns.iter().filter(is_data);
    columns
        .map(|column| (column.key.clone(), kind(column.kind).to_owned()))
        .collect()
}

#[test]
fn every_column_of_an_export_is_documented() {
    let all = of_code(&records::columns());
    let listed = documented("record");
    let is_field = |name: &str| Field::ALL.iter().any(|field| field.name() == name);
    let (named, rest) = all.split_at(listed.len());
    assert_eq!(named, listed);
    assert!(rest.iter().all(|(name, _)| is_field(name)), "{rest:?}");
    assert_eq!(of_code(&charges::columns()), documented("charge"));
    let none: [Entry; 0] = [];
    let table = report(&Query::new(Timestamp::from_millis(0)), none)
        .unwrap()
        .table();
    assert_eq!(of_code(&table.columns), documented("sum"));
}

#[test]
fn the_example_of_a_format_is_one() {
    let text = fs::read_to_string(page("docs/formats.md")).unwrap();
    let example = text.split("```toml\n").nth(1).unwrap();
    let example = example.split("```").next().unwrap();
    let own = Formats::parse(example).unwrap();
    let formats = Formats::builtin().with_own(own.clone());
    assert_eq!(own[0].samples.len(), 1);
    assert_eq!(samples::problems(&own[0], &formats), Vec::<String>::new());
}

#[test]
fn every_link_inside_the_documentation_leads_somewhere() {
    for file in [
        "README.md",
        "docs/architecture.md",
        "docs/data-model.md",
        "docs/formats.md",
        "docs/exactness.md",
        "docs/performance.md",
        "docs/credits.md",
        "docs/sql.md",
        "docs/ci.md",
        "docs/configuration.md",
        "docs/reports.md",
        "docs/endpoints.md",
        "docs/outputs.md",
        "docs/cookbook.md",
        "docs/logging.md",
        "docs/privacy.md",
        "docs/reliability.md",
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

//! CSV as spreadsheets want it.

use llmcost::render::{Dialect, Format};
use llmcost::usage::{Field, Meter};

use crate::build::{Build, ask, call, query};
use crate::home::Home;
use crate::read::printed;

#[test]
fn dialects_differ_in_mark_line_ends_delimiter_and_point_alone() {
    let entries =
        [call("a")
            .with(Field::UserId, "Zoë; 1,5 =x\"")
            .used(Meter::INPUT, "2000", "1.25")];
    let report = ask(&query(&["user"], &[]), &entries);
    let text = |dialect| printed(&report, Format::Csv, dialect);
    let plain = text(Dialect::Rfc4180);
    assert!(plain.starts_with("user,requests,") && plain.ends_with('\n'));
    assert!(plain.contains("\n\"Zoë; 1,5 =x\"\"\",1,0,2000,") && plain.contains(",0.0025,USD,"));
    assert!(!plain.contains('\r'));
    let excel = text(Dialect::Excel);
    assert_eq!(excel, format!("\u{FEFF}{}", plain.replace('\n', "\r\n")));
    let semicolon = text(Dialect::ExcelSemicolon);
    assert!(
        semicolon.starts_with("\u{FEFF}user;requests;"),
        "{semicolon}"
    );
    // Words keep their points and commas.
    let row = "\r\n\"Zoë; 1,5 =x\"\"\";1;0;2000;";
    assert!(semicolon.contains(row) && semicolon.contains(";0,0025;USD;"));
}

#[test]
fn formulas_are_harmless_and_numbers_stay_numbers_in_each() {
    let entries = [call("a").with(Field::UserId, "-1+1").costs("-0.5", "USD")];
    let report = ask(&query(&["user"], &[]), &entries);
    for (dialect, name) in Dialect::ALL {
        let text = printed(&report, Format::Csv, dialect);
        assert!(text.contains("\n'-1+1"), "{name}: {text}");
        assert!(
            text.contains(",-0.5,") || text.contains(";-0,5;"),
            "{name}: {text}"
        );
    }
}

#[test]
fn a_dialect_means_csv_and_nothing_else() {
    let home = Home::with_log(
        r#"{"id":"chatcmpl-00000001Kq7vTz3Rb9WfYxNc5","object":"chat.completion","created":1793613601,"model":"gpt-4o-2024-08-06","choices":[],"usage":{"prompt_tokens":2006,"completion_tokens":300,"total_tokens":2306}}"#,
    );
    let text = home.ok("report --csv-dialect excel-semicolon");
    assert!(text.starts_with("\u{FEFF}model;requests;"), "{text}");
    assert!(text.contains(";0,008015;USD;"), "{text}");
    assert_eq!(
        home.ok("report --csv-dialect rfc4180"),
        home.ok("report --format csv")
    );
    let charges = home.ok("export charges --csv-dialect excel");
    assert!(charges.starts_with("\u{FEFF}record_id,") && charges.ends_with("\r\n"));
    home.ok("export records --csv-dialect excel -o records.csv");
    assert!(home.read("records.csv").starts_with('\u{FEFF}'));
    let error = home.fails("report --csv-dialect excel -o report.html", 2);
    assert!(
        error.contains("--csv-dialect") && error.contains("costs.csv"),
        "{error}"
    );
    home.fails("report --csv-dialect lotus", 2);
}

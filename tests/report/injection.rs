//! Names that attack: nothing that a terminal, spreadsheet, wiki or browser would act on gets out.

use llmcost::ledger::Entry;
use llmcost::render::{Format, Style, terminal, visible};
use llmcost::usage::Field;

use crate::build::{Build, ask, call, query};
use crate::output::{by_user, parsed_csv, printed};

/// What an attacker would call a model or a user.
const PAYLOADS: &[&str] = &[
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\0=1",
    " =1",
    "\u{3000}=1",
    "'=1",
    "''=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "=HYPERLINK(\"http://x\",\"y\")",
    "a,b\"c\"\r\nd",
    "x\"y",
    "\u{1b}[31mred",
    "\u{1b}]8;;http://x\u{7}link\u{1b}]8;;\u{7}",
    "\u{1b}]52;c;aGk=\u{7}",
    "\u{9b}2J",
    "\u{90}q",
    "safe\rgone",
    "two\nrows",
    "\u{202e}gpj.exe",
    "zero\u{200b}width",
    "tag\u{e0041}",
    "rule\u{e000}",
    "\u{2028}line",
    "<script>alert(1)</script>",
    "</td><img src=x onerror=alert(1)>",
    "\" onmouseover=\"x",
    "&lt;",
    "a|b",
    "[x](http://x)",
    "**bold**",
    "`code`",
    "@octocat",
    "https://x.example",
    "'; DROP TABLE x;--",
    "../../etc/passwd",
    "%s%n{}",
];

/// As adapters would store it if they did not clean it first.
fn called(payload: &str) -> Entry {
    let mut entry = call(payload).costs("1.5", "USD");
    entry.record.facts.set(
        Field::UserId,
        llmcost::usage::Value::Text(payload.to_owned()),
    );
    entry
}

#[test]
fn no_format_prints_characters_that_act_without_being_seen() {
    for payload in PAYLOADS {
        for (format, name, _) in Format::ALL {
            if matches!(format, Format::Csv | Format::Xlsx) {
                continue;
            }
            let text = by_user(&[called(payload)], format);
            let shown = text.replace('\n', "");
            assert_eq!(visible(&shown), shown, "{name} {payload:?}");
        }
    }
}

#[test]
fn csv_cells_start_no_formula_and_read_back() {
    for payload in PAYLOADS {
        let rows = parsed_csv(&by_user(&[called(payload)], Format::Csv));
        assert_eq!(rows.len(), 2, "{payload:?}");
        let cell = rows[1][0].as_str();
        let first = cell.trim_start().chars().next().unwrap();
        assert!(!"=+-@\0＝＋－＠".contains(first), "{payload:?}");
        assert!(!cell.starts_with(['\t', '\r', '\n']), "{payload:?}");
        assert!(
            cell == *payload || cell.strip_prefix('\'') == Some(payload),
            "{payload:?} {cell:?}"
        );
    }
    // Numbers stay numbers, also below zero.
    let rows = parsed_csv(&by_user(
        &[call("refund").costs("-0.5", "USD")],
        Format::Csv,
    ));
    let cost = rows[0].iter().position(|key| key == "cost").unwrap();
    assert_eq!(rows[1][cost], "-0.5");
    assert_eq!(rows[1][0], "(none)");
}

#[test]
fn a_tag_name_is_harmless_as_a_heading() {
    let mut query = query(&[], &[]);
    query.by = llmcost::report::Dimension::parse_list(&["tag:<b>|\u{1b}[0m"]).unwrap();
    let report = ask(&query, &[call("a")]);
    for (format, name, _) in Format::ALL {
        if format == Format::Xlsx {
            continue;
        }
        let text = printed(&report, format, Style::default());
        assert!(!text.contains('\u{1b}') || format == Format::Csv, "{name}");
        assert!(
            !text.contains("<b>") || !matches!(format, Format::Html | Format::Markdown),
            "{name}"
        );
    }
}

#[test]
fn values_are_harmless_as_columns_of_a_matrix() {
    let mut query = query(&["model", "user"], &[]);
    query.view.pivot = true;
    query.view.top = Some(PAYLOADS.len());
    let entries: Vec<Entry> = PAYLOADS.iter().map(|payload| called(payload)).collect();
    let report = ask(&query, &entries);
    // So narrow that some headings stand among those that do not fit.
    for width in [None, Some(60)] {
        let style = Style {
            width,
            ..Style::default()
        };
        for format in [Format::Table, Format::Markdown, Format::Html, Format::Json] {
            let text = printed(&report, format, style).replace('\n', "");
            assert_eq!(visible(&text), text, "{format:?}");
            // A page has the one script that sorts its tables.
            let scripts = text.matches("<script").count();
            if format == Format::Html {
                assert_eq!(scripts, 1);
            } else if format == Format::Markdown {
                assert_eq!(scripts, 0);
            }
        }
    }
    let rows = parsed_csv(&printed(&report, Format::Csv, Style::default()));
    assert_eq!(rows[0].len(), PAYLOADS.len() + 3);
    for name in &rows[0] {
        let first = name.trim_start().chars().next().unwrap();
        assert!(!"=+-@\0＝＋－＠".contains(first), "{name:?}");
    }
}

#[test]
fn html_shows_text_only() {
    for payload in PAYLOADS {
        let page = by_user(&[called(payload)], Format::Html);
        assert!(page.contains("default-src 'none'"));
        assert_eq!(page.matches("<script").count(), 1, "only ours: {payload:?}");
        for act in ["<img", "onmouseover=\"", "http-equiv=\"refresh"] {
            assert!(!page.contains(act), "{payload:?}");
        }
        assert_eq!(
            page.matches("<td").count(),
            by_user(&[called("plain")], Format::Html)
                .matches("<td")
                .count()
        );
    }
}

#[test]
fn markdown_keeps_its_cells_and_links_nothing() {
    let columns = |line: &str| line.replace("\\|", "").matches('|').count();
    for payload in PAYLOADS {
        let text = by_user(&[called(payload)], Format::Markdown);
        let rows: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
        assert_eq!(rows.len(), 4, "{payload:?}");
        assert!(
            rows.iter().all(|row| columns(row) == columns(rows[0])),
            "{payload:?}"
        );
        for act in ["<", "p://", "s://", "@", " `c", " **b", " [x]"] {
            assert!(!rows[2].contains(act), "{payload:?}");
        }
    }
}

#[test]
fn lines_of_text_are_made_harmless() {
    let mut out = Vec::new();
    terminal::write_lines(&["user  \u{1b}[2Jx".to_owned()], &mut out).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), "user  \\u{1b}[2Jx\n");
}

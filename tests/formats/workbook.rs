//! Workbooks: typed cells, one sheet per question, nothing that runs.

use std::io::Read;

use calamine::{Data, Reader};
use llmcost::ledger::Entry;
use llmcost::money::Exact;
use llmcost::report::page::Wishes;
use llmcost::usage::{Field, Meter, Value};

use crate::binary::demo_home;
use crate::build::{Build, call, query};
use crate::read::{book, number, page_of, sheet, xlsx_of};

fn workbook(by: &[&str], entries: &[Entry]) -> Vec<u8> {
    xlsx_of(&page_of(&query(by, &[]), entries, Wishes::default()))
}

/// The parts of a workbook as text.
fn parts(bytes: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let names = archive.file_names().map(|name| name.unwrap().into_owned());
    let names: Vec<String> = names.collect();
    let mut parts = Vec::new();
    for name in names {
        let mut text = String::new();
        archive
            .by_name(&name)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        parts.push((name, text));
    }
    parts
}

fn calls() -> Vec<Entry> {
    let call = |id: &str, user: &str, time: &str| {
        let entry = call(id).with(Field::UserId, user).on(time);
        entry
            .with(Field::ResponseModel, "gpt-5")
            .used(Meter::INPUT, "1234567", "3")
    };
    vec![
        call("a", "alice", "2026-11-02T10:00:00Z"),
        call("b", "bob", "2026-11-03T10:00:00Z"),
    ]
}

#[test]
fn there_is_a_summary_and_one_sheet_per_question() {
    let bytes = workbook(&["tenant", "user"], &calls());
    let names = book(&bytes).sheet_names();
    // Nobody names a tenant, so a sheet by tenant alone would say nothing.
    let wanted = [
        "Summary",
        "By day",
        "By tenant, user",
        "By model",
        "By user",
        "By meter",
    ];
    assert_eq!(names, wanted);
    let names = book(&workbook(&["user"], &calls())).sheet_names();
    assert_eq!(
        names,
        ["Summary", "By day", "By user", "By model", "By meter"]
    );
    let (header, rows) = sheet(&bytes, "Summary", "requests");
    assert_eq!(
        number(&header, &rows[0], "cost").unwrap().to_string(),
        "7.407402"
    );
    let summary = book(&bytes).worksheet_range("Summary").unwrap();
    let texts: Vec<String> = summary
        .rows()
        .map(|row| format!("{} {}", row[0], row[1]))
        .collect();
    assert!(
        texts
            .iter()
            .any(|text| text == "period all (2026-11-02 to 2026-11-03)"),
        "{texts:?}"
    );
}

#[test]
fn cells_have_types() {
    let bytes = workbook(&["day", "user"], &calls());
    let (header, rows) = sheet(&bytes, "By day, user", "day");
    assert_eq!(header[0], "day");
    let Data::DateTime(day) = &rows[0][0] else {
        panic!("{:?}", rows[0][0]);
    };
    assert_eq!(day.to_ymd_hms_milli(), (2026, 11, 2, 0, 0, 0, 0));
    assert_eq!(rows[0][1], Data::String("alice".to_owned()));
    assert_eq!(
        number(&header, &rows[0], "input_tokens")
            .unwrap()
            .to_string(),
        "1234567"
    );
    assert_eq!(
        number(&header, &rows[0], "cost").unwrap().to_string(),
        "3.703701"
    );
    let all = parts(&bytes);
    let sheets = all
        .iter()
        .filter(|(name, _)| name.starts_with("xl/worksheets/sheet"));
    for (name, text) in sheets.skip(1) {
        assert!(
            text.contains("state=\"frozen\"") && text.contains("<autoFilter "),
            "{name}"
        );
        assert!(text.contains("customWidth=\"1\""), "{name}");
    }
    let (_, styles) = all
        .iter()
        .find(|(name, _)| name == "xl/styles.xml")
        .unwrap();
    assert!(styles.contains("&quot;$&quot;#,##0.0000"), "{styles}");
}

#[test]
fn what_is_unknown_is_no_number() {
    let mut entries = calls();
    let unknown = call("c")
        .with(Field::UserId, "carol")
        .unpriced(Meter::INPUT, "5");
    entries.push(unknown.is(llmcost::pricing::CostStatus::Unpriced, "no price"));
    let (header, rows) = sheet(&workbook(&["user"], &entries), "By user", "user");
    let cost = header.iter().position(|name| name == "cost").unwrap();
    assert_eq!(rows[2][cost], Data::String("unpriced".to_owned()));
    assert_eq!(number(&header, &rows[2], "unpriced"), Some(Exact::ONE));
}

#[test]
fn a_column_is_as_wide_as_an_amount_that_shows_all_its_digits() {
    let entries = [call("a")
        .with(Field::UserId, "a")
        .costs("0.000049440001", "USD")];
    let bytes = workbook(&["user"], &entries);
    let (header, _) = sheet(&bytes, "By user", "user");
    let cost = header.iter().position(|name| name == "cost").unwrap();
    let sheets = book(&bytes).sheet_names();
    let at = sheets.iter().position(|name| name == "By user").unwrap();
    let all = parts(&bytes);
    let file = format!("xl/worksheets/sheet{}.xml", at + 1);
    let (_, text) = all.iter().find(|(name, _)| *name == file).unwrap();
    let column = format!("<col min=\"{}\"", cost + 1);
    let width = text.split(&column).nth(1).unwrap();
    let width = width.split("width=\"").nth(1).unwrap();
    let width: u32 = width.split(['.', '"']).next().unwrap().parse().unwrap();
    assert!(width >= 15, "$0.000049440001 in {width}");
}

#[test]
fn digits_beyond_fifteen_stand_whole_beside() {
    let entries = [call("a")
        .with(Field::UserId, "a")
        .costs("1234567.890123456789", "USD")];
    let bytes = workbook(&["user"], &entries);
    let (header, rows) = sheet(&bytes, "By user", "user");
    let cost = header.iter().position(|name| name == "cost").unwrap();
    assert_eq!(rows[0][cost].to_string(), "1234567.89012346");
    assert_eq!(
        rows[0][header.len() - 1],
        Data::String("cost 1234567.890123456789".to_owned())
    );
}

#[test]
fn nothing_from_a_record_runs_or_links() {
    let hostile = [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "=HYPERLINK(\"http://x.example\",\"y\")",
        "http://x.example/",
        "mailto:a@b.example",
        "<c><f>1</f></c>",
        "]]>",
        "\u{0}\u{1b}[31m",
        "_x000A_",
    ];
    let entries = hostile.map(|text| {
        let mut entry = call(text).costs("1", "USD");
        let text = Value::Text(text.to_owned());
        entry.record.facts.set(Field::UserId, text.clone());
        entry.record.facts.set(Field::TenantId, text);
        entry
    });
    let bytes = workbook(&["user"], &entries);
    let (_, rows) = sheet(&bytes, "By user", "user");
    for text in hostile {
        let shown = llmcost::render::visible(text).into_owned();
        let found = rows.iter().any(|row| row[0] == Data::String(shown.clone()));
        assert!(
            found,
            "{shown:?} is not among {:?}",
            rows.iter().map(|row| &row[0]).collect::<Vec<_>>()
        );
    }
    for (name, text) in parts(&bytes) {
        assert!(
            !text.contains("<f>") && !text.contains("<hyperlink"),
            "{name}"
        );
        assert!(
            !name.contains(".rels") || !text.contains("x.example"),
            "{name}"
        );
    }
    let all = parts(&bytes);
    let (_, styles) = all
        .iter()
        .find(|(name, _)| name == "xl/styles.xml")
        .unwrap();
    assert!(styles.contains("quotePrefix=\"1\""));
}

#[test]
fn a_tag_gives_no_sheet_a_bad_name() {
    let mut query = query(&[], &[]);
    let name = "tag:a/b\\c*[d]?'e' and much more than fits";
    query.by = llmcost::report::Dimension::parse_list(&[name]).unwrap();
    let bytes = xlsx_of(&page_of(&query, &calls(), Wishes::default()));
    let names = book(&bytes).sheet_names();
    assert_eq!(names[2], "By tag a b c  d  'e' and much m");
}

#[test]
fn the_same_gives_the_same_bytes() {
    assert_eq!(workbook(&["user"], &calls()), workbook(&["user"], &calls()));
}

#[test]
fn exports_are_workbooks_too() {
    let home = demo_home();
    let file = |name: &str| home.path(name).display().to_string();
    home.out(&["export", "records", "-o", &file("records.xlsx")]);
    home.out(&["export", "charges", "-o", &file("charges.xlsx")]);
    home.out(&[
        "export",
        "summary",
        "--by",
        "user",
        "-o",
        &file("summary.xlsx"),
    ]);
    let read = |name: &str| std::fs::read(home.path(name)).unwrap();
    let (header, rows) = sheet(&read("records.xlsx"), "records", "id");
    assert_eq!(rows.len(), home.records().len());
    let time = header
        .iter()
        .position(|name| name == "occurred_at")
        .unwrap();
    assert!(
        rows.iter()
            .any(|row| matches!(row[time], Data::DateTime(_)))
    );
    let sum = |(header, rows): &(Vec<String>, Vec<Vec<Data>>), key: &str| {
        let known = rows.iter().filter_map(|row| number(header, row, key));
        known.fold(Exact::ZERO, |sum, cost| sum.plus(cost).unwrap())
    };
    let summary = sheet(&read("summary.xlsx"), "By user", "user");
    let records = (header, rows);
    assert_eq!(sum(&records, "cost"), sum(&summary, "cost"));
    let charges = sheet(&read("charges.xlsx"), "charges", "record_id");
    assert_eq!(sum(&charges, "cost"), sum(&summary, "cost"));
}

//! Any text in every place of a table, a page or a checklist: nothing that a terminal, a spreadsheet, a
//! wiki, a browser or a build server acts on gets out.

use llmcost::money::{Exact, Ratio};
use llmcost::render::{
    Dialect, Document, Format, Style, github, junit, openmetrics, visible, write,
};
use llmcost::table::checklist::{Check, Checklist, Measure, Outcome};
use llmcost::table::{Cell, Column, Kind, Table};

/// What stands for the text where it does no harm; as long as the text, so that as much fits.
fn plain(text: &str) -> String {
    "a".repeat(text.chars().count().max(1))
}

/// Values of the second byte that begin again; the last of them asks for every output.
const WAYS: u8 = 28;
const FORMATS: [Format; 5] = [
    Format::Table,
    Format::Markdown,
    Format::Html,
    Format::Json,
    Format::Jsonl,
];
const DIALECTS: [Dialect; 3] = [Dialect::Rfc4180, Dialect::Excel, Dialect::ExcelSemicolon];

/// The first byte says how wide the terminal is, the second which output is looked at: all of them take ten
/// times as long.
pub fn run(bytes: &[u8]) {
    let [width, which, bytes @ ..] = bytes else {
        return;
    };
    let text = super::text(bytes);
    let style = Style {
        width: Some(u16::from(*width) + 1),
        ..Style::default()
    };
    let which = which % WAYS;
    let outputs = FORMATS.len() + DIALECTS.len() + 1;
    for output in 0..outputs {
        if which != WAYS - 1 && usize::from(which) % outputs != output {
            continue;
        }
        match (
            FORMATS.get(output),
            DIALECTS.get(output.wrapping_sub(FORMATS.len())),
        ) {
            (Some(format), _) => reading(text, *format, style),
            (None, Some(dialect)) => spreadsheet(text, *dialect),
            (None, None) => machines(text),
        }
    }
}

/// What people read: nothing in it acts, and no cell begins or ends another.
fn reading(text: &str, format: Format, style: Style) {
    let shown = printed(text, format, style);
    let seen = shown.replace('\n', "");
    assert_eq!(visible(&seen), seen, "{format:?} {text:?}");
    if matches!(format, Format::Html | Format::Markdown) {
        let tags = |shown: &str| shown.matches('<').count();
        assert_eq!(
            tags(&shown),
            tags(&printed(&plain(text), format, style)),
            "{format:?} {text:?}"
        );
    }
    if format == Format::Markdown {
        let ends = |shown: &str| {
            let cells = |line: &str| {
                line.replace("\\\\", "")
                    .replace("\\|", "")
                    .matches('|')
                    .count()
            };
            shown.lines().map(cells).collect::<Vec<_>>()
        };
        assert_eq!(
            ends(&shown),
            ends(&printed(&plain(text), format, style)),
            "{text:?}"
        );
    }
}

fn table(text: &str) -> Table {
    let column = |name: &str, kind| Column::new(name, name, kind);
    let money = |amount| Cell::Money {
        amount,
        currency: Some(text.to_owned()),
        decimals: None,
    };
    let number = Exact::new(-1_234_567, 3);
    Table {
        title: Some(text.to_owned()),
        meta: vec![("Period".to_owned(), text.to_owned())],
        columns: vec![
            column("who", Kind::Group),
            column(text, Kind::Text),
            column("cost", Kind::Money),
            column("share", Kind::Percent),
        ],
        rows: vec![
            vec![
                Cell::Text(text.to_owned()),
                Cell::Text(format!("a{text}")),
                money(number),
                Cell::Percent(Ratio::percent_of(1, 3).unwrap()),
            ],
            vec![
                Cell::Absent,
                Cell::Time("2026-11-02T10:00:00Z".to_owned()),
                Cell::Absent,
                Cell::Blank,
            ],
        ],
        totals: vec![vec![
            Cell::Blank,
            Cell::Text(text.to_owned()),
            money(number),
            Cell::Blank,
        ]],
        notes: vec![text.to_owned()],
        ..Table::default()
    }
}

fn printed(text: &str, format: Format, style: Style) -> String {
    let table = table(text);
    let json = serde_json::json!({ text: [text, 1] });
    let lines = [json.clone()];
    let document = Document {
        table: &table,
        json: &json,
        lines: &lines,
    };
    let mut out = Vec::new();
    write(&document, format, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Cells read back as they were but for the apostrophe, and start no formula.
fn spreadsheet(text: &str, dialect: Dialect) {
    let shown = printed(
        text,
        Format::Csv,
        Style {
            dialect,
            ..Style::default()
        },
    );
    let delimiter = if dialect == Dialect::ExcelSemicolon {
        b';'
    } else {
        b','
    };
    let mut reader = csv::ReaderBuilder::new();
    reader.delimiter(delimiter).has_headers(false);
    let shown = shown.strip_prefix('\u{FEFF}').unwrap_or(&shown);
    let rows: Vec<csv::StringRecord> = reader.into_records_of(shown);
    assert_eq!(rows.len(), 3, "{text:?}");
    for cell in [&rows[0][1], &rows[1][0]] {
        let acts = |first: char| "=+-@\t\r\n\0＝＋－＠".contains(first);
        assert!(!cell.starts_with(acts), "{text:?}: {cell:?}");
        assert!(!cell.trim_start().starts_with(acts), "{text:?}: {cell:?}");
        assert!(
            cell == text || cell.strip_prefix('\'') == Some(text),
            "{text:?}: {cell:?}"
        );
    }
}

trait Records {
    fn into_records_of(self, text: &str) -> Vec<csv::StringRecord>;
}

impl Records for csv::ReaderBuilder {
    fn into_records_of(self, text: &str) -> Vec<csv::StringRecord> {
        self.from_reader(text.as_bytes())
            .into_records()
            .map(Result::unwrap)
            .collect()
    }
}

/// What build servers and monitors read: one line stays one, and XML is not left.
fn machines(text: &str) {
    let of = |text: &str| Checklist {
        title: text.to_owned(),
        outcome: Outcome::Failed,
        checks: vec![Check {
            kind: "budget",
            name: text.to_owned(),
            outcome: Outcome::Failed,
            found: vec![text.to_owned()],
            line: Some(1),
        }],
        measures: vec![Measure {
            name: "llmcost_cost",
            help: "cost",
            labels: vec![("model", text.to_owned())],
            value: Exact::ONE,
        }],
    };
    let lines = |checklist: &Checklist| {
        let mut xml = Vec::new();
        junit::write(checklist, &mut xml).unwrap();
        let mut metrics = Vec::new();
        openmetrics::write(checklist, &mut metrics).unwrap();
        let (xml, metrics) = (
            String::from_utf8(xml).unwrap(),
            String::from_utf8(metrics).unwrap(),
        );
        let commands = github::annotations(checklist, Some("budget.toml"), false);
        assert!(
            commands
                .iter()
                .all(|line| line.starts_with("::") && !line.contains('\n')),
            "{text:?}"
        );
        (
            xml.matches('<').count(),
            metrics.lines().count(),
            commands.len(),
        )
    };
    assert_eq!(lines(&of(text)), lines(&of(&plain(text))), "{text:?}");
    let fenced = github::fenced(text.to_owned());
    if let Some(rest) = fenced.strip_prefix("::stop-commands::") {
        let (word, _) = rest.split_once('\n').unwrap();
        assert!(
            !text.contains(word) && fenced.ends_with(&format!("::{word}::\n")),
            "{text:?}"
        );
    } else {
        assert!(!text.contains("::") && !text.contains("##["), "{text:?}");
    }
}

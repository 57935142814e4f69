//! What the fuzz targets begin with: the fixtures, a few lines of our own, and what fuzzing has found
//! (`corpus/NAME.txt`, one input per line in Base64).

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rusqlite::Connection;

/// Fixtures that are longer are left out: a mutation of them says little.
const LONGEST: usize = 4096;

/// The targets.
pub const TARGETS: [&str; 12] = [
    "json",
    "numbers",
    "texts",
    "source",
    "documents",
    "database",
    "book",
    "formats",
    "asked",
    "query",
    "rendered",
    "ledger",
];

/// The inputs that a target begins with.
pub fn of(target: &str) -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = match target {
        "json" => files("adapters", &["json"]),
        "documents" => [
            files("adapters", &["json", "jsonl", "sse"]),
            files("demo", &["log"]),
        ]
        .concat(),
        "source" => logs(),
        "database" => databases(),
        "book" => files("prices", &["yaml"]),
        "formats" => formats(),
        "ledger" => vec![
            vec![24, 0, 0, 1, 7],
            vec![0, 32, 0, 2, 255, 255, 100, 0, 0, 1, 1],
        ],
        _ => LINES
            .iter()
            .filter(|(name, _)| *name == target)
            .flat_map(|(_, lines)| lines.iter().map(|line| line.as_bytes().to_vec()))
            .collect(),
    };
    let found = root().join(format!("tests/fuzz/corpus/{target}.txt"));
    let found = fs::read_to_string(found).unwrap_or_default();
    seeds.extend(found.lines().map(|line| STANDARD.decode(line).unwrap()));
    seeds
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Short fixtures of these kinds; what a test expects of them is left out.
fn files(folder: &str, kinds: &[&str]) -> Vec<Vec<u8>> {
    let mut paths = Vec::new();
    walk(&root().join("fixtures").join(folder), &mut paths);
    paths.retain(|path| {
        let name = path.to_string_lossy();
        kinds.iter().any(|kind| name.ends_with(&format!(".{kind}")))
            && !name.ends_with(".record.json")
    });
    paths.sort();
    let read = paths.iter().map(|path| fs::read(path).unwrap());
    read.filter(|bytes| bytes.len() <= LONGEST).collect()
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, paths);
        } else {
            paths.push(path);
        }
    }
}

/// Logs behind the byte that says how they come.
fn logs() -> Vec<Vec<u8>> {
    let mut logs = files("adapters", &["jsonl", "sse"]);
    logs.extend(LOGS.iter().map(|log| log.as_bytes().to_vec()));
    let hows = [0_u8, 3, 0xe0, 0xf1];
    logs.iter()
        .zip(hows.iter().cycle())
        .map(|(log, how)| [&[*how], log.as_slice()].concat())
        .collect()
}

const LOGS: &[&str] = &[
    "{\"a\":1}\n{\"b\":[2]}\n",
    "[{\"a\":1},\n{\"b\":2}]\n",
    "{\n  \"a\": {\"b\": 1}\n}\n{\"c\"",
    "data: {\"a\":1}\n\nevent: x\ndata: {\"b\":2}\n\ndata: [DONE]\n\n",
    "id,model,input_tokens\n1,gpt-4o,2\n\"a\"\"b\",x,3\n",
    "time;model;input_tokens\n1;gpt-4o;2\n",
    "2026-11-02T10:00:00Z INFO usage {\"a\":1}\nword\n\u{feff}{\"b\":2}\r\n",
    "interactions:\n- request:\n    body: '{}'\n    uri: https://api.openai.com/v1/x\n  response:\n    body:\n      string: '{\"a\":1}'\nversion: 1\n",
    "\u{1e}{\"a\":1}\n\0\0\0\0\n{\"x\":\"\\ud800\"}\n",
];

/// Small databases of tools whose tables are known.
fn databases() -> Vec<Vec<u8>> {
    let statements = [
        "CREATE TABLE session (id TEXT PRIMARY KEY, parent_id TEXT, directory TEXT, title TEXT);
         CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT, time_created INTEGER, data TEXT);
         INSERT INTO session VALUES ('root', NULL, '/home/dev/shop', 'x');
         INSERT INTO message VALUES ('m2', 'root', 1791360001000, '{\"role\":\"assistant\",\"modelID\":\"gpt-5\",\"tokens\":{\"input\":10,\"output\":20}}');",
        "CREATE TABLE threads (id TEXT PRIMARY KEY, summary TEXT, updated_at TEXT, data_type TEXT, data BLOB);
         INSERT INTO threads VALUES ('t', 's', '2026-11-02', 'json', '{\"model\":{\"provider\":\"x\",\"model\":\"y\"},\"request_token_usage\":{}}');",
        "CREATE TABLE other (x); INSERT INTO other VALUES (1);",
    ];
    let folder = tempfile::tempdir().unwrap();
    let image = |(n, statements): (usize, &&str)| {
        let path = folder.path().join(format!("{n}.db"));
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch("PRAGMA page_size=512").unwrap();
        connection.execute_batch(statements).unwrap();
        drop(connection);
        fs::read(path).unwrap()
    };
    statements.iter().enumerate().map(image).collect()
}

/// The built-in formats one by one, each with a document.
fn formats() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    let folder = root().join("src/envelopes/builtin");
    for name in [
        "app",
        "batch",
        "cloud",
        "gateways",
        "recordings",
        "transport",
    ] {
        let text = fs::read_to_string(folder.join(format!("{name}.toml"))).unwrap();
        for part in text
            .split("\n[[format]]")
            .skip(1)
            .filter(|part| part.len() < LONGEST)
        {
            seeds.push(format!(
                "[[format]]{part}\n---\n{{\"body\":{{\"usage\":1}}}}\n"
            ));
        }
    }
    seeds.push("user=/ctx/uid\nresponse=/llm/raw\n---\n{\"ctx\":{\"uid\":\"a\"},\"llm\":{\"raw\":\"{}\"}}\n".to_owned());
    seeds.push(
        "/usage/input=/a/0/b\neach=/list\n---\nINFO {\"list\":[{\"a\":[{\"b\":1}]}]}\n".to_owned(),
    );
    // Names and texts that TOML writes otherwise than they are.
    seeds.push("[[format]]\nname = \"a\\ry\"\n".to_owned());
    seeds.push(
        "[[format]]\nname = 'say \"a\" \\ b'\nabout = \"one\\n[two]\\n\"\nwhen = [\"a\"]\n"
            .to_owned(),
    );
    seeds.into_iter().map(String::into_bytes).collect()
}

/// Inputs of a line each.
const LINES: &[(&str, &[&str])] = &[
    (
        "numbers",
        &[
            "0 1 -2.5 1e3",
            "0.1 0.000000000001 3",
            "1.25e-7 9999999999999999999999999999 0.5",
            "1793613600 1793613600000.5",
            "2026-11-02T10:00:00Z",
            "2026-11-02 10:00:00.123 UTC",
            "2026-11-02T05:00:00.000-0500",
            "Mon, 02 Nov 2026 10:00:00 +0000",
            "2026-11-02",
            "3 60 -7.2 0.111 1.5",
        ],
    ),
    (
        "texts",
        &[
            "Incorrect API key provided: sk-ant-abc123def. See https://x.example/a?key=1\nor a@b.example",
            "Invalid value: 'my prompt'. Can't use \"x\" here.",
            "chatcmpl-BbpRcTg5bT7hAQ2mWzY1kFq0vD3sE",
            "AWS Bedrock",
            "gcp.vertex_ai",
            "user_id\u{1b}[0m",
        ],
    ),
    (
        "asked",
        &[
            "\x002026-11-01..2026-11-15",
            "\x00last-month",
            "\x007d",
            "\x002026-W47",
            "\x002026-11-15T08:00:00Z",
            "\x002672-11-17T17:01..",
            "\x01model=gpt*,(none)",
            "\x01user!=alice,bob",
            "\x02model,day,tag:env",
            "\x03cost,input_tokens",
            "\x04user=alice",
            "\x04timestamp=2026-11-02T10:00:00Z",
            "\x04seconds=8.5",
            "\x04tag.env=prod",
            "\x05version = 1\n[[budget]]\nname = \"all\"\nmax = \"50 USD\"\nperiod = \"this-month\"\n",
            "\x06{\"schema\":\"llmcost.baseline/1\"}",
            "\x07{\"schema\":\"llmcost.report/1\",\"rows_hidden\":0,\"by\":[]}",
        ],
    ),
    (
        "query",
        &[
            "SELECT model, sum(cost_pico) FROM llm_usage_logs GROUP BY model",
            "SELECT * FROM llm_charges ORDER BY cost DESC LIMIT 3",
            "SELECT dec_sum(cost), printf('%s', count(*)) FROM llm_usage_logs WHERE created_at LIKE '2026%'",
            "WITH x AS (SELECT 1 AS a) SELECT a FROM x",
            "PRAGMA user_version",
            "DELETE FROM usage",
            "{\"from\":\"llm_usage_logs\",\"select\":[\"model\"],\"where\":[{\"column\":\"model\",\"op\":\"=\",\"value\":\"gpt-4o\"}],\"order_by\":\"created_at desc\",\"limit\":3}",
        ],
    ),
    (
        "rendered",
        &[
            "P7=1+1",
            "\x107\t=1",
            "P7＝1",
            "P7a,b\"c\"\r\nd",
            "P7\u{1b}]8;;http://x\u{7}link",
            "P7two\nrows",
            "P7\u{202e}gpj.exe",
            "P7</td><img src=x onerror=alert(1)>",
            "P7\" onmouseover=\"x",
            "P7a|b\\|c",
            "P7[x](http://x) **b** `c` @o",
            "P7::error::x",
        ],
    ),
];

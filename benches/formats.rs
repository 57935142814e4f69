//! How much longer, and in how much more memory, `report --by day,model` prints in each format than as
//! a table: `cargo bench --bench formats [-- RECORDS]`, a million by default. It writes a log that is
//! the same every time, ingests it, prints each format three times in turn and takes the best. It fails
//! where one takes more than three times as long as the table.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::exit
)] // a failing benchmark may stop

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A name, and options that print it.
const FORMATS: [(&str, &[&str]); 9] = [
    ("table", &["--format", "table"]),
    ("csv", &["--format", "csv"]),
    ("csv excel", &["--csv-dialect", "excel"]),
    ("csv semicolon", &["--csv-dialect", "excel-semicolon"]),
    ("json", &["--format", "json"]),
    ("jsonl", &["--format", "jsonl"]),
    ("markdown", &["--format", "markdown"]),
    ("html", &["--format", "html"]),
    ("xlsx", &["--format", "xlsx"]),
];

const ROUNDS: usize = 3;

/// Times the table's time that a format may take, and times its memory.
const MOST: u128 = 3;

const MODELS: [&str; 8] = [
    "gpt-4o-2024-08-06",
    "gpt-4o-mini-2024-07-18",
    "gpt-4.1-2025-04-14",
    "gpt-4.1-mini-2025-04-14",
    "gpt-5-2025-08-07",
    "gpt-5-mini-2025-08-07",
    "o3-2025-04-16",
    "a-model-without-a-price",
];

/// Chat completions of ninety days, a thousand users and twenty tenants.
fn write_log(path: &Path, records: u64) {
    let mut out = BufWriter::new(File::create(path).unwrap());
    let (first, seconds) = (1_785_542_400_u64, 90 * 86_400_u64);
    let mut state = 88_172_645_463_325_252_u64;
    for number in 0..records {
        // Xorshift: random enough, and the same every time.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let model = MODELS[usize::try_from(state % 8).unwrap()];
        let created = first + number * seconds / records;
        let (user, tenant) = (state / 8 % 1_000, state / 8_000 % 20);
        let (input, output) = (200 + state / 160_000 % 20_000, 20 + state / 7 % 2_000);
        let (cached, total) = (input / 2, input + output);
        writeln!(
            out,
            r#"{{"user_id":"user-{user}","tenant_id":"tenant-{tenant}","response":{{"id":"chatcmpl-{number:010}Kq7vTz3Rb9WfYxNc5","object":"chat.completion","created":{created},"model":"{model}","choices":[{{"index":0,"message":{{"role":"assistant","content":"CANARY"}},"finish_reason":"stop"}}],"usage":{{"prompt_tokens":{input},"completion_tokens":{output},"total_tokens":{total},"prompt_tokens_details":{{"cached_tokens":{cached}}}}}}}}}"#
        )
        .unwrap();
    }
    out.flush().unwrap();
}

fn llmcost(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_llmcost"));
    command
        .env_clear()
        .env("HOME", folder)
        .current_dir(folder)
        .args(["--quiet", "--ledger", "ledger.db"])
        .args(arguments);
    command
}

/// The most memory that a process has held, in KiB, while it can still be asked.
fn peak(child: &Child) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn run(folder: &Path, options: &[&str]) -> (Duration, u64, u64) {
    let out = folder.join("out");
    let mut command = llmcost(folder, &["report", "--by", "day,model"]);
    command
        .args(options)
        .stdout(Stdio::from(File::create(&out).unwrap()));
    let start = Instant::now();
    let mut child = command.spawn().unwrap();
    let mut memory = 0;
    while child.try_wait().unwrap().is_none() {
        memory = memory.max(peak(&child).unwrap_or(0));
        std::thread::sleep(Duration::from_millis(2));
    }
    let taken = start.elapsed();
    assert!(child.wait().unwrap().success(), "{options:?}");
    (taken, memory, std::fs::metadata(out).unwrap().len())
}

fn main() {
    let asked = std::env::args().find_map(|argument| argument.parse().ok());
    let records = asked.unwrap_or(1_000_000);
    let folder = tempfile::TempDir::new().unwrap();
    write_log(&folder.path().join("log.jsonl"), records);
    let start = Instant::now();
    let ingested = llmcost(folder.path(), &["ingest", "log.jsonl"])
        .output()
        .unwrap();
    assert!(ingested.status.success(), "{ingested:?}");
    println!(
        "{records} records, ingested in {} ms",
        start.elapsed().as_millis()
    );
    let mut best = FORMATS.map(|_| (Duration::MAX, 0, 0));
    for _ in 0..ROUNDS {
        for (best, (_, options)) in best.iter_mut().zip(FORMATS) {
            let (taken, memory, bytes) = run(folder.path(), options);
            *best = (best.0.min(taken), memory.max(best.1), bytes);
        }
    }
    let (base, base_memory) = (best[0].0.as_millis().max(1), best[0].1.max(1));
    let mut worse = false;
    println!(
        "{:<14}{:>9}{:>9}{:>11}{:>12}",
        "format", "ms", "×table", "peak KiB", "bytes"
    );
    for ((taken, memory, bytes), (name, _)) in best.iter().zip(FORMATS) {
        let hundredths = taken.as_millis() * 100 / base;
        let (whole, rest) = (hundredths / 100, hundredths % 100);
        println!(
            "{name:<14}{:>9}{whole:>6}.{rest:02}{memory:>11}{bytes:>12}",
            taken.as_millis()
        );
        worse |= hundredths > MOST * 100 || u128::from(*memory) > MOST * u128::from(base_memory);
    }
    if worse {
        println!("a format takes more than {MOST} times what the table takes");
        std::process::exit(1);
    }
}

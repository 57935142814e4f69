//! Reports from cells (roll-ups and narrow rows) are the reports that every single record gives: over
//! random logs, also after records were completed, by random questions.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a failing test may stop

#[path = "common/cases.rs"]
mod cases;
#[allow(dead_code)] // other tests use the rest of it
#[path = "common/torn.rs"]
mod torn;

use std::fmt;
use std::path::Path;

use cases::cases;
use chrono_tz::Tz;
use llmcost::ledger::{Entry, Ledger, Unwanted};
use llmcost::pricing::fx::Fx;
use llmcost::pricing::{PriceBook, Prices};
use llmcost::report::{
    Against, Basis, Detail, Dimension, Exchange, Filter, Period, Query, Summary, cells, wanted,
};
use llmcost::usage::Timestamp;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rusqlite::Connection;
use serde_json::json;

/// One call in a log: what it was, when (milliseconds), and how much.
#[derive(Debug, Clone)]
struct Call {
    id: u32,
    model: &'static str,
    user: Option<&'static str>,
    tenant: Option<&'static str>,
    at: Option<i64>,
    tokens: (u32, u32, u32),
    conversation: Option<&'static str>,
    latency: Option<u16>,
    extra: Extra,
}

/// What keeps some calls out of the roll-ups, or makes them another profile.
#[derive(Debug, Clone, Copy)]
enum Extra {
    None,
    Failed,
    StatedCost,
    Search,
    Tag,
}

impl Call {
    /// The call as a line; an early one says less.
    fn line(&self, is_early: bool) -> String {
        let (input, cached, output) = self.tokens;
        let mut body = json!({
            "id": format!("chatcmpl-{:029}", self.id), "object": "chat.completion", "model": self.model,
            "choices": [{"index": 0, "finish_reason": if is_early { "length" } else { "stop" }, "message": {"role": "assistant", "content": ""}}],
            "usage": {"prompt_tokens": input + cached, "completion_tokens": if is_early { output / 2 } else { output },
                "total_tokens": input + cached + if is_early { output / 2 } else { output }, "prompt_tokens_details": {"cached_tokens": cached}},
        });
        match self.extra {
            Extra::StatedCost => body["usage"]["cost"] = json!(0.125),
            Extra::Failed => {
                body = json!({"error": {"message": "no", "type": "server_error", "code": "server_error"}});
            }
            Extra::Search => body["citations"] = json!(["https://example.com"]),
            Extra::None | Extra::Tag => {}
        }
        let mut line = json!({"provider": "openai", "user_id": self.user, "tenant_id": self.tenant, "request_id": format!("req-{}", self.id),
            "conversation_id": self.conversation, "latency_ms": self.latency, "response": body});
        if let Some(at) = self.at {
            line["timestamp"] = json!(Timestamp::from_millis(at).to_string());
        }
        if matches!(self.extra, Extra::Tag) {
            line["tags"] = json!({"env": "prod"});
        }
        line.to_string()
    }
}

/// 1 November 2026, in milliseconds: the end of summer time in America.
const START: i64 = 1_793_491_200_000;

fn call() -> impl Strategy<Value = Call> {
    let models = ["gpt-4o", "gpt-4o-mini", "o3", "nobody-sells-this"];
    let extras = [
        Extra::None,
        Extra::None,
        Extra::None,
        Extra::Failed,
        Extra::StatedCost,
        Extra::Search,
        Extra::Tag,
    ];
    (
        0..60_u32,
        select(models.to_vec()),
        select(vec![None, Some("ann"), Some("bob"), Some("=cmd")]),
        select(vec![None, Some("north"), Some("south")]),
        proptest::option::weighted(0.9, START..START + 5 * 86_400_000),
        (0..2_000_u32, 0..500_u32, 0..900_u32),
        select(vec![None, Some("talk-1"), Some("talk-2"), Some("other")]),
        proptest::option::weighted(0.7, 0..40_u16),
        select(extras.to_vec()),
    )
        .prop_map(
            |(id, model, user, tenant, at, tokens, conversation, latency, extra)| Call {
                id,
                model,
                user,
                tenant,
                at,
                tokens,
                conversation,
                latency,
                extra,
            },
        )
}

/// A question, and how it is told where it fails.
#[derive(Clone)]
struct Asked(Query);

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let query = &self.0;
        let by: Vec<String> = query
            .by
            .iter()
            .chain(&query.finer)
            .map(Dimension::key)
            .collect();
        let filters: Vec<String> = query
            .filters
            .iter()
            .map(|filter| filter.dimension().key())
            .collect();
        let timed = query.view.has(Detail::Latency);
        write!(
            f,
            "by {by:?} where {filters:?} in {:?} {}, timed {timed}, {:?}, {:?}",
            query.period, query.timezone, query.basis, query.exchange
        )
    }
}

fn query() -> impl Strategy<Value = Asked> {
    let dimensions = [
        "provider",
        "model",
        "user",
        "tenant",
        "day",
        "week",
        "hour",
        "weekday",
        "hour-of-day",
        "status",
        "cost-status",
        "meter",
        "conversation",
        "tag:env",
        "service-type",
    ];
    let filters = [
        "model=gpt*",
        "model!=o3",
        "user=ann",
        "user=(none)",
        "tenant!=north",
        "status=success",
        "meter=output",
        "conversation=talk*",
        "conversation=(none)",
        "day=2026-11-02",
        "hour-of-day=03",
        "cost-status=unpriced",
    ];
    let whole = |day: i64| Some(Timestamp::from_millis(START + day * 86_400_000));
    let odd = |ms: i64| Some(Timestamp::from_millis(START + ms));
    let periods = vec![
        Period::default(),
        Period {
            from: whole(1),
            to: whole(3),
        },
        Period {
            from: whole(2),
            to: None,
        },
        Period {
            from: odd(7_777_777),
            to: odd(250_000_001),
        },
    ];
    (
        prop_oneof![
            2 => subsequence(dimensions.to_vec(), 0..3),
            1 => subsequence(vec!["user", "tenant", "day", "status"], 1..3),
        ],
        prop_oneof![Just(Vec::new()), subsequence(filters.to_vec(), 0..3)],
        select(periods.clone()),
        proptest::option::weighted(0.3, select(periods)),
        select(vec![
            Tz::UTC,
            Tz::UTC,
            chrono_tz::America::New_York,
            chrono_tz::Asia::Kathmandu,
        ]),
        proptest::option::weighted(
            0.3,
            select(vec!["model", "day", "user", "meter", "conversation"]),
        ),
        (
            proptest::bool::weighted(0.2),
            select(vec![
                Basis::Computed,
                Basis::Computed,
                Basis::Reported,
                Basis::ReportedFirst,
            ]),
            proptest::option::weighted(0.3, select(vec!["2026-10-30", "2026-11-03"])),
        ),
    )
        .prop_map(
            |(by, filters, period, against, zone, finer, (timed, basis, rates))| {
                let mut query = Query::new(Timestamp::from_millis(START + 6 * 86_400_000));
                query.by = Dimension::parse_list(&by).unwrap();
                query.filters = filters
                    .iter()
                    .map(|text| Filter::parse(text).unwrap())
                    .collect();
                query.period = period;
                query.against = against.map(Against::Period);
                query.timezone = zone;
                query.finer = finer
                    .into_iter()
                    .map(|name| Dimension::parse(name).unwrap())
                    .collect();
                query.basis = basis;
                query.reported = basis != Basis::Computed;
                query.exchange = rates.map(exchange);
                query.view.details.extend(timed.then_some(Detail::Latency));
                Asked(query)
            },
        )
}

/// Into another currency, by a rate of a day and one of the day after the next.
fn exchange(first: &str) -> Exchange {
    let text = format!(
        "format: llmcost-prices/1
book: {{name: rates, version: 2026-11-01, currency: USD}}
sources: {{bank: {{url: https://bank.example/rates, checked: 2026-11-01}}}}
fx:
  - {{date: {first}, from: USD, to: EUR, rate: 0.8765, source: bank}}
  - {{date: 2026-11-04, from: USD, to: EUR, rate: 0.8642, source: bank}}
models: []
"
    );
    let book = PriceBook::parse("rates.yaml", text.as_bytes()).unwrap();
    let fx = Fx::of(&Prices::only(book));
    Exchange {
        to: "EUR".to_owned(),
        fx: std::sync::Arc::new(fx),
    }
}

fn plain(query: &Query, ledger: &Ledger) -> Summary {
    let mut summary = Summary::default();
    ledger
        .for_each(&mut |entry| summary.add(query, entry))
        .unwrap();
    summary
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn cells_add_up_to_what_records_do(
        calls in proptest::collection::vec(call(), 1..60),
        early in proptest::collection::vec(any::<bool>(), 60),
        queries in proptest::collection::vec(query(), 20),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::open(&folder.path().join("ledger.db")).unwrap();
        // Some calls come in early and are completed by a later run.
        let lines = |is_early: &dyn Fn(usize) -> bool| {
            let lines = calls.iter().enumerate().map(|(at, call)| call.line(is_early(at)));
            lines.collect::<Vec<_>>().join("\n") + "\n"
        };
        for (name, text) in [("a.jsonl", lines(&|at| early[at])), ("b.jsonl", lines(&|_| false))] {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            torn::read_into(&mut ledger, &[path.to_string_lossy().into_owned()]);
        }
        prop_assert_eq!(ledger.verify().unwrap(), Vec::<String>::new());
        let mut quick = 0;
        for asked in &queries {
            let query = &asked.0;
            if let Some(summary) = cells::summarize(query, &ledger).unwrap() {
                quick += 1;
                prop_assert_eq!(summary, plain(query, &ledger), "{:?}", asked);
            }
        }
        prop_assert!(quick > 0);
    }
}

/// Rows of a segment (`ledger/segments`).
const SEGMENT: u32 = 4096;

/// `count` calls one after another, and so many questions, the same every time.
fn many(count: u32, questions: usize) -> (Vec<Call>, Vec<Asked>) {
    let mut runner = TestRunner::deterministic();
    let mut numbered = |id| {
        let call = call().new_tree(&mut runner).unwrap().current();
        Call { id, ..call }
    };
    let calls = (0..count).map(&mut numbered).collect();
    let asked = (0..questions).map(|_| query().new_tree(&mut runner).unwrap().current());
    (calls, asked.collect())
}

fn segments(path: &Path) -> Vec<i64> {
    let ledger = Connection::open(path).unwrap();
    let mut list = ledger
        .prepare("SELECT chunk FROM segment ORDER BY chunk")
        .unwrap();
    let chunks = list.query_map([], |row| row.get(0)).unwrap();
    chunks.collect::<Result<_, _>>().unwrap()
}

/// A walk, whichever way and from wherever, meets the records that reading all of them meets.
fn walks_as_it_reads(ledger: &Ledger) {
    let mut query = Query::new(Timestamp::from_millis(START));
    query.filters = vec![Filter::parse("user=ann").unwrap()];
    query.period.from = Some(Timestamp::from_millis(START + 86_400_000));
    let mut all = Vec::new();
    let mut keep = |entry: &Entry| {
        all.extend(query.selects(entry).then_some(entry.id));
        Ok(())
    };
    ledger.for_each(&mut keep).unwrap();
    assert!(all.len() > 1_000);
    for last_first in [false, true] {
        if last_first {
            all.reverse();
        }
        for begin in [0, 1, all.len() / 2, all.len() - 1] {
            let after = begin.checked_sub(1).map(|at| all[at].to_string());
            let mut met = Vec::new();
            let mut take = |entry: &Entry| {
                // Records without a time are looked at, too.
                met.extend(query.selects(entry).then_some(entry.id));
                Ok(met.len() < 1_500)
            };
            let wanted = wanted::wanted(&query);
            ledger
                .walk(last_first, after.as_deref(), &wanted, &mut take)
                .unwrap();
            let rest = &all[begin..];
            assert_eq!(met, rest[..rest.len().min(1_500)]);
        }
    }
}

#[test]
fn segments_add_up_to_what_records_do() {
    let (mut calls, asked) = many(2 * SEGMENT + 300, 24);
    let mut asked = asked.chunks(8);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let mut ledger = Ledger::open(&path).unwrap();
    let mut read = |calls: &[Call], is_early| {
        let log = folder
            .path()
            .join(format!("{}-{is_early}.jsonl", calls.len()));
        let lines: String = calls
            .iter()
            .map(|call| call.line(is_early) + "\n")
            .collect();
        std::fs::write(&log, lines).unwrap();
        torn::read_into(&mut ledger, &[log.to_string_lossy().into_owned()]);
    };
    read(&calls, true);
    assert_eq!(segments(&path), [0, 1]);
    // Rows of one segment change, and those of the other stay.
    calls.truncate(100);
    read(&calls, false);
    let gone = Unwanted::User("bob".into());
    let mut ask = |ledger: &Ledger| {
        let mut quick = 0;
        walks_as_it_reads(ledger);
        for asked in asked.next().unwrap() {
            if let Some(summary) = cells::summarize(&asked.0, ledger).unwrap() {
                quick += 1;
                assert_eq!(summary, plain(&asked.0, ledger), "{asked:?}");
            }
        }
        assert!(quick > 4);
    };
    assert_eq!(segments(&path), [0, 1]);
    assert_eq!(ledger.verify().unwrap(), Vec::<String>::new());
    ask(&ledger);
    // Of a segment that is not there, or that nobody can read, the rows are asked.
    let own = Connection::open(&path).unwrap();
    own.execute_batch("DELETE FROM segment WHERE chunk = 0; UPDATE segment SET columns = x'ff'")
        .unwrap();
    ask(&ledger);
    let found = ledger.verify().unwrap();
    assert_eq!(found, ["segment: 1 is not what its records say"]);
    let now = (Timestamp::from_millis(START), "0.0.0");
    ledger.remove(&gone, false, now).unwrap();
    assert_eq!(segments(&path), [0, 1]);
    assert_eq!(ledger.verify().unwrap(), Vec::<String>::new());
    ask(&ledger);
    // A number that is another one than that of its row.
    let change = "UPDATE segment SET rows = rows - 1 WHERE chunk = 1";
    own.execute_batch(change).unwrap();
    assert_eq!(ledger.verify().unwrap(), found);
}

//! A summary as JSON: the contract `llmcost.summary/1`, what a billing page needs. Money and
//! quantities are strings, unknown is null.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use crate::error::Result;
use crate::usage::Spread;

use super::calendar::rfc3339;
use super::earlier::Against;
use super::overview::{Answered, Overview};
use super::overview_table::{failures, groups};
use super::rows::Row;
use super::{Dimension, Period, Report, Sort};

/// The contract's name; another shape needs another one.
pub const SCHEMA: &str = "llmcost.summary/1";

/// The summary for scripts.
///
/// # Errors
/// When a sum is too large to keep exactly.
pub fn json(overview: &Overview, top: usize) -> Result<Json> {
    let zone = overview.recent.query.timezone;
    let spans = overview.spans.iter();
    let spans: Vec<Json> = spans.map(|span| span_json(overview, span)).collect();
    let all = overview.all().map(Report::json);
    let of_all = |key: &str| all.as_ref().and_then(|all| all.get(key)).cloned();
    let mut summary = json!({
        "schema": SCHEMA,
        "now": rfc3339(overview.now(), zone),
        "timezone": zone.name(),
        "periods": spans,
        "details": details(overview, top)?,
        "price_books": of_all("price_books"),
        "unpriced": of_all("unpriced"),
        "estimated": of_all("estimated"),
        "without_time": of_all("without_time"),
        "notes": of_all("notes"),
    });
    if let (Some(summary), Some(exchange)) = (summary.as_object_mut(), of_all("exchange")) {
        summary.insert("exchange".to_owned(), exchange);
    }
    Ok(summary)
}

/// One JSON object per line: the periods, then the groups of the details.
///
/// # Errors
/// When a sum is too large to keep exactly.
pub fn lines(overview: &Overview, top: usize) -> Result<Vec<Json>> {
    let mut lines = Vec::new();
    for span in &overview.spans {
        for row in overview.totals_of(span) {
            lines.push(in_section(
                "period",
                &span.name,
                row_json(&span.report, &row),
            ));
        }
    }
    if let Some(span) = overview.details() {
        for dimension in ["model", "user"] {
            for row in groups(overview, dimension, top)? {
                let line = row_json(&named(&span.report, dimension)?, &row);
                lines.push(in_section(dimension, &span.name, line));
            }
        }
    }
    Ok(lines)
}

fn in_section(section: &str, period: &str, mut line: Map<String, Json>) -> Json {
    line.insert("section".to_owned(), json!(section));
    line.insert("period".to_owned(), json!(period));
    Json::Object(line)
}

fn ends(period: Period, report: &Report) -> Json {
    let instant = |at| rfc3339(at, report.query.timezone);
    json!({"from": period.from.map(instant), "to": period.to.map(instant)})
}

fn span_json(overview: &Overview, span: &Answered) -> Json {
    let report = &span.report;
    let previous = match &report.query.against {
        Some(Against::Period(period)) => Some(ends(*period, report)),
        Some(Against::File(_)) | None => None,
    };
    let totals = overview.totals_of(span);
    let totals = totals.iter().map(|row| Json::Object(row_json(report, row)));
    json!({
        "name": span.name,
        "period": ends(report.query.period, report),
        "previous": previous,
        "totals": totals.collect::<Vec<_>>(),
    })
}

/// A row of a report, with the requests that did not fail.
fn row_json(report: &Report, row: &Row) -> Map<String, Json> {
    let mut object = match report.row_json(row) {
        Json::Object(object) => object,
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => {
            Map::new()
        }
    };
    let succeeded = row.tally.requests.saturating_sub(row.tally.failed);
    object.insert("succeeded".to_owned(), json!(succeeded));
    object
}

/// The same report with its rows named by a dimension.
fn named(report: &Report, dimension: &str) -> Result<Report> {
    let mut report = report.clone();
    report.query.by = vec![Dimension::parse(dimension)?];
    report.query.view = super::View::default();
    Ok(report)
}

fn details(overview: &Overview, top: usize) -> Result<Json> {
    let Some(span) = overview.details() else {
        return Ok(Json::Null);
    };
    let list = |dimension: &str| -> Result<Vec<Json>> {
        let report = named(&span.report, dimension)?;
        let rows = groups(overview, dimension, top)?;
        Ok(rows
            .iter()
            .map(|row| Json::Object(row_json(&report, row)))
            .collect())
    };
    let mut outcomes: BTreeMap<String, u64> = BTreeMap::new();
    for row in overview.split("status", Sort::Name)? {
        let name = row.key.first().cloned().flatten().unwrap_or_default();
        *outcomes.entry(name).or_default() += row.tally.requests;
    }
    let errors = failures(overview)?;
    let errors = errors.iter().map(
        |row| json!({"error": row.key.first().cloned().flatten(), "requests": row.tally.failed}),
    );
    let times = overview.times();
    Ok(json!({
        "name": span.name,
        "period": ends(span.report.query.period, &span.report),
        "outcomes": outcomes,
        "errors": errors.collect::<Vec<_>>(),
        "latency_ms": spread_json(&times.latency),
        "ttft_ms": spread_json(&times.ttft),
        "models": list("model")?,
        "users": list("user")?,
    }))
}

fn spread_json(spread: &Spread) -> Json {
    json!({
        "requests": spread.count(),
        "mean": spread.mean(),
        "p50": spread.percentile(50),
        "p90": spread.percentile(90),
        "p95": spread.percentile(95),
        "p99": spread.percentile(99),
    })
}

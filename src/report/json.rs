//! A report as JSON: the contract `llmcost.report/1`. Money and quantities are strings, unknown is
//! null.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::compared::Compared;
use super::costing::{Basis, From};
use super::rows::{Row, RowKind};
use super::summary::Doubt;
use super::{Against, Dimension, Layout, Report, View, calendar, extras, meters};
use crate::pricing::fx::Way;
use crate::table::Cell;

/// The contract's name; another shape needs another one.
pub const SCHEMA: &str = "llmcost.report/1";

impl Report {
    /// The report for scripts.
    pub fn json(&self) -> Json {
        let zone = self.query.timezone;
        let instant = |at| calendar::rfc3339(at, zone);
        let books: Vec<Json> = self
            .books()
            .iter()
            .map(|book| {
                json!({
                    "book": book.name,
                    "version": book.version,
                    "records": book.records,
                    "age_days": book.age_days,
                })
            })
            .collect();
        let mut json = json!({
            "schema": SCHEMA,
            "by": self.query.by.iter().map(Dimension::key).collect::<Vec<_>>(),
            "period": {
                "from": self.query.period.from.map(instant),
                "to": self.query.period.to.map(instant),
                "timezone": zone.name(),
                "first": self.summary.seen.map(|(first, _)| instant(first)),
                "last": self.summary.seen.map(|(_, last)| instant(last)),
            },
            "rows": self.json_rows(),
            "rows_hidden": self.hidden,
            "totals": self.totals.iter().map(|row| self.row_json(row)).collect::<Vec<_>>(),
            "price_books": books,
            "unpriced": doubts_json(&self.summary.unpriced),
            "estimated": doubts_json(&self.summary.doubtful),
            "without_time": self.summary.without_time,
            "notes": self.notes(),
        });
        if let Some(object) = json.as_object_mut() {
            object.extend(self.terms());
            object.extend(self.beyond_rows());
        }
        json
    }

    /// What stands beside the rows where it is asked for: sums of groups, a matrix, and what the
    /// report is compared with.
    fn beyond_rows(&self) -> Map<String, Json> {
        let mut beyond = Map::new();
        let of_kind = |wanted: fn(&Row) -> bool| -> Json {
            let rows = self.rows.iter().filter(|row| wanted(row));
            rows.map(|row| self.row_json(row)).collect()
        };
        if self.query.view.others {
            let is_rest = |row: &Row| matches!(row.kind, RowKind::Others(_));
            beyond.insert("others".to_owned(), of_kind(is_rest));
        }
        if self.query.view.subtotals {
            let is_sum = |row: &Row| row.kind == RowKind::Subtotal;
            beyond.insert("subtotals".to_owned(), of_kind(is_sum));
        }
        if let Some(pivot) = &self.pivot {
            beyond.insert("pivot".to_owned(), self.pivot_json(pivot));
        }
        if let Some(against) = &self.query.against {
            let zone = self.query.timezone;
            let instant = |at| calendar::rfc3339(at, zone);
            let (from, to, file) = match against {
                Against::Period(asked) => (asked.period.from, asked.period.to, None),
                Against::File(baseline) => (baseline.from, baseline.to, Some(&baseline.name)),
            };
            let with = json!({"from": from.map(instant), "to": to.map(instant), "file": file});
            beyond.insert("compared_with".to_owned(), with);
        }
        beyond
    }

    /// The terms of the costs, where they are not the usual ones.
    fn terms(&self) -> Map<String, Json> {
        let mut terms = Map::new();
        let query = &self.query;
        if query.basis != Basis::Computed {
            let of = |from| self.summary.from.get(&from).copied().unwrap_or(0);
            let basis = json!({
                "basis": query.basis.name(),
                "reported": of(From::Provider),
                "computed": of(From::Us),
                "unknown": of(From::Nobody),
            });
            terms.insert("cost_basis".to_owned(), basis);
        }
        if let Some(exchange) = &query.exchange {
            let ways = self.summary.ways.iter();
            let ways = ways.map(|(way, records)| way_json(way, *records));
            let left = self
                .summary
                .unconverted
                .iter()
                .map(|(currency, records)| json!({"currency": currency, "records": records}));
            let exchange = json!({
                "currency": exchange.to,
                "rates": ways.collect::<Vec<_>>(),
                "unconverted": left.collect::<Vec<_>>(),
            });
            terms.insert("exchange".to_owned(), exchange);
        }
        let stated = query.terms.iter();
        terms.extend(stated.map(|term| (term.key.to_owned(), term.json.clone())));
        terms
    }

    /// The groups alone, one object each.
    pub fn json_rows(&self) -> Vec<Json> {
        let groups = self.rows.iter().filter(|row| row.is_group());
        groups.map(|row| self.row_json(row)).collect()
    }

    /// Rows for line-oriented output: the groups, and those that stand for others. They add up.
    pub fn json_lines(&self) -> Vec<Json> {
        let rows = self.rows.iter();
        let parts = rows.filter(|row| row.kind != RowKind::Subtotal);
        parts.map(|row| self.row_json(row)).collect()
    }

    pub(super) fn row_json(&self, row: &Row) -> Json {
        let tally = &row.tally;
        let mut object = Map::new();
        let by = self.query.by.iter();
        match row.kind {
            RowKind::Group | RowKind::Total => {}
            RowKind::Others(groups) => drop(object.insert("others".to_owned(), json!(groups))),
            RowKind::Subtotal => {
                let keys: Vec<String> =
                    by.clone().take(row.key.len()).map(Dimension::key).collect();
                object.insert("by".to_owned(), json!(keys));
            }
        }
        object.extend(by.zip(&row.key).map(|(by, value)| (by.key(), json!(value))));
        for (key, _, number, _) in row.tokens.named() {
            object.insert(key.to_owned(), json!(number));
        }
        let counts = [
            ("requests", tally.requests),
            ("failed", tally.failed),
            ("estimated", tally.estimated),
            ("partial", tally.partial),
            ("covered", tally.covered),
            ("unpriced", tally.unpriced),
        ];
        object.extend(counts.map(|(key, count)| (key.to_owned(), json!(count))));
        object.insert("cost".to_owned(), json!(row.cost));
        object.insert("currency".to_owned(), json!(row.currency));
        if self.query.meters {
            let meters = tally
                .meters
                .iter()
                .map(|(meter, sum)| (meter.name().to_owned(), json!(sum)));
            object.insert("meters".to_owned(), Json::Object(meters.collect()));
        }
        if self.query.layout == Layout::Meters {
            object.insert("meter_costs".to_owned(), meters::json(row));
        }
        object.extend(figures_json(row, &self.query.view));
        object.extend(self.beside_json(row));
        Json::Object(object)
    }

    /// What stands beside a row: what providers state, what is stored, and what it was before.
    fn beside_json(&self, row: &Row) -> Map<String, Json> {
        let mut object = Map::new();
        if self.query.reported {
            let sums = row.tally.reported.iter().map(|(currency, sum)| {
                json!({
                    "amount": sum.amount,
                    "currency": currency,
                    "records": sum.records,
                    "unread": sum.unread,
                })
            });
            object.insert("reported_cost".to_owned(), sums.collect());
        }
        if let Some(beside) = &row.beside {
            object.insert("stored_cost".to_owned(), json!(beside.stored));
            object.insert("difference".to_owned(), json!(beside.difference));
            object.insert("stored_unpriced".to_owned(), json!(beside.unpriced));
        }
        if let Some(before) = &row.before {
            object.insert("previous_requests".to_owned(), json!(before.requests));
            object.insert("previous_cost".to_owned(), json!(before.cost));
            object.insert("previous_unpriced".to_owned(), json!(before.unpriced));
            object.insert("change".to_owned(), json!(before.change(row.cost)));
            let percent = before.change_percent(row.cost);
            object.insert("change_percent".to_owned(), json!(percent));
        }
        if self.query.layout == Layout::Compared {
            let compared = compared_json(&row.tally.compared);
            object.insert("compared".to_owned(), compared);
        }
        object
    }
}

/// The figures that are asked for beside the usual ones, as their columns hold them.
fn figures_json(row: &Row, view: &View) -> Map<String, Json> {
    let figures = extras::details(row, view).into_iter();
    let figures = figures.map(|(column, cell)| {
        let value = match cell {
            Cell::Count(count) => json!(count),
            Cell::Quantity(number) | Cell::Number(number) | Cell::Money { amount: number, .. } => {
                json!(number)
            }
            Cell::Percent(ratio) | Cell::Average(ratio) | Cell::PerUnit { amount: ratio, .. } => {
                json!(ratio)
            }
            Cell::Text(text) | Cell::Time(text) => json!(text),
            Cell::Blank | Cell::Absent => Json::Null,
        };
        (column.key, value)
    });
    figures.collect()
}

fn compared_json(compared: &Compared) -> Json {
    json!({
        "records": compared.records,
        "computed": compared.ours.exact(),
        "reported": compared.theirs,
        "difference": compared.difference().ok(),
        "equal": compared.equal,
        "equal_percent": compared.equal_percent(),
        "equal_at_12_digits": compared.equal_at_12,
        "only_computed": compared.only_ours,
        "only_reported": compared.only_theirs,
        "not_comparable": compared.apart,
    })
}

fn way_json(way: &Way, records: u64) -> Json {
    let steps = way.steps().map(|step| {
        let rate = &step.rate;
        json!({
            "date": rate.date.to_string(),
            "from": rate.from,
            "to": rate.to,
            "rate": rate.rate,
            "inverse": step.inverse,
            "source": rate.source,
            "book": rate.book.name,
            "version": rate.book.version,
        })
    });
    json!({"steps": steps.collect::<Vec<_>>(), "records": records})
}

fn doubts_json(doubts: &BTreeMap<Doubt, u64>) -> Json {
    let list = doubts.iter().map(|(doubt, records)| {
        json!({
            "provider": doubt.provider,
            "model": doubt.model,
            "reason": doubt.reason,
            "records": records,
        })
    });
    list.collect()
}

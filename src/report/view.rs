//! What of a report is shown, and how it is laid out. None of it changes a sum.

use crate::error::{Error, Result};

use super::nearest;

/// Figures that belong together, beside the usual ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Of the total cost: each row's share, and that of all rows so far.
    Share,
    /// Cost and tokens per request.
    Averages,
    /// How much of the input was read from a cache.
    Cache,
    /// How long requests took.
    Latency,
    /// Quantity, cost and share of each meter.
    Meters,
}

impl Detail {
    /// All of them with their names.
    pub const ALL: [(&'static str, Self); 5] = [
        ("share", Self::Share),
        ("averages", Self::Averages),
        ("cache", Self::Cache),
        ("latency", Self::Latency),
        ("meters", Self::Meters),
    ];

    /// The one of that name.
    ///
    /// # Errors
    /// When there is none.
    pub fn parse(name: &str) -> Result<Self> {
        let found = Self::ALL.iter().find(|(known, _)| *known == name);
        found.map(|(_, detail)| *detail).ok_or_else(|| {
            let names = Self::ALL.iter().map(|(known, _)| *known);
            Error::usage(format!("There is no such detail: {name}."))
                .hint(nearest::hint(name, names))
        })
    }
}

/// A figure of a row: its name in data formats, the detail that it belongs to, and what it is.
pub struct Figure {
    /// The name.
    pub key: &'static str,
    /// The detail; none for the usual figures.
    pub detail: Option<Detail>,
    /// What it is.
    pub doc: &'static str,
}

const fn usual(key: &'static str, doc: &'static str) -> Figure {
    let detail = None;
    Figure { key, detail, doc }
}

const fn of(detail: Detail, key: &'static str, doc: &'static str) -> Figure {
    let detail = Some(detail);
    Figure { key, detail, doc }
}

/// Every figure that `--columns` can choose.
#[rustfmt::skip] // one line each
pub const FIGURES: &[Figure] = &[
    usual("requests", "Requests"),
    usual("failed", "Requests that failed"),
    usual("input_tokens", "All that was read, caches included"),
    usual("cached_input_tokens", "Of the input: read from a cache"),
    usual("cache_write_tokens", "Of the input: written to a cache"),
    usual("output_tokens", "All that was written, reasoning included"),
    usual("reasoning_tokens", "Of the output: reasoning"),
    usual(
        "total_tokens",
        "Input and output, and totals of which nothing says what they are made of",
    ),
    usual("cost", "The cost, as far as it is known"),
    usual("estimated", "Records whose cost rests on an assumption"),
    usual("partial", "Records of which some line items have no rate"),
    usual("covered", "Records that are paid for elsewhere"),
    usual("unpriced", "Records of unknown cost"),
    of(Detail::Share, "share_percent", "Of the total cost in this currency"),
    of(Detail::Share, "cumulative_percent", "The share of this row and those above it"),
    of(Detail::Averages, "cost_per_request", "Cost ÷ requests of known cost"),
    of(Detail::Averages, "cost_per_1k_requests", "The same for a thousand requests"),
    of(Detail::Averages, "input_per_request", "Input tokens ÷ requests"),
    of(Detail::Averages, "output_per_request", "Output tokens ÷ requests"),
    of(Detail::Cache, "cache_hit_percent", "Of the input tokens: read from a cache"),
    of(Detail::Latency, "latency_p50_ms", "The time that 50 of 100 requests did not exceed"),
    of(Detail::Latency, "latency_p90_ms", "The time that 90 of 100 did not exceed"),
    of(Detail::Latency, "latency_p95_ms", "The time that 95 of 100 did not exceed"),
    of(Detail::Latency, "latency_p99_ms", "The time that 99 of 100 did not exceed"),
    of(Detail::Latency, "latency_mean_ms", "The mean of their times"),
    of(Detail::Latency, "latency_requests", "How many requests say how long they took"),
    of(Detail::Latency, "ttft_p50_ms", "The time to the first token that 50 of 100 did not exceed"),
    of(Detail::Latency, "ttft_p90_ms", "The time to it that 90 of 100 did not exceed"),
    of(Detail::Latency, "ttft_p95_ms", "The time to it that 95 of 100 did not exceed"),
    of(Detail::Latency, "ttft_p99_ms", "The time to it that 99 of 100 did not exceed"),
    of(Detail::Latency, "ttft_mean_ms", "The mean of the times to it"),
    of(Detail::Latency, "ttft_requests", "How many requests say when the first token came"),
];

/// What is shown beside the groups.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    /// Figures beside the usual ones.
    pub details: Vec<Detail>,
    /// The figures to show, in this order; empty for the usual ones and the details.
    pub columns: Vec<&'static str>,
    /// Keep only this many groups, those that cost the most.
    pub top: Option<usize>,
    /// Show the groups that are not kept as one row.
    pub others: bool,
    /// Show the sum of every outer group.
    pub subtotals: bool,
    /// Lay the values of the last dimension out as columns of costs.
    pub pivot: bool,
    /// Draw the costs as bars. For terminals.
    pub bars: bool,
    /// Draw the cost over time. For terminals.
    pub sparkline: bool,
}

impl View {
    /// Reads `--columns`: names of columns, or of details for all of theirs.
    ///
    /// # Errors
    /// When there is no such column.
    pub fn parse_columns(names: &[String]) -> Result<Vec<&'static str>> {
        let mut chosen: Vec<&'static str> = Vec::new();
        for name in names {
            let wanted = name.trim().to_ascii_lowercase().replace('-', "_");
            let detail = Detail::parse(&wanted).ok();
            let is_meant = |figure: &&Figure| {
                figure.key == wanted || (detail.is_some() && figure.detail == detail)
            };
            let mut found = FIGURES.iter().filter(is_meant).peekable();
            if found.peek().is_none() {
                let details = Detail::ALL.iter().map(|(name, _)| *name);
                let names = FIGURES.iter().map(|figure| figure.key).chain(details);
                return Err(Error::usage(format!("There is no column {name}."))
                    .hint(nearest::hint(&wanted, names)));
            }
            for figure in found {
                if !chosen.contains(&figure.key) {
                    chosen.push(figure.key);
                }
            }
        }
        Ok(chosen)
    }

    /// Whether a detail's figures are asked for, in whatever way.
    pub fn has(&self, detail: Detail) -> bool {
        let is_chosen =
            |figure: &Figure| figure.detail == Some(detail) && self.columns.contains(&figure.key);
        self.details.contains(&detail) || FIGURES.iter().any(is_chosen)
    }
}

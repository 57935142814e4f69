//! What a report shows beside its groups: columns, sums of groups, comparisons, charts.

use std::path::Path;

use clap::Args;

use super::wrong;
use crate::error::{Error, ErrorKind, Result};
use crate::render::Format;
use crate::report::{Against, Baseline, Clock, Detail, Dimension, Layout, Period, Query, View};

/// Options of what a report shows.
#[derive(Debug, Clone, Default, Args)]
pub struct ViewArgs {
    /// More columns: share, averages, cache, latency (comma-separated); or meters: of each group the cost of each meter
    #[arg(
        long,
        value_name = "DETAIL",
        value_delimiter = ',',
        conflicts_with = "compare_reported",
        help_heading = "What to show"
    )]
    detail: Vec<String>,
    /// These columns and no others; a detail's name stands for its columns; `--columns help` lists them
    #[arg(
        long,
        value_name = "COLUMN",
        value_delimiter = ',',
        conflicts_with = "compare_reported",
        help_heading = "What to show"
    )]
    columns: Vec<String>,
    /// Keep the N groups that cost the most; with --subtotals, of each subtotal; with --pivot, N columns
    #[arg(
        long,
        value_name = "N",
        conflicts_with = "limit",
        help_heading = "What to show"
    )]
    top: Option<usize>,
    /// Add up in one row what --top or --limit leaves out
    #[arg(long, help_heading = "What to show")]
    others: bool,
    /// Add up the groups of each outer dimension
    #[arg(long, conflicts_with = "limit", help_heading = "What to show")]
    subtotals: bool,
    /// A matrix of costs: the last dimension's values side by side, such as day,model
    #[arg(
        long,
        value_name = "DIMENSIONS",
        value_delimiter = ',',
        conflicts_with_all = ["detail", "columns", "others", "subtotals", "compare", "bars", "sparkline", "reported", "aliases", "compare_reported", "apply_free"],
        help_heading = "What to show"
    )]
    pivot: Vec<String>,
    /// Compare with another period, with `previous`, or with a report saved as JSON
    #[arg(
        long,
        value_name = "WHAT",
        conflicts_with = "compare_reported",
        help_heading = "What to show"
    )]
    compare: Option<String>,
    /// Draw a bar beside each cost (tables only)
    #[arg(
        long,
        conflicts_with = "compare_reported",
        help_heading = "What to show"
    )]
    bars: bool,
    /// Draw the cost over time beside each row (tables only)
    #[arg(
        long,
        conflicts_with = "compare_reported",
        help_heading = "What to show"
    )]
    sparkline: bool,
}

impl ViewArgs {
    /// Whether the columns are to be listed.
    pub fn asks_for_columns(&self) -> bool {
        self.columns.iter().any(|name| name == "help")
    }

    /// The dimensions of a matrix, where one is asked for.
    pub fn pivot(&self) -> Option<&[String]> {
        (!self.pivot.is_empty()).then_some(self.pivot.as_slice())
    }

    /// Writes what is asked for into a query that is otherwise complete.
    ///
    /// # Errors
    /// When something is not known, or does not go with something else.
    pub fn settle(&self, query: &mut Query, format: Format) -> Result<()> {
        let details = self.detail.iter().map(|name| Detail::parse(name.trim()));
        let details: Result<Vec<Detail>> = details.collect();
        let columns = View::parse_columns(&self.columns);
        query.view = View {
            details: details.map_err(|error| wrong("--detail", error))?,
            columns: columns.map_err(|error| wrong("--columns", error))?,
            top: self.top,
            others: self.others,
            subtotals: self.subtotals,
            pivot: !self.pivot.is_empty(),
            bars: self.bars,
            sparkline: self.sparkline,
        };
        self.check(query, format)?;
        if query.view.details.contains(&Detail::Meters) {
            query.layout = Layout::Meters;
            query.meters = true;
            query.finer.push(Dimension::parse("meter")?);
        }
        if self.sparkline {
            query.finer.push(Dimension::parse("day")?);
        }
        match &self.compare {
            Some(what) => compare(what, query),
            None => Ok(()),
        }
    }

    /// The meters of a group have columns of their own.
    fn check_meters(&self, query: &Query) -> Result<()> {
        let view = &query.view;
        let other_columns = view.details.len() > 1 || !view.columns.is_empty() || query.reported;
        let other_rows = view.others || view.subtotals || self.compare.is_some();
        let drawn = view.bars || view.sparkline;
        let by_meter = query.by.iter().any(Dimension::is_meter);
        let more = other_columns || other_rows || drawn || by_meter;
        if more && view.details.contains(&Detail::Meters) {
            let text = "--detail meters: its columns do not go with others";
            let hint = "Ask for it alone: llmcost report --by model --detail meters";
            return Err(Error::usage(text).hint(hint));
        }
        Ok(())
    }

    fn check(&self, query: &Query, format: Format) -> Result<()> {
        let view = &query.view;
        let refuse = |text: &str, hint: &str| Err(Error::usage(text).hint(hint));
        let by_meter = query.by.iter().any(Dimension::is_meter);
        if view.others && view.top.is_none() && query.limit.is_none() {
            return refuse(
                "--others: nothing is left out",
                "Say how many to keep: --top 5",
            );
        }
        if by_meter && (view.others || view.subtotals) {
            return refuse(
                "--others, --subtotals: a request has several meters, so it would count several times",
                "Leave meter out of --by; --detail meters splits each group.",
            );
        }
        if (view.subtotals || view.pivot) && query.by.len() < 2 {
            let flag = if view.pivot { "--pivot" } else { "--subtotals" };
            return refuse(
                &format!("{flag}: one dimension is not enough"),
                "Name two, such as day,model.",
            );
        }
        if (view.bars || view.sparkline) && format != Format::Table {
            return refuse(
                "--bars, --sparkline: only a table is drawn",
                "Leave them out, or use --format table.",
            );
        }
        self.check_meters(query)
    }
}

/// Compares a query with what a word, a period or a file names.
fn compare(what: &str, query: &mut Query) -> Result<()> {
    let clock = Clock {
        now: query.now,
        zone: query.timezone,
    };
    if what == "previous" {
        let previous = query.period.previous(clock);
        query.compare_with(previous.map_err(|error| wrong("--compare", error))?);
        return Ok(());
    }
    let path = Path::new(what);
    match Period::parse(what, clock) {
        Ok(period) => query.compare_with(period),
        Err(error) if !path.exists() => {
            let hint = "Name a period such as last-month, `previous`, or a file.";
            return Err(wrong(
                "--compare",
                Error {
                    hint: Some(hint.to_owned()),
                    ..error
                },
            ));
        }
        Err(_) => {
            let bytes = std::fs::read(path).map_err(|error| {
                let message = format!("the report cannot be read: {}", error.kind());
                Error::new(ErrorKind::Input, message).at(path, None)
            })?;
            let baseline = Baseline::parse(what, &bytes, query)?;
            query.against = Some(Against::File(Box::new(baseline)));
        }
    }
    Ok(())
}

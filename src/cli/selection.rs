//! Which records are asked for: filters, period, timezone.

use clap::Args;

use super::{Console, wrong};
use crate::error::Result;
use crate::report::{Clock, Filter, Period, Query, calendar};

/// Options that select records.
#[derive(Debug, Clone, Default, Args)]
pub struct SelectionArgs {
    /// Only records of which this holds: NAME=PATTERN[,PATTERN] or NAME!=PATTERN (repeatable: all must hold)
    #[arg(
        long = "where",
        value_name = "CONDITION",
        help_heading = "Which records"
    )]
    pub conditions: Vec<String>,
    /// Only this user's
    #[arg(long, value_name = "PATTERN", help_heading = "Which records")]
    pub user: Option<String>,
    /// Only this tenant's
    #[arg(long, value_name = "PATTERN", help_heading = "Which records")]
    pub tenant: Option<String>,
    /// Only this model's
    #[arg(long, value_name = "PATTERN", help_heading = "Which records")]
    pub model: Option<String>,
    /// Only this provider's
    #[arg(long, value_name = "PATTERN", help_heading = "Which records")]
    pub provider: Option<String>,
    /// From this day or time on; 7d, 2w, 24h count back
    #[arg(
        long,
        value_name = "TIME",
        help_heading = "When",
        allow_hyphen_values = true
    )]
    pub since: Option<String>,
    /// Up to this day (included) or time (excluded)
    #[arg(long, value_name = "TIME", help_heading = "When")]
    pub until: Option<String>,
    /// today, yesterday, this-week, last-month, 2026, 2026-11, 2026-W47, 2026-Q4, 7d, FROM..TO
    #[arg(long, value_name = "PERIOD", conflicts_with_all = ["since", "until"], help_heading = "When")]
    pub period: Option<String>,
    /// Where days begin: an IANA name such as Asia/Seoul
    #[arg(
        long,
        value_name = "ZONE",
        default_value = "UTC",
        help_heading = "When"
    )]
    pub timezone: String,
}

impl SelectionArgs {
    /// The query that these options begin.
    ///
    /// # Errors
    /// When one of them cannot be understood.
    pub fn query(&self, console: &Console) -> Result<Query> {
        let mut query = Query::new(console.now()?);
        let zone = if self.timezone.is_empty() {
            "UTC"
        } else {
            &self.timezone
        };
        query.timezone = calendar::timezone(zone)?;
        let clock = Clock {
            now: query.now,
            zone: query.timezone,
        };
        query.period = match &self.period {
            Some(period) => {
                Period::parse(period, clock).map_err(|error| wrong("--period", error))?
            }
            None => Period::between(self.since.as_deref(), self.until.as_deref(), clock)
                .map_err(|error| wrong("--since, --until", error))?,
        };
        for condition in &self.conditions {
            query
                .filters
                .push(Filter::parse(condition).map_err(|error| wrong("--where", error))?);
        }
        let short = [
            ("user", &self.user),
            ("tenant", &self.tenant),
            ("model", &self.model),
            ("provider", &self.provider),
        ];
        for (dimension, pattern) in short {
            if let Some(pattern) = pattern {
                query.filters.push(Filter::of(dimension, pattern)?);
            }
        }
        Ok(query)
    }
}

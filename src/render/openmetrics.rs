//! OpenMetrics text: the numbers of a check, to be followed from run to run. What may stand in it is
//! said at <https://prometheus.io/docs/specs/om/open_metrics_spec/>.

use std::io::{self, Write};

use super::visible::visible;
use crate::error::Result;
use crate::table::checklist::{Checklist, Measure, Outcome};

/// Writes the measures of a checklist.
///
/// # Errors
/// When they cannot be written.
pub fn write(checklist: &Checklist, out: &mut dyn Write) -> Result<()> {
    put(checklist, out).map_err(super::failed)
}

fn put(checklist: &Checklist, out: &mut dyn Write) -> io::Result<()> {
    let name = "llmcost_check";
    writeln!(out, "# TYPE {name} stateset")?;
    writeln!(out, "# HELP {name} How the check came out.")?;
    for outcome in Outcome::ALL {
        let is_it = u8::from(outcome == checklist.outcome);
        writeln!(out, "{name}{{{name}=\"{}\"}} {is_it}", outcome.name())?;
    }
    let mut before = "";
    for measure in &checklist.measures {
        if measure.name != before {
            before = measure.name;
            writeln!(out, "# TYPE {before} gauge")?;
            writeln!(out, "# HELP {before} {}", escaped(measure.help))?;
        }
        writeln!(out, "{before}{} {}", labels(measure), measure.value)?;
    }
    writeln!(out, "# EOF")
}

fn labels(measure: &Measure) -> String {
    if measure.labels.is_empty() {
        return String::new();
    }
    let labels = measure.labels.iter();
    let labels = labels.map(|(name, value)| format!("{name}=\"{}\"", escaped(value)));
    format!("{{{}}}", labels.collect::<Vec<_>>().join(","))
}

/// The three characters that would end a label or a line.
fn escaped(text: &str) -> String {
    let seen = visible(text);
    seen.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

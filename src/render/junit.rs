//! JUnit XML: every rule of a check is a test case. A broken rule is a failure, one that cannot be
//! judged an error, a warning passes and is told on the standard output of its case.

use std::io::Write;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::visible::visible;
use crate::error::{Error, ErrorKind, Result};
use crate::table::checklist::{Check, Checklist, Outcome};

/// Writes a checklist.
///
/// # Errors
/// When it cannot be written.
pub fn write(checklist: &Checklist, out: &mut dyn Write) -> Result<()> {
    let mut suite = TestSuite::new("llmcost check");
    suite.add_test_cases(checklist.checks.iter().map(case));
    let mut report = Report::new("llmcost");
    report.add_test_suite(suite);
    let text = report
        .to_string()
        .map_err(|_| Error::new(ErrorKind::Output, "The output is no XML."))?;
    out.write_all(text.as_bytes()).map_err(super::failed)
}

fn case(check: &Check) -> TestCase {
    let found: Vec<_> = check.found.iter().map(|said| visible(said)).collect();
    let (first, all) = (found.first().cloned().unwrap_or_default(), found.join("\n"));
    let broken = |kind| {
        let mut status = TestCaseStatus::non_success(kind);
        status
            .set_message(first)
            .set_type(check.outcome.name())
            .set_description(&all);
        status
    };
    let status = match check.outcome {
        Outcome::Passed | Outcome::Warned => TestCaseStatus::success(),
        Outcome::Failed => broken(NonSuccessKind::Failure),
        Outcome::Unjudged => broken(NonSuccessKind::Error),
    };
    let mut case = TestCase::new(visible(&check.name), status);
    case.set_classname(format!("llmcost.{}", check.kind));
    if matches!(check.outcome, Outcome::Passed | Outcome::Warned) {
        case.set_system_out(format!("{}: {all}", check.outcome.word()));
    }
    case
}

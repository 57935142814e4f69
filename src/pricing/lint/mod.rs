//! What a book that loads may still get wrong: old sources, gaps in time, rules that never hold,
//! rates that cannot be charged without rounding.

mod periods;
mod rounding;

use super::book::PriceBook;
use super::bundled;
use super::format::Model;
use super::period::Period;
use super::scalar::Day;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The book cannot be used.
    Error,
    /// A cost may be wrong, missing or an estimate.
    Warning,
    /// Worth knowing.
    Note,
}

impl Level {
    /// The word that is shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub level: Level,
    /// What kind of thing, in one word.
    pub kind: &'static str,
    /// The line of the model, where it is known.
    pub line: Option<u64>,
    /// The model's id, where it is about one.
    pub model: Option<String>,
    /// Start of the period, as it is written.
    pub from: Option<String>,
    /// What it is.
    pub message: String,
}

/// What the checks go by.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// The day on which it is looked at.
    pub today: Day,
    /// A source that was checked more days ago than this is old.
    pub max_age: u32,
}

/// Where findings are about: a book, and in it maybe a model and a period.
#[derive(Clone, Copy)]
struct Place<'a> {
    book: &'a PriceBook,
    model: Option<(usize, &'a Model)>,
    period: Option<&'a Period>,
}

impl Place<'_> {
    fn finding(self, level: Level, kind: &'static str, message: impl Into<String>) -> Finding {
        let line = self
            .model
            .and_then(|(at, _)| self.book.lines.models.get(at));
        let from = self.period.and_then(|period| period.from.as_ref());
        Finding {
            level,
            kind,
            line: line.copied().filter(|line| *line > 0),
            model: self.model.map(|(_, model)| model.id.clone()),
            from: from.map(ToString::to_string),
            message: message.into(),
        }
    }
}

/// Looks at a whole book.
pub fn lint(book: &PriceBook, terms: Terms) -> Vec<Finding> {
    let mut findings = Vec::new();
    let whole = Place {
        book,
        model: None,
        period: None,
    };
    sources(whole, terms, &mut findings);
    schedules(whole, terms, &mut findings);
    for (at, model) in book.models().iter().enumerate() {
        let place = Place {
            model: Some((at, model)),
            ..whole
        };
        spelling(place, model, &mut findings);
        periods::model(place, model, terms, &mut findings);
    }
    findings
}

fn sources(whole: Place<'_>, terms: Terms, findings: &mut Vec<Finding>) {
    let book = whole.book;
    for (id, source) in &book.sources {
        let uses = |model: &&Model| model.prices.iter().any(|period| period.source.contains(id));
        let models = book.models().iter().filter(uses).count();
        let in_fx = book.fx.iter().any(|fx| fx.source == *id);
        if models == 0 && !in_fx {
            findings.push(whole.finding(
                Level::Note,
                "unused",
                format!("nothing names source {id}"),
            ));
            continue;
        }
        let message = match source.checked {
            None => format!(
                "source {id} says no day on which it was checked ({})",
                used(models)
            ),
            Some(day) if terms.today.days_since(day) > i64::from(terms.max_age) => format!(
                "source {id} was last checked {day}, {} days ago ({})",
                terms.today.days_since(day),
                used(models)
            ),
            Some(_) => continue,
        };
        findings.push(whole.finding(Level::Warning, "stale", message));
    }
}

/// How many models rest on a source, in words.
fn used(models: usize) -> String {
    match models {
        1 => "1 model".to_owned(),
        more => format!("{more} models"),
    }
}

fn schedules(whole: Place<'_>, terms: Terms, findings: &mut Vec<Finding>) {
    for (name, schedule) in &whole.book.schedules {
        if let Some(last) = schedule.calendar_until.filter(|last| *last < terms.today) {
            let message = format!("the holidays of schedule {name} are known until {last} only");
            findings.push(whole.finding(Level::Warning, "calendar", message));
        }
    }
}

fn spelling(place: Place<'_>, model: &Model, findings: &mut Vec<Finding>) {
    let provider = model.provider();
    let ours = bundled::spelled(provider);
    if ours != provider {
        let message = format!("provider {provider} is called {ours} everywhere else");
        findings.push(place.finding(Level::Note, "spelling", message));
    }
}

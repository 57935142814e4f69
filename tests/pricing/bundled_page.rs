//! `docs/price-book.md` says what is in the books; these tests count, so that it cannot lag.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use llmcost::pricing::format::Model;
use llmcost::pricing::period::Period;
use llmcost::pricing::{Day, PriceBook, Prices, bundled_texts};

use super::support::{Ask, cost, parse};

const OPEN: &str = "<!-- counts -->\n";
const CLOSE: &str = "<!-- /counts -->";

/// The days on which a book's sources were read, by their ids. One source stands on each line.
fn sources(text: &str) -> BTreeMap<&str, Day> {
    let lines = text.lines().skip_while(|line| *line != "sources:").skip(1);
    let lines = lines.take_while(|line| line.starts_with("  "));
    lines
        .map(|line| {
            let (id, rest) = line.trim().split_once(": {url: \"").expect(line);
            assert!(rest.starts_with("http"), "{line}");
            let (_, day) = rest.split_once("checked: ").expect(line);
            let day = serde_saphyr::from_str(day.trim_end_matches('}')).expect(line);
            (id, day)
        })
        .collect()
}

fn books() -> Vec<(&'static str, &'static str, PriceBook)> {
    let parsed = |(provider, text): (&'static str, &'static str)| {
        (
            provider,
            text,
            PriceBook::parse(provider, text.as_bytes()).unwrap(),
        )
    };
    bundled_texts().map(parsed).collect()
}

#[test]
fn there_are_at_least_500_models_of_30_providers() {
    let books = books();
    let models: Vec<&Model> = books
        .iter()
        .flat_map(|(_, _, book)| book.models())
        .collect();
    let providers: BTreeSet<&str> = models.iter().map(|model| model.provider()).collect();
    assert!(models.len() >= 500, "{} models", models.len());
    assert!(providers.len() >= 30, "{} providers", providers.len());
}

#[test]
fn every_price_has_a_source_that_somebody_read_on_a_day() {
    for (provider, text, book) in books() {
        let sources = sources(text);
        let written = parse_day(&book.info().version);
        let mut used = BTreeSet::new();
        for model in book.models() {
            for period in &model.prices {
                assert!(!period.source.is_empty(), "{}", model.id);
                for id in &period.source {
                    assert!(sources.contains_key(id.as_str()), "{}: {id}", model.id);
                    used.insert(id.as_str());
                }
            }
        }
        for (id, day) in &sources {
            assert!(
                *day <= written,
                "{provider}: {id} was read after the book was written"
            );
            assert!(used.contains(id), "{provider}: nothing rests on {id}");
        }
    }
}

#[test]
fn what_is_only_remembered_is_never_exact() {
    for (_, _, book) in books() {
        for model in book.models() {
            for period in &model.prices {
                if period.source == ["older"] {
                    let doubted: BTreeSet<&str> =
                        period.unverified.iter().map(String::as_str).collect();
                    let priced: BTreeSet<&str> = period.meters().collect();
                    assert_eq!(doubted, priced, "{}", model.id);
                }
            }
        }
    }
}

#[test]
fn resellers_that_state_their_cost_have_no_book() {
    for reseller in ["openrouter", "vercel", "exa", "venice", "doubleword"] {
        assert!(bundled_texts().all(|(provider, _)| provider != reseller));
    }
}

#[test]
fn the_page_says_what_is_in_the_books() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/price-book.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(OPEN).unwrap();
    let (_, after) = rest.split_once(CLOSE).unwrap();
    let right = format!("{before}{OPEN}{}{CLOSE}{after}", table());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, right).unwrap();
    } else {
        assert!(page == right, "docs/price-book.md lags:\n{}", table());
    }
}

#[test]
fn the_correction_that_the_page_shows_works() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/price-book.md");
    let page = std::fs::read_to_string(path).unwrap();
    let (_, rest) = page.split_once("```yaml\n").unwrap();
    let overlay = parse(rest.split_once("```").unwrap().0);
    let prices = Prices::bundled().with_overlay(overlay).unwrap();
    let ask = Ask {
        provider: "deepgram",
        model: "nova-3",
        usage: "audio_second=600",
        ..Ask::default()
    };
    let (before, after) = (ask.of(&Prices::bundled()), ask.of(&prices));
    assert_eq!(
        (cost(&before).as_str(), before.status.name()),
        ("0.043", "estimated")
    );
    assert_eq!(
        (cost(&after).as_str(), after.status.name()),
        ("0.048", "exact")
    );
}

/// Models, rates, rates that yield an estimate, models with any of those, models with history.
type Counts = [usize; 5];

fn counts(book: &PriceBook) -> Counts {
    let models = book.models();
    let periods = || models.iter().flat_map(|model| &model.prices);
    let doubted = |model: &&Model| model.prices.iter().any(|p| !p.unverified.is_empty());
    [
        models.len(),
        periods().map(|period| period.meters().count()).sum(),
        periods().map(unverified).sum(),
        models.iter().filter(doubted).count(),
        models.iter().filter(|model| model.prices.len() > 1).count(),
    ]
}

/// Rates that are marked; a meter that only a rule prices has none to be counted.
fn unverified(period: &Period) -> usize {
    let marked = |meter: &&str| period.unverified.iter().any(|other| other == meter);
    period.meters().filter(marked).count()
}

fn table() -> String {
    let mut table = String::from(
        "| book | models | rates | unverified | doubtful | dated | oldest source | newest source |\n|---|---|---|---|---|---|---|---|\n",
    );
    let mut sums: Counts = [0; 5];
    let mut providers = BTreeSet::new();
    let mut books = books();
    books.sort_by_key(|(provider, _, _)| *provider);
    for (provider, text, book) in &books {
        let counts = counts(book);
        let days: BTreeSet<String> = sources(text).values().map(ToString::to_string).collect();
        let (first, last) = (days.first().unwrap(), days.last().unwrap());
        let row = counts.map(|count| count.to_string()).join(" | ");
        writeln!(table, "| {provider} | {row} | {first} | {last} |").unwrap();
        for (sum, count) in sums.iter_mut().zip(counts) {
            *sum += count;
        }
        providers.extend(book.providers().map(str::to_owned));
    }
    let [_, rates, unverified, ..] = sums;
    let sure = ((rates - unverified) * 100 + rates / 2) / rates;
    let row = sums.map(|sum| format!("**{sum}**")).join(" | ");
    writeln!(
        table,
        "| **{} books, {} providers** | {row} | | |",
        books.len(),
        providers.len()
    )
    .unwrap();
    writeln!(
        table,
        "\nKnown, not marked as unverified: {sure} % of all rates."
    )
    .unwrap();
    table
}

fn parse_day(text: &str) -> Day {
    serde_saphyr::from_str(text).unwrap()
}

//! The bundled books against the merged facts of other price lists, where those lie beside the
//! repository: what two independent lists tell alike must stand in our book, or the reason why not.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use llmcost::money::Exact;
use llmcost::pricing::period::Period;
use llmcost::pricing::{PriceBook, Prices, bundled_texts};
use llmcost::usage::Timestamp;
use serde::Deserialize;

use super::shared_cases::shared;
use super::support::Ask;

/// The day of the newest list.
const DAY: &str = "2026-11-12T12:00:00Z";

#[derive(Deserialize)]
struct Facts {
    models: Vec<Told>,
}

#[derive(Deserialize)]
struct Told {
    provider: String,
    model: String,
    aliases: Vec<String>,
    fields: BTreeMap<String, Fact>,
}

#[derive(Deserialize)]
struct Fact {
    value: String,
    status: String,
    sources: BTreeMap<String, String>,
}

/// Facts that our books do not follow: the beginning of provider and model, the field, why.
const NOT_FOLLOWED: &[(&str, &str, &str)] = &[
    (
        "xai/grok-voice",
        "text_message",
        "no response counts the text inputs of a voice session",
    ),
    (
        "mistral/mistral-ocr",
        "page_annotated",
        "no response tells annotated pages from others",
    ),
    (
        "mistral/mistral-embed",
        "output",
        "an embedding has no output tokens",
    ),
    (
        "perplexity/sonar-reasoning",
        "web_search",
        "its successor's fee; unverified in our book",
    ),
];

/// Which meter a field prices, how much of it is asked for, and what that costs at a price of one.
fn meter(dimension: &str) -> (&str, &'static str, i32) {
    match dimension {
        "audio_hour" => ("audio_second", "3600", 0),
        "chars" => ("character", "1000", -3),
        "page" => ("page", "1000", 0),
        "query" => ("search_unit", "1000", 0),
        "web_search" | "file_search" => (dimension, "1000", 0),
        "image" => ("image", "1", 0),
        "video_sec" => ("video_second", "1", 0),
        tokens => (tokens, "1000", -3),
    }
}

/// One fact, asked of our books.
struct Question {
    dimension: String,
    usage: String,
    meter: String,
    attributes: String,
    scale: i32,
}

/// `input@200000#batch`, `image[low,1024x1024]`: a dimension, the prompt it takes, tier, table row.
fn question(provider: &str, field: &str) -> Question {
    let (rest, tier) = field.split_once('#').unwrap_or((field, ""));
    let (rest, prompt) = rest.split_once('@').unwrap_or((rest, ""));
    let (dimension, row) = rest.split_once('[').unwrap_or((rest, "]"));
    let row = row.trim_end_matches(']');
    let (mut meter, quantity, scale) = meter(dimension);
    let mut attributes = match (provider, tier) {
        (_, "") => String::new(),
        ("anthropic", "fast") => "speed=fast".to_owned(),
        (_, tier) => format!("service_tier={tier}"),
    };
    if provider == "perplexity" && dimension == "web_search" && !row.is_empty() {
        (meter, attributes) = ("request", format!("search_context={row}"));
    } else if let Some((quality, size)) = row.split_once(',') {
        attributes = format!("quality={quality},size={size}");
    } else if !row.is_empty() {
        attributes = format!("resolution={row}");
    }
    let mut usage = format!("{meter}={quantity}");
    if !prompt.is_empty() {
        let filler = if meter == "input" {
            "cache_read"
        } else {
            "input"
        };
        write!(usage, ",{filler}={}", prompt.parse::<u32>().unwrap() + 1).unwrap();
    }
    Question {
        dimension: dimension.to_owned(),
        usage,
        meter: meter.to_owned(),
        attributes,
        scale,
    }
}

/// What our book says for the question: the SKU, and what the asked quantity costs.
fn ours(model: &Told, name: &str, asked: &Question, prices: &Prices) -> Option<(String, Exact)> {
    // A fine-tuned model has its owner and its own name after the base's.
    let tuned = if name.starts_with("ft:") {
        ":acme::c0ffee"
    } else {
        ""
    };
    let ask = Ask {
        provider: &model.provider,
        model: &format!("{name}{tuned}"),
        at: DAY,
        usage: &asked.usage,
        attributes: &asked.attributes,
    };
    let receipt = ask.of(prices);
    let mut charges = receipt.charges.iter();
    let charge = charges.find(|charge| charge.meter.name() == asked.meter)?;
    Some((receipt.price?.sku, charge.cost?.exact()))
}

fn expected(value: &str, scale: i32) -> Exact {
    Exact::parse(value).unwrap().shift(scale).unwrap()
}

fn facts() -> Option<Facts> {
    let Some(folder) = shared() else {
        println!("skipped: no shared/prices beside the repository (LLMCOST_SHARED)");
        return None;
    };
    let text = std::fs::read_to_string(folder.join("facts.json")).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

#[test]
fn what_two_lists_tell_alike_stands_in_our_book() {
    let Some(facts) = facts() else { return };
    let prices = Prices::bundled();
    let (mut asked, mut wrong, mut excused) = (0, Vec::new(), BTreeSet::new());
    for model in &facts.models {
        let names = [&model.model].into_iter().chain(&model.aliases);
        for (name, (field, fact)) in
            names.flat_map(|name| model.fields.iter().map(move |f| (name, f)))
        {
            // What only an older list denies counts as told alike; a zero may mean that nobody knows.
            let alike = matches!(fact.status.as_str(), "agree" | "conflict_stale");
            if !alike || fact.value == "0" {
                continue;
            }
            let question = question(&model.provider, field);
            let found = ours(model, name, &question, &prices);
            asked += 1;
            if found
                .as_ref()
                .is_some_and(|(_, cost)| *cost == expected(&fact.value, question.scale))
            {
                continue;
            }
            let told = format!("{}/{name}", model.provider);
            let excuse = NOT_FOLLOWED.iter().find(|(start, dimension, _)| {
                told.starts_with(start) && question.dimension == *dimension
            });
            match excuse {
                Some(reason) => _ = excused.insert(reason),
                None => wrong.push(format!(
                    "{told} {field}: {} told, ours {found:?}",
                    fact.value
                )),
            }
        }
    }
    assert!(asked > 2_000, "{asked}");
    assert!(
        wrong.is_empty(),
        "{} of {asked}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert_eq!(
        excused.len(),
        NOT_FOLLOWED.len(),
        "an excuse that nobody needs"
    );
}

/// Which independent lists tell our rate of a SKU's meter; models.dev and pi-ai are one.
fn witnesses(facts: &Facts, prices: &Prices) -> BTreeMap<(String, String), BTreeSet<String>> {
    let mut witnesses: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for model in &facts.models {
        let names = [&model.model].into_iter().chain(&model.aliases);
        for (name, (field, fact)) in
            names.flat_map(|name| model.fields.iter().map(move |f| (name, f)))
        {
            let question = question(&model.provider, field);
            if field.contains(['#', '@']) {
                continue;
            }
            let Some((sku, cost)) = ours(model, name, &question, prices) else {
                continue;
            };
            let agree = fact
                .sources
                .iter()
                .filter(|(_, told)| cost == expected(told, question.scale));
            let lists =
                agree.map(|(list, _)| if list == "pi" { "modelsdev" } else { list }.to_owned());
            witnesses
                .entry((sku, question.meter.clone()))
                .or_default()
                .extend(lists);
        }
    }
    witnesses
}

const OPEN: &str = "<!-- sources -->\n";
const CLOSE: &str = "<!-- /sources -->";

#[test]
fn the_page_says_how_many_prices_have_two_sources() {
    let Some(facts) = facts() else { return };
    let prices = Prices::bundled();
    let witnesses = witnesses(&facts, &prices);
    let mut counts = [0_u32; 3];
    let day = Timestamp::parse(DAY).unwrap();
    for (provider, text) in bundled_texts() {
        let book = PriceBook::parse(provider, text.as_bytes()).unwrap();
        for model in book.models() {
            for meter in model
                .prices
                .iter()
                .filter(|period| period.holds(day))
                .flat_map(Period::meters)
            {
                let key = (model.id.clone(), meter.to_owned());
                counts[witnesses.get(&key).map_or(0, BTreeSet::len).min(2)] += 1;
            }
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/price-book.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(OPEN).unwrap();
    let (_, after) = rest.split_once(CLOSE).unwrap();
    let right = format!(
        "{before}{OPEN}{}{CLOSE}{after}",
        sentence(facts.models.len(), counts)
    );
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, right).unwrap();
    } else {
        assert!(
            page == right,
            "docs/price-book.md lags:\n{}",
            sentence(facts.models.len(), counts)
        );
    }
}

fn sentence(compared: usize, [none, one, two]: [u32; 3]) -> String {
    let (all, known) = (none + one + two, one + two);
    let share = (two * 100 + known / 2) / known;
    format!(
        "Eight price lists were compared for {compared} models. They hold {known} of the {all} rates that stood in our books on\n12 November 2026: {two} of those ({share} %) are told alike by two or more independent lists, {one} by one. The other {none}\nbelong to what that comparison left out: retired models, twins of a region, fees of hosted tools, local servers.\n"
    )
}

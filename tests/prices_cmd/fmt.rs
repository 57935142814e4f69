//! The canonical form: order and layout change, digits and comments stay.

use super::binary::Home;
use super::{book, fixture};

const UNTIDY: &str = "# Our prices.

# The format comes first.
format: llmcost-prices/1
fx:
- {date: 2026-11-20, rate: 81.1350, from: USD, to: RUB, source: page}
book: {version: 2026-11-01, name: 'b', currency: USD}
models:
  # About z.
  - match: ['z', \"z-20??\"]   # dated ones, too
    id: acme/z
    prices:
      - from: 2026-06-01
        per_1m: {output: 8.00, input: 2.50} # from June on
        source: [page]
      # The old price.
      - source:
          - page
        to: 2026-06-01
        rules:
          # Twice as much.
          - {times: {tokens: 2}, if: {service_tier: [fast]}, pick: tier}
        per_1m:
          output: 10
          # Not a mistake.
          input: 5

  - {id: acme/a, match: [a], prices: [{source: [page], each: {image: 0.040}}]}
sources: {page: {checked: 2026-11-01, url: 'https://example.com'}}
# The end.
";

const TIDY: &str = "# Our prices.

# The format comes first.
format: llmcost-prices/1
book: {name: b, version: 2026-11-01, currency: USD}

sources:
  page: {url: \"https://example.com\", checked: 2026-11-01}

models:
  - id: acme/a
    match: [a]
    prices:
      - source: [page]
        each: {image: 0.040}

  # About z.
  - id: acme/z
    match: [z, \"z-20??\"]  # dated ones, too
    prices:
      # The old price.
      - to: 2026-06-01
        source: [page]
        per_1m:
          # Not a mistake.
          input: 5
          output: 10
        rules:
          # Twice as much.
          - {pick: tier, if: {service_tier: [fast]}, times: {tokens: 2}}
      - from: 2026-06-01
        source: [page]
        per_1m: {input: 2.50, output: 8.00}  # from June on

fx:
  - {date: 2026-11-20, from: USD, to: RUB, rate: 81.1350, source: page}

# The end.
";

#[test]
fn order_and_layout_change_and_nothing_else() {
    let home = Home::new();
    std::fs::write(home.path("b.yaml"), UNTIDY).unwrap();
    assert_eq!(home.out(&["prices", "fmt", "b.yaml"]), TIDY);
    assert_eq!(home.run(&["prices", "fmt", "b.yaml", "--check"]).code, 1);
    home.out(&["prices", "fmt", "b.yaml", "--write"]);
    assert_eq!(std::fs::read_to_string(home.path("b.yaml")).unwrap(), TIDY);
    assert_eq!(home.run(&["prices", "fmt", "b.yaml", "--check"]).code, 0);
    std::fs::write(home.path("old.yaml"), UNTIDY).unwrap();
    let changes = home.json(&["prices", "diff", "old.yaml", "b.yaml", "--format", "json"]);
    assert_eq!(changes["changes"].as_array().unwrap().len(), 0);
}

/// Every comment is there once, and formatting twice is formatting once.
#[test]
fn no_comment_is_lost_in_any_book_we_have() {
    let root = env!("CARGO_MANIFEST_DIR");
    let bundled = std::fs::read_dir(format!("{root}/src/pricing/books")).unwrap();
    let mut paths: Vec<String> = bundled
        .map(|entry| entry.unwrap().path().display().to_string())
        .collect();
    paths.push(fixture("workshop.yaml"));
    let home = Home::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let tidy = home.out(&["prices", "fmt", &path]);
        for line in text.lines() {
            let comment = line
                .split_once('#')
                .filter(|(before, _)| before.trim().is_empty() || before.ends_with(' '));
            if let Some((_, comment)) = comment {
                assert!(tidy.contains(comment.trim_end()), "{path}: {comment}");
            }
        }
        std::fs::write(home.path("tidy.yaml"), &tidy).unwrap();
        assert_eq!(home.out(&["prices", "fmt", "tidy.yaml"]), tidy, "{path}");
    }
}

/// So that a price change is a change of one line, and models can be read alone (`pages.rs`).
#[test]
fn the_books_on_board_are_in_canonical_form() {
    let folder = format!("{}/src/pricing/books", env!("CARGO_MANIFEST_DIR"));
    let books = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<String> = books
        .map(|entry| entry.unwrap().path().display().to_string())
        .collect();
    paths.sort();
    let home = Home::new();
    let check = ["prices", "fmt", "--check"].into_iter();
    let args: Vec<&str> = check.chain(paths.iter().map(String::as_str)).collect();
    let ran = home.run(&args);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
}

#[test]
fn what_cannot_be_kept_is_left_alone() {
    let home = Home::new();
    let anchored =
        book("  - {id: a/b, match: [b], prices: [{source: &s [page], each: {image: 1}}]}\n");
    std::fs::write(home.path("anchored.yaml"), &anchored).unwrap();
    let ran = home.run(&["prices", "fmt", "anchored.yaml", "--write"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("anchored.yaml:6"), "{}", ran.err);
    assert_eq!(
        std::fs::read_to_string(home.path("anchored.yaml")).unwrap(),
        anchored
    );
    let older = home.run(&["prices", "fmt", &fixture("per-1k.yaml")]);
    assert_eq!(older.code, 2);
    assert!(older.err.contains("prices convert"), "{}", older.err);
}

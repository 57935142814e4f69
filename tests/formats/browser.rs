//! The page in a browser, where there is one: nothing is refused by its policy, nothing sticks out at
//! the breadth of a desk or of a phone, words are readable in both themes, headings sort.
//!
//! With `LLMCOST_SCREENSHOTS=DIR` it leaves pictures to look at.

use std::path::{Path, PathBuf};
use std::process::Command;

use llmcost::render::Digits;
use llmcost::report::page::Wishes;
use serde_json::Value as Json;

use crate::build::{exact, query};
use crate::page::calls;
use crate::read::{html_of, page_of};

/// Looks at the page in frames of both breadths, and writes down what it finds.
const WATCH: &str = r##"<!doctype html><meta charset="utf-8">
<iframe id="desk" style="width:1280px;height:900px"></iframe>
<iframe id="phone" style="width:390px;height:800px"></iframe>
<pre id="found"></pre>
<script>
const page = PAGE;
const light = hex => {
  const [r, g, b] = [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a, b) => {
  const [dark, bright] = [light(a), light(b)].sort((x, y) => x - y);
  return (bright + 0.05) / (dark + 0.05);
};
const full = hex => hex.length === 4 ? "#" + [...hex.slice(1)].map(digit => digit + digit).join("") : hex;
const themes = [...page.matchAll(/:root \{([^}]*)\}/g)].map(match =>
  Object.fromEntries([...match[1].matchAll(/--(\w+): (#\w+)/g)].map(([, name, hex]) => [name, full(hex)])));
const worst = themes.map(theme => Math.min(...Object.entries(theme)
  .filter(([name]) => !["bg", "panel", "line"].includes(name))
  .flatMap(([, hex]) => [contrast(hex, theme.bg), contrast(hex, theme.panel)])));
const frames = [...document.querySelectorAll("iframe")];
const loaded = frames.map(frame => new Promise(done => { frame.onload = done; frame.srcdoc = page; }));
Promise.all(loaded).then(() => {
  const breadths = frames.map(frame => {
    const root = frame.contentDocument.documentElement;
    return [root.scrollWidth, root.clientWidth];
  });
  const inside = frames[0].contentDocument;
  const table = [...inside.querySelectorAll("table")].find(table => table.caption.textContent === "By model");
  const heading = [...table.tHead.rows[0].cells].find(cell => cell.textContent === "cost");
  const costs = () => [...table.tBodies[0].rows].map(row =>
    row.cells[heading.cellIndex].title || row.cells[heading.cellIndex].textContent);
  heading.firstChild.click();
  const first = costs();
  heading.firstChild.click();
  const plots = [...frames[1].contentDocument.querySelectorAll(".plot .labels text")]
    .filter(text => frames[1].contentWindow.getComputedStyle(text).display !== "none")
    .map(text => text.getBoundingClientRect()).map(box => [box.left, box.right, box.top]);
  document.getElementById("found").textContent = JSON.stringify({
    breadths, worst, first, second: costs(), sorted: heading.ariaSort, plots,
    colour: frames[0].contentWindow.getComputedStyle(inside.querySelector(".s0")).fill,
  });
});
</script>"##;

fn chromium() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut candidates = folders
        .iter()
        .flat_map(|folder| names.map(|name| folder.join(name)));
    candidates.find(|candidate| candidate.is_file())
}

/// Runs the browser on a file; what it prints, and what it complains about.
fn browse(browser: &Path, file: &Path, options: &[&str]) -> (String, String) {
    let output = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--enable-logging=stderr",
        ])
        .arg(format!(
            "--user-data-dir={}",
            file.with_extension("profile").display()
        ))
        .args(options)
        .arg(format!("file://{}", file.display()))
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (text(output.stdout), text(output.stderr))
}

fn page_text() -> String {
    let wishes = Wishes {
        budget: Some(exact("30")),
        most_rows: Some(500),
    };
    html_of(
        &page_of(&query(&["model"], &[]), &calls(90, 40), wishes),
        Digits::Rounded,
    )
}

fn amounts(list: &Json) -> Vec<llmcost::money::Exact> {
    let list = list.as_array().unwrap().iter();
    list.map(|amount| exact(amount.as_str().unwrap().trim_start_matches('$')))
        .collect()
}

#[test]
fn a_browser_shows_it_whole() {
    let Some(browser) = chromium() else {
        eprintln!("skipped: there is no Chromium");
        return;
    };
    let folder = tempfile::TempDir::new().unwrap();
    let page = page_text();
    let file = folder.path().join("page.html");
    std::fs::write(&file, &page).unwrap();
    let watch = folder.path().join("watch.html");
    // As JSON it is a string of the script; a closing tag in it would end the script.
    let quoted = serde_json::to_string(&page).unwrap().replace("</", "<\\/");
    std::fs::write(&watch, WATCH.replace("PAGE", &quoted)).unwrap();
    let (dom, complaints) = browse(
        &browser,
        &watch,
        &["--dump-dom", "--virtual-time-budget=20000"],
    );
    let found = dom
        .split("<pre id=\"found\">")
        .nth(1)
        .unwrap_or_else(|| panic!("{complaints}"));
    let found: Json = serde_json::from_str(found.split("</pre>").next().unwrap())
        .unwrap_or_else(|error| panic!("{error}: {complaints}"));
    assert!(
        !complaints.contains("Content Security Policy"),
        "{complaints}"
    );
    // The style was let in.
    assert_eq!(found["colour"], "rgb(31, 95, 168)");
    for breadth in found["breadths"].as_array().unwrap() {
        assert!(
            breadth[0].as_u64().unwrap() <= breadth[1].as_u64().unwrap(),
            "sticks out: {breadth}"
        );
    }
    let worst = found["worst"].as_array().unwrap();
    assert_eq!(worst.len(), 2);
    for contrast in worst {
        // 4.5 or more, as text.
        let text = contrast.to_string();
        let (whole, _) = text.split_once('.').unwrap();
        assert!(
            whole.parse::<u32>().unwrap() >= 5 || text.starts_with("4.5") || text.as_str() > "4.5",
            "{text}"
        );
    }
    let (first, second) = (amounts(&found["first"]), amounts(&found["second"]));
    assert!(
        first.len() == 40 && first.is_sorted_by(|a, b| a >= b),
        "{first:?}"
    );
    assert!(second.is_sorted(), "{second:?}");
    assert_eq!(found["sorted"], "ascending");
    let words = found["plots"].as_array().unwrap();
    assert!(words.len() >= 4);
    let place = |word: &Json, at: usize| exact(&word[at].to_string());
    for pair in words.windows(2) {
        let same_line = pair[0][2] == pair[1][2];
        assert!(
            !same_line || place(&pair[0], 1) < place(&pair[1], 0),
            "words overlap: {pair:?}"
        );
    }
    if let Some(folder) = std::env::var_os("LLMCOST_SCREENSHOTS") {
        pictures(&browser, &file, Path::new(&folder));
    }
}

fn pictures(browser: &Path, file: &Path, folder: &Path) {
    for (breadth, height) in [(1280, 3200), (390, 4200)] {
        for (theme, scheme) in [("light", 1), ("dark", 0)] {
            let picture = folder.join(format!("page-{breadth}-{theme}.png"));
            let options = [
                format!("--window-size={breadth},{height}"),
                format!("--blink-settings=preferredColorScheme={scheme}"),
                format!("--screenshot={}", picture.display()),
            ];
            browse(browser, file, &options.each_ref().map(String::as_str));
            assert!(picture.is_file());
        }
    }
}

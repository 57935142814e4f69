//! Web searches of a Responses body: how many are billed, and what is known about them.
//!
//! One item is one search; opening a page or finding in it is none.
//! <https://platform.openai.com/docs/guides/tools-web-search>

use super::responses_tools::is_done;
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};
use crate::money::Quantity;
use crate::usage::{Field, Meter, UsageRecord, WebSearch};

/// The billed searches: as stated, discounted ones left out, otherwise the completed items.
pub fn billed(body: &Object<'_>, items: &[Object<'_>]) -> Result<Quantity, Fault> {
    let tools = body.object("tool_usage")?;
    let search = tools.map_or(Ok(None), |tools| tools.object("web_search"))?;
    let stated = search.map_or(Ok(None), |search| search.count("num_requests"))?;
    let done = made(items).filter(|item| is_done(item)).count();
    Ok(stated.unwrap_or_else(|| Quantity::of_len(done)))
}

/// Which tool searched and how much: the preview tool has its own price, and queries have a length.
pub fn describe(
    record: &mut UsageRecord,
    body: &Object<'_>,
    items: &[Object<'_>],
) -> Result<(), Fault> {
    for tool in body.objects("tools")? {
        let kind = tool.text("type")?.unwrap_or_default();
        if !kind.starts_with("web_search") {
            continue;
        }
        record.facts.flag(Field::WebEnabled, Some(true));
        if !record.quantity(&Meter::WEB_SEARCH).is_zero() {
            let preview = kind.starts_with("web_search_preview").then_some("preview");
            record.attribute("tool_version", preview);
            record.attribute("search_context", tool.text("search_context_size")?);
        }
    }
    let count = made(items).count();
    if count > 0 {
        let chars: u64 = made(items).map(query_chars).sum();
        record.searches.push(WebSearch {
            provider: record.facts.get_text(Field::Provider).map(str::to_owned),
            count: Quantity::of_len(count),
            query_chars_total: i64::try_from(chars).ok().filter(|chars| *chars > 0),
            ..WebSearch::default()
        });
        record.facts.count(Field::WebSearchCount, count);
    }
    Ok(())
}

/// Items that search, failed ones too. Old bodies name no action.
fn made<'i, 'a>(items: &'i [Object<'a>]) -> impl Iterator<Item = &'i Object<'a>> {
    items.iter().filter(|item| {
        let action = item.peek("action").and_then(Raw::object);
        let searches = |action: &Object<'_>| !action.has("type") || action.is("type", "search");
        item.is("type", "web_search_call") && action.as_ref().is_none_or(searches)
    })
}

fn query_chars(item: &Object<'_>) -> u64 {
    let Some(action) = item.peek("action").and_then(Raw::object) else {
        return 0;
    };
    let queries = action
        .peek("queries")
        .filter(|queries| queries.kind() == Kind::Array);
    match queries {
        Some(queries) => queries.elements().map(Raw::char_count).sum(),
        None => action.peek("query").map_or(0, Raw::char_count),
    }
}

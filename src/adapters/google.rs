//! What all of Google's shapes share: model names, who served them, and what is billed for search.

use std::collections::BTreeSet;

use super::google_usage::{ToolTokens, spelled};
use super::{Context, shared};
use crate::error::Fault;
use crate::json::{Object, Raw};
use crate::money::Quantity;
use crate::usage::{Field, Meter, UsageRecord};

/// The model without the resource path in front of it: `models/x` is `x`.
pub fn model_name(model: &str) -> &str {
    match model.split_once("models/") {
        Some((path, name)) if path.is_empty() || path.ends_with('/') => name,
        _ => model,
    }
}

/// States a model that a body names.
pub fn model(record: &mut UsageRecord, model: Option<&str>) {
    let name = model.map(model_name);
    record.facts.text(Field::ResponseModel, name);
}

/// States the model that only the outside knows.
pub fn outside_model(record: &mut UsageRecord, context: &Context<'_>) {
    if !record.facts.has(Field::ResponseModel) {
        model(record, context.model(None).as_deref());
    }
}

/// Who served it: what the body proves, else what the envelope says, else what the shape suggests.
pub fn provider(
    record: &mut UsageRecord,
    context: &Context<'_>,
    proven: Option<&str>,
    likely: Option<&str>,
) {
    let provider = proven.or(context.text(Field::Provider)).or(likely);
    record.facts.text(Field::Provider, provider);
}

/// The failure that an `error` object describes, stated on a record that may hold usage already.
pub fn fail(record: &mut UsageRecord, error: &Object<'_>) -> Result<(), Fault> {
    let failure = shared::failure(None, error)?;
    record.status = failure.status;
    record.facts.fill_from(&failure.facts);
    record.gap("the stream ends with an error; output is a lower bound");
    Ok(())
}

/// What was searched, over all chunks of a response. Queries are compared, never kept.
/// <https://ai.google.dev/gemini-api/docs/google-search>
#[derive(Default)]
pub struct Grounding {
    queries: BTreeSet<String>,
    web: bool,
    maps: bool,
    other_tools: bool,
}

impl Grounding {
    /// Takes the `groundingMetadata` of a candidate.
    pub fn read(&mut self, metadata: &Object<'_>) -> Result<(), Fault> {
        for names in [
            &["webSearchQueries", "web_search_queries"],
            &["imageSearchQueries", "image_search_queries"],
        ] {
            for query in metadata.list(spelled(metadata, names))? {
                self.query(query);
            }
        }
        for chunk in
            metadata.objects(spelled(metadata, &["groundingChunks", "grounding_chunks"]))?
        {
            self.web |= chunk.has("web");
            self.maps |= chunk.has("maps");
        }
        let widget = [
            "googleMapsWidgetContextToken",
            "google_maps_widget_context_token",
        ];
        self.maps |= widget.iter().any(|name| metadata.has(name));
        Ok(())
    }

    /// A search query. Empty ones and repetitions are not billed.
    pub fn query(&mut self, query: Raw<'_>) {
        let query = query.string().unwrap_or_default();
        if !query.trim().is_empty() {
            self.queries.insert(query.trim().to_owned());
        }
    }

    /// Notes the use of Maps.
    pub fn mapped(&mut self) {
        self.maps = true;
    }

    /// Notes a server tool whose results are billed as input.
    pub fn other_tool(&mut self) {
        self.other_tools = true;
    }

    /// Whether tool tokens are free results of grounding.
    pub fn tools(&self) -> ToolTokens {
        match (!self.queries.is_empty() || self.maps, self.other_tools) {
            (false, _) => ToolTokens::Billed,
            (true, false) => ToolTokens::Free,
            (true, true) => ToolTokens::Mixed,
        }
    }

    /// The fees: Gemini 3 pays each distinct query, earlier ones pay once for a grounded prompt.
    /// `stated` is the provider's own count of searches.
    pub fn fees(&self, record: &mut UsageRecord, model: Option<&str>, stated: Option<Quantity>) {
        let counted = Quantity::of_len(self.queries.len());
        // Maps queries are listed under the name of web queries.
        let of_maps = self.maps && !self.web && stated.is_none();
        if self.maps {
            let queries = if of_maps { counted } else { Quantity::ZERO };
            maps_fee(record, model, queries);
        }
        let searches = stated.unwrap_or(counted);
        if of_maps || searches.is_zero() {
            return;
        }
        match generation(model) {
            Some(3..) => record.add(Meter::WEB_SEARCH, searches),
            Some(_) => record.add(Meter::GROUNDED_PROMPT, Quantity::ONE),
            None => {
                record.doubt(
                    "the model does not say how search is billed; one grounded prompt is assumed",
                );
                record.add(Meter::GROUNDED_PROMPT, Quantity::ONE);
            }
        }
        let chars = self.queries.iter().map(|query| query.chars().count()).sum();
        shared::searched(record, "google", searches, chars);
    }
}

fn maps_fee(record: &mut UsageRecord, model: Option<&str>, queries: Quantity) {
    let by_query = generation(model).is_some_and(|generation| generation >= 3);
    if by_query && queries.is_zero() {
        record.doubt("the number of Maps queries is not stated; one is assumed");
    }
    let several = by_query && !queries.is_zero();
    record.add(
        Meter::MAPS_QUERY,
        if several { queries } else { Quantity::ONE },
    );
}

/// Models of the third generation whose name counts something else.
const THIRD: &[&str] = &["gemini-robotics-er-2", "gemini-nano-banana-2"];

/// The generation of a Gemini model: the first number in its name.
fn generation(model: Option<&str>) -> Option<u32> {
    let name = model.map(model_name)?;
    if THIRD.iter().any(|start| name.starts_with(start)) {
        return Some(3);
    }
    let parts = name.strip_prefix("gemini-")?.split('-');
    let mut numbers = parts.filter(|part| part.starts_with(|c: char| c.is_ascii_digit()));
    numbers.next()?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_models_generation_is_its_first_number() {
        let of = |model| generation(Some(model));
        assert_eq!(of("gemini-2.5-flash"), Some(2));
        assert_eq!(of("models/gemini-3-pro-image-preview"), Some(3));
        assert_eq!(of("gemini-live-2.5-flash"), Some(2));
        assert_eq!(of("gemini-robotics-er-1.5-preview"), Some(1));
        assert_eq!(of("gemini-robotics-er-2-preview"), Some(3));
        assert_eq!(of("models/gemini-nano-banana-2.1"), Some(3));
        assert_eq!(of("gemini-flash-latest"), None);
        assert_eq!(of("gemma-3-27b-it"), None);
    }
}

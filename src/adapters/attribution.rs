//! Who served a body of the OpenAI dialect: the same shape comes from some thirty vendors, and the
//! vendor decides both the price and how counts overlap.
//!
//! The table is ordered, because gateways carry the keys of what they forward: the first row that
//! holds wins. There is no default: a body that says nothing has no provider, and an envelope or
//! `--set provider=` may say it. Rows that rest on a model's name alone are weak: what is known
//! from outside beats them.

use super::Context;
use super::vendors::{Clues, Proof, Row, TABLE};
use crate::json::Object;
use crate::usage::Field;

/// The vendor as far as the chunks of one response tell, or one whole body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Vendor(Option<usize>);

impl Vendor {
    /// The vendor of a whole body; `choice` is its first choice.
    pub fn of(body: &Object<'_>, choice: Option<&Object<'_>>) -> Self {
        let mut vendor = Self::default();
        vendor.look(body, choice);
        vendor
    }

    /// Looks at one more chunk: a row further up beats what earlier chunks said.
    pub fn look(&mut self, body: &Object<'_>, choice: Option<&Object<'_>>) {
        let clues = Clues::of(body, choice);
        let above = self.0.unwrap_or(TABLE.len());
        let found = TABLE.iter().take(above).position(|row| row.2(&clues));
        self.0 = found.or(self.0);
    }

    /// The provider that the body states, for the record. A name alone gives way to the context.
    pub fn stated(self, context: &Context<'_>) -> Option<&'static str> {
        let Row(provider, proof, _) = TABLE.get(self.0?)?;
        let weaker = *proof == Proof::Name && context.text(Field::Provider).is_some();
        (!weaker).then_some(*provider)
    }

    /// Whose dialect the counts are in: what the body states, else what is known from outside.
    pub fn dialect<'c>(self, context: &Context<'c>) -> Option<&'c str> {
        self.stated(context)
            .or_else(|| context.text(Field::Provider))
    }
}

/// The vendor of a model by its name alone, where only that vendor serves models of this name.
pub fn by_name(model: &str) -> Option<&'static str> {
    let body = serde_json::json!({ "model": model }).to_string();
    let body = Object::parse(&body).ok()?;
    let clues = Clues::of(&body, None);
    let mut rows = TABLE.iter().filter(|row| row.1 == Proof::Name);
    rows.find(|row| row.2(&clues)).map(|row| row.0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::usage::Facts;

    fn provider(text: &str, outside: Option<&str>) -> Option<&'static str> {
        let (mut facts, settings) = (Facts::default(), BTreeMap::new());
        facts.text(Field::Provider, outside);
        let body = Object::parse(text).unwrap();
        let choices = body.objects("choices").unwrap();
        Vendor::of(&body, choices.first()).stated(&Context::new(&facts, &settings))
    }

    #[test]
    fn gateways_come_before_what_they_forward() {
        let both = r#"{"copilot_usage":{"total_nano_aiu":1},"prompt_filter_results":[]}"#;
        assert_eq!(provider(both, None), Some("github_copilot"));
        let vercel =
            r#"{"id":"gen_01KZ","usage":{"is_byok":false,"cost":"0.1","market_cost":"0.1"}}"#;
        assert_eq!(provider(vercel, None), Some("vercel"));
        let grok =
            r#"{"model":"grok-4","prompt_filter_results":null,"usage":{"num_sources_used":0}}"#;
        assert_eq!(provider(grok, None), Some("azure"));
    }

    #[test]
    fn a_name_alone_is_no_default_and_gives_way() {
        assert_eq!(provider(r#"{"model":"gpt-4o"}"#, None), Some("openai"));
        assert_eq!(provider(r#"{"model":"gpt-4o"}"#, Some("azure")), None);
        for model in [
            "gpt-oss-120b",
            "claude-sonnet-4-5",
            "openai/gpt-4o",
            "o100",
            "qwen3:8b",
            "text-embedding-004",
        ] {
            assert_eq!(
                provider(&format!(r#"{{"model":"{model}"}}"#), None),
                None,
                "{model}"
            );
        }
    }

    #[test]
    fn a_key_that_is_null_is_no_key() {
        assert_eq!(provider(r#"{"content_filters":null}"#, None), None);
        assert_eq!(
            provider(r#"{"choices":[{"content_filter_results":null}]}"#, None),
            None
        );
    }
}

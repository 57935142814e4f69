//! The price books in the binary, one per provider; each model is read when a record first asks for
//! it.

use std::sync::OnceLock;

use super::book::PriceBook;
use super::format::Model;
use super::pages::Pages;
use super::shelves::{Fit, provider_of};

/// A provider's book: its text, and what of it was needed so far.
struct Bundled {
    provider: &'static str,
    text: &'static str,
    pages: OnceLock<Pages>,
    whole: OnceLock<Option<PriceBook>>,
}

macro_rules! books {
    ($($provider:literal),* $(,)?) => {
        /// Makers stand before hosts: where nobody says who served a model that several sell, the
        /// maker's list price is the estimate.
        static BOOKS: [Bundled; [$($provider),*].len()] = [$(Bundled {
            provider: $provider,
            text: include_str!(concat!("books/", $provider, ".yaml")),
            pages: OnceLock::new(),
            whole: OnceLock::new(),
        },)*];
    };
}

books![
    "openai",
    "anthropic",
    "google",
    "xai",
    "mistral",
    "deepseek",
    "cohere",
    "perplexity",
    "moonshot",
    "zai",
    "minimax",
    "meta",
    "xiaomi",
    "alibaba",
    "ai21",
    "writer",
    "yandex",
    "voyage",
    "jina",
    "elevenlabs",
    "deepgram",
    "assemblyai",
    "soniox",
    "polly",
    "bfl",
    "stability",
    "recraft",
    "runway",
    "brave",
    "serper",
    "tavily",
    "groq",
    "cerebras",
    "together",
    "fireworks",
    "replicate",
    "vertex",
    "azure",
    "bedrock",
    "local",
];

/// Other spellings of a provider's name: those of OpenTelemetry, of gateways and of client
/// libraries. A spelling, never a relation: no host takes its maker's prices.
const SPELLINGS: &[(&str, &str)] = &[
    ("aws.bedrock", "bedrock"),
    ("aws_bedrock", "bedrock"),
    ("amazon-bedrock", "bedrock"),
    ("azure.ai.openai", "azure"),
    ("azure.ai.inference", "azure"),
    ("azure_openai", "azure"),
    ("azure-openai", "azure"),
    ("gcp.gemini", "google"),
    ("gemini", "google"),
    ("google-ai-studio", "google"),
    ("google_ai_studio", "google"),
    ("gcp.vertex_ai", "vertex"),
    ("google-vertex", "vertex"),
    ("google_vertex", "vertex"),
    ("vertex_ai", "vertex"),
    ("vertexai", "vertex"),
    ("mistral_ai", "mistral"),
    ("mistralai", "mistral"),
    ("x_ai", "xai"),
    ("x-ai", "xai"),
    ("deepseek-ai", "deepseek"),
    ("perplexity-ai", "perplexity"),
    ("perplexity_ai", "perplexity"),
    ("together-ai", "together"),
    ("together_ai", "together"),
    ("togetherai", "together"),
    ("fireworks-ai", "fireworks"),
    ("fireworks_ai", "fireworks"),
    ("moonshotai", "moonshot"),
    ("moonshot_ai", "moonshot"),
    ("z-ai", "zai"),
    ("z.ai", "zai"),
    ("z_ai", "zai"),
    ("alibaba-cloud", "alibaba"),
    ("alibaba_cloud", "alibaba"),
    ("dashscope", "alibaba"),
    ("voyage-ai", "voyage"),
    ("voyage_ai", "voyage"),
    ("voyageai", "voyage"),
    ("jina-ai", "jina"),
    ("jina_ai", "jina"),
    ("eleven_labs", "elevenlabs"),
    ("eleven-labs", "elevenlabs"),
    ("aws_polly", "polly"),
    ("amazon-polly", "polly"),
    ("black-forest-labs", "bfl"),
    ("black_forest_labs", "bfl"),
    ("stability-ai", "stability"),
    ("stability_ai", "stability"),
    ("runwayml", "runway"),
    ("llama.cpp", "llamacpp"),
    ("llama-cpp", "llamacpp"),
    ("mistral.rs", "mistralrs"),
    ("lm_studio", "lmstudio"),
];

/// Servers that run on the user's own machines share one book: nobody bills for them.
const LOCAL: &[&str] = &["llamacpp", "lmstudio", "mistralrs", "ollama", "tgi", "vllm"];

/// A provider as the books call it.
pub fn spelled(provider: &str) -> &str {
    let known = SPELLINGS.iter().find(|(other, _)| *other == provider);
    known.map_or(provider, |(_, ours)| ours)
}

/// The bundled model of a provider that fits a name best, leaving out those that `hidden` names, and
/// a book that has it.
pub fn find(
    provider: &str,
    name: &str,
    hidden: &dyn Fn(&str) -> bool,
) -> Option<(Fit, &'static PriceBook, &'static Model)> {
    of(provider)?.pages().find(provider, name, hidden)
}

/// How well the best of them fits, which opens none.
pub fn fit(provider: &str, name: &str, hidden: &dyn Fn(&str) -> bool) -> Option<Fit> {
    of(provider)?.pages().fit(provider, name, hidden)
}

/// The bundled model of that id, and a book that has it.
pub fn model(id: &str) -> Option<(&'static PriceBook, &'static Model)> {
    of(provider_of(id))?.pages().model(id)
}

/// The providers that the bundled books have models of, in the order of the books.
pub fn providers() -> impl Iterator<Item = &'static str> {
    BOOKS.iter().flat_map(|book| book.pages().providers())
}

/// All bundled books in their order. Reads the whole of each, which takes its time.
pub fn all() -> impl Iterator<Item = &'static PriceBook> {
    BOOKS.iter().filter_map(Bundled::whole)
}

/// The texts of all bundled books by provider, for tests and for `prices show`.
pub fn texts() -> impl Iterator<Item = (&'static str, &'static str)> {
    BOOKS.iter().map(|book| (book.provider, book.text))
}

fn of(provider: &str) -> Option<&'static Bundled> {
    let book = if LOCAL.contains(&provider) {
        "local"
    } else {
        provider
    };
    BOOKS.iter().find(|held| held.provider == book)
}

impl Bundled {
    fn pages(&self) -> &Pages {
        self.pages.get_or_init(|| Pages::of(self.text))
    }

    /// A bundled book that cannot be read would be our mistake; a test opens all of them, and a
    /// record would find no price rather than a wrong one.
    fn whole(&self) -> Option<&PriceBook> {
        let read = || PriceBook::parse(self.provider, self.text.as_bytes()).ok();
        self.whole.get_or_init(read).as_ref()
    }
}

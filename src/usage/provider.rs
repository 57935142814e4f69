//! The plain names of providers, from the many that logs and gateways give them.

/// What others call a provider, and its plain name. Names are compared without case and with `_` for
/// `-`, `.` and blanks.
const OTHERS: &[(&str, &str)] = &[
    ("azure_openai", "azure"),
    ("azureopenai", "azure"),
    ("azure_ai", "azure"),
    ("azure_ai_openai", "azure"),
    ("azure_ai_inference", "azure"),
    ("azure_ai_foundry", "azure"),
    ("az_ai_openai", "azure"),
    ("az_ai_inference", "azure"),
    ("aws", "bedrock"),
    ("amazon", "bedrock"),
    ("aws_bedrock", "bedrock"),
    ("amazon_bedrock", "bedrock"),
    ("bedrock_converse", "bedrock"),
    ("gemini", "google"),
    ("google_ai", "google"),
    ("google_ai_studio", "google"),
    ("google_genai", "google"),
    ("google_generative_ai", "google"),
    ("gcp_gemini", "google"),
    ("gcp_gen_ai", "google"),
    ("vertex_ai", "vertex"),
    ("vertexai", "vertex"),
    ("vertex_ai_beta", "vertex"),
    ("gcp_vertex_ai", "vertex"),
    ("google_vertex", "vertex"),
    ("google_vertex_ai", "vertex"),
    ("x_ai", "xai"),
    ("mistral_ai", "mistral"),
    ("mistralai", "mistral"),
    ("together_ai", "together"),
    ("togetherai", "together"),
    ("fireworks_ai", "fireworks"),
    ("moonshotai", "moonshot"),
    ("moonshot_ai", "moonshot"),
    ("z_ai", "zai"),
    ("zhipu", "zai"),
    ("zhipuai", "zai"),
    ("dashscope", "alibaba"),
    ("qwen", "alibaba"),
    ("alibaba_cloud", "alibaba"),
    ("perplexity_ai", "perplexity"),
    ("perplexityai", "perplexity"),
    ("cohere_chat", "cohere"),
    ("ai21_chat", "ai21"),
    ("text_completion_openai", "openai"),
    ("open_ai", "openai"),
    ("openai_chat", "openai"),
    ("anthropic_claude", "anthropic"),
    ("workers_ai", "cloudflare"),
    ("cloudflare_workers_ai", "cloudflare"),
    ("ibm_watsonx_ai", "watsonx"),
];

/// The plain name of a provider; `None` for what is no name, such as a path or an address.
pub fn provider_name(word: &str) -> Option<String> {
    let word = word.trim();
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_. ".contains(c);
    if word.is_empty() || word.len() > 40 || !word.chars().all(fits) {
        return None;
    }
    let name = word.to_ascii_lowercase();
    let key = name.replace(['-', '.', ' '], "_");
    let known = OTHERS.iter().find(|(other, _)| *other == key);
    Some(known.map_or(name, |(_, plain)| (*plain).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_plain_and_paths_are_none() {
        for (word, plain) in [
            ("OpenAI", Some("openai")),
            ("AWS Bedrock", Some("bedrock")),
            ("gcp.vertex_ai", Some("vertex")),
            ("x-ai", Some("xai")),
            ("acme", Some("acme")),
            ("default/route/0", None),
            ("", None),
        ] {
            assert_eq!(provider_name(word).as_deref(), plain);
        }
    }
}

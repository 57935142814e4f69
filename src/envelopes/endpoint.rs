//! What an address says of a call: who answers there, and which model the path names.

use super::said::Said;
use super::target::Target;
use crate::usage::Field;

/// The end of a host's name, and who answers there.
const HOSTS: &[(&str, &str)] = &[
    ("api.openai.com", "openai"),
    (".openai.azure.com", "azure"),
    (".cognitiveservices.azure.com", "azure"),
    (".services.ai.azure.com", "azure"),
    (".inference.ai.azure.com", "azure"),
    ("api.anthropic.com", "anthropic"),
    ("generativelanguage.googleapis.com", "google"),
    ("aiplatform.googleapis.com", "vertex"),
    (".x.ai", "xai"),
    ("api.mistral.ai", "mistral"),
    ("api.groq.com", "groq"),
    ("api.deepseek.com", "deepseek"),
    ("openrouter.ai", "openrouter"),
    ("api.together.xyz", "together"),
    ("api.together.ai", "together"),
    ("api.fireworks.ai", "fireworks"),
    ("api.cohere.com", "cohere"),
    ("api.cohere.ai", "cohere"),
    ("api.perplexity.ai", "perplexity"),
    ("api.cerebras.ai", "cerebras"),
    ("api.moonshot.ai", "moonshot"),
    ("api.moonshot.cn", "moonshot"),
    ("dashscope.aliyuncs.com", "alibaba"),
    ("dashscope-intl.aliyuncs.com", "alibaba"),
    ("api.voyageai.com", "voyage"),
    ("api.jina.ai", "jina"),
    ("api.replicate.com", "replicate"),
    ("api.stability.ai", "stability"),
    ("ai-gateway.vercel.sh", "vercel"),
    ("api.z.ai", "zai"),
    ("open.bigmodel.cn", "zai"),
    ("api.ai21.com", "ai21"),
    ("api.writer.com", "writer"),
    ("api.elevenlabs.io", "elevenlabs"),
    ("api.deepgram.com", "deepgram"),
    ("api.minimax.io", "minimax"),
];

/// States what the address of a call says: provider, region, and the model that its path names.
pub fn state(said: &mut Said) {
    let Some(endpoint) = said.facts.get_text(Field::Endpoint).map(str::to_owned) else {
        return;
    };
    let (host, path) = match endpoint.split_once("://") {
        Some((_, rest)) => rest.split_once('/').unwrap_or((rest, "")),
        None => ("", endpoint.as_str()),
    };
    let host = host.split(':').next().unwrap_or_default();
    let mut tell = |field, word: &str| {
        said.state(&Target::Field(field), word, None, "=endpoint");
    };
    if let Some(region) = bedrock_region(host) {
        tell(Field::Provider, "bedrock");
        tell(Field::Region, region);
    } else if let Some((_, provider)) = HOSTS.iter().find(|(end, _)| ends(host, end)) {
        tell(Field::Provider, provider);
    }
    if let Some(model) = model_in(path) {
        tell(Field::RequestedModel, &model);
    }
}

fn ends(host: &str, end: &str) -> bool {
    let Some(before) = host.strip_suffix(end) else {
        return false;
    };
    before.is_empty() || end.starts_with('.') || before.ends_with(['.', '-'])
}

fn bedrock_region(host: &str) -> Option<&str> {
    let (service, rest) = host.split_once('.')?;
    let region = rest.strip_suffix(".amazonaws.com")?;
    service.starts_with("bedrock").then_some(region)
}

/// `/model/NAME/converse`, `/models/NAME:generateContent`, `/deployments/NAME/chat/completions`.
fn model_in(path: &str) -> Option<String> {
    let path = path.split('?').next()?;
    let mut steps = path
        .split('/')
        .skip_while(|step| !matches!(*step, "model" | "models" | "deployments"));
    let kind = steps.next()?;
    let name = decoded(steps.next()?);
    let verb = steps.next();
    let name = match kind {
        "models" => name.split_once(':').map(|(name, _)| name.to_owned())?,
        "model" => verb.is_some().then_some(name)?,
        _ => name,
    };
    // An inference profile is named by its address.
    let model = name.rsplit('/').next().unwrap_or(&name);
    (!model.is_empty()).then(|| model.to_owned())
}

/// The usual percent-encoded bytes of a model's name.
fn decoded(step: &str) -> String {
    step.replace("%3A", ":")
        .replace("%3a", ":")
        .replace("%2F", "/")
        .replace("%2f", "/")
        .replace("%40", "@")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(endpoint: &str) -> (Option<String>, Option<String>) {
        let mut said = Said::default();
        said.facts.text(Field::Endpoint, Some(endpoint));
        state(&mut said);
        let word = |field| said.facts.get_text(field).map(str::to_owned);
        (word(Field::Provider), word(Field::RequestedModel))
    }

    #[test]
    fn addresses_name_provider_and_model() {
        for (endpoint, provider, model) in [
            (
                "https://api.openai.com/v1/chat/completions",
                Some("openai"),
                None,
            ),
            (
                "https://bedrock-runtime.us-east-1.amazonaws.com/model/us.amazon.nova-lite-v1%3A0/converse",
                Some("bedrock"),
                Some("us.amazon.nova-lite-v1:0"),
            ),
            (
                "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent?key=x",
                Some("google"),
                Some("gemini-2.5-flash"),
            ),
            (
                "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google/models/gemini-2.5-pro:streamGenerateContent",
                Some("vertex"),
                Some("gemini-2.5-pro"),
            ),
            (
                "https://acme.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=1",
                Some("azure"),
                Some("gpt-4o"),
            ),
            (
                "https://api.openai.com/v1/models/gpt-4o",
                Some("openai"),
                None,
            ),
            ("/api/chat", None, None),
            ("https://evil-api.openai.com.example/v1", None, None),
        ] {
            assert_eq!(
                told(endpoint),
                (provider.map(str::to_owned), model.map(str::to_owned)),
                "{endpoint}"
            );
        }
    }
}

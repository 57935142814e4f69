//! Prices that lists get wrong or that one forgets: each line says why it is here.

use llmcost::pricing::Prices;

use super::support::{Ask, cost};

/// `provider model day usage attributes cost status`; `-` is none. Sums are reckoned by hand.
const TRAPS: &str = "
# a bare id of Bedrock is regional, a tenth above `global.`, which has Anthropic's own price
bedrock anthropic.claude-opus-5 2026-11-10 input=1000000 - 5.5 estimated
bedrock us.anthropic.claude-opus-5 2026-11-10 output=1000000 - 27.5 estimated
bedrock global.anthropic.claude-opus-5 2026-11-10 input=1000000 - 5 exact
bedrock us.amazon.nova-2-lite-v1:0 2026-11-10 input=1000000,output=1000000 - 3.08 estimated
bedrock global.amazon.nova-2-lite-v1:0 2026-11-10 input=1000000,output=1000000 - 2.8 estimated
# Azure: the global price, though a list files a regional one under the same name
azure text-embedding-3-small 2026-11-10 input=1000000 - 0.02 estimated
azure gpt-4-turbo 2026-11-10 input=1000000 - 10 estimated
# one list has long prompts on the priority tier at 4 times the price, the factors come to 5
azure gpt-5.5 2026-11-10 input=300000 service_tier=priority 6 estimated
azure gpt-5.5 2026-11-10 input=100000 service_tier=priority 1.25 exact
# audio that is transcribed costs 6, not the 2.5 of text
openai gpt-4o-transcribe 2026-11-10 input_audio=1000000 - 6 estimated
openai gpt-4o-mini-transcribe 2026-11-10 input_audio=1000000 - 3 estimated
# the version of the search tool decides, and whether the model reasons
openai gpt-4.1 2026-11-10 web_search=1000 - 10 exact
openai gpt-4.1 2026-11-10 web_search=1000 tool_version=preview 25 exact
openai gpt-5 2026-11-10 web_search=1000 tool_version=preview 10 exact
# batches do not halve what is read from the cache: Groq 0.075, Gemini 2.5 0.03; Gemini 3.8 halves it
groq openai/gpt-oss-120b 2026-11-10 cache_read=1000000 service_tier=batch 0.075 exact
groq openai/gpt-oss-120b 2026-11-10 input=1000000 service_tier=batch 0.075 exact
google gemini-2.5-flash 2026-11-10 cache_read=1000000 service_tier=batch 0.03 exact
google gemini-2.5-flash 2026-11-10 output=1000000 service_tier=batch 1.25 exact
google gemini-3.8-flash 2026-11-10 cache_read=1000000 service_tier=batch 0.0375 exact
# two dated prices within two weeks
mistral mistral-large-4 2026-10-19 input=1000000 - 0.68 estimated
mistral mistral-large-4 2026-10-20 input=1000000 - 1.36 estimated
mistral mistral-large-4 2026-10-28 input=1000000 - 1.36 estimated
mistral mistral-large-4 2026-10-29 input=1000000 - 0.7 estimated
# `-latest` is the model of its day
mistral mistral-small-latest 2025-01-29 output=1000000 - 0.6 exact
mistral mistral-small-latest 2025-01-30 output=1000000 - 0.3 exact
mistral mistral-small-latest 2026-03-16 output=1000000 - 0.6 exact
mistral magistral-medium-latest 2026-11-10 output=1000000 - 5 estimated
mistral codestral-latest 2026-11-10 cache_read=1000000 - 0.03 exact
google gemini-flash-latest 2026-11-10 input=1000000 - 0.75 estimated
# announced and not checked since; the introductory price was not the first
google gemini-4-argon 2026-11-30 input=1000000 - 2 exact
google gemini-4-argon 2026-12-01 input=1000000 - 4 estimated
google gemini-3.6-flash 2026-08-12 input=1000000,output=1000000 - 9 estimated
google gemini-3.6-flash 2026-08-13 input=1000000,output=1000000 - 4.5 exact
google gemini-3.7-flash 2026-12-31 input=1000000,output=1000000 - 4.5 exact
google gemini-3.7-flash 2027-01-01 input=1000000,output=1000000 - 9 estimated
vertex gemini-3.6-flash 2026-08-12 input=1000000 - 1.5 estimated
vertex gemini-3.8-flash 2026-12-31 input=1000000 - 0.75 exact
vertex gemini-3.8-flash 2027-01-01 input=1000000 - 1.5 estimated
# the rise that never came
anthropic claude-sonnet-5 2026-08-31 input=1000000,output=1000000 - 12 exact
anthropic claude-sonnet-5 2026-09-01 input=1000000,output=1000000 - 12 exact
# long prompts cost double until 13 March 2026
anthropic claude-sonnet-4-6 2026-03-12 input=200000 - 0.6 exact
anthropic claude-sonnet-4-6 2026-03-12 input=200001 - 1.200006 exact
anthropic claude-sonnet-4-6 2026-03-13 input=300000 - 0.9 exact
anthropic claude-opus-4-6 2026-03-12 input=300000 - 3 exact
anthropic claude-opus-4-6 2026-03-13 input=300000 - 1.5 exact
# xAI doubles from 200,000 on, not above it
xai grok-4.7 2026-11-10 input=199999 - 0.399998 exact
xai grok-4.7 2026-11-10 input=200000 - 0.8 exact
# what was cached is a price of its own, not a tenth of the input
openai o3 2025-06-09 cache_read=1000000 - 2.5 exact
openai o3 2025-06-10 cache_read=1000000 - 0.5 exact
# a film by its seconds and lines; without sound nobody has said the price
google veo-3.1-generate-preview 2026-11-10 video_second=8 resolution=1080p,audio=on 3.2 exact
google veo-3.1-generate-preview 2026-11-10 video_second=8 resolution=4k,audio=on 4.8 exact
google veo-3.1-generate-preview 2026-11-10 video_second=8 resolution=1080p,audio=off unpriced unpriced
google veo-3.1-generate-preview 2026-11-10 video_second=8 - unpriced unpriced
# size and quality together
openai gpt-image-1 2026-11-10 image=1 size=1024x1024,quality=high 0.167 exact
openai gpt-image-1 2026-11-10 image=1 size=1024x1024 unpriced unpriced
openai dall-e-3 2025-11-10 image=2 size=1024x1024,quality=hd 0.16 exact
# storing costs by the token-hour, a container by its size
google gemini-2.5-pro 2026-11-10 cache_storage=1000000 - 4.5 exact
google gemini-3.8-flash 2026-11-10 cache_storage=1000000 - 1 exact
openai gpt-5 2026-11-10 code_session=1 container=4g 0.12 exact
openai gpt-5 2026-11-10 code_session=1 - unpriced unpriced
# a free quota is the account's
google gemini-2.5-flash 2026-11-10 grounded_prompt=1 - 0.035 estimated
google gemini-3.8-flash 2026-11-10 web_search=1 - 0.014 estimated
google gemini-robotics-er-2-preview 2026-11-10 web_search=1 - 0.014 estimated
";

#[test]
fn what_lists_get_wrong_is_right_here() {
    let prices = Prices::bundled();
    let lines = TRAPS
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut wrong = Vec::new();
    for line in lines {
        let parts: Vec<&str> = line.split(' ').collect();
        let [provider, model, day, usage, attributes, expected, status] = parts[..] else {
            panic!("{line}");
        };
        let ask = Ask {
            provider,
            model,
            at: &format!("{day}T12:00:00Z"),
            usage,
            attributes,
        };
        let receipt = ask.of(&prices);
        let found = (cost(&receipt), receipt.status.name());
        if found != (expected.to_owned(), status) {
            wrong.push(format!("{line}\n  ours {found:?} {:?}", receipt.reasons));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

//! The calls of the corpora: 40 models, 5,000 users, 90 days, and how each is written in every shape.

use llmcost::usage::Timestamp;

const USERS: u64 = 5_000;
/// The ninety days from 2026-08-01, in milliseconds.
const FIRST: u64 = 1_785_542_400_000;
const SPAN: u64 = 90 * 86_400_000;

const ANTHROPIC: [&str; 20] = [
    "claude-sonnet-4-5-20250929",
    "claude-haiku-4-5-20251001",
    "claude-opus-4-5-20251101",
    "claude-opus-4-1-20250805",
    "claude-opus-4-20250514",
    "claude-sonnet-4-20250514",
    "claude-3-7-sonnet-20250219",
    "claude-3-5-sonnet-20241022",
    "claude-3-5-sonnet-20240620",
    "claude-3-5-haiku-20241022",
    "claude-3-opus-20240229",
    "claude-3-sonnet-20240229",
    "claude-3-haiku-20240307",
    "claude-sonnet-4-5",
    "claude-haiku-4-5",
    "claude-opus-4-5",
    "claude-opus-4-1",
    "claude-opus-4-0",
    "claude-sonnet-4-0",
    "claude-3-7-sonnet-latest",
];

const OPENAI: [&str; 20] = [
    "gpt-4o-2024-08-06",
    "gpt-4o-2024-11-20",
    "gpt-4o-mini-2024-07-18",
    "gpt-4.1-2025-04-14",
    "gpt-4.1-mini-2025-04-14",
    "gpt-4.1-nano-2025-04-14",
    "gpt-5-2025-08-07",
    "gpt-5-mini-2025-08-07",
    "gpt-5-nano-2025-08-07",
    "gpt-4-turbo-2024-04-09",
    "o1-2024-12-17",
    "o3-2025-04-16",
    "o3-mini-2025-01-31",
    "o4-mini-2025-04-16",
    "gpt-4o",
    "gpt-4o-mini",
    "gpt-4.1",
    "gpt-4.1-mini",
    "gpt-5",
    "gpt-5-mini",
];

const WORDS: [&str; 16] = [
    "ledger",
    "carries",
    "every",
    "receipt",
    "until",
    "seven",
    "boats",
    "return",
    "with",
    "small",
    "lamps",
    "over",
    "\\\"quiet\\\"",
    "water",
    "\\u00e9t\\u00e9",
    "tables",
];

/// What no reader may count: it stands in prompts, tool inputs and tool results.
const DECOY: &str = r#"{"model":"gpt-5","usage":{"input_tokens":999999,"output_tokens":999999,"prompt_tokens":999999,"completion_tokens":999999}}"#;

/// How many models there are; the first half is Anthropic's.
pub const MODELS: usize = ANTHROPIC.len() + OPENAI.len();

/// Invented rates of a model, in thousandths of a dollar for a million tokens: input, cache read,
/// cache write, output.
pub fn rates(model: usize) -> [u64; 4] {
    let model = u64::try_from(model).unwrap();
    let (input, output) = (1 + model % 13, 1 + model % 11);
    [400 * input, 40 * input, 500 * input, 2_000 * output]
}

/// Provider and name of a model.
pub fn model(number: usize) -> (&'static str, &'static str) {
    match ANTHROPIC.get(number) {
        Some(name) => ("anthropic", name),
        None => ("openai", OPENAI.get(number - ANTHROPIC.len()).unwrap()),
    }
}

/// Xorshift: random enough, and the same every time.
pub struct Random(pub u64);

impl Random {
    /// A number below a limit.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    /// Letters and digits of an id.
    fn id(&mut self) -> String {
        const ALPHABET: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
        let letter = |random: &mut Self| {
            let at = usize::try_from(random.below(56)).unwrap();
            char::from(*ALPHABET.get(at).unwrap())
        };
        (0..22).map(|_| letter(self)).collect()
    }

    /// Words of about a length, as they stand inside of a JSON string.
    fn text(&mut self, length: usize) -> String {
        let mut text = String::with_capacity(length + 16);
        while text.len() < length {
            let at = usize::try_from(self.below(16)).unwrap();
            text.push_str(WORDS.get(at).unwrap());
            text.push(' ');
        }
        text
    }
}

/// One call of a model.
pub struct Call {
    id: String,
    pub model: usize,
    user: u64,
    millis: u64,
    pub input: u64,
    pub cache_read: u64,
    pub cache_write: u64,
    pub output: u64,
}

impl Call {
    /// The call at a place of a log that is to hold so many: of one of the first `models`, and with
    /// tokens written to a cache where the shape can say so.
    pub fn of(random: &mut Random, place: (u64, u64), models: usize, writes: bool) -> Self {
        let (number, records) = place;
        let cache_read = random.below(3) * random.below(8_000);
        let models = u64::try_from(models).unwrap();
        Self {
            id: random.id(),
            model: usize::try_from(random.below(models)).unwrap(),
            user: random.below(USERS),
            millis: FIRST + SPAN / records.max(1) * number,
            input: 1 + random.below(4_000),
            cache_read,
            cache_write: u64::from(writes) * random.below(2) * random.below(3_000),
            output: 1 + random.below(1_500),
        }
    }

    fn time(&self) -> String {
        Timestamp::from_millis(i64::try_from(self.millis).unwrap()).to_string()
    }

    /// A chat completion, as an application logs it.
    pub fn chat(&self, random: &mut Random) -> String {
        let Self {
            id,
            user,
            input,
            cache_read,
            output,
            ..
        } = self;
        let (provider, name) = model(self.model);
        let (time, created, prompt) = (self.time(), self.millis / 1_000, input + cache_read);
        let (total, asked, said) = (prompt + output, random.text(180), random.text(220));
        let decoy = DECOY.replace('"', "\\\"");
        format!(
            r#"{{"timestamp":"{time}","user_id":"user-{user}","provider":"{provider}","request":{{"messages":[{{"role":"user","content":"{asked}"}}]}},"response":{{"id":"chatcmpl-{id}","object":"chat.completion","created":{created},"model":"{name}","choices":[{{"index":0,"message":{{"role":"assistant","content":"{said}","tool_calls":[{{"id":"call_{id}","type":"function","function":{{"name":"bill","arguments":"{decoy}"}}}}]}},"finish_reason":"tool_calls"}}],"usage":{{"prompt_tokens":{prompt},"completion_tokens":{output},"total_tokens":{total},"prompt_tokens_details":{{"cached_tokens":{cache_read},"audio_tokens":0}},"completion_tokens_details":{{"reasoning_tokens":0,"audio_tokens":0}}}}}}}}"#
        )
    }

    fn usage(&self) -> String {
        let Self {
            input,
            cache_read,
            cache_write,
            output,
            ..
        } = self;
        format!(
            r#"{{"input_tokens":{input},"cache_creation_input_tokens":{cache_write},"cache_read_input_tokens":{cache_read},"output_tokens":{output},"service_tier":"standard"}}"#
        )
    }

    /// A message with a tool call, as an application logs it.
    pub fn message(&self, random: &mut Random) -> String {
        let (Self { id, user, .. }, (provider, name)) = (self, model(self.model));
        let (time, usage, asked) = (self.time(), self.usage(), random.text(3_000));
        let (said, file) = (random.text(1_600), random.text(2_400));
        format!(
            r#"{{"timestamp":"{time}","user_id":"user-{user}","provider":"{provider}","request":{{"messages":[{{"role":"user","content":[{{"type":"text","text":"{asked}"}},{{"type":"tool_result","tool_use_id":"toolu_1","content":{DECOY}}}]}}]}},"response":{{"id":"msg_{id}","type":"message","role":"assistant","model":"{name}","content":[{{"type":"text","text":"{said}"}},{{"type":"tool_use","id":"toolu_{id}","name":"write","input":{{"file":"{file}","report":{DECOY}}}}}],"stop_reason":"tool_use","stop_sequence":null,"usage":{usage}}}}}"#
        )
    }

    /// A row of counts.
    pub fn row(&self) -> String {
        let Self {
            id,
            user,
            input,
            cache_read,
            output,
            ..
        } = self;
        let (provider, name) = model(self.model);
        let (time, prompt) = (self.time(), input + cache_read);
        format!(
            r#"{{"timestamp":"{time}","response_id":"resp_{id}","user_id":"user-{user}","tenant_id":"tenant-{}","provider":"{provider}","model":"{name}","prompt_tokens":{prompt},"cached_tokens":{cache_read},"completion_tokens":{output},"total_tokens":{},"latency_ms":{},"status":"success","endpoint":"/v1/chat/completions","agent_id":"agent-{}","workflow_id":"flow-{}"}}"#,
            user % 50,
            prompt + output,
            200 + output * 9,
            user % 12,
            user % 30
        )
    }

    /// A question, and the answer as it stands on one line for each of its parts.
    pub fn transcript(&self, random: &mut Random, session: &str) -> String {
        let (Self { id, .. }, (_, name)) = (self, model(self.model));
        let (time, usage) = (self.time(), self.usage());
        let head = format!(
            r#""timestamp":"{time}","sessionId":"{session}","cwd":"/home/dev/shop","version":"2.0.31","gitBranch":"main","isSidechain":false,"userType":"external""#
        );
        let mut lines = format!(
            r#"{{"type":"user",{head},"uuid":"{id}-0","message":{{"role":"user","content":[{{"type":"tool_result","tool_use_id":"toolu_1","content":"{}"}}]}},"toolUseResult":{DECOY}}}"#,
            random.text(1_500)
        );
        let parts = [
            format!(r#"{{"type":"text","text":"{}"}}"#, random.text(400)),
            format!(r#"{{"type":"tool_use","id":"toolu_{id}","name":"Write","input":{DECOY}}}"#),
        ];
        for (number, part) in parts.iter().enumerate() {
            lines.push_str(&format!(
                "\n{{\"type\":\"assistant\",{head},\"uuid\":\"{id}-{}\",\"requestId\":\"req_{id}\",\"message\":{{\"id\":\"msg_{id}\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"{name}\",\"content\":[{part}],\"stop_reason\":\"tool_use\",\"usage\":{usage}}}}}",
                number + 1
            ));
        }
        lines
    }
}

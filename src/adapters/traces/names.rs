//! The attributes that say something of a call, by their names of today and of earlier years.
//!
//! OpenTelemetry's are at <https://opentelemetry.io/docs/specs/semconv/registry/attributes/gen-ai/>,
//! OpenInference's at
//! <https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md>, those of the
//! AI SDK at <https://ai-sdk.dev/docs/ai-sdk-core/telemetry>, OpenLLMetry's at
//! <https://www.traceloop.com/docs/openllmetry/contributing/semantic-conventions>.

use crate::adapters::row_names::role;
use crate::usage::Field;

/// What stands before the name of a count, best first.
pub const USAGE: &[&str] = &[
    "gen_ai.usage.",
    "llm.usage.",
    "ai.usage.",
    "llm.token_count.",
    "langfuse.observation.usage_details.",
    "mlflow.chat.tokenUsage.",
    // What the other files of this folder call the counts of their own shapes.
    "usage.",
];

/// What stands before a provider's own counts, which may mean another input and output: only parts
/// of those are taken from there.
pub const PARTS_ONLY: &[&str] = &["gen_ai.usage.details.", METADATA_OF_PROVIDER];

/// Numbers of `ai.response.providerMetadata`, whoever the provider is.
pub const METADATA_OF_PROVIDER: &str = "ai.response.providerMetadata.";

/// Header fields and the attributes that state them, best first.
pub const HEADER: &[(Field, &[&str])] = &[
    (
        Field::ResponseModel,
        &[
            "gen_ai.response.model",
            "llm.response.model",
            "ai.response.model",
            "llm.model_name",
            "embedding.model_name",
            "reranker.model_name",
            "langfuse.observation.model.name",
            "mlflow.llm.model",
            "model_name",
            "model",
        ],
    ),
    (
        Field::RequestedModel,
        &["gen_ai.request.model", "llm.request.model", "ai.model.id"],
    ),
    (
        Field::ResponseId,
        &[
            "gen_ai.response.id",
            "llm.response.id",
            "ai.response.id",
            "response_id",
        ],
    ),
    (
        Field::RequestId,
        &[
            "gen_ai.request.id",
            "request_id",
            "aws.request_id",
            "http.request.id",
        ],
    ),
    (
        Field::ConversationId,
        &[
            "gen_ai.conversation.id",
            "session.id",
            "conversation.id",
            "langfuse.session.id",
            "mlflow.trace.session",
            "traceloop.association.properties.session_id",
            "traceloop.association.properties.conversation_id",
            "traceloop.association.properties.thread_id",
            "ai.telemetry.metadata.sessionId",
            "langsmith.metadata.session_id",
            "langsmith.metadata.thread_id",
            "thread_id",
        ],
    ),
    (
        Field::UserId,
        &[
            "user.id",
            "enduser.id",
            "gen_ai.user",
            "gen_ai.request.user",
            "langfuse.user.id",
            "mlflow.trace.user",
            "traceloop.association.properties.user_id",
            "ai.telemetry.metadata.userId",
            "user.account_uuid",
            "user.account_id",
            "user.email",
        ],
    ),
    (
        Field::TenantId,
        &[
            "tenant.id",
            "tenant_id",
            "organization.id",
            "traceloop.association.properties.tenant_id",
            "traceloop.association.properties.organization_id",
            "traceloop.association.properties.org_id",
            "ai.telemetry.metadata.tenantId",
            "ai.telemetry.metadata.orgId",
        ],
    ),
    (
        Field::AgentId,
        &[
            "gen_ai.agent.id",
            "gen_ai.agent.name",
            "agent.name",
            "agent_name",
        ],
    ),
    (
        Field::WorkflowId,
        &[
            "gen_ai.workflow.name",
            "traceloop.workflow.name",
            "workflow.name",
        ],
    ),
    (
        Field::TaskType,
        &[
            "ai.telemetry.functionId",
            "traceloop.association.properties.task",
        ],
    ),
    (Field::Region, &["cloud.region", "aws.region"]),
    (
        Field::Platform,
        &["service.name", "gen_ai.application_name"],
    ),
    (Field::Endpoint, &["server.address", "net.peer.name"]),
];

/// The attributes that state a header field.
pub fn of(field: Field) -> &'static [&'static str] {
    let mut all = HEADER.iter();
    let named = all.find(|(of, _)| *of == field);
    named.map_or(&[], |(_, names)| names)
}

/// Durations, with the power of ten that turns them into milliseconds.
pub const DURATIONS: &[(Field, i32, &[&str])] = &[
    (
        Field::TtftMs,
        3,
        &[
            "gen_ai.response.time_to_first_chunk",
            "gen_ai.response.time_to_first_token",
            "gen_ai.server.time_to_first_token",
            "time_to_first_token",
        ],
    ),
    (
        Field::TtftMs,
        0,
        &[
            "ai.response.msToFirstChunk",
            "ai.stream.msToFirstChunk",
            "ttft_ms",
        ],
    ),
    (Field::LatencyMs, 0, &["duration_ms"]),
    (Field::LatencyMs, 3, &["latency"]),
];

/// When the first token came.
pub const FIRST_TOKEN: &[&str] = &["langfuse.observation.completion_start_time"];

/// The tier that served the call.
pub const TIER: &[&str] = &[
    "gen_ai.openai.response.service_tier",
    "openai.response.service_tier",
];

/// Why the response ended.
pub const FINISH: &[&str] = &[
    "gen_ai.response.finish_reasons",
    "gen_ai.response.finish_reason",
    "ai.response.finishReason",
    "gen_ai.completion.0.finish_reason",
    "llm.finish_reason",
];

/// Who served it.
pub const PROVIDER: &[&str] = &[
    "gen_ai.provider.name",
    "gen_ai.system",
    "llm.provider",
    "ai.model.provider",
    "mlflow.llm.provider",
    "llm.system",
];

/// Libraries that call themselves the provider.
pub const FRAMEWORKS: &[&str] = &[
    "langchain",
    "langgraph",
    "llamaindex",
    "llama_index",
    "crewai",
    "litellm",
    "haystack",
    "agno",
    "autogen",
    "semantic_kernel",
    "pydantic_ai",
    "pydantic-ai",
    "dspy",
    "smolagents",
    "strands-agents",
    "unknown",
    "_other",
    "gateway",
    "function",
];

/// Coding agents that send telemetry, by the beginning of their service's name: a plan may pay.
pub const CODING_AGENTS: &[&str] = &[
    "claude-code",
    "codex",
    "gemini-cli",
    "qwen-code",
    "copilot",
    "github-copilot",
];

/// What went wrong.
pub const ERROR_CODE: &[&str] = &["error.type", "exception.type", "error.code"];

/// The text of what went wrong.
pub const ERROR_TEXT: &[&str] = &[
    "exception.message",
    "error.message",
    "error",
    "langfuse.observation.status_message",
];

/// The HTTP status.
pub const HTTP_STATUS: &[&str] = &[
    "http.response.status_code",
    "http.status_code",
    "status_code",
];

/// Which attempt it was.
pub const ATTEMPT: &[&str] = &["attempt"];

/// What somebody says the call cost, in US dollars.
pub const COST: &[&str] = &[
    "gen_ai.usage.cost",
    "llm.cost.total",
    "llm.usage.cost",
    "operation.cost",
    "langfuse.observation.cost_details.total",
    "mlflow.llm.cost.total_cost",
    "ai.response.providerMetadata.cost",
    "cost_usd",
    "usage.cost",
];

/// What a span is.
pub const KIND: &[&str] = &[
    "gen_ai.operation.name",
    "openinference.span.kind",
    "ai.operationId",
    "langfuse.observation.type",
    "mlflow.spanType",
    "llm.request.type",
    "traceloop.span.kind",
    "event.name",
    "event.kind",
    "event.sequence",
    "event.timestamp",
];

/// Labels and what they are called here.
pub const TAGS: &[(&str, &[&str])] = &[
    (
        "environment",
        &[
            "deployment.environment.name",
            "deployment.environment",
            "langfuse.environment",
            "gen_ai.environment",
        ],
    ),
    ("release", &["langfuse.release"]),
    ("tags", &["langfuse.trace.tags", "tag.tags"]),
    ("prompt", &["langfuse.observation.prompt.name"]),
];

/// Groups of labels that people give to their spans.
pub const LABELS: &[&str] = &[
    "traceloop.association.properties.",
    "ai.telemetry.metadata.",
    "langfuse.trace.metadata.",
    "label.",
];

/// How the counts stand to each other, where a shape says so: `inclusive`, `exclusive` or `apart`.
pub const CONVENTION: &str = "usage.convention";

/// Strings that hold JSON, whose fields are attributes.
pub const OPENED: &[&str] = &[
    "langfuse.observation.usage_details",
    "langfuse.observation.cost_details",
    "mlflow.chat.tokenUsage",
    "mlflow.llm.cost",
];

/// Whether an attribute is taken; all others, such as prompts, are never looked at.
pub fn is_known(name: &str) -> bool {
    let lists = [
        FIRST_TOKEN,
        TIER,
        FINISH,
        PROVIDER,
        ERROR_CODE,
        ERROR_TEXT,
        HTTP_STATUS,
        ATTEMPT,
        COST,
        KIND,
    ];
    let begins = |beginnings: &[&str]| beginnings.iter().any(|begin| name.starts_with(begin));
    lists.iter().any(|list| list.contains(&name))
        || HEADER.iter().any(|(_, names)| names.contains(&name))
        || DURATIONS.iter().any(|(_, _, names)| names.contains(&name))
        || TAGS.iter().any(|(_, names)| names.contains(&name))
        || begins(USAGE)
        || begins(PARTS_ONLY)
        || begins(LABELS)
        || is_bare_count(name)
}

/// Whether it is a count by its name alone.
pub fn is_bare_count(name: &str) -> bool {
    let of_codex = ["cached_token_count", "reasoning_token_count"];
    of_codex.contains(&name) || !name.contains('.') && role(name, false).is_some()
}

//! The header fields of a usage record: one table of names, kinds and meanings.
//!
//! Storage, JSON output, `--set`, merging and the documentation all follow this table, so a field
//! is added in one place.

use std::fmt;
use std::sync::LazyLock;

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// A short string.
    Text,
    /// A whole number.
    Integer,
    /// A point in time.
    Time,
    /// `true` or `false`.
    Flag,
}

macro_rules! fields {
    ($($variant:ident $name:literal $kind:ident $doc:literal;)*) => {
        /// A header field of a usage record.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field { $(#[doc = $doc] $variant,)* }

        impl Field {
            /// All fields, in the order in which they are shown.
            pub const ALL: &'static [Field] = &[$(Field::$variant,)*];

            /// The name in JSON, CSV, SQL and `--set`.
            pub fn name(self) -> &'static str {
                match self { $(Field::$variant => $name,)* }
            }

            /// What it holds.
            pub fn kind(self) -> FieldKind {
                match self { $(Field::$variant => FieldKind::$kind,)* }
            }

            /// One sentence for the documentation.
            pub fn doc(self) -> &'static str {
                match self { $(Field::$variant => $doc,)* }
            }
        }
    };
}

fields! {
    ResponseId "response_id" Text "The provider's id of the response.";
    RequestId "request_id" Text "The provider's or gateway's id of the request.";
    TenantId "tenant_id" Text "Whose bill it is; absent is the visible group (none).";
    UserId "user_id" Text "Who made the call.";
    IdempotencyKey "idempotency_key" Text "The caller's key of one logical call.";
    ConversationId "conversation_id" Text "The conversation, session or thread.";
    ParentUsageLogId "parent_usage_log_id" Text "The record this one is a part or an attempt of.";
    AttemptIndex "attempt_index" Integer "Which attempt of the logical call, from 0.";
    IsFallback "is_fallback" Flag "Whether another model was tried before.";
    FallbackReason "fallback_reason" Text "rate_limit, cost_limit, timeout, error or policy.";
    RoutingRuleId "routing_rule_id" Text "The routing rule that chose the model.";
    Provider "provider" Text "Who served the response; absent when nothing says it.";
    RequestedModel "requested_model" Text "The model that was asked for.";
    ResponseModel "response_model" Text "The model that served the response; this one is priced.";
    Modality "modality" Text "text, image_read, image_create, audio, video, music, embedding, rerank, search, moderation.";
    Region "region" Text "Where it was served.";
    ServiceTier "service_tier" Text "The tier that served it; absent is the standard tier.";
    Endpoint "endpoint" Text "The caller's endpoint or the API path.";
    OperationType "operation_type" Text "chat, completion, embedding, image, transcription …";
    EntityType "entity_type" Text "What the call was for: the kind of thing.";
    EntityId "entity_id" Text "What the call was for: which one.";
    ContentId "content_id" Text "The content the call worked on.";
    ContentType "content_type" Text "The kind of that content.";
    TaskType "task_type" Text "The task.";
    AgentId "agent_id" Text "The agent.";
    WorkflowId "workflow_id" Text "The workflow.";
    Platform "platform" Text "The platform or application.";
    WebEnabled "web_enabled" Flag "Whether web search was on.";
    WebProvider "web_provider" Text "Who searched.";
    WebSearchMode "web_search_mode" Text "auto, forced or off.";
    WebBudgetCount "web_budget_count" Integer "Searches that were allowed.";
    WebSearchCount "web_search_count" Integer "Searches made, failed ones too.";
    PromptHash "prompt_hash" Text "SHA-256 of the prompt, in hexadecimal.";
    PromptLengthChars "prompt_length_chars" Integer "Characters of the prompt.";
    PromptTokensEstimated "prompt_tokens_estimated" Integer "The caller's own estimate.";
    ResponseLengthChars "response_length_chars" Integer "Characters of the response text.";
    ResponseBytes "response_bytes" Integer "Bytes of the response body.";
    FinishReason "finish_reason" Text "stop, length, content_filter, tool_calls or error.";
    FinishReasonRaw "finish_reason_raw" Text "The provider's own word for it.";
    ContentFiltered "content_filtered" Flag "Whether a filter cut or blocked the response.";
    ToolCallCount "tool_call_count" Integer "Tool calls in the response.";
    ProviderCreatedAt "provider_created_at" Time "When the provider says the response was created.";
    StartedAt "started_at" Time "When the request was sent.";
    HeadersReceivedAt "headers_received_at" Time "When the response's headers arrived.";
    FirstTokenAt "first_token_at" Time "When the first token arrived.";
    FinishedAt "finished_at" Time "When the response was complete.";
    LatencyMs "latency_ms" Integer "From request to complete response, in milliseconds.";
    TtfbMs "ttfb_ms" Integer "Until the first byte, in milliseconds.";
    TtftMs "ttft_ms" Integer "Until the first token, in milliseconds.";
    QueueWaitMs "queue_wait_ms" Integer "Waiting before the model started, in milliseconds.";
    NetworkMs "network_ms" Integer "Network time, in milliseconds.";
    ServerProcessingMs "server_processing_ms" Integer "Time at the provider, in milliseconds.";
    HttpStatus "http_status" Integer "The HTTP status of the response.";
    ErrorCode "error_code" Text "The provider's error code or type.";
    ErrorMessage "error_message" Text "The error text: redacted, at most 500 characters.";
    ErrorRetryable "error_retryable" Flag "Whether trying again may help.";
}

impl Field {
    /// The field of that name.
    pub fn named(name: &str) -> Option<Self> {
        static BY_NAME: LazyLock<Vec<(&str, Field)>> = LazyLock::new(|| {
            let names = Field::ALL.iter().map(|field| (field.name(), *field));
            let mut names: Vec<_> = names.collect();
            names.sort_unstable();
            names
        });
        let at = BY_NAME
            .binary_search_by(|(known, _)| known.cmp(&name))
            .ok()?;
        BY_NAME.get(at).map(|(_, field)| *field)
    }

    /// The field that a person means: by its name, or by one of [`SHORT_NAMES`].
    pub fn meant_by(name: &str) -> Option<Self> {
        let short = SHORT_NAMES.iter().find(|(short, _)| *short == name);
        short.map(|(_, field)| *field).or_else(|| Self::named(name))
    }
}

/// Short names that people type, in `--set`, `--map` and formats, and the fields they mean.
pub const SHORT_NAMES: &[(&str, Field)] = &[
    ("model", Field::ResponseModel),
    ("user", Field::UserId),
    ("tenant", Field::TenantId),
    ("agent", Field::AgentId),
    ("workflow", Field::WorkflowId),
    ("task", Field::TaskType),
    ("conversation", Field::ConversationId),
    ("content", Field::ContentId),
    ("operation", Field::OperationType),
    ("tier", Field::ServiceTier),
];

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

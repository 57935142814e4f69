//! The tables themselves, by tool.

use super::{Beside, Schema, json, of, plain};

/// The known tables; the first that fits is read.
pub const SCHEMAS: &[Schema] = &[
    Schema {
        name: "opencode.message",
        table: "message",
        wanted: &["id", "session_id", "data"],
        columns: &[
            plain("id", "message"),
            plain("session_id", "message"),
            plain("time_created", "message"),
            of("directory", "s.directory", ("session", "directory")),
            of("parent_id", "s.parent_id", ("session", "parent_id")),
            json(
                "data",
                "CASE WHEN json_valid(t.data) THEN json_object(\
                 'role', t.data -> '$.role', 'modelID', t.data -> '$.modelID', \
                 'providerID', t.data -> '$.providerID', 'mode', t.data -> '$.mode', \
                 'agent', t.data -> '$.agent', 'tokens', t.data -> '$.tokens', \
                 'cost', t.data -> '$.cost', 'time', t.data -> '$.time', \
                 'finish', t.data -> '$.finish', \
                 'error', CASE WHEN t.data -> '$.error.name' IS NOT NULL \
                 THEN json_object('name', t.data -> '$.error.name') END) ELSE t.data END",
                ("message", "data"),
            ),
        ],
        joined: Some(("session", "session_id")),
        rows: None,
        beside: None,
    },
    Schema {
        name: "copilot.assistant_usage_events",
        table: "assistant_usage_events",
        wanted: &["session_id", "model", "input_tokens", "output_tokens"],
        columns: &[
            plain("session_id", "assistant_usage_events"),
            plain("model", "assistant_usage_events"),
            plain("input_tokens", "assistant_usage_events"),
            plain("output_tokens", "assistant_usage_events"),
            plain("cache_read_tokens", "assistant_usage_events"),
            plain("cache_write_tokens", "assistant_usage_events"),
            plain("reasoning_tokens", "assistant_usage_events"),
            plain("created_at", "assistant_usage_events"),
            of("cwd", "s.cwd", ("sessions", "cwd")),
            of("branch", "s.branch", ("sessions", "branch")),
            of("repository", "s.repository", ("sessions", "repository")),
            of(
                "session_created_at",
                "s.created_at",
                ("sessions", "created_at"),
            ),
        ],
        joined: Some(("sessions", "session_id")),
        rows: None,
        beside: Some(Beside {
            name: ("copilot.shutdowns", "session_id"),
            column: "session_id",
            directory: "session-state",
            file: "events.jsonl",
            word: "\"session.shutdown\"",
        }),
    },
    Schema {
        name: "copilot.spans",
        table: "spans",
        wanted: &["span_id", "trace_id", "operation_name"],
        columns: &[
            plain("span_id", "spans"),
            plain("trace_id", "spans"),
            plain("operation_name", "spans"),
            plain("start_time_ms", "spans"),
            json(
                "attributes",
                "(SELECT json_group_object(a.key, a.value) FROM span_attributes AS a \
                 WHERE a.span_id = t.span_id AND (a.key LIKE 'gen_ai.usage.%' OR a.key IN \
                 ('gen_ai.response.model', 'gen_ai.request.model', 'gen_ai.response.id', \
                 'gen_ai.conversation.id', 'gen_ai.operation.name', 'gen_ai.agent.name')))",
                ("span_attributes", "value"),
            ),
        ],
        joined: None,
        rows: None,
        beside: None,
    },
    Schema {
        name: "goose.sessions",
        table: "sessions",
        wanted: &[
            "id",
            "accumulated_input_tokens",
            "accumulated_output_tokens",
        ],
        columns: &[
            plain("id", "sessions"),
            plain("provider_name", "sessions"),
            plain("model", "sessions"),
            plain("working_dir", "sessions"),
            plain("created_at", "sessions"),
            plain("accumulated_input_tokens", "sessions"),
            plain("accumulated_output_tokens", "sessions"),
            plain("accumulated_total_tokens", "sessions"),
            of(
                "accumulated_cost",
                "CAST(t.accumulated_cost AS TEXT)",
                ("sessions", "accumulated_cost"),
            ),
            json(
                "model_config",
                "CASE WHEN json_valid(t.model_config_json) THEN json_object(\
                 'model_name', t.model_config_json -> '$.model_name') END",
                ("sessions", "model_config_json"),
            ),
        ],
        joined: None,
        rows: None,
        beside: None,
    },
    Schema {
        name: "crush.sessions",
        table: "sessions",
        wanted: &["id", "prompt_tokens", "completion_tokens", "cost"],
        columns: &[
            plain("id", "sessions"),
            plain("prompt_tokens", "sessions"),
            plain("completion_tokens", "sessions"),
            plain("created_at", "sessions"),
            of("cost", "CAST(t.cost AS TEXT)", ("sessions", "cost")),
            of(
                "model",
                "(SELECT m.model FROM messages AS m WHERE m.session_id = t.id AND m.model <> '' \
                 GROUP BY m.model ORDER BY count(*) DESC, m.model LIMIT 1)",
                ("messages", "model"),
            ),
            of(
                "provider",
                "(SELECT m.provider FROM messages AS m WHERE m.session_id = t.id AND m.provider <> '' \
                 GROUP BY m.provider ORDER BY count(*) DESC, m.provider LIMIT 1)",
                ("messages", "provider"),
            ),
        ],
        joined: None,
        // The session of a helper is a part of its parent's totals.
        rows: Some(("t.parent_session_id IS NULL", "parent_session_id")),
        beside: None,
    },
    Schema {
        name: "hermes.sessions",
        table: "sessions",
        wanted: &["id", "model", "input_tokens", "output_tokens", "started_at"],
        columns: &[
            plain("id", "sessions"),
            plain("model", "sessions"),
            plain("cwd", "sessions"),
            plain("billing_provider", "sessions"),
            plain("input_tokens", "sessions"),
            plain("output_tokens", "sessions"),
            plain("cache_read_tokens", "sessions"),
            plain("cache_write_tokens", "sessions"),
            plain("reasoning_tokens", "sessions"),
            of(
                "started_at",
                "CAST(t.started_at AS TEXT)",
                ("sessions", "started_at"),
            ),
            of(
                "actual_cost_usd",
                "CAST(t.actual_cost_usd AS TEXT)",
                ("sessions", "actual_cost_usd"),
            ),
            of(
                "estimated_cost_usd",
                "CAST(t.estimated_cost_usd AS TEXT)",
                ("sessions", "estimated_cost_usd"),
            ),
        ],
        joined: None,
        rows: None,
        beside: None,
    },
    Schema {
        name: "zed.threads",
        table: "threads",
        wanted: &["id", "updated_at", "data_type", "data"],
        columns: &[
            plain("id", "threads"),
            plain("parent_id", "threads"),
            plain("updated_at", "threads"),
            json("data", "t.data", ("threads", "data")),
        ],
        joined: None,
        rows: None,
        beside: None,
    },
    Schema {
        name: "forge.conversations",
        table: "conversations",
        wanted: &["conversation_id", "context", "updated_at"],
        columns: &[
            plain("conversation_id", "conversations"),
            plain("created_at", "conversations"),
            plain("updated_at", "conversations"),
            json(
                "context",
                "CASE WHEN json_valid(t.context) THEN json_object('messages', json((SELECT \
                 json_group_array(json_object('message', json_object('text', json_object(\
                 'model', m.value -> '$.message.text.model')), 'usage', m.value -> '$.usage')) \
                 FROM json_each(t.context, '$.messages') AS m))) ELSE t.context END",
                ("conversations", "context"),
            ),
        ],
        joined: None,
        rows: None,
        beside: None,
    },
    Schema {
        name: "cursor.bubbles",
        table: "cursorDiskKV",
        wanted: &["key", "value"],
        columns: &[
            plain("key", "cursorDiskKV"),
            json(
                "token_count",
                "CAST(t.value AS TEXT) -> '$.tokenCount'",
                ("cursorDiskKV", "value"),
            ),
            json(
                "model_info",
                "json_object('modelName', CAST(t.value AS TEXT) -> '$.modelInfo.modelName')",
                ("cursorDiskKV", "value"),
            ),
            of(
                "model_id",
                "CAST(t.value AS TEXT) ->> '$.modelId'",
                ("cursorDiskKV", "value"),
            ),
            of(
                "created_at",
                "CAST(t.value AS TEXT) ->> '$.createdAt'",
                ("cursorDiskKV", "value"),
            ),
        ],
        joined: None,
        rows: Some((
            "t.key LIKE 'bubbleId:%' AND json_valid(CAST(t.value AS TEXT))",
            "key",
        )),
        beside: None,
    },
    Schema {
        name: "warp.agent_conversations",
        table: "agent_conversations",
        wanted: &["conversation_id", "conversation_data", "last_modified_at"],
        columns: &[
            plain("conversation_id", "agent_conversations"),
            plain("last_modified_at", "agent_conversations"),
            json(
                "usage",
                "CASE WHEN json_valid(t.conversation_data) THEN json_object('token_usage', \
                 t.conversation_data -> '$.conversation_usage_metadata.token_usage') END",
                ("agent_conversations", "conversation_data"),
            ),
        ],
        joined: None,
        rows: None,
        beside: None,
    },
];

/// Tables of tools that are known, by one of their columns, and why their usage cannot be read.
pub const WITHOUT_COUNTS: &[(&str, &str, &str)] = &[
    (
        "gen_metadata",
        "data",
        "a database of Antigravity, which keeps its counts in an undocumented binary form",
    ),
    (
        "session_messages",
        "tool_names",
        "a database of Quick Desktop, which states no tokens; its metrics files do",
    ),
    (
        "ItemTable",
        "key",
        "a database of an editor's settings, which states no tokens",
    ),
];

//! The public SQL interface: documented views with the columns of the systems that llmcost succeeds.
//!
//! Plain SQL with explicit `AS` and spelled-out integer arithmetic, meant for DuckDB, datasette and
//! sqlite-utils as well (only SQLite is tested). llmcost itself never reads through them.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::columns;
use super::expressions::{
    BASIS, COST_STATUS, MODEL, RESPONSE_SUMMARY, STATUS, TAGS, TIME_BASIS, TOTAL_TOKENS, fields,
    join_day, join_own_day, money_text, select_record, time_text, when,
};
use crate::usage::{Field, METERS, SERVICE_TYPES};

/// Names of all views, and what they have one row per.
pub const VIEWS: &[(&str, &str)] = &[
    ("llm_usage_logs", "record, with its header and its cost"),
    ("llm_token_usages", "record with tokens"),
    ("llm_image_usages", "line item of images"),
    ("llm_video_usages", "line item of video"),
    ("llm_music_usages", "line item of music"),
    (
        "llm_web_search_usages",
        "provider that a record searched the web with",
    ),
    ("token_usage", "record, in the columns of older systems"),
    ("llm_charges", "line item and its rate"),
    ("llm_daily_costs", "day, provider, model and currency"),
    ("llm_credits", "entry of credits"),
];

/// Columns that hold a decimal number as text, by name, in whichever view they stand.
pub const DECIMALS: &[&str] = &[
    "cost",
    "estimated_cost",
    "reported_cost",
    "api_cost",
    "cost_usd",
    "cost_rub",
    "quantity",
    "seconds",
    "rate",
    "amount",
];

/// The view of whole records that the others read: written out in each of them it would take longer to
/// open a ledger than to answer from it. It holds codes and row numbers, and is nobody's interface.
const WHOLE: &str = "usage_whole";

/// Whether a view of that name is one of llmcost's.
pub fn is_ours(name: &str) -> bool {
    name == WHOLE || VIEWS.iter().any(|(view, _)| *view == name)
}

/// Drops the views: tables cannot be changed below them.
pub fn drop_all(connection: &Connection) -> rusqlite::Result<()> {
    let names = VIEWS.iter().map(|(name, _)| *name).chain([WHOLE]);
    let drops: String = names
        .map(|name| format!("DROP VIEW IF EXISTS {name};"))
        .collect::<Vec<_>>()
        .concat();
    connection.execute_batch(&drops)
}

/// Makes the views.
pub fn create_all(connection: &Connection) -> rusqlite::Result<()> {
    let whole = format!("CREATE VIEW {WHOLE} AS {}", select_record());
    connection.execute_batch(&whole)?;
    VIEWS.iter().try_for_each(|(name, _)| {
        let text = text_of(name, WHOLE);
        connection.execute_batch(&format!("CREATE VIEW {name} AS {text}"))
    })
}

/// The `SELECT` of a view; `record` is the relation of whole records that it reads.
pub fn text_of(name: &str, record: &str) -> String {
    match name {
        "llm_usage_logs" => usage_logs(record),
        "llm_token_usages" => token_usages(record),
        "llm_image_usages" => item_view(
            record,
            "image",
            "i.whole AS image_count",
            &["size", "quality"],
            "'image' AS unit",
        ),
        "llm_video_usages" => item_view(
            record,
            "video_second",
            SECONDS,
            &["size"],
            "'second' AS unit",
        ),
        "llm_music_usages" => music_usages(record),
        "llm_web_search_usages" => web_search_usages(record),
        "token_usage" => token_usage(record),
        "llm_charges" => charges(record),
        "llm_credits" => credits(),
        _ => daily_costs(record),
    }
}

const SECONDS: &str = "CASE WHEN i.whole IS NULL THEN i.quantity ELSE i.whole END AS seconds";

fn usage_logs(record: &str) -> String {
    let (selected, joins) = fields(Field::ALL);
    format!(
        "SELECT u.record_id AS id, {fields}, w_response_model.text AS resolved_model, {MODEL} AS model, {STATUS} AS status, \
         {created} AS occurred_at, u.ms AS occurred_ms, {TIME_BASIS} AS time_basis, {BASIS} AS identity_basis, w_part.text AS part, \
         {cost} AS cost, u.cost_pico AS cost_pico, w_currency.text AS currency, {COST_STATUS} AS cost_status, w_reasons.text AS cost_reasons, \
         {cost} AS estimated_cost, CASE WHEN u.cost_status = 1 THEN 1 ELSE 0 END AS is_estimated, \
         u.reported_amount AS reported_cost, w_reported_currency.text AS reported_currency, \
         u.input_tokens AS prompt_tokens, u.output_tokens AS completion_tokens, {TOTAL_TOKENS} AS total_tokens, \
         NULL AS request_params, \
         {RESPONSE_SUMMARY} AS response_summary, \
         u.latency_ms AS response_time_ms, u.parent_usage_log_id AS parent_operation_id, {TAGS} AS metadata, \
         b.name AS price_book, b.version AS price_book_version, b.sha256 AS price_book_sha256, card.sku AS price_sku, card.period_from AS price_from, \
         s.path AS source_path, u.line AS source_line, u.pointer AS source_pointer, w_format.text AS source_format, \
         w_raw_shape.text AS raw_usage_shape, u.raw_numbers AS raw_usage_numbers, u.run AS run_id, {ingested} AS ingested_at, \
         {created} AS created_at \
         FROM {record} AS u{joins}{day} LEFT JOIN run AS r ON r.id = u.run{ingested_day} LEFT JOIN word AS w_raw_shape ON w_raw_shape.id = u.raw_shape LEFT JOIN word AS w_part ON w_part.id = u.part LEFT JOIN word AS w_currency ON w_currency.id = u.currency \
         LEFT JOIN word AS w_reasons ON w_reasons.id = u.reasons LEFT JOIN word AS w_reported_currency ON w_reported_currency.id = u.reported_currency \
         LEFT JOIN word AS w_format ON w_format.id = u.format LEFT JOIN source AS s ON s.id = u.source \
         LEFT JOIN rate_card AS card ON card.id = u.card LEFT JOIN book AS b ON b.id = card.book",
        fields = selected.join(", "),
        created = time_text("u.ms", "c_created"),
        ingested = time_text("r.started_ms", "c_ingested"),
        ingested_day = join_day("r.started_ms", "c_ingested"),
        cost = money_text("u.cost_pico"),
        day = join_own_day(),
    )
}

fn token_usages(record: &str) -> String {
    format!(
        "SELECT u.record_id AS usage_log_id, u.input_tokens AS input_tokens, u.cached_tokens AS cached_input_tokens, \
         u.output_tokens AS output_tokens, 'tokens' AS unit FROM {record} AS u WHERE u.input_tokens + u.output_tokens > 0"
    )
}

/// One row per line item of a meter, with some of its attributes as columns.
fn item_view(record: &str, meter: &str, quantity: &str, attributes: &[&str], unit: &str) -> String {
    let named: Vec<String> = attributes
        .iter()
        .map(|name| format!("a_{name}.value AS {name}"))
        .collect();
    format!(
        "SELECT u.record_id AS usage_log_id, {quantity}, {attributes}, {unit} FROM line_item AS i JOIN {record} AS u ON u.id = i.usage{joins} \
         WHERE i.meter = '{meter}'",
        attributes = named.join(", "),
        joins = join_attributes(attributes),
    )
}

fn join_attributes(attributes: &[&str]) -> String {
    let join = |name: &&str| {
        format!(
            " LEFT JOIN item_attribute AS a_{name} ON a_{name}.usage = i.usage AND a_{name}.n = i.n AND a_{name}.name = '{name}'"
        )
    };
    attributes.iter().map(join).collect()
}

/// Music by the second, and songs, whose length no response states.
fn music_usages(record: &str) -> String {
    format!(
        "SELECT u.record_id AS usage_log_id, CASE WHEN i.meter = 'song' THEN NULL WHEN i.whole IS NULL THEN i.quantity ELSE i.whole END AS seconds, a_sample_rate.value AS sample_rate, \
         CASE a_channels.value WHEN '1' THEN 'mono' WHEN '2' THEN 'stereo' ELSE a_channels.value END AS channels, \
         a_bit_depth.value AS bit_depth, CASE i.meter WHEN 'song' THEN 'song' ELSE 'second' END AS unit \
         FROM line_item AS i JOIN {record} AS u ON u.id = i.usage{joins} WHERE i.meter IN ('music_second', 'song')",
        joins = join_attributes(&["sample_rate", "channels", "bit_depth"]),
    )
}

/// Searches that say more than their number, then those that are only counted.
fn web_search_usages(record: &str) -> String {
    format!(
        "SELECT u.record_id || '-' || CAST(s.n AS TEXT) AS id, u.record_id AS usage_log_id, s.provider AS provider, s.count AS count, \
         s.query_chars_total AS query_chars_total, s.response_bytes_total AS response_bytes_total, s.status AS status, \
         s.error_code AS error_code, 'request' AS unit FROM search AS s JOIN {record} AS u ON u.id = s.usage \
         UNION ALL SELECT u.record_id || '-w' || CAST(i.n AS TEXT) AS id, u.record_id AS usage_log_id, COALESCE(a_provider.value, w.text) AS provider, i.whole AS count, \
         NULL AS query_chars_total, NULL AS response_bytes_total, NULL AS status, NULL AS error_code, 'request' AS unit \
         FROM line_item AS i JOIN {record} AS u ON u.id = i.usage{joins} LEFT JOIN word AS w ON w.id = u.provider \
         WHERE i.meter IN ('web_search', 'grounded_prompt') AND NOT EXISTS (SELECT 1 FROM search AS s WHERE s.usage = u.id)",
        joins = join_attributes(&["provider"]),
    )
}

fn token_usage(record: &str) -> String {
    let wanted = [
        Field::UserId,
        Field::ContentId,
        Field::WorkflowId,
        Field::AgentId,
        Field::RequestId,
        Field::Endpoint,
        Field::Provider,
        Field::ResponseModel,
        Field::RequestedModel,
        Field::Modality,
        Field::Platform,
        Field::ContentType,
        Field::TaskType,
    ];
    let (_, joins) = fields(&wanted);
    let services = when(SERVICE_TYPES.iter().copied());
    let [usd_pico, rub_pico] = [("USD", "usd_pico"), ("RUB", "rub_pico")].map(|(code, column)| {
        format!("(CASE WHEN w_currency.text = '{code}' THEN u.cost_pico ELSE u.{column} END)")
    });
    format!(
        "SELECT u.record_id AS id, w_user_id.text AS user_id, w_user_id.text AS userId, u.content_id AS content_id, \
         w_workflow_id.text AS workflow_id, w_agent_id.text AS agent_id, u.request_id AS request_id, w_endpoint.text AS endpoint, \
         w_provider.text AS ai_provider, {MODEL} AS ai_model, {MODEL} AS model_name, \
         CASE w_modality.text{services} ELSE w_modality.text END AS service_type, \
         u.input_tokens AS prompt_tokens, u.output_tokens AS completion_tokens, {TOTAL_TOKENS} AS total_tokens, \
         u.reported_amount AS api_cost, \
         {usd} AS cost_usd, {rub} AS cost_rub, {usd_pico} AS cost_usd_pico, {rub_pico} AS cost_rub_pico, \
         w_platform.text AS platform, w_content_type.text AS content_type, w_task_type.text AS task_type, \
         u.latency_ms AS execution_time_ms, NULL AS request_metadata, NULL AS response_metadata, {TAGS} AS metadata, \
         {created} AS created_at, u.ms AS occurred_ms \
         FROM {record} AS u{joins}{day} LEFT JOIN word AS w_currency ON w_currency.id = u.currency",
        usd = money_text(&usd_pico),
        rub = money_text(&rub_pico),
        created = time_text("u.ms", "c_created"),
        day = join_own_day(),
    )
}

/// Line items × rates. Core meters are multiplied here; the others carry their cost.
fn charges(record: &str) -> String {
    let names = columns::CORE.map(|meter| meter.name().to_owned());
    let list = names
        .each_ref()
        .map(|name| format!("SELECT '{name}' AS meter"));
    let tokens = names.map(|name| format!(" WHEN '{name}' THEN u.{name}"));
    format!(
        "SELECT c.usage_log_id AS usage_log_id, c.meter AS meter, CAST(c.tokens AS TEXT) AS quantity, 'tokens' AS unit, \
         c.quoted AS rate, c.per AS per, c.multipliers AS multipliers, {cost} AS cost, c.pico AS cost_pico, c.currency AS currency \
         FROM (SELECT t.usage_log_id, t.meter, t.tokens, r.quoted, r.per, r.multipliers, w.text AS currency, \
         CASE WHEN t.cost_pico IS NULL THEN NULL ELSE t.tokens * r.pico_per_unit END AS pico \
         FROM (SELECT u.record_id AS usage_log_id, u.id AS id, u.card AS card, u.currency AS currency, u.cost_pico AS cost_pico, m.meter AS meter, \
         CASE m.meter{tokens} END AS tokens FROM {record} AS u CROSS JOIN ({list}) AS m) AS t \
         LEFT JOIN card_rate AS cr ON cr.card = t.card AND cr.meter = t.meter \
         LEFT JOIN rate AS r ON r.id = cr.rate LEFT JOIN word AS w ON w.id = t.currency \
         WHERE t.tokens > 0 AND NOT EXISTS (SELECT 1 FROM line_item AS i WHERE i.usage = t.id AND i.core = 1 AND i.meter = t.meter)) AS c \
         UNION ALL SELECT u.record_id AS usage_log_id, i.meter AS meter, i.quantity AS quantity, CASE{units} ELSE 'unit' END AS unit, \
         r.quoted AS rate, r.per AS per, r.multipliers AS multipliers, {own} AS cost, i.cost_pico AS cost_pico, w.text AS currency \
         FROM line_item AS i JOIN {record} AS u ON u.id = i.usage LEFT JOIN rate AS r ON r.id = i.rate LEFT JOIN word AS w ON w.id = u.currency",
        cost = money_text("c.pico"),
        tokens = tokens.concat(),
        list = list.join(" UNION ALL "),
        units = units(),
        own = money_text("i.cost_pico"),
    )
}

/// The arms of a `CASE` that says the unit of the meter of `i`.
fn units() -> String {
    let mut meters: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for meter in METERS {
        let named = meters.entry(meter.unit).or_default();
        named.push(format!("'{}'", meter.name));
    }
    let arm = |(unit, meters): (&str, Vec<String>)| {
        format!(" WHEN i.meter IN ({}) THEN '{unit}'", meters.join(", "))
    };
    meters.into_iter().map(arm).collect()
}

fn daily_costs(record: &str) -> String {
    format!(
        "SELECT c.iso AS day, w_provider.text AS provider, {MODEL} AS model, w_currency.text AS currency, \
         COUNT(*) AS requests, SUM(u.cost_pico) AS cost_pico, {cost} AS cost \
         FROM {record} AS u{day} LEFT JOIN word AS w_provider ON w_provider.id = u.provider \
         LEFT JOIN word AS w_response_model ON w_response_model.id = u.response_model \
         LEFT JOIN word AS w_requested_model ON w_requested_model.id = u.requested_model \
         LEFT JOIN word AS w_currency ON w_currency.id = u.currency \
         GROUP BY c.iso, w_provider.text, {MODEL}, w_currency.text",
        day = join_day("u.ms", "c"),
        cost = money_text("SUM(u.cost_pico)"),
    )
}

/// Entries of credits; what is revoked is below zero.
fn credits() -> String {
    format!(
        "SELECT c.id AS credit_id, c.kind AS kind, w_user.text AS user_id, w_tenant.text AS tenant_id, c.unit AS unit, \
         CASE WHEN c.kind = 'revoke' AND c.amount <> '0' THEN '-' || c.amount ELSE c.amount END AS amount, c.note AS note, \
         {at} AS effective_at, {entered} AS entered_at \
         FROM credit AS c LEFT JOIN word AS w_user ON w_user.id = c.user_id \
         LEFT JOIN word AS w_tenant ON w_tenant.id = c.tenant_id{at_day}{entered_day}",
        at = time_text("c.at_ms", "c_at"),
        entered = time_text("c.entered_ms", "c_entered"),
        at_day = join_day("c.at_ms", "c_at"),
        entered_day = join_day("c.entered_ms", "c_entered"),
    )
}

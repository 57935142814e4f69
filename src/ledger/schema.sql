CREATE TABLE word(
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE CHECK(length(text) <= 16384)
) STRICT;
CREATE TABLE calendar(
  day INTEGER PRIMARY KEY,
  iso TEXT NOT NULL
) STRICT;
CREATE TABLE source(
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  format TEXT NOT NULL,
  status TEXT NOT NULL,
  bytes INTEGER NOT NULL CHECK(bytes >= 0),
  modified_ms INTEGER,
  lines INTEGER NOT NULL CHECK(lines >= 0),
  records INTEGER NOT NULL CHECK(records >= 0),
  rejected INTEGER NOT NULL CHECK(rejected >= 0),
  pending_bytes INTEGER NOT NULL CHECK(pending_bytes >= 0),
  first_run INTEGER NOT NULL REFERENCES run(id),
  last_run INTEGER NOT NULL REFERENCES run(id)
, device INTEGER, inode INTEGER, reader BLOB CHECK(length(reader) = 16), settled INTEGER NOT NULL DEFAULT 0 CHECK(settled IN (0, 1)), resume_at INTEGER CHECK(resume_at > 0), resume_lines INTEGER CHECK(resume_lines >= 0), seal BLOB CHECK(length(seal) = 16)) STRICT;
CREATE TABLE reject(
  run INTEGER NOT NULL REFERENCES run(id),
  source INTEGER NOT NULL REFERENCES source(id),
  line INTEGER NOT NULL,
  byte_offset INTEGER,
  pointer TEXT NOT NULL,
  reason TEXT NOT NULL CHECK(length(reason) <= 500),
  PRIMARY KEY(source, line, pointer, reason)
) STRICT, WITHOUT ROWID;
CREATE TABLE book(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  sha256 TEXT NOT NULL CHECK(length(sha256) = 64),
  UNIQUE(name, version, sha256)
) STRICT;
CREATE TABLE snapshot(
  id INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE CHECK(length(hash) = 16),
  text TEXT NOT NULL
) STRICT;
CREATE TABLE rate(
  id INTEGER PRIMARY KEY,
  quoted TEXT NOT NULL,
  per TEXT NOT NULL,
  multipliers TEXT NOT NULL,
  falls_back_to TEXT,
  pico_per_unit INTEGER,
  hash BLOB NOT NULL UNIQUE CHECK(length(hash) = 16)
) STRICT;
CREATE TABLE rate_card(
  id INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE CHECK(length(hash) = 16),
  book INTEGER NOT NULL REFERENCES book(id),
  snapshot INTEGER NOT NULL REFERENCES snapshot(id),
  sku TEXT NOT NULL,
  period_from TEXT
) STRICT;
CREATE TABLE card_rate(
  card INTEGER NOT NULL REFERENCES rate_card(id),
  meter TEXT NOT NULL,
  rate INTEGER NOT NULL REFERENCES rate(id),
  PRIMARY KEY(card, meter)
) STRICT, WITHOUT ROWID;
CREATE TABLE line_item(
  usage INTEGER NOT NULL REFERENCES usage(id),
  n INTEGER NOT NULL,
  core INTEGER NOT NULL CHECK(core IN (0, 1)),
  meter TEXT NOT NULL,
  quantity TEXT NOT NULL,
  whole INTEGER CHECK(whole >= 0),
  rate INTEGER REFERENCES rate(id),
  billed TEXT,
  cost_pico INTEGER CHECK(cost_pico >= 0),
  rounded INTEGER NOT NULL CHECK(rounded IN (0, 1)),
  PRIMARY KEY(usage, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE item_attribute(
  usage INTEGER NOT NULL REFERENCES usage(id),
  n INTEGER NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY(usage, n, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE note(
  usage INTEGER NOT NULL REFERENCES usage(id),
  n INTEGER NOT NULL,
  kind INTEGER NOT NULL CHECK(kind BETWEEN 0 AND 2),
  text INTEGER NOT NULL REFERENCES word(id),
  PRIMARY KEY(usage, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE search(
  usage INTEGER NOT NULL REFERENCES usage(id),
  n INTEGER NOT NULL,
  provider TEXT,
  count INTEGER NOT NULL CHECK(count >= 0),
  query_chars_total INTEGER,
  response_bytes_total INTEGER,
  status TEXT,
  error_code TEXT,
  PRIMARY KEY(usage, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE tag(
  usage INTEGER NOT NULL REFERENCES usage(id),
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY(usage, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE trail(
  id INTEGER PRIMARY KEY,
  usage INTEGER NOT NULL REFERENCES usage(id),
  run INTEGER NOT NULL REFERENCES run(id),
  what TEXT NOT NULL,
  old_cost_pico INTEGER,
  old_card INTEGER REFERENCES rate_card(id),
  new_cost_pico INTEGER,
  new_card INTEGER REFERENCES rate_card(id)
, old_currency INTEGER REFERENCES word(id), old_status INTEGER CHECK(old_status BETWEEN 0 AND 4), new_currency INTEGER REFERENCES word(id), new_status INTEGER CHECK(new_status BETWEEN 0 AND 4)) STRICT;
CREATE TABLE fx_rate(
  id INTEGER PRIMARY KEY,
  date TEXT NOT NULL CHECK(length(date) = 10),
  from_currency TEXT NOT NULL,
  to_currency TEXT NOT NULL,
  rate TEXT NOT NULL,
  source TEXT NOT NULL,
  book INTEGER NOT NULL REFERENCES book(id),
  UNIQUE(date, from_currency, to_currency, rate, source, book)
) STRICT;
CREATE TABLE fx_way(
  id INTEGER PRIMARY KEY,
  first INTEGER NOT NULL REFERENCES fx_rate(id),
  first_inverse INTEGER NOT NULL CHECK(first_inverse IN (0, 1)),
  second INTEGER REFERENCES fx_rate(id),
  second_inverse INTEGER CHECK(second_inverse IN (0, 1)),
  CHECK((second IS NULL) = (second_inverse IS NULL))
) STRICT;
CREATE INDEX fx_way_first ON fx_way(first);
CREATE INDEX trail_usage ON trail(usage);
CREATE TABLE credit(
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK(kind IN ('grant', 'revoke', 'warn')),
  user_id INTEGER REFERENCES word(id),
  tenant_id INTEGER REFERENCES word(id),
  unit TEXT NOT NULL CHECK(length(unit) BETWEEN 3 AND 8),
  amount TEXT NOT NULL CHECK(length(amount) BETWEEN 1 AND 40),
  at_ms INTEGER NOT NULL,
  entered_ms INTEGER NOT NULL,
  version TEXT NOT NULL,
  note TEXT CHECK(length(note) <= 256),
  CHECK(user_id IS NOT NULL OR tenant_id IS NOT NULL)
) STRICT;
CREATE TABLE profile(
  id INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE CHECK(length(hash) = 16),
  format INTEGER NOT NULL REFERENCES word(id),
  basis INTEGER NOT NULL CHECK(basis BETWEEN 0 AND 3),
  time_basis INTEGER CHECK(time_basis BETWEEN 0 AND 3),
  status INTEGER NOT NULL CHECK(status BETWEEN 0 AND 2),
  part INTEGER REFERENCES word(id),
  cost_status INTEGER NOT NULL CHECK(cost_status BETWEEN 0 AND 4),
  currency INTEGER REFERENCES word(id),
  reasons INTEGER REFERENCES word(id),
  card INTEGER REFERENCES rate_card(id),
  reported_currency INTEGER REFERENCES word(id),
  reported_field INTEGER REFERENCES word(id),
  attributes INTEGER REFERENCES word(id),
  raw_shape INTEGER REFERENCES word(id),
  is_fallback INTEGER CHECK(is_fallback IN (0, 1)),
  fallback_reason INTEGER REFERENCES word(id),
  routing_rule_id INTEGER REFERENCES word(id),
  provider INTEGER REFERENCES word(id),
  requested_model INTEGER REFERENCES word(id),
  response_model INTEGER REFERENCES word(id),
  modality INTEGER REFERENCES word(id),
  region INTEGER REFERENCES word(id),
  service_tier INTEGER REFERENCES word(id),
  endpoint INTEGER REFERENCES word(id),
  operation_type INTEGER REFERENCES word(id),
  entity_type INTEGER REFERENCES word(id),
  content_type INTEGER REFERENCES word(id),
  task_type INTEGER REFERENCES word(id),
  web_enabled INTEGER CHECK(web_enabled IN (0, 1)),
  web_provider INTEGER REFERENCES word(id),
  web_search_mode INTEGER REFERENCES word(id),
  finish_reason INTEGER REFERENCES word(id),
  finish_reason_raw INTEGER REFERENCES word(id),
  content_filtered INTEGER CHECK(content_filtered IN (0, 1)),
  http_status INTEGER,
  error_code INTEGER REFERENCES word(id),
  error_retryable INTEGER CHECK(error_retryable IN (0, 1)),
  CHECK((cost_status = 3) = (currency IS NULL))
) STRICT;
CREATE TABLE party(
  id INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE CHECK(length(hash) = 16),
  tenant_id INTEGER REFERENCES word(id),
  user_id INTEGER REFERENCES word(id),
  agent_id INTEGER REFERENCES word(id),
  workflow_id INTEGER REFERENCES word(id),
  platform INTEGER REFERENCES word(id)
) STRICT;
CREATE TABLE "run"(
  id INTEGER PRIMARY KEY,
  started_ms INTEGER NOT NULL,
  version TEXT NOT NULL,
  what TEXT NOT NULL DEFAULT 'ingest' CHECK(what IN ('ingest', 'reprice', 'forget', 'prune')),
  read INTEGER NOT NULL DEFAULT 0,
  new INTEGER NOT NULL DEFAULT 0,
  duplicate INTEGER NOT NULL DEFAULT 0,
  updated INTEGER NOT NULL DEFAULT 0,
  ignored INTEGER NOT NULL DEFAULT 0,
  rejected INTEGER NOT NULL DEFAULT 0,
  pending INTEGER NOT NULL DEFAULT 0,
  conflicts INTEGER NOT NULL DEFAULT 0,
  repriced INTEGER NOT NULL DEFAULT 0 CHECK(repriced >= 0),
  removed INTEGER NOT NULL DEFAULT 0 CHECK(removed >= 0),
  CHECK(read = new + duplicate + updated + ignored + rejected)
) STRICT;
CREATE TABLE usage(
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL CHECK(length(key) = 16),
  facts INTEGER NOT NULL,
  chk INTEGER NOT NULL,
  run INTEGER NOT NULL REFERENCES run(id),
  source INTEGER NOT NULL REFERENCES source(id),
  line INTEGER NOT NULL,
  ms INTEGER,
  profile INTEGER NOT NULL REFERENCES profile(id),
  party INTEGER REFERENCES party(id),
  sides INTEGER NOT NULL,
  cost_pico INTEGER CHECK(cost_pico >= 0),
  input INTEGER NOT NULL CHECK(input >= 0),
  cache_read INTEGER NOT NULL CHECK(cache_read >= 0),
  cache_write INTEGER NOT NULL CHECK(cache_write >= 0),
  cache_write_1h INTEGER NOT NULL CHECK(cache_write_1h >= 0),
  output INTEGER NOT NULL CHECK(output >= 0),
  reasoning INTEGER NOT NULL CHECK(reasoning >= 0),
  response_id TEXT,
  raw_numbers TEXT,
  stated_total INTEGER,
  tool_call_count INTEGER,
  response_length_chars INTEGER,
  prompt_length_chars INTEGER,
  latency_ms INTEGER,
  request_id TEXT,
  provider_created_at INTEGER,
  started_at INTEGER,
  finished_at INTEGER,
  ttft_ms INTEGER,
  ttfb_ms INTEGER,
  first_token_at INTEGER,
  headers_received_at INTEGER,
  conversation_id TEXT,
  prompt_hash TEXT,
  response_bytes INTEGER,
  pointer TEXT,
  reported_amount TEXT,
  idempotency_key TEXT,
  attempt_index INTEGER,
  parent_usage_log_id TEXT,
  entity_id TEXT,
  content_id TEXT,
  error_message TEXT CHECK(length(error_message) <= 500),
  prompt_tokens_estimated INTEGER,
  web_budget_count INTEGER,
  web_search_count INTEGER,
  queue_wait_ms INTEGER,
  network_ms INTEGER,
  server_processing_ms INTEGER,
  usd_pico INTEGER CHECK(usd_pico >= 0),
  usd_way INTEGER REFERENCES fx_way(id),
  rub_pico INTEGER CHECK(rub_pico >= 0),
  rub_way INTEGER REFERENCES fx_way(id)
) STRICT;
CREATE TABLE key_row(
  key BLOB PRIMARY KEY CHECK(length(key) = 16),
  usage INTEGER REFERENCES usage(id)
) STRICT, WITHOUT ROWID;
CREATE TABLE also(
  usage INTEGER NOT NULL REFERENCES usage(id),
  source INTEGER NOT NULL REFERENCES source(id),
  PRIMARY KEY(usage, source)
) STRICT, WITHOUT ROWID;
CREATE TABLE roll_profile(
  day INTEGER NOT NULL,
  profile INTEGER NOT NULL REFERENCES profile(id),
  records INTEGER NOT NULL,
  first_ms INTEGER,
  last_ms INTEGER,
  input INTEGER NOT NULL,
  cache_read INTEGER NOT NULL,
  cache_write INTEGER NOT NULL,
  cache_write_1h INTEGER NOT NULL,
  output INTEGER NOT NULL,
  reasoning INTEGER NOT NULL,
  cost_units INTEGER NOT NULL,
  cost_pico INTEGER NOT NULL CHECK(cost_pico BETWEEN 0 AND 999999999999),
  PRIMARY KEY(day, profile)
) STRICT, WITHOUT ROWID;
CREATE TABLE roll_kept(
  day INTEGER NOT NULL,
  profile INTEGER NOT NULL REFERENCES profile(id),
  records INTEGER NOT NULL,
  first_ms INTEGER,
  last_ms INTEGER,
  input INTEGER NOT NULL,
  cache_read INTEGER NOT NULL,
  cache_write INTEGER NOT NULL,
  cache_write_1h INTEGER NOT NULL,
  output INTEGER NOT NULL,
  reasoning INTEGER NOT NULL,
  cost_units INTEGER NOT NULL,
  cost_pico INTEGER NOT NULL CHECK(cost_pico BETWEEN 0 AND 999999999999),
  PRIMARY KEY(day, profile)
) STRICT, WITHOUT ROWID;
CREATE TABLE roll_party(
  day INTEGER NOT NULL,
  party INTEGER NOT NULL,
  class INTEGER NOT NULL,
  records INTEGER NOT NULL,
  first_ms INTEGER,
  last_ms INTEGER,
  input INTEGER NOT NULL,
  cache_read INTEGER NOT NULL,
  cache_write INTEGER NOT NULL,
  cache_write_1h INTEGER NOT NULL,
  output INTEGER NOT NULL,
  reasoning INTEGER NOT NULL,
  cost_units INTEGER NOT NULL,
  cost_pico INTEGER NOT NULL CHECK(cost_pico BETWEEN 0 AND 999999999999),
  PRIMARY KEY(day, party, class)
) STRICT, WITHOUT ROWID;
CREATE INDEX usage_apart ON usage(id) WHERE sides & 21 <> 0;
CREATE TABLE control(
  name TEXT PRIMARY KEY,
  records INTEGER NOT NULL,
  sum INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE segment(
  chunk INTEGER PRIMARY KEY,
  rows INTEGER NOT NULL CHECK(rows BETWEEN 1 AND 4096),
  columns BLOB NOT NULL
) STRICT;

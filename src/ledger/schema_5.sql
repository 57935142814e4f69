-- Schema 5. Never edit: a change is a new file and a new version.
-- A record's row is narrow: what many records share stands once, in `profile` (how they were read, what
-- served and priced them, how they ended) and `party` (whose they are), and the row points there. Keys
-- have a table of their own. Sums per day are kept beside the rows in the same transaction: `roll_profile`
-- and `roll_party`. `run.removed` counts the records of a run
-- that were taken out again. `chk` is a hash of everything that is stored for a record, `control` sums of such
-- hashes: against rot, not against tampering. The old rows are moved by the program (`upgrade.rs`).

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

CREATE TABLE run_5(
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
INSERT INTO run_5(id, started_ms, version, what, read, new, duplicate, updated, ignored, rejected, pending, conflicts, repriced)
  SELECT id, started_ms, version, what, read, new, duplicate, updated, ignored, rejected, pending, conflicts, repriced FROM run;
DROP TABLE run;
ALTER TABLE run_5 RENAME TO run;

CREATE TABLE usage_4 AS SELECT * FROM usage;
DROP TABLE usage;

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

-- Without a row the record was pruned or forgotten: it does not come back when its log is read again.
CREATE TABLE key_row(
  key BLOB PRIMARY KEY CHECK(length(key) = 16),
  usage INTEGER REFERENCES usage(id)
) STRICT, WITHOUT ROWID;

-- Sources beside its first one that a record was met in: it is theirs as well when that one is forgotten.
CREATE TABLE also(
  usage INTEGER NOT NULL REFERENCES usage(id),
  source INTEGER NOT NULL REFERENCES source(id),
  PRIMARY KEY(usage, source)
) STRICT, WITHOUT ROWID;

-- One row per day and profile, of the records that have nothing but what the row says: no line items of
-- their own, no searches, no stated cost. `day` counts from 1970 in UTC; -2147483648 is no time at all.
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

-- What is kept of records that were pruned: totals that name nobody.
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

-- The same by who: party 0 is nobody, `class` packs what a total tells apart (see `rollups.rs`), and day
-- 2147483647 holds all days together.
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

-- Records that are in no roll-up are few as a rule; this finds them without a look at the others.
CREATE INDEX usage_apart ON usage(id) WHERE sides & 21 <> 0;

CREATE TABLE control(
  name TEXT PRIMARY KEY,
  records INTEGER NOT NULL,
  sum INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

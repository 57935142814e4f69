-- Schema 3. Never edit: a change is a new file and a new version.
-- Credits: what a user or a tenant was granted. Entries are only ever added; a correction is another
-- entry. No balance is stored: it follows from the entries and the records. `amount` is a decimal
-- number, never below zero; `unit` is a currency code, or `tokens`.

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

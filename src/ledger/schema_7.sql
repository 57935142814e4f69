-- Schema 7. Never edit: a change is a new file and a new version.
-- Beside the rows stand their numbers column by column, for the questions that sums per day cannot answer:
-- `segment` holds those of the rows `chunk * 4096 + 1` to `chunk * 4096 + 4096`. It says nothing that the rows
-- do not say, goes with the first of them that changes, and comes back at the end of the run.

CREATE TABLE segment(
  chunk INTEGER PRIMARY KEY,
  rows INTEGER NOT NULL CHECK(rows BETWEEN 1 AND 4096),
  columns BLOB NOT NULL
) STRICT;

-- Schema 4. Never edit: a change is a new file and a new version.
-- What tells whether a source must be read again (the file's number, a hash of what decided how it was
-- read, whether its time of change was settled), and where reading of a grown file goes on.

ALTER TABLE source ADD COLUMN device INTEGER;
ALTER TABLE source ADD COLUMN inode INTEGER;
ALTER TABLE source ADD COLUMN reader BLOB CHECK(length(reader) = 16);
ALTER TABLE source ADD COLUMN settled INTEGER NOT NULL DEFAULT 0 CHECK(settled IN (0, 1));
ALTER TABLE source ADD COLUMN resume_at INTEGER CHECK(resume_at > 0);
ALTER TABLE source ADD COLUMN resume_lines INTEGER CHECK(resume_lines >= 0);
ALTER TABLE source ADD COLUMN seal BLOB CHECK(length(seal) = 16);

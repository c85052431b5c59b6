-- What came of each item, as it was said: boxes of the vault in the order in which they were kept, of which the first that
-- has an item counts. The call under the same key again is answered out of them.
ALTER TABLE access.batch ADD COLUMN outcomes jsonb NOT NULL DEFAULT '[]';

GRANT UPDATE (outcomes) ON access.batch TO intraparis_writer;

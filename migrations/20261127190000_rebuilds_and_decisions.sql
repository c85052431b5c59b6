-- Where the journal was when a rebuild was begun: what operators decided since about events that it has passed, it has not
-- followed.
ALTER TABLE projections.projection ADD COLUMN begun_at bigint NOT NULL DEFAULT 0;

-- The keys that seal personal data. They stand in a schema of their own so that they are backed up apart.
--
-- What a backup must do:
-- 1. Journal and vault go to different places, and the master key to a third: who holds the backup of the journal
--    must not hold the keys of what it contains (`pg_dump --exclude-schema=vault`, `pg_dump --schema=vault`).
-- 2. A backup of the vault must outlive no destruction: keep few, for days. The list of destroyed keys is exported
--    after every destruction and kept elsewhere; whoever restores a vault re-applies it before the service starts.
-- 3. Copies of a wrapped key that was destroyed stay for a while in dead rows, in the write-ahead log and in old
--    backups. They open nothing without the master key that wrapped them: rotate it at least once a year, and
--    forget the former one.
CREATE SCHEMA vault;

CREATE TABLE vault.key (
    id uuid PRIMARY KEY,
    -- The person or account that the data is about; the nil UUID for the vault's own keys.
    subject uuid NOT NULL,
    purpose text NOT NULL,
    -- 'YYYY-MM' or 'always', which sorts after every month.
    period text COLLATE "C" NOT NULL CHECK (period ~ '^([0-9]{4}-(0[1-9]|1[0-2])|always)$'),
    -- The master key that it is wrapped under, and nonce (24 bytes), key (32) and tag (16): both gone once destroyed.
    master uuid,
    wrapped bytea CHECK (octet_length(wrapped) = 72),
    created_at timestamptz NOT NULL DEFAULT now(),
    destroyed_at timestamptz,
    CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL)),
    CHECK ((wrapped IS NULL) = (master IS NULL)),
    CHECK ((subject = '00000000-0000-0000-0000-000000000000') = (purpose IN ('name-index', 'source-tag')))
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1);

-- One living key a subject, purpose and period. Destroyed ones stay as receipts, and what is sealed afterwards is
-- sealed under a new one.
CREATE UNIQUE INDEX key_living ON vault.key (subject, purpose, period) WHERE destroyed_at IS NULL;

CREATE FUNCTION vault.refuse_resurrection() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog
AS $$
BEGIN
    RAISE EXCEPTION 'key % was destroyed on %', OLD.id, OLD.destroyed_at USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER destruction_is_final BEFORE UPDATE ON vault.key
    FOR EACH ROW WHEN (OLD.destroyed_at IS NOT NULL) EXECUTE FUNCTION vault.refuse_resurrection();

-- Changes in every transaction that destroys a key. Processes keep keys in memory for as long as they see it
-- unchanged. Random rather than counted: a restored backup must not come to a value that was seen before.
CREATE TABLE vault.generation (
    value uuid NOT NULL DEFAULT gen_random_uuid(),
    single boolean PRIMARY KEY DEFAULT true CHECK (single)
);

INSERT INTO vault.generation DEFAULT VALUES;

GRANT USAGE ON SCHEMA vault TO intraparis_writer, intraparis_reader;
GRANT SELECT ON vault.key, vault.generation TO intraparis_writer, intraparis_reader;
GRANT INSERT (id, subject, purpose, period, master, wrapped, destroyed_at) ON vault.key TO intraparis_writer;
GRANT UPDATE (master, wrapped, destroyed_at) ON vault.key TO intraparis_writer;
GRANT UPDATE (value) ON vault.generation TO intraparis_writer;

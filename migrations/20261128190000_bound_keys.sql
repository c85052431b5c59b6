-- A call of many commands has its client's key where single commands have theirs: of two that come under one key at the same
-- instant, one alone is done. By itself the call records nothing; each of its commands has a key of its own.
--
-- Says whether the key is the call's: not, when it came with something else before.
CREATE FUNCTION journal.bind_key(actor text, actor_id uuid, key text, fingerprint bytea, OUT bound boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    last    bigint;
    instant timestamptz;
BEGIN
    -- The head row first and until commit, as in journal.append: whoever holds it is alone with the keys.
    SELECT h.position, greatest(h.recorded_at, clock_timestamp()) INTO STRICT last, instant
    FROM journal.head h ORDER BY h.one DESC LIMIT 1 FOR NO KEY UPDATE;
    INSERT INTO journal.idempotency (key, actor_id, actor, fingerprint, outcome, position, version, recorded_at)
    VALUES (key, actor_id, actor, fingerprint, '', last, 0, instant) ON CONFLICT DO NOTHING;
    SELECT k.fingerprint = fingerprint INTO STRICT bound
    FROM journal.idempotency k WHERE k.key = key AND k.actor_id = actor_id AND k.actor = actor;
END
$$;

REVOKE ALL ON FUNCTION journal.bind_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION journal.bind_key TO intraparis_writer;

-- Those of before. `access.batch` keeps its fingerprints for builds that know no other.
INSERT INTO journal.idempotency (key, actor_id, actor, fingerprint, outcome, position, version, recorded_at)
SELECT b.key, b.account, 'account', b.fingerprint, '', h.position, 0, greatest(h.recorded_at, clock_timestamp())
FROM access.batch b CROSS JOIN (SELECT * FROM journal.head ORDER BY one DESC LIMIT 1 FOR NO KEY UPDATE) h
ON CONFLICT DO NOTHING;

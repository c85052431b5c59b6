-- journal.append for what most often comes: one command with one event, alone. It does the same to the same rows in the
-- same order, without arrays to unpack and without looking for losers: when this command loses, the call fails with
-- unique_violation or serialization_failure, and is to be made again by journal.append, carefully.
CREATE FUNCTION journal.append_lone(
    actor text, actor_id uuid, capacity text, occurred_at timestamptz, correlation uuid, causation uuid, trace bytea,
    key text, fingerprint bytea, outcome bytea,
    stream_type text, stream_id uuid, version int,
    id uuid, type text, schema_version smallint, payload bytea,
    OUT at bigint, OUT instant timestamptz
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog
-- As in journal.append.
SET enable_seqscan = off SET jit = off SET plan_cache_mode = force_generic_plan SET client_encoding = 'UTF8'
AS $$
#variable_conflict use_variable
DECLARE
    front bytea[];
    leaf  bytea;
BEGIN
    SELECT h.position + 1, greatest(h.recorded_at, clock_timestamp()), h.frontier INTO STRICT at, instant, front
    FROM journal.head h FOR NO KEY UPDATE;
    IF key IS NOT NULL THEN
        INSERT INTO journal.idempotency (key, actor_id, actor, fingerprint, outcome, position, version, recorded_at)
        VALUES (key, coalesce(actor_id, '00000000-0000-0000-0000-000000000000'), actor, fingerprint, outcome, at,
            version, instant);
    END IF;
    IF version = 1 THEN
        INSERT INTO journal.stream (id, type, version) VALUES (stream_id, stream_type, 1);
    ELSE
        UPDATE journal.stream k SET version = version
        WHERE k.id = stream_id AND k.type = stream_type AND k.version = version - 1;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the stream is not at the version expected' USING ERRCODE = 'serialization_failure';
        END IF;
    END IF;
    leaf := journal.leaf(id, stream_type, stream_id, version, type, schema_version, instant, occurred_at, actor,
        actor_id, capacity, correlation, causation, trace, key, payload);
    INSERT INTO journal.event (position, id, stream_type, stream_id, version, type, schema_version, recorded_at,
        occurred_at, actor, actor_id, capacity, correlation, causation, trace, idempotency_key, payload, leaf)
    VALUES (at, id, stream_type, stream_id, version, type, schema_version, instant, occurred_at, actor, actor_id,
        capacity, correlation, causation, trace, key, payload, leaf);
    front := journal.fold_frontier(front, at - 1, ARRAY[leaf]);
    UPDATE journal.head SET position = at, recorded_at = instant, frontier = front, root = journal.root_of(front);
END
$$;

REVOKE ALL ON FUNCTION journal.append_lone FROM PUBLIC;
GRANT EXECUTE ON FUNCTION journal.append_lone TO intraparis_writer;

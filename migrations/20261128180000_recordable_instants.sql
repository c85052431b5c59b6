-- What happened did so at an instant of the years 1970 to 9999: no infinity and no year that a reader has no date for. A
-- writer who does not say whether losers are looked for, or says more of his streams than there are, is looked at carefully
-- or refused: a comparison with NULL let the events of a command that had lost in. Nothing else differs from the functions
-- before.

CREATE OR REPLACE FUNCTION journal.append(
    c_actor text[], c_actor_id uuid[], c_capacity text[], c_occurred_at timestamptz[], c_correlation uuid[],
    c_causation uuid[], c_trace bytea[], c_key text[], c_fingerprint bytea[], c_outcome bytea[], c_version int[],
    c_events int[],
    s_command int[], s_type text[], s_id uuid[], s_expected int[], s_count int[],
    e_stream int[], e_version int[], e_id uuid[], e_type text[], e_schema smallint[], e_payload bytea[],
    careful boolean,
    OUT status text[], OUT positions bigint[], OUT versions int[], OUT recorded_at timestamptz[], OUT outcomes bytea[]
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
-- The plans are kept from the first calls on, when the tables are small: none may read a whole table, and all joins
-- are from a row of the call to a row of a table by its key.
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
SET plan_cache_mode = force_generic_plan
-- Leaves are of texts in UTF-8, whatever the writer's session speaks.
SET client_encoding = 'UTF8'
AS $$
#variable_conflict use_variable
DECLARE
    nobody   CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
    commands CONSTANT int := cardinality(c_actor);
    streams  CONSTANT int := cardinality(s_command);
    events   CONSTANT int := cardinality(e_stream);
    place    tid;
    base     bigint;
    last     bigint;
    instant  timestamptz;
    front    bytea[];
    leaves   bytea[];
    moved    int;
    begun    int := 0;
    command  int := 0;
    event    int := 0;
    due      int := 0;
    loser    int;
    known    record;
BEGIN
    -- 0. What the call says of itself agrees, or nobody waits for it: the events stand in the order of their streams, and
    -- these in that of their commands; each stream has as many as it says, numbered on from where it is expected, and each
    -- command as many as its streams. A loop, because a statement over so few numbers costs more than all of its turns.
    FOR s IN 1 .. streams LOOP
        IF s_command[s] IS DISTINCT FROM command THEN
            IF (event = due AND s_command[s] = command + 1) IS NOT TRUE THEN
                RAISE EXCEPTION 'command % has other events than it says', command USING ERRCODE = 'data_exception';
            END IF;
            command := command + 1;
            due := due + c_events[command];
            IF (c_occurred_at[command] >= timestamptz '1970-01-01 00:00:00+00'
                AND c_occurred_at[command] < timestamptz '10000-01-01 00:00:00+00') IS NOT TRUE THEN
                RAISE EXCEPTION 'command % has no instant that is recorded', command USING ERRCODE = 'data_exception';
            END IF;
        END IF;
        IF (s_count[s] >= 0) IS NOT TRUE THEN
            RAISE EXCEPTION 'stream % has less than no events', s USING ERRCODE = 'data_exception';
        END IF;
        FOR version IN s_expected[s] + 1 .. s_expected[s] + s_count[s] LOOP
            event := event + 1;
            IF (e_stream[event] = s AND e_version[event] = version) IS NOT TRUE THEN
                RAISE EXCEPTION 'event % is not version % of stream %', event, version, s USING ERRCODE = 'data_exception';
            END IF;
        END LOOP;
    END LOOP;
    IF (event = due AND event = events AND command = commands AND cardinality(c_events) = commands
        AND cardinality(s_expected) = streams AND cardinality(s_count) = streams) IS NOT TRUE THEN
        RAISE EXCEPTION 'the call has other events than its commands say' USING ERRCODE = 'data_exception';
    END IF;

    -- 1. The head row, first and until commit. Times never go back along positions, whatever the clocks do.
    SELECT h.ctid, h.position, greatest(h.recorded_at, clock_timestamp()), h.frontier
    INTO STRICT place, base, instant, front
    FROM journal.head h ORDER BY h.one DESC LIMIT 1 FOR NO KEY UPDATE;
    status := array_fill(NULL::text, ARRAY[commands]);
    positions := array_fill(NULL::bigint, ARRAY[commands]);
    versions := c_version;
    recorded_at := array_fill(instant, ARRAY[commands]);
    outcomes := array_fill(NULL::bytea, ARRAY[commands]);

    -- 2. Who loses: a stream is not where it was thought to be, or a key is known already.
    careful := (careful OR 0 = ANY (s_count)) IS NOT FALSE;
    IF careful THEN
        FOR loser IN
            SELECT s_command[n] FROM generate_series(1, streams) n
            LEFT JOIN journal.stream k ON k.id = s_id[n] AND k.type = s_type[n]
            WHERE coalesce(k.version, 0) <> s_expected[n]
        LOOP
            status[loser] := 'conflict';
        END LOOP;
        FOR known IN
            SELECT n, k.* FROM generate_series(1, commands) n
            JOIN journal.idempotency k
              ON k.key = c_key[n] AND k.actor_id = coalesce(c_actor_id[n], nobody) AND k.actor = c_actor[n]
        LOOP
            IF known.fingerprint = c_fingerprint[known.n] THEN
                status[known.n] := 'replayed';
                positions[known.n] := known.position;
                versions[known.n] := known.version;
                recorded_at[known.n] := known.recorded_at;
                outcomes[known.n] := known.outcome;
            ELSE
                status[known.n] := 'reused';
            END IF;
        END LOOP;
    END IF;
    last := base;
    FOR i IN 1 .. commands LOOP
        IF status[i] IS NULL THEN
            status[i] := 'appended';
            last := last + c_events[i];
            positions[i] := last;
        END IF;
    END LOOP;
    INSERT INTO journal.idempotency (key, actor_id, actor, fingerprint, outcome, position, version, recorded_at)
    SELECT c_key[n], coalesce(c_actor_id[n], nobody), c_actor[n], c_fingerprint[n], c_outcome[n], positions[n],
        c_version[n], instant
    FROM generate_series(1, commands) n WHERE c_key[n] IS NOT NULL AND status[n] = 'appended';
    IF last = base THEN
        RETURN;
    END IF;

    -- 3. The streams.
    UPDATE journal.stream k SET version = k.version + s.count
    FROM (SELECT s_command[n] AS command, s_id[n] AS id, s_type[n] AS type, s_expected[n] AS expected, s_count[n] AS count
          FROM generate_series(1, streams) n WHERE s_expected[n] > 0 AND s_count[n] > 0 OFFSET 0) s
    WHERE k.id = s.id AND k.type = s.type AND k.version = s.expected AND status[s.command] = 'appended';
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF 0 = ANY (s_expected) THEN
        INSERT INTO journal.stream (id, type, version)
        SELECT s_id[n], s_type[n], s_count[n] FROM generate_series(1, streams) n
        WHERE s_expected[n] = 0 AND s_count[n] > 0 AND status[s_command[n]] = 'appended';
        GET DIAGNOSTICS begun = ROW_COUNT;
    END IF;
    IF NOT careful AND moved + begun <> streams THEN
        RAISE EXCEPTION 'a stream is not at the version expected' USING ERRCODE = 'serialization_failure';
    END IF;

    -- 4. The events, and the tree over them.
    WITH written AS (
        INSERT INTO journal.event (position, id, stream_type, stream_id, version, type, schema_version, recorded_at,
            occurred_at, actor, actor_id, capacity, correlation, causation, trace, idempotency_key, payload, leaf)
        SELECT base + row_number() OVER (ORDER BY n), id, stream_type, stream_id, version, type, schema_version, instant,
            occurred_at, actor, actor_id, capacity, correlation, causation, trace, key, payload,
            journal.leaf(id, stream_type, stream_id, version, type, schema_version, instant, occurred_at, actor,
                actor_id, capacity, correlation, causation, trace, key, payload)
        FROM (
            SELECT n, e_id[n] AS id, s_type[s] AS stream_type, s_id[s] AS stream_id, e_version[n] AS version,
                e_type[n] AS type, e_schema[n] AS schema_version, c_occurred_at[c] AS occurred_at, c_actor[c] AS actor,
                c_actor_id[c] AS actor_id, c_capacity[c] AS capacity, c_correlation[c] AS correlation,
                c_causation[c] AS causation, c_trace[c] AS trace, c_key[c] AS key, e_payload[n] AS payload
            FROM (SELECT n, e_stream[n] AS s, s_command[e_stream[n]] AS c FROM generate_series(1, events) n OFFSET 0) e
            WHERE status[c] = 'appended' OFFSET 0
        ) e
        RETURNING position, leaf
    )
    SELECT array_agg(leaf ORDER BY position) INTO leaves FROM written;
    IF cardinality(leaves) IS DISTINCT FROM (last - base)::int THEN
        RAISE EXCEPTION 'the commands have other events than they say';
    END IF;
    front := journal.fold_frontier(front, base, leaves);
    UPDATE journal.head
    SET position = last, recorded_at = instant, frontier = front, root = journal.root_of(front)
    WHERE ctid = place;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the head row is not where it was locked';
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION journal.append_lone(
    actor text, actor_id uuid, capacity text, occurred_at timestamptz, correlation uuid, causation uuid, trace bytea,
    key text, fingerprint bytea, outcome bytea,
    stream_type text, stream_id uuid, version int,
    id uuid, type text, schema_version smallint, payload bytea,
    OUT at bigint, OUT instant timestamptz
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
-- As in journal.append.
SET enable_seqscan = off SET jit = off SET plan_cache_mode = force_generic_plan SET client_encoding = 'UTF8'
AS $$
#variable_conflict use_variable
DECLARE
    place tid;
    front bytea[];
    leaf  bytea;
BEGIN
    IF (occurred_at >= timestamptz '1970-01-01 00:00:00+00'
        AND occurred_at < timestamptz '10000-01-01 00:00:00+00') IS NOT TRUE THEN
        RAISE EXCEPTION 'the command has no instant that is recorded' USING ERRCODE = 'data_exception';
    END IF;
    SELECT h.ctid, h.position + 1, greatest(h.recorded_at, clock_timestamp()), h.frontier
    INTO STRICT place, at, instant, front
    FROM journal.head h ORDER BY h.one DESC LIMIT 1 FOR NO KEY UPDATE;
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
    UPDATE journal.head SET position = at, recorded_at = instant, frontier = front, root = journal.root_of(front)
    WHERE ctid = place;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the head row is not where it was locked';
    END IF;
END
$$;

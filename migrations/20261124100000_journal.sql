-- The journal: every event of every aggregate, in one total, dense order, never changed.
--
-- Writers call journal.append and nothing else. It takes, in one transaction, the commands that queued while the
-- transaction before it was flushed. It locks the head row first and until commit, and no other row before it, so that
-- nodes cannot deadlock, and so that all it reads after is what the append before it has committed. Whoever holds the
-- head row is the only one to give positions, and a position is visible only when all before it are: a reader of any
-- snapshot sees a prefix. No sequence (an aborted append burns nothing), no clock, no transaction id, no advisory lock
-- takes part.

CREATE SCHEMA journal;

CREATE TABLE journal.head (
    one         boolean     PRIMARY KEY DEFAULT true CHECK (one),
    position    bigint      NOT NULL,
    recorded_at timestamptz NOT NULL,
    -- RFC 9162 §2.1: the hashes of the complete subtrees that the first `position` leaves fall into, largest first,
    -- and the root over them.
    frontier    bytea[]     NOT NULL,
    root        bytea       NOT NULL
) WITH (fillfactor = 10);

INSERT INTO journal.head VALUES (true, 0, '1970-01-01Z', '{}', sha256(''));

CREATE TABLE journal.stream (
    id      uuid    NOT NULL,
    type    text    NOT NULL COLLATE "C",
    version integer NOT NULL,
    PRIMARY KEY (id, type)
) WITH (fillfactor = 70);

CREATE TABLE journal.event (
    position        bigint      PRIMARY KEY,
    id              uuid        NOT NULL,
    stream_type     text        NOT NULL COLLATE "C",
    stream_id       uuid        NOT NULL,
    version         integer     NOT NULL,
    type            text        NOT NULL COLLATE "C",
    schema_version  smallint    NOT NULL,
    recorded_at     timestamptz NOT NULL,
    occurred_at     timestamptz NOT NULL,
    actor           text        NOT NULL COLLATE "C",
    actor_id        uuid,
    capacity        text        NOT NULL COLLATE "C",
    correlation     uuid        NOT NULL,
    causation       uuid,
    trace           bytea,
    idempotency_key text        COLLATE "C",
    -- Bytes, not jsonb: jsonb reorders and reformats what the hash is taken of.
    payload         bytea       NOT NULL,
    -- journal.leaf of the other columns.
    leaf            bytea       NOT NULL,
    -- The id first: it tells two streams apart in one comparison.
    UNIQUE (stream_id, stream_type, version)
);

CREATE TABLE journal.idempotency (
    key          text    NOT NULL COLLATE "C",
    actor_id     uuid    NOT NULL,
    actor        text    NOT NULL COLLATE "C",
    fingerprint  bytea   NOT NULL,
    outcome      bytea   NOT NULL,
    position     bigint  NOT NULL,
    version      integer NOT NULL,
    recorded_at  timestamptz NOT NULL,
    PRIMARY KEY (key, actor_id, actor)
);

-- States of long streams, to be thrown away at any time; one of another fold is not read.
CREATE TABLE journal.snapshot (
    stream_type text    NOT NULL,
    stream_id   uuid    NOT NULL,
    fold        integer NOT NULL,
    version     integer NOT NULL,
    state       bytea   NOT NULL,
    PRIMARY KEY (stream_type, stream_id)
);

-- RFC 9162 §2.1.1: SHA-256(0x00 ‖ leaf), the leaf being the event's columns as PostgreSQL sends a composite value: how many
-- there are, then for each the OID of its type, its length in bytes, or -1 for NULL, and its bytes; texts in the client's
-- encoding, which whoever appends or checks has to be UTF-8. The append computes it of what it inserts, so that no writer
-- can claim another; it is taken into the plan of the statement that calls it, where a generated column would be parsed
-- again by each. The position is bound by the leaf's index in the tree.
CREATE FUNCTION journal.leaf(
    id uuid, stream_type text, stream_id uuid, version int, type text, schema_version smallint, recorded_at timestamptz,
    occurred_at timestamptz, actor text, actor_id uuid, capacity text, correlation uuid, causation uuid, trace bytea,
    idempotency_key text, payload bytea
) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
RETURN sha256('\x00'::bytea || record_send(ROW(
    id, stream_type, stream_id, version, type, schema_version, recorded_at, occurred_at, actor, actor_id, capacity,
    correlation, causation, trace, idempotency_key, payload)));

-- The frontier of RFC 9162 §2.1 after more leaves: n leaves have one complete subtree for each bit of n.
CREATE FUNCTION journal.fold_frontier(frontier bytea[], size bigint, leaves bytea[]) RETURNS bytea[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    stack bytea[] := frontier;
    top   int     := cardinality(frontier);
    n     bigint  := size;
    bits  bigint;
    node  bytea;
BEGIN
    FOREACH node IN ARRAY leaves LOOP
        bits := n;
        WHILE bits & 1 = 1 LOOP
            node := sha256('\x01'::bytea || stack[top] || node);
            top := top - 1;
            bits := bits >> 1;
        END LOOP;
        top := top + 1;
        stack[top] := node;
        n := n + 1;
    END LOOP;
    RETURN stack[1:top];
END
$$;

-- The root of RFC 9162 §2.1 over a frontier.
CREATE FUNCTION journal.root_of(frontier bytea[]) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    top  int   := cardinality(frontier);
    root bytea := frontier[top];
BEGIN
    IF top = 0 THEN
        RETURN sha256('');
    END IF;
    FOR i IN REVERSE top - 1 .. 1 LOOP
        root := sha256('\x01'::bytea || frontier[i] || root);
    END LOOP;
    RETURN root;
END
$$;

-- Appends the events of several commands in one transaction. A command is appended whole or not at all, and one
-- that loses does not hinder the others.
--
-- c_*: one row a command, with what is recorded with each of its events; c_version is that of its first stream after it.
-- s_*: one row a stream that a command names, with the version it expects, and how many events it gets: none to
--      check the version alone. No two commands of a call name one stream or one key.
-- e_*: one row an event, in the order of their commands; e_stream is its row in s_*.
-- careful: whether to look for losers first. Without, nobody is expected to lose, and nothing is read: if somebody does,
--      the call fails with unique_violation or serialization_failure, and is to be made again, carefully.
--
-- Answers, for each command:
--   appended  with the position of its last event;
--   replayed  its idempotency key is known: first outcome, position and version, nothing appended;
--   reused    its idempotency key is known for another request;
--   conflict  a stream is not at the version expected.
CREATE FUNCTION journal.append(
    c_actor text[], c_actor_id uuid[], c_capacity text[], c_occurred_at timestamptz[], c_correlation uuid[],
    c_causation uuid[], c_trace bytea[], c_key text[], c_fingerprint bytea[], c_outcome bytea[], c_version int[],
    c_events int[],
    s_command int[], s_type text[], s_id uuid[], s_expected int[], s_count int[],
    e_stream int[], e_version int[], e_id uuid[], e_type text[], e_schema smallint[], e_payload bytea[],
    careful boolean,
    OUT status text[], OUT positions bigint[], OUT versions int[], OUT recorded_at timestamptz[], OUT outcomes bytea[]
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog
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
    base     bigint;
    last     bigint;
    instant  timestamptz;
    front    bytea[];
    leaves   bytea[];
    moved    int;
    begun    int := 0;
    loser    int;
    known    record;
BEGIN
    -- 1. The head row, first and until commit. Times never go back along positions, whatever the clocks do.
    SELECT h.position, greatest(h.recorded_at, clock_timestamp()), h.frontier INTO STRICT base, instant, front
    FROM journal.head h FOR NO KEY UPDATE;
    status := array_fill(NULL::text, ARRAY[commands]);
    positions := array_fill(NULL::bigint, ARRAY[commands]);
    versions := c_version;
    recorded_at := array_fill(instant, ARRAY[commands]);
    outcomes := array_fill(NULL::bytea, ARRAY[commands]);

    -- 2. Who loses: a stream is not where it was thought to be, or a key is known already.
    careful := careful OR 0 = ANY (s_count);
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
    SET position = last, recorded_at = instant, frontier = front, root = journal.root_of(front);
END
$$;

-- Keeps the newest snapshot of a stream; an older one, or one of an older fold, does not replace it.
CREATE FUNCTION journal.keep_snapshot(stream_type text, stream_id uuid, fold int, version int, state bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    INSERT INTO journal.snapshot AS kept (stream_type, stream_id, fold, version, state)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (stream_type, stream_id) DO UPDATE
    SET fold = excluded.fold, version = excluded.version, state = excluded.state
    WHERE (kept.fold, kept.version) < (excluded.fold, excluded.version)
$$;

-- Nobody changes what was recorded: not the owner, and not a session that asks for it. ALWAYS, so that
-- session_replication_role does not open it; a superuser who drops the trigger is found by the root.
CREATE FUNCTION journal.refuse() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of %.% is refused: the journal only grows', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON journal.event FOR EACH ROW EXECUTE FUNCTION journal.refuse();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON journal.event FOR EACH STATEMENT EXECUTE FUNCTION journal.refuse();
CREATE TRIGGER stays BEFORE DELETE ON journal.head FOR EACH ROW EXECUTE FUNCTION journal.refuse();
CREATE TRIGGER stays_whole BEFORE TRUNCATE ON journal.head FOR EACH STATEMENT EXECUTE FUNCTION journal.refuse();
CREATE TRIGGER grows AFTER UPDATE ON journal.head FOR EACH ROW
    WHEN (new.position <= old.position OR new.recorded_at < old.recorded_at) EXECUTE FUNCTION journal.refuse();
CREATE TRIGGER stays BEFORE DELETE ON journal.stream FOR EACH ROW EXECUTE FUNCTION journal.refuse();
CREATE TRIGGER stays_whole BEFORE TRUNCATE ON journal.stream FOR EACH STATEMENT EXECUTE FUNCTION journal.refuse();
-- After the update: before it, a row would be locked once more.
CREATE TRIGGER grows AFTER UPDATE ON journal.stream FOR EACH ROW
    WHEN (new.version <= old.version OR new.type <> old.type OR new.id <> old.id) EXECUTE FUNCTION journal.refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON journal.idempotency FOR EACH ROW EXECUTE FUNCTION journal.refuse();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON journal.idempotency
    FOR EACH STATEMENT EXECUTE FUNCTION journal.refuse();
ALTER TABLE journal.idempotency ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_whole;
ALTER TABLE journal.event ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER append_only_whole;
ALTER TABLE journal.head ENABLE ALWAYS TRIGGER stays, ENABLE ALWAYS TRIGGER stays_whole, ENABLE ALWAYS TRIGGER grows;
ALTER TABLE journal.stream ENABLE ALWAYS TRIGGER stays, ENABLE ALWAYS TRIGGER stays_whole, ENABLE ALWAYS TRIGGER grows;

REVOKE ALL ON FUNCTION journal.append FROM PUBLIC;
REVOKE ALL ON FUNCTION journal.keep_snapshot FROM PUBLIC;
GRANT USAGE ON SCHEMA journal TO intraparis_writer, intraparis_reader, intraparis_projector;
GRANT SELECT ON ALL TABLES IN SCHEMA journal TO intraparis_writer, intraparis_reader, intraparis_projector;
REVOKE SELECT ON journal.idempotency, journal.snapshot FROM intraparis_reader, intraparis_projector;
GRANT EXECUTE ON FUNCTION journal.append, journal.keep_snapshot TO intraparis_writer;

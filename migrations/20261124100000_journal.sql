-- The journal: every event of every aggregate, in one total, dense order, never changed.
--
-- Writers call journal.append and nothing else. It takes, in one transaction, the commands that queued while the
-- transaction before it was flushed. Locks are taken in one order, so that nodes cannot deadlock: streams by type
-- and id, then the head row, last and until commit. Whoever holds the head row is the only one to give positions,
-- and a position is visible only when all before it are: a reader of any snapshot sees a prefix. No sequence
-- (an aborted append burns nothing), no clock, no transaction id, no advisory lock takes part.

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
    type    text    NOT NULL,
    id      uuid    NOT NULL,
    version integer NOT NULL,
    PRIMARY KEY (type, id)
) WITH (fillfactor = 70);

CREATE TABLE journal.event (
    position        bigint      PRIMARY KEY,
    id              uuid        NOT NULL,
    stream_type     text        NOT NULL,
    stream_id       uuid        NOT NULL,
    version         integer     NOT NULL,
    type            text        NOT NULL,
    schema_version  smallint    NOT NULL,
    recorded_at     timestamptz NOT NULL,
    occurred_at     timestamptz NOT NULL,
    actor           text        NOT NULL,
    actor_id        uuid,
    capacity        text        NOT NULL,
    correlation     uuid        NOT NULL,
    causation       uuid,
    trace           bytea,
    idempotency_key text,
    -- Bytes, not jsonb: jsonb reorders and reformats what the hash is taken of.
    payload         bytea       NOT NULL,
    -- RFC 9162 §2.1.1: SHA-256(0x00 ‖ leaf). The database computes it from the row itself, so that no writer can
    -- claim another. The position is bound by the leaf's index in the tree. Times are microseconds since 2000.
    leaf            bytea       NOT NULL GENERATED ALWAYS AS (sha256(
        '\x00'::bytea
        || uuid_send(id) || uuid_send(stream_id) || int4send(version) || int2send(schema_version)
        || timestamptz_send(recorded_at) || timestamptz_send(occurred_at) || uuid_send(correlation)
        || int2send(((actor_id IS NOT NULL)::int + 2 * (causation IS NOT NULL)::int + 4 * (trace IS NOT NULL)::int
                     + 8 * (idempotency_key IS NOT NULL)::int)::smallint)
        || coalesce(uuid_send(actor_id), '') || coalesce(uuid_send(causation), '') || coalesce(trace, '')
        || int4send(octet_length(stream_type)) || decode(stream_type, 'escape')
        || int4send(octet_length(type)) || decode(type, 'escape')
        || int4send(octet_length(actor)) || decode(actor, 'escape')
        || int4send(octet_length(capacity)) || decode(capacity, 'escape')
        || int4send(octet_length(coalesce(idempotency_key, '')))
        || decode(replace(coalesce(idempotency_key, ''), '\', '\\'), 'escape')
        || payload
    )) STORED,
    UNIQUE (stream_type, stream_id, version)
);

CREATE TABLE journal.idempotency (
    actor        text    NOT NULL,
    actor_id     uuid    NOT NULL,
    key          text    NOT NULL,
    fingerprint  bytea   NOT NULL,
    outcome      bytea   NOT NULL,
    position     bigint  NOT NULL,
    version      integer NOT NULL,
    recorded_at  timestamptz NOT NULL,
    PRIMARY KEY (actor, actor_id, key)
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
-- c_*: one row a command; how many streams it names and how many events it has.
-- s_*: one row a stream that a command names, with the version it expects, and how many events it gets: none to
--      check the version alone. No two commands of a call name one stream.
-- e_*: one row an event, in the order of their commands, with all that is recorded beside it.
--
-- Answers one row a command, in order:
--   appended  the position of its last event;
--   replayed  its idempotency key is known: first outcome, position and version, nothing appended;
--   reused    its idempotency key is known for another request;
--   conflict  a stream is not at the version expected.
CREATE FUNCTION journal.append(
    c_actor text[], c_actor_id uuid[], c_key text[], c_fingerprint bytea[], c_outcome bytea[], c_version int[],
    c_streams int[], c_events int[],
    s_command int[], s_type text[], s_id uuid[], s_expected int[], s_count int[],
    e_command int[], e_stream_type text[], e_stream_id uuid[], e_version int[], e_id uuid[], e_type text[],
    e_schema smallint[], e_occurred_at timestamptz[], e_actor text[], e_actor_id uuid[], e_capacity text[],
    e_correlation uuid[], e_causation uuid[], e_trace bytea[], e_key text[], e_payload bytea[]
) RETURNS TABLE (status text, "position" bigint, version int, recorded_at timestamptz, outcome bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog
-- The plans are kept from the first calls on, when the tables are small: none may read a whole table, and all joins
-- are from a row of the call to a row of a table by its key.
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    nobody    CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
    commands  int := cardinality(c_actor);
    keyed     boolean := false;
    known     text[] := array_fill(NULL::text, ARRAY[commands]);
    matched   int[] := array_fill(0, ARRAY[commands]);
    won       boolean[] := array_fill(false, ARRAY[commands]);
    lasts     bigint[] := array_fill(NULL::bigint, ARRAY[commands]);
    any_won   boolean := false;
    base      bigint;
    last      bigint;
    instant   timestamptz;
    front     bytea[];
    leaves    bytea[];
    r         record;
BEGIN
    -- 1. Keys that are known already. One that another node brings in meanwhile is met again under the head row.
    FOR i IN 1 .. commands LOOP
        keyed := keyed OR c_key[i] IS NOT NULL;
    END LOOP;
    IF keyed THEN
        FOR r IN
            SELECT c.n, k.fingerprint = c.fingerprint AS same
            FROM unnest(c_actor, c_actor_id, c_key, c_fingerprint) WITH ORDINALITY AS c (actor, actor_id, key, fingerprint, n)
            JOIN journal.idempotency k
              ON k.actor = c.actor AND k.actor_id = coalesce(c.actor_id, nobody) AND k.key = c.key
        LOOP
            known[r.n] := CASE WHEN r.same THEN 'replayed' ELSE 'reused' END;
        END LOOP;
    END IF;

    -- 2. Streams, in the order of their keys. A new stream's row is made at version 0, which means without events,
    --    so a row that is left behind by a command that loses elsewhere says nothing wrong.
    IF 0 = ANY (s_expected) THEN
        INSERT INTO journal.stream (type, id, version)
        SELECT type, id, 0 FROM unnest(s_type, s_id, s_expected) AS s (type, id, expected) WHERE expected = 0
        ORDER BY type, id
        ON CONFLICT DO NOTHING;
    END IF;
    FOR r IN
        SELECT s.command
        FROM unnest(s_command, s_type, s_id, s_expected) AS s (command, type, id, expected)
        JOIN journal.stream k ON k.type = s.type AND k.id = s.id AND k.version = s.expected
        ORDER BY k.type, k.id
        FOR NO KEY UPDATE OF k
    LOOP
        matched[r.command] := matched[r.command] + 1;
    END LOOP;
    FOR i IN 1 .. commands LOOP
        won[i] := known[i] IS NULL AND matched[i] = c_streams[i];
        any_won := any_won OR won[i];
    END LOOP;

    IF any_won THEN
        UPDATE journal.stream k
        SET version = k.version + s.count
        FROM unnest(s_command, s_type, s_id, s_count) AS s (command, type, id, count)
        WHERE k.type = s.type AND k.id = s.id AND s.count > 0 AND won[s.command];

        -- 3. The head row, last, until commit. Times never go back along positions, whatever the clocks do.
        SELECT h.position, greatest(h.recorded_at, clock_timestamp()), h.frontier INTO STRICT base, instant, front
        FROM journal.head h FOR NO KEY UPDATE;
        last := base;
        FOR i IN 1 .. commands LOOP
            IF won[i] THEN
                last := last + c_events[i];
                lasts[i] := last;
            END IF;
        END LOOP;

        -- 4. The events, and the tree over them.
        WITH written AS (
            INSERT INTO journal.event (position, id, stream_type, stream_id, version, type, schema_version, recorded_at,
                occurred_at, actor, actor_id, capacity, correlation, causation, trace, idempotency_key, payload)
            SELECT base + row_number() OVER (ORDER BY n), id, stream_type, stream_id, version, type, schema_version,
                instant, occurred_at, actor, actor_id, capacity, correlation, causation, trace, key, payload
            FROM unnest(e_command, e_stream_type, e_stream_id, e_version, e_id, e_type, e_schema, e_occurred_at, e_actor,
                    e_actor_id, e_capacity, e_correlation, e_causation, e_trace, e_key, e_payload) WITH ORDINALITY
                AS e (command, stream_type, stream_id, version, id, type, schema_version, occurred_at, actor,
                    actor_id, capacity, correlation, causation, trace, key, payload, n)
            WHERE won[command]
            RETURNING position, leaf
        )
        SELECT array_agg(leaf ORDER BY position) INTO leaves FROM written;
        IF coalesce(cardinality(leaves), 0) <> last - base THEN
            RAISE EXCEPTION 'the commands have other events than they say';
        END IF;
        IF last > base THEN
            front := journal.fold_frontier(front, base, leaves);
            UPDATE journal.head
            SET position = last, recorded_at = instant, frontier = front, root = journal.root_of(front);
        END IF;
    END IF;

    -- 5. Keys, under the head row: whoever brought the same key in since step 1 has committed.
    IF keyed AND any_won THEN
        WITH mine AS (
            SELECT c.n, c.actor, coalesce(c.actor_id, nobody) AS actor_id, c.key, c.fingerprint, c.outcome, c.version
            FROM unnest(c_actor, c_actor_id, c_key, c_fingerprint, c_outcome, c_version) WITH ORDINALITY
                 AS c (actor, actor_id, key, fingerprint, outcome, version, n)
            WHERE c.key IS NOT NULL AND won[c.n]
        ), kept AS (
            INSERT INTO journal.idempotency (actor, actor_id, key, fingerprint, outcome, position, version, recorded_at)
            SELECT actor, actor_id, key, fingerprint, outcome, lasts[n], version, instant FROM mine
            ON CONFLICT DO NOTHING
            RETURNING 1
        )
        SELECT (SELECT count(*) FROM kept) = (SELECT count(*) FROM mine) AS all_kept INTO r;
        IF NOT r.all_kept THEN
            RAISE EXCEPTION 'an idempotency key was brought in by another node' USING ERRCODE = 'serialization_failure';
        END IF;
    END IF;

    RETURN QUERY
    SELECT CASE WHEN won[c.n] THEN 'appended' ELSE coalesce(c.known, 'conflict') END,
           coalesce(lasts[c.n], k.position), k.version, CASE WHEN won[c.n] THEN instant ELSE k.recorded_at END, k.outcome
    FROM unnest(known, c_actor, c_actor_id, c_key) WITH ORDINALITY AS c (known, actor, actor_id, key, n)
    LEFT JOIN journal.idempotency k
      ON c.known = 'replayed' AND k.actor = c.actor AND k.actor_id = coalesce(c.actor_id, nobody) AND k.key = c.key
    ORDER BY c.n;
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
CREATE TRIGGER grows BEFORE UPDATE ON journal.head FOR EACH ROW
    WHEN (new.position <= old.position OR new.recorded_at < old.recorded_at) EXECUTE FUNCTION journal.refuse();
CREATE TRIGGER stays BEFORE DELETE ON journal.stream FOR EACH ROW EXECUTE FUNCTION journal.refuse();
CREATE TRIGGER stays_whole BEFORE TRUNCATE ON journal.stream FOR EACH STATEMENT EXECUTE FUNCTION journal.refuse();
CREATE TRIGGER grows BEFORE UPDATE ON journal.stream FOR EACH ROW
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

-- Read models, and how far each has got.
--
-- The projector owns all of it: a rebuild makes tables beside the live ones and puts them in their place, which only
-- an owner may. A read model's indexes have no names of their own, since `LIKE … INCLUDING ALL` names them anew; no
-- read model has foreign keys, sequences or triggers, which `LIKE` leaves behind.

CREATE SCHEMA projections AUTHORIZATION intraparis_projector;
CREATE SCHEMA projections_shadow AUTHORIZATION intraparis_projector;
GRANT USAGE ON SCHEMA projections TO intraparis_reader;

SET LOCAL ROLE intraparis_projector;
ALTER DEFAULT PRIVILEGES IN SCHEMA projections GRANT SELECT ON TABLES TO intraparis_reader;
-- A shadow table takes this grant along when it comes into its place; until then its schema is closed.
ALTER DEFAULT PRIVILEGES IN SCHEMA projections_shadow GRANT SELECT ON TABLES TO intraparis_reader;

-- One row a projection, and a second one while it is rebuilt. Who moves a position names the epoch of the lease and
-- the position that he moves it from, first thing in the transaction that writes the rows.
CREATE TABLE projections.projection (
    name               text        NOT NULL,
    place              text        NOT NULL CHECK (place IN ('projections', 'projections_shadow')),
    fold               integer     NOT NULL,
    position           bigint      NOT NULL DEFAULT 0 CHECK (position >= 0),
    lease_epoch        bigint      NOT NULL DEFAULT 0,
    lease_owner        uuid,
    lease_until        timestamptz NOT NULL DEFAULT '-infinity',
    -- The event after `position`, when it could not be folded. The failure quotes nothing of it.
    failed_position    bigint,
    failed_event       uuid,
    failed_stream_type text,
    failed_stream      uuid,
    failed_at          timestamptz,
    failure            text,
    PRIMARY KEY (name, place),
    CHECK (num_nulls(failed_position, failed_event, failed_stream_type, failed_stream, failed_at, failure) IN (0, 6))
) WITH (fillfactor = 20);

CREATE TABLE projections.accounts_v1 (
    account           uuid        PRIMARY KEY,
    username          jsonb       NOT NULL,
    given_name        jsonb       NOT NULL,
    family_name       jsonb       NOT NULL,
    staff_number      jsonb,
    roles             text[]      NOT NULL,
    personal_password boolean     NOT NULL,
    credential        uuid        NOT NULL,
    credential_since  timestamptz NOT NULL,
    failures          smallint    NOT NULL,
    last_login        timestamptz,
    suspended_since   timestamptz,
    provisioned_at    timestamptz NOT NULL,
    position          bigint      NOT NULL,
    status            text        NOT NULL GENERATED ALWAYS AS (
        CASE WHEN suspended_since IS NOT NULL THEN 'suspended' WHEN personal_password THEN 'active' ELSE 'provisioned' END
    ) STORED
);
CREATE INDEX ON projections.accounts_v1 (status, account);
CREATE INDEX ON projections.accounts_v1 USING gin (roles);

CREATE TABLE projections.audit_trail_v1 (
    position       bigint      PRIMARY KEY,
    event          uuid        NOT NULL,
    recorded_at    timestamptz NOT NULL,
    occurred_at    timestamptz NOT NULL,
    stream_type    text        NOT NULL,
    agent          uuid,
    known          boolean     NOT NULL,
    actor          text        NOT NULL,
    actor_id       uuid,
    capacity       text        NOT NULL,
    type           text        NOT NULL,
    outcome        text        NOT NULL,
    reason         text,
    detail         text,
    motive         jsonb,
    channel        text,
    source_address jsonb,
    source_tag     bytea,
    attempt        uuid,
    correlation    uuid        NOT NULL,
    causation      uuid
);
CREATE INDEX ON projections.audit_trail_v1 (occurred_at);
CREATE INDEX ON projections.audit_trail_v1 (agent, position);
CREATE INDEX ON projections.audit_trail_v1 (agent) WHERE type = 'AccountProvisioned';
CREATE INDEX ON projections.audit_trail_v1 (actor_id, position) WHERE actor_id IS NOT NULL;
CREATE INDEX ON projections.audit_trail_v1 (type, position);
CREATE INDEX ON projections.audit_trail_v1 (outcome, position);
CREATE INDEX ON projections.audit_trail_v1 (source_tag, position) WHERE source_tag IS NOT NULL;
CREATE INDEX ON projections.audit_trail_v1 (correlation);

CREATE TABLE projections.audit_readings_v1 (
    reading     uuid        PRIMARY KEY,
    position    bigint      NOT NULL,
    declared_at timestamptz NOT NULL,
    actor       text        NOT NULL,
    actor_id    uuid,
    capacity    text        NOT NULL,
    filter      jsonb       NOT NULL,
    motive      jsonb
);

RESET ROLE;

-- Proofs that were attached to leave and sickness, and who declared to read which.

SET LOCAL ROLE intraparis_projector;

-- `absence` is the leave or the spell; the file itself is in the store of attachments, under the id of the proof.
CREATE TABLE projections.proofs_v1 (
    proof       uuid        PRIMARY KEY,
    agent       uuid        NOT NULL,
    absence     uuid        NOT NULL,
    medical     boolean     NOT NULL,
    name        jsonb       NOT NULL,
    media_type  text        NOT NULL,
    size_bytes  bigint      NOT NULL,
    sha256      text        NOT NULL,
    attached_at timestamptz NOT NULL,
    position    bigint      NOT NULL
);
CREATE INDEX ON projections.proofs_v1 (absence, position);

CREATE TABLE projections.proof_readings_v1 (
    reading     uuid        PRIMARY KEY,
    reader      uuid,
    agent       uuid        NOT NULL,
    proof       uuid        NOT NULL,
    declared_at timestamptz NOT NULL,
    position    bigint      NOT NULL
);

RESET ROLE;

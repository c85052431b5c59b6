-- Who may enter: the secrets that accounts are opened with, and the sessions that are open. None of it is history:
-- the journal tells what happened, these rows end with what they open.
CREATE SCHEMA access;

-- Never changed. The one in force is the one that the account's events name, so that event and secret change
-- together: a row is made before its event, and a superseded one is deleted after.
CREATE TABLE access.credential (
    id uuid PRIMARY KEY,
    account uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('initial-code', 'password')),
    -- Argon2id in PHC format, sealed under this key of the vault.
    key uuid NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE INDEX credential_of_account ON access.credential (account);

CREATE TABLE access.session (
    id uuid PRIMARY KEY,
    account uuid NOT NULL,
    -- The credential that opened it: it ends when another comes into force.
    credential uuid NOT NULL,
    -- SHA-256 of the token.
    token bytea NOT NULL UNIQUE CHECK (octet_length(token) = 32),
    opened_at timestamptz NOT NULL,
    -- To the minute: it decides on idleness, which is counted in tens of minutes.
    last_used_at timestamptz NOT NULL,
    expires timestamptz NOT NULL
);

CREATE INDEX session_of_account ON access.session (account);

-- The key of the fingerprints of requests, the same on every node, sealed by the vault.
CREATE TABLE access.fingerprint_key (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    key uuid NOT NULL,
    sealed bytea NOT NULL
);

GRANT USAGE ON SCHEMA access TO intraparis_writer, intraparis_reader;
GRANT SELECT, INSERT, DELETE ON access.credential TO intraparis_writer;
GRANT SELECT, INSERT, DELETE, UPDATE (last_used_at) ON access.session TO intraparis_writer;
GRANT SELECT, INSERT ON access.fingerprint_key TO intraparis_writer;
GRANT SELECT ON access.session TO intraparis_reader;

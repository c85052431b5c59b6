-- What each call of many commands asked for, by the key that its client gave it: the same key with another call is refused
-- as a whole. Its commands are recorded each under a key of its own, and by itself none of those tells of the others.
CREATE TABLE access.batch (
    account uuid NOT NULL,
    key text NOT NULL COLLATE "C",
    fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
    PRIMARY KEY (account, key)
);

GRANT SELECT, INSERT ON access.batch TO intraparis_writer;

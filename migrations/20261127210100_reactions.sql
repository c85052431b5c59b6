-- What follows by itself from the time that passes.
CREATE SCHEMA reactions;

-- What follows once a day is done by one process: who holds the lease, until when by the database's clock, and the last
-- day that was done whole. Who breaks off lets the lease lapse, and another begins the day anew.
CREATE TABLE reactions.daily (
    name        text        PRIMARY KEY,
    done_on     date        NOT NULL DEFAULT '-infinity',
    lease_owner uuid,
    lease_until timestamptz NOT NULL DEFAULT '-infinity'
);

GRANT USAGE ON SCHEMA reactions TO intraparis_writer;
GRANT SELECT, INSERT, UPDATE ON reactions.daily TO intraparis_writer;

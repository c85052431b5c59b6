-- Gifts of days as their donors declared them, and what became of each: `waiting`, `given` or `withdrawn`.

SET LOCAL ROLE intraparis_projector;

CREATE TABLE projections.gifts_v1 (
    gift        uuid    PRIMARY KEY,
    donor       uuid    NOT NULL,
    counter     text    NOT NULL,
    half_days   integer NOT NULL,
    declared_on date    NOT NULL,
    status      text    NOT NULL
);
CREATE INDEX ON projections.gifts_v1 (gift) WHERE status = 'waiting';
CREATE INDEX ON projections.gifts_v1 (donor, gift);

RESET ROLE;

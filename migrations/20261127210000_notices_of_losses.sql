-- What a notice of a loss tells stands in its row: the ledger is not read for it.

SET LOCAL ROLE intraparis_projector;

ALTER TABLE projections.leave_notices_v1
    ADD COLUMN lost_counter   text,
    ADD COLUMN lost_half_days integer,
    ADD COLUMN usable_until   date;

RESET ROLE;

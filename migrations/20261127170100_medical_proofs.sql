-- Health officers list the medical proofs, the last attached first.
SET LOCAL ROLE intraparis_projector;
CREATE INDEX ON projections.proofs_v1 (position) WHERE medical;
RESET ROLE;

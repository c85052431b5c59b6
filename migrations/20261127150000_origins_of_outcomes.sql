-- The outcome of an attempt is shown with the source that the attempt came from.
SET LOCAL ROLE intraparis_projector;
CREATE INDEX ON projections.audit_trail_v1 (attempt) WHERE type = 'LoginAttempted';
RESET ROLE;

-- The outcome of an attempt to log in is shown with where the attempt came from, which is looked up by the attempt.
SET LOCAL ROLE intraparis_projector;
CREATE INDEX ON projections.audit_trail_v1 (attempt) WHERE type = 'LoginAttempted';
RESET ROLE;

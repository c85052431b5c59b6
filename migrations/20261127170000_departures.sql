-- Who left the service decides nothing: whoever is asked of is looked up among the few who ever left.
SET LOCAL ROLE intraparis_projector;
CREATE INDEX ON projections.employments_v1 (agent) WHERE employment -> 'exits' <> '[]';
RESET ROLE;

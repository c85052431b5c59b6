-- Read models of leave: who works where, who is away, what waits for whom.

SET LOCAL ROLE intraparis_projector;

-- A leave, or a spell of sickness, which has no type. `ledger` is the ledger of its agent as far as this absence is in it.
CREATE TABLE projections.absences_v1 (
    absence    uuid        PRIMARY KEY,
    agent      uuid        NOT NULL,
    unit       uuid,
    leave_type text,
    first_day  date        NOT NULL,
    last_day   date        NOT NULL,
    half_days  jsonb       NOT NULL,
    counted    integer     NOT NULL,
    status     text        NOT NULL,
    cancelling boolean     NOT NULL,
    ledger     jsonb       NOT NULL,
    opened_at  timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    position   bigint      NOT NULL
);
CREATE INDEX ON projections.absences_v1 (agent, last_day);
CREATE INDEX ON projections.absences_v1 (agent, absence) WHERE leave_type IS NOT NULL;
CREATE INDEX ON projections.absences_v1 (last_day, first_day) WHERE counted > 0;

-- What waits for a decision, a row for each who may take it, by function: `manager` is that of the agent on the day
-- of reading, `person:…` one by name. A row counts from `opens_at` on: an escalation opens later than its step.
CREATE TABLE projections.leave_queue_v1 (
    absence    uuid        NOT NULL,
    addressee  text        NOT NULL,
    agent      uuid        NOT NULL,
    unit       uuid,
    leave_type text        NOT NULL,
    due_on     date        NOT NULL,
    opens_at   timestamptz NOT NULL,
    PRIMARY KEY (absence, addressee)
);
CREATE INDEX ON projections.leave_queue_v1 (addressee, due_on, absence);
CREATE INDEX ON projections.leave_queue_v1 (agent, due_on, absence) WHERE addressee = 'manager';

-- What somebody is to be told, addressed as in the queue; neither motive nor anything medical.
CREATE TABLE projections.leave_notices_v1 (
    position    bigint      NOT NULL,
    addressee   text        NOT NULL,
    agent       uuid        NOT NULL,
    absence     uuid,
    type        text        NOT NULL,
    occurred_at timestamptz NOT NULL,
    PRIMARY KEY (addressee, position)
);
CREATE INDEX ON projections.leave_notices_v1 (agent, position) WHERE addressee = 'manager';

CREATE TABLE projections.employments_v1 (
    agent      uuid   PRIMARY KEY,
    employment jsonb  NOT NULL,
    position   bigint NOT NULL
);

-- The days from `first_day` to before `ends`.
CREATE TABLE projections.unit_members_v1 (
    agent     uuid NOT NULL,
    unit      uuid NOT NULL,
    first_day date NOT NULL,
    ends      date NOT NULL,
    PRIMARY KEY (agent, first_day)
);
CREATE INDEX ON projections.unit_members_v1 (unit, first_day);

-- Only those who were told to work under somebody else than the unit's manager.
CREATE TABLE projections.assigned_managers_v1 (
    agent     uuid NOT NULL,
    manager   uuid NOT NULL,
    first_day date NOT NULL,
    ends      date NOT NULL,
    PRIMARY KEY (agent, first_day)
);
CREATE INDEX ON projections.assigned_managers_v1 (manager, first_day);

CREATE TABLE projections.units_v1 (
    unit     uuid   PRIMARY KEY,
    code     text   NOT NULL,
    name     text   NOT NULL,
    parent   uuid,
    closed   date,
    state    jsonb  NOT NULL,
    position bigint NOT NULL
);
CREATE INDEX ON projections.units_v1 (code);

CREATE TABLE projections.unit_managers_v1 (
    unit      uuid NOT NULL,
    manager   uuid NOT NULL,
    first_day date NOT NULL,
    ends      date NOT NULL,
    PRIMARY KEY (unit, first_day)
);
CREATE INDEX ON projections.unit_managers_v1 (manager, first_day);

CREATE TABLE projections.delegations_v1 (
    delegation uuid        PRIMARY KEY,
    delegator  uuid        NOT NULL,
    delegate   uuid        NOT NULL,
    first_day  date        NOT NULL,
    last_day   date        NOT NULL,
    scope      jsonb       NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX ON projections.delegations_v1 (delegate, last_day);
CREATE INDEX ON projections.delegations_v1 (delegator, last_day);

CREATE TABLE projections.calendar_feeds_v1 (
    feed       uuid        PRIMARY KEY,
    owner      uuid        NOT NULL,
    shows      jsonb       NOT NULL,
    token_hash text        NOT NULL,
    opened_at  timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX ON projections.calendar_feeds_v1 (token_hash);
CREATE INDEX ON projections.calendar_feeds_v1 (owner, feed);

RESET ROLE;

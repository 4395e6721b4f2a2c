-- Credits reserved on a person's account. left = amount - settled - released; it is active while something is left.
CREATE TABLE hold (
    id               uuid        PRIMARY KEY,
    account          bigint      NOT NULL,
    kind             text        NOT NULL CHECK (kind IN ('lease')),
    instance         text        NOT NULL,
    recall_url       text        NOT NULL,
    amount           bigint      NOT NULL CHECK (amount > 0),
    settled          bigint      NOT NULL DEFAULT 0 CHECK (settled >= 0),
    released         bigint      NOT NULL DEFAULT 0 CHECK (released >= 0),
    spent_told       bigint      NOT NULL DEFAULT 0 CHECK (spent_told >= 0),
    in_flight_told   bigint      NOT NULL DEFAULT 0 CHECK (in_flight_told >= 0),
    statement_seq    bigint      NOT NULL DEFAULT 0 CHECK (statement_seq >= 0),
    last             boolean     NOT NULL DEFAULT false,
    status           text        NOT NULL DEFAULT 'active'
        CHECK (status IN ('active', 'exhausted', 'released', 'expired')),
    opened_at        timestamptz NOT NULL DEFAULT now(),
    opened_uptime_ms bigint      NOT NULL,
    CONSTRAINT hold_never_over_settled CHECK (settled + released <= amount),
    CONSTRAINT hold_active_while_something_is_left CHECK ((status = 'active') = (settled + released < amount)),
    CHECK (status <> 'exhausted' OR released = 0),
    CHECK (status NOT IN ('released', 'expired') OR released > 0)
) PARTITION BY RANGE (id);

CREATE INDEX hold_active_by_account ON hold (account) WHERE status = 'active';
CREATE INDEX hold_active_by_uptime ON hold (opened_uptime_ms) WHERE status = 'active';

REVOKE UPDATE, DELETE ON hold FROM ${service-role};
GRANT UPDATE (settled, released, spent_told, in_flight_told, statement_seq, last, status) ON hold TO ${service-role};

-- How long some ledger process has been up, ever. Ages of holds are told by this and by no clock.
CREATE TABLE uptime (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    ms     bigint  NOT NULL CHECK (ms >= 0)
) WITH (fillfactor = 10);

INSERT INTO uptime (ms) VALUES (0);

REVOKE INSERT, UPDATE, DELETE ON uptime FROM ${service-role};
GRANT UPDATE (ms) ON uptime TO ${service-role};

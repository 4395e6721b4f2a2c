CREATE TABLE verification (
    id            uuid        PRIMARY KEY,
    key_id        uuid        NOT NULL REFERENCES pool_key,
    purpose       text        NOT NULL CHECK (purpose IN ('deposit', 'platform', 'daily', 'doubt', 'resume')),
    status        text        NOT NULL CHECK (status IN ('waiting', 'passed', 'failed', 'unreachable', 'dropped')),
    attempts      int         NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    due_at        timestamptz NOT NULL,
    -- Who works on it, until when: a worker that died is followed by another when this has passed.
    claim         uuid,
    claimed_until timestamptz,
    checks        jsonb       NOT NULL DEFAULT '[]',
    balance_usd   numeric     CHECK (balance_usd >= 0),
    note          text,
    created_at    timestamptz NOT NULL,
    finished_at   timestamptz,
    CHECK ((claim IS NULL) = (claimed_until IS NULL)),
    CHECK ((status = 'waiting') = (finished_at IS NULL))
);
CREATE UNIQUE INDEX verification_one_open ON verification (key_id) WHERE status = 'waiting';
CREATE INDEX verification_due ON verification (due_at) WHERE status = 'waiting';
CREATE INDEX verification_of_key ON verification (key_id, created_at DESC);

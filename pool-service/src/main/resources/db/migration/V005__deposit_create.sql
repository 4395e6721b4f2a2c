CREATE TABLE deposit (
    id               uuid        PRIMARY KEY,
    owner_id         uuid        NOT NULL,
    key_id           uuid        NOT NULL UNIQUE REFERENCES pool_key,
    verification_id  uuid        NOT NULL UNIQUE REFERENCES verification,
    mode             text        NOT NULL CHECK (mode = 'consignment'),
    status           text        NOT NULL CHECK (status IN ('verifying', 'active', 'refused', 'withdrawn')),
    refused_check    text,
    refused_detail   text,
    created_at       timestamptz NOT NULL,
    decided_at       timestamptz,
    CHECK ((status = 'refused') = (refused_check IS NOT NULL)),
    CHECK ((status = 'verifying') = (decided_at IS NULL))
);
CREATE INDEX deposit_open ON deposit (owner_id) WHERE status = 'verifying';

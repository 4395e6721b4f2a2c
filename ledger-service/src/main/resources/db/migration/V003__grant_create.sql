-- Credits given, as they were given: one row per gift, each key once for ever.
CREATE TABLE credit_grant (
    key        text        PRIMARY KEY,
    account    bigint      NOT NULL REFERENCES account,
    origin     text        NOT NULL CHECK (origin IN ('signup')),
    priority   integer     NOT NULL,
    amount     bigint      NOT NULL CHECK (amount > 0),
    expires_at timestamptz NOT NULL,
    transfer   uuid        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK (expires_at > created_at)
);

CREATE INDEX credit_grant_by_account ON credit_grant (account, priority, expires_at, created_at);

COMMENT ON COLUMN credit_grant.priority IS 'lower is spent first';

REVOKE UPDATE, DELETE ON credit_grant FROM ${service-role};

-- The key itself is shown once and never stored: the hash finds it, the two ends tell its owner which one it is.
CREATE TABLE access_key (
    id         uuid        PRIMARY KEY,
    user_id    uuid        NOT NULL,
    name       text        NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    hash       text        NOT NULL UNIQUE CHECK (hash ~ '^[0-9a-f]{64}$'),
    prefix     text        NOT NULL CHECK (length(prefix) BETWEEN 4 AND 8),
    last_four  text        NOT NULL CHECK (length(last_four) = 4),
    models     text[]      NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    version    bigint      NOT NULL CHECK (version > 0),
    CHECK (expires_at > created_at),
    CHECK (revoked_at >= created_at)
);
CREATE INDEX access_key_by_user ON access_key (user_id, id DESC);

-- A revoked key stays revoked, an issued one stays known.
REVOKE DELETE ON access_key FROM ${service-role};

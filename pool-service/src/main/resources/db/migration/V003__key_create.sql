CREATE TABLE pool_key (
    id                  uuid        PRIMARY KEY,
    version             bigint      NOT NULL CHECK (version > 0),
    owner_id            uuid,
    owner_basis_points  int         NOT NULL CHECK (owner_basis_points BETWEEN 0 AND 10000),
    kind                text        NOT NULL CHECK (kind IN ('consignment', 'pool', 'fallback')),
    priority            int         NOT NULL CHECK (priority >= 0),
    provider            text        NOT NULL CHECK (length(provider) BETWEEN 1 AND 60),
    base_url            text        NOT NULL CHECK (base_url ~ '^https?://[^@#?]+[^/@#?]$'),
    asked_models        text[]      NOT NULL CHECK (cardinality(asked_models) BETWEEN 1 AND 100),
    models              text[]      NOT NULL CHECK (models <@ asked_models AND cardinality(models) > 0),
    state               text        NOT NULL CHECK (state IN
                            ('verifying', 'active', 'low', 'paused', 'depleted', 'invalid', 'withdrawn')),
    paused_by_platform  boolean     NOT NULL DEFAULT false,
    proven_at           timestamptz,
    last_four           text        NOT NULL CHECK (length(last_four) = 4),
    -- A platform key's environment variable; each makes one key.
    variable            text        UNIQUE,
    requests_per_minute int         CHECK (requests_per_minute > 0),
    tokens_per_minute   bigint      CHECK (tokens_per_minute > 0),
    concurrent          int         CHECK (concurrent > 0),
    daily_spend_micro   bigint      CHECK (daily_spend_micro > 0),
    quota_expires_at    timestamptz,
    created_at          timestamptz NOT NULL,
    changed_at          timestamptz NOT NULL,
    CHECK ((kind = 'consignment') = (owner_id IS NOT NULL)),
    CHECK (owner_id IS NOT NULL OR owner_basis_points = 0),
    CHECK (variable IS NULL OR owner_id IS NULL),
    CHECK (NOT paused_by_platform OR state = 'paused'),
    CHECK (state NOT IN ('active', 'low', 'paused', 'depleted') OR proven_at IS NOT NULL)
);
CREATE INDEX pool_key_owner ON pool_key (owner_id, id DESC);
CREATE INDEX pool_key_expiring ON pool_key (quota_expires_at) WHERE state IN ('active', 'low');

-- Apart from pool_key so that nobody reads it in passing; gone when the key is refused or withdrawn.
CREATE TABLE key_secret (
    key_id      uuid  PRIMARY KEY REFERENCES pool_key,
    sealed      text  NOT NULL CHECK (sealed <> ''),
    fingerprint bytea NOT NULL UNIQUE CHECK (length(fingerprint) = 32)
);
REVOKE ALL ON key_secret FROM ${reader-role};

-- Apart from pool_key because every use changes it.
CREATE TABLE key_quota (
    key_id          uuid        PRIMARY KEY REFERENCES pool_key,
    claimed_micro   bigint      CHECK (claimed_micro >= 0),
    quota_micro     bigint      CHECK (quota_micro >= 0),
    used_micro      bigint      NOT NULL CHECK (used_micro >= 0),
    published_micro bigint      CHECK (published_micro >= 0),
    published_at    timestamptz NOT NULL
) WITH (fillfactor = 70);
-- A router is told again when what is left has fallen by a hundredth or more since it was last told.
CREATE INDEX key_quota_untold ON key_quota (published_at)
    WHERE greatest(quota_micro - used_micro, 0) <= published_micro - greatest(published_micro / 100, 1);

CREATE TABLE key_audit (
    id         uuid        NOT NULL,
    at         timestamptz NOT NULL,
    key_id     uuid        NOT NULL REFERENCES pool_key,
    version    bigint      NOT NULL CHECK (version > 0),
    actor      text        NOT NULL CHECK (actor <> ''),
    action     text        NOT NULL CHECK (action <> ''),
    from_state text,
    to_state   text        NOT NULL,
    reason     text        NOT NULL CHECK (reason <> ''),
    PRIMARY KEY (key_id, id, at)
) PARTITION BY RANGE (at);
REVOKE UPDATE, DELETE, TRUNCATE ON key_audit FROM ${service-role};
INSERT INTO partitioned VALUES ('key_audit', 'timestamptz', true);

-- A key is never removed, a version never falls, a withdrawn key stays withdrawn, and its secret is gone with it.
REVOKE DELETE, TRUNCATE ON pool_key, key_quota FROM ${service-role};

CREATE FUNCTION pool_key_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF new.version <= old.version THEN
        RAISE EXCEPTION 'the version of key % must rise', old.id USING ERRCODE = 'check_violation';
    END IF;
    IF old.state = 'withdrawn' THEN
        RAISE EXCEPTION 'key % is withdrawn', old.id USING ERRCODE = 'check_violation';
    END IF;
    IF (new.id, new.owner_id, new.kind, new.created_at)
        IS DISTINCT FROM (old.id, old.owner_id, old.kind, old.created_at) THEN
        RAISE EXCEPTION 'key % cannot change hands', old.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER pool_key_guard BEFORE UPDATE ON pool_key FOR EACH ROW EXECUTE FUNCTION pool_key_guard();

-- At the end of the transaction each change has its audit row, and a key has a secret exactly while it may need one.
CREATE FUNCTION pool_key_complete() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stored boolean := EXISTS (SELECT FROM key_secret WHERE key_id = new.id);
BEGIN
    IF NOT EXISTS (
        SELECT FROM key_audit WHERE key_id = new.id AND version = new.version AND at = new.changed_at) THEN
        RAISE EXCEPTION 'version % of key % has no audit record', new.version, new.id
            USING ERRCODE = 'check_violation';
    END IF;
    IF new.state = 'withdrawn' AND stored OR new.state = 'invalid' AND new.proven_at IS NULL AND stored THEN
        RAISE EXCEPTION 'key % still has a secret', new.id USING ERRCODE = 'check_violation';
    END IF;
    IF new.state IN ('verifying', 'active', 'low', 'paused', 'depleted') AND NOT stored THEN
        RAISE EXCEPTION 'key % has no secret', new.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER pool_key_complete_on_insert AFTER INSERT ON pool_key
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pool_key_complete();
-- A version that only tells what is left of the quota changes no other column, and is no change to audit.
CREATE CONSTRAINT TRIGGER pool_key_complete_on_update AFTER UPDATE ON pool_key
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((old.state, old.provider, old.base_url, old.models, old.changed_at) IS DISTINCT FROM
          (new.state, new.provider, new.base_url, new.models, new.changed_at))
    EXECUTE FUNCTION pool_key_complete();

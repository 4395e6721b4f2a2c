-- A key whose calls fail on and on is left to a person.
ALTER TABLE pool_key
    DROP CONSTRAINT pool_key_state_check,
    ADD CONSTRAINT pool_key_state_check CHECK (state IN
        ('verifying', 'active', 'low', 'paused', 'depleted', 'flagged', 'invalid', 'withdrawn')),
    ADD CONSTRAINT pool_key_flagged_check CHECK (state <> 'flagged' OR proven_at IS NOT NULL);

CREATE OR REPLACE FUNCTION pool_key_complete() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF new.state IN ('verifying', 'active', 'low', 'paused', 'depleted', 'flagged') AND NOT stored THEN
        RAISE EXCEPTION 'key % has no secret', new.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

-- When the calls of a key failed, since the last that was served.
CREATE TABLE key_failure (
    key_id    uuid          PRIMARY KEY REFERENCES pool_key,
    failed_at timestamptz[] NOT NULL CHECK (cardinality(failed_at) BETWEEN 1 AND 100)
);

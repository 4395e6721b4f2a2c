-- A platform key may come to serve otherwise than before; a person's key stays that person's.
CREATE OR REPLACE FUNCTION pool_key_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF new.version <= old.version THEN
        RAISE EXCEPTION 'the version of key % must rise', old.id USING ERRCODE = 'check_violation';
    END IF;
    IF old.state = 'withdrawn' THEN
        RAISE EXCEPTION 'key % is withdrawn', old.id USING ERRCODE = 'check_violation';
    END IF;
    IF (new.id, new.owner_id, new.kind = 'consignment', new.created_at)
        IS DISTINCT FROM (old.id, old.owner_id, old.kind = 'consignment', old.created_at) THEN
        RAISE EXCEPTION 'key % cannot change hands', old.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END $$;

DROP TRIGGER pool_key_complete_on_update ON pool_key;
-- A version that only tells what is left of the quota changes no other column, and is no change to audit.
CREATE CONSTRAINT TRIGGER pool_key_complete_on_update AFTER UPDATE ON pool_key
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((old.state, old.kind, old.priority, old.provider, old.base_url, old.models, old.changed_at) IS DISTINCT FROM
          (new.state, new.kind, new.priority, new.provider, new.base_url, new.models, new.changed_at))
    EXECUTE FUNCTION pool_key_complete();

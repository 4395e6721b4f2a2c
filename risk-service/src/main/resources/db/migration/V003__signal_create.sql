-- Requests that have been heard of, so that a record that comes twice counts once. Ranges of our UUIDv7 request ids.
CREATE TABLE heard_request (
    id uuid PRIMARY KEY
) PARTITION BY RANGE (id);
REVOKE UPDATE, DELETE, TRUNCATE ON heard_request FROM ${service-role};
INSERT INTO partitioned VALUES ('heard_request', 'uuidv7', true);

-- Requests that were still running after a second and have not been heard of as ended.
CREATE TABLE open_request (
    id         uuid        PRIMARY KEY,
    started_at timestamptz NOT NULL
);
CREATE INDEX open_request_started ON open_request (started_at);

-- What the calls of a key have told. Failures are those in a row that still count, oldest first.
CREATE TABLE key_signal (
    key_id     uuid          PRIMARY KEY,
    failed_at  timestamptz[] NOT NULL DEFAULT '{}' CHECK (cardinality(failed_at) <= 100),
    served     bigint        NOT NULL DEFAULT 0 CHECK (served >= 0),
    served_at  timestamptz,
    told_at    timestamptz,
    used_micro bigint        NOT NULL DEFAULT 0 CHECK (used_micro >= 0)
) WITH (fillfactor = 70);

-- Forgets which requests were heard of in the months before one; records as old as that are refused, not counted again.
CREATE FUNCTION heard_request_forget(before_day date) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    child     text;
    forgotten int := 0;
BEGIN
    FOR child IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'heard_request'::regclass
          AND c.relname < 'heard_request' || to_char(date_trunc('month', before_day), '_YYYY_MM')
    LOOP
        EXECUTE format('DROP TABLE %I', child);
        forgotten := forgotten + 1;
    END LOOP;
    RETURN forgotten;
END $$;
REVOKE ALL ON FUNCTION heard_request_forget(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION heard_request_forget(date) TO ${service-role};

SELECT partitions_ensure((now() AT TIME ZONE 'UTC' + month * interval '1 month')::date)
FROM generate_series(-1, 1) AS month;

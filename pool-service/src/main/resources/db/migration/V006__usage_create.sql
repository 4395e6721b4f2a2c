-- Requests that have been counted, with what each key served and earned in them: the first closing record of a request
-- counts, a later one only by what it adds for a key's owner. Ranges of our UUIDv7 request ids, so that a request is
-- unique over all months that are kept.
CREATE TABLE usage_request (
    id           uuid     PRIMARY KEY,
    keys         uuid[]   NOT NULL,
    served_micro bigint[] NOT NULL CHECK (cardinality(served_micro) = cardinality(keys)),
    earned_micro bigint[] NOT NULL CHECK (cardinality(earned_micro) = cardinality(keys))
) PARTITION BY RANGE (id);
REVOKE DELETE, TRUNCATE ON usage_request FROM ${service-role};
INSERT INTO partitioned VALUES ('usage_request', 'uuidv7', false);

-- What a key did on a day (UTC) on which the requests were made. Sums of micro-credits, tokens, milliseconds, calls.
CREATE TABLE key_day (
    key_id          uuid   NOT NULL REFERENCES pool_key,
    day             date   NOT NULL,
    requests        bigint NOT NULL CHECK (requests >= succeeded + failed),
    succeeded       bigint NOT NULL CHECK (succeeded >= 0),
    failed          bigint NOT NULL CHECK (failed >= 0),
    input_tokens    bigint NOT NULL CHECK (input_tokens >= 0),
    cached_tokens   bigint NOT NULL CHECK (cached_tokens BETWEEN 0 AND input_tokens),
    output_tokens   bigint NOT NULL CHECK (output_tokens >= 0),
    served_micro    bigint NOT NULL CHECK (served_micro >= 0),
    earned_micro    bigint NOT NULL CHECK (earned_micro BETWEEN 0 AND served_micro),
    list_micro      bigint NOT NULL CHECK (list_micro >= 0),
    first_bytes     bigint NOT NULL CHECK (first_bytes >= 0),
    first_byte_ms   bigint NOT NULL CHECK (first_byte_ms >= 0),
    duration_ms     bigint NOT NULL CHECK (duration_ms >= 0),
    PRIMARY KEY (key_id, day)
) PARTITION BY RANGE (day);
REVOKE DELETE, TRUNCATE ON key_day FROM ${service-role};
INSERT INTO partitioned VALUES ('key_day', 'date', false);

-- Forgets which requests were counted in the months before one; records as old as that are refused, not counted again.
CREATE FUNCTION usage_request_forget(before_day date) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    child     text;
    forgotten int := 0;
BEGIN
    FOR child IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'usage_request'::regclass
          AND c.relname < 'usage_request' || to_char(date_trunc('month', before_day), '_YYYY_MM')
    LOOP
        EXECUTE format('DROP TABLE %I', child);
        forgotten := forgotten + 1;
    END LOOP;
    RETURN forgotten;
END $$;
REVOKE ALL ON FUNCTION usage_request_forget(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION usage_request_forget(date) TO ${service-role};

SELECT partitions_ensure((now() AT TIME ZONE 'UTC' + month * interval '1 month')::date)
FROM generate_series(-1, 1) AS month;

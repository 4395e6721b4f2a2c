-- One row per closed request. Partitioned by the time inside the request's UUIDv7, so that its key is unique across
-- months. Neither prompts nor answers, neither keys nor their owners.
CREATE TABLE usage (
    id             uuid        PRIMARY KEY,
    user_id        uuid        NOT NULL,
    access_key_id  uuid,
    started_at     timestamptz NOT NULL,
    closed_at      timestamptz NOT NULL,
    first_byte_ms  integer,
    cost           bigint      NOT NULL CHECK (cost >= 0),
    price_version  bigint      NOT NULL,
    input_tokens          bigint NOT NULL CHECK (input_tokens >= 0),
    output_tokens         bigint NOT NULL CHECK (output_tokens >= 0),
    cache_read_tokens     bigint NOT NULL CHECK (cache_read_tokens >= 0),
    cache_creation_tokens bigint NOT NULL CHECK (cache_creation_tokens >= 0),
    reasoning_tokens      bigint NOT NULL CHECK (reasoning_tokens >= 0),
    markup_bp      integer     NOT NULL,
    attempts       smallint    NOT NULL,
    stream         boolean     NOT NULL,
    operation      text        NOT NULL,
    model          text        NOT NULL,
    tier           text        NOT NULL,
    status         text        NOT NULL,
    metering       text        NOT NULL,
    client_request_id text,
    strategy       text,
    score          real,
    score_cost     real,
    score_performance real,
    score_reliability real,
    score_multiplier  real,
    CHECK ((strategy IS NULL) = (score IS NULL))
) PARTITION BY RANGE (id);
CREATE INDEX usage_by_user ON usage (user_id, closed_at DESC, id DESC);
REVOKE UPDATE, DELETE ON usage FROM ${service-role};

-- The least UUIDv7 of an instant: 48 bits of milliseconds, then zeros.
CREATE FUNCTION uuid_floor(at timestamptz) RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT
    RETURN (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;

-- Makes the tables of the last two months, this one and the next ones, all in UTC. The service may call it: it has no
-- right to create tables. A partition is reached through its parent only.
CREATE FUNCTION usage_partitions(ahead integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    first timestamptz;
    part text;
    made integer := 0;
BEGIN
    IF ahead NOT BETWEEN 0 AND 24 THEN
        RAISE EXCEPTION 'months ahead out of 0..24: %', ahead;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('usage_partitions'));
    FOR month IN -2..ahead LOOP
        first := date_trunc('month', now()) + make_interval(months => month);
        part := 'usage_' || to_char(first, 'YYYYMM');
        IF to_regclass(part) IS NULL THEN
            EXECUTE format('CREATE TABLE %I PARTITION OF usage FOR VALUES FROM (%L) TO (%L)',
                part, uuid_floor(first), uuid_floor(first + interval '1 month'));
            EXECUTE format('REVOKE ALL ON %I FROM %I', part, '${service-role}');
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END $$;
REVOKE EXECUTE ON FUNCTION usage_partitions(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION usage_partitions(integer) TO ${service-role};
SELECT usage_partitions(3);

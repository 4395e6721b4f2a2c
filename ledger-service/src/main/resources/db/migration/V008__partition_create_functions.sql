-- The least UUIDv7 of an instant: 48 bits of milliseconds, then zeros.
CREATE FUNCTION uuid_floor(at timestamptz) RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT
    RETURN (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;

-- A partition is reached through its parent only: rights that new tables get by default are taken from the service.
CREATE FUNCTION add_partition(parent text, part text, bounds text) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    IF to_regclass(part) IS NOT NULL THEN
        RETURN 0;
    END IF;
    EXECUTE format('CREATE TABLE %I PARTITION OF %I %s%s', part, parent, bounds,
        CASE parent WHEN 'hold' THEN ' WITH (fillfactor = 70)' ELSE '' END);
    EXECUTE format('REVOKE ALL ON %I FROM %I', part, '${service-role}');
    RETURN 1;
END $$;

-- Last month, this one and the next ones; all months are in UTC. The service may call it: it has no right to create tables.
CREATE FUNCTION partition_months(ahead integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    parent text;
    first timestamptz;
    made integer := 0;
BEGIN
    IF ahead NOT BETWEEN 0 AND 24 THEN
        RAISE EXCEPTION 'months ahead out of 0..24: %', ahead;
    END IF;
    FOREACH parent IN ARRAY ARRAY['transfer', 'hold', 'settlement', 'settlement_attempt', 'settlement_funding',
        'settlement_correction', 'settlement_correction_part'] LOOP
        FOR month IN -1..ahead LOOP
            first := date_trunc('month', now()) + make_interval(months => month);
            made := made + add_partition(parent, parent || '_' || to_char(first, 'YYYYMM'),
                format('FOR VALUES FROM (%L) TO (%L)', uuid_floor(first), uuid_floor(first + interval '1 month')));
        END LOOP;
    END LOOP;
    RETURN made;
END $$;

-- Days to come; days older than the seven that keys live are dropped.
CREATE FUNCTION partition_days(ahead integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    first timestamptz;
    old text;
    made integer := 0;
BEGIN
    IF ahead NOT BETWEEN 0 AND 60 THEN
        RAISE EXCEPTION 'days ahead out of 0..60: %', ahead;
    END IF;
    FOR day IN 0..ahead LOOP
        first := date_trunc('day', now()) + make_interval(days => day);
        made := made + add_partition('idempotency_key', 'idempotency_key_' || to_char(first, 'YYYYMMDD'),
            format('FOR VALUES FROM (%L) TO (%L)', first, first + interval '1 day'));
    END LOOP;
    FOR old IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'idempotency_key'::regclass AND c.relname ~ '^idempotency_key_[0-9]{8}$'
          AND c.relname < 'idempotency_key_' || to_char(now() - interval '7 days', 'YYYYMMDD') LOOP
        EXECUTE format('DROP TABLE %I', old);
    END LOOP;
    RETURN made;
END $$;

REVOKE ALL ON FUNCTION add_partition, partition_months, partition_days FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partition_months, partition_days TO ${service-role};

-- Nets under the months and days, for ids whose maker's clock was far off. Nothing is in them in normal times.
SELECT add_partition(parent, parent || '_default', 'DEFAULT')
FROM unnest(ARRAY['transfer', 'hold', 'settlement', 'settlement_attempt', 'settlement_funding',
    'settlement_correction', 'settlement_correction_part', 'idempotency_key']) AS parent;

SELECT partition_months(3);
SELECT partition_days(7);

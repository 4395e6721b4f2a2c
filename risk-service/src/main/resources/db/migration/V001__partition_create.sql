-- Growing tables are partitioned by month. The service's role may not create tables: it asks a function, which runs as
-- the owner, for the month of a day, and gets that month's partitions with the privileges of their tables.
CREATE TABLE partitioned (
    name        text PRIMARY KEY,
    bound       text    NOT NULL CHECK (bound IN ('timestamptz', 'date', 'uuidv7')),
    append_only boolean NOT NULL
);
REVOKE ALL ON partitioned FROM ${service-role};

-- The smallest UUIDv7 of an instant.
CREATE FUNCTION uuidv7_floor(instant timestamptz) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (lpad(to_hex((extract(epoch FROM instant) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid;

CREATE FUNCTION partitions_ensure(a_day date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    month_start date := date_trunc('month', a_day)::date;
    month_end   date := (date_trunc('month', a_day) + interval '1 month')::date;
    parent      partitioned;
    child       text;
    low         text;
    high        text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('partitions_ensure'));
    FOR parent IN SELECT * FROM partitioned ORDER BY name LOOP
        child := parent.name || to_char(month_start, '_YYYY_MM');
        CONTINUE WHEN to_regclass(child) IS NOT NULL;
        CASE parent.bound
            WHEN 'uuidv7' THEN
                low := uuidv7_floor(month_start::timestamp AT TIME ZONE 'UTC');
                high := uuidv7_floor(month_end::timestamp AT TIME ZONE 'UTC');
            WHEN 'timestamptz' THEN
                low := month_start::timestamp AT TIME ZONE 'UTC';
                high := month_end::timestamp AT TIME ZONE 'UTC';
            ELSE
                low := month_start;
                high := month_end;
        END CASE;
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', child, parent.name, low, high);
        IF parent.append_only THEN
            EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM ${service-role}', child);
        END IF;
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION partitions_ensure(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partitions_ensure(date) TO ${service-role};

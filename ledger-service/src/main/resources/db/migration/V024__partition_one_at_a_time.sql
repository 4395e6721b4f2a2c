-- As before, but by one transaction at a time: each process looks after partitions when it starts, and two of them could
-- both find that one is missing, or both drop an old one, as whoever drops has asked for those of coming days before.
-- A query of its own sees what was committed while it waited; a name may be looked up in a cache.
CREATE OR REPLACE FUNCTION add_partition(parent text, part text, bounds text) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7113);
    IF EXISTS (SELECT FROM pg_class WHERE relname = part AND relnamespace = 'public'::regnamespace) THEN
        RETURN 0;
    END IF;
    EXECUTE format('CREATE TABLE %I PARTITION OF %I %s%s', part, parent, bounds,
        CASE parent WHEN 'hold' THEN ' WITH (fillfactor = 70)' ELSE '' END);
    EXECUTE format('REVOKE ALL ON %I FROM %I', part, '${service-role}');
    RETURN 1;
END $$;

CREATE INDEX settlement_by_xact ON settlement USING brin (xact) WITH (pages_per_range = 32);

-- Pages that were filled since the last call get into these indexes; a part that is being vacuumed is left for the next.
CREATE FUNCTION summarize_transactions() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '200ms'
AS $$
DECLARE
    part regclass;
    summarized integer := 0;
BEGIN
    FOR part IN SELECT relid FROM unnest(ARRAY['transfer_by_xact', 'settlement_by_xact', 'consumption_by_xact',
                'consumption_refund_by_xact', 'hold_settlement_by_xact']) AS parent,
            pg_partition_tree(parent::regclass) WHERE isleaf LOOP
        BEGIN
            summarized := summarized + brin_summarize_new_values(part);
        EXCEPTION WHEN lock_not_available THEN
            CONTINUE;
        END;
    END LOOP;
    RETURN summarized;
END $$;

REVOKE ALL ON FUNCTION summarize_transactions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION summarize_transactions TO ${service-role};

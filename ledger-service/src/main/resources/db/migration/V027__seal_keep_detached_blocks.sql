-- Which blocks have transfers of a month that was taken out, in runs of numbers: from what is left these can't be computed
-- anew, and all others can.
CREATE TABLE detached_block (
    month text   NOT NULL REFERENCES detached_month,
    first bigint NOT NULL CHECK (first >= 0),
    last  bigint NOT NULL CHECK (last >= first),
    PRIMARY KEY (first, month)
);

REVOKE INSERT, UPDATE, DELETE ON detached_block FROM ${service-role};

COMMENT ON COLUMN detached_month.block IS 'the last block that has transfers of the month; -1 where none has';

-- A transfer is in the block of the first cut that has it: whose number is above its transaction's, which was not running
-- then any more. The first cut above each transaction is found in one pass over both, from the highest number down.
CREATE FUNCTION keep_blocks(month text) RETURNS void
    LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    EXECUTE format($sql$
        INSERT INTO detached_block (month, first, last)
        WITH posted AS (SELECT DISTINCT xact FROM %I),
        placed AS (
            SELECT xact, min(number) OVER (ORDER BY at DESC, number NULLS FIRST ROWS UNBOUNDED PRECEDING) AS above
            FROM (SELECT before AS at, number, NULL::bigint AS xact FROM transfer_cut
                  UNION ALL SELECT xact, NULL, xact FROM posted WHERE xact IS NOT NULL) AS both_kinds),
        blocks AS (
            SELECT (SELECT c.number FROM transfer_cut c WHERE c.number >= p.above AND p.xact <> ALL (c.running)
                    ORDER BY c.number LIMIT 1) AS number
            FROM placed p WHERE p.xact IS NOT NULL
            UNION
            SELECT 0 FROM posted WHERE xact IS NULL)
        SELECT $1, min(number), max(number)
        FROM (SELECT number, number - row_number() OVER (ORDER BY number) AS run FROM blocks WHERE number IS NOT NULL)
            AS runs
        GROUP BY run
        $sql$, 'transfer_' || month) USING month;
    UPDATE detached_month d
    SET block = coalesce((SELECT max(b.last) FROM detached_block b WHERE b.month = d.month), -1)
    WHERE d.month = keep_blocks.month;
END $$;

REVOKE ALL ON FUNCTION keep_blocks FROM PUBLIC;

-- As before, and keeps which blocks the month's transfers are in.
CREATE OR REPLACE FUNCTION detach_month(month text) RETURNS void
    LANGUAGE plpgsql SET search_path = public, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    done transfer_cut;
    proven proof_point;
    unfinished bigint;
    part text;
BEGIN
    IF month !~ '^[0-9]{6}$' OR month >= to_char(now() - interval '1 month', 'YYYYMM') THEN
        RAISE EXCEPTION 'not a month before the last one: %', month;
    END IF;
    -- No cut, block, publication or proof meanwhile.
    LOCK TABLE transfer_cut, seal_block, entry_position, proof_point IN SHARE ROW EXCLUSIVE MODE;
    SELECT c.* INTO done FROM transfer_cut c
    WHERE number = (SELECT least((SELECT max(number) FROM seal_block), (SELECT cut FROM entry_position)));
    SELECT * INTO proven FROM proof_point;
    IF done IS NULL OR proven IS NULL THEN
        RAISE EXCEPTION 'nothing is sealed and published, or nothing is proven yet';
    END IF;
    FOREACH part IN ARRAY ARRAY['transfer_' || month, 'settlement_' || month, 'settlement_correction_' || month,
        'settlement_correction_part_' || month] LOOP
        EXECUTE format('SELECT count(*) FROM %I WHERE xact >= $1 OR xact = ANY ($2) OR xact >= $3 OR xact = ANY ($4)',
            part) INTO unfinished USING done.before, done.running, proven.before, proven.running;
        IF unfinished > 0 THEN
            RAISE EXCEPTION '% rows of % are not published, sealed and proven yet', unfinished, part;
        END IF;
    END LOOP;
    PERFORM keep_openings(month, done.number);
    PERFORM keep_blocks(month);
    -- Nobody waits in a circle with this who has an account locked and writes to one of these.
    LOCK TABLE account IN EXCLUSIVE MODE;
    FOREACH part IN ARRAY ARRAY['transfer', 'settlement', 'settlement_attempt', 'settlement_funding',
        'settlement_correction', 'settlement_correction_part'] LOOP
        EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', part, part || '_' || month);
    END LOOP;
END $$;

-- Of months that were taken out before this, while their tables are still there. Of one that was dropped nobody can tell
-- any more: as before, no block up to where the seal was then is computed anew.
DO $$
DECLARE
    gone detached_month;
BEGIN
    FOR gone IN SELECT * FROM detached_month LOOP
        IF to_regclass('public.transfer_' || gone.month) IS NOT NULL THEN
            PERFORM keep_blocks(gone.month);
        ELSE
            INSERT INTO detached_block (month, first, last) VALUES (gone.month, 0, gone.block);
        END IF;
    END LOOP;
END $$;

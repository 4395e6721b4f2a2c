-- The number of the transaction that wrote a row, so that what was committed can be read on from where reading ended. It
-- is null in rows that are older than this. A bigint, because xid8 has no BRIN operators; a default, so that processes of
-- the last release fill it, too; and no right to write it, so that the service's role can't put a row into a past one.
ALTER TABLE transfer ADD COLUMN xact bigint;
ALTER TABLE transfer ALTER COLUMN xact SET DEFAULT txid_current();
ALTER TABLE settlement ADD COLUMN xact bigint;
ALTER TABLE settlement ALTER COLUMN xact SET DEFAULT txid_current();

CREATE INDEX transfer_by_xact ON transfer USING brin (xact) WITH (pages_per_range = 32);
CREATE INDEX settlement_by_xact ON settlement USING brin (xact) WITH (pages_per_range = 32);

-- Pages that were filled since the last call get into these indexes; a part that is being vacuumed is left for the next.
CREATE FUNCTION summarize_transactions() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '200ms'
AS $$
DECLARE
    part regclass;
    summarized integer := 0;
BEGIN
    FOR part IN SELECT relid FROM unnest(ARRAY['transfer_by_xact', 'settlement_by_xact']) AS parent,
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

DO $$
DECLARE
    parent text;
    columns text;
BEGIN
    FOREACH parent IN ARRAY ARRAY['transfer', 'settlement'] LOOP
        SELECT string_agg(quote_ident(attname), ', ') INTO columns FROM pg_attribute
        WHERE attrelid = parent::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'xact';
        EXECUTE format('REVOKE INSERT ON %I FROM ${service-role}', parent);
        EXECUTE format('GRANT INSERT (%s) ON %I TO ${service-role}', columns, parent);
    END LOOP;
END $$;

CREATE OR REPLACE VIEW entry AS
SELECT debit AS account, debit_seq AS seq, id AS transfer, 'debit' AS side, amount, debit_after AS balance_after, type,
       reference, created_at, xact
FROM transfer
UNION ALL
SELECT credit, credit_seq, id, 'credit', amount, credit_after, type, reference, created_at, xact
FROM transfer;

-- A snapshot of the database: what was committed when it was taken is below `before` and not among `running`. A cut's
-- window is what it has and the cut before it has not. The window of cut 0 is what has no number.
CREATE TABLE transfer_cut (
    number  bigint      PRIMARY KEY CHECK (number >= 0),
    before  bigint      NOT NULL CHECK (before >= 0),
    running bigint[]    NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    CHECK (before > ALL (running))
);

INSERT INTO transfer_cut (number, before, running) VALUES (0, 0, '{}');

REVOKE UPDATE, DELETE ON transfer_cut FROM ${service-role};

-- The newest cut of which each entry was acknowledged by the broker.
CREATE TABLE entry_position (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    cut    bigint  NOT NULL
) WITH (fillfactor = 10);

INSERT INTO entry_position (cut) VALUES (-1);

REVOKE INSERT, UPDATE, DELETE ON entry_position FROM ${service-role};
GRANT UPDATE (cut) ON entry_position TO ${service-role};

-- The transfers of a cut's window, hashed together with the block before: docs/seal.md.
CREATE TABLE seal_block (
    number    bigint      PRIMARY KEY REFERENCES transfer_cut,
    previous  bytea       NOT NULL CHECK (length(previous) = 32),
    hash      bytea       NOT NULL CHECK (length(hash) = 32),
    transfers bigint      NOT NULL CHECK (transfers >= 0),
    made_at   timestamptz NOT NULL,
    sealed_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON COLUMN seal_block.made_at IS 'when its cut was made';

REVOKE UPDATE, DELETE ON seal_block FROM ${service-role};

-- How far the books were proven, and the sums up to there: a run goes on from it, and one in full does not look at it.
CREATE TABLE proof_point (
    single    boolean     PRIMARY KEY DEFAULT true CHECK (single),
    before    bigint      NOT NULL,
    running   bigint[]    NOT NULL,
    block     bigint      NOT NULL,
    events_at timestamptz NOT NULL DEFAULT 'epoch'
);

CREATE TABLE proof_sum (
    single        boolean PRIMARY KEY DEFAULT true CHECK (single),
    loss          numeric NOT NULL,
    owners_part   numeric NOT NULL,
    platform_part numeric NOT NULL,
    accrued       numeric NOT NULL
);

CREATE TABLE proof_account (
    account bigint PRIMARY KEY,
    posted  bigint NOT NULL,
    debited bigint NOT NULL,
    seq     bigint NOT NULL
) WITH (fillfactor = 70);

-- Of holds that were active then.
CREATE TABLE proof_hold (
    hold   uuid   PRIMARY KEY,
    charge bigint NOT NULL
);

CREATE TABLE proof_cap (
    cap     uuid   NOT NULL,
    cap_day date   NOT NULL,
    charge  bigint NOT NULL,
    PRIMARY KEY (cap, cap_day)
);

REVOKE DELETE ON proof_point, proof_sum, proof_account, proof_cap FROM ${service-role};
REVOKE UPDATE ON proof_hold FROM ${service-role};

-- When the newest run began, though it may still be at work.
CREATE TABLE reconciliation_turn (
    single     boolean     PRIMARY KEY DEFAULT true CHECK (single),
    started_at timestamptz NOT NULL
) WITH (fillfactor = 10);

INSERT INTO reconciliation_turn (started_at) VALUES ('epoch');

REVOKE INSERT, UPDATE, DELETE ON reconciliation_turn FROM ${service-role};
GRANT UPDATE (started_at) ON reconciliation_turn TO ${service-role};

ALTER TABLE reconciliation_run ADD COLUMN in_full boolean NOT NULL DEFAULT true;

-- What detached months had: what a proof in full adds to what is there.
CREATE TABLE opening_sum (
    month         text    PRIMARY KEY CHECK (month ~ '^[0-9]{6}$'),
    block         bigint  NOT NULL,
    loss          numeric NOT NULL,
    owners_part   numeric NOT NULL,
    platform_part numeric NOT NULL,
    accrued       numeric NOT NULL
);

COMMENT ON COLUMN opening_sum.block IS 'transfers of the month are in blocks up to this one, which need its export';

CREATE TABLE opening_account (
    month   text   NOT NULL,
    account bigint NOT NULL,
    posted  bigint NOT NULL,
    debited bigint NOT NULL,
    seq     bigint NOT NULL,
    PRIMARY KEY (account, month)
);

COMMENT ON COLUMN opening_account.posted IS 'what the month''s entries moved on the account''s normal side; may be below zero';
COMMENT ON COLUMN opening_account.seq IS 'the number of the month''s entries';

-- The last of each run of a month's entries that follow each other: what the entry after it goes on from.
CREATE TABLE opening_edge (
    account       bigint NOT NULL,
    seq           bigint NOT NULL,
    balance_after bigint NOT NULL,
    PRIMARY KEY (account, seq)
);

CREATE TABLE opening_hold (
    month  text   NOT NULL,
    hold   uuid   NOT NULL,
    charge bigint NOT NULL,
    PRIMARY KEY (hold, month)
);

CREATE TABLE opening_cap (
    month   text   NOT NULL,
    cap     uuid   NOT NULL,
    cap_day date   NOT NULL,
    charge  bigint NOT NULL,
    PRIMARY KEY (cap, cap_day, month)
);

REVOKE INSERT, UPDATE, DELETE ON opening_sum, opening_account, opening_edge, opening_hold, opening_cap
    FROM ${service-role};

-- Takes a month's transfers and settlements out of the tables, for the owner alone: their tables stay, by themselves.
-- Only where all of the month is published, sealed and proven, so that what is left stays provable by the openings.
CREATE FUNCTION detach_month(month text) RETURNS void
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
    FOREACH part IN ARRAY ARRAY['transfer_' || month, 'settlement_' || month] LOOP
        EXECUTE format('SELECT count(*) FROM %I WHERE xact >= $1 OR xact = ANY ($2) OR xact >= $3 OR xact = ANY ($4)',
            part) INTO unfinished USING done.before, done.running, proven.before, proven.running;
        IF unfinished > 0 THEN
            RAISE EXCEPTION '% rows of % are not published, sealed and proven yet', unfinished, part;
        END IF;
    END LOOP;
    PERFORM keep_openings(month, done.number);
    FOREACH part IN ARRAY ARRAY['transfer', 'settlement', 'settlement_attempt', 'settlement_funding',
        'settlement_correction', 'settlement_correction_part'] LOOP
        EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', part, part || '_' || month);
    END LOOP;
END $$;

CREATE FUNCTION keep_openings(month text, block bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    EXECUTE format($sql$
        CREATE TEMP TABLE leaving ON COMMIT DROP AS
        SELECT debit AS account, debit_seq AS seq, 'debit' AS side, amount, debit_after AS balance_after FROM %1$I
        UNION ALL SELECT credit, credit_seq, 'credit', amount, credit_after FROM %1$I
        $sql$, 'transfer_' || month);
    INSERT INTO opening_account (month, account, posted, debited, seq)
    SELECT keep_openings.month, a.id, sum(CASE WHEN l.side = a.side THEN l.amount ELSE -l.amount END),
           coalesce(sum(l.amount) FILTER (WHERE l.side = 'debit'), 0), count(*)
    FROM leaving l JOIN account a ON a.id = l.account GROUP BY a.id;
    INSERT INTO opening_edge (account, seq, balance_after)
    SELECT account, seq, balance_after
    FROM (SELECT account, seq, balance_after, lead(seq) OVER (PARTITION BY account ORDER BY seq) AS next
          FROM leaving) AS l
    WHERE next IS DISTINCT FROM seq + 1;
    EXECUTE format($sql$
        CREATE TEMP TABLE leaving_charge ON COMMIT DROP AS
        SELECT hold, charge FROM %1$I WHERE fundings = 1 AND charge > 0
        UNION ALL SELECT f.hold, f.charge FROM %2$I f WHERE f.charge > 0
        $sql$, 'settlement_' || month, 'settlement_funding_' || month);
    INSERT INTO opening_hold (month, hold, charge)
    SELECT keep_openings.month, hold, sum(charge) FROM leaving_charge GROUP BY hold;
    INSERT INTO opening_cap (month, cap, cap_day, charge)
    SELECT keep_openings.month, h.cap, h.cap_day, sum(l.charge)
    FROM leaving_charge l JOIN hold h ON h.id = l.hold WHERE h.cap IS NOT NULL GROUP BY h.cap, h.cap_day;
    -- Corrections are never in what is kept of a run: each run reads all that there are.
    EXECUTE format($sql$
        WITH corrected AS (SELECT coalesce((SELECT sum(loss) FROM %3$I), 0) AS loss,
                                  coalesce((SELECT sum(part) FROM %4$I), 0) AS part),
        kept AS (UPDATE proof_sum SET loss = proof_sum.loss + c.loss, owners_part = proof_sum.owners_part + c.part
                 FROM corrected c)
        INSERT INTO opening_sum (month, block, loss, owners_part, platform_part, accrued)
        SELECT $1, $2, coalesce(sum(loss), 0) + (SELECT loss FROM corrected),
               coalesce(sum(owners_part), 0) + (SELECT part FROM corrected), coalesce(sum(platform_part), 0),
               coalesce((SELECT sum(amount) FROM %1$I WHERE type IN ('proxy_accrual', 'proxy_correction')), 0)
        FROM %2$I
        $sql$, 'transfer_' || month, 'settlement_' || month, 'settlement_correction_' || month,
        'settlement_correction_part_' || month) USING month, block;
END $$;

REVOKE ALL ON FUNCTION detach_month, keep_openings FROM PUBLIC;

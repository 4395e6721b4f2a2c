-- The number of the transaction that wrote a row, so that what was committed can be read on from where reading ended. It
-- is null in rows that are older than this. A bigint, because xid8 has no BRIN operators; a default, so that processes of
-- the last release fill it, too; and no right to write it, so that the service's role can't put a row into a past one.
-- Writers lock an account before anything else: kept from that first, none waits in a circle with this.
LOCK TABLE account IN EXCLUSIVE MODE;

DO $$
DECLARE
    parent text;
    columns text;
BEGIN
    FOREACH parent IN ARRAY ARRAY['transfer', 'settlement', 'settlement_correction', 'settlement_correction_part',
        'consumption', 'consumption_refund', 'hold_settlement', 'credit_grant', 'recharge', 'payment', 'payment_claw',
        'payment_order'] LOOP
        SELECT string_agg(quote_ident(attname), ', ') INTO columns FROM pg_attribute
        WHERE attrelid = parent::regclass AND attnum > 0 AND NOT attisdropped;
        EXECUTE format('ALTER TABLE %I ADD COLUMN xact bigint', parent);
        EXECUTE format('REVOKE INSERT ON %I FROM ${service-role}', parent);
        EXECUTE format('GRANT INSERT (%s) ON %I TO ${service-role}', columns, parent);
        IF parent <> 'payment_order' THEN
            EXECUTE format('ALTER TABLE %I ALTER COLUMN xact SET DEFAULT txid_current()', parent);
        END IF;
    END LOOP;
END $$;

COMMENT ON COLUMN payment_order.xact IS 'of the transaction that paid it';

CREATE FUNCTION payment_order_note_xact() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    IF TG_OP = 'INSERT' OR OLD.state <> 'paid' THEN
        NEW.xact := txid_current();
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER payment_order_notes_its_payment BEFORE INSERT OR UPDATE OF state ON payment_order
    FOR EACH ROW WHEN (NEW.state = 'paid') EXECUTE FUNCTION payment_order_note_xact();

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

-- By name, as the program has it.
CREATE TABLE proof_sum (
    name   text    PRIMARY KEY,
    amount numeric NOT NULL
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

-- Months that were taken out: transfers with ids from low on and below high are not in the table any more, whatever rows
-- of other tables still name them.
CREATE TABLE detached_month (
    month text   PRIMARY KEY CHECK (month ~ '^[0-9]{6}$'),
    block bigint NOT NULL,
    low   uuid   NOT NULL,
    high  uuid   NOT NULL CHECK (high > low)
);

COMMENT ON COLUMN detached_month.block IS 'transfers of the month are in blocks up to this one, which need its export';

-- What they had: what a proof in full adds to what is there.
CREATE TABLE opening_sum (
    month  text    NOT NULL REFERENCES detached_month,
    name   text    NOT NULL,
    amount numeric NOT NULL,
    PRIMARY KEY (name, month)
);

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

-- Sellers' parts of what a hold settled.
CREATE TABLE opening_sale (
    month text    NOT NULL,
    hold  uuid    NOT NULL,
    part  numeric NOT NULL,
    PRIMARY KEY (hold, month)
);

-- What was booked as expired of a lot.
CREATE TABLE opening_lot (
    month   text    NOT NULL,
    lot     uuid    NOT NULL,
    account bigint  NOT NULL,
    amount  numeric NOT NULL,
    PRIMARY KEY (lot, month, account)
);

REVOKE INSERT, UPDATE, DELETE ON detached_month, opening_sum, opening_account, opening_edge, opening_hold, opening_cap,
    opening_sale, opening_lot FROM ${service-role};

-- Takes a month's transfers and settlements out of the tables, for the owner alone: their tables stay, by themselves. What
-- applications were told of (consumptions, holds and their settlements), grants and payments stay where they are.
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
    FOREACH part IN ARRAY ARRAY['transfer_' || month, 'settlement_' || month, 'settlement_correction_' || month,
        'settlement_correction_part_' || month] LOOP
        EXECUTE format('SELECT count(*) FROM %I WHERE xact >= $1 OR xact = ANY ($2) OR xact >= $3 OR xact = ANY ($4)',
            part) INTO unfinished USING done.before, done.running, proven.before, proven.running;
        IF unfinished > 0 THEN
            RAISE EXCEPTION '% rows of % are not published, sealed and proven yet', unfinished, part;
        END IF;
    END LOOP;
    PERFORM keep_openings(month, done.number);
    -- Nobody waits in a circle with this who has an account locked and writes to one of these.
    LOCK TABLE account IN EXCLUSIVE MODE;
    FOREACH part IN ARRAY ARRAY['transfer', 'settlement', 'settlement_attempt', 'settlement_funding',
        'settlement_correction', 'settlement_correction_part'] LOOP
        EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', part, part || '_' || month);
    END LOOP;
END $$;

CREATE FUNCTION keep_openings(month text, block bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = public, pg_temp SET timezone = 'UTC'
AS $$
BEGIN
    INSERT INTO detached_month (month, block, low, high)
    SELECT keep_openings.month, keep_openings.block, uuid_floor(first), uuid_floor(first + interval '1 month')
    FROM to_timestamp(keep_openings.month, 'YYYYMM') AS first;
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
    EXECUTE format($sql$
        INSERT INTO opening_sale (month, hold, part)
        SELECT $1, reference, sum(amount) FROM %1$I WHERE type = 'trade' GROUP BY reference
        $sql$, 'transfer_' || month) USING month;
    EXECUTE format($sql$
        INSERT INTO opening_lot (month, lot, account, amount)
        SELECT $1, reference, debit, sum(amount) FROM %1$I WHERE type = 'expiry' AND reference IS NOT NULL
        GROUP BY reference, debit
        $sql$, 'transfer_' || month) USING month;
    EXECUTE format($sql$
        INSERT INTO opening_sum (month, name, amount)
        SELECT $1, name, coalesce(sum(amount), 0)
        FROM (SELECT 'loss' AS name, loss AS amount FROM %2$I
              UNION ALL SELECT 'loss', loss FROM %3$I
              UNION ALL SELECT 'owners_part', owners_part FROM %2$I
              UNION ALL SELECT 'owners_part', part FROM %4$I
              UNION ALL SELECT 'platform_part', platform_part FROM %2$I
              UNION ALL SELECT 'accrued', amount FROM %1$I WHERE type IN ('proxy_accrual', 'proxy_correction')
              UNION ALL SELECT 'expired', amount FROM %1$I WHERE type = 'expiry'
              UNION ALL SELECT 'debt_settled', amount FROM %1$I WHERE type = 'debt_settlement') AS moved
        GROUP BY name
        $sql$, 'transfer_' || month, 'settlement_' || month, 'settlement_correction_' || month,
        'settlement_correction_part_' || month) USING month;
END $$;

REVOKE ALL ON FUNCTION detach_month, keep_openings FROM PUBLIC;

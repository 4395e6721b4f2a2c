-- Writers lock an account before anything else: kept from that first, none waits in a circle with this, which is short.
-- What reads whole tables comes later, by itself: indexes with V015 to V017, the validation of rules with V018.
LOCK TABLE account IN EXCLUSIVE MODE;

-- Holds of other applications and of purchases beside leases: one table, one rule of what is held. A lease lives by its
-- holder's statements and the ledger's uptime; these live by the database's clock.
ALTER TABLE hold
    DROP CONSTRAINT hold_kind_check,
    ALTER COLUMN instance DROP NOT NULL,
    ALTER COLUMN recall_url DROP NOT NULL,
    ALTER COLUMN opened_uptime_ms DROP NOT NULL,
    ADD COLUMN application text,
    ADD COLUMN description text,
    ADD COLUMN reference text,
    ADD COLUMN expires_at timestamptz,
    ADD COLUMN settled_late bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT hold_kind_check CHECK (kind IN ('lease', 'application', 'purchase')) NOT VALID,
    ADD CONSTRAINT hold_has_its_kinds_members CHECK (
        CASE kind WHEN 'lease' THEN num_nulls(instance, recall_url, opened_uptime_ms) = 0
                       AND num_nonnulls(application, description, reference, expires_at) = 0
        ELSE num_nonnulls(instance, recall_url, opened_uptime_ms, cap) = 0
             AND num_nulls(application, description, expires_at) = 0
             AND spent_told = 0 AND in_flight_told = 0 AND statement_seq = 0 AND NOT last END) NOT VALID,
    ADD CONSTRAINT hold_lives_thirty_days CHECK (
        expires_at > opened_at AND expires_at <= opened_at + interval '720 hours') NOT VALID,
    -- What an expired hold gave back is all that a late settlement may take, and only of an expired one.
    ADD CONSTRAINT hold_late_within_what_expired CHECK (
        settled_late >= 0 AND settled_late <= released AND (settled_late = 0 OR status = 'expired')) NOT VALID;

COMMENT ON COLUMN hold.application IS 'subject of the application that opened it; null for leases';
COMMENT ON COLUMN hold.settled_late IS 'micro-credits taken after it had expired, from what was available then';

GRANT UPDATE (amount, expires_at, settled_late) ON hold TO ${service-role};

-- Only a hold that is active grows, and no lease does: fires where an UPDATE names the amount, so leases pay nothing for it.
CREATE FUNCTION refuse_hold_amount() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'the amount of hold % can not become %', OLD.id, NEW.amount USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER hold_amount_only_grows BEFORE UPDATE OF amount ON hold
    FOR EACH ROW WHEN (NEW.amount <> OLD.amount
        AND (OLD.kind = 'lease' OR OLD.status <> 'active' OR NEW.amount < OLD.amount))
    EXECUTE FUNCTION refuse_hold_amount();

-- How an amount is shared out. A change is a further version; nothing is changed or deleted.
CREATE FUNCTION sum_of(shares integer[]) RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT
    RETURN (SELECT coalesce(sum(share), 0) FROM unnest(shares) AS share);

CREATE TABLE split (
    name         text        NOT NULL CHECK (name ~ '^[a-z][a-z0-9_]{0,39}$'),
    version      integer     NOT NULL CHECK (version > 0),
    payees       text[]      NOT NULL CHECK (payees <@ ARRAY['seller', 'platform', 'reserve']),
    basis_points integer[]   NOT NULL CHECK (0 < ALL (basis_points)),
    actor        text        NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (name, version),
    CONSTRAINT split_gives_all CHECK (sum_of(basis_points) = 10000),
    CHECK (cardinality(payees) = cardinality(basis_points))
);

REVOKE UPDATE, DELETE ON split FROM ${service-role};

INSERT INTO split (name, version, payees, basis_points, actor) VALUES
    ('market_sale', 1, '{seller,platform,reserve}', '{8500,1000,500}', 'service:ledger-service'),
    ('consignment', 1, '{seller,platform}', '{9500,500}', 'service:ledger-service');

-- One row per part of a hold that was settled, once per id that its application chose, for ever. No foreign key to
-- hold: months of both are detached by themselves, and a proof compares them.
CREATE TABLE hold_settlement (
    hold          uuid        NOT NULL,
    id            text        NOT NULL CHECK (length(id) BETWEEN 1 AND 128),
    transfer      uuid        NOT NULL,
    account       bigint      NOT NULL,
    amount        bigint      NOT NULL CHECK (amount > 0),
    late          boolean     NOT NULL,
    seller        uuid,
    seller_part   bigint      NOT NULL CHECK (seller_part >= 0),
    platform_part bigint      NOT NULL CHECK (platform_part >= 0),
    reserve_part  bigint      NOT NULL CHECK (reserve_part >= 0),
    split         text,
    split_version integer,
    body_digest   bytea       NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (hold, id),
    FOREIGN KEY (split, split_version) REFERENCES split (name, version),
    CHECK ((split IS NULL) = (split_version IS NULL)),
    CONSTRAINT hold_settlement_gives_what_it_takes CHECK (seller_part + platform_part + reserve_part = amount),
    CONSTRAINT hold_settlement_names_its_seller CHECK (seller IS NOT NULL OR seller_part = 0)
) PARTITION BY RANGE (hold);

COMMENT ON COLUMN hold_settlement.transfer IS 'the person''s entry; parts of a split are transfers that refer to the hold';

REVOKE UPDATE, DELETE ON hold_settlement FROM ${service-role};

ALTER TABLE account
    DROP CONSTRAINT account_kind_check,
    ADD CONSTRAINT account_kind_check CHECK (
        kind IN ('user', 'clearing', 'revenue', 'platform_loss', 'earnings', 'issued', 'consumed',
            'reserve')) NOT VALID;

ALTER TYPE transfer_type ADD VALUE IF NOT EXISTS 'escrow';
ALTER TYPE transfer_type ADD VALUE IF NOT EXISTS 'trade';
ALTER TYPE transfer_type ADD VALUE IF NOT EXISTS 'fee';
ALTER TYPE transfer_type ADD VALUE IF NOT EXISTS 'risk_reserve';

-- As before, and hold_settlement.
CREATE OR REPLACE FUNCTION partition_months(ahead integer) RETURNS integer
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
        'settlement_correction', 'settlement_correction_part', 'consumption', 'consumption_refund',
        'hold_settlement'] LOOP
        FOR month IN -1..ahead LOOP
            first := date_trunc('month', now()) + make_interval(months => month);
            made := made + add_partition(parent, parent || '_' || to_char(first, 'YYYYMM'),
                format('FOR VALUES FROM (%L) TO (%L)', uuid_floor(first), uuid_floor(first + interval '1 month')));
        END LOOP;
    END LOOP;
    RETURN made;
END $$;

SELECT add_partition('hold_settlement', 'hold_settlement_default', 'DEFAULT');
SELECT partition_months(3);

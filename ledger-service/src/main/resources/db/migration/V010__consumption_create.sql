-- Writers lock an account before anything else: kept from that first, none waits in a circle with this, which is short.
-- What reads whole tables comes later, by itself: indexes with V015 to V017, the validation of rules with V018.
LOCK TABLE account IN EXCLUSIVE MODE;

-- What applications consume goes to one of many accounts, so that consumptions of different people seldom wait for a row.
ALTER TABLE account
    DROP CONSTRAINT account_kind_check,
    ADD CONSTRAINT account_kind_check
        CHECK (kind IN ('user', 'clearing', 'revenue', 'platform_loss', 'earnings', 'issued', 'consumed')) NOT VALID;

ALTER TYPE transfer_type ADD VALUE IF NOT EXISTS 'consume';
ALTER TYPE transfer_type ADD VALUE IF NOT EXISTS 'consume_refund';

-- Transfers are posted under their accounts' locks: times that are taken then rise with the accounts' sequences, which
-- the start of a transaction that had to wait does not. A balance at a past instant is found by that.
ALTER TABLE transfer ALTER COLUMN created_at SET DEFAULT clock_timestamp();

-- Every price that an action ever had; the highest version is in force.
CREATE TABLE priced_action (
    name       text        NOT NULL CHECK (name ~ '^[a-z][a-z0-9_]{0,63}$'),
    version    bigint      NOT NULL CHECK (version > 0),
    price      bigint      CHECK (price > 0),
    actor      text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (name, version)
);

COMMENT ON COLUMN priced_action.price IS 'micro-credits; null where the action has none from this version on';

REVOKE UPDATE, DELETE ON priced_action FROM ${service-role};

INSERT INTO priced_action (name, version, price, actor)
VALUES ('video', 1, 50000000, 'quotabank'), ('script', 1, 10000000, 'quotabank'), ('character', 1, 5000000, 'quotabank');

-- Credits that an application consumed of a person's; its id is its transfer's.
CREATE TABLE consumption (
    id            uuid   PRIMARY KEY,
    account       bigint NOT NULL,
    amount        bigint NOT NULL CHECK (amount > 0),
    action        text   NOT NULL CHECK (char_length(action) BETWEEN 1 AND 64),
    price_version bigint CHECK (price_version > 0),
    description   text   CHECK (char_length(description) <= 500),
    application   text   NOT NULL
) PARTITION BY RANGE (id);

COMMENT ON COLUMN consumption.price_version IS 'of its action; null where the application named the amount';

-- What was given back of a consumption, once.
CREATE TABLE consumption_refund (
    consumption uuid        PRIMARY KEY,
    transfer    uuid        NOT NULL,
    amount      bigint      NOT NULL CHECK (amount > 0),
    reason      text        CHECK (char_length(reason) <= 500),
    created_at  timestamptz NOT NULL DEFAULT now()
) PARTITION BY RANGE (consumption);

CREATE FUNCTION consumption_refund_within() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    IF (NEW.amount <= (SELECT amount FROM consumption WHERE id = NEW.consumption)) IS NOT TRUE THEN
        RAISE EXCEPTION 'more than consumption % took', NEW.consumption
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consumption_refund_within';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER consumption_refund_within BEFORE INSERT ON consumption_refund
    FOR EACH ROW EXECUTE FUNCTION consumption_refund_within();

REVOKE UPDATE, DELETE ON consumption, consumption_refund FROM ${service-role};

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
        'settlement_correction', 'settlement_correction_part', 'consumption', 'consumption_refund'] LOOP
        FOR month IN -1..ahead LOOP
            first := date_trunc('month', now()) + make_interval(months => month);
            made := made + add_partition(parent, parent || '_' || to_char(first, 'YYYYMM'),
                format('FOR VALUES FROM (%L) TO (%L)', uuid_floor(first), uuid_floor(first + interval '1 month')));
        END LOOP;
    END LOOP;
    RETURN made;
END $$;

SELECT add_partition(parent, parent || '_default', 'DEFAULT')
FROM unnest(ARRAY['consumption', 'consumption_refund']) AS parent;

SELECT partition_months(3);

-- Writers lock an account before anything else: kept from that first, none waits in a circle with this, which is short.
-- What reads whole tables comes later, by itself: an index with V022, the validation of rules with V023.
LOCK TABLE account IN EXCLUSIVE MODE;

ALTER TYPE transfer_type ADD VALUE IF NOT EXISTS 'bonus_refund';
ALTER TYPE transfer_type ADD VALUE IF NOT EXISTS 'bonus_restored';

-- Of what an account holds: what was held when credits were taken back that were not available. As it comes back it pays
-- the debt. A process of the release before settles and releases without looking here, so it may be more than is held
-- now: whoever reads it takes the lesser.
ALTER TABLE account
    ADD COLUMN pledged bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT account_of_a_person_pledges CHECK (pledged >= 0 AND (pledged = 0 OR kind = 'user')) NOT VALID;

COMMENT ON COLUMN account.pledged IS 'micro-credits of what is held: they pay the debt when they come back';

GRANT UPDATE (pledged) ON account TO ${service-role};

UPDATE account a SET pledged = least(a.held, d.posted)
FROM (SELECT DISTINCT p.account, p.debt FROM payment_claw c JOIN payment p ON p.id = c.payment WHERE c.to_debt > 0) o
JOIN account d ON d.id = o.debt
WHERE a.id = o.account AND a.held > 0 AND d.posted > 0;

-- What a consumption took of gifts, in the order in which they were spent; null in rows of the release before, which are
-- given back as paid credits.
ALTER TABLE consumption
    ADD COLUMN lots uuid[],
    ADD COLUMN parts bigint[],
    ADD CONSTRAINT consumption_has_a_part_of_each_lot
        CHECK (cardinality(lots) IS NOT DISTINCT FROM cardinality(parts)) NOT VALID;

COMMENT ON COLUMN consumption.lots IS 'the transfers of the gifts; null where it was paid by none';
COMMENT ON COLUMN consumption.parts IS 'micro-credits of each of these; the rest of the amount was paid credits';

GRANT INSERT (lots, parts) ON consumption TO ${service-role};

ALTER TABLE consumption_refund
    ADD COLUMN to_lots bigint NOT NULL DEFAULT 0,
    ADD COLUMN expired bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT consumption_refund_to_lots_within_amount
        CHECK (expired >= 0 AND to_lots >= expired AND to_lots <= amount) NOT VALID;

COMMENT ON COLUMN consumption_refund.to_lots IS 'of amount: what went back to the gifts it was taken from';
COMMENT ON COLUMN consumption_refund.expired IS 'of to_lots: of gifts whose time was over, and booked so at once';

GRANT INSERT (to_lots, expired) ON consumption_refund TO ${service-role};

-- What spending takes of an account's gifts, in their order, from where spending had come.
CREATE FUNCTION lots_taken(of_account bigint, spent bigint, taken bigint) RETURNS TABLE (lots uuid[], parts bigint[])
    LANGUAGE sql STABLE
AS $$
    SELECT array_agg(transfer ORDER BY upto), array_agg(part ORDER BY upto)
    FROM (SELECT transfer, upto, least(upto, spent + taken) - greatest(upto - rest, spent) AS part
          FROM (SELECT transfer, amount - gone AS rest,
                       sum(amount - gone) OVER (ORDER BY priority, expires_at NULLS LAST, created_at, transfer)::bigint
                           AS upto
                FROM credit_grant WHERE account = of_account AND gone < amount AND taken > 0) AS open) AS cut
    WHERE part > 0
$$;

ALTER TABLE credit_grant
    ADD COLUMN returned bigint NOT NULL DEFAULT 0,
    ADD COLUMN ended bigint NOT NULL DEFAULT 0,
    ADD COLUMN revoked bigint,
    ADD COLUMN claimed bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT credit_grant_ended_within_gone CHECK (returned >= 0 AND ended BETWEEN 0 AND gone) NOT VALID,
    ADD CONSTRAINT credit_grant_revoked_within_ended CHECK (revoked BETWEEN 0 AND ended) NOT VALID,
    ADD CONSTRAINT credit_grant_claimed_of_a_revoked_one
        CHECK (claimed BETWEEN 0 AND gone - ended AND (claimed = 0 OR revoked IS NOT NULL)) NOT VALID;

COMMENT ON COLUMN credit_grant.returned IS 'micro-credits that ever came back to it; gone is less these';
COMMENT ON COLUMN credit_grant.ended IS 'of gone: what was not spent: expired, or left to open holds when it ended';
COMMENT ON COLUMN credit_grant.revoked IS 'of ended: what went with the recharge that brought it; null while it stands';
COMMENT ON COLUMN credit_grant.claimed IS 'of gone: what was spent of it and then asked back, as it was revoked';

GRANT UPDATE (returned, ended, revoked, claimed) ON credit_grant TO ${service-role};

UPDATE credit_grant g SET ended = e.amount
FROM (SELECT reference, sum(amount)::bigint AS amount FROM transfer
      WHERE type = 'expiry' AND reference IN (SELECT transfer FROM credit_grant WHERE origin = 'invitation')
      GROUP BY reference) e
WHERE g.transfer = e.reference;

-- What is gone comes back only where that is counted.
CREATE OR REPLACE TRIGGER credit_grant_only_shrinks BEFORE UPDATE ON credit_grant
    FOR EACH ROW WHEN (NEW.returned < OLD.returned OR NEW.gone + NEW.returned < OLD.gone + OLD.returned)
    EXECUTE FUNCTION refuse_return_to_grant();

-- Each time a gift went back with the recharge that brought it, or came again since that recharge stands after all.
CREATE TABLE grant_claw (
    id           uuid        PRIMARY KEY,
    lot          uuid        NOT NULL,
    payment      uuid        NOT NULL REFERENCES payment,
    type         text        NOT NULL CHECK (type IN ('revoked', 'restored')),
    from_lot     bigint      NOT NULL CHECK (from_lot >= 0),
    from_balance bigint      NOT NULL CHECK (from_balance >= 0),
    to_debt      bigint      NOT NULL CHECK (to_debt >= 0),
    created_at   timestamptz NOT NULL DEFAULT now(),
    xact         bigint      DEFAULT txid_current(),
    CHECK (type <> 'restored' OR to_debt = 0)
);

COMMENT ON COLUMN grant_claw.lot IS 'the transfer of the gift';
COMMENT ON COLUMN grant_claw.from_balance IS 'micro-credits that were spent of it, out of what was available instead';

CREATE INDEX grant_claw_by_xact ON grant_claw (xact);
CREATE INDEX grant_claw_by_lot ON grant_claw (lot);

REVOKE INSERT, UPDATE, DELETE ON grant_claw FROM ${service-role};
GRANT INSERT (id, lot, payment, type, from_lot, from_balance, to_debt, created_at) ON grant_claw TO ${service-role};


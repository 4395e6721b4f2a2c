-- Writers lock an account before anything else: kept from that first, none waits in a circle with this, which is short.
-- What reads whole tables comes later, by itself: indexes with V015 to V017, the validation of rules with V018.
LOCK TABLE account IN EXCLUSIVE MODE;

ALTER TYPE transfer_type ADD VALUE 'expiry';

-- A gift is a lot of credits that is used up; its id is its transfer's. Rows that the release before adds meanwhile are
-- whole lots.
ALTER TABLE credit_grant
    DROP CONSTRAINT credit_grant_origin_check,
    ADD CONSTRAINT credit_grant_origin_check CHECK (origin IN
        ('signup', 'phone', 'invitation', 'code', 'tier_bonus', 'package_bonus', 'gift')) NOT VALID,
    ALTER COLUMN expires_at DROP NOT NULL,
    ADD COLUMN gone bigint NOT NULL DEFAULT 0,
    ADD COLUMN reason text,
    ADD COLUMN actor text,
    ADD CONSTRAINT credit_grant_gives_no_more_than_it_has CHECK (gone BETWEEN 0 AND amount) NOT VALID,
    ADD CONSTRAINT credit_grant_gift_has_a_reason
        CHECK (origin <> 'gift' OR (coalesce(reason, '') <> '' AND coalesce(actor, '') <> '')) NOT VALID;

COMMENT ON COLUMN credit_grant.expires_at IS 'null: never';
COMMENT ON COLUMN credit_grant.gone IS 'of amount: spent, expired, or in an open hold when the rest expired';

DROP INDEX credit_grant_by_account;

GRANT UPDATE (gone) ON credit_grant TO ${service-role};

-- What is gone does not come back.
CREATE FUNCTION refuse_return_to_grant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what is gone of grant % stays gone', OLD.key USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER credit_grant_only_shrinks BEFORE UPDATE ON credit_grant
    FOR EACH ROW WHEN (NEW.gone < OLD.gone) EXECUTE FUNCTION refuse_return_to_grant();

-- What is left of an account's lots is told by columns that spending does not touch: greatest(0, lots - (debited - spread)).
ALTER TABLE account
    ADD COLUMN lots bigint NOT NULL DEFAULT 0,
    ADD COLUMN spread bigint NOT NULL DEFAULT 0,
    ADD COLUMN backed bigint NOT NULL DEFAULT 0,
    ADD COLUMN lapsed bigint NOT NULL DEFAULT 0,
    ADD COLUMN next_expiry timestamptz;

COMMENT ON COLUMN account.lots IS 'micro-credits that its grants had left when its debits were last spread over them';
COMMENT ON COLUMN account.spread IS 'how far in debited that was, and debits since then that took nothing of them';
COMMENT ON COLUMN account.backed IS 'micro-credits of expired grants that its open holds still have';
COMMENT ON COLUMN account.lapsed IS 'micro-credits of expired grants that holds gave back, about to be booked as expired';
COMMENT ON COLUMN account.next_expiry IS 'no grant of it expires before; null: none does';

-- Until now only spending debited people, and a person had one grant.
UPDATE account a SET lots = g.amount, next_expiry = g.expires_at
FROM (SELECT account, sum(amount)::bigint AS amount, min(expires_at) AS expires_at FROM credit_grant GROUP BY account) g
WHERE g.account = a.id;

ALTER TABLE account
    ADD CONSTRAINT account_grants_within_posted
        CHECK (greatest(0, lots - (debited - spread)) + backed + lapsed <= posted) NOT VALID,
    ADD CONSTRAINT account_backed_within_held CHECK (backed BETWEEN 0 AND held) NOT VALID,
    ADD CONSTRAINT account_lapsed_is_not_held CHECK (lapsed >= 0 AND held + lapsed <= posted) NOT VALID,
    ADD CONSTRAINT account_spread_within_debited CHECK (lots >= 0 AND spread BETWEEN 0 AND debited) NOT VALID,
    ADD CONSTRAINT account_of_a_person_has_grants
        CHECK (kind = 'user' OR (lots = 0 AND backed = 0 AND lapsed = 0 AND next_expiry IS NULL)) NOT VALID;

GRANT UPDATE (lots, spread, backed, lapsed, next_expiry) ON account TO ${service-role};

-- A process of the release before that goes on beside this one gives without telling the account of it: seen at its
-- commit, when the account has no lots though it was given one. Spending until then took nothing of that.
CREATE FUNCTION credit_grant_reach_account() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    UPDATE account SET lots = NEW.amount, spread = debited, next_expiry = NEW.expires_at
    WHERE id = NEW.account AND lots = 0 AND next_expiry IS NULL
      AND EXISTS (SELECT FROM credit_grant WHERE key = NEW.key AND gone = 0);
    RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION credit_grant_reach_account FROM PUBLIC;

CREATE CONSTRAINT TRIGGER credit_grant_reaches_the_account AFTER INSERT ON credit_grant
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.origin = 'signup') EXECUTE FUNCTION credit_grant_reach_account();

ALTER TABLE hold
    ADD COLUMN backed bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT hold_backed_within_left CHECK (backed >= 0 AND settled + released + backed <= amount) NOT VALID;

COMMENT ON COLUMN hold.backed IS 'of what is left: micro-credits of grants that have expired since it was opened';

GRANT UPDATE (backed) ON hold TO ${service-role};

-- How much a tier adds to a recharge. Every change of a person's tier is kept; it reaches the account by no other way.
CREATE TABLE tier (
    name              text    PRIMARY KEY CHECK (name IN ('bronze', 'silver', 'gold')),
    recharge_bonus_bp integer NOT NULL CHECK (recharge_bonus_bp BETWEEN 0 AND 10000)
);

COMMENT ON COLUMN tier.recharge_bonus_bp IS 'basis points of the credits of a recharge, its bonus included';

INSERT INTO tier VALUES ('bronze', 0), ('silver', 0), ('gold', 2000);

REVOKE INSERT, UPDATE, DELETE ON tier FROM ${service-role};

CREATE TABLE tier_change (
    id         uuid        PRIMARY KEY,
    account    bigint      NOT NULL REFERENCES account,
    tier       text        NOT NULL REFERENCES tier,
    actor      text        NOT NULL CHECK (actor <> ''),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX tier_change_by_account ON tier_change (account, id);

REVOKE UPDATE, DELETE ON tier_change FROM ${service-role};

CREATE FUNCTION take_tier() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    UPDATE account SET tier = NEW.tier WHERE id = NEW.account AND kind = 'user';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only people have tiers' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION take_tier FROM PUBLIC;

CREATE TRIGGER tier_change_reaches_the_account AFTER INSERT ON tier_change
    FOR EACH ROW EXECUTE FUNCTION take_tier();

-- Who invited whom. Of two people one at most invited the other.
CREATE TABLE invitation_code (
    person     uuid        PRIMARY KEY,
    code       text        NOT NULL UNIQUE CHECK (length(code) BETWEEN 8 AND 32),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE invitation (
    invited    uuid        PRIMARY KEY,
    inviter    uuid        NOT NULL REFERENCES invitation_code,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT invitation_of_another CHECK (invited <> inviter)
);

CREATE UNIQUE INDEX invitation_one_way ON invitation (least(invited, inviter), greatest(invited, inviter));

-- The recharge that made a person one who can no longer be invited.
CREATE TABLE first_recharge (
    account    bigint      PRIMARY KEY REFERENCES account,
    transfer   uuid        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

INSERT INTO first_recharge (account, transfer, created_at)
SELECT DISTINCT ON (account) account, id, created_at FROM recharge ORDER BY account, created_at;

REVOKE UPDATE, DELETE ON invitation_code, invitation, first_recharge FROM ${service-role};

-- Codes are known by their hash only.
CREATE TABLE code_batch (
    id              uuid        PRIMARY KEY,
    credits         bigint      NOT NULL CHECK (credits > 0),
    codes           integer     NOT NULL CHECK (codes > 0),
    codes_expire_at timestamptz NOT NULL,
    credits_live_s  bigint      CHECK (credits_live_s > 0),
    reason          text        NOT NULL CHECK (reason <> ''),
    actor           text        NOT NULL CHECK (actor <> ''),
    created_at      timestamptz NOT NULL DEFAULT now(),
    CHECK (codes_expire_at > created_at)
);

COMMENT ON COLUMN code_batch.credits_live_s IS 'seconds from being redeemed; null: for ever';

CREATE TABLE code (
    hash  bytea PRIMARY KEY CHECK (length(hash) = 32),
    batch uuid  NOT NULL REFERENCES code_batch,
    UNIQUE (hash, batch)
);

-- Once per code, and once per person and batch. What it gave is the grant with the key code:HASH.
CREATE TABLE redemption (
    hash       bytea       PRIMARY KEY,
    batch      uuid        NOT NULL,
    person     uuid        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (hash, batch) REFERENCES code (hash, batch),
    UNIQUE (batch, person)
);

REVOKE UPDATE, DELETE ON code_batch, code, redemption FROM ${service-role};

-- How often a person has tried a code in the running hour.
CREATE TABLE redemption_tries (
    person uuid        PRIMARY KEY,
    since  timestamptz NOT NULL,
    tries  integer     NOT NULL CHECK (tries > 0)
) WITH (fillfactor = 70);

REVOKE UPDATE, DELETE ON redemption_tries FROM ${service-role};
GRANT UPDATE (since, tries) ON redemption_tries TO ${service-role};

-- The outbox (Spring Modulith).
CREATE TABLE event_publication (
    id                     uuid        PRIMARY KEY,
    listener_id            text        NOT NULL,
    event_type             text        NOT NULL,
    serialized_event       text        NOT NULL,
    publication_date       timestamptz NOT NULL,
    completion_date        timestamptz,
    status                 text,
    completion_attempts    int,
    last_resubmission_date timestamptz
);
CREATE INDEX event_publication_serialized_event_hash_idx
    ON event_publication USING hash (serialized_event);
CREATE INDEX event_publication_by_completion_date_idx ON event_publication (completion_date);
REVOKE ALL ON event_publication FROM ${reader-role};

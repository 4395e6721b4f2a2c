-- Writers lock an account before anything else: kept from that first, none waits in a circle with this, which is short.
-- What reads whole tables comes later, by itself: indexes with V015 to V017, the validation of rules with V018.
LOCK TABLE account IN EXCLUSIVE MODE;

-- What a person owes since a payment was taken back after its credits were spent: normal on the debit side, like the
-- platform's losses, so that no balance is ever negative. The rules on kinds are widened as they stand.
DO $$
DECLARE
    rule record;
BEGIN
    FOR rule IN
        SELECT conname, pg_get_constraintdef(oid) AS says FROM pg_constraint
        WHERE conrelid = 'account'::regclass AND contype = 'c' AND pg_get_constraintdef(oid) ~ '''(issued|earnings)'''
    LOOP
        rule.says := replace(rule.says, ' NOT VALID', '') || ' NOT VALID';
        EXECUTE format('ALTER TABLE account DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', rule.conname, rule.conname,
            CASE WHEN rule.says ~ '''issued'''
                THEN replace(rule.says, '''issued''::text', '''issued''::text, ''debt''::text')
                ELSE replace(rule.says, '''earnings''::text', '''earnings''::text, ''debt''::text') END);
    END LOOP;
END $$;

ALTER TYPE transfer_type ADD VALUE IF NOT EXISTS 'recharge_refund';
ALTER TYPE transfer_type ADD VALUE IF NOT EXISTS 'chargeback';
ALTER TYPE transfer_type ADD VALUE IF NOT EXISTS 'recharge_restored';
ALTER TYPE transfer_type ADD VALUE IF NOT EXISTS 'debt_settlement';

-- What can be bought. Orders copy the terms: a change is for orders to come.
CREATE TABLE credit_package (
    id         uuid        PRIMARY KEY,
    name       text        NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    amount_fen bigint      NOT NULL CHECK (amount_fen > 0),
    credits    bigint      NOT NULL CHECK (credits > 0),
    bonus      bigint      NOT NULL CHECK (bonus >= 0 AND bonus < credits),
    active     boolean     NOT NULL,
    actor      text        NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON COLUMN credit_package.credits IS 'micro-credits, bonus included';

-- An amount of money buys one package.
CREATE UNIQUE INDEX credit_package_by_amount ON credit_package (amount_fen) WHERE active;

REVOKE UPDATE, DELETE ON credit_package FROM ${service-role};
GRANT UPDATE (name, amount_fen, credits, bonus, active, actor, changed_at) ON credit_package TO ${service-role};

INSERT INTO credit_package (id, name, amount_fen, credits, bonus, active, actor) VALUES
    ('01990000-0000-7000-8000-000000001000', '100 积分', 1000,  100000000,          0, true, 'service:ledger-service'),
    ('01990000-0000-7000-8000-000000005000', '550 积分', 5000,  550000000,   50000000, true, 'service:ledger-service'),
    ('01990000-0000-7000-8000-000000010000', '1200 积分', 10000, 1200000000, 200000000, true, 'service:ledger-service'),
    ('01990000-0000-7000-8000-000000050000', '6500 积分', 50000, 6500000000, 1500000000, true, 'service:ledger-service');

-- Orders and payments are some per person and year and are asked for by keys that are unique for ever: like recharges
-- they are kept in one table each, whatever the month.
CREATE TABLE payment_order (
    id           uuid        PRIMARY KEY,
    account      bigint      NOT NULL REFERENCES account,
    person       uuid        NOT NULL,
    provider     text        NOT NULL CHECK (provider IN ('wechat', 'alipay', 'stripe')),
    package      uuid        NOT NULL REFERENCES credit_package,
    amount_fen   bigint      NOT NULL CHECK (amount_fen > 0),
    credits      bigint      NOT NULL CHECK (credits > 0),
    order_key    text        CHECK (length(order_key) BETWEEN 1 AND 300),
    terms        bytea       NOT NULL,
    state        text        NOT NULL DEFAULT 'opening' CHECK (state IN ('opening', 'pending', 'paid', 'closed')),
    pay_url      text,
    code_url     text,
    reference    text,
    opened_at    timestamptz NOT NULL,
    closes_at    timestamptz NOT NULL,
    next_look_at timestamptz NOT NULL,
    paid_at      timestamptz,
    UNIQUE (person, order_key),
    CHECK (closes_at > opened_at),
    CHECK ((state = 'paid') = (paid_at IS NOT NULL))
);

COMMENT ON COLUMN payment_order.order_key IS 'the buyer''s own order id or idempotency key';
COMMENT ON COLUMN payment_order.reference IS 'the provider''s own name of it, where that has one';

CREATE INDEX payment_order_by_person ON payment_order (person, id);
CREATE INDEX payment_order_unpaid ON payment_order (next_look_at) WHERE state IN ('opening', 'pending');

REVOKE UPDATE, DELETE ON payment_order FROM ${service-role};
GRANT UPDATE (state, pay_url, code_url, reference, next_look_at, paid_at) ON payment_order TO ${service-role};

-- Money that a provider says it took, each of its transactions once for ever. An order's terms are booked for one of
-- them; more money for the same order is surplus, money of another amount or currency is odd, and neither moves credits.
CREATE TABLE payment (
    id           uuid        PRIMARY KEY,
    provider     text        NOT NULL CHECK (provider IN ('wechat', 'alipay', 'stripe')),
    provider_txn text        NOT NULL,
    payment_order uuid       NOT NULL REFERENCES payment_order,
    account      bigint      NOT NULL REFERENCES account,
    debt         bigint      NOT NULL REFERENCES account,
    amount_fen   bigint      NOT NULL CHECK (amount_fen > 0),
    currency     text        NOT NULL,
    standing     text        NOT NULL CHECK (standing IN ('booked', 'surplus', 'odd')),
    credits      bigint      NOT NULL,
    clawed_fen   bigint      NOT NULL DEFAULT 0,
    clawed       bigint      NOT NULL DEFAULT 0,
    created_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT payment_once UNIQUE (provider, provider_txn),
    CHECK (CASE standing WHEN 'booked' THEN credits > 0 ELSE credits = 0 END),
    CONSTRAINT payment_never_over_clawed CHECK (clawed_fen BETWEEN 0 AND amount_fen AND clawed BETWEEN 0 AND credits)
);

COMMENT ON COLUMN payment.id IS 'of the transfer too, where it was booked';
COMMENT ON COLUMN payment.clawed IS 'micro-credits taken back since, for clawed_fen of the money';

CREATE UNIQUE INDEX payment_books_an_order_once ON payment (payment_order) WHERE standing = 'booked';
CREATE INDEX payment_by_order ON payment (payment_order);

REVOKE UPDATE, DELETE ON payment FROM ${service-role};
GRANT UPDATE (clawed_fen, clawed) ON payment TO ${service-role};

-- What is known of money that went back, whatever came first, the payment or this. No key to payment therefore.
CREATE TABLE payment_refund (
    provider     text        NOT NULL CHECK (provider IN ('wechat', 'alipay', 'stripe')),
    refund_key   text        NOT NULL,
    provider_txn text        NOT NULL,
    amount_fen   bigint      NOT NULL CHECK (amount_fen > 0),
    cumulative   boolean     NOT NULL,
    state        text        NOT NULL CHECK (state IN ('requested', 'succeeded', 'failed')),
    actor        text        NOT NULL,
    reason       text,
    next_try_at  timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (provider, refund_key),
    CHECK (next_try_at IS NULL OR state = 'requested')
);

COMMENT ON COLUMN payment_refund.refund_key IS 'ours where we asked for it, else the provider''s';
COMMENT ON COLUMN payment_refund.cumulative IS 'the amount is all that went back of its payment until then';
COMMENT ON COLUMN payment_refund.next_try_at IS 'when the provider is asked (again) to do it';

CREATE INDEX payment_refund_by_txn ON payment_refund (provider, provider_txn);
CREATE INDEX payment_refund_due ON payment_refund (next_try_at) WHERE next_try_at IS NOT NULL;

REVOKE UPDATE, DELETE ON payment_refund FROM ${service-role};
GRANT UPDATE (state, amount_fen, next_try_at) ON payment_refund TO ${service-role};

CREATE TABLE payment_dispute (
    provider     text        NOT NULL CHECK (provider IN ('wechat', 'alipay', 'stripe')),
    dispute_key  text        NOT NULL,
    provider_txn text        NOT NULL,
    amount_fen   bigint      NOT NULL CHECK (amount_fen > 0),
    state        text        NOT NULL CHECK (state IN ('open', 'lost', 'won')),
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (provider, dispute_key)
);

CREATE INDEX payment_dispute_by_txn ON payment_dispute (provider, provider_txn);

REVOKE UPDATE, DELETE ON payment_dispute FROM ${service-role};
GRANT UPDATE (state) ON payment_dispute TO ${service-role};

-- Each time credits of a payment were taken back, or given back since the refund or dispute came to nothing.
CREATE TABLE payment_claw (
    id           uuid        PRIMARY KEY,
    payment      uuid        NOT NULL REFERENCES payment,
    type         text        NOT NULL CHECK (type IN ('recharge_refund', 'chargeback', 'recharge_restored')),
    credits      bigint      NOT NULL CHECK (credits > 0),
    from_balance bigint      NOT NULL CHECK (from_balance >= 0),
    to_debt      bigint      NOT NULL CHECK (to_debt >= 0),
    created_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT payment_claw_is_all_accounted CHECK (from_balance + to_debt = credits),
    CHECK (type <> 'recharge_restored' OR to_debt = 0)
);

CREATE INDEX payment_claw_by_payment ON payment_claw (payment);

REVOKE UPDATE, DELETE ON payment_claw FROM ${service-role};

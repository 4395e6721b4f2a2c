-- A recharge that an administrator or a service booked; its id is its transfer's. An order books once, for ever.
CREATE TABLE recharge (
    id             uuid        PRIMARY KEY,
    account        bigint      NOT NULL REFERENCES account,
    credits        bigint      NOT NULL CHECK (credits > 0),
    amount_fen     bigint      NOT NULL CHECK (amount_fen >= 0),
    payment_method text,
    order_id       text        UNIQUE,
    body_digest    bytea       NOT NULL,
    balance_after  bigint      NOT NULL,
    actor          text        NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now()
);

REVOKE UPDATE, DELETE ON recharge FROM ${service-role};

-- First answers, by the caller's own key, for seven days. Uniqueness across days is kept by an advisory lock.
CREATE TABLE idempotency_key (
    caller      text        NOT NULL,
    key         text        NOT NULL,
    body_digest bytea       NOT NULL,
    answer      jsonb       NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (caller, key, created_at)
) PARTITION BY RANGE (created_at);

REVOKE UPDATE, DELETE ON idempotency_key FROM ${service-role};

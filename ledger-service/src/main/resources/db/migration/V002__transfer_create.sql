CREATE TYPE transfer_type AS ENUM (
    'bonus', 'recharge', 'proxy_usage', 'proxy_loss', 'proxy_revenue', 'proxy_accrual', 'proxy_correction',
    'proxy_earnings');

-- One row is one movement: one amount, a debit and a credit, so its sum is zero by construction. A charge has its
-- request's id. No unique index: settlement's key makes a request unique. No foreign keys: they would lock each account
-- row once more per transfer; the poster locks all rows first and compares their number.
CREATE TABLE transfer (
    id           uuid          NOT NULL,
    debit        bigint        NOT NULL,
    credit       bigint        NOT NULL,
    amount       bigint        NOT NULL CHECK (amount > 0),
    debit_after  bigint        NOT NULL CHECK (debit_after >= 0),
    credit_after bigint        NOT NULL CHECK (credit_after >= 0),
    debit_seq    bigint        NOT NULL CHECK (debit_seq > 0),
    credit_seq   bigint        NOT NULL CHECK (credit_seq > 0),
    type         transfer_type NOT NULL,
    reference    uuid,
    created_at   timestamptz   NOT NULL DEFAULT now(),
    CHECK (debit <> credit)
) PARTITION BY RANGE (id);

CREATE INDEX transfer_by_debit ON transfer (debit, debit_seq);
-- Charges credit a clearing account, whose entries nobody lists.
CREATE INDEX transfer_by_credit ON transfer (credit, credit_seq) WHERE type <> 'proxy_usage';

CREATE VIEW entry AS
SELECT debit AS account, debit_seq AS seq, id AS transfer, 'debit' AS side, amount, debit_after AS balance_after, type,
       reference, created_at
FROM transfer
UNION ALL
SELECT credit, credit_seq, id, 'credit', amount, credit_after, type, reference, created_at
FROM transfer;

REVOKE UPDATE, DELETE ON transfer FROM ${service-role};
REVOKE INSERT, UPDATE, DELETE ON entry FROM ${service-role};

-- What an access key may spend, as its newest record told. Rows of caps change only under the lock of the account's row.
CREATE TABLE cap (
    id      uuid   PRIMARY KEY,
    account bigint NOT NULL REFERENCES account,
    version bigint NOT NULL CHECK (version > 0),
    total   bigint CHECK (total >= 0),
    daily   bigint CHECK (daily >= 0),
    monthly bigint CHECK (monthly >= 0),
    CONSTRAINT cap_has_a_limit CHECK (num_nonnulls(total, daily, monthly) > 0)
);

COMMENT ON COLUMN cap.id IS 'the access key''s';

REVOKE UPDATE, DELETE ON cap FROM ${service-role};
GRANT UPDATE (version, total, daily, monthly) ON cap TO ${service-role};

-- What its leases hold and what their requests were charged, in all and in each UTC day and month in which one opened.
CREATE TABLE cap_window (
    cap           uuid   NOT NULL REFERENCES cap,
    span          text   NOT NULL CHECK (span IN ('total', 'day', 'month')),
    begins        date   NOT NULL,
    held          bigint NOT NULL CHECK (held >= 0),
    spent         bigint NOT NULL DEFAULT 0 CHECK (spent >= 0),
    granted_under bigint,
    PRIMARY KEY (cap, span, begins),
    -- Only a grant adds to what is held, and charges only move it: so the limit of the last grant is never passed,
    -- however low it was set since.
    CONSTRAINT cap_window_never_passed CHECK (held + spent <= granted_under),
    CHECK (span <> 'month' OR extract(day FROM begins) = 1),
    CHECK (span <> 'total' OR begins = DATE '1970-01-01')
) WITH (fillfactor = 70);

COMMENT ON COLUMN cap_window.granted_under IS 'the limit in force at the last grant; null where it had none';

REVOKE UPDATE, DELETE ON cap_window FROM ${service-role};
GRANT UPDATE (held, spent, granted_under) ON cap_window TO ${service-role};

ALTER TABLE hold
    ADD COLUMN cap uuid,
    ADD COLUMN cap_day date,
    ADD CONSTRAINT hold_counts_in_a_day CHECK ((cap IS NULL) = (cap_day IS NULL));

COMMENT ON COLUMN hold.cap IS 'the access key that it is for, where that has a cap';
COMMENT ON COLUMN hold.cap_day IS 'the UTC day, and its month, in which it counts';

CREATE INDEX hold_by_cap ON hold (cap) WHERE cap IS NOT NULL;

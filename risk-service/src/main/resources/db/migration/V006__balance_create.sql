-- Keys whose balance at the provider is looked at, and samples of it: the last one, one of up to a day ago, and one that
-- fell by too much and waits for the usage records that may explain it. Amounts are micro-credits of list cost; "used" is
-- what had been heard of when the sample was taken, "before" the same of the sample before it.
CREATE TABLE balance_watch (
    key_id          uuid        PRIMARY KEY,
    due_at          timestamptz NOT NULL,
    claim           uuid,
    last_at         timestamptz,
    last_balance    bigint      CHECK (last_balance >= 0),
    last_used       bigint      CHECK (last_used >= 0),
    last_before     bigint      CHECK (last_before BETWEEN 0 AND last_used),
    anchor_at       timestamptz,
    anchor_balance  bigint      CHECK (anchor_balance >= 0),
    anchor_used     bigint      CHECK (anchor_used >= 0),
    anchor_before   bigint      CHECK (anchor_before BETWEEN 0 AND anchor_used),
    suspect_at      timestamptz,
    suspect_balance bigint      CHECK (suspect_balance >= 0),
    suspect_used    bigint      CHECK (suspect_used >= 0),
    suspect_before  bigint      CHECK (suspect_before BETWEEN 0 AND suspect_used),
    CHECK (num_nulls(last_at, last_balance, last_used, last_before) IN (0, 4)),
    CHECK (num_nulls(anchor_at, anchor_balance, anchor_used, anchor_before) IN (0, 4)),
    CHECK (num_nulls(suspect_at, suspect_balance, suspect_used, suspect_before) IN (0, 4)),
    CHECK (last_at IS NOT NULL OR (anchor_at IS NULL AND suspect_at IS NULL))
);
CREATE INDEX balance_watch_due ON balance_watch (due_at);

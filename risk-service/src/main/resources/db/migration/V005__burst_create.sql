-- Calls by host, minute and key, for as long as a window reaches back.
CREATE TABLE host_minute (
    host   text        NOT NULL,
    minute timestamptz NOT NULL,
    key_id uuid        NOT NULL,
    calls  bigint      NOT NULL CHECK (calls > 0),
    failed bigint      NOT NULL CHECK (failed BETWEEN 0 AND calls),
    PRIMARY KEY (host, minute, key_id)
);
CREATE INDEX host_minute_old ON host_minute (minute);

-- When a burst of errors was last told of.
CREATE TABLE host_burst (
    host    text        PRIMARY KEY,
    told_at timestamptz NOT NULL
);

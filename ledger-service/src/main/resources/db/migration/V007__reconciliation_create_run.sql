CREATE TABLE reconciliation_run (
    id         uuid        PRIMARY KEY,
    actor      text        NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at   timestamptz NOT NULL,
    agrees     boolean     NOT NULL,
    proofs     jsonb       NOT NULL
);

CREATE INDEX reconciliation_run_newest ON reconciliation_run (started_at);

REVOKE UPDATE, DELETE ON reconciliation_run FROM ${service-role};

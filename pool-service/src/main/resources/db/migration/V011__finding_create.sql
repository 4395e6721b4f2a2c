-- Findings of risk-service that were acted on: one that comes again changes nothing.
CREATE TABLE finding_heard (
    id       uuid        PRIMARY KEY,
    heard_at timestamptz NOT NULL
);
CREATE INDEX finding_heard_at ON finding_heard (heard_at);

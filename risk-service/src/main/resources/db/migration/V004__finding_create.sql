-- What was found, for good: a finding is never changed.
CREATE TABLE finding (
    id          uuid        PRIMARY KEY,
    key_id      uuid,
    owner_id    uuid,
    kind        text        NOT NULL CHECK (kind IN
                    ('failing', 'flagged', 'exhausted', 'invalid', 'refused', 'dilution', 'error_burst')),
    provider    text        NOT NULL CHECK (provider <> ''),
    host        text,
    detected_at timestamptz NOT NULL,
    sentence    text        NOT NULL CHECK (sentence <> ''),
    evidence    jsonb       NOT NULL CHECK (jsonb_typeof(evidence) = 'object'),
    action      text        NOT NULL CHECK (action IN ('none', 'cool_down', 'verify', 'deplete', 'flag')),
    CHECK (key_id IS NOT NULL OR (owner_id IS NULL AND action = 'none'))
);
REVOKE UPDATE, DELETE, TRUNCATE ON finding FROM ${service-role};
CREATE INDEX finding_key ON finding (key_id, id DESC);
CREATE INDEX finding_owner ON finding (owner_id, id DESC);
CREATE INDEX finding_kind ON finding (kind, id DESC);

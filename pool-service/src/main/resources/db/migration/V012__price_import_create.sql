-- What an administrator's price file would change, until it is applied or forgotten.
CREATE TABLE price_import (
    id              uuid        PRIMARY KEY,
    made_by         text        NOT NULL,
    made_at         timestamptz NOT NULL,
    -- The tables that the preview was made against: applying is refused once they are others.
    standing        jsonb       NOT NULL,
    preview         jsonb       NOT NULL,
    models          jsonb       NOT NULL,
    applied_version bigint      UNIQUE REFERENCES price_table,
    applied_by      text,
    applied_at      timestamptz,
    CHECK (num_nulls(applied_version, applied_by, applied_at) IN (0, 3))
);
CREATE INDEX price_import_open ON price_import (made_at) WHERE applied_version IS NULL;
REVOKE UPDATE, TRUNCATE ON price_import FROM ${service-role};
GRANT UPDATE (applied_version, applied_by, applied_at) ON price_import TO ${service-role};

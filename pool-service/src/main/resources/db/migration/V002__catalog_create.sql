-- Whole price tables, each a version. A version is never changed: a request is priced by the one it started under.
CREATE TABLE price_table (
    version    bigint      PRIMARY KEY CHECK (version > 0),
    valid_from timestamptz NOT NULL,
    source     text        NOT NULL CHECK (source IN ('file', 'administrator')),
    file_hash  text,
    made_by    text        NOT NULL,
    made_at    timestamptz NOT NULL,
    CHECK ((source = 'file') = (file_hash IS NOT NULL))
);

CREATE TABLE price_markup (
    version      bigint NOT NULL REFERENCES price_table,
    tier         text   NOT NULL,
    -- Below 10,000 a use would be sold for less than the list price that the platform pays.
    basis_points int    NOT NULL CHECK (basis_points BETWEEN 10000 AND 100000),
    PRIMARY KEY (version, tier)
);

CREATE TABLE price_model (
    version             bigint  NOT NULL REFERENCES price_table,
    name                text    NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    display_name        text    NOT NULL,
    owned_by            text    NOT NULL,
    providers           text[]  NOT NULL CHECK (cardinality(providers) > 0),
    upstream_names      jsonb   NOT NULL,
    tokenizer           text    NOT NULL,
    context_tokens      bigint  NOT NULL CHECK (context_tokens > 0),
    max_output_tokens   bigint  NOT NULL CHECK (max_output_tokens > 0 AND max_output_tokens <= context_tokens),
    input_modalities    text[]  NOT NULL CHECK (cardinality(input_modalities) > 0),
    usd_input           numeric NOT NULL CHECK (usd_input >= 0),
    usd_output          numeric NOT NULL CHECK (usd_output >= 0),
    usd_cache_read      numeric CHECK (usd_cache_read >= 0),
    usd_cache_creation  numeric CHECK (usd_cache_creation >= 0),
    usd_reasoning       numeric CHECK (usd_reasoning >= 0),
    usd_per_request     numeric CHECK (usd_per_request >= 0),
    PRIMARY KEY (version, name)
);

REVOKE UPDATE, DELETE, TRUNCATE ON price_table, price_markup, price_model FROM ${service-role};

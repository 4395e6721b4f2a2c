-- What pool.keys.v1 tells of keys, without their secrets: whose they are, where they are used, whether they serve.
CREATE TABLE watched_key (
    id               uuid    PRIMARY KEY,
    version          bigint  NOT NULL CHECK (version > 0),
    owner_id         uuid,
    provider         text    NOT NULL CHECK (provider <> ''),
    host             text    NOT NULL CHECK (host <> ''),
    provider_address boolean NOT NULL,
    serving          boolean NOT NULL,
    cooling          boolean NOT NULL
);
CREATE INDEX watched_key_serving ON watched_key (id) WHERE serving;

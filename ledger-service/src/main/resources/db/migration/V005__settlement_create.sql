-- One row per request for ever: the first closing record. Partitioned by the time inside the request's UUIDv7, so that
-- its key is unique across months.
CREATE TABLE settlement (
    request        uuid        PRIMARY KEY,
    account        bigint      NOT NULL,
    digest         uuid        NOT NULL,
    cost           bigint      NOT NULL CHECK (cost >= 0),
    served         bigint      NOT NULL CHECK (served >= cost),
    charge         bigint      NOT NULL CHECK (charge >= 0 AND charge <= cost),
    loss           bigint      NOT NULL CHECK (loss >= 0),
    owners_part    bigint      NOT NULL CHECK (owners_part >= 0),
    platform_part  bigint      NOT NULL CHECK (platform_part >= 0),
    hold           uuid,
    key            uuid,
    owner          uuid,
    attempts       smallint    NOT NULL CHECK (attempts >= 0),
    fundings       smallint    NOT NULL CHECK (fundings >= 0),
    model          text        NOT NULL,
    price_version  bigint      NOT NULL,
    markup_bp      integer     NOT NULL,
    input_tokens   bigint      NOT NULL,
    output_tokens  bigint      NOT NULL,
    cache_read_tokens     bigint NOT NULL,
    cache_creation_tokens bigint NOT NULL,
    reasoning_tokens      bigint NOT NULL,
    outcome        text        NOT NULL,
    topic_partition integer    NOT NULL,
    topic_offset   bigint      NOT NULL,
    settled_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT settlement_pays_what_was_served CHECK (charge + loss = served),
    CONSTRAINT settlement_gives_what_was_served CHECK (owners_part + platform_part = served)
) PARTITION BY RANGE (request);

COMMENT ON COLUMN settlement.digest IS 'of the closing record: tells one sent again from a different one';
COMMENT ON COLUMN settlement.hold IS 'the only funding, or the first of those in settlement_funding';
COMMENT ON COLUMN settlement.key IS 'of the only attempt, or the last of those in settlement_attempt';

-- Only for requests with more than one attempt.
CREATE TABLE settlement_attempt (
    request    uuid     NOT NULL,
    position   smallint NOT NULL,
    key        uuid     NOT NULL,
    owner      uuid,
    owner_bp   integer  NOT NULL CHECK (owner_bp BETWEEN 0 AND 10000),
    served     bigint   NOT NULL CHECK (served >= 0),
    owner_part bigint   NOT NULL CHECK (owner_part BETWEEN 0 AND served),
    PRIMARY KEY (request, position)
) PARTITION BY RANGE (request);

-- Only for requests that more than one hold pays for.
CREATE TABLE settlement_funding (
    request  uuid     NOT NULL,
    position smallint NOT NULL,
    hold     uuid     NOT NULL,
    at_most  bigint   NOT NULL CHECK (at_most >= 0),
    charge   bigint   NOT NULL CHECK (charge >= 0),
    PRIMARY KEY (request, position)
) PARTITION BY RANGE (request);

-- A further, different closing record of a settled request: what its owners get beyond what they had, from the platform.
CREATE TABLE settlement_correction (
    request         uuid        NOT NULL,
    digest          uuid        NOT NULL,
    account         bigint      NOT NULL,
    cost            bigint      NOT NULL,
    served          bigint      NOT NULL,
    loss            bigint      NOT NULL CHECK (loss >= 0),
    owners_part     bigint      NOT NULL,
    outcome         text        NOT NULL,
    topic_partition integer     NOT NULL,
    topic_offset    bigint      NOT NULL,
    settled_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (request, digest),
    CHECK (loss = owners_part)
) PARTITION BY RANGE (request);

CREATE TABLE settlement_correction_part (
    request uuid   NOT NULL,
    digest  uuid   NOT NULL,
    owner   uuid   NOT NULL,
    part    bigint NOT NULL CHECK (part > 0),
    PRIMARY KEY (request, digest, owner)
) PARTITION BY RANGE (request);

REVOKE UPDATE, DELETE ON settlement, settlement_attempt, settlement_funding, settlement_correction,
    settlement_correction_part FROM ${service-role};

-- A balance counts on its account's normal side and is never negative there: contra accounts (debit) let the whole sum
-- to zero. Nothing that changes has an index, and pages keep room, so that a change of balance stays on its page (HOT).
CREATE TABLE account (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code       text        NOT NULL UNIQUE,
    kind       text        NOT NULL
        CHECK (kind IN ('user', 'clearing', 'revenue', 'platform_loss', 'earnings', 'issued')),
    side       text        NOT NULL CHECK (side IN ('credit', 'debit')),
    person     uuid        CHECK ((kind IN ('user', 'earnings')) = (person IS NOT NULL)),
    tier       text        NOT NULL DEFAULT 'bronze' CHECK (tier IN ('bronze', 'silver', 'gold')),
    posted     bigint      NOT NULL DEFAULT 0,
    held       bigint      NOT NULL DEFAULT 0,
    debited    bigint      NOT NULL DEFAULT 0,
    seq        bigint      NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK (code LIKE kind || ':%'),
    CHECK ((side = 'debit') = (kind IN ('platform_loss', 'issued'))),
    CONSTRAINT account_never_negative CHECK (posted >= 0),
    CONSTRAINT account_held_within_posted CHECK (held >= 0 AND held <= posted),
    CHECK (debited >= 0 AND seq >= 0),
    CHECK (held = 0 OR kind = 'user')
) WITH (fillfactor = 70);

COMMENT ON COLUMN account.posted IS 'micro-credits on the normal side';
COMMENT ON COLUMN account.held IS 'micro-credits reserved by active holds; available = posted - held';
COMMENT ON COLUMN account.debited IS 'micro-credits that all debits ever took';
COMMENT ON COLUMN account.seq IS 'number of entries: each entry carries its own, without gaps';

-- What the sweep of earnings walks through.
CREATE INDEX account_earnings ON account (id) WHERE kind = 'earnings';

REVOKE UPDATE, DELETE ON account FROM ${service-role};
GRANT UPDATE (posted, held, debited, seq) ON account TO ${service-role};

INSERT INTO account (code, kind, side) VALUES ('issued:grants', 'issued', 'debit'), ('issued:recharges', 'issued', 'debit');

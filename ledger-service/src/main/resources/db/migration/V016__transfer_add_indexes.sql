-- What the release before has written has no number of a transaction, which BRIN keeps in a few pages.
CREATE INDEX transfer_by_xact ON transfer USING brin (xact) WITH (pages_per_range = 32);

-- What was booked as expired of a lot.
CREATE INDEX transfer_by_lot ON transfer (reference) WHERE type = 'expiry';

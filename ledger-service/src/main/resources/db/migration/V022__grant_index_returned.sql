-- While an index is built nobody writes to its table, and may read it.
-- Writers lock an account before anything else: kept from that first, none waits in a circle with this.
LOCK TABLE account IN EXCLUSIVE MODE;

-- What a proof adds up; few gifts ever get anything back.
CREATE INDEX credit_grant_returned ON credit_grant (returned) WHERE returned > 0;

-- While an index is built nobody writes to its table, and may read it: each large table has a migration of its own.
-- Writers lock an account before anything else: kept from that first, none waits in a circle with this.
LOCK TABLE account IN EXCLUSIVE MODE;

-- Changes with the set of an account's grants only, so changes of balance stay on their page.
CREATE INDEX account_due ON account (next_expiry) WHERE next_expiry IS NOT NULL;

CREATE INDEX credit_grant_open ON credit_grant (account) WHERE gone < amount;
CREATE UNIQUE INDEX credit_grant_by_transfer ON credit_grant (transfer);
CREATE INDEX credit_grant_by_xact ON credit_grant (xact);

CREATE INDEX hold_active_by_expiry ON hold (expires_at) WHERE status = 'active' AND expires_at IS NOT NULL;
CREATE INDEX hold_by_account ON hold (account, id) WHERE kind <> 'lease';
CREATE INDEX hold_by_application ON hold (application, id) WHERE kind <> 'lease';
CREATE INDEX hold_active_by_application ON hold (application, id) WHERE status = 'active' AND kind <> 'lease';

-- Of these there are few, or none yet.
CREATE INDEX settlement_correction_by_xact ON settlement_correction (xact);
CREATE INDEX settlement_correction_part_by_xact ON settlement_correction_part (xact);
CREATE INDEX recharge_by_xact ON recharge (xact);
CREATE INDEX payment_by_xact ON payment (xact);
CREATE INDEX payment_claw_by_xact ON payment_claw (xact);
CREATE INDEX payment_order_by_xact ON payment_order (xact) WHERE xact IS NOT NULL;
CREATE INDEX consumption_by_xact ON consumption USING brin (xact) WITH (pages_per_range = 32);
CREATE INDEX consumption_refund_by_xact ON consumption_refund USING brin (xact) WITH (pages_per_range = 32);
CREATE INDEX hold_settlement_by_xact ON hold_settlement USING brin (xact) WITH (pages_per_range = 32);

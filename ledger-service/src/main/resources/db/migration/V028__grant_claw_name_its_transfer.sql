-- What is left of a gift that goes with its recharge is booked as bonus_refund, and was booked as expiry by the release
-- before, whose rows name no transfer.
ALTER TABLE grant_claw
    ADD COLUMN transfer uuid,
    ADD CONSTRAINT grant_claw_transfer_took_something CHECK (transfer IS NULL OR (type = 'revoked' AND from_lot > 0))
        NOT VALID;

COMMENT ON COLUMN grant_claw.transfer IS 'which took from_lot, as bonus_refund; null where it was booked as expiry';

GRANT INSERT (transfer) ON grant_claw TO ${service-role};

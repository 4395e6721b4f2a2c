-- A refund that its provider refused when it was asked has failed, and yet is not known to: it may be told of later.
ALTER TABLE payment_refund
    ADD COLUMN refused boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT payment_refund_refused_is_failed CHECK (NOT refused OR state = 'failed');

COMMENT ON COLUMN payment_refund.refused IS 'by the answer to our asking; what its provider tells of it counts all the same';

GRANT UPDATE (refused) ON payment_refund TO ${service-role};

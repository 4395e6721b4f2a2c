-- A refund of ours is looked at until it has an end: the notification of it may be lost. Those of which a process of the
-- release before was told wait for nothing, and are found by that.
ALTER TABLE payment_refund ADD COLUMN told boolean NOT NULL DEFAULT false;

COMMENT ON COLUMN payment_refund.told IS 'by its provider: it is there, to be looked at and not to be asked for or refused';
COMMENT ON COLUMN payment_refund.next_try_at IS 'when the provider is asked (again) for it, or how it stands';

CREATE INDEX payment_refund_without_end ON payment_refund (next_try_at)
    WHERE state = 'requested' AND actor NOT LIKE 'provider:%';
DROP INDEX payment_refund_due;

GRANT UPDATE (told) ON payment_refund TO ${service-role};

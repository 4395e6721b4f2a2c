-- A refund of ours that its provider tells to be under way is looked at until it has an end: the notification of it may be lost.
ALTER TABLE payment_refund ADD COLUMN told boolean NOT NULL DEFAULT false;

COMMENT ON COLUMN payment_refund.told IS 'by its provider, in an answer or a notification: it is there, and not to be refused any more';
COMMENT ON COLUMN payment_refund.next_try_at IS 'when the provider is asked (again) to do it, or how it stands';

UPDATE payment_refund SET told = true WHERE next_try_at IS NULL AND NOT refused;

UPDATE payment_refund SET next_try_at = now()
WHERE state = 'requested' AND next_try_at IS NULL AND actor NOT LIKE 'provider:%';

GRANT UPDATE (told) ON payment_refund TO ${service-role};

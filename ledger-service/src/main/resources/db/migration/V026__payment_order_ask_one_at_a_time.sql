-- Until when a request waits for the provider to open an order: the same request is refused meanwhile.
ALTER TABLE payment_order ADD COLUMN asked_until timestamptz;

GRANT UPDATE (asked_until) ON payment_order TO ${service-role};

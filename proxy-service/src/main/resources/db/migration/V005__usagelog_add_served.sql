-- What the keys served for the request, at the buyer's price: its cost, and what only the platform bears. Rows that were
-- there before are counted as if nothing had been borne.
ALTER TABLE usage ADD COLUMN served bigint;
UPDATE usage SET served = cost;
ALTER TABLE usage ALTER COLUMN served SET NOT NULL;

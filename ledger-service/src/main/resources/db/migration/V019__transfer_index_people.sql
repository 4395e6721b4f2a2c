-- Entries are listed of people, and of what applications and administrators book. What settlement nets between its own
-- accounts, several rows in each batch, is read as a whole by proofs, seal and publication only, so it gets no index
-- entries: a fifth less to write for each event.
CREATE INDEX transfer_of_debit ON transfer (debit, debit_seq)
    WHERE type NOT IN ('proxy_accrual', 'proxy_revenue', 'proxy_earnings');
CREATE INDEX transfer_of_credit ON transfer (credit, credit_seq)
    WHERE type NOT IN ('proxy_usage', 'proxy_accrual', 'proxy_revenue');

DROP INDEX transfer_by_debit;
DROP INDEX transfer_by_credit;

-- What a key may spend, in micro-credits: in all, in a UTC day, in a UTC month. The ledger counts; here are the limits.
ALTER TABLE access_key
    ADD COLUMN cap_version bigint CHECK (cap_version > 0),
    ADD COLUMN cap_total   bigint CHECK (cap_total >= 0),
    ADD COLUMN cap_daily   bigint CHECK (cap_daily >= 0),
    ADD COLUMN cap_monthly bigint CHECK (cap_monthly >= 0),
    ADD CONSTRAINT access_key_cap_has_a_version
        CHECK (cap_version IS NOT NULL OR num_nonnulls(cap_total, cap_daily, cap_monthly) = 0);

COMMENT ON COLUMN access_key.cap_version IS 'the row''s version when its limits last changed';

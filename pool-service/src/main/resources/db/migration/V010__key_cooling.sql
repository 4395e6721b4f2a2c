-- Until when a key whose calls failed is left alone. Only a key that serves is.
ALTER TABLE pool_key
    ADD COLUMN cooling_until timestamptz,
    ADD CONSTRAINT pool_key_cooling_check CHECK (cooling_until IS NULL OR state IN ('active', 'low'));

-- risk-service counts failures now.
DROP TABLE key_failure;

-- Rules that were added to tables with rows hold for what is written since; now they are proven of the rest, while all
-- read and write.
DO $$
DECLARE
    rule record;
BEGIN
    FOR rule IN
        SELECT conrelid::regclass AS relation, conname FROM pg_constraint
        WHERE contype = 'c' AND NOT convalidated AND coninhcount = 0 ORDER BY conrelid, conname
    LOOP
        EXECUTE format('ALTER TABLE %s VALIDATE CONSTRAINT %I', rule.relation, rule.conname);
    END LOOP;
END $$;

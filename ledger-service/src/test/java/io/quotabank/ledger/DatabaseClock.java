package io.quotabank.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The clock of a ledger's own database, as the service's statements see it: hours ahead or back. After each test it is
 * right again, and the books agree.
 */
public final class DatabaseClock implements AfterEachCallback, AfterAllCallback {

    private final Ledger ledger;

    public DatabaseClock(Map<String, Object> settings, Object... sources) {
        var all = new HashMap<String, Object>(settings);
        all.put("spring.datasource.hikari.connection-init-sql", "SET search_path = shifted, pg_catalog, public");
        // The first that parses a statement decides whose now() it has.
        all.put("quotabank.escrow.sweep-every", "1h");
        ledger = Ledger.with(all, sources);
        ledger.asOwner(
                "CREATE SCHEMA shifted",
                "CREATE TABLE shifted.clock (ahead interval NOT NULL)",
                "INSERT INTO shifted.clock VALUES ('0')",
                "CREATE FUNCTION shifted.now() RETURNS timestamptz LANGUAGE sql STABLE"
                        + " RETURN pg_catalog.now() + (SELECT ahead FROM shifted.clock)",
                "CREATE FUNCTION shifted.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE"
                        + " RETURN pg_catalog.clock_timestamp() + (SELECT ahead FROM shifted.clock)",
                "GRANT USAGE ON SCHEMA shifted TO public",
                "GRANT SELECT ON shifted.clock TO public",
                "ALTER TABLE idempotency_key ALTER created_at SET DEFAULT shifted.now()",
                "ALTER TABLE transfer ALTER created_at SET DEFAULT shifted.clock_timestamp()");
    }

    /** Whose clock it is. */
    public Ledger ledger() {
        return ledger;
    }

    /** @param ahead as in {@code -1 hour} */
    public void set(String ahead) {
        ledger.asOwner("UPDATE shifted.clock SET ahead = '" + ahead + "'");
    }

    @Override
    public void afterEach(ExtensionContext test) {
        set("0");
        assertThat(ledger.differences()).isEmpty();
    }

    @Override
    public void afterAll(ExtensionContext tests) {
        ledger.close();
    }
}

package io.quotabank.ledger;

import io.quotabank.platform.testkit.TestPostgres.Database;
import java.util.Map;
import org.flywaydb.core.Flyway;

/** Databases as earlier releases left them. */
public final class Migrations {

    public static final String OF_THE_RELEASE_BEFORE = "009";
    public static final String LATEST = "latest";

    private Migrations() {}

    /** Takes a database to a version, as a starting service would. */
    public static void migrate(Database database, String version) {
        Flyway.configure()
                .dataSource(
                        database.url(),
                        database.owner().name(),
                        database.owner().password())
                .placeholders(Map.of(
                        "service-role", database.service().name(),
                        "reader-role", database.reader().name()))
                .target(version)
                .load()
                .migrate();
    }
}

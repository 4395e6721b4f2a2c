package io.quotabank.platform.testkit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * One PostgreSQL server per JVM, or the one that {@code QUOTABANK_TEST_POSTGRES} names (JDBC URL of a superuser), and
 * as many databases on it as tests ask for, each provisioned as in production.
 */
public final class TestPostgres {

    /** A provisioned database. */
    public record Database(String name, String url, Role owner, Role service, Role reader) {

        /** A connection as one of the database's roles. */
        public Connection connect(Role role) throws SQLException {
            return DriverManager.getConnection(url, role.name(), role.password());
        }
    }

    public record Role(String name, String password) {}

    private static final Pattern SEMICOLON = Pattern.compile(";");
    private static final String SPLIT = "-- connected to the new database";

    /** A new, empty database with its own three roles. */
    public static Database fresh(String name) {
        return fresh(name, Server.URL);
    }

    /** The same on another server than the one that tests share. */
    public static Database fresh(String name, String superuserUrl) {
        var unique = name + "_" + Long.toHexString(ThreadLocalRandom.current().nextLong());
        var database = new Database(
                unique,
                urlOf(unique, superuserUrl),
                new Role(unique + "_owner", "owner"),
                new Role(unique + "_service", "service"),
                new Role(unique + "_reader", "reader"));
        try {
            var script = template(database);
            int split = script.indexOf(SPLIT);
            run(superuserUrl, script.substring(0, split));
            run(withSuperuser(unique, superuserUrl), script.substring(split + SPLIT.length()));
        } catch (SQLException refused) {
            throw new IllegalStateException("can't provision " + unique, refused);
        }
        return database;
    }

    private static String template(Database database) {
        var values = Map.of(
                "database", database.name(),
                "owner", database.owner().name(),
                "ownerPassword", database.owner().password(),
                "service", database.service().name(),
                "servicePassword", database.service().password(),
                "reader", database.reader().name(),
                "readerPassword", database.reader().password());
        var sql = read("/io/quotabank/platform/database/provision.sql").replaceAll("(?m)^--(?! connected).*$", "");
        for (var value : values.entrySet()) {
            sql = sql.replace("${" + value.getKey() + "}", value.getValue());
        }
        return sql;
    }

    private static void run(String url, String script) throws SQLException {
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            for (var sql : SEMICOLON
                    .splitAsStream(script)
                    .filter(each -> !each.isBlank())
                    .toList()) {
                statement.execute(sql);
            }
        }
    }

    private static String urlOf(String database, String superuserUrl) {
        return superuserUrl.replaceFirst("(jdbc:postgresql://[^/]+/)[^?]*(\\?.*)?", "$1" + database);
    }

    private static String withSuperuser(String database, String superuserUrl) {
        return superuserUrl.replaceFirst("(jdbc:postgresql://[^/]+/)[^?]*", "$1" + database);
    }

    private static String read(String resource) {
        try (var in = TestPostgres.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("missing: " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Started on first use. */
    private static final class Server {

        static final String URL = start();

        private static String start() {
            var given = System.getenv("QUOTABANK_TEST_POSTGRES");
            if (given != null) {
                return given;
            }
            try {
                var postgres = EmbeddedPostgres.builder()
                        // The data lives as long as this JVM: nothing to lose in a power cut.
                        .setServerConfig("fsync", "off")
                        .setServerConfig("synchronous_commit", "off")
                        .setServerConfig("max_connections", "200")
                        .start();
                return postgres.getJdbcUrl("postgres", "postgres");
            } catch (IOException refused) {
                throw new UncheckedIOException("PostgreSQL does not start", refused);
            }
        }
    }

    private TestPostgres() {}
}

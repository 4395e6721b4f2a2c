package io.quotabank.local.part;

import io.quotabank.local.state.Secrets;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

/** One database per stateful service, with an owner that migrates, the service's own role, and a reader. */
public record Databases(int port) {

    public static final List<String> NAMES = List.of("ledger", "pool", "proxy", "risk", "keycloak");

    private static final String SCRIPT = "/io/quotabank/platform/database/provision.sql";
    private static final String OVER_THERE = "\n-- connected to the new database\n";

    // PostgreSQL's "invalid_password": somebody is there and asks for another.
    private static final String WRONG_PASSWORD = "28P01";

    public static Stream<String> roles() {
        return NAMES.stream().flatMap(name -> Stream.of(owner(name), service(name), reader(name)));
    }

    public static String owner(String database) {
        return database + "_owner";
    }

    public static String service(String database) {
        return database + "_service";
    }

    public static String reader(String database) {
        return database + "_reader";
    }

    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    public boolean accepts() {
        try (var connection = connect("postgres", "nobody")) {
            return !connection.isClosed();
        } catch (SQLException refused) {
            return WRONG_PASSWORD.equals(refused.getSQLState());
        }
    }

    /** Takes over a cluster that was copied with another superuser password; nothing to do where it is ours already. */
    public void takeOver(String password, String copied) throws SQLException {
        try (var ours = connect("postgres", password)) {
            ours.isValid(1);
        } catch (SQLException refused) {
            if (!WRONG_PASSWORD.equals(refused.getSQLState())) {
                throw refused;
            }
            try (var theirs = connect("postgres", copied)) {
                execute(theirs, "ALTER ROLE " + PostgresServer.SUPERUSER + " PASSWORD '" + password + "'");
            }
        }
    }

    /** Makes what is missing, and sets the roles' passwords on what was copied. */
    public void provision(String database, String superuserPassword, Secrets secrets) throws SQLException {
        try (var connection = connect("postgres", superuserPassword)) {
            if (!exists(connection, database)) {
                create(connection, database, superuserPassword, secrets);
                return;
            }
            for (var role : List.of(owner(database), service(database), reader(database))) {
                execute(connection, "ALTER ROLE " + role + " PASSWORD '" + secrets.database(role) + "'");
            }
        }
    }

    private void create(Connection connection, String database, String superuserPassword, Secrets secrets)
            throws SQLException {
        var script = filled(database, secrets);
        var border = script.indexOf(OVER_THERE);
        for (var statement : statements(script.substring(0, border))) {
            execute(connection, statement);
        }
        try (var inside = connect(database, superuserPassword)) {
            for (var statement : statements(script.substring(border))) {
                execute(inside, statement);
            }
        }
    }

    private static String filled(String database, Secrets secrets) {
        var values = Map.of(
                "database", database,
                "owner", owner(database),
                "ownerPassword", secrets.database(owner(database)),
                "service", service(database),
                "servicePassword", secrets.database(service(database)),
                "reader", reader(database),
                "readerPassword", secrets.database(reader(database)));
        var script = script();
        for (var value : values.entrySet()) {
            script = script.replace("${" + value.getKey() + "}", value.getValue());
        }
        return script;
    }

    private static List<String> statements(String script) {
        var code = script.lines().filter(line -> !line.startsWith("--")).toList();
        return Stream.of(String.join("\n", code).split(";"))
                .map(String::strip)
                .filter(statement -> !statement.isEmpty())
                .toList();
    }

    private static String script() {
        try (InputStream resource = Databases.class.getResourceAsStream(SCRIPT)) {
            if (resource == null) {
                throw new IllegalStateException(SCRIPT + " is not on the class path");
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean exists(Connection connection, String database) throws SQLException {
        try (var query = connection.prepareStatement("SELECT 1 FROM pg_database WHERE datname = ?")) {
            query.setString(1, database);
            try (var rows = query.executeQuery()) {
                return rows.next();
            }
        }
    }

    private static void execute(Connection connection, String statement) throws SQLException {
        try (var command = connection.createStatement()) {
            command.execute(statement);
        }
    }

    private Connection connect(String database, String password) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", PostgresServer.SUPERUSER);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", "2");
        properties.setProperty("socketTimeout", "30");
        return DriverManager.getConnection(url(database), properties);
    }
}

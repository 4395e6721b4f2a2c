package io.quotabank.ledger;

import static org.awaitility.Awaitility.await;

import io.quotabank.platform.testkit.TestPostgres;
import io.quotabank.platform.testkit.TestPostgres.Database;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A PostgreSQL server of a test's own, that it may kill and start again with other settings. What was committed stays. */
public final class OwnPostgres implements AutoCloseable {

    private static final Duration LONG = Duration.ofMinutes(2);

    private final EmbeddedPostgres first;
    private final String url;
    private final Path data;
    private final List<String> command;
    private ProcessHandle server;

    private OwnPostgres(EmbeddedPostgres first) throws SQLException, IOException {
        this.first = first;
        this.url = first.getJdbcUrl("postgres", "postgres");
        this.data = Path.of(text("SHOW data_directory"));
        this.server = running();
        this.command = new ArrayList<>(List.of(server.info().command().orElseThrow()));
        command.addAll(List.of(server.info().arguments().orElseThrow()));
    }

    public static OwnPostgres start() {
        try {
            return new OwnPostgres(EmbeddedPostgres.builder()
                    .setCleanDataDirectory(true)
                    // The machine stays up: what the server has written is there after it was killed.
                    .setServerConfig("fsync", "off")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("max_connections", "60")
                    .start());
        } catch (SQLException | IOException cannot) {
            throw new IllegalStateException(cannot);
        }
    }

    public Database database() {
        return TestPostgres.fresh("ledger", url);
    }

    public String url() {
        return url;
    }

    public Connection superuser() throws SQLException {
        return DriverManager.getConnection(url);
    }

    /** Runs statements as the superuser, each in a transaction of its own. */
    public void execute(String... statements) {
        try (var connection = superuser();
                var statement = connection.createStatement()) {
            for (var sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException refused) {
            throw new IllegalStateException(refused);
        }
    }

    /** SIGKILL: the server and all who serve its connections. */
    public void kill() {
        var all = new ArrayList<>(server.descendants().toList());
        all.add(server);
        all.forEach(ProcessHandle::destroyForcibly);
        await().atMost(LONG).until(() -> all.stream().noneMatch(ProcessHandle::isAlive));
    }

    /** With further settings, as in {@code max_connections=20}. */
    public void startAgain(String... settings) {
        startWithin(List.of(), settings);
    }

    /**
     * The same with a small disk that nobody else sees, mounted where only this server and its children do.
     *
     * @param at an empty directory
     */
    public void startAgainWithSmallDisk(Path at, int megabytes) {
        var mount = "mount -t tmpfs -o size=%dm tmpfs %s && mkdir -m 700 %s/space && exec \"$@\""
                .formatted(megabytes, at, at);
        startWithin(List.of("unshare", "-Urm", "sh", "-c", mount, "sh"));
    }

    private void startWithin(List<String> around, String... settings) {
        var all = new ArrayList<>(around);
        if (!around.isEmpty() || "root".equals(System.getProperty("user.name"))) {
            // PostgreSQL refuses to be root, also where that is a name only.
            all.addAll(List.of("unshare", "-U"));
        }
        all.addAll(command);
        for (var setting : settings) {
            all.addAll(List.of("-c", setting));
        }
        await().atMost(LONG).pollInterval(Duration.ofMillis(200)).until(() -> started(all));
    }

    private boolean started(List<String> all) throws IOException {
        // What the killed one left may still be in its way for a moment.
        var process = new ProcessBuilder(all)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        await().atMost(LONG).until(() -> !process.isAlive() || answers());
        if (process.isAlive()) {
            server = running();
        }
        return process.isAlive();
    }

    private boolean answers() {
        try (var connection = superuser()) {
            return connection.isValid(1);
        } catch (SQLException notYet) {
            return false;
        }
    }

    private ProcessHandle running() throws IOException {
        var pid = Files.readAllLines(data.resolve("postmaster.pid")).getFirst().strip();
        return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    }

    private String text(String sql) throws SQLException {
        try (var connection = superuser();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    @Override
    public void close() {
        kill();
        try {
            first.close();
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }
}

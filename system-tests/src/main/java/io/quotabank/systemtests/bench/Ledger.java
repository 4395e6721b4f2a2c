package io.quotabank.systemtests.bench;

import io.quotabank.systemtests.stack.Stack;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The ledger that is measured: where it listens, its processes, its database as the owner sees it. */
record Ledger(Stack stack, ServiceToken token, Connection database) implements AutoCloseable {

    private static final String SERVICE = "ledger-service";
    // Whose requests these are: the ledger takes those of any service.
    private static final String APPLICATION = "pool-service";

    // Of fifty million entries.
    private static final Duration PATIENCE = Duration.ofHours(1);
    private static final Duration LOOK = Duration.ofMillis(200);

    private static final String PUBLISHED = """
            SELECT count(*) FROM transfer_cut
            WHERE before > %d AND number <= (SELECT max(number) FROM seal_block)
              AND number <= (SELECT cut FROM entry_position)
            """;

    static Ledger open(Stack stack) throws IOException, SQLException {
        return new Ledger(stack, ServiceToken.of(stack, APPLICATION), connect(stack, "ledger"));
    }

    static Connection connect(Stack stack, String database) throws IOException, SQLException {
        var postgres = stack.read().path("postgres");
        var url = "jdbc:postgresql://%s:%d/%s"
                .formatted(
                        postgres.path("host").asString(), postgres.path("port").asInt(), database);
        return DriverManager.getConnection(url, "postgres", superuserPassword(stack));
    }

    static String superuserPassword(Stack stack) throws IOException {
        return JsonMapper.shared()
                .readTree(Path.of(stack.directory().toString(), "secrets.json").toFile())
                .path("postgres")
                .asString();
    }

    URI url() {
        return URI.create(stack.instance(SERVICE, 0).url());
    }

    long pid() {
        return stack.instance(SERVICE, 0).pid();
    }

    List<Long> processes() {
        return List.of(pid());
    }

    List<Long> postgres() {
        return Cpu.tree(stack.read()
                .path("services")
                .path("postgres")
                .path(0)
                .path("pid")
                .asLong());
    }

    /** A request as an application sends it, under a key of its own. */
    byte[] post(String path, String body) {
        return request("POST", path, "Idempotency-Key: " + UUID.randomUUID() + "\r\n", body);
    }

    byte[] get(String path) {
        return request("GET", path, "", null);
    }

    private byte[] request(String method, String path, String more, @Nullable String body) {
        var head = method + " " + path + " HTTP/1.1\r\nHost: ledger\r\nAuthorization: Bearer " + token.text() + "\r\n"
                + more;
        var all = body == null
                ? head + "\r\n"
                : head + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
        return all.getBytes(StandardCharsets.US_ASCII);
    }

    /** Waits until entries and blocks of all that was posted are made: they are work of what came before. */
    void awaitPublished() throws SQLException {
        long last = number("SELECT coalesce(max(xact), 0) FROM transfer");
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (number(PUBLISHED.formatted(last)) == 0) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("not all that was posted is published and sealed");
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }

    long size() throws SQLException {
        return number("SELECT pg_database_size(current_database())");
    }

    long number(String sql) throws SQLException {
        try (var statement = database.createStatement();
                var result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        }
    }

    void execute(String sql) throws SQLException {
        try (var statement = database.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        database.close();
    }
}

package io.quotabank.ledger.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.ledger.Applications;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.OwnPostgres;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.UsageTopic;
import io.quotabank.platform.testkit.TestPostgres.Database;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * The database dies, has no connection left, no room, or only reads, in the middle of load. Callers hear 503 and ask again
 * under their keys; settlement waits. In the end all is booked once, and the books agree.
 */
class DatabaseFaultsIT {

    private static final int EVENTS = 1_500;
    private static final int CALLS = 150;
    private static final Duration LONG = Duration.ofMinutes(3);
    private static final Map<String, Object> SETTINGS = Map.of(
            "quotabank.settlement.batch", "50",
            "spring.datasource.hikari.connection-timeout", "2000");

    private final UUID owner = UUID.randomUUID();
    private final UUID user = UUID.randomUUID();
    private final List<Integer> refusals = new CopyOnWriteArrayList<>();
    private final List<String> further = new ArrayList<>();

    @Test
    void killedAndStartedAgainInTheMiddleOfLoad() throws Exception {
        try (var postgres = OwnPostgres.start();
                var ledger = Ledger.consumingOn(postgres.database(), SETTINGS);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var load = load(ledger, threads, lease(ledger));
            for (int times = 1; times <= 2; times++) {
                long threshold = (long) EVENTS * times / 5;
                await().atMost(LONG).ignoreExceptions().until(() -> settled(ledger) >= threshold);
                postgres.kill();
                postgres.startAgain();
            }
            allOnce(ledger, load);
        }
    }

    @Test
    void withoutAFreeConnection() throws Exception {
        try (var postgres = OwnPostgres.start();
                var ledger = Ledger.consumingOn(postgres.database(), SETTINGS);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            postgres.kill();
            postgres.startAgain("max_connections=20");
            var load = load(ledger, threads, lease(ledger));
            await().atMost(LONG).ignoreExceptions().until(() -> settled(ledger) >= 100);
            var hoard = new ArrayList<Connection>();
            try (var superuser = postgres.superuser()) {
                // Until nobody of the ledger's is left, and nobody new gets in: a place may become free a moment later.
                await().atMost(LONG).until(() -> hoard(ledger, hoard, superuser) && refused(ledger));
            }
            for (var each : hoard) {
                each.close();
            }
            allOnce(ledger, load);
        }
    }

    @Test
    void withoutRoomOnItsDisk() throws Exception {
        var disk = Files.createTempDirectory("small-disk");
        try (var postgres = OwnPostgres.start()) {
            postgres.kill();
            postgres.startAgainWithSmallDisk(disk, 100);
            var database = postgres.database();
            postgres.execute(
                    "CREATE TABLESPACE small LOCATION '" + disk + "/space'",
                    "ALTER DATABASE " + database.name() + " SET TABLESPACE small");
            try (var ledger = Ledger.consumingOn(database, SETTINGS);
                    var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var lease = lease(ledger);
                postgres.execute("COPY (SELECT 1) TO PROGRAM 'cat /dev/zero > " + disk + "/ballast || true'");
                assertThat(stateOf(database, "CREATE TABLE more AS SELECT generate_series(1, 100000)"))
                        .isEqualTo("53100");
                var load = load(ledger, threads, lease);
                untilRefused(ledger);
                await().atMost(LONG)
                        .until(() -> ledger.call("GET", "/actuator/health", null, "")
                                .body()
                                .at("/components/settlement/status")
                                .asString()
                                .equals("DOWN"));
                postgres.execute("COPY (SELECT 1) TO PROGRAM 'rm " + disk + "/ballast'");
                allOnce(ledger, load);
            }
        }
    }

    @Test
    void whileItOnlyReads() throws Exception {
        try (var postgres = OwnPostgres.start();
                var ledger = Ledger.consumingOn(postgres.database(), SETTINGS);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var load = load(ledger, threads, lease(ledger));
            await().atMost(LONG).ignoreExceptions().until(() -> settled(ledger) >= 100);
            readOnly(postgres, true);
            untilRefused(ledger);
            assertThat(ledger.call("GET", "/api/credits/balance/" + user, Applications.admin(), "")
                            .status())
                    .isEqualTo(200);
            readOnly(postgres, false);
            allOnce(ledger, load);
            assertThat(refusals).containsOnly(503);
        }
    }

    /** A user's events, and as many calls of an application, each again under its key until it is answered. */
    private record Load(List<Closed> events, List<Future<?>> calls) {}

    private Load load(Ledger ledger, ExecutorService threads, UUID lease) {
        var events = new ArrayList<Closed>();
        for (int i = 0; i < EVENTS; i++) {
            events.add(TestUsage.of(user)
                    .cost(1_000)
                    .from(lease, 1_000)
                    .served(owner, 1_000)
                    .closed());
        }
        var calls = new ArrayList<Future<?>>();
        for (int i = 0; i < CALLS; i++) {
            var key = "k" + i;
            calls.add(threads.submit(() -> untilDone(ledger, key)));
        }
        calls.add(threads.submit(() -> UsageTopic.send(events)));
        return new Load(events, calls);
    }

    private UUID lease(Ledger ledger) {
        return new People(ledger).lease(user, 1_500_000, 1_500_000).leaseId();
    }

    private void untilDone(Ledger ledger, String key) {
        await().atMost(LONG).pollInterval(Duration.ofMillis(100)).until(() -> consume(ledger, key) == 200);
    }

    /** Further calls until one is refused; they are repeated in the end. */
    private void untilRefused(Ledger ledger) {
        await().atMost(LONG).until(() -> refused(ledger));
    }

    private boolean refused(Ledger ledger) {
        var key = "p" + further.size();
        further.add(key);
        return consume(ledger, key) == 503;
    }

    private int consume(Ledger ledger, String key) {
        var answer = new Applications(ledger)
                .consume(Applications.videos(), user, "\"amount\":1,\"action\":\"a_film\"", Applications.key(key));
        if (answer.status() != 200 && answer.status() != 409) {
            refusals.add(answer.status());
        }
        return answer.status();
    }

    private void allOnce(Ledger ledger, Load load) throws Exception {
        for (var call : load.calls()) {
            call.get();
        }
        further.forEach(key -> untilDone(ledger, key));
        await().atMost(LONG).ignoreExceptions().until(() -> settled(ledger) == EVENTS);
        int calls = CALLS + further.size();
        var people = new People(ledger);
        await().atMost(LONG)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(people.earned(owner)).isEqualTo(EVENTS * 950L));
        assertThat(people.posted(user)).isEqualTo(People.SIGN_UP - EVENTS * 1_000L - calls * 1_000_000L);
        assertThat(ledger.number("SELECT count(*) FROM consumption")).isEqualTo(calls);
        await().atMost(LONG).ignoreExceptions().until(() -> ledger.differences().isEmpty());
        assertThat(refusals).isSubsetOf(503);
    }

    private long settled(Ledger ledger) {
        return ledger.number("SELECT count(*) FROM settlement WHERE owner = ?", owner);
    }

    private static boolean hoard(Ledger ledger, List<Connection> hoard, Connection superuser) throws SQLException {
        var database = ledger.database();
        try (var kill = superuser.createStatement()) {
            kill.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ledger-service'");
        }
        try {
            while (true) {
                hoard.add(database.connect(database.owner()));
            }
        } catch (SQLException full) {
            assertThat(full.getSQLState()).isEqualTo("53300");
        }
        try (var count = superuser.createStatement();
                var rows = count.executeQuery(
                        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'ledger-service'")) {
            rows.next();
            return rows.getLong(1) == 0;
        }
    }

    private static String stateOf(Database database, String sql) throws SQLException {
        try (var connection = database.connect(database.owner());
                var statement = connection.createStatement()) {
            statement.execute(sql);
            return "00000";
        } catch (SQLException refused) {
            return refused.getSQLState();
        }
    }

    private static void readOnly(OwnPostgres postgres, boolean only) {
        // The superuser's own session reads only by then, too: this needs no transaction.
        postgres.execute(
                "ALTER SYSTEM SET default_transaction_read_only = " + (only ? "on" : "off"), "SELECT pg_reload_conf()");
    }
}

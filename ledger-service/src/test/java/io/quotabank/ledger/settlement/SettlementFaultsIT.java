package io.quotabank.ledger.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.UsageTopic;
import io.quotabank.platform.testkit.TestPostgres.Database;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** What dies meanwhile changes nothing of what is owed. */
class SettlementFaultsIT {

    private static final int EVENTS = 3_000;
    private static final Duration LONG = Duration.ofSeconds(60);

    private final UUID owner = UUID.randomUUID();

    @Test
    void eachEventSettlesOnceThoughConnectionsDieInTheMiddleOfBatches() throws SQLException {
        try (var ledger = Ledger.consuming(Map.of("quotabank.settlement.batch", "50"))) {
            var events = events(new People(ledger), EVENTS);
            UsageTopic.send(events);
            try (var killer = ledger.database().connect(ledger.database().service());
                    var kill = killer.prepareStatement(
                            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = current_user"
                                    + " AND pid <> pg_backend_pid()")) {
                for (int done = 1; done < 10; done++) {
                    long threshold = (long) EVENTS * done / 15;
                    await().atMost(LONG).until(() -> count(killer) >= threshold);
                    kill.execute();
                }
            }
            allSettledOnce(ledger, events);
        }
    }

    @Test
    void itWaitsForADatabaseThatIsAwayAndComesBackByItself() throws SQLException {
        try (var ledger = Ledger.consuming(Map.of())) {
            var events = events(new People(ledger), 200);
            allowConnections(ledger.database(), false);
            UsageTopic.send(events);
            await().atMost(LONG)
                    .until(() -> ledger.call("GET", "/actuator/health", null, "")
                            .body()
                            .at("/components/settlement/status")
                            .asString()
                            .equals("DOWN"));
            assertThat(ledger.call("GET", "/actuator/health/readiness", null, "")
                            .status())
                    .isEqualTo(503);

            allowConnections(ledger.database(), true);

            await().atMost(LONG)
                    .until(() ->
                            ledger.call("GET", "/actuator/health", null, "").status() == 200);
            allSettledOnce(ledger, events);
        }
    }

    @Test
    void eventsWaitInKafkaWhileTheLedgerIsAway() {
        var first = Ledger.consuming(Map.of());
        var people = new People(first);
        var events = events(people, 200);
        UsageTopic.send(events.subList(0, 100));
        await().atMost(LONG).until(() -> first.number("SELECT count(*) FROM settlement") == 100);
        first.close();
        UsageTopic.send(events.subList(100, 200));

        try (var ledger = first.another(Map.of())) {
            allSettledOnce(ledger, events);
        }
    }

    @Test
    void twoProcessesSettleAndLeaseAtOnce() throws Exception {
        try (var one = Ledger.consuming(Map.of("quotabank.settlement.batch", "100"));
                var two = one.another(Map.of("quotabank.settlement.batch", "100"));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var events = events(new People(one), EVENTS);
            var work = new ArrayList<Callable<Object>>();
            work.add(Executors.callable(() -> UsageTopic.send(events)));
            for (int user = 0; user < 20; user++) {
                var buyer = events.get(user).userId();
                for (var ledger : List.of(one, two)) {
                    work.add(Executors.callable(() -> leaseAndReturn(new People(ledger), buyer)));
                }
            }
            for (var done : threads.invokeAll(work)) {
                done.get();
            }
            allSettledOnce(one, events);
            assertThat(two.differences()).isEmpty();
        }
    }

    /** Partitions change hands in the middle of batches, twice. */
    @Test
    void eachEventSettlesOnceThoughProcessesComeAndGoUnderLoad() {
        var settings = Map.<String, Object>of("quotabank.settlement.batch", "50");
        try (var one = Ledger.consuming(settings)) {
            var events = events(new People(one), EVENTS);
            var settled = (Callable<Long>) () -> one.number("SELECT count(*) FROM settlement WHERE owner = ?", owner);
            UsageTopic.send(events.subList(0, EVENTS / 2));
            await().atMost(LONG).until(() -> settled.call() >= EVENTS / 10);
            try (var two = one.another(settings)) {
                UsageTopic.send(events.subList(EVENTS / 2, EVENTS));
                await().atMost(LONG).until(() -> settled.call() >= EVENTS / 2 + EVENTS / 10);
                assertThat(two.differences()).isEmpty();
            }
            allSettledOnce(one, events);
        }
    }

    @Test
    void replayingEverythingChangesNothing() {
        var ledger = Ledger.shared();
        var events = events(new People(ledger), 500);
        var listener = ledger.bean(SettlementListener.class);
        var records = new ArrayList<ConsumerRecord<String, byte[]>>();
        for (var event : events) {
            records.add(consumed(event, records.size()));
        }
        listener.settle(records);
        listener.settle(records.reversed());
        listener.settle(records.subList(100, 300));

        allSettledOnce(ledger, events);
    }

    @Test
    void oneBadEventOfManyIsFoundByHalving() {
        var ledger = Ledger.shared();
        var people = new People(ledger);
        var events = events(people, 300);
        var foreign = people.lease(UUID.randomUUID(), 10, 10).leaseId();
        var bad = TestUsage.of(events.getFirst().userId())
                .cost(5)
                .from(foreign, 5)
                .served(owner, 5)
                .closed();
        var records = new ArrayList<ConsumerRecord<String, byte[]>>();
        for (var event : events) {
            records.add(consumed(event, records.size()));
        }
        records.add(123, consumed(bad, 999));
        ledger.bean(SettlementListener.class).settle(records);

        allSettledOnce(ledger, events);
        assertThat(people.settlements(bad.requestId())).isZero();
        assertThat(UsageTopic.deadLetters(bad.userId())).contains("it is paid from another user's hold");
    }

    private static void leaseAndReturn(People people, UUID buyer) {
        for (int i = 0; i < 10; i++) {
            var lease = people.lease(buyer, 1, 100).leaseId();
            people.state(People.statement(lease, 1, 0, true));
        }
    }

    /** Of 20 buyers, each with a lease that pays for all of it. */
    private List<Closed> events(People people, int count) {
        int buyers = 20;
        var users = new ArrayList<UUID>();
        var leases = new ArrayList<UUID>();
        for (int i = 0; i < buyers; i++) {
            users.add(UUID.randomUUID());
            leases.add(people.lease(users.get(i), 1_000_000, 1_000_000).leaseId());
        }
        var events = new ArrayList<Closed>();
        for (int i = 0; i < count; i++) {
            long cost = 100L + i % 7;
            events.add(TestUsage.of(users.get(i % buyers))
                    .cost(cost)
                    .from(leases.get(i % buyers), cost)
                    .served(owner, cost)
                    .closed());
        }
        return events;
    }

    private void allSettledOnce(Ledger ledger, List<Closed> events) {
        long cost = events.stream().mapToLong(event -> event.cost().micro()).sum();
        long owners = events.stream()
                .mapToLong(event -> event.cost().share(TestUsage.CONSIGNMENT).micro())
                .sum();
        var people = new People(ledger);
        await().atMost(LONG)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(people.earned(owner)).isEqualTo(owners));
        assertThat(ledger.number("SELECT count(*) FROM settlement WHERE owner = ?", owner))
                .isEqualTo(events.size());
        assertThat(ledger.number("SELECT sum(charge)::bigint FROM settlement WHERE owner = ?", owner))
                .isEqualTo(cost);
        long posted = events.stream()
                .map(Closed::userId)
                .distinct()
                .mapToLong(people::posted)
                .sum();
        long buyers = events.stream().map(Closed::userId).distinct().count();
        assertThat(posted).isEqualTo(buyers * People.SIGN_UP - cost);
        assertThat(ledger.differences()).isEmpty();
    }

    private static ConsumerRecord<String, byte[]> consumed(Closed event, long offset) {
        var sent = UsageTopic.record(event);
        return new ConsumerRecord<>(
                sent.topic(),
                3,
                offset,
                0,
                TimestampType.CREATE_TIME,
                0,
                0,
                sent.key(),
                sent.value(),
                sent.headers(),
                Optional.empty());
    }

    private static long count(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT count(*) FROM settlement")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** As its owner, from another database: nobody gets in, and who is in is thrown out. */
    private static void allowConnections(Database database, boolean allowed) throws SQLException {
        try (var elsewhere = DriverManager.getConnection(
                        database.url().replace("/" + database.name(), "/postgres"),
                        database.owner().name(),
                        database.owner().password());
                var statement = elsewhere.createStatement()) {
            if (!allowed) {
                try (var inside = database.connect(database.service());
                        var kill = inside.createStatement()) {
                    statement.execute("ALTER DATABASE " + database.name() + " ALLOW_CONNECTIONS false");
                    kill.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user"
                            + " AND pid <> pg_backend_pid()");
                }
            } else {
                statement.execute("ALTER DATABASE " + database.name() + " ALLOW_CONNECTIONS true");
            }
        }
    }
}

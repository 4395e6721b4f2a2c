package io.quotabank.ledger.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.UsageTopic;
import io.quotabank.platform.testkit.TestIdentity;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReconciliationIT {

    private static final String PATH = "/api/ledger/reconciliation";

    // Longer than the limit of the test's connections.
    private static final String WAITING = """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%consumption%'
              AND clock_timestamp() - query_start > interval '3 seconds'
            """;

    private static Ledger ledger;

    @BeforeAll
    static void settleSomething() {
        ledger = Ledger.consuming(Map.of("quotabank.earnings.every", "1h"));
        var people = new People(ledger);
        var buyer = UUID.randomUUID();
        var owner = UUID.randomUUID();
        var one = people.lease(buyer, 1_000, 1_000).leaseId();
        var cap = new SpendingCap(UUID.randomUUID(), 1, new Credits(5_000), null, null);
        var two = people.lease(buyer, cap, 1_000, 1_000).leaseId();
        new Deeds(ledger).each(buyer);
        UsageTopic.send(
                TestUsage.of(buyer)
                        .cost(400)
                        .from(one, 100)
                        .from(two, 200)
                        .served(owner, 70)
                        .served(owner, 400)
                        .closed(),
                TestUsage.of(buyer).cost(40).from(one, 100).served(owner, 40).closed());
        await().atMost(Duration.ofSeconds(20)).until(() -> ledger.number("SELECT count(*) FROM settlement") == 2);
        assertThat(ledger.differences()).isEmpty();
    }

    @AfterAll
    static void stop() {
        ledger.close();
    }

    static Stream<Arguments> lies() {
        return Lies.all();
    }

    @ParameterizedTest
    @MethodSource("lies")
    void findsALieOf(String proof, String lie) throws SQLException {
        var sql = Proofs.ALL.get(proof);
        try (var owner = ledger.database().connect(ledger.database().owner());
                var statement = owner.createStatement()) {
            owner.setAutoCommit(false);
            assertThat(agrees(statement, sql)).as("before").isTrue();
            statement.execute(lie);
            assertThat(agrees(statement, sql)).as("with the lie").isFalse();
            owner.rollback();
        }
    }

    @Test
    void aProofMayTakeLongerThanARequest() throws Exception {
        var settings = Map.<String, Object>of("spring.datasource.hikari.data-source-properties.socketTimeout", 1);
        try (var impatient = Ledger.with(settings);
                var other = impatient.database().connect(impatient.database().owner());
                var statement = other.createStatement();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE consumption IN ACCESS EXCLUSIVE MODE");
            var run = threads.submit(() -> impatient.call("POST", PATH, Ledger.proxyToken(), ""));
            await().atMost(Duration.ofSeconds(20)).until(() -> impatient.number(WAITING) > 0);
            assertThat(run).isNotDone();
            other.rollback();
            assertThat(run.get().status()).isEqualTo(200);
        }
    }

    @Test
    void everyProofHasALieThatItFinds() {
        assertThat(Lies.all().map(lie -> (String) lie.get()[0]).distinct())
                .containsExactlyInAnyOrderElementsOf(Proofs.ALL.keySet());
    }

    @Test
    void tellsADifferenceWithItsFiguresAndKeepsTheRun() throws SQLException {
        try (var owner = ledger.database().connect(ledger.database().owner());
                var statement = owner.createStatement()) {
            statement.execute("UPDATE account SET posted = posted + 7 WHERE kind = 'clearing'");
            var run = ledger.call("POST", PATH, Ledger.proxyToken(), "").body();
            assertThat(run.get("agrees").asBoolean()).isFalse();
            assertThat(run.get("proofs")
                            .valueStream()
                            .filter(proof -> proof.get("name").asString().equals("clearing_is_empty"))
                            .findFirst())
                    .get()
                    .satisfies(proof -> {
                        assertThat(proof.get("actual").asLong()).isPositive();
                        assertThat(proof.get("differing").asLong()).isPositive();
                        assertThat(proof.get("examples").get(0).asString()).startsWith("clearing:");
                    });
            assertThat(ledger.call("GET", PATH, Ledger.proxyToken(), "").body()).isEqualTo(run);
            assertThat(ledger.call("GET", "/actuator/prometheus", null, "")
                            .raw()
                            .body())
                    .contains("quotabank_ledger_reconciliation_differences");
            statement.execute("UPDATE account SET posted = posted - 7 WHERE kind = 'clearing'");
        }
        assertThat(ledger.differences()).isEmpty();
    }

    @Test
    void isRightWhileTheBooksChange() throws Exception {
        var people = new People(ledger);
        var events = new ArrayList<Closed>();
        for (int i = 0; i < 2_000; i++) {
            var buyer = UUID.randomUUID();
            events.add(TestUsage.of(buyer).served(UUID.randomUUID(), 1_000).closed());
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var sending = threads.submit(() -> UsageTopic.send(events));
            var leasing = threads.submit(() -> {
                for (int i = 0; i < 100; i++) {
                    people.lease(UUID.randomUUID(), 10, 10);
                }
            });
            for (int i = 0; i < 8; i++) {
                assertThat(ledger.differences()).isEmpty();
            }
            sending.get();
            leasing.get();
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> ledger.number("SELECT count(*) FROM settlement") == events.size() + 2L);
        assertThat(ledger.differences()).isEmpty();
    }

    @Test
    void onlyThoseWhoLookAfterTheBooksMayAsk() {
        for (var method : List.of("GET", "POST")) {
            assertThat(ledger.call(method, PATH, TestIdentity.user(UUID.randomUUID()), "")
                            .status())
                    .isEqualTo(403);
            assertThat(ledger.call(method, PATH, TestIdentity.user(UUID.randomUUID(), "auditor"), "")
                            .status())
                    .isEqualTo(200);
        }
    }

    static boolean agrees(Statement statement, String sql) throws SQLException {
        try (var row = statement.executeQuery(sql)) {
            row.next();
            return Proof.of("", row.getBigDecimal(1), row.getBigDecimal(2), row.getLong(3), List.of())
                    .agrees();
        }
    }
}
